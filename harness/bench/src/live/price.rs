//! What draws and scores cost, where their servers have prices.

use crate::experiment::{BackboneKind, BackbonePlan, Price, VerifierPlan};
use crate::trace::{DrawRow, ScoreRow};

/// The prices of a backbone and a verifier.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prices {
    backbone: Price,
    verifier: Price,
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
    /// Money, in the currency of the prices; 0 where none is given.
    pub price: f64,
}

impl Prices {
    /// Those of a plan; `None` where nothing has a price.
    pub fn of(backbone: &BackbonePlan, verifier: &VerifierPlan) -> Option<Self> {
        let backbone = match &backbone.kind {
            BackboneKind::OpenAi(openai) => openai.service.price,
            BackboneKind::Simulated { .. } | BackboneKind::Imported { .. } => Price::default(),
        };
        let verifier = match verifier {
            VerifierPlan::Service(service) => service.service.price,
            VerifierPlan::None | VerifierPlan::Simulated | VerifierPlan::Imported { .. } => Price::default(),
        };
        let prices = Self { backbone, verifier };
        (prices != Self { backbone: Price::default(), verifier: Price::default() }).then_some(prices)
    }
}

impl Bill {
    /// Adds a draw.
    pub fn draw(&mut self, row: &DrawRow, prices: Option<&Prices>) {
        self.prompt_tokens += row.prompt_tokens.0;
        self.completion_tokens += row.completion_tokens.0;
        let Some(Prices { backbone: price, .. }) = prices else { return };
        let cached = row.cached_tokens.0.min(row.prompt_tokens.0);
        let reasoning = row.reasoning_tokens.map_or(0, |tokens| tokens.0).min(row.completion_tokens.0);
        self.price += millions(row.prompt_tokens.0 - cached) * price.prompt
            + millions(cached) * price.cached.unwrap_or(price.prompt)
            + millions(row.completion_tokens.0 - reasoning) * price.completion
            + millions(reasoning) * price.reasoning.unwrap_or(price.completion);
    }

    /// Adds a score.
    pub fn score(&mut self, row: &ScoreRow, prices: Option<&Prices>) {
        self.verifier_tokens += row.verifier_tokens.0;
        let Some(Prices { verifier: price, .. }) = prices else { return };
        let written = row.written_tokens.0.min(row.verifier_tokens.0);
        self.price += millions(row.verifier_tokens.0 - written) * price.prompt + millions(written) * price.completion;
    }
}

/// Prices are per million tokens.
fn millions(tokens: u64) -> f64 {
    tokens as f64 / 1e6
}
