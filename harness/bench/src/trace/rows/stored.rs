//! The parts of stored rows that replay, resume and scoring read.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use arrow_schema::ArrowError;
use markovscale::Tokens;
use markovscale_answers::Answer;

use super::arrow::{Reader, optional, wrong_type};
use super::{DrawRow, ScoreRow, Stored};
use crate::experiment::Aggregate;
use crate::key::{DrawKey, QuestionId};
use crate::trace::open::WITH_TEXTS;
use crate::vocabulary::{FinishReason, TokenCounts};

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
    /// Its tokens; reasoning is 0 where the server did not tell.
    pub tokens: TokenCounts,
    /// What was written; empty but in a [`WrittenDraw`].
    pub completion: String,
}

/// A stored draw that was read with its completion.
#[derive(Debug, Clone, PartialEq)]
pub struct WrittenDraw(pub StoredDraw);

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

impl StoredScore {
    /// Its tokens as they are priced.
    pub fn tokens(&self) -> TokenCounts {
        TokenCounts::of_verifier(self.verifier_tokens, self.written_tokens)
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

/// An answer as readers see it: a blank one is a missing one, whoever wrote it.
fn written(answer: &str) -> Option<String> {
    (!Answer::is_blank(answer)).then(|| answer.to_owned())
}

impl From<&DrawRow> for StoredDraw {
    fn from(row: &DrawRow) -> Self {
        Self {
            question: row.question.clone(),
            draw: row.draw,
            answer: row.answer.as_deref().and_then(written),
            cut_off: is_cut_off(&row.finish_reason),
            filtered: is_filtered(&row.finish_reason),
            tokens_estimated: row.asking.tokens_estimated,
            tokens: row.tokens(),
            completion: String::new(),
        }
    }
}

impl From<&DrawRow> for WrittenDraw {
    fn from(row: &DrawRow) -> Self {
        Self(StoredDraw { completion: row.completion.clone(), ..StoredDraw::from(row) })
    }
}

impl From<&ScoreRow> for StoredScore {
    fn from(row: &ScoreRow) -> Self {
        let (verifier_tokens, written_tokens) = (row.verifier_tokens, row.written_tokens);
        Self { question: row.question.clone(), draw: row.draw, score: row.score, verifier_tokens, written_tokens }
    }
}

impl From<&ScoreRow> for SteppedScore {
    fn from(row: &ScoreRow) -> Self {
        Self { stored: StoredScore::from(row), of_steps: of_steps(&row.step_scores) }
    }
}

fn is_cut_off(finish_reason: &str) -> bool {
    finish_reason == FinishReason::Length.name()
}

fn is_filtered(finish_reason: &str) -> bool {
    finish_reason == FinishReason::Filtered.name()
}

/// What each way of taking steps together makes of these; `None` where there are none.
fn of_steps(steps: &[f64]) -> Option<[f64; 4]> {
    (!steps.is_empty()).then(|| Aggregate::ALL.map(|aggregate| aggregate.of(steps).unwrap_or_default()))
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
        // Versions before this column made no estimates.
        let estimated = read.if_there("tokens_estimated", Reader::flag)?;
        let rows = read.keys()?.into_iter().zip(read.token_counts()?).enumerate();
        let value = |(i, ((question, draw), tokens))| Self {
            question,
            draw,
            answer: optional(answer, i).and_then(|()| written(answer.value(i))),
            cut_off: is_cut_off(finish.value(i)),
            filtered: is_filtered(finish.value(i)),
            tokens_estimated: estimated.is_some_and(|estimated| estimated.value(i)),
            tokens,
            completion: String::new(),
        };
        Ok(rows.map(value).collect())
    }

    fn key(&self) -> (&QuestionId, DrawKey) {
        (&self.question, self.draw)
    }
}

impl Stored for WrittenDraw {
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
        "completion",
    ];
    const BATCH: usize = WITH_TEXTS;

    fn from_batch(batch: &RecordBatch) -> Result<Vec<Self>, ArrowError> {
        let completion = Reader { batch }.text("completion")?;
        let written = StoredDraw::from_batch(batch)?.into_iter().enumerate();
        Ok(written.map(|(i, draw)| Self(StoredDraw { completion: completion.value(i).to_owned(), ..draw })).collect())
    }

    fn key(&self) -> (&QuestionId, DrawKey) {
        self.0.key()
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
            answer: optional(answer, i).and_then(|()| written(answer.value(i))),
            rule: rule[i].clone(),
            cut_off: is_cut_off(finish.value(i)),
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
        let score = read.real("score")?;
        let rows = read.keys()?.into_iter().zip(read.verifier_tokens()?).enumerate();
        let value = |(i, ((question, draw), (verifier_tokens, written_tokens)))| Self {
            question,
            draw,
            score: optional(score, i).map(|()| score.value(i)),
            verifier_tokens,
            written_tokens,
        };
        Ok(rows.map(value).collect())
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
        let steps_of = |i: usize| -> Option<[f64; 4]> {
            let offsets = steps.value_offsets();
            let range = usize::try_from(offsets[i]).ok()?..usize::try_from(offsets[i + 1]).ok()?;
            of_steps(values.get(range)?)
        };
        let stored = StoredScore::from_batch(batch)?.into_iter().enumerate();
        Ok(stored.map(|(i, stored)| Self { stored, of_steps: steps_of(i) }).collect())
    }

    fn key(&self) -> (&QuestionId, DrawKey) {
        self.stored.key()
    }
}
