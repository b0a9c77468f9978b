//! Draws <-> files. The only place that knows columns.
//!
//! A run's draws live first in the journal (Arrow IPC streams: cut short, they still give every complete batch) and,
//! once a block of questions is complete, in Parquet parts written by write, sync, rename, sync of the folder. A draw is
//! read from wherever it is; a draw found in both counts once.

mod bulk;
mod columns;
mod costs;
mod draw_parts;
mod environment;
mod error;
mod folder;
mod journal;
mod ledger;
mod parts;
mod questions;
mod rows;
mod staging;
#[cfg(test)]
mod tests;
mod whole;

pub use bulk::{BLOCK, Bulk};
pub use columns::{Column, DRAW_COLUMNS, SCORE_COLUMNS};
pub use costs::{StoredCost, StoredScoreCost, each_stored};
pub use draw_parts::{DrawPart, DrawParts};
pub use environment::{Environment, ExperimentHashes, FORMAT, VERIFIER_ENTRY, WorkSession};
pub use error::TraceError;
pub use folder::{Opening, RunFolder};
pub use ledger::{Ledger, Partition, Snapshot};
pub use parts::{read_part, write_atomically, write_table};
pub use questions::{read_questions, write_questions};
pub use rows::{Asking, DrawRow, Row, ScoreRow, SteppedScore, Stored, StoredAnswer, StoredDraw, StoredScore};
pub use staging::Staging;
pub use whole::{each_row, partitions};
