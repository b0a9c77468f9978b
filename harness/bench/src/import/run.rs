//! Makes the run: whole, under its name, or not at all.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use super::error::ImportError;
use super::manifest::Manifest;
use crate::collect::draw_hashes;
use crate::dataset::Dataset;
use crate::experiment::Plan;
use crate::prompt::PromptSet;
use crate::trace::{ExperimentHashes, Opening, RunFolder, Staging, write_questions};

/// The run to be made.
#[derive(Debug, Clone)]
pub struct Target<'a> {
    /// The folder of all runs.
    pub runs_dir: &'a Path,
    /// Its name; `None` for one after what is imported.
    pub name: Option<&'a str>,
    /// Changes to its experiment, as of `--set`.
    pub overrides: &'a [String],
    /// Move a run of that name aside instead of refusing.
    pub force: bool,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'a> {
    /// A pass over a file begins.
    Pass {
        /// The file.
        path: &'a Path,
        /// Its length.
        bytes: u64,
        /// Whether it is written now; the first pass only checks.
        writes: bool,
    },
    /// So many more bytes of it were read.
    Read(u64),
    /// The pass is over.
    Done,
}

/// What was imported.
#[derive(Debug, Clone, Serialize)]
pub struct Imported {
    /// The run's folder.
    pub run: PathBuf,
    /// The run's name.
    pub name: String,
    /// Questions.
    pub questions: u64,
    /// Draws.
    pub draws: u64,
    /// Verifier scores.
    pub scores: u64,
    /// Where they came from.
    pub source: Manifest,
}

/// What is written beside draws and scores.
pub(super) struct Making<'a> {
    pub(super) target: &'a Target<'a>,
    pub(super) plan: &'a Plan,
    pub(super) datasets: &'a [Arc<Dataset>],
    pub(super) manifest: &'a Manifest,
    /// The command, as `environment.json` records it.
    pub(super) command: &'a str,
}

impl Making<'_> {
    /// Makes the run; `write` writes its draws and scores. When it fails nothing is left.
    pub(super) fn make(
        &self,
        write: impl FnOnce(&RunFolder) -> Result<(), ImportError>,
    ) -> Result<PathBuf, ImportError> {
        let Target { runs_dir, force, .. } = *self.target;
        let staging = Staging::begin(runs_dir, &self.plan.name, force)?;
        let made = self.open(staging.folder()).and_then(|run| {
            write_questions(run.path(), self.datasets)?;
            write(&run)?;
            self.manifest.write(run.path())?;
            Ok(run)
        });
        match made {
            Ok(run) => Ok(staging.publish(run)?.path().to_owned()),
            Err(error) => {
                staging.abandon();
                Err(error)
            }
        }
    }

    fn open(&self, runs_dir: &Path) -> Result<RunFolder, ImportError> {
        let prompts = PromptSet::load(&self.plan.prompts).map_err(|error| ImportError::Usage(error.to_string()))?;
        let draws = draw_hashes(self.plan, &prompts, crate::backbone::content_hash)
            .map_err(|error| ImportError::Usage(error.to_string()))?;
        Ok(RunFolder::open_for_writing(&Opening {
            runs_dir,
            name: &self.plan.name,
            experiment: &self.plan.to_yaml(),
            hashes: ExperimentHashes { experiment: self.plan.hash(), draws },
            backbones: self.plan.backbones.iter().map(|b| (b.name.clone(), b.model())).collect(),
            command: self.command,
            force: false,
        })?)
    }
}

/// A text as a name that can be a folder.
pub(super) fn safe_name(text: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let name: String = text.chars().map(|c| if allowed(c) { c } else { '-' }).take(80).collect();
    let name = name.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
    if name.is_empty() { "imported".to_owned() } else { name.to_owned() }
}
