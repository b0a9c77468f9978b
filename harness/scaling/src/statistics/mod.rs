//! Statistics of experiments: intervals, expected values over subsets of a pool, corrections for many tests.
//!
//! Every estimate is a point with an interval. Randomness is addressed: resample `i` reads ChaCha stream `i` of the
//! seed, so results do not depend on threads or on the order of calls.

mod accuracy;
mod bootstrap;
mod curves;
mod equal_cost;
mod frontier;
mod holm;
mod paired;
mod reach;
mod reliability;
mod subsets;
mod two_stage;
mod wilson;

pub use accuracy::{accuracy_interval, difference_interval};
pub(crate) use bootstrap::quantile;
pub use bootstrap::{Resampler, bootstrap_mean};
pub use equal_cost::{
    CommonCost, Contrast, CostCurve, CostRange, EqualCost, MeanContrast, Verdict, equal_cost, mean_contrast,
};
pub use frontier::{Candidate, Membership, frontier_membership, pareto_frontier};
pub use holm::holm;
pub use paired::{McNemar, PairedDifference, mcnemar, paired, sign_flip};
pub use reach::{Reach, ReachRatio, Target, cost_to_reach, reach_ratio};
pub use reliability::{Binning, Reliability, ReliabilityBin, Statement, reliability};
pub use subsets::{best_of_k_curve, pass_at_k};
pub use two_stage::TwoStageResampler;
pub use wilson::wilson;

use serde::Serialize;

/// A point estimate and its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// The estimate.
    pub point: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Why a statistic does not exist.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum StatisticsError {
    /// No questions.
    #[error("an interval was asked for over 0 questions, expected at least 1; check the question limit")]
    NoQuestions,
    /// No resamples.
    #[error("a bootstrap was asked for with 0 resamples, expected at least 1; 1000 is usual")]
    NoResamples,
    /// A value vector that does not belong to the resampled questions.
    #[error("{found} values were given for {expected} questions, expected one value per question")]
    WrongLength {
        /// Questions of the resampler.
        expected: usize,
        /// Values given.
        found: usize,
    },
    /// A value that no mean can be taken of.
    #[error("value {index} is {found}, expected a finite number")]
    NotFinite {
        /// Its index.
        index: usize,
        /// What it is.
        found: f64,
    },
    /// Successes, draws or subset sizes that do not fit each other.
    #[error("{what} is {found}, expected {expected}")]
    OutOfRange {
        /// Which quantity.
        what: &'static str,
        /// Its value.
        found: f64,
        /// What it must be.
        expected: &'static str,
    },
    /// A ranking that is not a permutation of the draws.
    #[error("the ranking of {draws} draws is not a permutation: index {found} is repeated, missing or too large")]
    NotAPermutation {
        /// Number of draws.
        draws: usize,
        /// The first offending index.
        found: usize,
    },
}

/// The standard normal quantile at 0.975, of two-sided 95 % intervals.
const NORMAL_975: f64 = 1.959_963_984_540_054;

#[cfg(test)]
mod comparison_tests;
#[cfg(test)]
mod coverage_tests;
#[cfg(test)]
mod equal_cost_tests;
#[cfg(test)]
mod tests;
