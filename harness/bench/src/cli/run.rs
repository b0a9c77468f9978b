//! `markovscale run`: the whole path.

use serde_json::json;

use super::interrupt::Interrupt;
use super::prepare::{RunArgs, counts, finished, prepare};
use super::{CommandError, Global, Printer, replay, report};

/// Arguments of `run`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A run that was killed or interrupted goes on where it stopped: nothing finished is asked for again. Changed methods,
budgets or larger pools reuse the draws there are.

Example:
  markovscale run configs/quickstart.yaml --set pool.parallel=8 --set budgets=[1,2,4,8]")]
pub(super) struct Args {
    #[command(flatten)]
    run: RunArgs,
}

/// Collects, scores, replays and reports.
pub(super) fn run(args: &Args, global: &Global, printer: &Printer) -> Result<(), CommandError> {
    let prepared = prepare(&args.run.experiment, global)?;
    let run = prepared.open_run(global, args.run.force, "run")?;
    let interrupt = Interrupt::listen(*printer)?;
    let drawn = prepared.collect(&run, interrupt.flag(), printer)?;
    finished(&drawn, "draws")?;
    let scored = prepared.score(&run, interrupt.flag(), printer)?;
    finished(&scored, "scores")?;
    interrupt.collected();
    let outcomes = replay::replay_run(&prepared.plan, &run, printer)?;
    let written = report::report_run(&prepared.plan, &run, &outcomes, global, printer)?;
    let (path, traces) = (run.path().to_owned(), run.path().join("traces"));
    run.finish().map_err(CommandError::other)?;
    if printer.is_json() {
        printer.json(&json!({
            "run": path,
            "draws": counts(&drawn),
            "scores": counts(&scored),
            "outcomes": outcomes,
            "files": written,
        }));
    } else {
        printer.note(&format!("traces: {}", traces.display()));
    }
    Ok(())
}
