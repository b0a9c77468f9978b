//! `budget_forcing`: one growing reasoning text; whenever it concludes it is made to go on, N - 1 times; what it concludes
//! last (s1, arXiv 2501.19393).
//!
//! N answers are N - 1 continuations. The text that makes it go on ("Wait") is a setting of collecting the draws, not of
//! this method. A missing last conclusion gives way to the last one that is not missing.

use super::common::{LastAnswer, UpToBudget};
use super::interface::{Budget, DrawMode, Method, QuestionContext, Session};

/// The last conclusion of one growing text.
#[derive(Debug, Clone, Copy, Default)]
pub struct BudgetForcing;

impl Method for BudgetForcing {
    fn draws(&self) -> DrawMode {
        DrawMode::Forced
    }

    fn uses_scores(&self) -> bool {
        false
    }

    fn session<'a>(&'a self, _question: &QuestionContext<'a>, budget: Budget) -> Box<dyn Session + 'a> {
        Box::new(UpToBudget::new(LastAnswer::default(), self.draws(), budget))
    }
}
