//! `fit.md`: the fit in words and tables that a reader can act on.

use std::fmt::Write;

use markovscale::Interval;
use markovscale::assumptions::{Assumption, AssumptionTest};
use markovscale::rates::{Effect, PooledRates, Rate};

use super::{PartitionFit, RunFit};
use crate::report::{percent as share, pipe_table};

/// Corrected p-values up to this reject.
const LEVEL: f64 = 0.05;
/// Rounds of the prediction that a table shows.
const SHOWN_ROUNDS: usize = 6;

/// The whole document.
pub fn render(fit: &RunFit) -> String {
    let mut text = format!("# What re-answering does in run {}\n\n", fit.run);
    let settings = fit.settings;
    let _ = writeln!(
        text,
        "Brackets are 95 % intervals (bootstrap over questions, {} resamples); tests rest on {} permutations. Help and \
         harm mean a change of a question's accuracy by more than {:.0} points. `p_0` is the accuracy of the first \
         answer, `a` the chance to lose a right answer when re-answering, `b` the chance to mend a wrong one, \
         `pi = b / (a + b)` the accuracy that re-answering for ever leads to, `lambda = 1 - a - b` what one \
         round keeps.",
        settings.resamples,
        settings.permutations,
        100.0 * settings.margin
    );
    if let Some(aggregate) = fit.aggregate {
        let _ = writeln!(text, "\nScores are made of step scores where there are any: `{aggregate}`.");
    }
    for missing in &fit.without_chains {
        let _ = writeln!(text, "\nWithout chains, so left out: {missing}.");
    }
    for partition in &fit.partitions {
        section(&mut text, partition);
    }
    text
}

/// The conclusions alone.
pub(crate) fn summary(fit: &RunFit) -> String {
    let mut text = String::new();
    for partition in &fit.partitions {
        let _ = writeln!(text, "{}\n{}", title(partition), headline(partition));
        for sentence in verdicts(partition) {
            let _ = writeln!(text, "  - {sentence}");
        }
        text.push('\n');
    }
    text.trim_end().to_owned()
}

fn title(partition: &PartitionFit) -> String {
    let simulated = if partition.simulated { " (simulated)" } else { "" };
    format!("{}{simulated} on {}", partition.backbone, partition.dataset)
}

fn section(text: &mut String, partition: &PartitionFit) {
    let _ = writeln!(text, "\n## {}\n\n{}\n", title(partition), headline(partition));
    for sentence in verdicts(partition) {
        let _ = writeln!(text, "- {sentence}");
    }
    bounds(text, partition);
    rates(text, partition);
    questions(text, partition);
    prediction(text, partition);
    tests(text, partition);
    models(text, partition);
    calibration(text, partition);
}

fn headline(partition: &PartitionFit) -> String {
    let bounds = &partition.bounds;
    let mut text = format!(
        "Re-answering helps on {} of questions, harms {} and leaves {} within {:.0} points. Done everywhere it changes \
         accuracy by {}; knowing where to do it is worth {} more.",
        percent(bounds.helped),
        percent(bounds.harmed),
        percent(bounds.unchanged),
        100.0 * bounds.margin,
        points(bounds.gain),
        points_without_sign(bounds.gating_gap)
    );
    if !bounds.spread_identified {
        text.push_str(
            " There is one chain a question, so nothing tells how much first answers vary between questions that \
             settle at the same accuracy: it is taken as not at all, and help, harm and the gating gap rest on that. \
             Two chains a question would tell.",
        );
    }
    text.push_str(
        " The shares count small differences and can be tens of points off where most questions settle near their first \
         accuracy, and a gating gap below about 3 points may be none (docs/fit.md).",
    );
    if partition.questions_without_chains > 0 {
        let _ = write!(text, " {} questions have no chain yet and are left out.", partition.questions_without_chains);
    }
    text
}

