//! The gold answers themselves: each is understood, comes back out of a box, and differs from the others.

use markovscale_answers::{Answer, Verdict, equivalent, extract, gsm8k_gold};

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

/// No two gold answers that are written differently should be called equal unless they are; printed for inspection.
#[test]
fn distinct_golds_stay_distinct() {
    let Some(rows) = rows("math500_test.json") else {
        return;
    };
    let golds: Vec<Answer> = rows.iter().map(|row| Answer::parse(field(row, "answer"))).collect();
    let mut equal: Vec<(&str, &str)> = Vec::new();
    for (index, a) in golds.iter().enumerate() {
        for b in &golds[..index] {
            if a != b && equivalent(a, b) == Verdict::Equal {
                equal.push((a.text(), b.text()));
            }
        }
    }
    equal.sort_unstable();
    equal.dedup();
    println!("{} pairs written differently are equal: {equal:?}", equal.len());
    assert!(equal.len() < 40, "{equal:?}");
}
