//! What the draws of a run are like, apart from being right.

use serde::Serialize;

use super::columns::{Row, row};

row! {
    /// The draws of a backbone on a dataset: those that were replayed, of every kind.
    #[derive(Debug, Clone, PartialEq, Default, Serialize)]
    pub struct DrawStatistics {
        backbone: String = [""] "name of the backbone in the experiment";
        simulated: bool = [""] "true when the backbone is simulated";
        dataset: String = [""] "name of the question set";
        /// Critiques and ratings included:
        draws: u64 = ["draws"] "draws replayed, of every kind";
        cut_off: u64 = ["draws"] "of those, draws that the token limit cut off";
        filtered: u64 = ["draws"] "of those, draws that a content filter ended";
        answers: u64 = ["draws"] "draws that should answer the question";
        missing: u64 = ["draws"] "of those, draws in which no answer was found";
        /// The server did not report them:
        estimated: u64 = ["draws"] "draws whose tokens are an estimate";
        prompt_tokens: u64 = ["tokens"] "prompt tokens of all draws";
        cached_tokens: u64 = ["tokens"] "of those, tokens from a cache";
        completion_tokens: u64 = ["tokens"] "completion tokens of all draws";
        reasoning_tokens: u64 = ["tokens"] "of those, reasoning";
        verifier_tokens: u64 = ["tokens"] "verifier tokens of their scores";
        price: f64 = ["currency"] "what draws and scores cost, in the currency of the prices";
    }
}

impl DrawStatistics {
    /// The share of draws that the token limit cut off; 0 of none.
    pub fn cut_off_share(&self) -> f64 {
        share(self.cut_off, self.draws)
    }

    /// The share of draws that a content filter ended.
    pub fn filtered_share(&self) -> f64 {
        share(self.filtered, self.draws)
    }

    /// The share of answers that are missing.
    pub fn missing_share(&self) -> f64 {
        share(self.missing, self.answers)
    }

    /// The share of draws whose tokens are an estimate.
    pub fn estimated_share(&self) -> f64 {
        share(self.estimated, self.draws)
    }
}

fn share(part: u64, all: u64) -> f64 {
    if all == 0 { 0.0 } else { part as f64 / all as f64 }
}

impl Row for DrawStatistics {
    const TABLE: &'static str = "the statistics of a run's draws";
}
