//! Plausible wrong answers: the gold answer with one of its numbers changed, provably different from it and from each
//! other.

use std::collections::HashSet;
use std::ops::Range;

use markovscale_answers::{Answer, Policy, Verdict, equivalent, grade};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::grader::plain_integer;

/// Attempts per answer before falling back to plain integers.
const ATTEMPTS: usize = 30;

/// `count` wrong answers, most tempting first. Integers replace them where the gold answer has no number to change.
pub(crate) fn wrong_answers(gold: &str, count: usize, rng: &mut ChaCha8Rng) -> Vec<String> {
    match plain_integer(gold) {
        Some(gold) => wrong_integers(gold, count, rng),
        None => wrong_expressions(gold.trim(), count, rng),
    }
}

/// Integers near the gold one; different values need no further proof.
fn wrong_integers(gold: i128, count: usize, rng: &mut ChaCha8Rng) -> Vec<String> {
    let mut taken = HashSet::from([gold]);
    let mut answers = Vec::with_capacity(count);
    for attempt in 0..count * ATTEMPTS {
        if answers.len() == count {
            return answers;
        }
        let magnitude = slip(gold.unsigned_abs(), attempt / 4, rng);
        let sign = if gold < 0 { -1 } else { 1 };
        let candidate = sign * i128::try_from(magnitude).unwrap_or(1);
        if taken.insert(candidate) {
            answers.push(candidate.to_string());
        }
    }
    let mut next = gold.saturating_add(1);
    while answers.len() < count {
        if taken.insert(next) {
            answers.push(next.to_string());
        }
        next = next.checked_add(1).unwrap_or(i128::MIN);
    }
    answers
}

/// The gold expression with one number changed at a time.
fn wrong_expressions(gold: &str, count: usize, rng: &mut ChaCha8Rng) -> Vec<String> {
    let spans = numbers(gold);
    let gold_answer = Answer::parse(gold);
    let graded = |candidate: &Answer| grade(&gold_answer, candidate, &Policy::default()).verdict;
    let mut kept = vec![gold_answer.clone()];
    for attempt in 0..count * ATTEMPTS {
        if kept.len() > count || spans.is_empty() {
            break;
        }
        let span = spans[rng.random_range(0..spans.len())].clone();
        let candidate = Answer::parse(&change(gold, span, attempt / 4, rng));
        // A gold answer that is a rounded decimal allows for more than what is equivalent to it.
        if graded(&candidate) == Verdict::Different
            && kept.iter().all(|other| equivalent(other, &candidate) == Verdict::Different)
        {
            kept.push(candidate);
        }
    }
    // A gold answer without numbers, or one that the equivalence check does not understand. Integers differ from each
    // other by value; an undecided comparison with such a gold is graded as not right.
    let mut next: u64 = rng.random_range(2..40);
    while kept.len() <= count {
        let candidate = Answer::parse(&next.to_string());
        if graded(&candidate) != Verdict::Equal
            && kept.iter().all(|other| equivalent(other, &candidate) != Verdict::Equal)
        {
            kept.push(candidate);
        }
        next += rng.random_range(1..4);
    }
    kept.iter().skip(1).map(|answer| answer.text().to_owned()).collect()
}

/// Where the maximal runs of ASCII digits stand.
fn numbers(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut spans = Vec::new();
    let mut start = None;
    for (index, byte) in bytes.iter().copied().chain([b' ']).enumerate() {
        match (byte.is_ascii_digit(), start) {
            (true, None) => start = Some(index),
            (false, Some(from)) => {
                spans.push(from..index);
                start = None;
            }
            _ => {}
        }
    }
    spans
}

