//! What was decided about a pair of answers, why, and under which conventions.

use crate::{Answer, Verdict, equivalent};

/// A verdict and what it rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// Whether the two are the same.
    pub verdict: Verdict,
    /// Why.
    pub reason: Reason,
}

/// What a verdict rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Reason {
    /// The normalised texts are the same.
    SameText,
    /// Decided by exact arithmetic and algebra.
    Algebra,
    /// A side was not understood and the texts differ.
    NotUnderstood,
}

impl Reason {
    /// Every reason, in the order in which reports list them.
    pub const ALL: &'static [Self] = &[Self::SameText, Self::Algebra, Self::NotUnderstood];

    /// Its name in files and tables, in snake case.
    pub fn name(self) -> &'static str {
        match self {
            Self::SameText => "same_text",
            Self::Algebra => "algebra",
            Self::NotUnderstood => "not_understood",
        }
    }

    /// In words that a reader can act on.
    pub fn explain(self) -> &'static str {
        match self {
            Self::SameText => "written alike",
            Self::Algebra => "exact arithmetic and algebra",
            Self::NotUnderstood => "a side was not understood and the texts differ",
        }
    }
}

/// Conventions that mathematics leaves open. [`Policy::default`] is what every accuracy of the project rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Policy {}

/// Whether an answer is right, given the gold answer. Unlike [`equivalent`] this knows which side is gold: only a gold
/// answer that is itself a rounded decimal allows for rounding.
pub fn grade(gold: &Answer, answer: &Answer, policy: &Policy) -> Decision {
    let _ = policy;
    let verdict = equivalent(gold, answer);
    let reason = match verdict {
        Verdict::Unknown => Reason::NotUnderstood,
        _ if gold.text() == answer.text() => Reason::SameText,
        _ => Reason::Algebra,
    };
    Decision { verdict, reason }
}
