//! The one interface that matters: a method is a small state machine that sees draws and says what it wants next.
//!
//! Whoever drives it (live against a model, or over a stored pool) is not its business. The driver calls
//! [`Session::next`] with the draws seen so far, at first none; after `Draw`, `ReAnswer`, `Critique` or `Continue` the
//! slice has grown by exactly one when it calls again. After `Stop` it never calls again.

use serde::{Deserialize, Serialize};

use super::explanation::Explanation;
use super::learned::Learned;
use crate::crossfit::{CrossFitError, Fitted};
pub use crate::draw::{ClassId, Draw, DrawMode, Tokens, Verdict};
use crate::posterior::{AnswerModel, CalibrationQuestion};
use crate::words::words;

/// The most answers that a method may draw for one question (`N`), at least 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Budget(pub u32);

/// What a session returns when it stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// The answer of the draw at this index of the draws seen.
    Draw(usize),
    /// No answer: every draw was missing.
    Missing,
    /// A right answer if any draw seen is right. Only `oracle` says this, an upper bound and never a ranked method;
    /// the referee, who knows the gold answer, resolves it.
    AnyRight,
}

/// What a session wants next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// One more independent answer.
    Draw,
    /// Re-answer, with the last answer in the prompt.
    ReAnswer,
    /// A critique of the last answer.
    Critique,
    /// Continue the same reasoning text.
    Continue,
    /// Stop and return this.
    Stop(Choice),
}

impl Decision {
    /// The one request that goes on with draws of this mode. A chain starts with a plain draw; a refining chain has a
    /// critique after every answer.
    pub fn request(draws: DrawMode, seen: &[Draw]) -> Self {
        match (draws, seen.last()) {
            (DrawMode::Parallel, _) | (_, None) => Self::Draw,
            (DrawMode::Sequential, Some(_)) => Self::ReAnswer,
            (DrawMode::Forced, Some(_)) => Self::Continue,
            (DrawMode::Refine, Some(last)) if last.critique.is_none() => Self::Critique,
            (DrawMode::Refine, Some(_)) => Self::ReAnswer,
        }
    }

    /// What it asks for, for messages.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Draw => "an independent answer",
            Self::ReAnswer => "a re-answer",
            Self::Critique => "a critique",
            Self::Continue => "a continuation",
            Self::Stop(_) => "nothing more",
        }
    }
}

/// What a method may know about a question before its first draw. Nothing in it was learned from the question: fitted
/// parameters come in by [`QuestionContext::calibrated`] alone.
#[derive(Debug, Clone, Copy, Default)]
pub struct QuestionContext<'a> {
    /// The answer model of this method's mode of drawing, fitted on questions that do not include this one; `None` when
    /// nothing was fitted.
    pub(crate) model: Option<&'a AnswerModel>,
    /// What [`Method::learn`] made of those questions for this budget.
    pub(crate) learned: Option<&'a Learned>,
}

impl<'a> QuestionContext<'a> {
    /// A question about which nothing is known.
    pub fn uncalibrated() -> Self {
        Self::default()
    }

    /// The question with this id, and what was fitted on others: `pick` takes the answer model and what was learned out
    /// of the parameters.
    ///
    /// # Errors
    /// [`CrossFitError::SawQuestion`] when the parameters were fitted on this question.
    pub fn calibrated<T>(
        id: &str,
        fitted: &'a Fitted<T>,
        pick: impl FnOnce(&'a T) -> (Option<&'a AnswerModel>, Option<&'a Learned>),
    ) -> Result<Self, CrossFitError> {
        let (model, learned) = pick(fitted.for_question(id)?);
        Ok(Self { model, learned })
    }
}

/// Labelled questions that a method may learn from. None of them is scored with what it learns.
#[derive(Debug, Clone, Copy)]
pub struct Calibration<'a> {
    /// Questions, each with draws of the method's mode in the order drawn, and its label.
    pub questions: &'a [&'a CalibrationQuestion],
    /// The answer model fitted on them.
    pub model: Option<&'a AnswerModel>,
}

