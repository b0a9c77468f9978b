//! `best_of_n`: N parallel answers, the one with the highest verifier score (arXiv 2110.14168). Ties go to the earlier
//! draw; a draw without a score ranks below every scored one, one without an answer below every answer.
//!
//! `legacy: true` ranks by score alone, as published code does: a draw without an answer can win, and is then wrong.

use serde::Serialize;

use super::common::{HighestScore, UpToBudget};
use super::interface::{Budget, DrawMode, Method, QuestionContext, Session};

/// Parameters of `best_of_n`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct BestOfNConfig {
    /// As published code: by score alone, so that a missing answer can win (default false).
    pub legacy: bool,
}

/// The highest-scored answer.
#[derive(Debug, Clone, Copy, Default)]
pub struct BestOfN {
    /// Parameters.
    pub config: BestOfNConfig,
}

impl Method for BestOfN {
    fn draws(&self) -> DrawMode {
        DrawMode::Parallel
    }

    fn uses_scores(&self) -> bool {
        true
    }

    fn session<'a>(&'a self, _question: &QuestionContext<'a>, budget: Budget) -> Box<dyn Session + 'a> {
        Box::new(UpToBudget::new(HighestScore::new(self.config.legacy), self.draws(), budget))
    }
}
