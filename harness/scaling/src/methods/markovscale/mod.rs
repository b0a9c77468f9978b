//! `markovscale`: re-answer as long as the chain is predicted to gain, then return what the posterior says.
//!
//! After draw `n` the answer posterior ([`crate::posterior`]) gives the belief `B_n` that the latest answer is right
//! and the mean `pi_n` of the question's fixed point; the predicted accuracy after `k` more rounds is
//! `pi_n + lambda^k (B_n - pi_n)`, the chain of [`crate::chain`] started at `B_n`.
//!
//! - `gate`: after the first answer, stop when `pi_0 - B_0 <= epsilon`; otherwise run the rounds that bring the
//!   predicted accuracy within `epsilon` of `pi_0`, and stop.
//! - `map`: after every answer, stop when `pi_n - B_n <= epsilon`, or when the cost-optimal number of further rounds at
//!   `price` is 0.
//!
//! The public record of the paper (arXiv 2602.01120) names gating, optimal scaling by MAP and a training-free variant,
//! but not their formulas; these rules are the project's own.

use super::common::{Chooser, HighestScore, LastAnswer, answered_class, ask};
use super::config::{MarkovScaleConfig, Select, StopRule};
use super::interface::{Budget, Choice, ClassId, Decision, Draw, DrawMode, Method, QuestionContext, Session};
use crate::chain::Chain;
use crate::posterior::{AnswerModel, Posterior};

/// Gate or optimal stopping on the answer posterior.
#[derive(Debug, Clone)]
pub struct MarkovScale {
    /// Parameters.
    pub config: MarkovScaleConfig,
}

impl Method for MarkovScale {
    fn draws(&self) -> DrawMode {
        DrawMode::Sequential
    }

    /// Always: every stop reads the posterior, which reads scores whenever the model has an emission.
    fn uses_scores(&self) -> bool {
        true
    }

    fn needs_calibration(&self) -> bool {
        true
    }

    fn session<'a>(&'a self, question: &QuestionContext<'a>, budget: Budget) -> Box<dyn Session + 'a> {
        let posterior = question.model.map_or_else(|| Posterior::new(&AnswerModel::weak_default()), Posterior::new);
        Box::new(MarkovSession {
            config: &self.config,
            budget: budget.0 as usize,
            posterior,
            known: 0,
            planned: None,
            last: LastAnswer::default(),
            highest: HighestScore::default(),
            first_of_class: Vec::new(),
        })
    }
}

struct MarkovSession<'a> {
    config: &'a MarkovScaleConfig,
    budget: usize,
    posterior: Posterior,
    known: usize,
    /// Answers in all, once the gate has decided.
    planned: Option<usize>,
    last: LastAnswer,
    highest: HighestScore,
    /// Index of the first draw of each class.
    first_of_class: Vec<(ClassId, usize)>,
}

impl MarkovSession<'_> {
    fn see(&mut self, index: usize, draw: &Draw) {
        let class = answered_class(draw);
        self.posterior.observe(class, draw.score);
        self.last.see(index, draw);
        self.highest.see(index, draw);
        if let Some(class) = class.filter(|class| self.first_of_class.iter().all(|(known, _)| known != class)) {
            self.first_of_class.push((class, index));
        }
        if index == 0 && self.config.stop == StopRule::Gate {
            self.planned = Some(1 + self.rounds_to_fixed_point());
        }
    }

    /// `pi_n - B_n`, the predicted gain of re-answering for ever.
    fn remaining_gain(&self) -> f64 {
        self.posterior.fixed_point() - self.posterior.belief()
    }

    /// The chain that predicts the accuracy of further rounds. `None` only if a probability is not one, which the
    /// posterior rules out up to rounding.
    fn prediction(&self) -> Option<Chain> {
        let unit = |value: f64| value.clamp(0.0, 1.0);
        let (belief, fixed_point) = (unit(self.posterior.belief()), unit(self.posterior.fixed_point()));
        Chain::from_fixed_point(belief, fixed_point, unit(self.posterior.memory())).ok()
    }

    /// Rounds that bring the predicted accuracy within `epsilon` of the fixed point: 0 when re-answering does not help,
    /// the whole budget when it never gets there.
    fn rounds_to_fixed_point(&self) -> usize {
        if self.remaining_gain() <= self.config.epsilon {
            return 0;
        }
        self.prediction()
            .and_then(|chain| chain.rounds_to_within(self.config.epsilon))
            .map_or(self.budget, |rounds| rounds as usize)
    }

    fn stops(&self, answers: usize) -> bool {
        if answers >= self.budget {
            return true;
        }
        if answers == 0 || answers < self.config.min_answers as usize {
            return false;
        }
        match self.config.stop {
            StopRule::Gate => self.planned.is_some_and(|planned| answers >= planned),
            StopRule::Map => {
                let cap = u32::try_from(self.budget - answers).unwrap_or(u32::MAX);
                self.remaining_gain() <= self.config.epsilon
                    || self.prediction().is_some_and(|chain| chain.best_rounds(self.config.price, cap) == 0)
            }
        }
    }

    fn choice(&self) -> Choice {
        match self.config.select {
            Select::Last => self.last.choice(),
            Select::BestScore => self.highest.choice(),
            Select::Posterior => self
                .posterior
                .best_class()
                .and_then(|best| self.first_of_class.iter().find(|(class, _)| *class == best))
                // No answer counted: a cut-off one, if any.
                .map_or_else(|| self.last.choice(), |&(_, index)| Choice::Draw(index)),
        }
    }
}

impl Session for MarkovSession<'_> {
    fn next(&mut self, seen: &[Draw]) -> Decision {
        for (index, draw) in seen.iter().enumerate().skip(self.known) {
            self.see(index, draw);
        }
        self.known = seen.len();
        if self.stops(seen.len()) { Decision::Stop(self.choice()) } else { ask(DrawMode::Sequential, seen) }
    }
}
