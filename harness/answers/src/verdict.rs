//! What comparing two answers comes to.

/// Whether two answers are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The same mathematical object.
    Equal,
    /// Different objects.
    Different,
    /// Not decided. Counts as different when classes are formed and as not right when graded.
    Unknown,
}
