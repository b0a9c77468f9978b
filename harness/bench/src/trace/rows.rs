//! Rows as the rest of the program knows them, and their conversion to and from Arrow.

use std::sync::Arc;

use arrow_array::builder::{Float64Builder, ListBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type, Int64Type, TimestampMillisecondType};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray,
    TimestampMillisecondArray,
};
use arrow_schema::{ArrowError, SchemaRef};
use markovscale::Tokens;

use super::columns::{DRAW_COLUMNS, SCORE_COLUMNS, schema};
use crate::key::{Chain, DrawKey, Mode, QuestionId, Round};

/// One draw, as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct DrawRow {
    /// The backbone's name.
    pub backbone: Arc<str>,
    /// The model that answered.
    pub model: Arc<str>,
    /// The question set.
    pub dataset: Arc<str>,
    /// The question.
    pub question: QuestionId,
    /// Which draw of it.
    pub draw: DrawKey,
    /// Hash of the prompt template.
    pub prompt_hash: Arc<str>,
    /// What was written.
    pub completion: String,
    /// The extracted answer.
    pub answer: Option<String>,
    /// Whether it is right, where decided.
    pub correct: Option<bool>,
    /// `stop` or `length`.
    pub finish_reason: Arc<str>,
    /// Prompt tokens.
    pub prompt_tokens: Tokens,
    /// Prompt tokens from a cache.
    pub cached_tokens: Tokens,
    /// Completion tokens.
    pub completion_tokens: Tokens,
    /// Reasoning tokens among them, where told.
    pub reasoning_tokens: Option<Tokens>,
    /// Sampling seed.
    pub seed: u64,
    /// Softmax temperature.
    pub temperature: f64,
    /// Nucleus mass.
    pub top_p: f64,
    /// Token limit.
    pub max_tokens: u32,
    /// Requests made.
    pub attempts: u32,
    /// Milliseconds of the successful request.
    pub latency_ms: Option<f64>,
    /// Milliseconds since the epoch.
    pub started_at: Option<i64>,
    /// Why it failed.
    pub error: Option<String>,
    /// Whether a simulation made it.
    pub simulated: bool,
}

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
    /// Whether it records a failure: such a row is asked for again and never sealed.
    fn failed(&self) -> bool;
}

impl Row for DrawRow {
    const KIND: &'static str = "draws";
    const FOLDER: &'static str = "traces";

    fn schema() -> SchemaRef {
        schema(&DRAW_COLUMNS)
    }

    fn to_batch(rows: &[Self]) -> Result<RecordBatch, ArrowError> {
        let columns: Vec<ArrayRef> = vec![
            text(rows, |r| Some(&*r.backbone)),
            text(rows, |r| Some(&*r.model)),
            text(rows, |r| Some(&*r.dataset)),
            text(rows, |r| Some(&r.question.0)),
            text(rows, |r| Some(r.draw.mode.name())),
            count(rows, |r| r.draw.chain.0),
            count(rows, |r| r.draw.round.0),
            text(rows, |r| Some(&*r.prompt_hash)),
            text(rows, |r| Some(&*r.completion)),
            text(rows, |r| r.answer.as_deref()),
            Arc::new(rows.iter().map(|r| r.correct).collect::<BooleanArray>()),
            text(rows, |r| Some(&*r.finish_reason)),
            whole(rows, |r| Some(r.prompt_tokens.0)),
            whole(rows, |r| Some(r.cached_tokens.0)),
            whole(rows, |r| Some(r.completion_tokens.0)),
            whole(rows, |r| r.reasoning_tokens.map(|t| t.0)),
            whole(rows, |r| Some(r.seed)),
            real(rows, |r| Some(r.temperature)),
            real(rows, |r| Some(r.top_p)),
            count(rows, |r| r.max_tokens),
            count(rows, |r| r.attempts),
            real(rows, |r| r.latency_ms),
            Arc::new(rows.iter().map(|r| r.started_at).collect::<TimestampMillisecondArray>().with_timezone("UTC")),
            text(rows, |r| r.error.as_deref()),
            flag(rows, |r| r.simulated),
        ];
        RecordBatch::try_new(Self::schema(), columns)
    }

