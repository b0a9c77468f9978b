//! The parts of stored rows that replay, resume and scoring read.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use arrow_schema::ArrowError;
use markovscale::Tokens;

use super::arrow::{Reader, optional, unsigned, wrong_type};
use super::{DrawRow, Row, ScoreRow};
use crate::experiment::{Aggregate, TokenCounts};
use crate::key::{DrawKey, QuestionId};

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
    /// Whether the server's content filter ended it.
    pub filtered: bool,
    /// Whether its token counts are an estimate.
    pub tokens_estimated: bool,
    /// Prompt tokens.
    pub prompt_tokens: Tokens,
    /// Of those, tokens from a cache.
    pub cached_tokens: Tokens,
    /// Completion tokens.
    pub completion_tokens: Tokens,
    /// Of those, reasoning; 0 where the server did not tell.
    pub reasoning_tokens: Tokens,
    /// What was written; empty unless asked for.
    pub completion: String,
}

/// What an audit of decisions needs of a stored draw.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredAnswer {
    /// The question.
    pub question: QuestionId,
    /// Which draw of it.
    pub draw: DrawKey,
    /// The extracted answer.
    pub answer: Option<String>,
    /// The name of the rule that found it; `None` also in parts of versions that did not record it.
    pub rule: Option<Arc<str>>,
    /// Whether the token limit cut it off.
    pub cut_off: bool,
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
    /// Of those, tokens it wrote.
    pub written_tokens: Tokens,
}

impl StoredDraw {
    /// Its tokens as they are priced.
    pub fn tokens(&self) -> TokenCounts {
        TokenCounts {
            prompt: self.prompt_tokens,
            cached: self.cached_tokens,
            completion: self.completion_tokens,
            reasoning: self.reasoning_tokens,
        }
    }
}

/// A stored score that can be made of its step scores anew. Step scores are many and what is made of them are four numbers,
/// so those are kept.
#[derive(Debug, Clone, PartialEq)]
pub struct SteppedScore {
    stored: StoredScore,
    /// In the order of [`Aggregate::ALL`]; `None` where there are no steps.
    of_steps: Option<[f64; 4]>,
}

impl SteppedScore {
    /// The score with its steps taken together in this way; as it was stored where it failed or has no steps.
    pub fn aggregated(self, aggregate: Aggregate) -> StoredScore {
        let Self { mut stored, of_steps } = self;
        let place = Aggregate::ALL.iter().position(|known| *known == aggregate);
        if let (Some(_), Some(of_steps), Some(place)) = (stored.score, of_steps, place) {
            stored.score = Some(of_steps[place]);
        }
        stored
    }
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
    const COLUMNS: &'static [&'static str] = &[
        "question_id",
        "mode",
        "chain",
        "round",
        "answer",
        "finish_reason",
        "prompt_tokens",
        "cached_tokens",
        "completion_tokens",
        "reasoning_tokens",
        "tokens_estimated",
    ];

    fn from_batch(batch: &RecordBatch) -> Result<Vec<Self>, ArrowError> {
        let read = Reader { batch };
        let (answer, finish) = (read.text("answer")?, read.text("finish_reason")?);
        let (prompt_tokens, completion_tokens) = (read.whole("prompt_tokens")?, read.whole("completion_tokens")?);
        let (cached, reasoning) = (read.whole("cached_tokens")?, read.whole("reasoning_tokens")?);
        // Versions before this column made no estimates.
        let estimated = read.flag("tokens_estimated").ok();
        let completion = read.text("completion").ok();
        let keys = read.keys()?;
        let value = |i: usize, (question, draw): (QuestionId, DrawKey)| Self {
            question,
            draw,
            answer: optional(answer, i).map(|()| answer.value(i).to_owned()),
            cut_off: finish.value(i) == "length",
            filtered: finish.value(i) == "filtered",
            tokens_estimated: estimated.is_some_and(|estimated| estimated.value(i)),
            prompt_tokens: Tokens(unsigned(prompt_tokens.value(i))),
            cached_tokens: Tokens(unsigned(cached.value(i))),
            completion_tokens: Tokens(unsigned(completion_tokens.value(i))),
            reasoning_tokens: Tokens(optional(reasoning, i).map_or(0, |()| unsigned(reasoning.value(i)))),
            completion: completion.map(|c| c.value(i).to_owned()).unwrap_or_default(),
        };
        Ok(keys.into_iter().enumerate().map(|(i, key)| value(i, key)).collect())
    }

    fn key(&self) -> (&QuestionId, DrawKey) {
        (&self.question, self.draw)
    }
}

