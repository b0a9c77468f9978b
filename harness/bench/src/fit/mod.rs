//! Traces -> what re-answering does: transition rates, population bounds, tests of the chain, the answer model and its
//! calibration, per partition (backbone x dataset).
//!
//! Like replay this reads gold answers and calls no backbone. Unlike replay it takes a run as far as it was collected:
//! questions without a chain are counted and left out. All mathematics is in the crate `markovscale`
//! (`rates`, `assumptions`, `posterior`, `statistics`); here it is fed from the traces and put into words.

mod calibration;
mod model;
mod partition;
mod words;

use std::io::Write;
use std::path::{Path, PathBuf};

use markovscale::assumptions::AssumptionTests;
use markovscale::rates::{PooledRates, PopulationBounds, Prediction, QuestionCounts, QuestionRates, RatePrior};
use serde::Serialize;

use crate::experiment::{Aggregate, Plan};
use crate::replay::Scores;
use crate::trace::{Partition, RunFolder, Snapshot, StoredDraw, TraceError, read_questions, write_atomically};

pub use calibration::ModeCalibration;
pub use model::{ModelFit, ParameterRow};
pub use words::render;
pub(crate) use words::summary;

/// Version of `fit.json`.
pub const FORMAT: u32 = 1;

/// A fit could not be made.
#[derive(Debug, thiserror::Error)]
pub enum FitError {
    /// Files of the run.
    #[error(transparent)]
    Trace(#[from] TraceError),
    /// The run does not hold a dataset that the plan names.
    #[error("the run holds no questions of `{0}`; it was collected with another list of datasets")]
    NoDataset(String),
    /// No partition has a chain.
    #[error(
        "fit {run}: it has no chains, which fits and tests need; collect some (`pool: {{chains: 2, rounds: 16}}` or \
         more, and a sequential method such as `mr_thinking` among the methods)"
    )]
    NoChains {
        /// The run.
        run: String,
    },
    /// A partition's chains cannot be fitted.
    #[error("fit {backbone} on {dataset}: {source}")]
    Rates {
        /// The backbone.
        backbone: String,
        /// The dataset.
        dataset: String,
        /// Why.
        source: markovscale::RatesError,
    },
    /// A statistic of a partition could not be taken.
    #[error("calibrate {backbone} on {dataset}: {message}")]
    Calibration {
        /// The backbone.
        backbone: String,
        /// The dataset.
        dataset: String,
        /// Why.
        message: String,
    },
    /// The fit is not expressible as JSON.
    #[error("write the fit as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

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

/// Fits every partition of a run. `on_partition` hears of every partition before it is fitted.
///
/// # Errors
/// When files cannot be read or no partition has a chain.
pub fn fit_run(
    plan: &Plan,
    run: &RunFolder,
    settings: FitSettings,
    mut on_partition: impl FnMut(&str, &str),
) -> Result<RunFit, FitError> {
    let datasets = read_questions(run.path())?;
    let mut draws = Snapshot::<StoredDraw>::open(run.path())?;
    let mut scores = Scores::open(plan, run)?;
    let (mut partitions, mut without_chains) = (Vec::new(), Vec::new());
    for backbone in &plan.backbones {
        for dataset in &plan.datasets {
            on_partition(&backbone.name, &dataset.name);
            let questions = datasets.iter().find(|known| known.name == dataset.name);
            let questions = questions.ok_or_else(|| FitError::NoDataset(dataset.name.clone()))?;
            let drawn = draws.take(&Partition::of_draws(&backbone.name, &dataset.name))?;
            let scored = scores.take(&backbone.name, &dataset.name)?;
            let loaded = partition::Loaded::new(backbone, questions, drawn, scored, plan.seed);
            if loaded.has_chains() {
                partitions.push(loaded.fit(settings)?);
            } else {
                without_chains.push(format!("{} on {}", backbone.name, dataset.name));
            }
        }
    }
    if partitions.is_empty() {
        return Err(FitError::NoChains { run: run.path().display().to_string() });
    }
    let name = run.path().file_name().map_or_else(|| plan.name.clone(), |name| name.to_string_lossy().into_owned());
    Ok(RunFit {
        format: FORMAT,
        run: name,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        experiment: plan.hash(),
        seed: plan.seed,
        settings,
        aggregate: plan.aggregate.map(Aggregate::name),
        partitions,
        without_chains,
    })
}

/// Writes `RUN/fit.json` and `REPORT/fit.md`, each whole or not at all, and gives their paths.
///
/// # Errors
/// When a file cannot be written.
pub fn write_fit(fit: &RunFit, run: &Path, report: &Path) -> Result<[PathBuf; 2], FitError> {
    let json = serde_json::to_string_pretty(fit)?;
    let write = |path: PathBuf, text: &str| -> Result<PathBuf, FitError> {
        write_atomically(&path, |file| file.write_all(text.as_bytes()).map_err(TraceError::io("write", &path)))?;
        Ok(path)
    };
    Ok([write(run.join("fit.json"), &json)?, write(report.join("fit.md"), &render(fit))?])
}
