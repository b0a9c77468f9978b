//! Drives a method over draws that exist already: one code for replay, for learning and for simulations.
//!
//! Knows nothing of right and wrong: what was chosen is judged by whoever holds the gold answers.

use super::interface::{Budget, Choice, Decision, Draw, DrawMode, Method, QuestionContext};

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
    /// A method asked for something that its kind of draws does not have.
    #[error(
        "a method with {} draws asked for {asked} after {seen} draws, where only {expected} can follow; this is a fault of \
         the method, whose `draws` must name what its sessions ask for",
        draws.name()
    )]
    NotAllowed {
        /// Its draws.
        draws: DrawMode,
        /// Draws that it had seen.
        seen: usize,
        /// What it asked for.
        asked: &'static str,
        /// What it may ask for.
        expected: &'static str,
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

impl Decision {
    /// What it returns, when it stops.
    ///
    /// # Errors
    /// [`PlayError::NotAllowed`] when it asks for something that does not follow these draws in the method's mode: whoever
    /// drives a method would give it draws of another kind.
    pub fn choice(self, draws: DrawMode, seen: &[Draw]) -> Result<Option<Choice>, PlayError> {
        if let Self::Stop(choice) = self {
            return Ok(Some(choice));
        }
        let expected = Self::request(draws, seen);
        if self == expected {
            return Ok(None);
        }
        Err(PlayError::NotAllowed { draws, seen: seen.len(), asked: self.describe(), expected: expected.describe() })
    }
}

/// Plays one session over the draws in the order given.
///
/// # Errors
/// [`PlayError`] when the draws run out or are of another kind than the method asks for, or when it asks for what its
/// kind of draws does not have.
pub fn play(
    method: &dyn Method,
    context: &QuestionContext<'_>,
    budget: Budget,
    draws: &[Draw],
) -> Result<Played, PlayError> {
    let mut session = method.session(context, budget);
    let mut used = 0;
    loop {
        let decision = session.next(&draws[..used]);
        if let Some(choice) = decision.choice(method.draws(), &draws[..used])? {
            return Ok(Played { choice, used });
        }
        let wants_critique = decision == Decision::Critique;
        let draw = draws.get(used).ok_or(PlayError::PoolTooSmall { drawn: draws.len(), budget })?;
        if draw.critique.is_some() != wants_critique {
            let in_words = |critique: bool| if critique { "a critique" } else { "an answer" };
            let (expected, found) = (in_words(wants_critique), in_words(!wants_critique));
            return Err(PlayError::OtherPool { index: used, expected, found });
        }
        used += 1;
    }
}
