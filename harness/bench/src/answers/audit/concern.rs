//! Why a decision is worth a look.

use markovscale_answers::{Decision, ExtractionRule, Reason, Verdict};
use serde::Serialize;

/// What makes a decision about an answer worth a human look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Concern {
    /// Not decided; counts as wrong.
    Undecided,
    /// Graded otherwise than the class that replay counts it by.
    ClassDisagrees,
    /// Equal, but by evaluation, rounding or a convention rather than by form or algebra.
    WeakEqual,
    /// Different, but only by a convention: brackets, units, a name.
    WeakDifferent,
    /// Different, but close to the gold answer in value or in writing.
    NearMiss,
    /// Nothing in the text says that this is its answer; a rule took it for it.
    Guessed,
    /// A text that was not cut off, in which no answer was found; counts as wrong.
    NoAnswer,
    /// Answers written differently that are one class by more than their form: they vote together.
    SeveralForms,
}

impl Concern {
    /// Every concern, in the order of what is more surely worth a look.
    pub const ALL: [Self; 8] = [
        Self::Undecided,
        Self::ClassDisagrees,
        Self::WeakEqual,
        Self::WeakDifferent,
        Self::NearMiss,
        Self::Guessed,
        Self::NoAnswer,
        Self::SeveralForms,
    ];

    /// Its name in files and tables, in snake case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Undecided => "undecided",
            Self::ClassDisagrees => "class_disagrees",
            Self::WeakEqual => "weak_equal",
            Self::WeakDifferent => "weak_different",
            Self::NearMiss => "near_miss",
            Self::Guessed => "guessed",
            Self::NoAnswer => "no_answer",
            Self::SeveralForms => "several_forms",
        }
    }

    /// In words that a reader can act on.
    pub fn explain(self) -> &'static str {
        match self {
            Self::Undecided => "not decided against the gold answer, counted wrong",
            Self::ClassDisagrees => "graded otherwise than the class it is counted by",
            Self::WeakEqual => "equal by evaluation, rounding or a convention",
            Self::WeakDifferent => "different by a convention only",
            Self::NearMiss => "different, yet close in value or writing",
            Self::Guessed => "taken for the answer, though the text does not say so",
            Self::NoAnswer => "no answer found in a text that was ended, counted wrong",
            Self::SeveralForms => "written differently and voting together",
        }
    }

    /// Whether accuracy hangs on it, rather than only which answers vote together.
    pub fn moves_accuracy(self) -> bool {
        self != Self::SeveralForms
    }
}

/// Whether a decision rests on form and exact reasoning alone. The firm reasons are listed, so that one added later is worth
/// a look until it is known to be as sure.
pub(super) fn is_firm(decision: Decision) -> bool {
    let exact = matches!(decision.reason, Reason::SameText | Reason::Algebra | Reason::Sets | Reason::Words);
    let apart = matches!(decision.reason, Reason::Evaluation | Reason::MemberCount | Reason::KindsDiffer);
    match decision.verdict {
        Verdict::Equal => exact,
        Verdict::Different => exact || apart,
        Verdict::Unknown => false,
    }
}

/// Whether a stored rule is one by which a text says what its answer is. An unknown name is not.
pub(super) fn is_stated_by(rule: &str) -> bool {
    ExtractionRule::ALL.iter().any(|known| known.name() == rule && known.is_stated())
}
