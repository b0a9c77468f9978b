//! A question and a set of them.

use crate::key::QuestionId;

/// One benchmark question.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Stable, content-based.
    pub id: QuestionId,
    /// The question as the model sees it.
    pub text: String,
    /// The right answer as the dataset writes it. Only grading, simulation and replay read it; no method can.
    pub gold: String,
    /// Difficulty where the dataset gives one (MATH: 1 to 5; arithmetic-stories: number of steps).
    pub level: Option<u32>,
    /// Subject where the dataset gives one.
    pub subject: Option<String>,
}

/// A loaded, checked question set.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    /// The manifest's name.
    pub name: String,
    /// The revision of the source, or the generator's version for a built-in set.
    pub revision: String,
    /// The questions in file order.
    pub questions: Vec<Question>,
}
