//! The parameters of what a simulated backbone says that is no plain answer.

use serde::{Deserialize, Serialize};

use super::ranges::{non_negative, positive, probability};

/// How a simulated backbone criticises answers. Defaults are illustrative: a lenient critic, better than chance.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CritiqueParameters {
    /// Probability that it calls a right answer right (default 0.85).
    #[serde(deserialize_with = "probability")]
    pub right_when_right: f64,
    /// Probability that it calls a wrong answer right (default 0.45).
    #[serde(deserialize_with = "probability")]
    pub right_when_wrong: f64,
    /// A critique is this many times as long as a re-answer (default 0.6).
    #[serde(deserialize_with = "positive")]
    pub length: f64,
}

impl Default for CritiqueParameters {
    fn default() -> Self {
        Self { right_when_right: 0.85, right_when_wrong: 0.45, length: 0.6 }
    }
}

impl CritiqueParameters {
    /// Whether it calls the answer right; `luck` is uniform.
    pub(super) fn approves(&self, luck: f64, right: bool) -> bool {
        luck < if right { self.right_when_right } else { self.right_when_wrong }
    }
}

/// How a simulated backbone goes on with a text that had ended.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ContinuationParameters {
    /// A continuation is this many times as long as a re-answer (default 0.35, illustrative).
    #[serde(deserialize_with = "positive")]
    pub length: f64,
}

impl Default for ContinuationParameters {
    fn default() -> Self {
        Self { length: 0.35 }
    }
}

/// How a simulated backbone rates questions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RatingParameters {
    /// Standard deviation of the noise, in points of the scale from 1 to 10 (default 2, illustrative).
    #[serde(deserialize_with = "non_negative")]
    pub noise: f64,
    /// A rating is this many times as long as a re-answer (default 0.1, illustrative).
    #[serde(deserialize_with = "positive")]
    pub length: f64,
}

impl Default for RatingParameters {
    fn default() -> Self {
        Self { noise: 2.0, length: 0.1 }
    }
}

impl RatingParameters {
    /// A rating from 1 (the fixed point is 1) to 10 (it is 0); `noise` is standard normal.
    pub(super) fn rate(&self, fixed_point: f64, noise: f64) -> u32 {
        (1.0 + 9.0 * (1.0 - fixed_point) + self.noise * noise).round().clamp(1.0, 10.0) as u32
    }
}
