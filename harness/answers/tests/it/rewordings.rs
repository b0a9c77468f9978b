//! Every gold answer of the benchmarks against itself written otherwise, and against near misses.
//!
//! Both are made by rule from the text of a gold answer, without a look at what the crate understands; what a rule keeps
//! or changes follows from the shape of the text. Gold answers never leave the machine: `EXPORT_GOLD_PAIRS=FILE` writes the
//! pairs to a file outside the repository, for the comparison with other programs.

mod changed;
mod same;
mod shape;

use std::collections::HashSet;
use std::path::PathBuf;

use markovscale_answers::{Answer, Policy, Verdict, grade, gsm8k_gold};

use crate::support::{field, name, rows};
use shape::Shape;

pub(crate) const DATASETS: [(&str, &str, usize); 5] = [
    ("gsm8k", "gsm8k_test.json", 1_319),
    ("math500", "math500_test.json", 500),
    ("aime24", "aime24.json", 30),
    ("aime25", "aime25.json", 30),
    ("amc23", "amc23.json", 40),
];

/// The gold answers of a benchmark in the order of its rows.
pub(crate) fn golds(dataset: &str, file: &str) -> Option<Vec<String>> {
    let rows = rows(file)?;
    let gold = |row: &serde_json::Value| {
        // AIME and AMC files hold numbers in places.
        let text = row["answer"].as_str().map_or_else(|| row["answer"].to_string(), str::to_owned);
        match dataset {
            "gsm8k" => gsm8k_gold(field(row, "answer")).expect("a gold answer").to_owned(),
            _ => text,
        }
    };
    Some(rows.iter().map(gold).collect())
}

/// A gold answer and an answer made from it by a rule.
#[derive(Debug)]
struct Made {
    dataset: &'static str,
    row: usize,
    rule: &'static str,
    gold: String,
    answer: String,
    expected: Verdict,
}

fn made(dataset: &'static str, row: usize, gold: &str) -> Vec<Made> {
    let shape = Shape::of(gold);
    let one = |expected| {
        move |(rule, answer): (&'static str, String)| Made {
            dataset,
            row,
            rule,
            gold: gold.to_owned(),
            answer,
            expected,
        }
    };
    let same = same::rewordings(gold, &shape).into_iter().map(one(Verdict::Equal));
    let changed = changed::near_misses(gold, &shape).into_iter().map(one(Verdict::Different));
    let mut seen = HashSet::from([gold.to_owned()]);
    same.chain(changed).filter(|made| seen.insert(made.answer.clone())).collect()
}

/// Rewordings that are not recognised, as dataset, row and rule: none is called equal wrongly, these are not called equal.
const NOT_RECOGNISED: [(&str, usize, &str); 0] = [];

#[test]
fn golds_equal_their_rewordings_and_not_their_near_misses() {
    let mut all = Vec::new();
    for (dataset, file, count) in DATASETS {
        let Some(golds) = golds(dataset, file) else { return };
        assert_eq!(golds.len(), count, "{dataset}");
        all.extend(golds.iter().enumerate().flat_map(|(row, gold)| made(dataset, row, gold)));
    }
    export(&all);
    let policy = Policy::default();
    let (mut missed, mut wrong) = (Vec::new(), Vec::new());
    let (mut equal, mut different) = ((0, 0), (0, 0));
    for made in &all {
        let found = grade(&Answer::parse(&made.gold), &Answer::parse(&made.answer), &policy).verdict;
        let hit = usize::from(found == made.expected);
        if made.expected == Verdict::Equal {
            equal = (equal.0 + hit, equal.1 + 1);
            if hit == 0 && !NOT_RECOGNISED.contains(&(made.dataset, made.row, made.rule)) {
                missed.push((name(found), made));
            }
        } else {
            different = (different.0 + hit, different.1 + 1);
            if found == Verdict::Equal {
                wrong.push(made);
            }
        }
    }
    println!(
        "{} of {} rewordings are equal, {} of {} near misses are different",
        equal.0, equal.1, different.0, different.1
    );
    assert!(wrong.is_empty(), "near misses called equal: {wrong:#?}");
    assert!(missed.is_empty(), "{} rewordings not called equal: {missed:#?}", missed.len());
}

/// Where other programs find the pairs; they are not part of the repository.
fn export(all: &[Made]) {
    let Some(path) = std::env::var_os("EXPORT_GOLD_PAIRS").map(PathBuf::from) else {
        return;
    };
    let mut writer = csv::Writer::from_path(path).expect("a file to write");
    writer.write_record(["feature", "gold", "answer", "expected", "dataset", "row"]).expect("written");
    for made in all {
        let row = made.row.to_string();
        let record = [made.rule, &made.gold, &made.answer, name(made.expected), made.dataset, &row];
        writer.write_record(record).expect("written");
    }
    writer.flush().expect("written");
}
