//! What was fitted, as `fit.json` holds it.

use markovscale::assumptions::AssumptionTests;
use markovscale::rates::{PooledRates, PopulationBounds, Prediction, QuestionCounts, QuestionRates, RatePrior};
use serde::Serialize;

use super::calibration::ModeCalibration;
use super::changes::Changes;
use super::model::ModelFit;
use super::settings::FitSettings;

/// Everything fitted to a run.
#[derive(Debug, Clone, Serialize)]
pub struct RunFit {
    /// Version of this format.
    pub format: u32,
    /// The run's name.
    pub run: String,
    /// Version of the program.
    pub version: String,
    /// Hash of the run's experiment.
    pub experiment: String,
    /// The run's seed, from which resamples derive.
    pub seed: u64,
    /// Resamples, permutations, margin.
    pub settings: FitSettings,
    /// How scores were made of step scores; absent: as they were stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aggregate: Option<&'static str>,
    /// Partitions in the plan's order.
    pub partitions: Vec<PartitionFit>,
    /// Partitions without a chain, as `backbone on dataset`.
    pub without_chains: Vec<String>,
}

/// Everything fitted to one backbone on one dataset.
#[derive(Debug, Clone, Serialize)]
pub struct PartitionFit {
    /// The backbone.
    pub backbone: String,
    /// Whether the backbone is a simulation.
    pub simulated: bool,
    /// The dataset.
    pub dataset: String,
    /// Questions of the dataset that have no chain yet.
    pub questions_without_chains: usize,
    /// Answers of the longest chain.
    pub rounds: usize,
    /// Pooled rates.
    pub pooled: PooledRates,
    /// Changes of side by whether the answer that was wrong was there.
    pub changes: Changes,
    /// Pooled rates by difficulty, where the dataset gives one.
    pub by_level: Vec<LevelRates>,
    /// What re-answering is worth over all questions.
    pub bounds: PopulationBounds,
    /// Priors of `p_0`, `a`, `b` over questions.
    pub priors: [RatePrior; 3],
    /// Predicted against observed; `None` with chains too short to split.
    pub prediction: Option<Prediction>,
    /// The tests of the chain.
    pub tests: AssumptionTests,
    /// The answer model of each mode of drawing.
    pub models: Vec<ModelFit>,
    /// Whether that model's stated probabilities come true.
    pub calibration: Vec<ModeCalibration>,
    /// Every question with a chain.
    pub questions: Vec<QuestionFitRow>,
}

/// Pooled rates of one difficulty.
#[derive(Debug, Clone, Serialize)]
pub struct LevelRates {
    /// The difficulty.
    pub level: u32,
    /// Its rates.
    pub rates: PooledRates,
}

/// One question's counts and rates.
#[derive(Debug, Clone, Serialize)]
pub struct QuestionFitRow {
    /// The question's id.
    pub id: String,
    /// Its difficulty.
    pub level: Option<u32>,
    /// Its transitions.
    pub counts: QuestionCounts,
    /// Its rates.
    pub rates: QuestionRates,
}