    fn from_batch(batch: &RecordBatch) -> Result<Vec<Self>, ArrowError> {
        let read = Reader { batch };
        let (backbone, model, dataset) = (read.shared("backbone")?, read.shared("model")?, read.shared("dataset")?);
        let (prompt_hash, finish_reason) = (read.shared("prompt_hash")?, read.shared("finish_reason")?);
        let (completion, answer, error) = (read.text("completion")?, read.text("answer")?, read.text("error")?);
        let (correct, simulated) = (read.flag("correct")?, read.flag("simulated")?);
        let (prompt_tokens, cached_tokens) = (read.whole("prompt_tokens")?, read.whole("cached_tokens")?);
        let (completion_tokens, reasoning) = (read.whole("completion_tokens")?, read.whole("reasoning_tokens")?);
        let (seed, temperature, top_p) = (read.whole("seed")?, read.real("temperature")?, read.real("top_p")?);
        let (max_tokens, attempts, latency) =
            (read.count("max_tokens")?, read.count("attempts")?, read.real("latency_ms")?);
        let started = read
            .column("started_at")?
            .as_primitive_opt::<TimestampMillisecondType>()
            .ok_or_else(|| wrong_type("started_at"))?;
        let keys = read.keys()?;
        let row = |i: usize, (question, draw): (QuestionId, DrawKey)| Self {
            backbone: backbone[i].clone(),
            model: model[i].clone(),
            dataset: dataset[i].clone(),
            question,
            draw,
            prompt_hash: prompt_hash[i].clone(),
            completion: completion.value(i).to_owned(),
            answer: optional(answer, i).map(|()| answer.value(i).to_owned()),
            correct: optional(correct, i).map(|()| correct.value(i)),
            finish_reason: finish_reason[i].clone(),
            prompt_tokens: Tokens(unsigned(prompt_tokens.value(i))),
            cached_tokens: Tokens(unsigned(cached_tokens.value(i))),
            completion_tokens: Tokens(unsigned(completion_tokens.value(i))),
            reasoning_tokens: optional(reasoning, i).map(|()| Tokens(unsigned(reasoning.value(i)))),
            seed: unsigned(seed.value(i)),
            temperature: temperature.value(i),
            top_p: top_p.value(i),
            max_tokens: max_tokens.value(i).unsigned_abs(),
            attempts: attempts.value(i).unsigned_abs(),
            latency_ms: optional(latency, i).map(|()| latency.value(i)),
            started_at: optional(started, i).map(|()| started.value(i)),
            error: optional(error, i).map(|()| error.value(i).to_owned()),
            simulated: simulated.value(i),
        };
        Ok(keys.into_iter().enumerate().map(|(i, key)| row(i, key)).collect())
    }

    fn partition(&self) -> Vec<(&'static str, Arc<str>)> {
        vec![("backbone", self.backbone.clone()), ("dataset", self.dataset.clone())]
    }

    fn question(&self) -> &QuestionId {
        &self.question
    }

    fn draw(&self) -> DrawKey {
        self.draw
    }

    fn failed(&self) -> bool {
        self.error.is_some()
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
        ];
        RecordBatch::try_new(Self::schema(), columns)
    }

    fn from_batch(batch: &RecordBatch) -> Result<Vec<Self>, ArrowError> {
        let read = Reader { batch };
        let (verifier, backbone, dataset) =
            (read.shared("verifier")?, read.shared("backbone")?, read.shared("dataset")?);
        let (score, tokens) = (read.real("score")?, read.whole("verifier_tokens")?);
        let (error, simulated) = (read.text("error")?, read.flag("simulated")?);
        let steps = read.column("step_scores")?.as_list_opt::<i32>().ok_or_else(|| wrong_type("step_scores"))?;
        let step_values = |i: usize| -> Vec<f64> {
            steps.value(i).as_primitive_opt::<Float64Type>().map(|v| v.values().to_vec()).unwrap_or_default()
        };
        let keys = read.keys()?;
        let row = |i: usize, (question, draw): (QuestionId, DrawKey)| Self {
            verifier: verifier[i].clone(),
            backbone: backbone[i].clone(),
            dataset: dataset[i].clone(),
            question,
            draw,
            score: optional(score, i).map(|()| score.value(i)),
            step_scores: step_values(i),
            verifier_tokens: Tokens(unsigned(tokens.value(i))),
            error: optional(error, i).map(|()| error.value(i).to_owned()),
            simulated: simulated.value(i),
        };
        Ok(keys.into_iter().enumerate().map(|(i, key)| row(i, key)).collect())
    }

    fn partition(&self) -> Vec<(&'static str, Arc<str>)> {
        vec![
            ("verifier", self.verifier.clone()),
            ("backbone", self.backbone.clone()),
            ("dataset", self.dataset.clone()),
        ]
    }

    fn question(&self) -> &QuestionId {
        &self.question
    }

    fn draw(&self) -> DrawKey {
        self.draw
    }

    fn failed(&self) -> bool {
        self.error.is_some()
    }
}

