//! `markovscale report`.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use serde_json::json;

use super::prepare::{find_run, load_plan};
use super::{CommandError, Global, Printer};
use crate::experiment::{Aggregate, Collecting, Plan};
use crate::replay::Replayed;
use crate::report::{Cost, ReportContext, terminal_table, warnings, write};
use crate::trace::RunFolder;

/// Arguments of `report`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Writes tables (Markdown, CSV, LaTeX) and figures (SVG, PNG) to REPORTS/NAME from the run's outcomes: among them
comparisons.md, every method against a reference at equal budget, and equal-tokens.md, where MarkovScale wins, ties and
loses against the other methods at equal tokens. Both have paired intervals.

Example:
  markovscale report quickstart")]
pub(super) struct Args {
    /// The run: its name, its folder, or its experiment's YAML file
    run: PathBuf,
    /// What tables and figures set against accuracy: `depth` is the longest chain of completion tokens that wait for each
    /// other
    #[arg(long, value_name = "COST", default_value = "completion_tokens", value_parser = PossibleValuesParser::new(Cost::NAMES))]
    cost: String,
}

/// Reports a replayed run.
pub(super) fn run(args: &Args, global: &Global, printer: &Printer) -> Result<(), CommandError> {
    let run = find_run(&args.run, global)?;
    if !run.outcomes().exists() {
        let run = run.path().display();
        return Err(CommandError::other(format!("{run} has no outcomes yet; `markovscale replay {run}` makes them")));
    }
    let replayed = Replayed::read(&run).map_err(CommandError::other)?;
    let plan = load_plan(&run.replayed(), &[])?;
    let cost = Cost::from_name(&args.cost).unwrap_or_default();
    if cost == Cost::Price && replayed.outcomes.iter().all(|outcome| outcome.price == 0.0) {
        return Err(CommandError::usage(format!(
            "nothing in {} has a price; give the backbones of its experiment a `price` and run `markovscale run` again: \
             nothing is drawn anew",
            run.path().display()
        )));
    }
    let written = report_run(&plan, &run, &replayed, cost, global, printer)?;
    if printer.is_json() {
        printer.json(&json!({"files": written}));
    }
    Ok(())
}

/// Writes the report, prints its table and says where everything is.
pub(super) fn report_run(
    plan: &Plan,
    run: &RunFolder,
    replayed: &Replayed,
    cost: Cost,
    global: &Global,
    printer: &Printer,
) -> Result<Vec<PathBuf>, CommandError> {
    for warning in warnings(&replayed.draws) {
        printer.note(&format!("warning: {warning}"));
    }
    let context = ReportContext { cost, ..context(plan) };
    let name = run.path().file_name().map_or_else(|| plan.name.clone().into(), ToOwned::to_owned);
    let written = write(replayed, &context, &global.reports_dir.join(name)).map_err(CommandError::other)?;
    if !printer.is_json() {
        printer.data(&terminal_table(&replayed.outcomes, &context, width()).map_err(CommandError::other)?);
        for path in &written {
            printer.note(&format!("wrote {}", path.display()));
        }
    }
    Ok(written)
}

/// What tables and figures say about the run they come from.
pub(super) fn context(plan: &Plan) -> ReportContext {
    ReportContext {
        run: plan.name.clone(),
        seed: plan.seed,
        config_hash: plan.hash(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        datasets: plan.datasets.iter().map(|d| d.name.clone()).collect(),
        backbones: plan.backbones.iter().map(|b| b.name.clone()).collect(),
        methods: plan.methods.iter().map(|m| plan.label(m)).collect(),
        budgets: plan.budgets.clone(),
        resamples: plan.replay.resamples,
        cost: Cost::default(),
        notes: imported(plan).into_iter().chain(aggregate(plan)).chain(live(plan)).collect(),
    }
}

/// Says when draws were not made by this program.
fn imported(plan: &Plan) -> Vec<String> {
    let names: Vec<&str> = plan.backbones.iter().filter(|b| b.imported()).map(|b| b.name.as_str()).collect();
    if names.is_empty() {
        return Vec::new();
    }
    vec![format!("Draws of {} were imported; import.json in the run says from where.", names.join(", "))]
}

/// Says when methods decided while draws were made.
fn live(plan: &Plan) -> Option<String> {
    (plan.collecting == Collecting::Live).then(|| {
        "Collected live: every method drew only what it decided to, in one order. Where a pool is averaged over many \
         orders, its intervals are narrower."
            .to_owned()
    })
}

/// Says how scores were made of step scores, where that was chosen for this replay.
fn aggregate(plan: &Plan) -> Option<String> {
    let (verifier, aggregate) = (plan.verifier.name()?, plan.aggregate?);
    let what = match aggregate {
        Aggregate::Mean => "the mean",
        Aggregate::Last => "the last",
        Aggregate::Min => "the smallest",
        Aggregate::Product => "the product",
    };
    Some(format!("Scores of {verifier} are {what} of its step scores, where it gave any."))
}

/// Columns of the terminal, or a readable width where there is none.
pub(super) fn width() -> usize {
    terminal_size::terminal_size().map_or(120, |(width, _)| usize::from(width.0).max(60))
}
