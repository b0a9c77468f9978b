//! `single`: one answer, whatever the budget. The baseline of every comparison.

use super::common::{LastAnswer, UpToBudget};
use super::interface::{Budget, DrawMode, Method, QuestionContext, Session};

/// One answer.
#[derive(Debug, Clone, Copy, Default)]
pub struct Single;

impl Method for Single {
    fn draws(&self) -> DrawMode {
        DrawMode::Parallel
    }

    fn uses_scores(&self) -> bool {
        false
    }

    fn session<'a>(&'a self, _question: &QuestionContext<'a>, budget: Budget) -> Box<dyn Session + 'a> {
        Box::new(UpToBudget::new(LastAnswer::default(), self.draws(), budget.min(Budget(1))))
    }
}