fn text<R>(rows: &[R], value: impl Fn(&R) -> Option<&str>) -> ArrayRef {
    Arc::new(rows.iter().map(value).collect::<StringArray>())
}

fn count<R>(rows: &[R], value: impl Fn(&R) -> u32) -> ArrayRef {
    Arc::new(rows.iter().map(|r| Some(i32::try_from(value(r)).unwrap_or(i32::MAX))).collect::<Int32Array>())
}

fn whole<R>(rows: &[R], value: impl Fn(&R) -> Option<u64>) -> ArrayRef {
    let signed = |r| value(r).map(|v| i64::try_from(v).unwrap_or(i64::MAX));
    Arc::new(rows.iter().map(signed).collect::<Int64Array>())
}

fn real<R>(rows: &[R], value: impl Fn(&R) -> Option<f64>) -> ArrayRef {
    Arc::new(rows.iter().map(value).collect::<Float64Array>())
}

fn flag<R>(rows: &[R], value: impl Fn(&R) -> bool) -> ArrayRef {
    Arc::new(rows.iter().map(|r| Some(value(r))).collect::<BooleanArray>())
}

fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

fn optional(array: &impl Array, index: usize) -> Option<()> {
    array.is_valid(index).then_some(())
}

fn wrong_type(name: &str) -> ArrowError {
    ArrowError::SchemaError(format!("column `{name}` has another type than expected"))
}

/// Reads typed columns of a batch by name, so that a file with more columns still reads.
pub(super) struct Reader<'a> {
    pub(super) batch: &'a RecordBatch,
}

impl<'a> Reader<'a> {
    fn column(&self, name: &str) -> Result<&'a ArrayRef, ArrowError> {
        self.batch.column_by_name(name).ok_or_else(|| ArrowError::SchemaError(format!("column `{name}` is missing")))
    }

    pub(super) fn text(&self, name: &str) -> Result<&'a StringArray, ArrowError> {
        self.column(name)?.as_string_opt::<i32>().ok_or_else(|| wrong_type(name))
    }

    /// A text column whose values repeat: equal neighbours share one allocation.
    fn shared(&self, name: &str) -> Result<Vec<Arc<str>>, ArrowError> {
        let column = self.text(name)?;
        let mut last: Option<Arc<str>> = None;
        let shared = column.iter().map(|value| {
            let value = value.unwrap_or_default();
            let same = last.as_ref().filter(|l| &***l == value).cloned();
            let value = same.unwrap_or_else(|| Arc::from(value));
            last = Some(value.clone());
            value
        });
        Ok(shared.collect())
    }

    pub(super) fn flag(&self, name: &str) -> Result<&'a BooleanArray, ArrowError> {
        self.column(name)?.as_boolean_opt().ok_or_else(|| wrong_type(name))
    }

    pub(super) fn count(&self, name: &str) -> Result<&'a Int32Array, ArrowError> {
        self.column(name)?.as_primitive_opt::<Int32Type>().ok_or_else(|| wrong_type(name))
    }

    pub(super) fn whole(&self, name: &str) -> Result<&'a Int64Array, ArrowError> {
        self.column(name)?.as_primitive_opt::<Int64Type>().ok_or_else(|| wrong_type(name))
    }

    pub(super) fn real(&self, name: &str) -> Result<&'a Float64Array, ArrowError> {
        self.column(name)?.as_primitive_opt::<Float64Type>().ok_or_else(|| wrong_type(name))
    }

    pub(super) fn keys(&self) -> Result<Vec<(QuestionId, DrawKey)>, ArrowError> {
        let (question, mode) = (self.text("question_id")?, self.text("mode")?);
        let (chain, round) = (self.count("chain")?, self.count("round")?);
        let key = |i: usize| {
            let mode = Mode::from_name(mode.value(i))
                .ok_or_else(|| ArrowError::ParseError(format!("row {}: unknown mode `{}`", i + 1, mode.value(i))))?;
            let (chain, round) = (Chain(chain.value(i).unsigned_abs()), Round(round.value(i).unsigned_abs()));
            Ok((QuestionId(question.value(i).to_owned()), DrawKey { mode, chain, round }))
        };
        (0..self.batch.num_rows()).map(key).collect()
    }
}

