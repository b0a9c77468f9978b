//! Traces + methods -> outcomes. The only place that sees gold answers beside methods.

mod outcome;

pub use outcome::{Estimate, Outcome};
