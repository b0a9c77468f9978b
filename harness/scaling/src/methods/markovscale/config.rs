//! Parameters of `markovscale`.

use crate::methods::interface::DrawMode;
use crate::methods::spec::{InLabel, ParameterKind, parameters};
use crate::words::words;

words! {
    /// When `markovscale` stops (rules: [`crate::methods::markovscale`]).
    pub enum StopRule {
        /// After the first answer decide once how many rounds to run.
        Gate = "gate",
        /// After every answer, stop when the predicted remaining gain is not worth another.
        Map = "map",
        /// As `map`, without calibration: weak defaults, and the score itself as P(the latest answer is right).
        Zero = "zero",
        /// Stop when the answer that would be returned is probable enough.
        Confidence = "confidence",
        /// Stop where a policy fitted by backward induction on other questions does.
        Optimal = "optimal",
        /// Stop when one more draw could change the vote too little for its `price`; reads answers only.
        Value = "value",
    }
}

words! {
    /// What `markovscale` returns.
    pub enum Select {
        /// The last answer.
        Last = "last",
        /// The answer with the highest verifier score.
        BestScore = "best_score",
        /// The most probable class.
        Posterior = "posterior",
    }
}

parameters! {
    /// Parameters of `markovscale`.
    pub struct MarkovScaleConfig {
        /// Decide once after the first answer (`gate`), or after every answer by the predicted gain (`map`; `zero`: without
        /// calibration), by the answer's probability (`confidence`), by a policy fitted on other questions (`optimal`), or when
        /// one more draw could change the vote too little (`value`, which reads answers only and needs no calibration).
        stop: StopRule = StopRule::Map, ParameterKind::Words(StopRule::NAMES);
        /// Which answer is returned; `best_score` needs a verifier.
        select: Select = Select::Posterior, ParameterKind::Words(Select::NAMES);
        /// A chain or independent draws; parallel only with `stop: confidence`, `optimal` or `value`.
        draws: DrawMode = DrawMode::Sequential, ParameterKind::Words(&["sequential", "parallel"]), InLabel::IfChanged;
        /// Gain in accuracy below which another round is not worth it.
        epsilon: f64 = 0.01, ParameterKind::PROBABILITY;
        /// Price of one more draw in accuracy, for `map`, `zero` and `optimal`; for `value` an index: drawing stops when the
        /// doubt about the leader, divided by the draws, is at most this.
        price: f64 = 0.001, ParameterKind::PROBABILITY;
        /// Probability of the answer at which `stop: confidence` stops.
        confidence: f64 = 0.95, ParameterKind::POSITIVE_PROBABILITY;
        /// Answers drawn before stopping is considered.
        min_answers: u32 = 1, ParameterKind::DRAWS;
        /// Whether verifier scores are looked at and paid for; without them the answers alone decide.
        scores: bool = true, ParameterKind::Flag;
    }
}

impl StopRule {
    /// Whether the rule means anything for draws of this mode. `gate`, `map` and `zero` ask what one more re-answer does
    /// to the latest answer, which parallel draws do not have; critiques and continuations have models of their own.
    pub fn works_on(self, draws: DrawMode) -> bool {
        match draws {
            DrawMode::Sequential => true,
            DrawMode::Parallel => matches!(self, Self::Confidence | Self::Optimal | Self::Value),
            DrawMode::Refine | DrawMode::Forced => false,
        }
    }
}
