//! The one interface that matters: a method is a small state machine that sees draws and says what it wants next.
//!
//! Whoever drives it (live against a model, or over a stored pool) is not its business. The driver calls
//! [`Session::next`] with the draws seen so far, at first none; after `Draw`, `ReAnswer`, `Critique` or `Continue` the
//! slice has grown by exactly one when it calls again. After `Stop` it never calls again.

use serde::{Deserialize, Serialize};

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
}

impl DrawMode {
    /// The name used in configs, traces and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Parallel => "parallel",
            Self::Sequential => "sequential",
        }
    }
}

/// One answer of the model as a method may see it. There is deliberately no correctness here.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Draw {
    /// The answer's class; `None` when the answer is missing (nothing extracted, or cut off before an answer).
    pub class: Option<ClassId>,
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

/// What a method may know about a question before its first draw.
#[derive(Debug, Clone, Copy, Default)]
pub struct QuestionContext<'a> {
    /// The answer model fitted on questions that do not include this one; `None` when nothing was fitted.
    pub model: Option<&'a crate::posterior::AnswerModel>,
}

/// A scaling method: makes one session per question and budget.
pub trait Method: Send + Sync {
    /// Parallel draws or a chain.
    fn draws(&self) -> DrawMode;
    /// Whether its decisions or its choice depend on verifier scores (then it pays for them).
    fn uses_scores(&self) -> bool;
    /// Whether it wants `QuestionContext::model` fitted on other questions.
    fn needs_calibration(&self) -> bool {
        false
    }
    /// A fresh session for one question.
    fn session<'a>(&'a self, question: &QuestionContext<'a>, budget: Budget) -> Box<dyn Session + 'a>;
}

/// The state of a method on one question.
pub trait Session {
    /// What to do next, having seen these draws, oldest first.
    fn next(&mut self, seen: &[Draw]) -> Decision;
}