words! {
    /// Where the difficulty of a question comes from, and what it costs.
    pub enum DifficultySource {
        /// The level that the dataset itself states: free, where there is one.
        DatasetLevel = "dataset_level",
        /// The backbone's own rating: its prompt and completion tokens are paid for, for every question.
        Judge = "judge",
        /// One minus the verifier's score of the first draw: that draw and its score are paid for, for every question.
        FirstScore = "first_score",
    }
}

/// Divides a method's draws over a dataset before it answers any question.
pub trait Allocation: Sync {
    /// What ranks the questions.
    fn difficulty(&self) -> DifficultySource;

    /// The budget of each question, out of the budget per question. `difficulties`: higher is harder, `None` where not
    /// known; ties keep the order given. `draws` gives the draws that the question at an index will be answered from: what
    /// this looks at, its budget pays for.
    fn budgets(&self, difficulties: &[Option<f64>], budget: Budget, draws: &dyn Fn(usize) -> Vec<Draw>) -> Vec<Budget>;
}

/// A method that returns the first draw of a ranking of those that it drew, and always draws the whole budget: its result
/// over all subsets of a pool has a formula.
#[derive(Debug, Clone, Copy)]
pub enum Ranking {
    /// The right ones first, which only whoever holds the gold answers can rank; also where any draw is as good as another.
    Right,
    /// As this function ranks them: indices, the best first.
    Seen(fn(&[Draw]) -> Vec<usize>),
}

/// Parameters that do not go together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// What is wrong.
    pub message: String,
    /// The same in a few words.
    pub label: &'static str,
    /// What to do about it.
    pub help: &'static str,
}

/// A scaling method: makes one session per question and budget.
pub trait Method: Send + Sync {
    /// Parallel draws or a chain.
    fn draws(&self) -> DrawMode;
    /// Whether its decisions or its choice depend on verifier scores (then it pays for them).
    fn uses_scores(&self) -> bool;
    /// Whether it cannot work where nobody scores.
    fn needs_scores(&self) -> bool {
        self.uses_scores() || self.ranks_by(DifficultySource::FirstScore)
    }
    /// Whether its sessions want an answer model fitted on other questions, or it learns from them.
    fn needs_calibration(&self) -> bool {
        false
    }
    /// Whether it knows which answers are right: an upper bound that no ranking may contain.
    fn upper_bound(&self) -> bool {
        false
    }
    /// The maximum number of answers that it draws, whatever the budget; `None` when only the budget limits it.
    fn most_answers(&self) -> Option<u32> {
        None
    }
    /// Why its parameters do not go together; `None` when they do.
    fn conflict(&self) -> Option<Conflict> {
        None
    }
    /// How its result over all subsets of a parallel pool is computed without playing it; `None` when it has to be played.
    fn ranking(&self) -> Option<Ranking> {
        None
    }
    /// How it divides its draws over a dataset; `None` when it answers each question by itself.
    fn allocation(&self) -> Option<&dyn Allocation> {
        None
    }
    /// Whether it divides its draws over a dataset by a difficulty from this source.
    fn ranks_by(&self, source: DifficultySource) -> bool {
        self.allocation().is_some_and(|allocation| allocation.difficulty() == source)
    }
    /// Whether [`Method::learn`] gives something, which its sessions then rest on.
    fn learns(&self) -> bool {
        false
    }
    /// What it learns from other questions for a budget: settings, a prior, a policy. `None` when it learns nothing.
    fn learn(&self, _calibration: &Calibration<'_>, _budget: Budget) -> Option<Learned> {
        None
    }
    /// A fresh session for one question.
    fn session<'a>(&'a self, question: &QuestionContext<'a>, budget: Budget) -> Box<dyn Session + 'a>;
}

/// The state of a method on one question.
pub trait Session: Send {
    /// What to do next, having seen these draws, oldest first.
    fn next(&mut self, seen: &[Draw]) -> Decision;

    /// Why the last [`Session::next`] decided as it did, given the draws it was given. `None` from sessions that keep no
    /// more than counts, and before the first draw.
    fn explain(&self, _seen: &[Draw]) -> Option<Explanation> {
        None
    }
}
