//! `outcomes.csv`: one row per backbone, dataset, method and budget, every column of an outcome.

use super::caption::backbone_label;
use super::context::ReportContext;
use super::error::ReportError;
use super::frame::place;
use super::sheet::csv_bytes;
use crate::replay::Outcome;

const HEADER: [&str; 26] = [
    "run",
    "config_hash",
    "backbone",
    "backbone_label",
    "simulated",
    "dataset",
    "method",
    "family",
    "draws",
    "upper_bound",
    "budget",
    "questions",
    "replicates",
    "accuracy",
    "accuracy_low",
    "accuracy_high",
    "answers",
    "completion_tokens",
    "prompt_tokens",
    "verifier_tokens",
    "depth_tokens",
    "all_tokens",
    "price",
    "cut_off",
    "filtered",
    "seed",
];

/// The file's bytes. Shares are in [0, 1], tokens and answers are means per question, `price` in the
/// currency of the config's prices; `replicates` is empty where the value is exact, shares where they were not counted. Numbers are written in full, so reading them back loses nothing.
pub(super) fn render(outcomes: &[Outcome], context: &ReportContext) -> Result<Vec<u8>, ReportError> {
    let rows = sorted(outcomes, context).into_iter().map(|outcome| {
        [
            context.run.clone(),
            context.config_hash.clone(),
            outcome.backbone.clone(),
            backbone_label(&outcome.backbone, outcome.simulated),
            outcome.simulated.to_string(),
            outcome.dataset.clone(),
            outcome.method.clone(),
            outcome.family.clone(),
            outcome.draws.name().to_owned(),
            outcome.upper_bound.to_string(),
            outcome.budget.to_string(),
            outcome.questions.to_string(),
            outcome.replicates.map_or(String::new(), |count| count.to_string()),
            outcome.accuracy.point.to_string(),
            outcome.accuracy.low.to_string(),
            outcome.accuracy.high.to_string(),
            outcome.answers.to_string(),
            outcome.completion_tokens.to_string(),
            outcome.prompt_tokens.to_string(),
            outcome.verifier_tokens.to_string(),
            outcome.depth_tokens.to_string(),
            outcome.all_tokens().to_string(),
            outcome.price.to_string(),
            share(outcome.cut_off),
            share(outcome.filtered),
            context.seed.to_string(),
        ]
    });
    csv_bytes(HEADER, rows)
}

/// Empty where it was not counted.
fn share(value: Option<f64>) -> String {
    value.map_or(String::new(), |share| share.to_string())
}

/// Outcomes in the context's order, so that the file does not depend on the order in which replay finished.
fn sorted<'a>(outcomes: &'a [Outcome], context: &ReportContext) -> Vec<&'a Outcome> {
    let backbone = place(&context.backbones, outcomes.iter().map(|outcome| outcome.backbone.as_str()));
    let dataset = place(&context.datasets, outcomes.iter().map(|outcome| outcome.dataset.as_str()));
    let method = place(&context.methods, outcomes.iter().map(|outcome| outcome.method.as_str()));
    let mut sorted: Vec<&Outcome> = outcomes.iter().collect();
    sorted.sort_by_key(|outcome| {
        (backbone(&outcome.backbone), dataset(&outcome.dataset), method(&outcome.method), outcome.budget)
    });
    sorted
}
