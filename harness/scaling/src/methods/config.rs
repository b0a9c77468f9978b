//! A method and its parameters as data: what a config names, what an outcome row is labelled with.

use serde::Serialize;

use super::interface::DrawMode;

/// When `markovscale` stops (spec: theory, section 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StopRule {
    /// After the first answer decide once how many rounds to run.
    Gate,
    /// After every answer, stop when the predicted remaining gain is not worth another.
    Map,
}

/// What `markovscale` returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Select {
    /// The last answer.
    Last,
    /// The answer with the highest verifier score.
    BestScore,
    /// The most probable class.
    Posterior,
}

/// Parameters of `markovscale`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MarkovScaleConfig {
    /// When to stop.
    pub stop: StopRule,
    /// What to return.
    pub select: Select,
    /// Gain in accuracy below which another round is not worth it (default 0.01).
    pub epsilon: f64,
    /// Price of one more round in accuracy (default 0.001).
    pub price: f64,
    /// Answers drawn before stopping is considered (default 1).
    pub min_answers: u32,
}

/// A method with its parameters.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "method", rename_all = "snake_case")]
pub enum MethodConfig {
    /// One answer.
    Single,
    /// Most frequent class of N parallel answers.
    SelfConsistency,
    /// The highest-scored of N parallel answers.
    BestOfN,
    /// The last answer of a chain of N.
    MrThinking,
    /// Upper bound: right if any of N draws is.
    Oracle {
        /// Over a parallel pool or over a chain.
        draws: DrawMode,
    },
    /// Gate or optimal stopping on the answer posterior.
    #[serde(rename = "markovscale")]
    MarkovScale(MarkovScaleConfig),
}
