//! `markovscale score`.

use serde_json::json;

use super::interrupt::Interrupt;
use super::prepare::{ExperimentArgs, finished, prepare};
use super::{CommandError, Global, Printer};

/// Arguments of `score`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  markovscale score configs/quickstart.yaml")]
pub(super) struct Args {
    #[command(flatten)]
    experiment: ExperimentArgs,
    /// When the run was made by an experiment that draws differently, move it aside and start anew
    #[arg(long)]
    force: bool,
}

/// Makes the scores that are missing.
pub(super) fn run(args: &Args, global: &Global, printer: &Printer) -> Result<(), CommandError> {
    let prepared = prepare(&args.experiment)?;
    let run = prepared.open_run(global, args.force, "score")?;
    let interrupt = Interrupt::listen(*printer)?;
    let summary = prepared.score(&run, interrupt.flag(), printer)?;
    let path = run.path().to_owned();
    run.finish().map_err(CommandError::other)?;
    if printer.is_json() {
        let (total, found, made) = (summary.total, summary.known, summary.finished);
        printer.json(&json!({"run": path, "scores": {"total": total, "found": found, "collected": made}}));
    } else {
        printer.note(&format!("run: {}", path.display()));
    }
    finished(&summary, "scores")
}
