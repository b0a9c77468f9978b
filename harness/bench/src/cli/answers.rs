//! `answers compare | extract | audit`: how answers are found and graded, on a user's own file or on a run.

mod audit;
mod compare;
mod extract;
mod shared;

use clap::Subcommand;

use super::{CommandError, Global, Printer};

/// Arguments of `answers`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  markovscale answers compare pairs.csv")]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Grade pairs of answers: verdict, reason and rule of each row, and a summary
    Compare(compare::Args),
    /// Find the answer of each text and the rule that found it
    Extract(extract::Args),
    /// List the decisions that a run's accuracy rests on and that are most worth a look
    Audit(audit::Args),
}

/// Runs `answers`.
pub(super) fn run(args: &Args, global: &Global, printer: &Printer) -> Result<(), CommandError> {
    match &args.command {
        Command::Compare(args) => compare::run(args, printer),
        Command::Extract(args) => extract::run(args, printer),
        Command::Audit(args) => audit::run(args, global, printer),
    }
}
