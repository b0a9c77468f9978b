//! Looking at decisions about answers: pairs and texts of a user's own files, and those that a run's accuracy rests on.
//!
//! Files are read and written a row at a time, so that a file of a million rows needs the memory of one. Nothing here
//! decides anything itself: what an answer is, is `collect`'s; whether two are the same, `markovscale-answers`'.

mod audit;
mod compare;
mod error;
mod extract;
mod rows;
mod sink;

pub use audit::{Audit, Concern, ConcernTotal, Decided, Flagged, PartitionAudit, Selection, audit};
pub(crate) use compare::verdict_named;
pub use compare::{Agreement, Compared, Disagreement, ReasonCount, Summary, Tally, compare};
pub use error::AnswersError;
pub use extract::{Extracted, RuleCount, Text, Texts, read_text};
pub use rows::{Format, Row, Rows};
pub use sink::{Sink, merged, write_rows};
