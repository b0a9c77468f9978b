//! `self_consistency`: N parallel answers, the most frequent class (arXiv 2203.11171). Ties go to the class seen first, so
//! the majority of 2 is the majority of 1.

use super::common::{FixedBudget, MostFrequent};
use super::interface::{Budget, DrawMode, Method, QuestionContext, Session};

/// Majority vote.
#[derive(Debug, Clone, Copy, Default)]
pub struct SelfConsistency;

impl Method for SelfConsistency {
    fn draws(&self) -> DrawMode {
        DrawMode::Parallel
    }

    fn uses_scores(&self) -> bool {
        false
    }

    fn session<'a>(&'a self, _question: &QuestionContext<'a>, budget: Budget) -> Box<dyn Session + 'a> {
        Box::new(FixedBudget::new(MostFrequent::default(), self.draws(), budget))
    }
}
