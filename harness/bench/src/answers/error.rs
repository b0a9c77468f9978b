//! What can go wrong with a file of pairs or texts as a whole. What is wrong with one row is a [`Problem`], and the others
//! are still read.
//!
//! [`Problem`]: crate::dataset::Problem

use std::path::PathBuf;

use crate::trace::TraceError;

/// A file that cannot be used at all.
#[derive(Debug, thiserror::Error)]
pub enum AnswersError {
    /// Its name does not say what it holds.
    #[error("{}: found a name of another kind; expected one that ends in {expected}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// The endings that are known.
        expected: &'static str,
    },
    /// A column is missing.
    #[error(
        "{}: found the columns {found}; expected {expected}{}", path.display(),
        nearest.as_deref().map(|name| format!(" (is it `{name}`?)")).unwrap_or_default()
    )]
    NoColumn {
        /// The file.
        path: PathBuf,
        /// The columns there are.
        found: String,
        /// The column that should be there, in words.
        expected: String,
        /// The column that may have been meant.
        nearest: Option<String>,
    },
    /// The operating system refused, or rows could not be encoded.
    #[error(transparent)]
    File(#[from] TraceError),
    /// Nothing of that name is in the run.
    #[error("the run has no {what} `{name}`{}; it has {}",
        nearest.as_deref().map(|name| format!(" (did you mean `{name}`?)")).unwrap_or_default(), known.join(", "))]
    NotInRun {
        /// Backbone or dataset.
        what: &'static str,
        /// What was asked for.
        name: String,
        /// The nearest name in the run.
        nearest: Option<String>,
        /// Every name in the run.
        known: Vec<String>,
    },
    /// The reader of the output went away.
    #[error("nobody reads the output any more")]
    Closed,
}

impl AnswersError {
    /// Whether the user can mend it by other arguments or another file, rather than the system.
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::Format { .. } | Self::NoColumn { .. } | Self::NotInRun { .. })
    }
}
