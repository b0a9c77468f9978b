//! What tables and figures set against accuracy.

use super::text::tokens;
use crate::results::{Outcome, TokenAxis};

/// A cost of answering one question, averaged over questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cost {
    /// Completion tokens.
    #[default]
    CompletionTokens,
    /// Prompt, completion and verifier tokens.
    AllTokens,
    /// Money, in the currency of the config's prices.
    Price,
    /// Completion tokens of the longest chain in which each draw waits for the one before: what bounds the time.
    Depth,
}

impl Cost {
    /// The names on the command line.
    pub const NAMES: [&'static str; 4] = ["completion_tokens", "all_tokens", "price", "depth"];

    const ALL: [Self; 4] = [Self::CompletionTokens, Self::AllTokens, Self::Price, Self::Depth];

    /// The cost of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().zip(Self::ALL).find(|(known, _)| **known == name).map(|(_, cost)| cost)
    }

    /// What an outcome's questions cost.
    pub(super) fn of(self, outcome: &Outcome) -> f64 {
        match self {
            Self::CompletionTokens => outcome.completion_tokens,
            Self::AllTokens => outcome.all_tokens(),
            Self::Price => outcome.price,
            Self::Depth => outcome.depth_tokens,
        }
    }

    /// The tokens that comparisons at equal tokens hold equal: with a cost that is not a number of tokens, or not all of a
    /// kind, completion tokens.
    pub(super) fn tokens(self) -> TokenAxis {
        match self {
            Self::AllTokens => TokenAxis::All,
            Self::CompletionTokens | Self::Price | Self::Depth => TokenAxis::Completion,
        }
    }

    /// In words, followed by "per question".
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::CompletionTokens => "completion tokens",
            Self::AllTokens => "prompt, completion and verifier tokens",
            Self::Price => "price (currency of the config)",
            Self::Depth => "completion tokens in sequence",
        }
    }

    /// The ending of a figure's file name.
    pub(super) fn stem(self) -> &'static str {
        match self {
            Self::CompletionTokens => "tokens",
            Self::AllTokens => "all-tokens",
            Self::Price => "price",
            Self::Depth => "depth",
        }
    }

    /// A value as tables print it: three significant digits.
    pub fn show(self, value: f64) -> String {
        match self {
            Self::Price => significant(value),
            Self::CompletionTokens | Self::AllTokens | Self::Depth => tokens(value),
        }
    }
}

/// Three significant digits, without an exponent down to a ten-millionth.
fn significant(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let decimals = (2.0 - value.abs().log10().floor()).clamp(0.0, 9.0) as usize;
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_a_cost_and_prices_keep_their_digits() {
        for (name, cost) in Cost::NAMES.into_iter().zip(Cost::ALL) {
            assert_eq!(Cost::from_name(name), Some(cost));
        }
        assert_eq!(Cost::from_name("money"), None);
        let shown = [0.0, 12_345.0, 12.345, 0.012_345, 0.000_000_5].map(|value| Cost::Price.show(value));
        assert_eq!(shown, ["0", "12345", "12.3", "0.0123", "0.000000500"]);
        assert_eq!(Cost::AllTokens.show(12_345.0), "12.3k");
    }
}
