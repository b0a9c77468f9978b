//! What can go wrong with the files of a run.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Trouble with a run's files. Nothing already written is touched by any of these.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// The operating system refused.
    #[error("cannot {action} {}: {source}{}", path.display(), remedy(source, option))]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
        /// The option that names another place for it.
        option: &'static str,
    },
    /// A file is not what its name says.
    #[error("{} cannot be read as {expected}: {found}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What it should be.
        expected: &'static str,
        /// What was found.
        found: String,
    },
    /// Another process holds the run.
    #[error(
        "the run {} is in use by {holder}; wait for it, stop it, or give this experiment another name (--set name=...)",
        path.display()
    )]
    InUse {
        /// The run's folder.
        path: PathBuf,
        /// Who holds it.
        holder: String,
    },
    /// The run was written by a newer version.
    #[error(
        "the run {} has format {found}, but this version of markovscale reads formats up to {supported}; \
         update markovscale, nothing was changed",
        path.display()
    )]
    TooNew {
        /// The run's folder.
        path: PathBuf,
        /// Its format.
        found: u64,
        /// The newest format this program reads.
        supported: u64,
    },
    /// The run was made by an experiment that draws differently.
    #[error(
        "the run {} was made by another experiment: {what}; its draws cannot be continued. Give this experiment a new \
         name (--set name=...), or pass --force to move the old run aside and start again",
        path.display()
    )]
    OtherExperiment {
        /// The run's folder.
        path: PathBuf,
        /// What differs.
        what: String,
    },
    /// The run holds scores of another verifier under this one's name.
    #[error(
        "the run {} holds scores called `{name}` that another verifier made (another model, prompt or way of asking), and \
         scores of one name are of one verifier; give this one another name (--set verifier.name=...), nothing was changed",
        path.display()
    )]
    OtherVerifier {
        /// The run's folder.
        path: PathBuf,
        /// The verifier's name.
        name: String,
    },
    /// A run of that name is there already.
    #[error(
        "there is a run at {} already, and nothing was changed; give this one another name (--name NAME), or pass --force \
         to move the old run aside",
        path.display()
    )]
    Exists {
        /// The run's folder.
        path: PathBuf,
    },
    /// There is no such run.
    #[error("there is no run at {}{}", path.display(), suggestion(nearest.as_deref()))]
    NoRun {
        /// Where it was looked for.
        path: PathBuf,
        /// The nearest existing run's name.
        nearest: Option<String>,
    },
    /// Encoding failed.
    #[error("cannot encode rows for {}: {message}", path.display())]
    Encode {
        /// The file being written.
        path: PathBuf,
        /// What the encoder said.
        message: String,
    },
}

impl TraceError {
    /// Wraps an operating-system error, saying what was tried on which path.
    pub fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source, option: "--runs-dir" }
    }

    /// The same about a file that another option than `--runs-dir` places: what the message proposes.
    pub(crate) fn placed_by(self, option: &'static str) -> Self {
        match self {
            Self::Io { action, path, source, .. } => Self::Io { action, path, source, option },
            other => other,
        }
    }

    /// A file of rows that are not such rows.
    pub(super) fn malformed_rows(path: &Path, error: &dyn std::fmt::Display) -> Self {
        Self::Malformed { path: path.to_owned(), expected: "rows of a run", found: error.to_string() }
    }
}

/// What the user can do about an operating-system error on a file that this option places.
fn remedy(error: &std::io::Error, option: &str) -> String {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            "\n  the disk is full: free some space and run the same command again; every finished draw is kept"
                .to_owned()
        }
        ErrorKind::ReadOnlyFilesystem => {
            format!("\n  the file system is read-only: choose another folder with {option}")
        }
        ErrorKind::PermissionDenied => format!(
            "\n  this user may not write there: change the folder's permissions or choose another with {option}"
        ),
        ErrorKind::NotADirectory => {
            format!("\n  a part of this path is a file, not a folder: choose another with {option}")
        }
        _ => String::new(),
    }
}

fn suggestion(nearest: Option<&str>) -> String {
    nearest
        .map_or_else(|| "; `markovscale run CONFIG` makes one".to_owned(), |name| format!("; did you mean `{name}`?"))
}
