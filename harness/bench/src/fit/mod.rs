//! Traces -> what re-answering does: transition rates, population bounds, tests of the chain, the answer model and its
//! calibration, per partition (backbone x dataset).
//!
//! Like replay this reads gold answers and calls no backbone. Unlike replay it takes a run as far as it was collected:
//! questions without a chain are counted and left out. All mathematics is in the crate `markovscale`
//! (`rates`, `assumptions`, `posterior`, `statistics`); here it is fed from the traces and put into words.

mod calibration;
mod changes;
mod error;
mod fitted;
mod loaded;
mod model;
mod partition;
mod settings;
mod words;

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::experiment::{Aggregate, Plan};
use crate::replay::Scores;
use crate::trace::{Partition, RunFolder, Snapshot, StoredDraw, TraceError, read_questions, write_atomically};

pub use calibration::ModeCalibration;
pub use changes::Changes;
pub use error::FitError;
pub use fitted::{LevelRates, PartitionFit, QuestionFitRow, RunFit};
pub use model::{ModelFit, ParameterRow};
pub use settings::FitSettings;
pub use words::render;
pub(crate) use words::summary;

/// Version of `fit.json`.
pub const FORMAT: u32 = 2;

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
            let loaded = loaded::Loaded::new(backbone, questions, drawn, scored, plan.seed);
            if loaded.has_chains() {
                partitions.push(partition::fit(&loaded, settings)?);
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
