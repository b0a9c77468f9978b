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
mod layout;
mod ledger;
mod open;
mod parts;
mod questions;
mod rows;
mod scan;
mod staging;
#[cfg(test)]
mod tests;

pub use bulk::{BLOCK, Bulk};
pub use columns::{Column, DRAW_COLUMNS, Kind, SCORE_COLUMNS};
pub use costs::{StoredCost, StoredScoreCost};
pub use draw_parts::{DrawPart, DrawParts};
pub use environment::{Environment, ExperimentHashes, VERIFIER_ENTRY, WorkSession};
pub use error::TraceError;
pub use folder::{Opening, RunFolder};
pub use layout::{FORMAT, Partition};
pub use ledger::Ledger;
pub use open::{read_all_columns, read_table};
pub use parts::{write_atomically, write_table};
pub use questions::{read_questions, write_questions};
pub use rows::{
    Asking, DrawRow, Row, ScoreRow, SteppedScore, Stored, StoredAnswer, StoredDraw, StoredScore, WrittenDraw,
};
pub use scan::{Rows, Snapshot, StoredKey, each_stored, partitions, rows};
pub use staging::Staging;
