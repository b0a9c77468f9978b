//! How thoroughly to fit.

use serde::Serialize;

/// How thoroughly to fit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct FitSettings {
    /// Bootstrap resamples behind each interval.
    pub resamples: u32,
    /// Permutations (and simulated tables) behind each test.
    pub permutations: u32,
    /// How much re-answering must change a question's accuracy to count as help or harm.
    pub margin: f64,
}

impl Default for FitSettings {
    fn default() -> Self {
        Self { resamples: 200, permutations: 10_000, margin: 0.02 }
    }
}
