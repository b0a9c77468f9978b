//! `markovscale plan`.

use indicatif::HumanCount;
use serde_json::json;

use super::prepare::{ExperimentArgs, prepare};
use super::{CommandError, Global, Printer};
use crate::experiment::schema::describe_methods;
use crate::experiment::{Collecting, Drawn};
use crate::key::Mode;

const EXAMPLE: &str = "Example:\n  markovscale plan configs/paper.yaml --dataset-dir ~/datasets";

/// Arguments of `plan`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = EXAMPLE,
    after_long_help = format!("Methods and their parameters:\n{}\n{EXAMPLE}", describe_methods())
)]
pub(super) struct Args {
    #[command(flatten)]
    experiment: ExperimentArgs,
}

/// Shows what a run would draw.
pub(super) fn run(args: &Args, global: &Global, printer: &Printer) -> Result<(), CommandError> {
    let prepared = prepare(&args.experiment, global)?;
    let plan = &prepared.plan;
    let questions: usize = prepared.datasets.iter().map(|d| d.questions.len()).sum();
    let per_question = plan.draws_per_question();
    let draws = per_question * questions as u64 * plan.backbones.len() as u64;
    let answers = plan.answers_per_question() * questions as u64 * plan.backbones.len() as u64;
    let scores = if plan.verifier.name().is_some() { answers } else { 0 };
    let most_tokens: u64 = plan
        .backbones
        .iter()
        .flat_map(|backbone| {
            prepared.datasets.iter().zip(&plan.datasets).map(move |(dataset, planned)| {
                let limit = u64::from(backbone.sampling_on(planned).max_tokens);
                limit * per_question * dataset.questions.len() as u64
            })
        })
        .sum();
    if printer.is_json() {
        let datasets: Vec<_> =
            prepared.datasets.iter().map(|d| json!({"name": d.name, "questions": d.questions.len()})).collect();
        printer.json(&json!({
            "name": plan.name,
            "configurations": plan.configurations(),
            "methods": plan.methods.iter().map(|m| m.label()).collect::<Vec<_>>(),
            "backbones": plan.backbones.iter().map(|b| json!({"name": b.name, "model": b.model()})).collect::<Vec<_>>(),
            "datasets": datasets,
            "live": plan.collecting == Collecting::Live,
            "draws_per_question": per_question,
            "draws": draws,
            "scores": scores,
            "most_completion_tokens": most_tokens,
        }));
        return Ok(());
    }
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
    let live = plan.collecting == Collecting::Live;
    let most = if live { "at most " } else { "" };
    let kinds: Vec<String> = plan.drawn().iter().map(in_words).collect();
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
    printer.data(&format!("tokens at most  {} completion tokens (every draw at its limit)", HumanCount(most_tokens)));
    Ok(())
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
