//! What several routes can be told.

use crate::schema::{Fallback, Key, ValueKind, key, words};

words! {
    /// What the numbers of a verifier's server are.
    pub enum Scale {
        /// Probabilities, in [0, 1]; others are refused.
        Probability = "probability",
        /// Logits, any number: they pass through the logistic function.
        Logit = "logit",
    }
}

words! {
    /// What of a completion a verifier reads.
    pub enum ScoredText {
        /// All of it, reasoning included, without the tags around the reasoning.
        Whole = "whole",
        /// What follows the reasoning, where anything does; else all of it.
        Answer = "answer",
    }
}

words! {
    /// How a score is made of step scores.
    pub enum Aggregate {
        /// Their mean.
        Mean = "mean",
        /// The last.
        Last = "last",
        /// The smallest.
        Min = "min",
        /// Their product.
        Product = "product",
    }
}

impl Aggregate {
    /// The score of these steps; `None` when there are none.
    pub fn of(self, steps: &[f64]) -> Option<f64> {
        let last = *steps.last()?;
        Some(match self {
            Self::Mean => steps.iter().sum::<f64>() / steps.len() as f64,
            Self::Last => last,
            Self::Min => steps.iter().copied().fold(f64::INFINITY, f64::min),
            Self::Product => steps.iter().product(),
        })
    }
}

/// The key of routes whose servers reply with numbers.
pub(super) const SCALE: Key = key(
    "scale",
    ValueKind::Choice(Scale::NAMES),
    Fallback::Text(Scale::Probability.name()),
    "what the server's numbers are: probabilities, and others are refused, or logits, which pass through the logistic \
     function",
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_made_of_its_steps() {
        let of = |aggregate: &Aggregate| aggregate.of(&[0.5, 0.25, 0.75]);
        let scores: Vec<Option<f64>> = Aggregate::ALL.iter().map(of).collect();
        assert_eq!(scores, [Some(0.5), Some(0.75), Some(0.25), Some(0.09375)]);
        assert_eq!(Aggregate::Mean.of(&[]), None);
    }

    #[test]
    fn every_word_is_read_as_what_it_was_written_for() {
        for (aggregate, name) in Aggregate::ALL.iter().zip(Aggregate::NAMES) {
            assert_eq!((aggregate.name(), Aggregate::from_name(name)), (*name, Some(*aggregate)));
            assert_eq!(serde_json::to_value(aggregate).unwrap(), *name);
        }
        assert_eq!(Aggregate::from_name("median"), None);
    }
}
