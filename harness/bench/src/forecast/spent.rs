//! What was spent.

use serde::Serialize;

/// Tokens and money that were spent.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Spent {
    /// Prompt tokens.
    pub prompt_tokens: f64,
    /// Completion tokens.
    pub completion_tokens: f64,
    /// Verifier tokens.
    pub verifier_tokens: f64,
    /// What they cost, in the currency of the prices.
    pub price: f64,
}
