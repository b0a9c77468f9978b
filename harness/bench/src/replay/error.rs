//! Why replay could not go on.

use std::path::PathBuf;

use markovscale::PlayError;

use crate::trace::TraceError;

/// Replay could not go on.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// Files of the run.
    #[error(transparent)]
    Trace(#[from] TraceError),
    /// A question's draws are not what a method asks for.
    #[error("{0}{remedy}", remedy = remedy(.0))]
    Play(#[from] PlayError),
    /// Draws of the partition are missing.
    #[error(
        "{backbone} on {dataset}: {incomplete} of {questions} questions lack draws or scores that the experiment asks \
         for (first: {first}); `markovscale run` with the same config collects them"
    )]
    Incomplete {
        /// The backbone.
        backbone: String,
        /// The dataset.
        dataset: String,
        /// Questions that lack something.
        incomplete: usize,
        /// Questions there are.
        questions: usize,
        /// The first such question's id.
        first: String,
    },
    /// The run does not hold a dataset that the plan names.
    #[error("the run holds no questions of `{0}`; it was collected with another list of datasets")]
    NoDataset(String),
    /// A statistic could not be taken.
    #[error(transparent)]
    Statistics(#[from] markovscale::StatisticsError),
    /// A ranking by the dataset's levels, which it does not have.
    #[error(
        "{dataset} states no levels, by which `{method}: {{difficulty: dataset_level}}` ranks its questions; use `difficulty: \
         judge` or `difficulty: first_score` there"
    )]
    NoLevels {
        /// The dataset.
        dataset: String,
        /// The method.
        method: &'static str,
    },
    /// A file of what methods learned cannot be used.
    #[error("use {}: {message}", path.display())]
    Learned {
        /// The file.
        path: PathBuf,
        /// Why.
        message: String,
    },
    /// Questions could not be dealt into folds, or parameters would have scored a question they saw.
    #[error("cannot calibrate on {dataset}: {source}")]
    Calibration {
        /// The dataset.
        dataset: String,
        /// Why.
        source: markovscale::CrossFitError,
    },
}

fn remedy(error: &PlayError) -> &'static str {
    match error {
        PlayError::PoolTooSmall { .. } | PlayError::OtherPool { .. } => {
            "; `markovscale collect` with the same config continues where it stopped"
        }
        PlayError::NotAllowed { .. } => "",
    }
}
