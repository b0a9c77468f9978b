//! Labelled pairs made by rule: an object with numbers drawn at random, written in several ways that mean the same and in
//! several that do not.
//!
//! What is right follows from how a pair is made, with integers, and never from what the crate answers. The draws are
//! addressed by rule and number, so that a new rule changes no other, and the file is the same on every machine.

mod algebra;
mod numbers;
mod structures;

use std::collections::HashSet;

use markovscale_answers::Verdict;

use crate::support::{Pair, check_stored, data, written};

/// A stream of numbers (splitmix64), the same everywhere.
pub(crate) struct Draws(u64);

impl Draws {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// An integer from `low` to `high`, both included.
    pub(crate) fn integer(&mut self, low: i64, high: i64) -> i64 {
        let width = u64::try_from(high - low + 1).expect("a range");
        low + i64::try_from(self.next() % width).expect("small")
    }

    /// The same without zero.
    pub(crate) fn nonzero(&mut self, low: i64, high: i64) -> i64 {
        loop {
            let value = self.integer(low, high);
            if value != 0 {
                return value;
            }
        }
    }

    /// A square-free integer greater than 1.
    pub(crate) fn square_free(&mut self) -> i64 {
        const CHOICE: [i64; 14] = [2, 3, 5, 6, 7, 10, 11, 13, 14, 15, 17, 19, 21, 23];
        CHOICE[usize::try_from(self.integer(0, 13)).expect("an index")]
    }
}

/// The pairs of one gold answer.
pub(crate) struct Case {
    gold: String,
    equal: Vec<String>,
    different: Vec<String>,
}

impl Case {
    pub(crate) fn new(gold: impl Into<String>) -> Self {
        Self { gold: gold.into(), equal: Vec::new(), different: Vec::new() }
    }

    pub(crate) fn equal(mut self, answers: impl IntoIterator<Item = String>) -> Self {
        self.equal.extend(answers);
        self
    }

    pub(crate) fn different(mut self, answers: impl IntoIterator<Item = String>) -> Self {
        self.different.extend(answers);
        self
    }

    /// Different under a condition that the draw has to meet.
    pub(crate) fn different_if(self, condition: bool, answer: String) -> Self {
        self.different(condition.then_some(answer))
    }
}

/// A feature, how many objects are drawn for it, and the rule that writes one.
pub(crate) type Rule = (&'static str, u32, fn(&mut Draws) -> Case);

pub(crate) fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a.abs() } else { gcd(b, a % b) }
}

/// `+ 3`, `- 3`: a term after others.
pub(crate) fn signed(value: i64) -> String {
    if value < 0 { format!("- {}", -value) } else { format!("+ {value}") }
}

/// A coefficient before a letter: `x`, `-x`, `3x`; no zero.
pub(crate) fn times(coefficient: i64, letter: &str) -> String {
    match coefficient {
        1 => letter.to_owned(),
        -1 => format!("-{letter}"),
        _ => format!("{coefficient}{letter}"),
    }
}

/// The same as a later term of a sum.
pub(crate) fn plus(coefficient: i64, letter: &str) -> String {
    match coefficient {
        0 => String::new(),
        1.. => format!(" + {}", times(coefficient, letter)),
        _ => format!(" - {}", times(-coefficient, letter)),
    }
}

/// A constant as the last term of a sum; nothing for zero.
pub(crate) fn constant(value: i64) -> String {
    if value == 0 { String::new() } else { format!(" {}", signed(value)) }
}

/// A reduced fraction in LaTeX, or an integer.
pub(crate) fn fraction(numerator: i64, denominator: i64) -> String {
    let (sign, p, q) = reduced(numerator, denominator);
    let minus = if sign < 0 { "-" } else { "" };
    if q == 1 { format!("{minus}{p}") } else { format!("{minus}\\frac{{{p}}}{{{q}}}") }
}

/// Sign, numerator and denominator in lowest terms, the last two not negative.
pub(crate) fn reduced(numerator: i64, denominator: i64) -> (i64, i64, i64) {
    let divisor = gcd(numerator, denominator);
    (numerator.signum() * denominator.signum(), (numerator / divisor).abs(), (denominator / divisor).abs())
}

/// An integer with `places` decimals: 1234 and 2 are `12.34`.
pub(crate) fn decimal(value: i64, places: u32) -> String {
    let scale = 10_i64.pow(places);
    let minus = if value < 0 { "-" } else { "" };
    let (whole, rest) = (value.abs() / scale, value.abs() % scale);
    if places == 0 {
        format!("{minus}{whole}")
    } else {
        format!("{minus}{whole}.{rest:0width$}", width = places as usize)
    }
}

/// With a separator between groups of three digits.
pub(crate) fn grouped(value: i64, separator: &str) -> String {
    let digits = value.abs().to_string();
    let mut text = if value < 0 { "-".to_owned() } else { String::new() };
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push_str(separator);
        }
        text.push(digit);
    }
    text
}

fn all_pairs() -> Vec<Pair> {
    let rules = [numbers::RULES, algebra::RULES, structures::RULES].concat();
    let mut pairs = Vec::new();
    let mut seen = HashSet::new();
    for (rule, (feature, count, make)) in rules.iter().enumerate() {
        for number in 0..u64::from(*count) {
            let case = make(&mut Draws((rule as u64 + 1) << 32 | number));
            let equal = case.equal.into_iter().map(|answer| (answer, Verdict::Equal));
            let different = case.different.into_iter().map(|answer| (answer, Verdict::Different));
            for (answer, expected) in equal.chain(different) {
                if seen.insert((case.gold.clone(), answer.clone())) {
                    pairs.push(Pair { feature: (*feature).to_owned(), gold: case.gold.clone(), answer, expected });
                }
            }
        }
    }
    pairs
}

#[test]
fn the_stored_file_is_what_the_rules_make() {
    let pairs = all_pairs();
    println!("{} pairs by rule", pairs.len());
    check_stored(&data("pairs-by-rule.csv"), &written(&pairs));
}
