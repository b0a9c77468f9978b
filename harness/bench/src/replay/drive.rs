//! Drives a method over stored draws, and accounts for what it looked at.

use markovscale::{Budget, Choice, Decision, Draw, Method, QuestionContext};

use super::pool::{PoolDraw, QuestionPool};
use super::{ReplayError, Spent};

/// A method's result on one order of draws.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Played {
    /// Whether what it returned is right.
    pub(super) right: bool,
    /// How many draws it looked at.
    pub(super) used: usize,
}

/// Plays one session over the draws in the order given.
pub(super) fn play(
    method: &dyn Method,
    context: &QuestionContext<'_>,
    budget: Budget,
    draws: &[Draw],
    pool: &QuestionPool,
) -> Result<Played, ReplayError> {
    let mut session = method.session(context, budget);
    let mut used = 0;
    loop {
        match session.next(&draws[..used]) {
            Decision::Draw | Decision::ReAnswer if used < draws.len() => used += 1,
            Decision::Draw | Decision::ReAnswer => {
                return Err(ReplayError::PoolTooSmall { drawn: draws.len(), budget });
            }
            Decision::Critique | Decision::Continue => return Err(ReplayError::OtherPool),
            Decision::Stop(choice) => return Ok(Played { right: is_right(choice, &draws[..used], pool), used }),
        }
    }
}

fn is_right(choice: Choice, seen: &[Draw], pool: &QuestionPool) -> bool {
    match choice {
        Choice::Draw(index) => seen.get(index).is_some_and(|draw| pool.is_right(draw.class)),
        Choice::Missing => false,
        Choice::AnyRight => seen.iter().any(|draw| pool.is_right(draw.class)),
    }
}

/// What looking at these draws cost; `depth` is their sum along a chain and their maximum side by side.
pub(super) fn spent(draws: impl Iterator<Item = PoolDraw>, sequential: bool, scores: bool) -> Spent {
    let mut total = Spent::default();
    for draw in draws {
        let tokens = draw.seen.completion_tokens.0 as f64;
        total.answers += 1.0;
        total.completion_tokens += tokens;
        total.prompt_tokens += draw.prompt_tokens.0 as f64;
        total.depth_tokens = if sequential { total.depth_tokens + tokens } else { total.depth_tokens.max(tokens) };
        if scores {
            total.verifier_tokens += draw.verifier_tokens.0 as f64;
        }
    }
    total
}
