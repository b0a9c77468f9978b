//! The one interface that matters: a method is a small state machine that sees draws and says what it wants next.
//!
//! Whoever drives it (live against a model, or over a stored pool) is not its business. The driver calls
//! [`Session::next`] with the draws seen so far, at first none; after `Draw`, `ReAnswer`, `Critique` or `Continue` the
//! slice has grown by exactly one when it calls again. After `Stop` it never calls again.

use serde::{Deserialize, Serialize};

use super::explanation::Explanation;
use super::learned::{Learned, Triage};
use crate::crossfit::{CrossFitError, Fitted};
use crate::posterior::{AnswerModel, CalibrationQuestion};

/// A number of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Tokens(pub u64);

/// An equivalence class of answers within one question. Ids are given in order of first appearance in the pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ClassId(pub u32);

/// The most answers that a method may draw for one question (`N`), at least 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Budget(pub u32);

/// Where a method's draws come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DrawMode {
    /// Independent answers to the plain question.
    Parallel,
    /// A chain: each answer is asked for with the last one in the prompt.
    Sequential,
    /// A chain of answer, critique, answer, critique, ...: each answer but the first is asked for with the last answer
    /// and its critique in the prompt.
    Refine,
    /// One growing reasoning text: each draw is what its continuation concludes.
    Forced,
}

impl DrawMode {
    /// Every mode.
    pub const ALL: [Self; 4] = [Self::Parallel, Self::Sequential, Self::Refine, Self::Forced];

    /// The name used in configs, traces and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Parallel => "parallel",
            Self::Sequential => "sequential",
            Self::Refine => "refine",
            Self::Forced => "forced",
        }
    }

    /// Whether a draw depends on those before it: then order is data, and the tokens of depth add up.
    pub fn is_chain(self) -> bool {
        self != Self::Parallel
    }
}

/// What a critique concludes about the answer before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The answer is right.
    Right,
    /// The answer is wrong.
    Wrong,
    /// No verdict could be read.
    Unclear,
}

/// One answer of the model as a method may see it. There is deliberately no correctness here.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Draw {
    /// The answer's class; `None` when the answer is missing (nothing extracted, or cut off before an answer).
    pub class: Option<ClassId>,
    /// The answer's exact text as an id: what published code compares instead of classes. Only `legacy` methods read it.
    pub text: Option<ClassId>,
    /// Set when this draw is a critique and no answer: it has no class and no score, counts as no answer, and is paid
    /// for.
    pub critique: Option<Verdict>,
    /// The verifier's score in [0, 1]; `None` when no verifier scored this draw.
    pub score: Option<f64>,
    /// Completion tokens of this draw.
    pub completion_tokens: Tokens,
    /// True when the completion hit the token limit.
    pub cut_off: bool,
}

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

/// What a method may know about a question before its first draw. Nothing in it was learned from the question: fitted
/// parameters come in by [`QuestionContext::calibrated`] alone.
#[derive(Debug, Clone, Copy, Default)]
pub struct QuestionContext<'a> {
    /// The answer model of this method's mode of drawing, fitted on questions that do not include this one; `None` when
    /// nothing was fitted.
    pub(crate) model: Option<&'a AnswerModel>,
    /// What [`Method::learn`] made of those questions for this budget.
    pub(crate) learned: Option<&'a Learned>,
    /// Where the question stands after ranking the dataset by difficulty; only `difficulty_adaptive_sc` has it.
    pub(crate) triage: Option<Triage>,
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
        Ok(Self { model, learned, triage: None })
    }

    /// The same, with where the question stands after ranking the dataset by difficulty.
    pub fn with_triage(self, triage: Triage) -> Self {
        Self { triage: Some(triage), ..self }
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

/// A scaling method: makes one session per question and budget.
pub trait Method: Send + Sync {
    /// Parallel draws or a chain.
    fn draws(&self) -> DrawMode;
    /// Whether its decisions or its choice depend on verifier scores (then it pays for them).
    fn uses_scores(&self) -> bool;
    /// Whether its sessions want an answer model fitted on other questions, or it learns from them.
    fn needs_calibration(&self) -> bool {
        false
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
