//! What can stop collecting.

use crate::trace::TraceError;

/// Collecting or scoring could not go on. What was finished before is kept.
#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    /// Files of the run.
    #[error(transparent)]
    Trace(#[from] TraceError),
    /// A method that decides while draws are made asked for what its draws do not have.
    #[error(transparent)]
    Play(#[from] markovscale::PlayError),
    /// A backbone or verifier could not be set up.
    #[error("cannot set up `{name}` for {dataset}: {reason}")]
    Setup {
        /// The backbone's or verifier's name.
        name: String,
        /// The dataset.
        dataset: String,
        /// Why.
        reason: String,
    },
    /// The asynchronous runtime did not start.
    #[error("cannot start worker threads: {0}")]
    Runtime(std::io::Error),
}
