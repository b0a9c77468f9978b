//! What the generators draw.

/// A generated question.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Draft {
    pub(super) text: String,
    pub(super) gold: String,
    pub(super) subject: &'static str,
    /// The template and the numbers drawn for it. No two questions share both.
    pub(super) recipe: (&'static str, Vec<i64>),
}
