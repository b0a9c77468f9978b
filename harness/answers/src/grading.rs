//! Whether answers are right: each beside the gold answer of its question.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::equivalence::{Comparison, Gold};
use crate::value::Budget;
use crate::{Answer, Decision, Policy, Verdict};

/// Whether an answer is right, given the gold answer and under a policy, and why.
///
/// Unlike [`crate::equivalent`] this knows which side is gold. Only a gold answer that is itself a rounded decimal allows
/// for rounding ([`crate::policy::Rounding`]), and only the base of a gold answer may be left out
/// ([`crate::policy::Base`]).
pub fn grade(gold: &Answer, answer: &Answer, policy: &Policy) -> Decision {
    Comparison::new(policy, Gold::First, &mut Budget::new()).decide(gold, answer)
}

/// Grades the answers to one question under [`Policy::default`]: the gold answer is read once, and each text is decided
/// once, whoever asks. May be shared by threads.
#[derive(Debug)]
pub struct Grader {
    gold: Answer,
    decided: Mutex<HashMap<String, Option<bool>>>,
}

impl Grader {
    /// A grader of answers to the question with this gold answer.
    pub fn new(gold: &str) -> Self {
        Self { gold: Answer::parse(gold), decided: Mutex::default() }
    }

    /// The gold answer.
    pub fn gold(&self) -> &Answer {
        &self.gold
    }

    /// Whether the answer in this text is right; `None` where that is not decided.
    pub fn right(&self, text: &str) -> Option<bool> {
        let mut decided = self.decided.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(right) = decided.get(text) {
            return *right;
        }
        let right = self.right_answer(&Answer::parse(text));
        decided.insert(text.to_owned(), right);
        right
    }

    /// The same of an answer that was read already; nothing is remembered of it.
    pub fn right_answer(&self, answer: &Answer) -> Option<bool> {
        match grade(&self.gold, answer, &Policy::default()).verdict {
            Verdict::Equal => Some(true),
            Verdict::Different => Some(false),
            Verdict::Unknown => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_right_wrong_or_undecided_and_stays_so() {
        let grader = Grader::new("\\frac{1}{2}");
        for _ in 0..2 {
            assert_eq!(grader.right("0.5"), Some(true));
            assert_eq!(grader.right("2"), Some(false));
            assert_eq!(grader.right("a half or so?"), None);
        }
        assert_eq!(grader.decided.lock().unwrap().len(), 3);
    }

    #[test]
    fn only_the_gold_answer_allows_for_rounding() {
        assert_eq!(Grader::new("0.33").right("1/3"), Some(true));
        assert_eq!(Grader::new("1/3").right("0.33"), Some(false));
    }
}