/// What the tests and the prediction mean for a reader.
fn verdicts(partition: &PartitionFit) -> Vec<String> {
    let rejected = |assumption| {
        let test = partition.tests.tests.iter().find(|test| test.assumption == assumption);
        test.and_then(|test| test.corrected).is_some_and(|p| p <= LEVEL)
    };
    let mut sentences = Vec::new();
    let broken: Vec<&str> = [
        (Assumption::Order, "the next answer depends on more than the present one"),
        (Assumption::StationaryRight, "right answers are lost at a rate that changes with the round"),
        (Assumption::StationaryWrong, "wrong answers are mended at a rate that changes with the round"),
    ]
    .into_iter()
    .filter_map(|(assumption, words)| rejected(assumption).then_some(words))
    .collect();
    sentences.push(if broken.is_empty() {
        "No sign against a first-order chain with constant rates (that is not a proof of one).".to_owned()
    } else {
        format!("Not a first-order chain with constant rates: {}. Read the rates as averages.", broken.join("; "))
    });
    sentences.push(if rejected(Assumption::NoMemory) {
        "Re-answering is not plain redrawing: the answer given depends on the one before.".to_owned()
    } else {
        "Re-answering cannot be told from redrawing (lambda = 0).".to_owned()
    });
    if rejected(Assumption::SharedCorrectToWrong) || rejected(Assumption::SharedWrongToCorrect) {
        sentences.push("Questions differ in their rates, so the pooled rates describe no single question.".to_owned());
    }
    if let Some(prediction) = &partition.prediction {
        let off = prediction.error.low > 0.0 || prediction.error.high < 0.0;
        let verdict = if off { "is off by" } else { "is off by no more than chance:" };
        sentences.push(format!(
            "Fitted to rounds 0 to {}, the law {verdict} {} on the {} rounds after ({} of them within their interval).",
            prediction.fitted_rounds - 1,
            points(prediction.error),
            prediction.rounds.len(),
            prediction.within
        ));
    }
    if let Some(worst) = partition.calibration.iter().find(|row| row.reliability.is_off()) {
        sentences.push(format!(
            "The answer posterior is off its stated probabilities ({}, {} draws: states {:.1} %, true {}).",
            worst.mode,
            worst.draws,
            100.0 * worst.reliability.stated,
            percent(worst.reliability.observed)
        ));
    }
    sentences
}

fn bounds(text: &mut String, partition: &PartitionFit) {
    let bounds = &partition.bounds;
    text.push_str("\n### What gating could reach\n\n");
    let rows = [
        ("re-answer exactly where it helps (upper)", percent(bounds.upper)),
        ("re-answer everywhere, for ever (ungated)", percent(bounds.ungated)),
        ("never re-answer (neutral)", percent(bounds.neutral)),
        ("re-answer exactly where it harms (lower)", percent(bounds.lower)),
        ("gating gap: upper less ungated", points_without_sign(bounds.gating_gap)),
    ];
    table(text, &["policy", "accuracy"], rows.iter().map(|(name, value)| vec![(*name).to_owned(), value.clone()]));
}

fn rates(text: &mut String, partition: &PartitionFit) {
    text.push_str("\n### Rates\n\n");
    let mut rows = vec![rate_row("all, pooled".to_owned(), &partition.pooled)];
    rows.extend(partition.by_level.iter().map(|group| rate_row(format!("level {}", group.level), &group.rates)));
    let head = ["questions", "number", "transitions", "p_0", "a", "b", "pi", "lambda"];
    table(text, &head, rows);
    let names = ["p_0", "a", "b"];
    text.push('\n');
    for (name, prior) in names.iter().zip(&partition.priors) {
        let spread = if prior.spread_identified {
            format!("worth {:.1} observations", prior.strength)
        } else {
            "its spread not identified".to_owned()
        };
        let _ = writeln!(text, "- {name} over questions: Beta with mean {:.1} %, {spread}.", 100.0 * prior.mean);
    }
}

fn rate_row(name: String, rates: &PooledRates) -> Vec<String> {
    let transitions = rates.transitions.from_right() + rates.transitions.from_wrong();
    let rate = |rate: Rate| rate.estimate.map_or_else(|| "undefined".to_owned(), percent);
    let memory = rates.memory.estimate.map_or_else(
        || "undefined".to_owned(),
        |memory| format!("{:.2} [{:.2}, {:.2}]", memory.point, memory.low, memory.high),
    );
    vec![
        name,
        rates.questions.to_string(),
        transitions.to_string(),
        rate(rates.initial),
        rate(rates.correct_to_wrong),
        rate(rates.wrong_to_correct),
        rate(rates.fixed_point),
        memory,
    ]
}

fn questions(text: &mut String, partition: &PartitionFit) {
    let count = |effect| partition.questions.iter().filter(|question| question.rates.effect == effect).count();
    let _ = writeln!(
        text,
        "\n### Question by question\n\nOf {} questions, {} can be told to be helped, {} to be harmed and {} to be \
         neither (each with probability 0.9 or more); of {} nothing is sure. Every question's rates with intervals are \
         in `fit.json`.",
        partition.questions.len(),
        count(Effect::Helps),
        count(Effect::Harms),
        count(Effect::Neither),
        count(Effect::Undecided)
    );
}

fn prediction(text: &mut String, partition: &PartitionFit) {
    text.push_str("\n### Predicted against observed\n\n");
    let Some(prediction) = &partition.prediction else {
        text.push_str("The chains are too short to fit one half and predict the other.\n");
        return;
    };
    let step = prediction.rounds.len().div_ceil(SHOWN_ROUNDS).max(1);
    let rows = prediction.rounds.iter().step_by(step).map(|round| {
        vec![
            round.round.to_string(),
            percent(round.predicted),
            round.pooled.map_or_else(|| "undefined".to_owned(), |pooled| format!("{:.1} %", 100.0 * pooled)),
            format!("{:.1} %", 100.0 * round.observed),
            format!("{:+.1}", round.z),
        ]
    });
    table(text, &["round", "predicted, by question", "by pooled rates", "observed", "z"], rows);
    let pooled = prediction.pooled_error.map_or_else(|| "undefined".to_owned(), points);
    let _ = writeln!(
        text,
        "\nObserved less predicted over all {} unseen rounds: {} by question, {pooled} by pooled rates.",
        prediction.rounds.len(),
        points(prediction.error)
    );
}

