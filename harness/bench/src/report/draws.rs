//! What tables say about the draws behind them: cut off, filtered, without an answer, counted by an estimate.

use super::cost::Cost;
use super::text::{backbone_label, escape, grouped, percent, pipe_table, tokens};
use crate::results::{DrawStatistics, Outcome};

/// Above this share of draws, accuracy says as much of the limit, or the filter, as of the model.
const TOO_MANY: f64 = 0.02;

/// A share of draws; one that is not nothing is never shown as nothing.
fn share(share: f64) -> String {
    if share > 0.0 && share < 0.0005 { "< 0.1 %".to_owned() } else { format!("{} %", percent(share)) }
}

/// The sentences under a table; none where this was not counted.
pub(super) fn sentences(outcomes: &[&Outcome], datasets: &[String]) -> Vec<String> {
    let shares: Vec<(&str, f64, f64)> = datasets
        .iter()
        .filter_map(|dataset| {
            let outcome = outcomes.iter().find(|outcome| outcome.dataset == *dataset)?;
            Some((dataset.as_str(), outcome.cut_off?, outcome.filtered?))
        })
        .collect();
    if shares.is_empty() {
        return Vec::new();
    }
    if shares.iter().all(|(_, cut_off, filtered)| *cut_off == 0.0 && *filtered == 0.0) {
        return vec!["No draw was cut off by the token limit or ended by a filter.".to_owned()];
    }
    let listed = |value: fn(&(&str, f64, f64)) -> f64| {
        let parts = shares.iter().map(|of| format!("{} {}", of.0, share(value(of))));
        parts.collect::<Vec<_>>().join(", ")
    };
    let mut sentences = vec![format!("Draws cut off by the token limit: {}.", listed(|of| of.1))];
    if shares.iter().any(|(_, _, filtered)| *filtered > 0.0) {
        sentences.push(format!("Draws ended by a filter: {}.", listed(|of| of.2)));
    }
    if shares.iter().any(|(_, cut_off, filtered)| cut_off.max(*filtered) > TOO_MANY) {
        sentences.push(format!(
            "Above {:.0} %, accuracy is as much the limit's doing as the model's: raise max_tokens, or say so.",
            TOO_MANY * 100.0
        ));
    }
    sentences
}

/// A warning for each backbone and dataset with too many draws that were cut off or filtered.
pub fn warnings(draws: &[DrawStatistics]) -> Vec<String> {
    let of = |row: &DrawStatistics| {
        let place = format!("{} on {}", backbone_label(&row.backbone, row.simulated), row.dataset);
        let cut_off = (row.cut_off_share() > TOO_MANY).then(|| {
            format!(
                "{place}: {} % of draws were cut off by the token limit; raise `max_tokens` of the backbone's sampling or \
                 of the dataset, in a new run",
                percent(row.cut_off_share())
            )
        });
        let filtered = (row.filtered_share() > TOO_MANY)
            .then(|| format!("{place}: {} % of draws were ended by a content filter", percent(row.filtered_share())));
        cut_off.into_iter().chain(filtered)
    };
    draws.iter().flat_map(of).collect()
}

/// A section with a row per backbone and dataset; empty where there is nothing to say.
pub(super) fn markdown(draws: &[DrawStatistics]) -> String {
    if draws.is_empty() {
        return String::new();
    }
    let priced = draws.iter().any(|row| row.price > 0.0);
    let mut header: Vec<String> =
        ["Backbone and dataset", "Draws", "Cut off", "Filtered", "No answer", "Estimated"].map(str::to_owned).to_vec();
    header.extend(["Prompt tokens", "Completion tokens", "Verifier tokens"].map(str::to_owned));
    if priced {
        header.push("Price".to_owned());
    }
    let mut rows = vec![header];
    rows.extend(draws.iter().map(|row| {
        let count = |count: u64| tokens(count as f64);
        let place = format!("{} on {}", backbone_label(&row.backbone, row.simulated), row.dataset);
        let mut cells = vec![
            escape(&place),
            grouped(row.draws),
            share(row.cut_off_share()),
            share(row.filtered_share()),
            share(row.missing_share()),
            share(row.estimated_share()),
            count(row.prompt_tokens),
            count(row.completion_tokens),
            count(row.verifier_tokens),
        ];
        if priced {
            cells.push(Cost::Price.show(row.price));
        }
        cells
    }));
    let about = "Every draw that was replayed, critiques and ratings included. *Cut off*: by the token limit. *Filtered*: \
                 by the server. *No answer*: of the draws that should give one. *Estimated*: the server did not tell the \
                 draw's own token count.";
    format!("\n## Draws\n\n{about}\n\n{}", pipe_table(&rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cut_off: u64, filtered: u64) -> DrawStatistics {
        let (backbone, dataset) = ("b".to_owned(), "d".to_owned());
        DrawStatistics { backbone, dataset, draws: 1000, cut_off, filtered, ..DrawStatistics::default() }
    }

    #[test]
    fn more_than_two_percent_warns() {
        assert!(warnings(&[row(20, 20)]).is_empty());
        let found = warnings(&[row(21, 0), row(0, 30)]);
        assert!(
            found[0].contains("b on d: 2.1 % of draws were cut off") && found[0].contains("max_tokens"),
            "{found:?}"
        );
        assert!(found[1].contains("3.0 % of draws were ended by a content filter"), "{found:?}");
        assert_eq!(found.len(), 2);
    }
}
