//! `markovscale plan`.

mod pilot;
mod show;

use indicatif::HumanCount;
use serde_json::json;

use super::prepare::{ExperimentArgs, Prepared, prepare};
use super::{CommandError, Global, Printer};
use crate::experiment::schema::describe_methods;
use crate::experiment::{BackbonePlan, Collecting, Drawn};
use crate::forecast::{Forecast, forecast, sum};
use crate::key::Mode;
use crate::trace::RunFolder;

const EXAMPLE: &str = "\
Without a pilot, the forecast comes from what the run holds already; a run that holds nothing has only an upper bound. A
pilot draws 2 parallel draws and the first 2 rounds of 1 chain of each kind that the experiment asks for, scores them, and
stores them in the run: `markovscale run` with the same config continues from there.

Example:
  markovscale plan configs/paper.yaml --dataset-dir ~/datasets --pilot 20";

/// Arguments of `plan`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = EXAMPLE,
    after_long_help = format!("Methods and their parameters:\n{}\n{EXAMPLE}", describe_methods())
)]
pub(super) struct Args {
    #[command(flatten)]
    experiment: ExperimentArgs,
    /// Draw a little of this many questions of each dataset first, and forecast from it; the draws are kept and count
    #[arg(long, value_name = "QUESTIONS", value_parser = clap::value_parser!(u32).range(1..))]
    pilot: Option<u32>,
}

/// Shows what a run would draw and cost.
pub(super) fn run(args: &Args, global: &Global, printer: &Printer) -> Result<(), CommandError> {
    let prepared = prepare(&args.experiment, global)?;
    let unfinished = match args.pilot {
        Some(questions) => pilot::run(&prepared, questions, global, printer)?,
        None => None,
    };
    let path = global.runs_dir.join(&prepared.plan.name);
    let exists = path.join("environment.json").exists();
    let run = exists.then(|| RunFolder::open_for_reading(&path)).transpose().map_err(CommandError::other)?;
    let run = run.filter(|run| prepared.draws_agree(run));
    let forecasts = forecast(&prepared.plan, &prepared.datasets, run.as_ref().map(RunFolder::path));
    let forecasts = forecasts.map_err(CommandError::other)?;
    if printer.is_json() {
        printer.json(&document(&prepared, &forecasts));
    } else {
        experiment(&prepared, printer);
        printer.data(&show::render(&prepared.plan, &forecasts));
    }
    unfinished.map_or(Ok(()), |unfinished| Err(CommandError::Partly(unfinished)))
}

/// Rows of the whole grid: draws a question, draws, scores.
fn grid(prepared: &Prepared) -> (u64, u64, u64) {
    let plan = &prepared.plan;
    let questions: usize = prepared.datasets.iter().map(|d| d.questions.len()).sum();
    let partitions = questions as u64 * plan.backbones.len() as u64;
    let scores = if plan.verifier.name().is_some() { plan.answers_per_question() * partitions } else { 0 };
    (plan.draws_per_question(), plan.draws_per_question() * partitions, scores)
}

/// Completion tokens of the whole grid with every draw at its limit.
fn most_tokens(prepared: &Prepared) -> u64 {
    let plan = &prepared.plan;
    let of = |backbone: &BackbonePlan| -> u64 {
        let datasets = prepared.datasets.iter().zip(&plan.datasets);
        let limits = datasets.map(|(dataset, planned)| {
            u64::from(backbone.sampling_on(planned).max_tokens) * dataset.questions.len() as u64
        });
        limits.sum::<u64>() * plan.draws_per_question()
    };
    plan.backbones.iter().map(of).sum()
}

fn document(prepared: &Prepared, forecasts: &[Forecast]) -> serde_json::Value {
    let plan = &prepared.plan;
    let (per_question, draws, scores) = grid(prepared);
    let datasets: Vec<_> =
        prepared.datasets.iter().map(|d| json!({"name": d.name, "questions": d.questions.len()})).collect();
    json!({
        "name": plan.name,
        "configurations": plan.configurations(),
        "methods": plan.methods.iter().map(|m| m.label()).collect::<Vec<_>>(),
        "backbones": plan.backbones.iter().map(|b| json!({"name": b.name, "model": b.model()})).collect::<Vec<_>>(),
        "datasets": datasets,
        "live": plan.collecting == Collecting::Live,
        "draws_per_question": per_question,
        "draws": draws,
        "scores": scores,
        "most_completion_tokens": most_tokens(prepared),
        "forecast": forecasts,
        "total": sum(forecasts),
    })
}

fn experiment(prepared: &Prepared, printer: &Printer) {
    let plan = &prepared.plan;
    let (per_question, draws, scores) = grid(prepared);
    printer.data(&format!("experiment      {}", plan.name));
    for backbone in &plan.backbones {
        printer.data(&format!("backbone        {} ({})", backbone.name, backbone.model()));
    }
    for dataset in &prepared.datasets {
        printer.data(&format!("dataset         {} ({} questions)", dataset.name, dataset.questions.len()));
    }
    for method in &plan.methods {
        printer.data(&format!("method          {}", method.label()));
    }
    let kinds: Vec<String> = plan.drawn().iter().map(in_words).collect();
    let live = plan.collecting == Collecting::Live;
    let most = if live { "at most " } else { "" };
    printer.data(&format!("pool            {most}{} = {most}{per_question} draws a question", kinds.join(" + ")));
    if live {
        printer
            .data("live            each method draws only what it decides to; how much that is shows while it draws");
    }
    printer.data(&format!("grid            {} backbone x method configurations", plan.configurations()));
    printer.data(&format!("draws           {most}{}", HumanCount(draws)));
    if plan.verifier.name().is_some() {
        printer.data(&format!("scores          {most}{}", HumanCount(scores)));
    }
    let most = HumanCount(most_tokens(prepared));
    printer.data(&format!("tokens at most  {most} completion tokens (every draw at its limit)"));
}

/// The draws of one kind, in words.
fn in_words(drawn: &Drawn) -> String {
    let Drawn { mode, chains, rows } = *drawn;
    match mode {
        Mode::Parallel => format!("{chains} parallel draws"),
        Mode::Sequential => format!("{chains} chains of {rows} rounds"),
        Mode::Refine => {
            let answers = rows.div_ceil(2);
            format!("{chains} chains of {answers} answers and {} critiques", rows - answers)
        }
        Mode::Forced => format!("{chains} texts made to go on {} times", rows - 1),
        Mode::Judge => "1 difficulty rating".to_owned(),
    }
}
