//! Grid -> what is missing -> draws and scores. Never judges a method.
//!
//! Work goes partition by partition (backbone x dataset), questions in order, a bounded number at once. Whatever is
//! finished is journalled before anything else happens to it; a block of questions is sealed once it is complete.

mod ask;
mod budget;
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

pub use crate::net::{Meter, Reached, Spending, StopFlag};
pub use crate::trace::BLOCK;
pub use budget::open_meter;
pub(crate) use budget::record_time;
pub use concluded::{answer_of, is_stated};
pub use draws::{DrawWork, OpenBackbone, collect, collect_some};
pub use error::CollectError;
pub use identity::{draw_hashes, verifier_hash};
pub use known::{Carried, Known, Missing, MissingChain, missing};
pub use scores::{OpenVerifier, ScoreWork, score, score_some};

pub(crate) use draws::{at_once, draw_partition};
pub(crate) use pass::describe;
pub(crate) use pump::{Unit, pump, runtime};
pub(crate) use scores::score_partition;
pub(crate) use step::{OneByOne, key_of, stored, stored_score};

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
    /// The limit of the budget that stopped it before the end.
    pub over_budget: Option<Reached>,
}

impl Summary {
    /// Failures listed in full; the rest are counted.
    const LISTED: usize = 10;

    /// Rows that are there now.
    pub fn done(&self) -> u64 {
        self.known + self.finished
    }

    /// Whether it ended early, at the user's wish or a budget's.
    pub fn stopped(&self) -> bool {
        self.interrupted || self.over_budget.is_some()
    }

    pub(crate) fn fail(&mut self, what: &str, why: &str) {
        self.failed += 1;
        if self.failures.len() < Self::LISTED {
            self.failures.push(format!("{what}: {why}"));
        }
    }
}
