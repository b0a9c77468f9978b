//! What methods learn before they see a question: from labelled other questions, or from ranking the dataset.
//!
//! All of it is data that can be saved and read again, so that a policy fitted in one run can be looked at, and reused in
//! another.

use serde::{Deserialize, Serialize};

use super::markovscale::StoppingPolicy;

/// What a method learned from labelled questions that it is not scored on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Learned {
    /// Settings of `optscale`.
    OptScale(OptScaleSettings),
    /// When `markovscale` with `stop: optimal` stops.
    Policy(StoppingPolicy),
}

/// What `optscale` learned.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct OptScaleSettings {
    /// Predicted mean and standard deviation of a question's scores, for `prior: fitted`.
    pub predicted: Option<ScorePrior>,
    /// Tuned tail probability `q` and target score, for tuned settings.
    pub tuned: Option<OptScaleTarget>,
}

/// A question's score distribution before its first draw.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ScorePrior {
    /// Location of the normal, before truncation to [0, 1].
    pub mean: f64,
    /// Its standard deviation.
    pub deviation: f64,
}

/// When `optscale` has drawn enough: `P(no score reaches target) <= q`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct OptScaleTarget {
    /// The probability allowed for missing the target, in (0, 1).
    pub q: f64,
    /// The score to reach, in (0, 1).
    pub target: f64,
}

/// Where a question stands after `difficulty_adaptive_sc` ranked the dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Triage {
    /// Whether it is on the easy side of the boundary.
    pub easy: bool,
    /// Whether the search for the boundary looked at its first `judge_window` draws, which it then pays for.
    pub probed: bool,
}
