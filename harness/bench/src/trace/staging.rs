//! A run that is made in one go: it appears under its name whole, or not at all.
//!
//! It is written to a hidden folder beside the other runs and renamed when it is complete. A killed process leaves only
//! that folder, which no command takes for a run and which the next attempt removes.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::environment::read_environment;
use super::error::TraceError;
use super::folder::{RunFolder, acquire, move_aside};

/// The place where a run is being made.
#[derive(Debug)]
pub struct Staging {
    runs_dir: PathBuf,
    name: String,
    force: bool,
    folder: PathBuf,
    /// Two processes must not make the same run.
    lock: File,
}

impl Staging {
    /// Begins to make the run of this name. What an attempt that was killed left is removed.
    ///
    /// # Errors
    /// When the run exists and is not to be replaced, when another process makes or writes it, or the folder cannot be
    /// written.
    pub fn begin(runs_dir: &Path, name: &str, force: bool) -> Result<Self, TraceError> {
        let folder = runs_dir.join(format!(".{name}.unfinished"));
        std::fs::create_dir_all(&folder).map_err(TraceError::io("create the folder", &folder))?;
        let lock = acquire(&folder)?;
        let begun = Self { runs_dir: runs_dir.to_owned(), name: name.to_owned(), force, folder, lock };
        let left = begun.folder.join(name);
        if left.exists() {
            std::fs::remove_dir_all(&left).map_err(TraceError::io("remove the folder", &left))?;
        }
        if let Err(error) = begun.check_free() {
            begun.abandon();
            return Err(error);
        }
        Ok(begun)
    }

    /// Where the run is to be opened, as a folder of runs.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Gives the run its place. An older one of that name is moved aside first, if it is to be replaced.
    ///
    /// # Errors
    /// When a folder cannot be renamed, or another process took the name meanwhile.
    pub fn publish(self, run: RunFolder) -> Result<RunFolder, TraceError> {
        let made = run.path().to_owned();
        run.finish()?;
        let path = self.runs_dir.join(&self.name);
        if self.check_free()? {
            let _lock = acquire(&path)?;
            let hash = read_environment(&path)?.map(|environment| environment.hashes.experiment);
            move_aside(&path, hash.as_deref().unwrap_or("unknown"))?;
        }
        std::fs::rename(&made, &path).map_err(TraceError::io("rename into place", &path))?;
        File::open(&self.runs_dir)
            .and_then(|folder| folder.sync_all())
            .map_err(TraceError::io("sync the folder", &self.runs_dir))?;
        self.abandon();
        RunFolder::open_for_reading(&path)
    }

    /// Removes everything that was made. Best effort: the next attempt removes what is left.
    pub fn abandon(self) {
        let _ = std::fs::remove_dir_all(&self.folder);
        drop(self.lock);
    }

    /// Whether a run has the name and is to be replaced.
    fn check_free(&self) -> Result<bool, TraceError> {
        let path = self.runs_dir.join(&self.name);
        // An empty folder is nobody's run; renaming replaces it.
        let taken = std::fs::read_dir(&path).is_ok_and(|mut entries| entries.next().is_some());
        if taken && !self.force { Err(TraceError::Exists { path }) } else { Ok(taken) }
    }
}
