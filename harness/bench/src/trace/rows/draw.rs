//! One draw as a row.

use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, RecordBatch, TimestampMillisecondArray};
use arrow_schema::{ArrowError, SchemaRef};
use markovscale::Tokens;

use super::arrow::{Reader, count, flag, optional, real, text, unsigned, whole};
use super::{Asking, Row, Stored};
use crate::key::{DrawKey, QuestionId};
use crate::trace::columns::{DRAW_COLUMNS, names, schema};
use crate::trace::layout::Partition;
use crate::trace::open::WITH_TEXTS;
use crate::vocabulary::TokenCounts;

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
    /// The name of the rule that found it.
    pub answer_rule: Option<Arc<str>>,
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
    /// How the server was asked.
    pub asking: Asking,
}

impl DrawRow {
    /// Its tokens as they are priced.
    pub fn tokens(&self) -> TokenCounts {
        let (cached, reasoning) = (self.cached_tokens, self.reasoning_tokens);
        TokenCounts::of_draw(self.prompt_tokens, cached, self.completion_tokens, reasoning)
    }
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
            text(rows, |r| r.answer_rule.as_deref()),
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
            text(rows, |r| r.asking.request_hash.as_deref()),
            text(rows, |r| r.asking.earlier_attempts.as_deref()),
            flag(rows, |r| r.asking.tokens_estimated),
        ];
        RecordBatch::try_new(Self::schema(), columns)
    }

    fn partition(&self) -> Partition {
        Partition { verifier: None, backbone: Arc::clone(&self.backbone), dataset: Arc::clone(&self.dataset) }
    }

    fn failure(&self) -> Option<&str> {
        self.error.as_deref()
    }
}

impl Stored for DrawRow {
    type Of = Self;
    const COLUMNS: &'static [&'static str] = &names(&DRAW_COLUMNS);
    const BATCH: usize = WITH_TEXTS;

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
        let started = read.time("started_at")?;
        let answer_rule = read.shared_or_absent("answer_rule")?;
        let mut asking = read.asking()?.into_iter();
        let keys = read.keys()?;
        let mut row = |i: usize, (question, draw): (QuestionId, DrawKey)| Self {
            backbone: backbone[i].clone(),
            model: model[i].clone(),
            dataset: dataset[i].clone(),
            question,
            draw,
            prompt_hash: prompt_hash[i].clone(),
            completion: completion.value(i).to_owned(),
            answer: optional(answer, i).map(|()| answer.value(i).to_owned()),
            answer_rule: answer_rule[i].clone(),
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
            asking: asking.next().unwrap_or_default(),
        };
        Ok(keys.into_iter().enumerate().map(|(i, key)| row(i, key)).collect())
    }

    fn key(&self) -> (&QuestionId, DrawKey) {
        (&self.question, self.draw)
    }
}
