//! What every command may be given.

use std::path::PathBuf;

/// Options of every command.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Global {
    /// Write results as JSON to stdout and nothing but errors to stderr
    #[arg(long, global = true)]
    pub(super) json: bool,
    /// Folder of all runs
    #[arg(long, global = true, default_value = "runs", value_name = "DIR")]
    pub(super) runs_dir: PathBuf,
    /// Folder of all reports
    #[arg(long, global = true, default_value = "reports", value_name = "DIR")]
    pub(super) reports_dir: PathBuf,
}
