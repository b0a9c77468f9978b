//! What can be wrong with a dataset, and what to do about it.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// At most this many problems are written out in an error; `dataset check` lists all.
const SHOWN_PROBLEMS: usize = 10;

/// One thing wrong with a data file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub path: PathBuf,
    /// The row, from 1; of JSON Lines the line, of CSV the record after the header. `None`: the whole file.
    pub row: Option<usize>,
    /// The column or JSON key.
    pub field: Option<String>,
    /// What is there.
    pub found: String,
    /// What should be there.
    pub expected: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if let Some(row) = self.row {
            write!(f, ": row {row}")?;
        }
        if let Some(field) = &self.field {
            write!(f, "{} field `{field}`", if self.row.is_some() { "," } else { ":" })?;
        }
        write!(f, ": found {}; expected {}", self.found, self.expected)
    }
}

/// Problems, never none, that read as a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProblemList(pub Vec<Problem>);

impl fmt::Display for ProblemList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in self.0.iter().take(SHOWN_PROBLEMS) {
            write!(f, "\n  {problem}")?;
        }
        match self.0.len().saturating_sub(SHOWN_PROBLEMS) {
            0 => Ok(()),
            more => write!(f, "\n  ... and {more} more"),
        }
    }
}

/// Why a dataset could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    /// No manifest has that name.
    #[error("no dataset is called `{name}`{}; known are {}", did_you_mean(nearest.as_deref()), known.join(", "))]
    Unknown {
        /// What was asked for.
        name: String,
        /// The most similar known name, if one is similar.
        nearest: Option<String>,
        /// Every known name.
        known: Vec<String>,
    },
    /// A manifest could not be read from disk.
    #[error("manifest {}: {source}", path.display())]
    ReadManifest {
        /// The manifest.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A manifest is not valid.
    #[error("manifest {path}{}: {message}", place.map(|(line, column)| format!(":{line}:{column}")).unwrap_or_default())]
    Manifest {
        /// The manifest's path.
        path: String,
        /// Line and column, from 1.
        place: Option<(u64, u64)>,
        /// What is wrong.
        message: String,
    },
    /// `--dataset-dir` names no folder.
    #[error("--dataset-dir {}: no such folder", path.display())]
    NoFolder {
        /// What was given.
        path: PathBuf,
    },
    /// The data is not on this machine.
    #[error("the questions of `{name}` are not on this machine.\n  {}", remedies.join("\n  "))]
    Missing {
        /// The dataset.
        name: String,
        /// The ways to get them, each a sentence.
        remedies: Vec<String>,
    },
    /// A data file could not be read.
    #[error("{}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The data is there but not as it should be.
    #[error("`{name}` cannot be used:{problems}\n`markovscale dataset check {name}` lists everything")]
    Malformed {
        /// The dataset.
        name: String,
        /// Everything wrong with it.
        problems: ProblemList,
    },
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map(|name| format!(" (did you mean `{name}`?)")).unwrap_or_default()
}
