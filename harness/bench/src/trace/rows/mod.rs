//! Rows as the rest of the program knows them, and their conversion to and from Arrow.

mod arrow;
mod draw;
mod score;
mod stored;

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, SchemaRef};

use crate::key::{DrawKey, QuestionId};

pub(super) use arrow::Reader;
pub use draw::DrawRow;
pub use score::ScoreRow;
pub use stored::{SteppedScore, Stored, StoredAnswer, StoredDraw, StoredScore};

/// How a server was asked for a row; empty where none was, and in rows of versions that did not record it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Asking {
    /// First 16 hex digits of the SHA-256 of the body that was sent.
    pub request_hash: Option<String>,
    /// What came of the requests before the last, in words, separated by `; `.
    pub earlier_attempts: Option<String>,
    /// Whether token counts are an estimate.
    pub tokens_estimated: bool,
}

impl Asking {
    /// What a server's reply says of it.
    pub fn new(request_hash: Option<String>, earlier_attempts: &[String], tokens_estimated: bool) -> Self {
        let earlier_attempts = (!earlier_attempts.is_empty()).then(|| earlier_attempts.join("; "));
        Self { request_hash, earlier_attempts, tokens_estimated }
    }
}

/// A kind of row that a [`super::Ledger`] keeps.
pub trait Row: Sized + Send {
    /// Prefix of its journal segments.
    const KIND: &'static str;
    /// Folder of its sealed parts under the run.
    const FOLDER: &'static str;
    /// Its full schema.
    fn schema() -> SchemaRef;
    /// Rows -> columns.
    ///
    /// # Errors
    /// When Arrow refuses the columns.
    fn to_batch(rows: &[Self]) -> Result<RecordBatch, ArrowError>;
    /// Columns -> rows.
    ///
    /// # Errors
    /// When a column is missing, of another type, or holds an unknown mode.
    fn from_batch(batch: &RecordBatch) -> Result<Vec<Self>, ArrowError>;
    /// The values of the partition folders, outermost first.
    fn partition(&self) -> Vec<(&'static str, Arc<str>)>;
    /// The question.
    fn question(&self) -> &QuestionId;
    /// The draw.
    fn draw(&self) -> DrawKey;
    /// Why it failed, for a row that records a failure: such a row is asked for again and never sealed.
    fn failure(&self) -> Option<&str>;
    /// Whether it records a failure.
    fn failed(&self) -> bool {
        self.failure().is_some()
    }
}
