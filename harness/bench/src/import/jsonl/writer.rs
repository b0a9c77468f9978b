//! The second pass: every line becomes a row, and its scores become rows of their own.

use std::sync::Arc;

use markovscale::Tokens;
use markovscale_answers::{Answer, ExtractOptions, Grader};

use super::census::Census;
use super::record::{Record, RecordScore};
use super::resolve::{Belongs, Resolver};
use crate::dataset::Question;
use crate::import::ImportError;
use crate::import::rows::UNKNOWN_PROMPT;
use crate::prompt::{answer_of, correct};
use crate::trace::{Asking, Bulk, DrawRow, RunFolder, ScoreRow};
use crate::vocabulary::FinishReason;

/// Writes lines into a run.
pub(super) struct Writer<'w, 'a> {
    resolver: &'w mut Resolver<'a>,
    verifier: &'a str,
    /// Of the question that the last line was about.
    grader: Option<((usize, usize), Grader)>,
    draws: Bulk<DrawRow>,
    scores: Bulk<ScoreRow>,
}

impl<'w, 'a> Writer<'w, 'a> {
    pub(super) fn new(census: &'w mut Census<'a>, run: &RunFolder) -> Self {
        let Census { resolver, verifier, .. } = census;
        Self { resolver, verifier, grader: None, draws: Bulk::new(run), scores: Bulk::new(run) }
    }

    /// Writes a line.
    pub(super) fn write(&mut self, line: usize, mut record: Record) -> Result<(), ImportError> {
        let belongs = self.resolver.place(line, &record)?;
        let scores = std::mem::take(&mut record.scores);
        let Some(row) = self.row(belongs, record) else {
            return Err(ImportError::Changed { path: self.resolver.path.to_owned() });
        };
        for (verifier, score) in scores {
            let name = if verifier.is_empty() { self.verifier } else { &verifier };
            self.scores.add(belongs.question, score_row(name, &row, score), 0)?;
        }
        let text = row.completion.len();
        Ok(self.draws.add(belongs.question, row, text)?)
    }

    /// Writes what is left.
    pub(super) fn finish(mut self) -> Result<(), ImportError> {
        self.draws.flush()?;
        Ok(self.scores.flush()?)
    }

    fn row(&mut self, belongs: Belongs, record: Record) -> Option<DrawRow> {
        let sampling = self.resolver.sampling(&record);
        let backbone = self.resolver.backbones.get(belongs.backbone)?;
        let dataset = &self.resolver.datasets.get(belongs.dataset)?.dataset;
        let question: &Question = dataset.questions.get(belongs.question)?;
        let completion = record.completion.unwrap_or_default();
        let tokens = record.completion_tokens.unwrap_or(Tokens(0));
        let at_limit = record.max_tokens.is_some_and(|limit| tokens.0 >= u64::from(limit));
        let finish_reason = finish_reason(record.finish_reason.as_deref(), at_limit);
        let (answer, answer_rule) = match record.answer {
            // A blank answer is a missing one.
            Some(answer) => (answer.filter(|text| !Answer::is_blank(text)), record.answer_rule.map(Arc::from)),
            None if belongs.draw.is_answer() => {
                let cut_off = finish_reason == FinishReason::Length.name();
                answer_of(&completion, cut_off, ExtractOptions::default())
                    .map(|found| (found.answer.text().to_owned(), Arc::from(found.rule.name())))
                    .unzip()
            }
            None => (None, None),
        };
        let of = (belongs.dataset, belongs.question);
        let grader = match &mut self.grader {
            Some((known, grader)) if *known == of => &*grader,
            other => &other.insert((of, Grader::new(&question.gold))).1,
        };
        Some(DrawRow {
            backbone: Arc::from(backbone.name.as_str()),
            model: Arc::from(record.model.as_deref().unwrap_or(&backbone.model)),
            dataset: Arc::from(dataset.name.as_str()),
            question: question.id.clone(),
            draw: belongs.draw,
            prompt_hash: Arc::from(record.prompt_hash.as_deref().unwrap_or(UNKNOWN_PROMPT)),
            correct: correct(grader, belongs.draw, answer.as_deref()),
            completion,
            answer,
            answer_rule,
            finish_reason: Arc::from(finish_reason),
            prompt_tokens: record.prompt_tokens.unwrap_or(Tokens(0)),
            cached_tokens: record.cached_tokens.unwrap_or(Tokens(0)),
            completion_tokens: tokens,
            reasoning_tokens: record.reasoning_tokens,
            seed: record.seed.unwrap_or(0),
            temperature: sampling.temperature,
            top_p: sampling.top_p,
            max_tokens: sampling.max_tokens,
            attempts: record.attempts.unwrap_or(0),
            latency_ms: record.latency_ms,
            started_at: record.started_at,
            error: None,
            simulated: record.simulated,
            asking: Asking::default(),
        })
    }
}

/// The reason as traces name it; vendors have several words for a draw that was cut off.
fn finish_reason(said: Option<&str>, at_limit: bool) -> &str {
    match said {
        Some("length" | "max_tokens" | "MAX_TOKENS" | "max_output_tokens") => FinishReason::Length.name(),
        Some(other) => other,
        None if at_limit => FinishReason::Length.name(),
        None => FinishReason::Stop.name(),
    }
}

fn score_row(verifier: &str, row: &DrawRow, score: RecordScore) -> ScoreRow {
    ScoreRow {
        verifier: Arc::from(verifier),
        backbone: Arc::clone(&row.backbone),
        dataset: Arc::clone(&row.dataset),
        question: row.question.clone(),
        draw: row.draw,
        score: Some(score.score),
        step_scores: score.step_scores,
        verifier_tokens: score.verifier_tokens,
        error: None,
        simulated: score.simulated,
        written_tokens: Tokens(0),
        attempts: 0,
        latency_ms: None,
        asking: Asking::default(),
    }
}
