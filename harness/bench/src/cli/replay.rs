//! `markovscale replay`.

use std::path::PathBuf;
use std::time::Instant;

use super::prepare::{find_run, load_plan};
use super::{CommandError, Global, Printer};
use crate::experiment::Plan;
use crate::replay::{Replayed, replay};
use crate::report::terminal_table;
use crate::trace::RunFolder;

/// Arguments of `replay`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Replays the stored draws; no model is asked. Use --set to try other methods or budgets on the same draws.

Example:
  markovscale replay quickstart --set 'methods=[self_consistency, {markovscale: {epsilon: [0.01, 0.05]}}]'")]
pub(super) struct Args {
    /// The run: its name, its folder, or its experiment's YAML file
    run: PathBuf,
    /// Override a field of the run's experiment; may be repeated
    #[arg(long = "set", value_name = "PATH=VALUE")]
    overrides: Vec<String>,
}

/// Replays a run and stores its outcomes.
pub(super) fn run(args: &Args, global: &Global, printer: &Printer) -> Result<(), CommandError> {
    let run = find_run(&args.run, global)?;
    let plan = load_plan(&run.experiment(), &args.overrides)?;
    let Replayed { outcomes, .. } = replay_run(&plan, &run, printer)?;
    if printer.is_json() {
        printer.json(&outcomes);
    } else {
        let context = super::report::context(&plan);
        let table = terminal_table(&outcomes, &context, super::report::width()).map_err(CommandError::other)?;
        printer.data(&table);
        printer.note(&format!("outcomes: {}", run.outcomes().display()));
        printer.note(&format!("comparisons: {}", run.comparisons().display()));
        printer.note(&format!("comparisons at equal tokens: {}", run.equal_tokens().display()));
    }
    Ok(())
}

/// Replays and stores, saying how far it is.
pub(super) fn replay_run(plan: &Plan, run: &RunFolder, printer: &Printer) -> Result<Replayed, CommandError> {
    let started = Instant::now();
    let partitions = plan.backbones.len() * plan.datasets.len();
    let bar = printer.bar("replay", partitions as u64, "partitions");
    let mut first = true;
    let replayed = replay(plan, run, |_, _| {
        if !std::mem::take(&mut first) {
            bar.inc(1);
        }
    });
    bar.finish_and_clear();
    let replayed = replayed.map_err(CommandError::other)?;
    replayed.write(run, &plan.to_yaml()).map_err(CommandError::other)?;
    printer.note(&format!(
        "replayed {} configurations on {} datasets at {} budgets ({:.1} s)",
        plan.configurations(),
        plan.datasets.len(),
        plan.budgets.len(),
        started.elapsed().as_secs_f64()
    ));
    Ok(replayed)
}
