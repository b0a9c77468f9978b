//! `markovscale collect`.

use super::prepare::{Prepared, RunArgs, pass};
use super::{CommandError, Global, Printer};

/// Arguments of `collect`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  markovscale collect configs/paper.yaml --dataset-dir ~/datasets")]
pub(super) struct Args {
    #[command(flatten)]
    run: RunArgs,
}

/// Makes the draws that are missing.
pub(super) fn run(args: &Args, global: &Global, printer: &Printer) -> Result<(), CommandError> {
    pass(&args.run, global, printer, ("collect", "draws"), Prepared::collect)
}
