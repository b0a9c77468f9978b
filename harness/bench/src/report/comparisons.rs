//! `comparisons.md` and `comparisons.csv`: how every ranked method compares with the reference, per backbone and dataset.

use std::fmt::Write;

use super::caption::{backbone_label, grouped, percent, provenance, tokens};
use super::context::ReportContext;
use super::error::ReportError;
use super::frame::place;
use super::markdown::{escape, pipe_table};
use super::sheet::csv_bytes;
use crate::replay::{Comparison, Difference, Estimate, Reached};

/// The document.
pub(super) fn render(comparisons: &[Comparison], context: &ReportContext) -> String {
    let rows = sorted(comparisons, context);
    let note = simulated_note(rows.iter().map(|row| row.simulated));
    let mut text = format!("# Comparisons of run {}{note}\n\n", escape(&context.run));
    text.push_str(&preamble(context));
    for partition in rows.chunk_by(|one, other| (&one.backbone, &one.dataset) == (&other.backbone, &other.dataset)) {
        section(&mut text, partition);
    }
    text
}

/// What a title says where some rows, or all of them, are simulated.
pub(super) fn simulated_note(rows: impl Iterator<Item = bool> + Clone) -> &'static str {
    match rows.clone().filter(|simulated| *simulated).count() {
        0 => "",
        some if some < rows.count() => ", simulated backbones among them",
        _ => " (simulated)",
    }
}

fn preamble(context: &ReportContext) -> String {
    let resamples = grouped(context.resamples);
    let sentences = [
        "Every method is compared with the reference at the same budget and on the same questions. Upper bounds and what \
         was tuned on the test set take no part."
            .to_owned(),
        format!(
            "*Difference*: accuracy less the reference's, in percentage points, with its 95 % interval, paired by \
             question ({resamples} resamples). *p*: exact McNemar's test where every outcome is right or wrong, the \
             sign-flip test where outcomes are means over replicates; Holm-corrected over the section. *Differ*: \
             questions on which the two differ; where none does there is nothing to test."
        ),
        "*On frontier*: whether no other row of the section is as accurate for fewer completion tokens, or more accurate \
         for as many; and in what share of the resamples that holds."
            .to_owned(),
        "*Tokens ratio*: completion tokens until the method is as accurate as the reference at its best, over the \
         reference's; below 1 the method is cheaper. Between budgets a curve is a straight line, and it ends at the largest \
         budget. `≤`: the method's smallest budget already gets there; `≥`: the reference's does; `~`: both. Resamples in \
         which the method never gets there count as infinitely dear, and *never* is their share."
            .to_owned(),
        format!("Run {}; {}.", escape(&context.run), escape(&provenance(context))),
    ];
    sentences.join("\n\n") + "\n"
}

fn section(text: &mut String, rows: &[&Comparison]) {
    let Some(first) = rows.first() else { return };
    let backbone = escape(&backbone_label(&first.backbone, first.simulated));
    let (dataset, questions) = (escape(&first.dataset), grouped(first.questions));
    let _ = write!(text, "\n## {backbone} on {dataset} ({questions} questions)\n\n");
    let reference = escape(&first.reference);
    match rows.iter().find_map(|row| row.reached) {
        Some(reached) => {
            let (best, spent) = (percent(reached.target), tokens(reached.reference_tokens));
            let _ = write!(text, "Reference: {reference}, at best {best} % for {spent} tokens a question.\n\n");
            text.push_str(&pipe_table(&ratios(rows)));
            text.push('\n');
        }
        None => {
            let _ = write!(text, "Reference: {reference}.\n\n");
        }
    }
    text.push_str(&pipe_table(&differences(rows)));
}

/// One row per method.
fn ratios(rows: &[&Comparison]) -> Vec<Vec<String>> {
    let header = ["Method", "Tokens to get there", "Tokens ratio [95 %]", "Never, %"];
    let mut table = vec![header.map(str::to_owned).to_vec()];
    for row in rows.chunk_by(|one, other| one.method == other.method).filter_map(<[_]>::first) {
        let Some(reached) = &row.reached else { continue };
        let spent = reached.tokens.map_or("–".to_owned(), tokens);
        table.push(vec![escape(&row.method), spent, ratio(reached), percent(reached.never)]);
    }
    table
}

fn ratio(reached: &Reached) -> String {
    let Estimate { point, low, high } = reached.ratio;
    let bound = match (reached.tokens_at_most, reached.reference_at_most) {
        (true, true) => "~ ",
        (true, false) => "≤ ",
        (false, true) => "≥ ",
        (false, false) => "",
    };
    let number = |value: f64| if value.is_finite() { format!("{value:.2}") } else { "∞".to_owned() };
    let point = if point.is_finite() { format!("{bound}{}", number(point)) } else { "never".to_owned() };
    format!("{point} [{}, {}]", number(low), number(high))
}

