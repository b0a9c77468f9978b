//! `markovscale run`: the whole path.

use serde_json::json;

use super::prepare::{RunArgs, counts, prepare};
use super::unfinished::ready_to_replay;
use super::{CommandError, Global, Printer, replay, report};
use crate::report::Cost;

/// Arguments of `run`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A run that was killed or interrupted continues where it stopped: nothing finished is asked for again. Changed methods,
budgets or larger pools reuse the draws there are. Draws that failed do not stop the others; they are listed at the
end (exit code 3), and the same command tries them again. A run that spent its budget continues when it is raised.

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
    let interrupt = prepared.listen(&run, printer)?;
    let drawn = prepared.collect(&run, interrupt.flag(), printer)?;
    // What was drawn is scored even where other draws failed: that much less is left to do.
    let scored = match drawn.stopped() {
        true => None,
        false => Some(prepared.score(&run, interrupt.flag(), printer)?),
    };
    if let Err(unfinished) = ready_to_replay(&drawn, scored.as_ref()) {
        let path = run.path().to_owned();
        run.finish().map_err(CommandError::other)?;
        if printer.is_json() {
            let scores = scored.as_ref().map(counts);
            printer.json(&json!({"run": path, "draws": counts(&drawn), "scores": scores}));
        }
        return Err(unfinished);
    }
    interrupt.collected();
    let replayed = replay::replay_run(&prepared.plan, &run, printer)?;
    let written = report::report_run(&prepared.plan, &run, &replayed, Cost::default(), global, printer)?;
    let (path, traces) = (run.path().to_owned(), run.path().join("traces"));
    run.finish().map_err(CommandError::other)?;
    if printer.is_json() {
        printer.json(&json!({
            "run": path,
            "draws": counts(&drawn),
            "scores": scored.as_ref().map(counts),
            "outcomes": replayed.outcomes,
            "files": written,
        }));
    } else {
        printer.note(&format!("traces: {}", traces.display()));
    }
    Ok(())
}
