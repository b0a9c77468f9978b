//! `fit.md`: the fit in words and tables that a reader can act on.

use std::fmt::Write;

use markovscale::Interval;
use markovscale::assumptions::{Assumption, AssumptionTest};
use markovscale::rates::{Effect, PooledRates, Rate};

use super::{PartitionFit, RunFit};
use crate::report::{percent as share, pipe_table};

/// Corrected p-values up to this reject.
const LEVEL: f64 = 0.05;
/// A share whose interval is wider than this is hardly known.
const UNTOLD: f64 = 0.4;
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
         answer, `a` the chance to lose a right answer when re-answering, `b` the chance to repair a wrong one, \
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
    let (drawn, for_ever) = (&bounds.drawn, &bounds.for_ever);
    let times = bounds.rounds;
    let mut text = format!(
        "Re-answering {times} times, which is what was drawn, changes accuracy by {} when done everywhere (measured: {} \
         at first, {} at the end). Knowing where to do it is worth {} more. Re-answering helps on {} of questions, harms \
         {} and leaves {} within {:.0} points.",
        points(drawn.gain),
        percent(bounds.neutral),
        percent(drawn.ungated),
        points_without_sign(drawn.gating_gap),
        percent(drawn.helped),
        percent(drawn.harmed),
        percent(drawn.unchanged),
        100.0 * bounds.margin
    );
    if [drawn.helped, drawn.harmed].iter().any(|share| share.high - share.low > UNTOLD) {
        text.push_str(" Whom it helps and whom it harms can hardly be told from these chains: see the intervals.");
    }
    let _ = write!(
        text,
        " For ever (concluded, not seen) it would change accuracy by {}, and knowing where would be worth {}.",
        points(for_ever.gain),
        points_without_sign(for_ever.gating_gap)
    );
    if !bounds.spread_identified {
        text.push_str(
            " There is one chain a question, so nothing tells how much first answers vary between questions that \
             settle at the same accuracy; bounds and shares are as wide as that leaves them. Two chains a question \
             would tell.",
        );
    }
    if partition.questions_without_chains > 0 {
        let _ = write!(text, " {} questions have no chain yet and are left out.", partition.questions_without_chains);
    }
    text
}

/// What the tests and the prediction mean for a reader, each with the statistic that decided.
fn verdicts(partition: &PartitionFit) -> Vec<String> {
    let mut sentences = vec![chain_verdict(partition), memory_verdict(partition)];
    sentences.extend(shared_rates_verdict(partition));
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
        let reliability = &worst.reliability;
        sentences.push(format!(
            "The answer posterior is off its stated probabilities ({}, {} draws): by {:.3} on average over the bins of \
             the table below, where exact statements would be off by at most {:.3} in 97.5 % of samples. Over all bins \
             it states {:.1} %, true {}.",
            worst.mode,
            worst.draws,
            reliability.calibration_error.point,
            reliability.if_exact.high,
            100.0 * reliability.stated,
            percent(reliability.observed)
        ));
    }
    sentences
}

fn test(partition: &PartitionFit, assumption: Assumption) -> Option<&AssumptionTest> {
    partition.tests.tests.iter().find(|test| test.assumption == assumption)
}

/// The test, where it rejects.
fn rejected(partition: &PartitionFit, assumption: Assumption) -> Option<&AssumptionTest> {
    test(partition, assumption).filter(|test| test.corrected.is_some_and(|p| p <= LEVEL))
}

/// `123.0 against 110.2 expected, corrected p = 0.003`.
fn decided_by(test: &AssumptionTest) -> String {
    let p = test.corrected.map_or_else(|| "no p-value".to_owned(), |p| format!("corrected p = {}", p_value(p)));
    format!("{:.1} against {:.1} expected, {p}", test.statistic, test.expected)
}