impl Stored for StoredAnswer {
    type Of = DrawRow;
    const COLUMNS: &'static [&'static str] =
        &["question_id", "mode", "chain", "round", "answer", "answer_rule", "finish_reason"];

    fn from_batch(batch: &RecordBatch) -> Result<Vec<Self>, ArrowError> {
        let read = Reader { batch };
        let (answer, finish) = (read.text("answer")?, read.text("finish_reason")?);
        let rule = read.shared_or_absent("answer_rule")?;
        let value = |i: usize, (question, draw): (QuestionId, DrawKey)| Self {
            question,
            draw,
            answer: optional(answer, i).map(|()| answer.value(i).to_owned()),
            rule: rule[i].clone(),
            cut_off: finish.value(i) == "length",
        };
        Ok(read.keys()?.into_iter().enumerate().map(|(i, key)| value(i, key)).collect())
    }

    fn key(&self) -> (&QuestionId, DrawKey) {
        (&self.question, self.draw)
    }
}

impl Stored for StoredScore {
    type Of = ScoreRow;
    const COLUMNS: &'static [&'static str] =
        &["question_id", "mode", "chain", "round", "score", "verifier_tokens", "written_tokens"];

    fn from_batch(batch: &RecordBatch) -> Result<Vec<Self>, ArrowError> {
        let read = Reader { batch };
        let (score, tokens) = (read.real("score")?, read.whole("verifier_tokens")?);
        let written = read.whole("written_tokens").ok();
        let value = |i: usize, (question, draw): (QuestionId, DrawKey)| Self {
            question,
            draw,
            score: optional(score, i).map(|()| score.value(i)),
            verifier_tokens: Tokens(unsigned(tokens.value(i))),
            written_tokens: Tokens(written.map_or(0, |written| unsigned(written.value(i)))),
        };
        Ok(read.keys()?.into_iter().enumerate().map(|(i, key)| value(i, key)).collect())
    }

    fn key(&self) -> (&QuestionId, DrawKey) {
        (&self.question, self.draw)
    }
}

impl Stored for SteppedScore {
    type Of = ScoreRow;
    const COLUMNS: &'static [&'static str] =
        &["question_id", "mode", "chain", "round", "score", "verifier_tokens", "written_tokens", "step_scores"];

    fn from_batch(batch: &RecordBatch) -> Result<Vec<Self>, ArrowError> {
        let wrong = || wrong_type("step_scores");
        let steps = Reader { batch }.column("step_scores")?.as_list_opt::<i32>().ok_or_else(wrong)?;
        let values = steps.values().as_primitive_opt::<Float64Type>().ok_or_else(wrong)?.values();
        let of_row = |i: usize| -> Option<[f64; 4]> {
            let offsets = steps.value_offsets();
            let range = usize::try_from(offsets[i]).ok()?..usize::try_from(offsets[i + 1]).ok()?;
            let steps = values.get(range).filter(|steps| !steps.is_empty())?;
            Some(Aggregate::ALL.map(|aggregate| aggregate.of(steps).unwrap_or_default()))
        };
        let stored = StoredScore::from_batch(batch)?.into_iter().enumerate();
        Ok(stored.map(|(i, stored)| Self { stored, of_steps: of_row(i) }).collect())
    }

    fn key(&self) -> (&QuestionId, DrawKey) {
        self.stored.key()
    }
}
