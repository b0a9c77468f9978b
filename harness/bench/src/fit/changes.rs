//! Transitions that change sides.

use serde::Serialize;

/// Transitions that change sides, those from and to a missing answer apart: an answer that appears where there was none
/// (cut off, or in no readable form) is a repaired format, not a corrected thought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// From a wrong answer to a right one.
    pub wrong_to_right: u32,
    /// From no answer to a right one: format repair.
    pub missing_to_right: u32,
    /// From a right answer to a wrong one.
    pub right_to_wrong: u32,
    /// From a right answer to none.
    pub right_to_missing: u32,
    /// Transitions out of a missing answer.
    pub from_missing: u32,
}
