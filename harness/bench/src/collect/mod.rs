//! Grid -> what is missing -> draws and scores. Never judges a method.
//!
//! Work goes partition by partition (backbone x dataset), questions in order, a bounded number at once. Whatever is
//! finished is journalled before anything else happens to it; a block of questions is sealed once it is complete.

mod ask;
mod chains;
mod concluded;
mod draws;
mod error;
mod identity;
mod known;
mod pass;
mod pump;
mod scores;
mod step;
#[cfg(test)]
mod tests;
mod texts;

pub use crate::trace::BLOCK;
pub use concluded::{answer_of, is_stated};
pub use draws::{DrawWork, OpenBackbone, collect};
pub use error::CollectError;
pub use identity::draw_hashes;
pub use known::{Carried, Known, Missing, MissingChain, missing};
pub use pump::StopFlag;
pub use scores::{OpenVerifier, ScoreWork, score};

pub(crate) use draws::draw_partition;
pub(crate) use pass::describe;
pub(crate) use pump::{Unit, pump, runtime};
pub(crate) use scores::score_partition;
pub(crate) use step::{OneByOne, key_of, stored};

/// What happens while collecting or scoring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A partition begins.
    Started {
        /// The backbone's name.
        backbone: String,
        /// The dataset's name.
        dataset: String,
        /// Rows this partition will hold.
        total: u64,
        /// Rows that were there already.
        known: u64,
    },
    /// Rows were finished and journalled.
    Finished {
        /// How many.
        rows: u64,
    },
    /// A request failed for good.
    Failed {
        /// Which draw.
        what: String,
        /// Why.
        why: String,
    },
    /// The partition is done.
    Ended,
}

/// What a pass over the grid did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Rows the grid asks for.
    pub total: u64,
    /// Rows that were finished before.
    pub known: u64,
    /// Rows finished now.
    pub finished: u64,
    /// Draws that failed, with the reason (the first few).
    pub failures: Vec<String>,
    /// How many failed.
    pub failed: u64,
    /// True when it was asked to stop before the end.
    pub interrupted: bool,
}

impl Summary {
    /// Failures listed in full; the rest are counted.
    const LISTED: usize = 10;

    pub(crate) fn fail(&mut self, what: &str, why: &str) {
        self.failed += 1;
        if self.failures.len() < Self::LISTED {
            self.failures.push(format!("{what}: {why}"));
        }
    }
}