/// The text with the number at `span` changed. The width stays where it carries meaning: decimals, thousands groups,
/// leading zeros, and LaTeX arguments without braces (`\frac12`).
fn change(text: &str, span: Range<usize>, attempt: usize, rng: &mut ChaCha8Rng) -> String {
    let digits = &text[span.clone()];
    let before = text[..span.start].chars().next_back();
    let after = text[span.end..].chars().next();
    let grouped = after == Some(',') || before.is_some_and(|c| c == '.' || c == ',' || c.is_alphabetic());
    let replacement = if digits.len() > 12 || (digits.len() > 1 && (grouped || digits.starts_with('0'))) {
        let position = rng.random_range(0..digits.len());
        let old = u32::from(digits.as_bytes()[position] - b'0');
        // A leading digit or an unbraced argument never becomes 0: that would lose it, or divide by it.
        let new = 1 + (old + rng.random_range(0..8)) % 9;
        format!("{}{new}{}", &digits[..position], &digits[position + 1..])
    } else {
        let value: u128 = digits.parse().unwrap_or(1);
        let new = slip(value, attempt, rng).max(1);
        if digits.len() == 1 && grouped { (1 + new % 9).to_string() } else { new.to_string() }
    };
    format!("{}{replacement}{}", &text[..span.start], &text[span.end..])
}

/// A number as a slip of the pen would leave it; further away the more attempts were made.
fn slip(value: u128, attempt: usize, rng: &mut ChaCha8Rng) -> u128 {
    let reach = (value / 10).clamp(3, 1 << 60) + attempt as u128;
    let near: u128 = rng.random_range(1..=reach);
    match rng.random_range(0..8) {
        0 => value.saturating_mul(2),
        1 => value / 2,
        2 => value + 1,
        3 => value.saturating_sub(1),
        4 | 5 => value.saturating_sub(near),
        _ => value.saturating_add(near),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::SeedableRng;

    use super::*;

    fn assert_distinct_and_wrong(gold: &str, answers: &[String]) {
        let gold = Answer::parse(gold);
        let parsed: Vec<Answer> = answers.iter().map(|text| Answer::parse(text)).collect();
        for (index, answer) in parsed.iter().enumerate() {
            assert_ne!(equivalent(answer, &gold), Verdict::Equal, "{answer:?} is {gold:?}");
            assert_ne!(
                grade(&gold, answer, &Policy::default()).verdict,
                Verdict::Equal,
                "{answer:?} passes for {gold:?}"
            );
            for other in &parsed[..index] {
                assert_ne!(equivalent(answer, other), Verdict::Equal, "{answer:?} twice for {gold:?}");
            }
        }
    }

    #[test]
    fn latex_golds_get_distinct_wrong_answers_of_the_same_shape() {
        let golds = [
            "\\frac{3}{4}",
            "\\frac12",
            "2\\sqrt{13}",
            "[-2, 7]",
            "\\left(3, \\frac{\\pi}{2}\\right)",
            "p - q",
            "3x^2 - 5x + 1",
            "\\text{Evelyn}",
            "70,000",
            "0.25",
            "\\$18.90",
            "(-\\infty, 0) \\cup (0, 5)",
        ];
        for gold in golds {
            let answers = wrong_answers(gold, 25, &mut ChaCha8Rng::seed_from_u64(1));
            assert_eq!(answers.len(), 25);
            assert_distinct_and_wrong(gold, &answers);
            assert_eq!(answers, wrong_answers(gold, 25, &mut ChaCha8Rng::seed_from_u64(1)));
        }
        let fractions = wrong_answers("\\frac{3}{4}", 25, &mut ChaCha8Rng::seed_from_u64(2));
        assert!(fractions.iter().filter(|answer| answer.starts_with("\\frac{")).count() >= 20, "{fractions:?}");
        assert!(fractions.iter().all(|answer| !answer.contains("{0}")), "{fractions:?}");
    }

    proptest! {
        #[test]
        fn any_gold_gets_as_many_wrong_answers_as_asked(gold in "\\PC{0,12}", seed: u64, count in 0usize..12) {
            let answers = wrong_answers(&gold, count, &mut ChaCha8Rng::seed_from_u64(seed));
            prop_assert_eq!(answers.len(), count);
            assert_distinct_and_wrong(&gold, &answers);
        }

        #[test]
        fn integer_golds_get_distinct_integers(gold: i64, seed: u64) {
            let answers = wrong_answers(&gold.to_string(), 40, &mut ChaCha8Rng::seed_from_u64(seed));
            let values: HashSet<i128> = answers.iter().filter_map(|text| plain_integer(text)).collect();
            prop_assert_eq!(values.len(), 40);
            prop_assert!(!values.contains(&i128::from(gold)));
        }
    }
}