fn tests(text: &mut String, partition: &PartitionFit) {
    text.push_str("\n### Is it a chain?\n\n");
    let head = ["null hypothesis", "statistic", "expected under it", "p", "Holm-corrected", "at 0.05"];
    let rows = partition.tests.tests.iter().map(|test: &AssumptionTest| {
        let value = |p: Option<f64>| p.map_or_else(|| "cannot be tested".to_owned(), p_value);
        let verdict = match test.corrected {
            None => "nothing to tell it by",
            Some(p) if p <= LEVEL => "rejected",
            Some(_) => "not rejected",
        };
        vec![
            test.assumption.null().to_owned(),
            format!("{:.1}", test.statistic),
            format!("{:.1}", test.expected),
            value(test.p_value),
            value(test.corrected),
            verdict.to_owned(),
        ]
    });
    table(text, &head, rows);
}

fn models(text: &mut String, partition: &PartitionFit) {
    for model in &partition.models {
        let _ = writeln!(
            text,
            "\n### The answer model, {} draws\n\n{} questions, {} scored texts.\n",
            model.mode, model.questions, model.scored_draws
        );
        let rows = model.parameters.iter().map(|row| {
            let error = row.standard_error.map_or_else(|| "–".to_owned(), |error| format!("{error:.3}"));
            let interval = format!("[{:.3}, {:.3}]", row.low, row.high);
            vec![row.name.to_owned(), format!("{:.3}", row.value), error, interval, row.basis.to_owned()]
        });
        table(text, &["parameter", "value", "standard error", "95 % interval", "rests on"], rows);
        for remark in &model.remarks {
            let _ = writeln!(text, "\nNote: {remark}.");
        }
    }
}

fn calibration(text: &mut String, partition: &PartitionFit) {
    if partition.calibration.is_empty() {
        return;
    }
    text.push_str(
        "\n### Do its probabilities come true?\n\nThe most probable answer's stated probability against the share that \
         is right; the model is fitted on other questions. The calibration error is biased upwards with few questions, \
         so beside it stands what exact statements would show.\n\n",
    );
    let head = ["draws", "questions", "stated", "true", "calibration error", "if exact", "Brier"];
    let rows = partition.calibration.iter().map(|row| {
        let reliability = &row.reliability;
        vec![
            format!("{} {}", row.draws, row.mode),
            reliability.count.to_string(),
            format!("{:.1} %", 100.0 * reliability.stated),
            percent(reliability.observed),
            format!("{:.3}{}", reliability.calibration_error.point, if reliability.is_off() { " (off)" } else { "" }),
            format!(
                "{:.3} [{:.3}, {:.3}]",
                reliability.if_exact.point, reliability.if_exact.low, reliability.if_exact.high
            ),
            format!("{:.3}", reliability.brier),
        ]
    });
    table(text, &head, rows);
    // The table of each mode after the most draws.
    let next = partition.calibration.iter().skip(1).map(|row| Some(row.mode)).chain([None]);
    for row in partition.calibration.iter().zip(next).filter(|(row, next)| *next != Some(row.mode)).map(|(row, _)| row)
    {
        let _ = writeln!(text, "\nAfter {} {} draws:\n", row.draws, row.mode);
        let bins = row.reliability.bins.iter().map(|bin| {
            vec![
                format!("{:.0} to {:.0} %", 100.0 * bin.low, 100.0 * bin.high),
                bin.count.to_string(),
                format!("{:.1} %", 100.0 * bin.stated),
                percent(bin.observed),
            ]
        });
        table(text, &["stated between", "questions", "stated, mean", "true"], bins);
    }
}

fn table(text: &mut String, head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) {
    let head = head.iter().map(|name| (*name).to_owned()).collect();
    let rows: Vec<Vec<String>> = std::iter::once(head).chain(rows).collect();
    text.push_str(&pipe_table(&rows));
}

fn p_value(p: f64) -> String {
    if p < 0.001 { format!("{p:.4}") } else { format!("{p:.3}") }
}

fn percent(interval: Interval) -> String {
    format!("{} % [{}, {}]", share(interval.point), share(interval.low), share(interval.high))
}

fn points(interval: Interval) -> String {
    format!("{:+.1} points [{:+.1}, {:+.1}]", 100.0 * interval.point, 100.0 * interval.low, 100.0 * interval.high)
}

fn points_without_sign(interval: Interval) -> String {
    format!("{:.1} points [{:.1}, {:.1}]", 100.0 * interval.point, 100.0 * interval.low, 100.0 * interval.high)
}
