//! `markovscale`: answer again as long as it is worth it, then return what the posterior says.
//!
//! After draw `n` the answer posterior ([`crate::posterior`]) gives the belief `B_n` that the latest answer is right
//! and the mean `pi_n` of the question's fixed point; the predicted accuracy after `k` more rounds is
//! `pi_n + lambda^k (B_n - pi_n)`, the chain of [`crate::chain`] started at `B_n`.
//!
//! On chains:
//! - `gate`: after the first answer, stop when `pi_0 - B_0 <= epsilon`; otherwise run the rounds that bring the
//!   predicted accuracy within `epsilon` of `pi_0`, and stop.
//! - `map`: after every answer, stop when `pi_n - B_n <= epsilon`, or when the cost-optimal number of further rounds at
//!   `price` is 0.
//! - `zero`: as `map` without any calibration: the posterior of the weak defaults, and the score of the latest answer
//!   itself as `B_n` (the posterior's belief for an answer without a score).
//!
//! On chains and on parallel draws:
//! - `confidence`: stop when the answer that would be returned is right with probability `confidence`, as far as the
//!   posterior knows. It cannot give up: a hopeless question takes the whole budget.
//! - `optimal`: stop where the fitted [`StoppingPolicy`] does (the header of `induction.rs` says how it is fitted).
//!   Without a policy (nothing to calibrate on, or a policy fitted for other draws or another `select`) it does as
//!   `confidence`, the rule it improves on, which needs no calibration.
//! - `value`: stop when one more draw could change the vote too little for its price (the header of `doubt.rs` has the
//!   rule). It needs no calibration, no labels and no scores, and it gives up on hopeless questions: what to use where
//!   nothing was learned.
//!
//! With `scores: false` the posterior rests on the answers alone and no verifier is paid: the choice where reading an answer
//! costs about as much as drawing one, and the verifier knows little that the answers do not tell.
//!
//! Without a fitted model the posterior has its weak defaults, with memory 0 on parallel draws. All stops obey the
//! budget (`max_answers`) and `min_answers`.
//!
//! **Where it wins and loses**: `docs/study.md` has every stop against every baseline in six simulated regimes. `optimal`
//! with `posterior` is the one to start from, on the kind of draws whose policy does better on calibration questions
//! ([`StoppingPolicy::in_sample`]): chains lose to parallel draws where the re-answer prompt is the worse one, or where
//! few sticky re-answers fit the budget. `map` and `gate` stop early for little, `zero` knows too little to do more.
//!
//! The public record of the paper (arXiv 2602.01120) names gating, optimal scaling by MAP and a training-free variant,
//! but not their formulas; these rules are the project's own. Deciding by regression on what stopping later brought is
//! the method of Longstaff and Schwartz (Review of Financial Studies 14, 2001).

mod config;
mod doubt;
mod induction;
mod paths;
mod policy;
mod prediction;
mod session;
mod value;
mod watch;

pub use config::{MarkovScaleConfig, Select, StopRule};
pub use doubt::doubt;
pub use policy::{Continuation, PolicyError, PolicyRow, StoppingPolicy};
pub use value::StopValue;

use std::sync::Arc;

use super::interface::{Budget, Calibration, Conflict, DrawMode, Method, QuestionContext, Session};
use super::learned::{Learned, LearnedReader};
use super::spec::{MethodSpec, Parameters, Specified, new};
use crate::posterior::{AnswerModel, temper};

/// The method as data. The stops are the project's own: the public record of the paper (arXiv 2602.01120) names such
/// variants, but not their formulas.
pub const SPEC: MethodSpec = MethodSpec {
    name: "markovscale",
    about: "answers again while the answer posterior says that it is worth it; returns what `select` says",
    source: "these stops are ours",
    parameters: MarkovScaleConfig::PARAMETERS,
    learns: Some(LearnedReader::of::<StoppingPolicy>()),
    new: new::<MarkovScaleConfig>,
};

impl Specified for MarkovScaleConfig {
    const SPEC: &'static MethodSpec = &SPEC;

    fn method(self) -> Arc<dyn Method> {
        Arc::new(MarkovScale::unchecked(self))
    }
}

/// Settings that cannot work.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum MarkovScaleError {
    /// A stop that means nothing for these draws.
    #[error(
        "`stop: {}` does not work on {} draws: it asks what one more re-answer does to the latest answer; `confidence`, \
         `optimal` and `value` work on parallel draws, every stop on sequential ones",
        stop.name(), draws.name()
    )]
    StopOnDraws {
        /// The stop.
        stop: StopRule,
        /// The draws.
        draws: DrawMode,
    },
    /// Nothing to select by.
    #[error(
        "`select: best_score` of `markovscale` returns the answer with the highest score, and `scores: false` looks at none"
    )]
    UnseenScores,
}

