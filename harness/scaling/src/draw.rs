//! Draws as data: what a method, the answer posterior and a simulation see of a model's answers.
//!
//! The lowest floor of the crate: nothing here knows of methods or models.

use serde::{Deserialize, Serialize};

use crate::words::words;

/// A number of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Tokens(pub u64);

/// An equivalence class of answers within one question. Ids are given in order of first appearance in the pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ClassId(pub u32);

words! {
    /// Where a method's draws come from.
    #[derive(PartialOrd, Ord)]
    pub enum DrawMode {
        /// Independent answers to the plain question.
        Parallel = "parallel",
        /// A chain: each answer is asked for with the last one in the prompt.
        Sequential = "sequential",
        /// A chain of answer, critique, answer, critique, ...: each answer but the first is asked for with the last
        /// answer and its critique in the prompt.
        Refine = "refine",
        /// One growing reasoning text: each draw is what its continuation concludes.
        Forced = "forced",
    }
}

impl DrawMode {
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

/// How much a draw counts as an answer. Ordered: a choice is made among the highest standing present.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// No answer at all; never returned.
    Missing,
    /// Cut off by the token limit after something that reads like an answer; returned only when nothing else exists.
    CutOff,
    /// An answer.
    Answered,
}

/// The standing of a draw. The one place that decides which answers count.
pub fn standing(draw: &Draw) -> Standing {
    match (draw.class, draw.cut_off) {
        (None, _) => Standing::Missing,
        (Some(_), true) => Standing::CutOff,
        (Some(_), false) => Standing::Answered,
    }
}

/// The class of a draw that counts as an answer; `None` for a missing or cut-off one.
pub fn answered_class(draw: &Draw) -> Option<ClassId> {
    draw.class.filter(|_| standing(draw) == Standing::Answered)
}
