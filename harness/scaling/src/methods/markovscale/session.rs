//! One question under `markovscale`.

use super::policy::StoppingPolicy;
use super::prediction::Prediction;
use super::watch::Watch;
use super::weak_default;
use crate::methods::common::{answered_class, ask};
use crate::methods::config::{MarkovScaleConfig, StopRule};
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
        let policy = match question.learned {
            Some(Learned::Policy(policy)) if config.stop == StopRule::Optimal && policy.suits(config) => Some(policy),
            _ => None,
        };
        // A policy speaks of the probabilities of its own model.
        let fitted = policy.map(StoppingPolicy::model).or(question.model);
        let posterior = match fitted {
            Some(model) if config.stop != StopRule::Zero => Posterior::new(model),
            _ => Posterior::new(&weak_default(config.draws)),
        };
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

    fn stops(&self, seen: &[Draw]) -> bool {
        let answers = seen.len();
        if answers >= self.budget {
            return true;
        }
        let Some(latest) = seen.last().filter(|_| answers >= self.config.min_answers as usize) else {
            return false;
        };
        let left = self.budget - answers;
        match self.config.stop {
            StopRule::Gate => self.planned.is_some_and(|planned| answers >= planned),
            StopRule::Map => self.nothing_to_gain(Prediction::of(&self.watch.posterior), left),
            StopRule::Zero => {
                let prediction = Prediction::of(&self.watch.posterior);
                // A missing answer is wrong whatever a verifier says of it.
                let score = answered_class(latest).and(latest.score).filter(|score| !score.is_nan());
                self.nothing_to_gain(Prediction { belief: score.unwrap_or(prediction.belief), ..prediction }, left)
            }
            StopRule::Confidence => self.confident(seen),
            StopRule::Optimal => {
                self.policy.map_or_else(|| self.confident(seen), |policy| policy.stops(answers, self.watch.state(seen)))
            }
        }
    }

    fn nothing_to_gain(&self, prediction: Prediction, left: usize) -> bool {
        prediction.nothing_to_gain(self.config.epsilon, self.config.price, left)
    }

    fn confident(&self, seen: &[Draw]) -> bool {
        self.watch.state(seen).probability >= self.config.confidence
    }
}

impl Session for MarkovSession<'_> {
    fn next(&mut self, seen: &[Draw]) -> Decision {
        for (index, draw) in seen.iter().enumerate().skip(self.known) {
            self.see(index, draw);
        }
        self.known = seen.len();
        if self.stops(seen) { Decision::Stop(self.watch.choice()) } else { ask(self.config.draws, seen) }
    }
}
