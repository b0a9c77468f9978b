//! `mr_thinking`: a chain of N answers, each asked for with the last one in the prompt; the last answer that is not
//! missing (multi-round thinking, arXiv 2503.19855). N answers are N - 1 transitions of the chain.

use super::common::{LastAnswer, UpToBudget};
use super::interface::{Budget, DrawMode, Method, QuestionContext, Session};

/// The last answer of a chain.
#[derive(Debug, Clone, Copy, Default)]
pub struct MrThinking;

impl Method for MrThinking {
    fn draws(&self) -> DrawMode {
        DrawMode::Sequential
    }

    fn uses_scores(&self) -> bool {
        false
    }

    fn session<'a>(&'a self, _question: &QuestionContext<'a>, budget: Budget) -> Box<dyn Session + 'a> {
        Box::new(UpToBudget::new(LastAnswer::default(), self.draws(), budget))
    }
}
