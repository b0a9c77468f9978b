//! Names and lengths of files that grow.

use std::fs;
use std::path::{Path, PathBuf};

use super::error::PullError;

pub(super) fn write_error(path: &Path, source: std::io::Error) -> PullError {
    PullError::Write { path: path.to_owned(), source }
}

pub(super) fn length(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |metadata| metadata.len())
}

pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
