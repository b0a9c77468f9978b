//! What `optscale` learns before it sees a question.

use serde::{Deserialize, Serialize};

use crate::methods::learned::LearnedData;

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

impl LearnedData for OptScaleSettings {
    const KIND: &'static str = "opt_scale";
}
