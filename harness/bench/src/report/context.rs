//! What a report says about the run besides its outcomes.

use serde::Serialize;

use super::cost::Cost;

/// Provenance of a run and the order in which its parts are shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReportContext {
    /// The run's name.
    pub run: String,
    /// Seed of everything random.
    pub seed: u64,
    /// Hash of the expanded config.
    pub config_hash: String,
    /// Version of the program.
    pub version: String,
    /// Datasets in the order shown; the mean over datasets needs all of them.
    pub datasets: Vec<String>,
    /// Backbones in the order shown.
    pub backbones: Vec<String>,
    /// Method labels in the order shown.
    pub methods: Vec<String>,
    /// Budgets of the grid, answers per question.
    pub budgets: Vec<u32>,
    /// Bootstrap resamples behind each interval.
    pub resamples: u32,
    /// What is set against accuracy.
    pub cost: Cost,
    /// Sentences that every caption ends with.
    pub notes: Vec<String>,
}