fn chain_verdict(partition: &PartitionFit) -> String {
    let assumptions = [
        (Assumption::Order, "the next answer depends on more than the present one (right-right-right triples"),
        (Assumption::StationaryRight, "right answers are lost at a rate that changes with the round (early losses"),
        (Assumption::StationaryWrong, "wrong answers turn right at a rate that changes with the round (early repairs"),
    ];
    let broken: Vec<String> = assumptions
        .iter()
        .filter_map(|(assumption, words)| {
            rejected(partition, *assumption).map(|test| format!("{words}: {})", decided_by(test)))
        })
        .collect();
    if !broken.is_empty() {
        let broken = broken.join("; ");
        return format!("Not a first-order chain with constant rates: {broken}. Read the rates as averages.");
    }
    let p_values = assumptions.iter().filter_map(|(assumption, _)| test(partition, *assumption)?.corrected);
    match p_values.reduce(f64::min) {
        Some(smallest) => format!(
            "No sign against a first-order chain with constant rates (that is not a proof of one; smallest corrected p = \
             {}).",
            p_value(smallest)
        ),
        None => {
            "Whether it is a first-order chain cannot be tested: no chain could have come in another order.".to_owned()
        }
    }
}

/// The test of memory looks within questions; the pooled `lambda` does not, and is large wherever questions differ.
fn memory_verdict(partition: &PartitionFit) -> String {
    let memory = partition.bounds.memory;
    let within = format!("{:.2} [{:.2}, {:.2}]", memory.point, memory.low, memory.high);
    let pooled = partition.pooled.memory.estimate.map_or_else(String::new, |pooled| {
        format!(
            " (The pooled lambda, {:.2}, is another thing: it is large wherever some questions are mostly right and \
             others mostly wrong, even if every answer is drawn afresh.)",
            pooled.point
        )
    });
    match test(partition, Assumption::NoMemory) {
        Some(test) if test.corrected.is_some_and(|p| p <= LEVEL) => format!(
            "Re-answering is not plain redrawing: within questions the answer given depends on the one before (runs: {}; \
             memory within questions {within}).",
            decided_by(test)
        ),
        Some(test) if test.corrected.is_some() => format!(
            "Within questions, re-answering cannot be told from redrawing (runs: {}; memory within questions \
             {within}).{pooled}",
            decided_by(test)
        ),
        _ => format!(
            "Whether re-answering is redrawing cannot be tested: no chain's re-answers are both right and wrong.{pooled}"
        ),
    }
}

fn shared_rates_verdict(partition: &PartitionFit) -> Option<String> {
    let tests = [Assumption::SharedCorrectToWrong, Assumption::SharedWrongToCorrect];
    let smallest =
        tests.iter().filter_map(|assumption| rejected(partition, *assumption)?.corrected).reduce(f64::min)?;
    Some(format!(
        "Questions differ in their rates (corrected p = {}), so the pooled rates describe no single question.",
        p_value(smallest)
    ))
}

fn bounds(text: &mut String, partition: &PartitionFit) {
    let bounds = &partition.bounds;
    text.push_str("\n### What gating could reach\n\n");
    let (drawn, for_ever) = (&bounds.drawn, &bounds.for_ever);
    let rows = [
        ("re-answer exactly where it helps (upper)", percent(drawn.upper), percent(for_ever.upper)),
        ("re-answer everywhere (ungated)", percent(drawn.ungated), percent(for_ever.ungated)),
        ("never re-answer (neutral)", percent(bounds.neutral), percent(bounds.neutral)),
        ("re-answer exactly where it harms (lower)", percent(drawn.lower), percent(for_ever.lower)),
        (
            "gating gap: upper less ungated",
            points_without_sign(drawn.gating_gap),
            points_without_sign(for_ever.gating_gap),
        ),
        ("questions helped", percent(drawn.helped), percent(for_ever.helped)),
        ("questions harmed", percent(drawn.harmed), percent(for_ever.harmed)),
        ("questions unchanged", percent(drawn.unchanged), percent(for_ever.unchanged)),
    ];
    let drawn = format!("after {} re-answers", bounds.rounds);
    let rows = rows.into_iter().map(|(name, drawn, ever)| vec![name.to_owned(), drawn, ever]);
    table(text, &["policy", &drawn, "for ever"], rows);
    text.push_str(
        "\nNeutral, and ungated after the rounds drawn, are measured; everything else is concluded from a model of how \
         questions differ, and as wide as the chains leave it.\n",
    );
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
    let changes = &partition.changes;
    let _ = writeln!(
        text,
        "- Wrong to right: {} times from a wrong answer, {} times from a missing one (format repair, of {} missing answers \
         that were asked again). Right to wrong: {} times to a wrong answer, {} times to a missing one. The rates above \
         count a missing answer as wrong.",
        changes.wrong_to_right,
        changes.missing_to_right,
        changes.from_missing,
        changes.right_to_wrong,
        changes.right_to_missing
    );
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
