//! Methods that decide while draws are made: a whole experiment (`collect: live`), or one question step by step.
//!
//! The sessions are those that replay plays, shown the draws as they come; nothing here knows a method. What is asked,
//! stored and scored is what collecting asks, stores and scores, one draw at a time.

mod collect;
mod price;
mod solve;
#[cfg(test)]
mod tests;

pub use collect::collect;
pub use price::Bill;
pub use solve::{Decided, Round, Solved, Solver};

use crate::collect::CollectError;
use crate::replay::ReplayError;
use crate::trace::TraceError;

/// Drawing live could not go on. What was finished before is kept.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    /// Asking or storing.
    #[error(transparent)]
    Collect(#[from] CollectError),
    /// Files of the run.
    #[error(transparent)]
    Trace(#[from] TraceError),
    /// What was learned elsewhere cannot be used.
    #[error(transparent)]
    Learned(#[from] ReplayError),
    /// A method asked for what its draws do not have.
    #[error(transparent)]
    Play(#[from] markovscale::PlayError),
    /// A draw or score failed for good.
    #[error("{what}: {why}")]
    Failed {
        /// Which draw.
        what: String,
        /// Why.
        why: String,
    },
    /// Asked to stop.
    #[error("stopped")]
    Stopped,
}
