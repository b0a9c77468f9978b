//! `comparisons.md`: how every ranked method compares with the reference, per backbone and dataset.

use std::fmt::Write;

use super::caption::provenance;
use super::context::ReportContext;
use super::order::sorted;
use super::report_file::{Render, Report, ReportFile};
use super::text::{backbone_label, escape, grouped, p_value, percent, pipe_table, points, simulated_note, tokens};
use crate::results::{Comparison, Estimate, Reached};

pub(super) const FILE: ReportFile = ReportFile {
    name: "comparisons.md",
    about: "each method against a reference, with paired intervals",
    needs: |replayed| !replayed.comparisons.is_empty(),
    render: Render::Text(render),
};

/// The document.
fn render(report: &Report<'_>) -> String {
    let context = report.context;
    let rows = sorted(&report.replayed.comparisons, context);
    let note = simulated_note(rows.iter().map(|row| row.simulated));
    let mut text = format!("# Comparisons of run {}{note}\n\n", escape(&context.run));
    text.push_str(&preamble(context));
    for partition in rows.chunk_by(|one, other| (&one.backbone, &one.dataset) == (&other.backbone, &other.dataset)) {
        section(&mut text, partition);
    }
    text
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
         which the method never gets there count as infinitely expensive, and *never* is their share."
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
