//! Grid -> what is missing -> draws and scores. Never judges a method.
//!
//! Work goes partition by partition (backbone x dataset), questions in order, a bounded number at once. Whatever is
//! finished is journalled before anything else happens to it; a block of questions is sealed once it is complete.

mod ask;
mod blocks;
mod budget;
mod chains;
mod draws;
mod error;
mod executor;
mod fingerprint;
mod meter;
mod missing;
mod pass;
mod scores;
mod single;
mod stop;
#[cfg(test)]
mod tests;
mod texts;
mod work;

pub use crate::trace::BLOCK;
pub use budget::open_meter;
pub use draws::{collect, collect_some};
pub use error::CollectError;
pub use fingerprint::{draw_hashes, verifier_hash};
pub use meter::{Meter, Reached, Spending};
pub use missing::{Carried, Known, Missing, MissingChain, missing};
pub use scores::{score, score_some};
pub use stop::Stop;
pub use work::{OpenBackbone, OpenVerifier, Setup, Work};

pub(crate) use blocks::Blocks;
pub(crate) use draws::at_once;
pub(crate) use executor::{Task, runtime};
pub(crate) use pass::{Pass, Tally};
pub(crate) use single::{DrawOne, key_of, stored_score};

use crate::dataset::Dataset;
use crate::experiment::BackbonePlan;
use crate::key::DrawKey;
use crate::trace::{Partition, Row};

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
    /// Why nothing more could be asked, where a server refused everybody.
    pub halted: Option<String>,
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
        self.interrupted || self.halted.is_some() || self.over_budget.is_some()
    }

    /// A partition begins, with how many rows it will hold and how many are there.
    pub(crate) fn start(
        &mut self,
        (backbone, dataset): (&BackbonePlan, &Dataset),
        (total, known): (u64, u64),
        on_event: &mut dyn FnMut(Event),
    ) {
        self.total += total;
        self.known += known;
        let (backbone, dataset) = (backbone.name.clone(), dataset.name.clone());
        on_event(Event::Started { backbone, dataset, total, known });
    }

    /// Counts the rows among these that record failures, and tells of each.
    pub(crate) fn tell_failures(&mut self, rows: &[impl Row], on_event: &mut dyn FnMut(Event)) {
        for row in rows {
            let Some(why) = row.failure() else { continue };
            let what = describe(row);
            self.failed += 1;
            if self.failures.len() < Self::LISTED {
                self.failures.push(format!("{what}: {why}"));
            }
            on_event(Event::Failed { what, why: why.to_owned() });
        }
    }

    /// Counts rows that are finished and journalled.
    pub(crate) fn finish(&mut self, rows: u64, on_event: &mut dyn FnMut(Event)) {
        self.finished += rows;
        on_event(Event::Finished { rows });
    }

    /// Records what stopped the pass, which `lacks` rows or not. A budget that the last row used up stopped nothing.
    pub(crate) fn end(&mut self, stop: &Stop, lacks: bool) {
        self.interrupted = stop.is_asked();
        self.halted = stop.halted().filter(|_| lacks).map(str::to_owned);
        self.over_budget = stop.over_budget().filter(|_| lacks);
    }
}

/// A row in words: its backbone and dataset, its question, its draw.
pub(crate) fn describe(row: &impl Row) -> String {
    let Partition { backbone, dataset, .. } = row.partition();
    let DrawKey { mode, chain, round } = row.draw();
    format!("{backbone} {dataset} question {}, {} chain {} round {}", row.question(), mode.name(), chain.0, round.0)
}
