//! The forecast as a table.

use indicatif::{HumanCount, HumanDuration};
use std::time::Duration;

use crate::experiment::Plan;
use crate::forecast::{Expected, Forecast, sum};
use crate::report::{Cost, ruled_table};
use crate::results::Estimate;

/// What is there, what is missing, and what that will cost.
pub(super) fn render(plan: &Plan, forecasts: &[Forecast]) -> String {
    let total = sum(forecasts);
    let mut lines = vec![String::new(), spent(plan, &total)];
    if total.draws.missing + total.scores.missing == 0 {
        lines.push("Nothing is missing.".to_owned());
        return lines.join("\n");
    }
    let rows = forecasts.iter().map(|forecast| (format!("{} x {}", forecast.backbone, forecast.dataset), forecast));
    let rows = rows.chain((forecasts.len() > 1).then(|| ("all".to_owned(), &total)));
    let rows = rows.map(|(name, forecast)| (name, row(plan, forecast)));
    lines.push(ruled_table("missing", columns(plan).into_iter().map(str::to_owned), rows));
    lines.extend(notes(plan, forecasts));
    lines.join("\n")
}

fn spent(plan: &Plan, total: &Forecast) -> String {
    let draws = HumanCount(total.draws.there);
    let tokens = |count: f64| HumanCount(count.round() as u64);
    let mut text = format!(
        "there are       {draws} of these draws; spent so far: {} prompt, {} completion, {} verifier tokens",
        tokens(total.spent.prompt_tokens),
        tokens(total.spent.completion_tokens),
        tokens(total.spent.verifier_tokens),
    );
    if plan.has_prices() {
        text.push_str(&format!(", price {}", Cost::Price.show(total.spent.price)));
    }
    text
}

fn columns(plan: &Plan) -> Vec<&'static str> {
    let mut names = vec!["draws", "prompt tokens", "completion tokens"];
    if plan.verifier.name().is_some() {
        names.push("verifier tokens");
    }
    if plan.has_prices() {
        names.push("price");
    }
    names.push("time");
    names
}

fn row(plan: &Plan, forecast: &Forecast) -> Vec<String> {
    let unknown = || "?".to_owned();
    let tokens = |estimate: Estimate| interval(estimate, &|value| Cost::CompletionTokens.show(value));
    let of = |show: &dyn Fn(Expected) -> Option<String>| forecast.left.and_then(show).unwrap_or_else(unknown);
    let most = || format!("at most {}", Cost::CompletionTokens.show(forecast.most_completion_tokens as f64));
    let mut cells = vec![
        HumanCount(forecast.draws.missing).to_string(),
        of(&|left| Some(tokens(left.prompt_tokens))),
        forecast.left.map_or_else(most, |left| tokens(left.completion_tokens)),
    ];
    if plan.verifier.name().is_some() {
        cells.push(of(&|left| left.verifier_tokens.map(tokens)));
    }
    if plan.has_prices() {
        cells.push(of(&|left| Some(interval(left.price, &|value| Cost::Price.show(value)))));
    }
    cells.push(of(&|left| left.seconds.map(|seconds| interval(seconds, &duration))));
    cells
}

fn interval(estimate: Estimate, show: &dyn Fn(f64) -> String) -> String {
    let Estimate { point, low, high } = estimate;
    if point == 0.0 && high == 0.0 {
        return "0".to_owned();
    }
    format!("{} ({} to {})", show(point), show(low), show(high))
}

fn duration(seconds: f64) -> String {
    HumanDuration(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)).to_string()
}

fn notes(plan: &Plan, forecasts: &[Forecast]) -> Vec<String> {
    let mut notes = Vec::new();
    let told: Vec<usize> = forecasts.iter().filter(|f| f.left.is_some()).map(|f| f.questions).collect();
    match (told.iter().min(), told.iter().max()) {
        (Some(least), Some(most)) => {
            let questions = if least == most { least.to_string() } else { format!("{least} to {most}") };
            notes.push(format!(
                "Forecast from what the run holds, {questions} questions a row; in brackets 95 % intervals over questions."
            ));
        }
        _ => notes.push(
            "The run holds nothing to forecast from: these are upper bounds, every draw at its limit; `--pilot 20` draws a \
             little and tells."
                .to_owned(),
        ),
    }
    if !told.is_empty() && told.len() < forecasts.len() {
        notes.push("`at most`: nothing is there to tell from, every draw at its limit.".to_owned());
    }
    if forecasts.iter().any(|forecast| forecast.borrowed) {
        notes.push(
            "Some kinds of draws were never made and are priced as first answers; `--pilot 20` draws some.".to_owned(),
        );
    }
    if !told.is_empty() && plan.verifier.name().is_some() && forecasts.iter().any(unscored) {
        notes.push("Nothing is scored yet, so the verifier's tokens are not known and not in the price.".to_owned());
    }
    if let Some(concurrency) = forecasts.iter().filter_map(|forecast| forecast.concurrency).reduce(f64::max) {
        notes.push(format!(
            "Time at the concurrency that the stored draws were made with, {concurrency:.1} at most; a pilot is small, and a \
             whole run may have more in flight."
        ));
    } else if !told.is_empty() {
        notes.push("No time: the stored draws do not tell how long they took (a simulation's never do).".to_owned());
    }
    notes
}

fn unscored(forecast: &Forecast) -> bool {
    forecast.left.is_some_and(|left| left.verifier_tokens.is_none())
}
