//! What captions say about a run: its questions, its replicates, where it comes from.

use std::collections::BTreeSet;

use markovscale::DrawMode;

use super::context::ReportContext;
use super::draws;
use super::text::grouped;
use crate::results::Outcome;

/// The questions behind one dataset: a number, or a range where outcomes differ.
pub(super) fn questions(outcomes: &[&Outcome], dataset: &str) -> String {
    let counts: BTreeSet<u32> =
        outcomes.iter().filter(|outcome| outcome.dataset == dataset).map(|outcome| outcome.questions).collect();
    match (counts.first(), counts.last()) {
        (Some(low), Some(high)) if low == high => grouped(*low),
        (Some(low), Some(high)) => format!("{} to {}", grouped(*low), grouped(*high)),
        _ => "0".to_owned(),
    }
}

/// How many replicates are averaged, by kind of draw.
pub(super) fn replicates(outcomes: &[&Outcome]) -> String {
    let of = |mode: DrawMode| {
        let counts: BTreeSet<Option<u32>> =
            outcomes.iter().filter(|outcome| outcome.draws == mode).map(|outcome| outcome.replicates).collect();
        let words: Vec<String> =
            counts.iter().rev().map(|count| count.map_or("exact".to_owned(), |count| count.to_string())).collect();
        (!words.is_empty()).then(|| format!("{} {}", mode.name(), words.join(" or ")))
    };
    let kinds: Vec<String> = [DrawMode::Parallel, DrawMode::Sequential].into_iter().filter_map(of).collect();
    kinds.join("; ")
}

/// Seed, config and version in one line.
pub(super) fn provenance(context: &ReportContext) -> String {
    format!("seed {}, config {}, markovscale {}", context.seed, context.config_hash, context.version)
}

/// The caption of one backbone's table, as plain sentences.
pub(super) fn table(outcomes: &[&Outcome], datasets: &[String], context: &ReportContext) -> Vec<String> {
    let counts: Vec<String> =
        datasets.iter().map(|dataset| format!("{dataset} ({})", questions(outcomes, dataset))).collect();
    let mut sentences = vec![
        format!(
            "Accuracy in % ± half the width of its 95 % interval over questions (bootstrap, {} resamples; Wilson's where \
             all are 0 or 1), and mean {} per question.",
            grouped(context.resamples),
            context.cost.words(),
        ),
        "Budget: most answers per question.".to_owned(),
        "Bold marks the highest point estimate of a block's column (ties at the printed precision share it); it does \
         not mean significant."
            .to_owned(),
    ];
    if outcomes.iter().any(|outcome| outcome.upper_bound) {
        sentences.push("Upper bounds see the gold answers; they stand apart and are never ranked.".to_owned());
    }
    if outcomes.iter().any(|outcome| outcome.method == "oracle(parallel)") {
        sentences.push("The accuracy of oracle(parallel) at budget N is the unbiased pass@N.".to_owned());
    }
    sentences.push(format!("Questions: {}.", counts.join(", ")));
    sentences.extend(draws::sentences(outcomes, datasets));
    sentences.push(format!("Replicates per question: {}.", replicates(outcomes)));
    sentences.push(format!("Run {}; {}.", context.run, provenance(context)));
    sentences.extend(context.notes.iter().cloned());
    sentences
}
