//! `markovscale score`.

use super::prepare::{Prepared, RunArgs, pass};
use super::{CommandError, Global, Printer};

/// Arguments of `score`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  markovscale score configs/quickstart.yaml")]
pub(super) struct Args {
    #[command(flatten)]
    run: RunArgs,
}

/// Makes the scores that are missing.
pub(super) fn run(args: &Args, global: &Global, printer: &Printer) -> Result<(), CommandError> {
    pass(&args.run, global, printer, ("score", "scores"), Prepared::score)
}
