//! `best_of_n`: N parallel answers, the one with the highest verifier score (arXiv 2110.14168). Ties go to the earlier
//! draw; a draw without a score ranks below every scored one.

use super::common::{HighestScore, UpToBudget};
use super::interface::{Budget, DrawMode, Method, QuestionContext, Session};

/// The highest-scored answer.
#[derive(Debug, Clone, Copy, Default)]
pub struct BestOfN;

impl Method for BestOfN {
    fn draws(&self) -> DrawMode {
        DrawMode::Parallel
    }

    fn uses_scores(&self) -> bool {
        true
    }

    fn session<'a>(&'a self, _question: &QuestionContext<'a>, budget: Budget) -> Box<dyn Session + 'a> {
        Box::new(UpToBudget::new(HighestScore::default(), self.draws(), budget))
    }
}