/// What replay, resume and scoring need of a stored draw.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredDraw {
    /// The question.
    pub question: QuestionId,
    /// Which draw of it.
    pub draw: DrawKey,
    /// The extracted answer.
    pub answer: Option<String>,
    /// Whether the token limit cut it off.
    pub cut_off: bool,
    /// Prompt tokens.
    pub prompt_tokens: Tokens,
    /// Completion tokens.
    pub completion_tokens: Tokens,
    /// What was written; empty unless asked for.
    pub completion: String,
}

/// What replay needs of a stored score.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredScore {
    /// The question.
    pub question: QuestionId,
    /// Which draw of it.
    pub draw: DrawKey,
    /// In [0, 1].
    pub score: Option<f64>,
    /// Tokens the verifier read and wrote.
    pub verifier_tokens: Tokens,
}

/// The part of a stored row that readers want: fewer columns, no partition columns.
pub trait Stored: Sized + Send {
    /// The kind of row it is a part of.
    type Of: Row;
    /// The columns it reads.
    const COLUMNS: &'static [&'static str];
    /// Columns -> values; columns that were not read are left empty.
    ///
    /// # Errors
    /// When a column has another type or holds an unknown mode.
    fn from_batch(batch: &RecordBatch) -> Result<Vec<Self>, ArrowError>;
    /// The question and draw.
    fn key(&self) -> (&QuestionId, DrawKey);
}

impl Stored for StoredDraw {
    type Of = DrawRow;
    const COLUMNS: &'static [&'static str] =
        &["question_id", "mode", "chain", "round", "answer", "finish_reason", "prompt_tokens", "completion_tokens"];

    fn from_batch(batch: &RecordBatch) -> Result<Vec<Self>, ArrowError> {
        let read = Reader { batch };
        let (answer, finish) = (read.text("answer")?, read.text("finish_reason")?);
        let (prompt_tokens, completion_tokens) = (read.whole("prompt_tokens")?, read.whole("completion_tokens")?);
        let completion = read.text("completion").ok();
        let keys = read.keys()?;
        let value = |i: usize, (question, draw): (QuestionId, DrawKey)| Self {
            question,
            draw,
            answer: optional(answer, i).map(|()| answer.value(i).to_owned()),
            cut_off: finish.value(i) == "length",
            prompt_tokens: Tokens(unsigned(prompt_tokens.value(i))),
            completion_tokens: Tokens(unsigned(completion_tokens.value(i))),
            completion: completion.map(|c| c.value(i).to_owned()).unwrap_or_default(),
        };
        Ok(keys.into_iter().enumerate().map(|(i, key)| value(i, key)).collect())
    }

    fn key(&self) -> (&QuestionId, DrawKey) {
        (&self.question, self.draw)
    }
}

impl Stored for StoredScore {
    type Of = ScoreRow;
    const COLUMNS: &'static [&'static str] = &["question_id", "mode", "chain", "round", "score", "verifier_tokens"];

    fn from_batch(batch: &RecordBatch) -> Result<Vec<Self>, ArrowError> {
        let read = Reader { batch };
        let (score, tokens) = (read.real("score")?, read.whole("verifier_tokens")?);
        let value = |i: usize, (question, draw): (QuestionId, DrawKey)| Self {
            question,
            draw,
            score: optional(score, i).map(|()| score.value(i)),
            verifier_tokens: Tokens(unsigned(tokens.value(i))),
        };
        Ok(read.keys()?.into_iter().enumerate().map(|(i, key)| value(i, key)).collect())
    }

    fn key(&self) -> (&QuestionId, DrawKey) {
        (&self.question, self.draw)
    }
}
