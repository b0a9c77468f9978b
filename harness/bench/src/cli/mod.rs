//! The command line: one file per command.

pub mod dataset;
mod error;
mod printer;

pub use error::CommandError;
pub use printer::Printer;

use std::process::ExitCode;

/// Runs the command line and returns its exit code.
pub fn main() -> ExitCode {
    ExitCode::SUCCESS
}
