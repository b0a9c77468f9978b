//! What stored draws and scores cost, in tokens and time: for budgets and forecasts, which need neither texts nor answers.

use arrow_array::{Array, RecordBatch};
use arrow_schema::ArrowError;

use super::rows::{DrawRow, Reader, ScoreRow, Stored};
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
