//! Drives a method over draws that exist already: one code for replay, for learning and for simulations.
//!
//! Knows nothing of right and wrong: what was chosen is judged by whoever holds the gold answers.

use super::interface::{Budget, Choice, Decision, Draw, Method, QuestionContext};

/// What a method did with a question's draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Played {
    /// What it returned.
    pub choice: Choice,
    /// How many draws it looked at, critiques included. It pays for all of them.
    pub used: usize,
}

/// The draws are not what the method asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlayError {
    /// The method wants more draws than there are.
    #[error("a question has {drawn} draws, fewer than a method wants at budget {}", budget.0)]
    PoolTooSmall {
        /// Draws there are.
        drawn: usize,
        /// The budget.
        budget: Budget,
    },
    /// The method asked for an answer where the pool has a critique, or the other way round.
    #[error(
        "a method asked for {expected} where draw {index} of the pool is {found}; the pool was made in another mode"
    )]
    OtherPool {
        /// Index of the draw.
        index: usize,
        /// What the method asked for.
        expected: &'static str,
        /// What the pool has.
        found: &'static str,
    },
}

/// Plays one session over the draws in the order given.
///
/// # Errors
/// [`PlayError`] when the draws run out, or are of another kind than the method asks for.
pub fn play(
    method: &dyn Method,
    context: &QuestionContext<'_>,
    budget: Budget,
    draws: &[Draw],
) -> Result<Played, PlayError> {
    let mut session = method.session(context, budget);
    let mut used = 0;
    loop {
        let wants_critique = match session.next(&draws[..used]) {
            Decision::Stop(choice) => return Ok(Played { choice, used }),
            Decision::Critique => true,
            Decision::Draw | Decision::ReAnswer | Decision::Continue => false,
        };
        let draw = draws.get(used).ok_or(PlayError::PoolTooSmall { drawn: draws.len(), budget })?;
        if draw.critique.is_some() != wants_critique {
            let in_words = |critique: bool| if critique { "a critique" } else { "an answer" };
            let (expected, found) = (in_words(wants_critique), in_words(!wants_critique));
            return Err(PlayError::OtherPool { index: used, expected, found });
        }
        used += 1;
    }
}
