//! The labelled pairs: no wrong `Equal`, and precision and recall for each feature.
//!
//! `pairs-by-hand.csv` was written by hand: answers as people and models write them, and near misses. `pairs-by-rule.csv`
//! comes out of [`crate::by_rule`]. Labels follow mathematics and, where convention decides, the documented policy.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use markovscale_answers::{Answer, Policy, Verdict, classes, equivalent, grade};

use crate::support::{Pair, check_stored, data, read_pairs};

/// Pairs that are called equal and are not, each with the reason why it is borne. Nothing else may be.
const KNOWN_WRONG_EQUALS: [(&str, &str); 0] = [];

fn all_pairs() -> Vec<Pair> {
    ["pairs-by-hand.csv", "pairs-unseen.csv", "pairs-by-rule.csv"]
        .iter()
        .flat_map(|file| read_pairs(&data(file)))
        .collect()
}

fn decided(pair: &Pair) -> Verdict {
    grade(&Answer::parse(&pair.gold), &Answer::parse(&pair.answer), &Policy::default()).verdict
}

/// Verdicts on the pairs of one feature, counted.
#[derive(Debug, Default, Clone, Copy)]
struct Counts {
    equal: u32,
    different: u32,
    found_equal: u32,
    found_different: u32,
    wrong_equal: u32,
    wrong_different: u32,
}

impl Counts {
    fn add(&mut self, expected: Verdict, found: Verdict) {
        match expected {
            Verdict::Equal => self.equal += 1,
            Verdict::Different => self.different += 1,
            Verdict::Unknown => {}
        }
        match (expected, found) {
            (Verdict::Equal, Verdict::Equal) => self.found_equal += 1,
            (Verdict::Different, Verdict::Different) => self.found_different += 1,
            (Verdict::Equal, Verdict::Different) => self.wrong_different += 1,
            (_, Verdict::Equal) => self.wrong_equal += 1,
            _ => {}
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            equal: self.equal + other.equal,
            different: self.different + other.different,
            found_equal: self.found_equal + other.found_equal,
            found_different: self.found_different + other.found_different,
            wrong_equal: self.wrong_equal + other.wrong_equal,
            wrong_different: self.wrong_different + other.wrong_different,
        }
    }

    fn row(&self, feature: &str) -> String {
        format!(
            "| {feature} | {} | {} | {} | {} | {} | {} | {} | {} |\n",
            self.equal,
            self.different,
            share(self.found_equal, self.found_equal + self.wrong_equal),
            share(self.found_equal, self.equal),
            share(self.found_different, self.found_different + self.wrong_different),
            share(self.found_different, self.different),
            self.wrong_equal,
            self.wrong_different,
        )
    }
}

fn share(part: u32, whole: u32) -> String {
    if whole == 0 { "–".to_owned() } else { format!("{:.1}%", 100.0 * f64::from(part) / f64::from(whole)) }
}

#[test]
fn labelled_pairs_are_decided_rightly() {
    let pairs = all_pairs();
    let mut counts: BTreeMap<&str, Counts> = BTreeMap::new();
    let mut wrong_equals = Vec::new();
    for pair in &pairs {
        let found = decided(pair);
        counts.entry(&pair.feature).or_default().add(pair.expected, found);
        if found == Verdict::Equal && pair.expected != Verdict::Equal {
            wrong_equals.push((pair.gold.as_str(), pair.answer.as_str()));
        }
    }
    let total = counts.values().fold(Counts::default(), |sum, counts| sum.plus(*counts));
    let mut table =
        "| feature | equal | different | precision of `Equal` | recall of `Equal` | precision of `Different` | \
                     recall of `Different` | wrong `Equal` | wrong `Different` |\n\
                     |---|---:|---:|---:|---:|---:|---:|---:|---:|\n"
            .to_owned();
    for (feature, counts) in &counts {
        table.push_str(&counts.row(feature));
    }
    table.push_str(&total.row("**all**"));
    println!("{table}");
    wrong_equals.retain(|pair| !KNOWN_WRONG_EQUALS.contains(pair));
    assert!(wrong_equals.is_empty(), "pairs that are called equal and are not: {wrong_equals:#?}");
    keep_in_step(&table);
}

