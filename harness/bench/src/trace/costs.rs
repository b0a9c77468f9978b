//! What stored draws and scores cost, in tokens and time: for budgets and forecasts, which need neither texts nor answers.

use std::collections::HashSet;
use std::path::Path;

use arrow_array::{Array, RecordBatch};
use arrow_schema::ArrowError;

use super::error::TraceError;
use super::ledger::{Partition, Snapshot, owned_key};
use super::parts::{partition_folder, parts, read_part};
use super::rows::{DrawRow, Reader, Row, ScoreRow, Stored};
use super::whole::partitions;
use crate::key::{DrawKey, QuestionId};
use crate::vocabulary::TokenCounts;

/// What a stored draw cost.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredCost {
    /// The question.
    pub question: QuestionId,
    /// Which draw of it.
    pub draw: DrawKey,
    /// Its tokens.
    pub tokens: TokenCounts,
    /// Milliseconds of the successful request; `None` where none was made.
    pub latency_ms: Option<f64>,
    /// When it was asked for, in milliseconds since the epoch.
    pub started_at: Option<i64>,
}

/// What a stored score cost.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredScoreCost {
    /// The question.
    pub question: QuestionId,
    /// Which draw of it.
    pub draw: DrawKey,
    /// The verifier's tokens, those it wrote as completion.
    pub tokens: TokenCounts,
    /// Milliseconds of the successful request; `None` where none was made.
    pub latency_ms: Option<f64>,
}

impl Stored for StoredCost {
    type Of = DrawRow;
    const COLUMNS: &'static [&'static str] = &[
        "question_id",
        "mode",
        "chain",
        "round",
        "prompt_tokens",
        "cached_tokens",
        "completion_tokens",
        "reasoning_tokens",
        "latency_ms",
        "started_at",
    ];

    fn from_batch(batch: &RecordBatch) -> Result<Vec<Self>, ArrowError> {
        let read = Reader { batch };
        let (latency, started) = (read.real("latency_ms")?, read.time("started_at")?);
        let rows = read.keys()?.into_iter().zip(read.token_counts()?).enumerate();
        let value = |(i, ((question, draw), tokens))| Self {
            question,
            draw,
            tokens,
            latency_ms: latency.is_valid(i).then(|| latency.value(i)),
            started_at: started.is_valid(i).then(|| started.value(i)),
        };
        Ok(rows.map(value).collect())
    }

    fn key(&self) -> (&QuestionId, DrawKey) {
        (&self.question, self.draw)
    }
}

impl Stored for StoredScoreCost {
    type Of = ScoreRow;
    const COLUMNS: &'static [&'static str] =
        &["question_id", "mode", "chain", "round", "verifier_tokens", "written_tokens", "latency_ms"];

    fn from_batch(batch: &RecordBatch) -> Result<Vec<Self>, ArrowError> {
        let read = Reader { batch };
        // Versions before this column knew no servers.
        let latency = read.if_there("latency_ms", Reader::real)?;
        let rows = read.keys()?.into_iter().zip(read.verifier_tokens()?).enumerate();
        let value = |(i, ((question, draw), (all, written)))| Self {
            question,
            draw,
            tokens: TokenCounts::of_verifier(all, written),
            latency_ms: latency.and_then(|latency| latency.is_valid(i).then(|| latency.value(i))),
        };
        Ok(rows.map(value).collect())
    }

    fn key(&self) -> (&QuestionId, DrawKey) {
        (&self.question, self.draw)
    }
}

/// Hands every finished row of a run to `found`, each once, a batch in memory at a time.
///
/// # Errors
/// When the journal or a part cannot be read.
pub fn each_stored<S: Stored>(run: &Path, mut found: impl FnMut(&Partition, S)) -> Result<(), TraceError> {
    let mut journalled = Snapshot::<S>::open(run)?;
    for partition in partitions::<S::Of>(run)? {
        let waiting = journalled.take_journalled(&partition);
        // A segment keeps sealed rows until all of its rows are sealed.
        let mut sealed: HashSet<(QuestionId, DrawKey)> = HashSet::new();
        for path in parts(&partition_folder(run, S::Of::FOLDER, &partition))? {
            read_part(&path, S::COLUMNS, |batch| {
                for value in S::from_batch(&batch).map_err(|error| TraceError::malformed_rows(&path, &error))? {
                    if !waiting.is_empty() {
                        sealed.insert(owned_key(&value));
                    }
                    found(&partition, value);
                }
                Ok(())
            })?;
        }
        for value in waiting {
            if sealed.insert(owned_key(&value)) {
                found(&partition, value);
            }
        }
    }
    Ok(())
}
