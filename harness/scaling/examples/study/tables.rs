//! Markdown.

use std::fmt::Write as _;

use markovscale::Interval;
use markovscale::statistics::{Reach, ReachRatio, StatisticsError};

use super::lineup::Role;
use super::population::BUDGETS;
use super::results::{Difference, Leaks, Reached, Results, Standing};

/// Holm-corrected p-values below this carry an asterisk.
const SIGNIFICANT: f64 = 0.05;

/// A regime's two tables.
pub(crate) fn regime(name: &str, results: &Results<'_>) -> Result<String, StatisticsError> {
    let columns: String = BUDGETS.iter().map(|budget| format!(" {} answers at most |", budget.0)).collect();
    let mut text = format!(
        "\n## Regime `{name}` (simulated)\n\nAccuracy in % ± half the width of its 95 % interval · completion tokens · \
         answers per question. Bold: on the Pareto frontier of this table.\n\n| method, simulated |{columns}\n|---|{}\n",
        "---:|".repeat(BUDGETS.len())
    );
    for ((entry, cells), members) in results.entries.iter().zip(&results.cells).zip(&results.memberships) {
        let bound = entry.role == Role::UpperBound;
        let label = if bound { format!("*{}, upper bound*", entry.label) } else { entry.label.clone() };
        let _ = write!(text, "| {label} |");
        for (cell, member) in cells.iter().zip(members) {
            let accuracy = format!("{:.1} ± {:.1}", percent(cell.accuracy.point), half_width(cell.accuracy));
            let accuracy =
                if member.is_some_and(|member| member.member) { format!("**{accuracy}**") } else { accuracy };
            let _ = write!(text, " {accuracy} · {} · {:.1} |", tokens(cell.mean_tokens), cell.mean_answers);
        }
        text.push('\n');
    }
    let _ = write!(
        text,
        "\nPaired differences in accuracy at the same budget, in points ± half the width of the 95 % interval, to \
         `self_consistency` and to `best_of_n`. An asterisk: Holm-corrected p < 0.05 over this table (McNemar, exact).\n\n\
         | method, simulated |{columns}\n|---|{}\n",
        "---:|".repeat(BUDGETS.len())
    );
    for (entry, row) in results.entries.iter().zip(results.differences()?) {
        if entry.role == Role::UpperBound {
            continue;
        }
        let _ = write!(text, "| {} |", entry.label);
        for [majority, best_of_n] in row {
            let _ = write!(text, " {}, {} |", difference(majority.as_ref()), difference(best_of_n.as_ref()));
        }
        text.push('\n');
    }
    Ok(text)
}

/// One table over regimes, budgets and MarkovScale configurations.
pub(crate) fn summary(regimes: &[(String, Vec<Standing>)]) -> String {
    let mut text = String::from(
        "## Summary (simulated)\n\n`frontier`: whether the point is on the Pareto frontier of accuracy and tokens over all \
         methods and budgets, and in what share of bootstrap resamples. The *best baseline* is the most accurate one, at any \
         budget, that spends no more tokens; the *mixture* answers a random share of the questions with one baseline and \
         the rest with another, so that it spends as many tokens. Both are picked by the numbers they are compared with, \
         which favours them. Differences in points; an asterisk: Holm-corrected p < 0.05 within the regime.\n\n\
         | regime, simulated | markovscale | at most | accuracy | tokens | frontier | less the best baseline | less the best \
         mixture |\n|---|---|---:|---:|---:|---|---|---:|\n",
    );
    for (name, standings) in regimes {
        for standing in standings {
            let (baseline, apart) = &standing.baseline;
            let member = if standing.membership.member { "yes" } else { "no" };
            let _ = writeln!(
                text,
                "| {name} | {} | {} | {:.1} ± {:.1} | {} | {member}, {:.0} % | {} ({baseline}) | {} |",
                inner(&standing.label),
                standing.budget,
                percent(standing.accuracy.point),
                half_width(standing.accuracy),
                tokens(standing.mean_tokens),
                percent(standing.membership.frequency),
                difference(Some(apart)),
                signed(standing.mixture),
            );
        }
    }
    let all = || regimes.iter().flat_map(|(_, standings)| standings);
    let count = |wanted: &dyn Fn(&Standing) -> bool| all().filter(|standing| wanted(standing)).count();
    let _ = writeln!(
        text,
        "\nOf these {} points {} are on the frontier, and {} are beaten by a single baseline (at most its tokens, at least its \
         accuracy); the others off the frontier are beaten only by another MarkovScale point. {} are significantly better than the best baseline at no more tokens \
         and {} significantly worse; {} have an interval above that of the best mixture and {} one below.",
        all().count(),
        count(&|standing| standing.membership.member),
        count(&|standing| standing.baseline.1.interval.point <= 0.0),
        count(&|standing| standing.baseline.1.p_value < SIGNIFICANT && standing.baseline.1.interval.point > 0.0),
        count(&|standing| standing.baseline.1.p_value < SIGNIFICANT && standing.baseline.1.interval.point < 0.0),
        count(&|standing| standing.mixture.low > 0.0),
        count(&|standing| standing.mixture.high < 0.0),
    );
    text
}

