//! An imported draw -> rows of a trace: the answer found by the project's own rules, graded by its own equivalence.

use std::sync::Arc;

use markovscale::Tokens;
use markovscale_answers::{ExtractOptions, ExtractionRule, Grader};

use crate::dataset::Question;
use crate::key::DrawKey;
use crate::prompt::{answer_of, correct};
use crate::trace::{Asking, DrawRow, ScoreRow};
use crate::vocabulary::{FinishReason, Sampling};

/// What stands for the hash of a prompt that nobody knows.
pub(super) const UNKNOWN_PROMPT: &str = "unknown";

/// What every draw of a backbone on a data set shares.
pub(super) struct Shared {
    pub(super) backbone: Arc<str>,
    pub(super) model: Arc<str>,
    pub(super) dataset: Arc<str>,
    pub(super) sampling: Sampling,
    pub(super) prompt: Arc<str>,
    finished: Arc<str>,
    cut_off: Arc<str>,
}

impl Shared {
    pub(super) fn new(backbone: &str, model: &str, dataset: &str, sampling: Sampling) -> Self {
        Self {
            backbone: Arc::from(backbone),
            model: Arc::from(model),
            dataset: Arc::from(dataset),
            sampling,
            prompt: Arc::from(UNKNOWN_PROMPT),
            finished: Arc::from(FinishReason::Stop.name()),
            cut_off: Arc::from(FinishReason::Length.name()),
        }
    }

    /// A draw of which the text and its length are all that is known.
    pub(super) fn draw(
        &self,
        question: &Question,
        grader: &Grader,
        draw: DrawKey,
        completion: &str,
        tokens: Tokens,
    ) -> DrawRow {
        let found = answer_of(completion, false, ExtractOptions::default());
        let boxed = found.as_ref().is_some_and(|found| found.rule == ExtractionRule::Box);
        let cut_off = self.was_cut_off(tokens, boxed);
        // Of a text that broke off only what it had stated before counts.
        let found = if cut_off { answer_of(completion, true, ExtractOptions::default()) } else { found };
        let answer_rule = found.as_ref().map(|found| Arc::from(found.rule.name()));
        let answer = found.map(|found| found.answer.text().to_owned());
        let correct = correct(grader, draw, answer.as_deref());
        let finish_reason = if cut_off { &self.cut_off } else { &self.finished };
        DrawRow {
            backbone: Arc::clone(&self.backbone),
            model: Arc::clone(&self.model),
            dataset: Arc::clone(&self.dataset),
            question: question.id.clone(),
            draw,
            prompt_hash: Arc::clone(&self.prompt),
            completion: completion.to_owned(),
            answer,
            answer_rule,
            correct,
            finish_reason: Arc::clone(finish_reason),
            prompt_tokens: Tokens(0),
            cached_tokens: Tokens(0),
            completion_tokens: tokens,
            reasoning_tokens: None,
            seed: 0,
            temperature: self.sampling.temperature,
            top_p: self.sampling.top_p,
            max_tokens: self.sampling.max_tokens,
            attempts: 0,
            latency_ms: None,
            started_at: None,
            error: None,
            simulated: false,
            asking: Asking::default(),
        }
    }

    /// A pool that does not say how its draws ended: one at the limit was cut off, and so was one near it that had not
    /// come to a boxed answer. (Servers count the prompt against the limit, so that texts end a little below it.)
    fn was_cut_off(&self, tokens: Tokens, boxed: bool) -> bool {
        let limit = u64::from(self.sampling.max_tokens);
        tokens.0 >= limit || (!boxed && tokens.0 * 10 >= limit * 9)
    }

    /// A verifier's score of a draw.
    pub(super) fn score(&self, verifier: &Arc<str>, question: &Question, draw: DrawKey, score: f64) -> ScoreRow {
        ScoreRow {
            verifier: Arc::clone(verifier),
            backbone: Arc::clone(&self.backbone),
            dataset: Arc::clone(&self.dataset),
            question: question.id.clone(),
            draw,
            score: Some(score),
            step_scores: Vec::new(),
            verifier_tokens: Tokens(0),
            error: None,
            simulated: false,
            written_tokens: Tokens(0),
            attempts: 0,
            latency_ms: None,
            asking: Asking::default(),
        }
    }
}