/// One row per method and budget.
fn differences(rows: &[&Comparison]) -> Vec<Vec<String>> {
    let header = ["Method", "Budget", "Difference [95 %]", "p (Holm)", "Differ", "On frontier", "% of resamples"];
    let mut table = vec![header.map(str::to_owned).to_vec()];
    for row in rows {
        let [difference, p_value, differing] = row.difference.map_or_else(
            || ["reference", "–", "–"].map(str::to_owned),
            |difference| {
                let p_value = p_value(difference.p_holm, difference.differing);
                [points(difference.accuracy), p_value, grouped(difference.differing)]
            },
        );
        let on_frontier = if row.on_frontier { "yes" } else { "no" };
        let frequency = format!("{:.0}", row.frontier_frequency * 100.0);
        let (method, budget) = (escape(&row.method), row.budget.to_string());
        table.push(vec![method, budget, difference, p_value, differing, on_frontier.to_owned(), frequency]);
    }
    table
}

/// A difference in percentage points, with its interval.
pub(super) fn points(Estimate { point, low, high }: Estimate) -> String {
    let signed = |share: f64| {
        let text = format!("{:+.1}", share * 100.0);
        // A zero has no sign, whatever it was rounded from.
        if matches!(text.as_str(), "+0.0" | "-0.0") { "0.0".to_owned() } else { text }
    };
    format!("{} [{}, {}]", signed(point), signed(low), signed(high))
}

/// A corrected p-value; none where no question differs.
pub(super) fn p_value(p_holm: f64, differing: u32) -> String {
    match p_holm {
        _ if differing == 0 => "–".to_owned(),
        p if p < 0.001 => "< 0.001".to_owned(),
        p => format!("{p:.3}"),
    }
}

/// The file's bytes: a row per comparison, shares in [0, 1], numbers in full, `inf` for what is never reached; empty
/// where there is nothing to compare.
pub(super) fn render_csv(comparisons: &[Comparison], context: &ReportContext) -> Result<Vec<u8>, ReportError> {
    let rows = sorted(comparisons, context).into_iter().map(|row| {
        let difference = |value: fn(&Difference) -> String| row.difference.as_ref().map_or(String::new(), value);
        let reached = |value: fn(&Reached) -> String| row.reached.as_ref().map_or(String::new(), value);
        [
            context.run.clone(),
            context.config_hash.clone(),
            row.backbone.clone(),
            backbone_label(&row.backbone, row.simulated),
            row.simulated.to_string(),
            row.dataset.clone(),
            row.method.clone(),
            row.budget.to_string(),
            row.reference.clone(),
            row.questions.to_string(),
            difference(|d| d.accuracy.point.to_string()),
            difference(|d| d.accuracy.low.to_string()),
            difference(|d| d.accuracy.high.to_string()),
            difference(|d| d.p_value.to_string()),
            difference(|d| d.p_holm.to_string()),
            difference(|d| d.differing.to_string()),
            reached(|r| r.target.to_string()),
            reached(|r| r.tokens.map_or(String::new(), |tokens| tokens.to_string())),
            reached(|r| r.tokens_at_most.to_string()),
            reached(|r| r.reference_tokens.to_string()),
            reached(|r| r.reference_at_most.to_string()),
            reached(|r| r.ratio.point.to_string()),
            reached(|r| r.ratio.low.to_string()),
            reached(|r| r.ratio.high.to_string()),
            reached(|r| r.never.to_string()),
            row.on_frontier.to_string(),
            row.frontier_frequency.to_string(),
            context.seed.to_string(),
        ]
    });
    csv_bytes(HEADER, rows)
}

const HEADER: [&str; 28] = [
    "run",
    "config_hash",
    "backbone",
    "backbone_label",
    "simulated",
    "dataset",
    "method",
    "budget",
    "reference",
    "questions",
    "difference",
    "difference_low",
    "difference_high",
    "p_value",
    "p_holm",
    "differing",
    "target",
    "tokens",
    "tokens_at_most",
    "reference_tokens",
    "reference_at_most",
    "ratio",
    "ratio_low",
    "ratio_high",
    "never",
    "on_frontier",
    "frontier_frequency",
    "seed",
];

/// Comparisons in the context's order, whatever the order in which replay finished.
fn sorted<'a>(comparisons: &'a [Comparison], context: &ReportContext) -> Vec<&'a Comparison> {
    let backbone = place(&context.backbones, comparisons.iter().map(|row| row.backbone.as_str()));
    let dataset = place(&context.datasets, comparisons.iter().map(|row| row.dataset.as_str()));
    let method = place(&context.methods, comparisons.iter().map(|row| row.method.as_str()));
    let mut sorted: Vec<&Comparison> = comparisons.iter().collect();
    sorted.sort_by_key(|row| (backbone(&row.backbone), dataset(&row.dataset), method(&row.method), row.budget));
    sorted
}