/// Tokens to an accuracy, as ratios.
pub(crate) fn reaches(regimes: &[(String, Vec<Reached>)]) -> String {
    let mut text = String::from(
        "## Tokens to the same accuracy (simulated)\n\nTokens that a MarkovScale configuration spends until it is as accurate \
         as the reference is at its best budget, over the tokens that the reference spends there: a ratio, with its 95 % \
         interval; below 1 MarkovScale is cheaper. Curves go through one answer and the three budgets. *Never*: it does not \
         get there.\n\n| regime, simulated | markovscale | to `self_consistency` at its best | to `best_of_n` at its best \
         |\n|---|---|---|---|\n",
    );
    for (name, rows) in regimes {
        for row in rows {
            let label = inner(&row.label);
            let _ = writeln!(text, "| {name} | {label} | {} | {} |", ratio(&row.to_majority), ratio(&row.to_best_of_n));
        }
    }
    text
}

/// What tuning on the test questions adds.
pub(crate) fn leaks(regimes: &[(String, Leaks)]) -> String {
    let mut text = String::from(
        "## The leak: tuning on the test questions (simulated)\n\nAccuracy in % with parameters and settings that are \
         cross-fitted (as everywhere else here), fitted on as many *other* questions of the same regime, and fitted on the \
         very questions that are scored. The leak is the difference of the last two, in points. An asterisk: Holm-corrected \
         p < 0.05 within the regime.\n\n| regime, simulated | method | at most | cross-fitted | on others | on the test \
         questions | leak | on the test questions less cross-fitted |\n|---|---|---:|---:|---:|---:|---:|---:|\n",
    );
    for (name, leaks) in regimes {
        for row in &leaks.rows {
            let [fair, other, leaking] = row.accuracies.map(percent);
            let _ = writeln!(
                text,
                "| {name} | {} | {} | {fair:.2} | {other:.2} | {leaking:.2} | {} | {} |",
                row.label,
                row.budget,
                difference(Some(&row.leak)),
                difference(Some(&row.against_cross_fit)),
            );
        }
    }
    text
}

fn inner(label: &str) -> &str {
    label.trim_start_matches("markovscale(").trim_end_matches(')')
}

fn percent(share: f64) -> f64 {
    100.0 * share
}

fn half_width(interval: Interval) -> f64 {
    percent(0.5 * (interval.high - interval.low))
}

fn signed(interval: Interval) -> String {
    format!("{:+.1} ± {:.1}", percent(interval.point), half_width(interval))
}

fn difference(difference: Option<&Difference>) -> String {
    difference.map_or_else(
        || "–".to_owned(),
        |difference| {
            let mark = if difference.p_value < SIGNIFICANT { "*" } else { "" };
            format!("{}{mark}", signed(difference.interval))
        },
    )
}

fn ratio(reached: &ReachRatio) -> String {
    let Some(ratio) = reached.ratio else { return "neither".to_owned() };
    let bound = if matches!(reached.method, Reach::AtMost(_)) { "at most " } else { "" };
    let number = |value: f64| if value.is_finite() { format!("{value:.3}") } else { "never".to_owned() };
    format!("{bound}{} ({} to {})", number(ratio.point), number(ratio.low), number(ratio.high))
}

fn tokens(count: f64) -> String {
    match count {
        count if count >= 99_950.0 => format!("{:.0}k", count / 1000.0),
        count if count >= 999.5 => format!("{:.1}k", count / 1000.0),
        _ => format!("{count:.0}"),
    }
}
