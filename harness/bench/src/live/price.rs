//! What the draws and scores of one question cost.

use markovscale::Tokens;

use crate::experiment::{Money, Price, TokenCounts};
use crate::trace::{DrawRow, ScoreRow};

/// The prices of a backbone and a verifier.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Prices {
    /// What draws cost.
    pub backbone: Price,
    /// What scores cost.
    pub verifier: Price,
}

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
        self.price += prices.backbone.price_of(TokenCounts {
            prompt: row.prompt_tokens,
            cached: row.cached_tokens,
            completion: row.completion_tokens,
            reasoning: row.reasoning_tokens.unwrap_or(Tokens(0)),
        });
    }

    /// Adds a score.
    pub(super) fn score(&mut self, row: &ScoreRow, prices: &Prices) {
        self.verifier_tokens += row.verifier_tokens.0;
        self.price += prices.verifier.price_of(TokenCounts::of_verifier(row.verifier_tokens, row.written_tokens));
    }
}

impl Prices {
    /// Whether any price is known.
    pub fn known(&self) -> bool {
        !(self.backbone.is_free() && self.verifier.is_free())
    }
}
