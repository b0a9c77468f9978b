//! `self_consistency`: N parallel answers, the most frequent class (arXiv 2203.11171). Ties go to the class seen first,
//! so the majority of 2 is the majority of 1.
//!
//! `legacy`: what published code of this line of work does instead (that of OptScale, arXiv 2506.22376, among others).
//! Answers are compared as raw strings, so `1/2` and `0.5` split the vote; answers that could not be extracted are all the
//! same string, so "no answer" can win the vote; it is then returned and counts as wrong.

use std::sync::Arc;

use super::common::UpToBudget;
use super::interface::{Budget, DrawMode, Method, QuestionContext, Session};
use super::spec::{MethodSpec, ParameterKind, Parameters, Specified, new, parameters};
use super::votes::MostFrequent;

parameters! {
    /// Parameters of `self_consistency`.
    pub struct SelfConsistencyConfig {
        /// As published code: raw strings vote, and so do missing answers.
        legacy: bool = false, ParameterKind::Flag;
    }
}

/// The method as data.
pub const SPEC: MethodSpec = MethodSpec {
    name: "self_consistency",
    about: "the most frequent of N parallel answers",
    source: "arXiv 2203.11171",
    parameters: SelfConsistencyConfig::PARAMETERS,
    learns: None,
    new: new::<SelfConsistencyConfig>,
};

impl Specified for SelfConsistencyConfig {
    const SPEC: &'static MethodSpec = &SPEC;

    fn method(self) -> Arc<dyn Method> {
        Arc::new(SelfConsistency { config: self })
    }
}

/// Majority vote.
#[derive(Debug, Clone, Copy, Default)]
pub struct SelfConsistency {
    /// Parameters.
    pub config: SelfConsistencyConfig,
}

impl Method for SelfConsistency {
    fn draws(&self) -> DrawMode {
        DrawMode::Parallel
    }

    fn uses_scores(&self) -> bool {
        false
    }

    fn session<'a>(&'a self, _question: &QuestionContext<'a>, budget: Budget) -> Box<dyn Session + 'a> {
        Box::new(UpToBudget::new(MostFrequent::new(self.config.legacy), self.draws(), budget))
    }
}
