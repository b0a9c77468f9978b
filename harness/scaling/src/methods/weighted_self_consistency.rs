//! `weighted_self_consistency`: N parallel answers, the class with the largest sum of verifier scores (the voting
//! verifier of arXiv 2206.02336).
//!
//! A draw without a score adds 0 to its class; so does a score that is not a number or negative. Without any score every
//! sum is 0 and the class seen first wins. Ties go to the class seen first.
//!
//! `legacy`: raw strings instead of classes, and missing answers are one candidate that collects its draws' scores.

use std::sync::Arc;

use super::common::{Chooser, UpToBudget};
use super::interface::{Budget, Choice, Draw, DrawMode, Method, QuestionContext, Session};
use super::spec::{MethodSpec, ParameterKind, Parameters, Specified, new, parameters};
use super::votes::Votes;

parameters! {
    /// Parameters of `weighted_self_consistency`.
    pub struct WeightedSelfConsistencyConfig {
        /// As published code: raw strings vote, and so do missing answers.
        legacy: bool = false, ParameterKind::Flag;
    }
}

/// The method as data.
pub const SPEC: MethodSpec = MethodSpec {
    name: "weighted_self_consistency",
    about: "the answer with the largest sum of verifier scores; needs a verifier",
    source: "arXiv 2206.02336",
    parameters: WeightedSelfConsistencyConfig::PARAMETERS,
    learns: None,
    new: new::<WeightedSelfConsistencyConfig>,
};

impl Specified for WeightedSelfConsistencyConfig {
    const SPEC: &'static MethodSpec = &SPEC;

    fn method(self) -> Arc<dyn Method> {
        Arc::new(WeightedSelfConsistency { config: self })
    }
}

/// Vote weighted by scores.
#[derive(Debug, Clone, Copy, Default)]
pub struct WeightedSelfConsistency {
    /// Parameters.
    pub config: WeightedSelfConsistencyConfig,
}

impl Method for WeightedSelfConsistency {
    fn draws(&self) -> DrawMode {
        DrawMode::Parallel
    }

    fn uses_scores(&self) -> bool {
        true
    }

    fn session<'a>(&'a self, _question: &QuestionContext<'a>, budget: Budget) -> Box<dyn Session + 'a> {
        Box::new(UpToBudget::new(Heaviest(Votes::new(self.config.legacy)), self.draws(), budget))
    }
}

/// The candidate with the largest sum of scores.
#[derive(Debug)]
pub(super) struct Heaviest(Votes<f64>);

impl Default for Heaviest {
    /// Under the common rules.
    fn default() -> Self {
        Self(Votes::new(false))
    }
}

impl Heaviest {
    /// The sums of the leader and of the runner-up.
    pub(super) fn top_two(&self) -> (f64, f64) {
        self.0.top_two()
    }
}

impl Chooser for Heaviest {
    fn see(&mut self, index: usize, draw: &Draw) {
        self.0.cast(index, draw, draw.score.filter(|score| score.is_finite()).map_or(0.0, |score| score.max(0.0)));
    }

    fn choice(&self) -> Choice {
        self.0.choice()
    }
}
