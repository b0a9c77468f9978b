//! `markovscale plan`.

use indicatif::HumanCount;
use serde_json::json;

use super::prepare::{ExperimentArgs, prepare};
use super::{CommandError, Printer};
use crate::experiment::schema::describe_methods;

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
pub(super) fn run(args: &Args, printer: &Printer) -> Result<(), CommandError> {
    let prepared = prepare(&args.experiment)?;
    let plan = &prepared.plan;
    let questions: usize = prepared.datasets.iter().map(|d| d.questions.len()).sum();
    let per_question = plan.draws_per_question();
    let draws = per_question * questions as u64 * plan.backbones.len() as u64;
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
            "draws_per_question": per_question,
            "draws": draws,
            "scores": if plan.verifier.name().is_some() { draws } else { 0 },
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
    let pool = plan.drawn_pool();
    printer.data(&format!(
        "pool            {} parallel draws + {} chains of {} rounds = {per_question} draws a question",
        pool.parallel, pool.chains, pool.rounds
    ));
    printer.data(&format!("grid            {} backbone x method configurations", plan.configurations()));
    printer.data(&format!("draws           {}", HumanCount(draws)));
    if plan.verifier.name().is_some() {
        printer.data(&format!("scores          {}", HumanCount(draws)));
    }
    printer.data(&format!("tokens at most  {} completion tokens (every draw at its limit)", HumanCount(most_tokens)));
    Ok(())
}
