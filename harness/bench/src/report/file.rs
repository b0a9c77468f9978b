//! Whole files or none: a reader never sees half a table.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::error::ReportError;
use crate::trace::{TraceError, write_atomically};

/// Writes `bytes` to `folder/name`, whole or not at all.
pub(super) fn write_file(folder: &Path, name: &str, bytes: &[u8]) -> Result<PathBuf, ReportError> {
    let path = folder.join(name);
    write_atomically(&path, |file| file.write_all(bytes).map_err(TraceError::io("write", &path)))?;
    Ok(path)
}
