//! Whole files or none: a reader never sees half a table.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::error::ReportError;

/// Writes `bytes` to `folder/name` by a temporary file in the same folder and a rename.
pub(super) fn write_atomically(folder: &Path, name: &str, bytes: &[u8]) -> Result<PathBuf, ReportError> {
    let path = folder.join(name);
    let failed = |source| ReportError::Io { path: path.clone(), source };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".report-");
    // The library's default hides the file from everyone else, which is wrong for a report; the umask still applies.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder).map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_data()).map_err(failed)?;
    file.persist(&path).map_err(|error| failed(error.error))?;
    Ok(path)
}