/// The table in the documentation, between its two marks.
fn keep_in_step(table: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/answers.md");
    let text = std::fs::read_to_string(&path).expect("the documentation of answers");
    let (before, rest) = text.split_once("<!-- pairs -->\n").expect("the mark before the table");
    let (_, after) = rest.split_once("<!-- end of pairs -->").expect("the mark after the table");
    check_stored(&path, &format!("{before}<!-- pairs -->\n{table}<!-- end of pairs -->{after}"));
}

#[test]
fn the_file_is_large_balanced_and_without_contradictions() {
    let pairs = all_pairs();
    assert!(pairs.len() >= 1_500, "{}", pairs.len());
    let different = pairs.iter().filter(|pair| pair.expected == Verdict::Different).count();
    assert!((40..=60).contains(&(100 * different / pairs.len())), "{different} of {} are different", pairs.len());
    let mut labels: HashMap<(&str, &str), &Pair> = HashMap::new();
    for pair in &pairs {
        let other = labels.insert((&pair.gold, &pair.answer), pair);
        assert!(other.is_none_or(|other| other.expected == pair.expected), "two labels: {pair:?}");
    }
    for (&(gold, answer), pair) in &labels {
        let mirrored = labels.get(&(answer, gold));
        // Only rounding knows which side is gold.
        let agree = mirrored.is_none_or(|mirrored| {
            mirrored.expected == pair.expected || [&pair.feature, &mirrored.feature].iter().any(|f| *f == "rounding")
        });
        assert!(agree, "{pair:?} against {mirrored:?}");
    }
}

#[test]
fn equivalence_is_reflexive_and_symmetric_on_the_pairs() {
    for pair in all_pairs() {
        let (gold, answer) = (Answer::parse(&pair.gold), Answer::parse(&pair.answer));
        for side in [&gold, &answer] {
            assert_eq!(equivalent(side, &Answer::parse(side.text())), Verdict::Equal, "{}", side.text());
            assert_eq!(grade(side, side, &Policy::default()).verdict, Verdict::Equal, "{}", side.text());
        }
        assert_eq!(equivalent(&gold, &answer), equivalent(&answer, &gold), "{pair:?}");
    }
}

/// Classes of all answers written for one gold answer: they do not depend on the order, every answer equals the
/// representative of its class, and what differs from the gold answer is not in the class of the gold answer.
#[test]
fn classes_are_consistent_on_the_pairs() {
    let pairs = all_pairs();
    let mut by_gold: BTreeMap<&str, Vec<&Pair>> = BTreeMap::new();
    for pair in &pairs {
        by_gold.entry(&pair.gold).or_default().push(pair);
    }
    for (gold, pairs) in by_gold {
        let texts = std::iter::once(gold).chain(pairs.iter().map(|pair| pair.answer.as_str()));
        let mut answers: Vec<Option<Answer>> = texts.map(|text| Some(Answer::parse(text))).collect();
        let (ids, representatives) = classes(&answers);
        let ids: Vec<usize> = ids.into_iter().map(|id| id.expect("every answer has a class") as usize).collect();
        for (answer, id) in answers.iter().flatten().zip(&ids) {
            assert_eq!(equivalent(answer, &representatives[*id]), Verdict::Equal, "{gold}: {}", answer.text());
        }
        for (pair, id) in pairs.iter().zip(&ids[1..]) {
            let is_known = KNOWN_WRONG_EQUALS.contains(&(gold, pair.answer.as_str()));
            // Two answers that are undecided beside one another may both equal a third.
            let is_decided = decided(pair) != Verdict::Unknown;
            let is_wrong = *id == ids[0] && pair.expected == Verdict::Different && is_decided && !is_known;
            assert!(!is_wrong, "one class: {gold} and {}", pair.answer);
        }
        answers.reverse();
        let (turned, _) = classes(&answers);
        let together: BTreeSet<(usize, u32)> = ids.iter().copied().zip(turned.into_iter().rev().flatten()).collect();
        assert_eq!(together.len(), representatives.len(), "{gold}: other classes in another order");
    }
}
