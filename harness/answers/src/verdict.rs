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

impl Verdict {
    /// Every verdict.
    pub const ALL: &'static [Self] = &[Self::Equal, Self::Different, Self::Unknown];

    /// Its name in files and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::Different => "different",
            Self::Unknown => "unknown",
        }
    }
}
