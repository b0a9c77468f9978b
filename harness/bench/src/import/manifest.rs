//! `import.json`: where an imported run came from, so that a number can be traced to the file it was taken from.

use std::io::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::error::ImportError;
use crate::trace::{TraceError, write_atomically};

/// Version of `import.json`.
const FORMAT: u64 = 1;

/// Contents of `import.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of this format.
    pub format: u64,
    /// What was read: `optscale` or `jsonl`.
    pub kind: String,
    /// Version of markovscale that imported it.
    pub version: String,
    /// How questions were joined to their data sets.
    pub join: String,
    /// The files, in the order read.
    pub files: Vec<SourceFile>,
    /// What may matter when the draws are used.
    pub warnings: Vec<String>,
}

/// A file that was imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFile {
    /// Its path as it was named.
    pub path: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// How many bytes.
    pub bytes: u64,
    /// The question sets its draws belong to.
    pub datasets: Vec<String>,
    /// The kinds of draws it holds.
    pub modes: Vec<String>,
    /// Questions.
    pub questions: u64,
    /// Draws that were taken.
    pub draws: u64,
}

impl Manifest {
    pub(super) fn new(kind: &str, join: &str, files: Vec<SourceFile>, warnings: Vec<String>) -> Self {
        let (version, join) = (env!("CARGO_PKG_VERSION").to_owned(), join.to_owned());
        Self { format: FORMAT, kind: kind.to_owned(), version, join, files, warnings }
    }

    /// Writes it into a run.
    pub(super) fn write(&self, run: &Path) -> Result<(), ImportError> {
        let path = run.join("import.json");
        let text = serde_json::to_string_pretty(self)
            .map_err(|error| TraceError::Encode { path: path.clone(), message: error.to_string() })?;
        let write = |file: &mut std::fs::File| writeln!(file, "{text}").map_err(TraceError::io("write", &path));
        Ok(write_atomically(&path, write)?)
    }
}
