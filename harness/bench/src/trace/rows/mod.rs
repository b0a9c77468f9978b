//! Rows as the rest of the program knows them, and their conversion to and from Arrow.

mod arrow;
mod draw;
mod score;
mod stored;

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, SchemaRef};

use super::layout::Partition;
use super::open::BATCH;
use crate::key::{DrawKey, QuestionId};

pub(super) use arrow::Reader;
pub use draw::DrawRow;
pub use score::ScoreRow;
pub use stored::{SteppedScore, StoredAnswer, StoredDraw, StoredScore, WrittenDraw};

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

/// A row as a reader wants it: all of it, or a few of its columns.
pub trait Stored: Sized + Send {
    /// The kind of row it is made of.
    type Of: Row;
    /// The columns it reads.
    const COLUMNS: &'static [&'static str];
    /// Rows that are decoded at once: fewer where completions are among the columns, which are large.
    const BATCH: usize = BATCH;
    /// Columns -> values.
    ///
    /// # Errors
    /// When a column is missing, has another type or holds an unknown mode.
    fn from_batch(batch: &RecordBatch) -> Result<Vec<Self>, ArrowError>;
    /// The question and draw.
    fn key(&self) -> (&QuestionId, DrawKey);
}

/// A kind of row that a [`super::Ledger`] keeps.
pub trait Row: Stored<Of = Self> {
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
    /// The partition it belongs to.
    fn partition(&self) -> Partition;
    /// Why it failed, for a row that records a failure: such a row is asked for again and never sealed.
    fn failure(&self) -> Option<&str>;
    /// Whether it records a failure.
    fn failed(&self) -> bool {
        self.failure().is_some()
    }
    /// The question.
    fn question(&self) -> &QuestionId {
        self.key().0
    }
    /// The draw.
    fn draw(&self) -> DrawKey {
        self.key().1
    }
}
