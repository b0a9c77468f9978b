//! What the commands of `dataset` share.

use crate::cli::CommandError;
use crate::dataset::DatasetError;

/// A number of things, as English writes it.
pub(super) fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// A dataset that cannot be had because of what was typed is a usage error.
pub(super) fn command_error(error: DatasetError) -> CommandError {
    match error {
        DatasetError::Unknown { .. } | DatasetError::Manifest { .. } | DatasetError::NoFolder { .. } => {
            CommandError::usage(error.to_string())
        }
        DatasetError::ReadManifest { .. }
        | DatasetError::Missing { .. }
        | DatasetError::Read { .. }
        | DatasetError::Malformed { .. } => CommandError::other(error),
    }
}