/// Stops and returns what the answer posterior says.
#[derive(Debug, Clone)]
pub struct MarkovScale {
    config: MarkovScaleConfig,
}

impl MarkovScale {
    /// The method with these parameters.
    ///
    /// # Errors
    /// As [`MarkovScaleConfig::check`].
    pub fn new(config: MarkovScaleConfig) -> Result<Self, MarkovScaleError> {
        config.check()?;
        Ok(Self { config })
    }

    /// The method without the check: a stop made for chains then sees parallel draws as a chain without memory.
    pub(super) fn unchecked(config: MarkovScaleConfig) -> Self {
        Self { config }
    }

    /// Its parameters.
    pub fn config(&self) -> &MarkovScaleConfig {
        &self.config
    }

    /// The policy that `stop: optimal` follows at this budget, fitted on these questions alone. `None` when none of
    /// them has a draw. Deterministic, and the same on any number of threads.
    ///
    /// The policy holds for its own answer model, which it carries: that of `calibration` (or the weak default), with the
    /// scores weighted as the labels ask for ([`temper`]).
    pub fn policy(&self, calibration: &Calibration<'_>, budget: Budget) -> Option<StoppingPolicy> {
        let model = self.config.model(calibration.model);
        let model = temper(&model, calibration.questions, budget.0 as usize);
        induction::fit(&self.config, &model, calibration.questions, budget)
    }
}

impl MarkovScaleConfig {
    /// Whether the parameters go together.
    ///
    /// # Errors
    /// [`MarkovScaleError::StopOnDraws`] when the stop does not work on the draws, [`MarkovScaleError::UnseenScores`] when
    /// the answer with the highest score is to be returned without a look at scores.
    pub fn check(&self) -> Result<(), MarkovScaleError> {
        if !self.stop.works_on(self.draws) {
            return Err(MarkovScaleError::StopOnDraws { stop: self.stop, draws: self.draws });
        }
        if self.select == Select::BestScore && !self.scores {
            return Err(MarkovScaleError::UnseenScores);
        }
        Ok(())
    }

    /// The answer model to go by: the fitted one if there is one, without its emission where scores are not looked at.
    fn model(&self, fitted: Option<&AnswerModel>) -> AnswerModel {
        let model = fitted.cloned().unwrap_or_else(|| weak_default(self.draws));
        let emission = model.emission.filter(|_| self.scores);
        AnswerModel { emission, ..model }
    }
}

/// The answer model when nothing was fitted: that of [`AnswerModel::weak_default`], without memory on parallel draws.
fn weak_default(draws: DrawMode) -> AnswerModel {
    let weak = AnswerModel::weak_default();
    if draws.is_chain() { weak } else { AnswerModel { memory: 0.0, shift: 0.0, ..weak } }
}

impl Method for MarkovScale {
    fn draws(&self) -> DrawMode {
        self.config.draws
    }

    /// Every stop but `value` reads the posterior, which reads scores whenever the model has an emission.
    fn uses_scores(&self) -> bool {
        self.config.scores && (self.config.stop != StopRule::Value || self.config.select == Select::BestScore)
    }

    /// Without scores the posterior rests on the answers alone.
    fn needs_scores(&self) -> bool {
        self.config.select == Select::BestScore
    }

    fn conflict(&self) -> Option<Conflict> {
        let error = self.config.check().err()?;
        Some(match error {
            MarkovScaleError::StopOnDraws { stop, draws } => Conflict {
                message: format!("`stop: {}` of `markovscale` does not work on {} draws", stop.name(), draws.name()),
                label: "no chain to stop",
                help: "it asks what one more re-answer does to the latest answer; `confidence`, `optimal` and `value` work on \
                       parallel draws, every stop on sequential ones",
            },
            MarkovScaleError::UnseenScores => Conflict {
                message: error.to_string(),
                label: "no score to select by",
                help: "`select: posterior` or `last` work without scores",
            },
        })
    }

    fn needs_calibration(&self) -> bool {
        !matches!(self.config.stop, StopRule::Zero | StopRule::Value)
    }

    fn learns(&self) -> bool {
        self.config.stop == StopRule::Optimal
    }

    fn learn(&self, calibration: &Calibration<'_>, budget: Budget) -> Option<Learned> {
        match self.config.stop {
            StopRule::Optimal => self.policy(calibration, budget).map(Learned::new),
            StopRule::Gate | StopRule::Map | StopRule::Zero | StopRule::Confidence | StopRule::Value => None,
        }
    }

    fn session<'a>(&'a self, question: &QuestionContext<'a>, budget: Budget) -> Box<dyn Session + 'a> {
        match self.config.stop {
            StopRule::Value => Box::new(doubt::ValueSession::new(&self.config, question, budget)),
            _ => Box::new(session::MarkovSession::new(&self.config, question, budget)),
        }
    }
}

#[cfg(test)]
mod tests;
