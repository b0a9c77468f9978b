//! Why a session decided as it did: for people who watch one question being answered.
//!
//! Read only: nothing here feeds back into a decision.

use std::fmt;

use serde::Serialize;

use crate::draw::ClassId;

/// What a session knows after the draws seen so far, and why it stops or continues.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Explanation {
    /// The most probable answer class; `None` when no answer counts yet.
    pub best: Option<ClassId>,
    /// P(the best class is right), in [0, 1]; 0 without one.
    pub best_probability: f64,
    /// P(the answer that would be returned now is right), in [0, 1].
    pub probability: f64,
    /// P(no answer seen is right), in [0, 1]; 1 before the first draw.
    pub none: f64,
    /// P(the latest answer is right), in [0, 1].
    pub belief: f64,
    /// Accuracy that re-answering for ever is predicted to lead to, in [0, 1].
    pub fixed_point: f64,
    /// `fixed_point - belief`: what re-answering for ever is predicted to gain; negative where it harms.
    pub gain: f64,
    /// Further answers that the stop has in mind, where it plans any.
    pub rounds: Option<u32>,
    /// Why it stops or continues.
    pub reason: Reason,
}

/// Why a session stops or continues. [`fmt::Display`] says it in words.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum Reason {
    /// Stops: the budget is spent.
    BudgetSpent,
    /// Continues: fewer answers than it must have seen.
    TooFewAnswers {
        /// Answers it must have seen.
        least: u32,
    },
    /// The gate decided after the first answer: stops when the planned answers are there.
    Gate {
        /// Answers in all, as planned; more than the budget where the fixed point is out of its reach.
        planned: u32,
        /// Whether it stops.
        stops: bool,
    },
    /// Stops: the predicted gain is not above `epsilon`.
    LittleGain {
        /// Predicted gain in accuracy.
        gain: f64,
        /// What it must exceed.
        epsilon: f64,
    },
    /// Stops: no number of further rounds is worth its price.
    NotWorthPrice {
        /// Predicted gain in accuracy.
        gain: f64,
        /// Price of a round in accuracy.
        price: f64,
    },
    /// Continues: some number of further rounds is worth its price.
    WorthPrice {
        /// Predicted gain in accuracy.
        gain: f64,
        /// Price of a round in accuracy.
        price: f64,
    },
    /// Compares how probable the answer is with what is asked for.
    Confidence {
        /// P(the answer that would be returned is right).
        probability: f64,
        /// What is asked for.
        wanted: f64,
        /// Whether it stops.
        stops: bool,
    },
    /// Compares what one more draw is worth with its price.
    Value {
        /// P(the runner-up is the more frequent class): [`crate::methods::markovscale::doubt`].
        doubt: f64,
        /// The doubt divided by the draws: what one more draw is worth.
        index: f64,
        /// The price, an index too.
        price: f64,
        /// Whether it stops.
        stops: bool,
    },
    /// Follows a policy fitted on other questions.
    Policy {
        /// P(the answer that would be returned is right).
        probability: f64,
        /// The lowest probability at which the policy continues; `None` where it always stops.
        from: Option<f64>,
        /// The probability from which on it stops; `None` where it always stops.
        below: Option<f64>,
        /// Whether it stops.
        stops: bool,
    },
}

impl Reason {
    /// Whether the session stops.
    pub fn stops(&self) -> bool {
        match self {
            Self::BudgetSpent | Self::LittleGain { .. } | Self::NotWorthPrice { .. } => true,
            Self::TooFewAnswers { .. } | Self::WorthPrice { .. } => false,
            Self::Gate { stops, .. }
            | Self::Confidence { stops, .. }
            | Self::Value { stops, .. }
            | Self::Policy { stops, .. } => *stops,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::BudgetSpent => f.write_str("the budget is spent"),
            Self::TooFewAnswers { least } => write!(f, "fewer answers than the {least} that it must have seen"),
            Self::Gate { planned, stops } => {
                let there = if stops { "they are there" } else { "they are not there yet" };
                write!(f, "after the first answer it planned {planned} in all, and {there}")
            }
            Self::LittleGain { gain, epsilon } => {
                write!(f, "re-answering is predicted to gain {gain:.3}, not more than epsilon = {epsilon}")
            }
            Self::NotWorthPrice { gain, price } => {
                write!(f, "the predicted gain of {gain:.3} is not worth {price} a round, however many rounds")
            }
            Self::WorthPrice { gain, price } => {
                write!(f, "re-answering is predicted to gain {gain:.3} and more than {price} a round")
            }
            Self::Confidence { probability, wanted, stops } => {
                let than = if stops { "at least" } else { "less than" };
                write!(f, "the answer is right with probability {probability:.3}, {than} the {wanted} asked for")
            }
            Self::Value { doubt, index, price, stops } => {
                let than = if stops { "not more than" } else { "more than" };
                write!(f, "the runner-up may be ahead with probability {doubt:.3}; {index:.4} a draw, {than} {price}")
            }
            Self::Policy { from: Some(from), probability, .. } if probability < from => {
                write!(f, "the policy gives up below {from:.3}: the answer is right with probability {probability:.3}")
            }
            Self::Policy { below: Some(below), probability, stops: true, .. } => {
                write!(f, "the policy stops from {below:.3} on: the answer is right with probability {probability:.3}")
            }
            Self::Policy { from: Some(from), below: Some(below), probability, .. } => write!(
                f,
                "the policy continues from {from:.3} up to {below:.3}: the answer is right with probability \
                 {probability:.3}"
            ),
            Self::Policy { .. } => f.write_str("the policy always stops here"),
        }
    }
}
