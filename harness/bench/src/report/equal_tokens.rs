//! `equal-tokens.md`: where MarkovScale wins, ties and loses against the other methods when both
//! spend as many tokens.

use std::fmt::Write;

use markovscale::statistics::Verdict;

use super::caption::provenance;
use super::context::ReportContext;
use super::order::{ordered, sorted};
use super::report_file::{Render, Report, ReportFile};
use super::text::{backbone_label, escape, grouped, p_value, pipe_table, points, simulated_note, tokens};
use crate::results::{AtEqualTokens, EqualTokens, TokenAxis};

pub(super) const FILE: ReportFile = ReportFile {
    name: "equal-tokens.md",
    about: "MarkovScale against the other methods where both spend as many tokens",
    needs: |replayed| !replayed.equal_tokens.is_empty(),
    render: Render::Text(render),
};

/// What a corrected p-value must stay below to be counted.
const LEVEL: f64 = 0.05;

/// The document, for the tokens that the context's cost counts.
fn render(report: &Report<'_>) -> String {
    let context = report.context;
    let axis = context.cost.tokens();
    let rows = sorted(&report.replayed.equal_tokens, context);
    let rows: Vec<&EqualTokens> = rows.into_iter().filter(|row| row.tokens == axis).collect();
    let note = simulated_note(rows.iter().map(|row| row.simulated));
    let mut text = format!("# MarkovScale at equal tokens: run {}{note}\n\n", escape(&context.run));
    text.push_str(&preamble(context));
    for backbone in rows.chunk_by(|one, other| one.backbone == other.backbone) {
        section(&mut text, backbone);
    }
    text
}

fn preamble(context: &ReportContext) -> String {
    let resamples = grouped(context.resamples);
    let kind = match context.cost.tokens() {
        TokenAxis::Completion => "completion tokens",
        TokenAxis::All => "prompt, completion and verifier tokens",
    };
    let sentences = [
        format!(
            "Each MarkovScale configuration against each other method where both spend as many {kind} a question, on the \
             same questions. Upper bounds and what was tuned on the test set take no part."
        ),
        "A method's curve has one point per budget, as configured: mean tokens and mean accuracy. Between two points lies \
         the straight line, which answering a random share of the questions with the dearer budget attains; no point is \
         left out for being worse, and nothing is read beyond the ends."
            .to_owned(),
        format!(
            "*Difference*: MarkovScale's accuracy less the other's in percentage points, mean over the tokens that both \
             curves have (*common tokens*, uniform in their logarithm), with its 95 % interval, paired over questions \
             ({resamples} resamples, tokens and accuracies of both methods together). *win*: all of the interval is above \
             0; *loss*: all of it is below; *tie*: it holds 0. These words are not corrected for the number of pairs; *p* \
             is: sign-flip test of the difference, Holm-corrected over the table. *At most tokens*: the difference at the \
             upper end of the common tokens. *No common tokens*: the curves share no cost, or share none in over 2.5 % of \
             the resamples."
        ),
        "In a mean over datasets each dataset counts alike, and questions are resampled within their dataset; *(1 of 2)* \
         says that the two have tokens in common on one dataset of two, and that the mean is over that one."
            .to_owned(),
        format!("Run {}; {}.", escape(&context.run), escape(&provenance(context))),
    ];
    sentences.join("\n\n") + "\n"
}

/// One backbone: the mean over datasets, the count, and every dataset.
fn section(text: &mut String, rows: &[&EqualTokens]) {
    let Some(first) = rows.first() else { return };
    let backbone = escape(&backbone_label(&first.backbone, first.simulated));
    let (means, single): (Vec<&EqualTokens>, Vec<&EqualTokens>) = rows.iter().partition(|row| row.dataset.is_none());
    let datasets: Vec<&[&EqualTokens]> = single.chunk_by(|one, other| one.dataset == other.dataset).collect();
    let _ = write!(text, "\n## {backbone}\n\n{}\n\n", count(&single, datasets.len()));
    match datasets.len() {
        1 => text.push_str(&matrix(&single, |row| cell(row, 1))),
        number => {
            let _ = write!(text, "Difference [95 %], mean over {number} datasets (unweighted):\n\n");
            text.push_str(&matrix(&means, |row| cell(row, number)));
            text.push_str("\nDatasets won / tied / lost:\n\n");
            text.push_str(&matrix(&means, |row| {
                let pair = single.iter().filter(|one| (&one.method, &one.baseline) == (&row.method, &row.baseline));
                let [won, tied, lost] = verdicts(pair.filter_map(|row| row.common.as_ref()));
                format!("{won} / {tied} / {lost}")
            }));
        }
    }
    for rows in datasets {
        let Some(first) = rows.first() else { continue };
        let (dataset, questions) = (escape(first.dataset.as_deref().unwrap_or_default()), grouped(first.questions));
        let _ = write!(text, "\n### {backbone} on {dataset} ({questions} questions)\n\n");
        text.push_str(&pipe_table(&details(rows)));
    }
}

