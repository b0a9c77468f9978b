//! The two-state law fitted to published accuracy curves, as Markdown (`docs/published-curves.md`).
//!
//! `cargo run --release -p markovscale --example published_curves -- ../shared/published/curves.csv`

#![expect(clippy::print_stdout, reason = "an example prints")]

use std::collections::BTreeMap;
use std::error::Error;

use markovscale::Interval;
use markovscale::curve::{CurveFit, Range, fit_curve};

/// Columns of the file that count here.
const COLUMNS: [&str; 5] = ["dataset", "method", "n", "accuracy", "questions_correct"];

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("name the file: published_curves CURVES.CSV")?;
    let curves = read(&path)?;
    if curves.is_empty() {
        return Err(format!("{path} has no row of mr_thinking").into());
    }
    println!("{HEAD}");
    println!("| dataset | questions | rounds | p_0 | pi | gain pi - p_0 | lambda | noise, share of binomial | lag-1 |");
    println!("|---|---|---|---|---|---|---|---|---|");
    let mut fits = Vec::new();
    for (dataset, curve) in curves {
        let fit = fit_curve(&curve.right, curve.questions)?;
        println!(
            "| {dataset} | {} | {} | {} | {} | {} | {} | {:.0} % | {:+.2} |",
            fit.questions,
            fit.rounds,
            percent(fit.initial),
            percent(fit.fixed_point),
            points(fit.gain),
            memory(&fit),
            100.0 * fit.dispersion,
            fit.autocorrelation
        );
        fits.push((dataset, fit));
    }
    println!("{MIDDLE}");
    println!("| dataset | p_0, questions like these | pi, questions like these | a | b | gating gap |");
    println!("|---|---|---|---|---|---|");
    for (dataset, fit) in &fits {
        println!(
            "| {dataset} | {} | {} | {} | {} | {:.1} to {:.1} points |",
            percent(fit.population_initial),
            percent(fit.population_fixed_point),
            range(fit.correct_to_wrong),
            range(fit.wrong_to_correct),
            100.0 * fit.gating_gap.low,
            100.0 * fit.gating_gap.high
        );
    }
    println!("{TAIL}");
    Ok(())
}

struct Curve {
    questions: u32,
    right: Vec<u32>,
}

fn read(path: &str) -> Result<Vec<(String, Curve)>, Box<dyn Error>> {
    let mut reader = csv::Reader::from_path(path).map_err(|error| format!("read {path}: {error}"))?;
    let headers = reader.headers()?.clone();
    let mut column = BTreeMap::new();
    for name in COLUMNS {
        let index = headers.iter().position(|header| header == name);
        column.insert(name, index.ok_or_else(|| format!("{path} has no column {name}"))?);
    }
    let mut curves: Vec<(String, Curve)> = Vec::new();
    for record in reader.records() {
        let record = record?;
        let field = |name: &str| record.get(column[name]).unwrap_or("").trim();
        if field("method") != "mr_thinking" {
            continue;
        }
        let (n, accuracy) = (field("n").parse::<usize>()?, field("accuracy").parse::<f64>()?);
        let right: u32 = field("questions_correct").parse()?;
        if curves.last().is_none_or(|(dataset, _)| dataset != field("dataset")) {
            let questions = (f64::from(right) / accuracy).round() as u32;
            curves.push((field("dataset").to_owned(), Curve { questions, right: Vec::new() }));
        }
        if let Some((dataset, curve)) = curves.last_mut() {
            if curve.right.len() + 1 != n {
                return Err(format!("{dataset}: n = {n} follows n = {}", curve.right.len()).into());
            }
            curve.right.push(right);
        }
    }
    Ok(curves)
}

fn percent(interval: Interval) -> String {
    format!("{:.1} % [{:.1}, {:.1}]", 100.0 * interval.point, 100.0 * interval.low, 100.0 * interval.high)
}

fn points(interval: Interval) -> String {
    format!("{:+.1} points [{:+.1}, {:+.1}]", 100.0 * interval.point, 100.0 * interval.low, 100.0 * interval.high)
}

fn range(range: Range) -> String {
    format!("{:.2} to {:.2}", range.low, range.high)
}

fn memory(fit: &CurveFit) -> String {
    if fit.memory_identified {
        format!("{:.2} [{:.2}, {:.2}]", fit.memory.point, fit.memory.low, fit.memory.high)
    } else {
        format!("not identified [{:.2}, {:.2}]", fit.memory.low, fit.memory.high)
    }
}

const HEAD: &str = "# The law fitted to published curves

Made by `cargo run --release -p markovscale --example published_curves -- ../shared/published/curves.csv`; the method
and its reasons are in the documentation of `markovscale::curve`.

`p_n = pi + lambda^n (p_0 - pi)` fitted to the accuracy of the last answer of MR-Thinking at round n = 0 to 63:
OptScale's result files (AAAI 2026, MIT), DeepSeek-R1-Distill-Qwen-7B, one chain of 64 rounds a question. Brackets are
95 % intervals for *these questions*: all values with which some choice of the other parameters fits nearly as well as
the best one, with the noise measured from the curve itself (rounds share their questions, so it is less than binomial).
";

const MIDDLE: &str = "
What the same curves say, or do not say, of other questions and of what lies behind the mean. `p_0` and `pi` are Wilson
intervals over questions. `a` and `b` are every value compatible with the curve, *if* it were one chain. The gating gap
is what knowing where to re-answer would be worth: all that a mean curve implies is `max(p_0 - pi, 0)` to
`min(p_0, 1 - pi)`.
";

const TAIL: &str = "
## What these curves cannot identify

- **lambda.** The change from the first answer to the settled level happens within a round or two and is of the size of
  the noise of one round. Where the interval spans more than half of [-1, 1] no value is printed: no claim about how
  many rounds are needed, or that re-answering differs from redrawing, can rest on such a curve.
- **a and b.** They are `(1 - lambda)(1 - pi)` and `(1 - lambda) pi`, so they are as unknown as lambda. Transition
  counts of the single chains, which were not published, would settle both.
- **The gating gap and all other population bounds.** Questions that all gain a little, and half that gain much beside
  half that lose, have the same mean curve.
- **Whether a question follows a chain at all.** The tests of order, stationarity, memory and homogeneity need the
  chains.
- **pi, where slow drift is not excluded.** On AIME the level of 64 rounds is seen, but a lambda near 1 would still be
  on its way to some other pi: the interval says so.
- **lambda of any one question.** The mean of chains with different lambda is not a geometric curve; a fitted lambda
  describes the mean only.";
