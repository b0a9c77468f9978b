//! One verifier score as a row.

use std::sync::Arc;

use arrow_array::builder::{Float64Builder, ListBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, SchemaRef};
use markovscale::Tokens;

use super::arrow::{Reader, count, flag, optional, real, text, whole, wrong_type};
use super::{Asking, Row, Stored};
use crate::key::{DrawKey, QuestionId};
use crate::trace::columns::{SCORE_COLUMNS, names, schema};
use crate::trace::layout::Partition;
use crate::vocabulary::TokenCounts;

/// One verifier score, as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreRow {
    /// The verifier's name.
    pub verifier: Arc<str>,
    /// The backbone's name.
    pub backbone: Arc<str>,
    /// The question set.
    pub dataset: Arc<str>,
    /// The question.
    pub question: QuestionId,
    /// Which draw of it.
    pub draw: DrawKey,
    /// In [0, 1].
    pub score: Option<f64>,
    /// Scores of the steps.
    pub step_scores: Vec<f64>,
    /// Tokens the verifier read and wrote.
    pub verifier_tokens: Tokens,
    /// Why it failed.
    pub error: Option<String>,
    /// Whether a simulation made it.
    pub simulated: bool,
    /// Of the verifier's tokens, those it wrote.
    pub written_tokens: Tokens,
    /// Requests made.
    pub attempts: u32,
    /// Milliseconds of the successful request.
    pub latency_ms: Option<f64>,
    /// How the server was asked.
    pub asking: Asking,
}

impl ScoreRow {
    /// Its tokens as they are priced.
    pub fn tokens(&self) -> TokenCounts {
        TokenCounts::of_verifier(self.verifier_tokens, self.written_tokens)
    }
}

impl Row for ScoreRow {
    const KIND: &'static str = "scores";
    const FOLDER: &'static str = "scores";

    fn schema() -> SchemaRef {
        schema(&SCORE_COLUMNS)
    }

    fn to_batch(rows: &[Self]) -> Result<RecordBatch, ArrowError> {
        let mut steps = ListBuilder::new(Float64Builder::new());
        for row in rows {
            steps.append_value(row.step_scores.iter().copied().map(Some));
        }
        let columns: Vec<ArrayRef> = vec![
            text(rows, |r| Some(&*r.verifier)),
            text(rows, |r| Some(&*r.backbone)),
            text(rows, |r| Some(&*r.dataset)),
            text(rows, |r| Some(&r.question.0)),
            text(rows, |r| Some(r.draw.mode.name())),
            count(rows, |r| r.draw.chain.0),
            count(rows, |r| r.draw.round.0),
            real(rows, |r| r.score),
            Arc::new(steps.finish()),
            whole(rows, |r| Some(r.verifier_tokens.0)),
            text(rows, |r| r.error.as_deref()),
            flag(rows, |r| r.simulated),
            whole(rows, |r| Some(r.written_tokens.0)),
            count(rows, |r| r.attempts),
            real(rows, |r| r.latency_ms),
            text(rows, |r| r.asking.request_hash.as_deref()),
            text(rows, |r| r.asking.earlier_attempts.as_deref()),
            flag(rows, |r| r.asking.tokens_estimated),
        ];
        RecordBatch::try_new(Self::schema(), columns)
    }

    fn partition(&self) -> Partition {
        let verifier = Some(Arc::clone(&self.verifier));
        Partition { verifier, backbone: Arc::clone(&self.backbone), dataset: Arc::clone(&self.dataset) }
    }

    fn failure(&self) -> Option<&str> {
        self.error.as_deref()
    }
}

impl Stored for ScoreRow {
    type Of = Self;
    const COLUMNS: &'static [&'static str] = &names(&SCORE_COLUMNS);

    fn from_batch(batch: &RecordBatch) -> Result<Vec<Self>, ArrowError> {
        let read = Reader { batch };
        let (verifier, backbone, dataset) =
            (read.shared("verifier")?, read.shared("backbone")?, read.shared("dataset")?);
        let (score, tokens) = (read.real("score")?, read.verifier_tokens()?);
        let (error, simulated) = (read.text("error")?, read.flag("simulated")?);
        let steps = read.column("step_scores")?.as_list_opt::<i32>().ok_or_else(|| wrong_type("step_scores"))?;
        let step_values = |i: usize| -> Vec<f64> {
            steps.value(i).as_primitive_opt::<Float64Type>().map(|v| v.values().to_vec()).unwrap_or_default()
        };
        // Versions before these columns knew no servers.
        let attempts = read.if_there("attempts", Reader::count)?;
        let latency = read.if_there("latency_ms", Reader::real)?;
        let mut asking = read.asking()?.into_iter();
        let keys = read.keys()?;
        let mut row = |i: usize, (question, draw): (QuestionId, DrawKey)| Self {
            verifier: verifier[i].clone(),
            backbone: backbone[i].clone(),
            dataset: dataset[i].clone(),
            question,
            draw,
            score: optional(score, i).map(|()| score.value(i)),
            step_scores: step_values(i),
            verifier_tokens: tokens[i].0,
            error: optional(error, i).map(|()| error.value(i).to_owned()),
            simulated: simulated.value(i),
            written_tokens: tokens[i].1,
            attempts: attempts.map_or(0, |column| column.value(i).unsigned_abs()),
            latency_ms: latency.and_then(|column| optional(column, i).map(|()| column.value(i))),
            asking: asking.next().unwrap_or_default(),
        };
        Ok(keys.into_iter().enumerate().map(|(i, key)| row(i, key)).collect())
    }

    fn key(&self) -> (&QuestionId, DrawKey) {
        (&self.question, self.draw)
    }
}
