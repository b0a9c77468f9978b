//! `self_consistency`: N parallel answers, the most frequent class (arXiv 2203.11171). Ties go to the class seen first,
//! so the majority of 2 is the majority of 1.
//!
//! `legacy`: what published code of this line of work does instead (that of OptScale, arXiv 2506.22376, among others).
//! Answers are compared as raw strings, so `1/2` and `0.5` split the vote; answers that could not be extracted are all the
//! same string, so "no answer" can win the vote; it is then returned and counts as wrong.

use serde::Serialize;

use super::common::UpToBudget;
use super::interface::{Budget, DrawMode, Method, QuestionContext, Session};
use super::votes::MostFrequent;

/// Parameters of `self_consistency`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct SelfConsistencyConfig {
    /// Vote as the published code does (default false).
    pub legacy: bool,
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
