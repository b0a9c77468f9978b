//! Fetches a dataset's files from the hub into the cache.
//!
//! A file grows as `NAME.partial` and is continued after a failure or in the next call. It gets its name only when it has
//! been verified, so the cache never holds a wrong or torn file. The token goes to the configured endpoint alone.

mod error;
mod files;
mod hub;
mod transfer;

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

pub use error::PullError;
pub use hub::{Hub, Progress};

use files::{length, with_suffix, write_error};

use super::error::ProblemList;
use super::load::{Found, Locations, offline_remedies, read_files};
use super::manifest::{HubFile, HubSource, Manifest, Source};
use crate::key::sha256_hex;

/// A fetched dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pulled {
    /// Its files.
    pub files: Vec<PulledFile>,
    /// How many questions they hold.
    pub questions: usize,
}

/// A verified file in the cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PulledFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its length in bytes.
    pub bytes: u64,
    /// SHA-256 of its bytes, to be pinned in the manifest.
    pub sha256: String,
    /// Whether the manifest pins that hash already.
    pub pinned: bool,
    /// Whether it was fetched now; otherwise it was there.
    pub downloaded: bool,
}

/// Fetches a dataset's files, verifies them, and puts them into the cache. Files that are there and right stay.
///
/// # Errors
/// The dataset is not on the hub, the hub cannot be reached or refuses, the files are not what the manifest pins, or the
/// cache cannot be written. What was fetched before a failure is kept and continued.
pub fn pull(
    manifest: &Manifest,
    locations: &Locations,
    hub: &Hub,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Pulled, PullError> {
    let Source::Hub(source) = &manifest.source else {
        return Err(PullError::NothingToPull { name: manifest.name.clone() });
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|source| PullError::Client { reason: source.to_string() })?;
    let job = Job { manifest, locations, hub, source };
    let folder = locations.cached(&manifest.name, source, "");
    let _lock = lock(&folder)?;
    if let Some(pulled) = job.already_here()? {
        return Ok(pulled);
    }
    runtime.block_on(job.run(progress))
}

/// Keeps a second process off the same partial files until it is dropped.
fn lock(folder: &Path) -> Result<File, PullError> {
    let path = folder.join(".lock");
    let failed = |source| PullError::Write { path: path.clone(), source };
    fs::create_dir_all(folder).map_err(failed)?;
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(PullError::Busy { path }),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

struct Job<'a> {
    manifest: &'a Manifest,
    locations: &'a Locations,
    hub: &'a Hub,
    source: &'a HubSource,
}

impl Job<'_> {
    fn path(&self, file: &HubFile) -> PathBuf {
        self.locations.cached(&self.manifest.name, self.source, &file.file)
    }

    /// What the cache holds, if it is complete and right.
    fn already_here(&self) -> Result<Option<Pulled>, PullError> {
        let paths: Vec<PathBuf> = self.source.files.iter().map(|file| self.path(file)).collect();
        if !paths.iter().all(|path| path.is_file()) {
            return Ok(None);
        }
        let inspection = read_files(self.manifest, &self.found(&paths))?;
        if !inspection.problems.is_empty() {
            return Ok(None);
        }
        self.pulled(&paths, &vec![false; paths.len()], inspection.dataset.questions.len()).map(Some)
    }

    fn found(&self, paths: &[PathBuf]) -> Vec<Found> {
        let files = self.source.files.iter().zip(paths);
        files.map(|(file, path)| Found { path: path.clone(), sha256: file.sha256.clone() }).collect()
    }

    async fn run(&self, progress: &mut dyn FnMut(Progress<'_>)) -> Result<Pulled, PullError> {
        let paths: Vec<PathBuf> = self.source.files.iter().map(|file| self.path(file)).collect();
        let partials: Vec<PathBuf> = paths.iter().map(|path| with_suffix(path, ".partial")).collect();
        // A continued file that turns out wrong may have been begun from another version: once more, from nothing.
        let mut continued = partials.iter().any(|partial| length(partial) > 0);
        let questions = loop {
            for (file, partial) in self.source.files.iter().zip(&partials) {
                if let Some(folder) = partial.parent() {
                    fs::create_dir_all(folder).map_err(|source| write_error(folder, source))?;
                }
                let url = self.hub.url(self.source, &file.file);
                transfer::download(self.hub, url, &file.file, partial, progress)
                    .await
                    .map_err(|error| error.with_remedies(|| offline_remedies(self.manifest, self.locations)))?;
            }
            let inspection = read_files(self.manifest, &self.found(&partials))?;
            if inspection.problems.is_empty() {
                break inspection.dataset.questions.len();
            }
            for partial in &partials {
                transfer::discard(partial)?;
            }
            if !continued {
                let problems = ProblemList(inspection.problems);
                return Err(PullError::Wrong { name: self.manifest.name.clone(), problems });
            }
            continued = false;
        };
        for (partial, path) in partials.iter().zip(&paths) {
            fs::rename(partial, path).map_err(|source| write_error(path, source))?;
            transfer::discard(partial)?;
            sync_folder(path);
        }
        self.pulled(&paths, &vec![true; paths.len()], questions)
    }

    fn pulled(&self, paths: &[PathBuf], downloaded: &[bool], questions: usize) -> Result<Pulled, PullError> {
        let mut files = Vec::with_capacity(paths.len());
        for ((file, path), &downloaded) in self.source.files.iter().zip(paths).zip(downloaded) {
            let bytes = fs::read(path).map_err(|source| write_error(path, source))?;
            files.push(PulledFile {
                path: path.clone(),
                bytes: bytes.len() as u64,
                sha256: sha256_hex(&bytes),
                pinned: file.sha256.is_some(),
                downloaded,
            });
        }
        Ok(Pulled { files, questions })
    }
}

/// Makes the new name durable. Not every system can open a folder; then the name is as durable as it gets.
fn sync_folder(path: &Path) {
    if let Some(Ok(folder)) = path.parent().map(File::open) {
        let _ = folder.sync_all();
    }
}

#[cfg(test)]
mod tests;
