//! What the draws and scores of one question cost.

use crate::experiment::{Money, Prices};
use crate::trace::{DrawRow, ScoreRow};

/// Tokens and money spent.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Bill {
    /// Prompt tokens.
    pub prompt_tokens: u64,
    /// Completion tokens.
    pub completion_tokens: u64,
    /// Verifier tokens.
    pub verifier_tokens: u64,
    /// Money; 0 where no price is given.
    pub price: Money,
}

impl Bill {
    /// Adds a draw.
    pub(super) fn draw(&mut self, row: &DrawRow, prices: &Prices) {
        self.prompt_tokens += row.prompt_tokens.0;
        self.completion_tokens += row.completion_tokens.0;
        self.price += prices.backbone.price_of(row.tokens());
    }

    /// Adds a score.
    pub(super) fn score(&mut self, row: &ScoreRow, prices: &Prices) {
        self.verifier_tokens += row.verifier_tokens.0;
        self.price += prices.verifier.price_of(row.tokens());
    }
}
