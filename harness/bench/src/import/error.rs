//! What can be wrong with what is imported, and where.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::dataset::DatasetError;
use crate::experiment::ConfigError;
use crate::trace::TraceError;

/// One thing wrong at one place of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub path: PathBuf,
    /// Where in it, in words: a line, or a question and a key's path. Empty: the whole file.
    pub place: String,
    /// What is there.
    pub found: String,
    /// What should be there.
    pub expected: String,
    /// What can be done about it, where that is not plain.
    pub remedy: Option<String>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if !self.place.is_empty() {
            write!(f, ": {}", self.place)?;
        }
        write!(f, ": found {}; expected {}", self.found, self.expected)?;
        match &self.remedy {
            Some(remedy) => write!(f, "\n  {remedy}"),
            None => Ok(()),
        }
    }
}

/// Why nothing was imported. No run is made or changed by any of these.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A file is not as it should be.
    #[error("{0}")]
    Malformed(Box<Problem>),
    /// A file could not be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file is another one than a moment ago.
    #[error("{} changed while it was being imported; import it again when nothing writes to it", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// What was asked for cannot be.
    #[error("{0}")]
    Usage(String),
    /// A question set cannot be loaded.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// The experiment that would describe the run is not valid: a name, or an override.
    #[error("the experiment of the imported run cannot be made")]
    Config(#[source] Box<ConfigError>),
    /// Files of the run.
    #[error(transparent)]
    Trace(#[from] TraceError),
}

impl ImportError {
    /// Something wrong at a place of a file.
    pub(super) fn at(
        path: &Path,
        place: impl Into<String>,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        let (path, place) = (path.to_owned(), place.into());
        let (found, expected) = (found.into(), expected.into());
        Self::Malformed(Box::new(Problem { path, place, found, expected, remedy: None }))
    }

    /// Adds what can be done about it.
    pub(super) fn remedy(mut self, remedy: impl Into<String>) -> Self {
        if let Self::Malformed(problem) = &mut self {
            problem.remedy = Some(remedy.into());
        }
        self
    }

    /// Wraps an operating-system error.
    pub(super) fn read(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Read { path, source }
    }
}

/// The beginning of a text, on one line.
pub(super) fn excerpt(text: &str) -> String {
    const SHOWN: usize = 60;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{:?}...", &line[..end]),
        None => format!("{line:?}"),
    }
}
