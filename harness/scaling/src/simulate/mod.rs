//! Simulated questions: pools of parallel draws and chains whose truth is known, within the answer model's assumptions
//! and, one planted departure at a time, outside them.
//!
//! They are what estimators, tests and methods are judged on where no recorded pool can: coverage of intervals, size
//! and power of tests, calibration of the posterior, and the comparison of methods under conditions that are named.
//! Nothing here describes a real model; every table made from it must say "simulated".
//!
//! A [`Regime`] is the truth: parameters of the [`AnswerModel`](crate::posterior::AnswerModel), lengths, and
//! [`Departures`]. [`questions`] draws from it. Class 0 is right in every question; wrong classes are numbered by the
//! question's own sticks (the stick-breaking form of the Chinese restaurant, so draws need not be made in order), the
//! likeliest tend to come first. Every answer has three wordings, which [`Draw::text`] tells apart and the class does
//! not. Parallel draws and chains of a question share its classes, its fixed point and all its
//! effects. Parallel draws answer the plain prompt, as the first answer of a chain does: both are right with
//! probability [`SimulatedQuestion::initial`].
//!
//! Randomness is addressed: question `q` reads ChaCha stream `q` of the seed, and each of its parts (traits, sticks,
//! answer effects, parallel draws, each chain) a far-apart stretch of that stream. So neither threads nor [`Sizes`]
//! change a draw: a larger pool extends a smaller one.

mod presets;
mod question;
mod regime;

pub use regime::{Departures, IndependentRates, Lengths, Regime, SimulateError};

use rayon::prelude::*;

use crate::draw::{ClassId, Draw};
use crate::posterior::CalibrationQuestion;

/// The right class of every simulated question.
pub const RIGHT: ClassId = ClassId(0);

/// How much is drawn for each question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// Parallel draws.
    pub parallel: usize,
    /// Chains.
    pub chains: usize,
    /// Answers of each chain, its first included.
    pub rounds: usize,
}

/// One simulated question with its truth, which no method may see.
#[derive(Debug, Clone, PartialEq)]
pub struct SimulatedQuestion {
    /// Independent answers to the plain prompt.
    pub parallel: Vec<Draw>,
    /// Chains: each answer was asked for with the last one in the prompt.
    pub chains: Vec<Vec<Draw>>,
    /// The right class, drawn or not.
    pub right: ClassId,
    /// P(a parallel draw, or the first answer of a chain, is right), in (0, 1).
    pub initial: f64,
    /// P(a fresh re-answer is right), in (0, 1): `pi_q` of the answer model.
    pub fresh: f64,
    /// `a_q` of the first re-answer; of every re-answer unless rates drift or depend on more than the last answer.
    pub correct_to_wrong: f64,
    /// `b_q`, likewise.
    pub wrong_to_correct: f64,
    /// Accuracy that no further round changes, `b / (a + b)` (`fresh` where `a = b = 0`). Equals `fresh` unless a
    /// departure says otherwise.
    pub fixed_point: f64,
}

impl SimulatedQuestion {
    /// The parallel draws as a labelled question.
    pub fn labelled_parallel(&self) -> CalibrationQuestion {
        self.labelled(&self.parallel)
    }

    /// A chain as a labelled question; `None` beyond the chains drawn.
    pub fn labelled_chain(&self, chain: usize) -> Option<CalibrationQuestion> {
        self.chains.get(chain).map(|draws| self.labelled(draws))
    }

    fn labelled(&self, draws: &[Draw]) -> CalibrationQuestion {
        let seen = draws.iter().any(|draw| draw.class == Some(self.right));
        CalibrationQuestion { draws: draws.to_vec(), right: seen.then_some(self.right) }
    }

    /// Correctness of each answer of a chain, oldest first; empty beyond the chains drawn.
    pub fn chain_correctness(&self, chain: usize) -> Vec<bool> {
        let draws = self.chains.get(chain).map_or(&[][..], Vec::as_slice);
        draws.iter().map(|draw| draw.class == Some(self.right)).collect()
    }
}

/// Draws `count` questions from a regime, in parallel; the result does not depend on threads.
///
/// # Errors
/// [`SimulateError`] for a parameter outside its range.
pub fn questions(
    regime: &Regime,
    count: usize,
    sizes: Sizes,
    seed: u64,
) -> Result<Vec<SimulatedQuestion>, SimulateError> {
    let truth = question::Truth::new(regime)?;
    Ok((0..count).into_par_iter().map(|index| truth.question(sizes, seed, index as u64)).collect())
}

#[cfg(test)]
mod tests;
