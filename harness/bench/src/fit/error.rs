//! Why a fit could not be made.

use crate::trace::TraceError;

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
