//! Grading inside the simulation: the backbone and the verifier know the gold answer; nothing else here does.

use markovscale_answers::{Answer, Grader as Equivalence};

/// Decides whether an answer is the gold answer of one question.
#[derive(Debug)]
pub(crate) struct Grader {
    equivalence: Equivalence,
    integer: Option<i128>,
}

impl Grader {
    /// A grader for a gold answer as the dataset writes it.
    pub(crate) fn new(gold: &str) -> Self {
        Self { equivalence: Equivalence::new(gold), integer: plain_integer(gold) }
    }

    /// Whether the answer is right.
    pub(crate) fn is_right(&self, answer: &str) -> bool {
        if answer == self.equivalence.gold().text() {
            return true;
        }
        // Nearly every simulated answer is an integer; this keeps the equivalence check off the hot path.
        if let (Some(gold), Some(found)) = (self.integer, plain_integer(answer)) {
            return gold == found;
        }
        self.equivalence.right_answer(&Answer::parse(answer)) == Some(true)
    }
}

/// The value of a text that is an integer and nothing else (no separators, no LaTeX).
pub(crate) fn plain_integer(text: &str) -> Option<i128> {
    let text = text.trim();
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty() && digits.len() <= 30 && digits.bytes().all(|b| b.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grades_integers_by_value_and_the_rest_by_equivalence() {
        let grader = Grader::new("025");
        assert!(grader.is_right("25") && grader.is_right("025") && !grader.is_right("-25"));
        let grader = Grader::new("\\frac{3}{4}");
        assert!(grader.is_right("\\frac{3}{4}") && !grader.is_right("\\frac{3}{5}"));
        assert_eq!(plain_integer("1,000"), None);
        assert_eq!(plain_integer(&"9".repeat(40)), None);
    }
}
