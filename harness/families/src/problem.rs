//! What every family's questions can do.

use crate::work::Work;

/// A question drawn: its words, its numbers, its solution.
pub(crate) trait Problem {
    /// The question as it is asked.
    fn text(&self) -> String;

    /// What is asked for, without names and wording: two questions with the same recipe are the same to solve.
    fn recipe(&self) -> String;

    /// Works the answer out line by line; `None` if a slip leads nowhere.
    fn solve(&self, work: &mut Work) -> Option<String>;
}
