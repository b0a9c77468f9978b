//! The gold answers themselves: each is understood, comes back out of a box, and differs from the others.

use markovscale_answers::{Answer, Policy, Verdict, equivalent, extract, grade, gsm8k_gold};

use crate::rewordings::{DATASETS, golds};
use crate::support::{field, rows};

/// Every gold answer equals itself, comes back out of a box, and is understood as a value.
fn check_golds<'a>(name: &str, golds: impl Iterator<Item = &'a str>) -> usize {
    let mut count = 0;
    let mut not_understood = Vec::new();
    for gold in golds {
        let answer = Answer::parse(gold);
        assert_eq!(answer.text(), gold.trim());
        assert_eq!(equivalent(&answer, &answer), Verdict::Equal, "{gold}");
        let boxed = extract(&format!("It follows that \\boxed{{{gold}}}, as 1 = 1.")).expect("an answer");
        assert_eq!(equivalent(&boxed, &answer), Verdict::Equal, "{gold}");
        if !answer.is_understood() {
            not_understood.push(gold.to_owned());
        }
        count += 1;
    }
    println!("{name}: {} of {count} golds understood; not: {not_understood:?}", count - not_understood.len());
    assert!(not_understood.is_empty(), "{name}: {not_understood:?}");
    count
}

#[test]
fn gsm8k_golds() {
    let Some(rows) = rows("gsm8k_test.json") else {
        return;
    };
    let golds: Vec<&str> = rows.iter().map(|row| gsm8k_gold(field(row, "answer")).expect("a gold answer")).collect();
    assert_eq!(check_golds("gsm8k", golds.iter().copied()), 1_319);
    for (row, gold) in [(226, "33"), (258, "6"), (876, "41"), (1303, "4")] {
        assert_eq!(golds[row], gold, "row {row}");
    }
    for (row, gold) in rows.iter().zip(golds) {
        let extracted = extract(field(row, "answer")).expect("an answer");
        assert_eq!(equivalent(&extracted, &Answer::parse(gold)), Verdict::Equal, "{gold}");
        assert!(gold.replace(',', "").parse::<i64>().is_ok(), "{gold}");
    }
}

#[test]
fn competition_golds() {
    for (name, expected) in [("math500_test.json", 500), ("aime24.json", 30), ("aime25.json", 30), ("amc23.json", 40)] {
        let Some(rows) = rows(name) else { return };
        assert_eq!(check_golds(name, rows.iter().map(|row| field(row, "answer"))), expected);
    }
}

#[test]
fn math500_solutions_give_their_answers() {
    let Some(rows) = rows("math500_test.json") else {
        return;
    };
    let mut missed = Vec::new();
    for row in &rows {
        let gold = Answer::parse(field(row, "answer"));
        let found = extract(field(row, "solution"));
        if !found.as_ref().is_some_and(|found| equivalent(found, &gold) == Verdict::Equal) {
            missed.push((gold.text().to_owned(), found.map(|found| found.text().to_owned())));
        }
    }
    println!("math500: {} of {} solutions give their answer; not: {missed:?}", rows.len() - missed.len(), rows.len());
    assert!(missed.len() * 100 <= rows.len() * 2, "{missed:?}");
}

/// Why two gold answers that are written differently are called equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Judged {
    /// The same number or object in another notation.
    SameObject,
    /// A number with a unit (degrees, dollars, areas) and the number: an answer may leave the unit out.
    UnitLeftOut,
    /// `x = 5` and `5`: an answer may leave the name out.
    NameLeftOut,
    /// A number with its base, as gold answer, and its digits: the question names the base.
    BaseLeftOut,
}

/// Every pair of different texts that are called equal, each text by the row of its first appearance, and the judgement
/// on it; [`Judged::SameObject`] is right anywhere, the others are right as an answer to the other's question.
const EQUAL_GOLDS: &[(&str, usize, usize, Judged)] = &[
    ("gsm8k", 249, 257, Judged::SameObject),
    ("gsm8k", 829, 857, Judged::SameObject),
    ("math500", 43, 77, Judged::UnitLeftOut),
    ("math500", 43, 96, Judged::UnitLeftOut),
    ("math500", 23, 102, Judged::BaseLeftOut),
    ("math500", 146, 153, Judged::UnitLeftOut),
    ("math500", 89, 164, Judged::UnitLeftOut),
    ("math500", 113, 166, Judged::UnitLeftOut),
    ("math500", 120, 187, Judged::UnitLeftOut),
    // An angle in degrees and in radians.
    ("math500", 174, 213, Judged::SameObject),
    ("math500", 90, 357, Judged::NameLeftOut),
    ("math500", 373, 391, Judged::SameObject),
    ("math500", 395, 402, Judged::SameObject),
    ("math500", 355, 479, Judged::SameObject),
    // Two lists of the same members.
    ("math500", 445, 495, Judged::SameObject),
];

/// No two different gold answers of one benchmark are called equal, but for those judged one by one.
#[test]
fn different_golds_stay_different() {
    let mut equal = Vec::new();
    for (dataset, file, _) in DATASETS {
        let Some(golds) = golds(dataset, file) else { return };
        let mut distinct: Vec<(usize, Answer)> = Vec::new();
        for (row, gold) in golds.iter().enumerate() {
            if distinct.iter().all(|(_, known)| known.text() != gold.trim()) {
                distinct.push((row, Answer::parse(gold)));
            }
        }
        for (index, (row, gold)) in distinct.iter().enumerate() {
            for (other_row, other) in &distinct[..index] {
                if is_called_equal(gold, other) {
                    println!("{dataset}: row {other_row}: {}, row {row}: {}", other.text(), gold.text());
                    equal.push((dataset, *other_row, *row));
                }
            }
        }
    }
    let judged: Vec<_> = EQUAL_GOLDS.iter().map(|&(dataset, a, b, _)| (dataset, a, b)).collect();
    let same = EQUAL_GOLDS.iter().filter(|judged| judged.3 == Judged::SameObject).count();
    println!("{} pairs are called equal, {same} of them the same object", equal.len());
    assert_eq!(equal, judged, "rows of different gold answers that are called equal");
}

/// By any of the ways in which answers are compared.
fn is_called_equal(a: &Answer, b: &Answer) -> bool {
    let policy = Policy::default();
    let graded = [(a, b), (b, a)].map(|(gold, answer)| grade(gold, answer, &policy).verdict);
    equivalent(a, b) == Verdict::Equal || graded.contains(&Verdict::Equal)
}
