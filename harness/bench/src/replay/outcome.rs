//! One row of results: a backbone x dataset x method x budget.

use markovscale::DrawMode;
use markovscale::statistics::Interval;
use serde::Serialize;

/// A point estimate and its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// The estimate.
    pub point: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end of the 95 % interval.
    pub high: f64,
}

impl From<Interval> for Estimate {
    fn from(Interval { point, low, high }: Interval) -> Self {
        Self { point, low, high }
    }
}

/// How one method did with one budget. Token counts are means per question.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// The backbone's name in the config.
    pub backbone: String,
    /// True when the backbone is simulated; every table and figure must say so.
    pub simulated: bool,
    /// The dataset.
    pub dataset: String,
    /// The configuration's label, unique in the run, e.g. `markovscale(gate, posterior)`.
    pub method: String,
    /// The method's name alone, e.g. `markovscale`.
    pub family: String,
    /// Parallel draws or a chain.
    pub draws: DrawMode,
    /// True for `oracle`, and for what was tuned on the questions it is scored on: no ranking may contain it.
    pub upper_bound: bool,
    /// Most answers per question.
    pub budget: u32,
    /// Number of questions.
    pub questions: u32,
    /// Replicates averaged per question: random orders of a parallel pool, recorded chains; `None` where exact.
    pub replicates: Option<u32>,
    /// Mean accuracy in [0, 1], interval by bootstrap over questions.
    pub accuracy: Estimate,
    /// Answers drawn.
    pub answers: f64,
    /// Completion tokens.
    pub completion_tokens: f64,
    /// Prompt tokens.
    pub prompt_tokens: f64,
    /// Verifier tokens (0 for methods that use no scores).
    pub verifier_tokens: f64,
    /// Longest dependent chain of completion tokens.
    pub depth_tokens: f64,
    /// What all of these tokens cost, in the currency of the prices; 0 without prices.
    pub price: f64,
    /// Share of the backbone's draws on the dataset that the token limit cut off, whatever the method looked at; `None` in
    /// runs that were replayed before this was counted.
    pub cut_off: Option<f64>,
    /// The same of a content filter.
    pub filtered: Option<f64>,
}

impl Outcome {
    /// Prompt, completion and verifier tokens.
    pub fn all_tokens(&self) -> f64 {
        self.prompt_tokens + self.completion_tokens + self.verifier_tokens
    }
}
