//! One question under `markovscale`.

use super::config::{MarkovScaleConfig, StopRule};
use super::policy::StoppingPolicy;
use super::prediction::Prediction;
use super::watch::Watch;
use crate::methods::common::answered_class;
use crate::methods::explanation::{Explanation, Reason};
use crate::methods::interface::{Budget, Decision, Draw, QuestionContext, Session};
use crate::methods::learned::Learned;
use crate::posterior::Posterior;

pub(super) struct MarkovSession<'a> {
    config: &'a MarkovScaleConfig,
    budget: usize,
    /// Only for `optimal`; without one it does as `confidence`.
    policy: Option<&'a StoppingPolicy>,
    watch: Watch,
    known: usize,
    /// Answers in all, once the gate has decided.
    planned: Option<usize>,
}

impl<'a> MarkovSession<'a> {
    pub(super) fn new(config: &'a MarkovScaleConfig, question: &QuestionContext<'a>, budget: Budget) -> Self {
        let policy = question.learned.and_then(Learned::get::<StoppingPolicy>);
        let policy = policy.filter(|policy| config.stop == StopRule::Optimal && policy.suits(config));
        // A policy speaks of the probabilities of its own model.
        let fitted = policy.map(StoppingPolicy::model).or(question.model);
        let posterior = Posterior::new(&config.model(fitted.filter(|_| config.stop != StopRule::Zero)));
        Self {
            config,
            budget: budget.0 as usize,
            policy,
            watch: Watch::new(config.select, posterior),
            known: 0,
            planned: None,
        }
    }

    fn see(&mut self, index: usize, draw: &Draw) {
        self.watch.see(index, draw);
        if index == 0 && self.config.stop == StopRule::Gate {
            let prediction = Prediction::of(&self.watch.posterior);
            self.planned = Some(1 + prediction.rounds_to_fixed_point(self.config.epsilon, self.budget));
        }
    }

    /// Whether it stops, and why. The one place that decides.
    fn reason(&self, seen: &[Draw]) -> Reason {
        let answers = seen.len();
        if answers >= self.budget {
            return Reason::BudgetSpent;
        }
        let least = self.config.min_answers;
        let Some(latest) = seen.last().filter(|_| answers >= least as usize) else {
            return Reason::TooFewAnswers { least: least.max(1) };
        };
        match self.config.stop {
            StopRule::Gate => {
                let planned = self.planned.map_or(u32::MAX, |planned| u32::try_from(planned).unwrap_or(u32::MAX));
                Reason::Gate { planned, stops: answers >= planned as usize }
            }
            StopRule::Map | StopRule::Zero => {
                self.prediction(latest).weigh(self.config.epsilon, self.config.price, self.budget - answers)
            }
            StopRule::Confidence | StopRule::Value => self.confidence(seen),
            StopRule::Optimal => self
                .policy
                .map_or_else(|| self.confidence(seen), |policy| policy.reason(answers, self.watch.state(seen))),
        }
    }

    /// What re-answering is predicted to do to the latest answer; `zero` believes its score.
    fn prediction(&self, latest: &Draw) -> Prediction {
        let prediction = Prediction::of(&self.watch.posterior);
        if self.config.stop != StopRule::Zero {
            return prediction;
        }
        // A missing answer is wrong whatever a verifier says of it.
        let score = answered_class(latest).and(latest.score).filter(|score| self.config.scores && !score.is_nan());
        Prediction { belief: score.unwrap_or(prediction.belief), ..prediction }
    }

    fn confidence(&self, seen: &[Draw]) -> Reason {
        let (probability, wanted) = (self.watch.state(seen).probability, self.config.confidence);
        Reason::Confidence { probability, wanted, stops: probability >= wanted }
    }

    /// Further answers that the stop has in mind.
    fn rounds(&self, prediction: Prediction, answers: usize) -> Option<u32> {
        let left = self.budget.saturating_sub(answers);
        match self.config.stop {
            StopRule::Gate => {
                let planned = self.planned?.min(self.budget).saturating_sub(answers);
                u32::try_from(planned).ok()
            }
            StopRule::Map | StopRule::Zero => prediction.best_rounds(self.config.price, left),
            StopRule::Confidence | StopRule::Optimal | StopRule::Value => None,
        }
    }
}

impl Session for MarkovSession<'_> {
    fn next(&mut self, seen: &[Draw]) -> Decision {
        for (index, draw) in seen.iter().enumerate().skip(self.known) {
            self.see(index, draw);
        }
        self.known = seen.len();
        if self.reason(seen).stops() {
            Decision::Stop(self.watch.choice())
        } else {
            Decision::request(self.config.draws, seen)
        }
    }

    fn explain(&self, seen: &[Draw]) -> Option<Explanation> {
        let prediction = self.prediction(seen.last()?);
        let rounds = self.rounds(prediction, seen.len());
        Some(self.watch.explanation(seen, self.watch.choice(), prediction, rounds, self.reason(seen)))
    }
}