/// How many comparisons are won, tied and lost.
fn verdicts<'a>(rows: impl Iterator<Item = &'a AtEqualTokens>) -> [usize; 3] {
    let mut counts = [0; 3];
    for row in rows {
        counts[match row.verdict() {
            Verdict::Win => 0,
            Verdict::Tie => 1,
            Verdict::Loss => 2,
        }] += 1;
    }
    counts
}

/// What became of all pairs on all datasets, in a line.
fn count(rows: &[&EqualTokens], datasets: usize) -> String {
    let common: Vec<&AtEqualTokens> = rows.iter().filter_map(|row| row.common.as_ref()).collect();
    let [won, tied, lost] = verdicts(common.iter().copied());
    let [sure, _, unsure] = verdicts(common.iter().copied().filter(|row| row.p_holm < LEVEL));
    let pairs = rows.len() / datasets.max(1);
    let apart = match rows.len() - common.len() {
        0 => String::new(),
        apart => format!(", {apart} without common tokens"),
    };
    let plural = |count: usize, one: &str| if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") };
    let (pairs, datasets) = (plural(pairs, "pair"), plural(datasets, "dataset"));
    format!(
        "{pairs} on {datasets}: {won} won, {tied} tied, {lost} lost{apart}; with p (Holm) below {LEVEL}, {sure} won and \
         {unsure} lost."
    )
}

/// A row per method, a column per baseline.
fn matrix(rows: &[&EqualTokens], cell: impl Fn(&EqualTokens) -> String) -> String {
    let baselines = ordered(&[], rows.iter().map(|row| row.baseline.as_str()));
    let header = std::iter::once("Method".to_owned()).chain(baselines.iter().map(|baseline| escape(baseline)));
    let mut table = vec![header.collect::<Vec<String>>()];
    for own in rows.chunk_by(|one, other| one.method == other.method) {
        let Some(first) = own.first() else { continue };
        let cells = baselines
            .iter()
            .map(|baseline| own.iter().find(|row| row.baseline == *baseline).map_or("–".to_owned(), |row| cell(row)));
        table.push(std::iter::once(escape(&first.method)).chain(cells).collect());
    }
    pipe_table(&table)
}

/// A difference and what it is; over how many of the datasets, where not over all.
fn cell(row: &EqualTokens, datasets: usize) -> String {
    let Some(common) = &row.common else { return "no common tokens".to_owned() };
    let averaged = row.datasets as usize;
    let over = if averaged < datasets { format!(" ({averaged} of {datasets})") } else { String::new() };
    format!("{} {}{over}", points(common.difference), common.verdict().name())
}

/// One row per pair.
fn details(rows: &[&EqualTokens]) -> Vec<Vec<String>> {
    let header =
        ["Method", "Other", "Common tokens", "Difference [95 %]", "At most tokens [95 %]", "p (Holm)", "Result"];
    let mut table = vec![header.map(str::to_owned).to_vec()];
    for row in rows {
        let names = [escape(&row.method), escape(&row.baseline)];
        let found = match (&row.common, row.method_tokens, row.baseline_tokens) {
            (Some(common), ..) => [
                common.tokens.map_or("–".to_owned(), range),
                points(common.difference),
                points(common.dearest),
                p_value(common.p_holm, common.differing),
                common.verdict().name().to_owned(),
            ],
            (None, Some(method), Some(baseline)) => {
                let touch = method[0].max(baseline[0]) <= method[1].min(baseline[1]);
                let word = if touch { "hardly any" } else { "none" };
                let ranges = format!("{word}: {} against {}", range(method), range(baseline));
                [ranges.as_str(), "–", "–", "–", "no common tokens"].map(str::to_owned)
            }
            (None, ..) => ["none counted", "–", "–", "–", "no common tokens"].map(str::to_owned),
        };
        table.push(names.into_iter().chain(found).collect());
    }
    table
}

/// Token counts from the fewest to the most.
fn range([low, high]: [f64; 2]) -> String {
    let (low, high) = (tokens(low), tokens(high));
    if low == high { low } else { format!("{low} to {high}") }
}
