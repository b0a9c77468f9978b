//! What a report says about the run besides its outcomes, and what writing one returns.

use std::path::PathBuf;

use serde::Serialize;

use super::cost::Cost;
use crate::replay::DrawCensus;

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
    /// What the draws are like; empty in runs that were replayed before this was counted.
    pub draws: Vec<DrawCensus>,
    /// Sentences that every caption ends with.
    pub notes: Vec<String>,
}

/// The files of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Written {
    /// `table.md`.
    pub markdown: PathBuf,
    /// `table.tex`, to be read by `\input`.
    pub latex: PathBuf,
    /// `table-standalone.tex`, a document around `table.tex`.
    pub latex_standalone: PathBuf,
    /// `outcomes.csv`.
    pub csv: PathBuf,
    /// `comparisons.md` and `comparisons.csv`; `None` when nothing was compared.
    pub comparisons: Option<[PathBuf; 2]>,
    /// `equal-tokens.md` and `equal-tokens.csv`; `None` when nothing was compared.
    pub equal_tokens: Option<[PathBuf; 2]>,
    /// `policies.md`; `None` when no method learned a stopping policy.
    pub policies: Option<PathBuf>,
    /// SVG and PNG figures, two of each per backbone.
    pub figures: Vec<PathBuf>,
}

impl Written {
    /// Every file, tables first.
    pub fn paths(&self) -> impl Iterator<Item = &PathBuf> {
        let tables = [&self.markdown, &self.latex, &self.latex_standalone, &self.csv];
        let compared = self.comparisons.iter().chain(&self.equal_tokens).flatten();
        tables.into_iter().chain(compared).chain(&self.policies).chain(&self.figures)
    }
}
