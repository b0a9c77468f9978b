//! Counts what the draws of a run are like, apart from being right: how many were cut off, filtered, without an answer,
//! counted by an estimate, and what they cost.

use std::collections::HashSet;

use crate::experiment::{Money, Prices};
use crate::results::DrawStatistics;
use crate::trace::{StoredDraw, StoredScore};

impl DrawStatistics {
    /// Counts the draws of the questions with these ids, and their scores.
    pub(super) fn count(&mut self, ids: &HashSet<&str>, draws: &[StoredDraw], scores: &[StoredScore], prices: &Prices) {
        let mut total = Money::default();
        for draw in draws.iter().filter(|draw| ids.contains(draw.question.0.as_str())) {
            self.draws += 1;
            self.cut_off += u64::from(draw.cut_off);
            self.filtered += u64::from(draw.filtered);
            self.estimated += u64::from(draw.tokens_estimated);
            if draw.draw.is_answer() {
                self.answers += 1;
                self.missing += u64::from(draw.answer.is_none());
            }
            self.prompt_tokens += draw.tokens.prompt.0;
            self.cached_tokens += draw.tokens.cached.0;
            self.completion_tokens += draw.tokens.completion.0;
            self.reasoning_tokens += draw.tokens.reasoning.0;
            total += prices.backbone.price_of(draw.tokens);
        }
        for score in scores.iter().filter(|score| ids.contains(score.question.0.as_str())) {
            self.verifier_tokens += score.verifier_tokens.0;
            total += prices.verifier.price_of(score.tokens());
        }
        self.price = total.units();
    }
}
