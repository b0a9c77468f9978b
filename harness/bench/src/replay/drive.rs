//! Judges what a method chose, and accounts for what it looked at.

use markovscale::{Choice, Draw};

use super::Spent;
use super::pool::{PoolDraw, QuestionPool};

/// Whether a choice among these draws is right.
pub(super) fn is_right(choice: Choice, seen: &[Draw], pool: &QuestionPool) -> bool {
    match choice {
        Choice::Draw(index) => seen.get(index).is_some_and(|draw| pool.is_right(draw.class)),
        Choice::Missing => false,
        Choice::AnyRight => seen.iter().any(|draw| pool.is_right(draw.class)),
    }
}

/// What looking at these draws cost; `depth` is their sum along a chain and their maximum side by side. A critique is no
/// answer, yet its tokens count. Of the scores, those of the first `scores` draws were looked at.
pub(super) fn spent(draws: impl Iterator<Item = PoolDraw>, chain: bool, scores: usize) -> Spent {
    let mut total = Spent::default();
    for (index, draw) in draws.enumerate() {
        let tokens = draw.seen.completion_tokens.0 as f64;
        total.answers += f64::from(u8::from(draw.seen.critique.is_none()));
        total.completion_tokens += tokens;
        total.prompt_tokens += draw.prompt_tokens.0 as f64;
        total.price += draw.price;
        total.depth_tokens = if chain { total.depth_tokens + tokens } else { total.depth_tokens.max(tokens) };
        if index < scores {
            total.verifier_tokens += draw.verifier_tokens.0 as f64;
            total.price += draw.verifier_price;
        }
    }
    total
}
