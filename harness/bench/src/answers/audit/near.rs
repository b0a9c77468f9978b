//! Answers that are different from the gold answer but look as if they were meant to be it.
//!
//! This only points at what a person should look at; it decides nothing, so it may be coarse. Numbers of the same precision
//! that are not neighbours are ordinary mistakes and are not pointed at, nor are whole numbers that are close.

/// Relative difference below which neighbouring decimals may be one number that was rounded in two ways.
const NEIGHBOURS: f64 = 0.005;
/// Relative difference below which a whole number may be one that was rounded.
const WHOLE: f64 = 0.05;
/// What a percentage and its fraction differ by.
const HUNDRED: f64 = 100.0;

/// In what an answer is close to the gold answer, if in anything.
pub(super) fn nearness(gold: &str, answer: &str) -> Option<&'static str> {
    if let (Some(gold), Some(answer)) = (number(gold), number(answer)) {
        return close_numbers(gold, answer);
    }
    let (gold, answer) = (letters(gold), letters(answer));
    (!gold.is_empty() && gold == answer).then_some("written almost alike")
}

fn close_numbers(gold: Number, answer: Number) -> Option<&'static str> {
    let (small, large) = if gold.value.abs() < answer.value.abs() { (gold, answer) } else { (answer, gold) };
    if small.value == 0.0 || small.value.signum() != large.value.signum() {
        return None;
    }
    let ratio = large.value / small.value;
    if (ratio - HUNDRED).abs() < 1e-9 * HUNDRED {
        return Some("a factor of 100");
    }
    may_be_rounded(small, large).then_some("close in value")
}

/// Whether one may be the other rounded to its last place.
fn may_be_rounded(small: Number, large: Number) -> bool {
    let apart = (large.value - small.value).abs();
    let relative = apart / large.value.abs();
    let Some(coarser) = small.places.into_iter().chain(large.places).min() else { return false };
    let unit = 10f64.powi(-i32::try_from(coarser).unwrap_or(i32::MAX)) * (1.0 + 1e-6);
    match (small.places == large.places, coarser) {
        (true, 0) => false,
        (true, _) => apart <= unit && relative <= NEIGHBOURS,
        (false, 0) => apart <= unit / 2.0 && relative <= WHOLE,
        (false, _) => apart <= unit,
    }
}

/// A number as a text gives it.
#[derive(Debug, Clone, Copy)]
struct Number {
    value: f64,
    /// Digits after the point; `None` for a fraction, which is not rounded.
    places: Option<u32>,
}

/// The value of a text that is a decimal number or a fraction, with the usual decoration; `None` for anything else.
fn number(text: &str) -> Option<Number> {
    let value = text.rsplit_once('=').map_or(text, |(_, value)| value);
    let mut plain: String = value.split_whitespace().collect();
    for decoration in ["\\left", "\\right", "\\$", "\\%", "\\!", "\\,", "$", "%", "^\\circ", "^{\\circ}", "°"] {
        plain = plain.replace(decoration, "");
    }
    let plain = plain.replace("{,}", ",").replace("\\dfrac", "\\frac").replace("\\tfrac", "\\frac");
    let number = match plain.strip_prefix('-') {
        Some(positive) => unsigned(positive).map(|number| Number { value: -number.value, ..number })?,
        None => unsigned(&plain)?,
    };
    number.value.is_finite().then_some(number)
}

fn unsigned(text: &str) -> Option<Number> {
    let fraction = |over, under| Some(Number { value: decimal(over)? / decimal(under)?, places: None });
    if let Some(braced) = text.strip_prefix("\\frac{").and_then(|rest| rest.strip_suffix('}')) {
        let (over, under) = braced.split_once("}{")?;
        return fraction(over, under);
    }
    if let Some((over, under)) = text.split_once('/') {
        return fraction(over, under);
    }
    let places = text.split_once('.').map_or(0, |(_, places)| places.len());
    Some(Number { value: decimal(text)?, places: u32::try_from(places).ok() })
}

/// Digits with an optional point and thousands separators; `1,2` is a list.
fn decimal(text: &str) -> Option<f64> {
    let (whole, _) = text.split_once('.').unwrap_or((text, ""));
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    if groups.any(|group| group.len() != 3) || (whole.contains(',') && !(1..=3).contains(&first.len())) {
        return None;
    }
    let digits = text.replace(',', "");
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if plain { digits.parse().ok() } else { None }
}

/// What is left of a text without spaces, brackets and LaTeX's dressing, in lower case.
fn letters(text: &str) -> String {
    let mut text = text.to_lowercase();
    for dressing in ["\\left", "\\right", "\\text", "\\mbox", "\\mathrm", "\\dfrac", "\\tfrac"] {
        text = text.replace(dressing, if dressing.ends_with("frac") { "\\frac" } else { "" });
    }
    text.chars().filter(|c| !c.is_whitespace() && !"\\${}()[]\"'.;:".contains(*c) || *c == '.').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounded_values_hundredfolds_and_other_dressing_are_pointed_at() {
        let cases = [
            ("0.3333", "\\frac{1}{3}", Some("close in value")),
            ("3.14", "x = 3.1416", Some("close in value")),
            ("\\frac{5}{4}", "-1.25", None),
            ("0.5", "50\\%", Some("a factor of 100")),
            ("50", "5,000", Some("a factor of 100")),
            ("1319", "1320", None),
            ("1,319", "1320.0", None),
            ("2.5", "2.6", None),
            ("92.75", "92.74", Some("close in value")),
            ("1166.25", "1166.45", None),
            ("1166.25", "1166", Some("close in value")),
            ("0.33", "1/3", Some("close in value")),
            ("0.3", "1/3", Some("close in value")),
            ("\\frac{1}{2}", "1", None),
            ("3325/243", "3325/242", None),
            ("1,2", "12", None),
            ("0", "0.001", None),
            ("[1, 2)", "(1,2]", Some("written almost alike")),
            ("\\text{Evelyn}", "evelyn", Some("written almost alike")),
            ("x^2", "x^3", None),
            ("-x", "x", None),
            ("1.5x", "15x", None),
            ("", "", None),
            ("\\$", "\\(", None),
        ];
        for (gold, answer, expected) in cases {
            assert_eq!(nearness(gold, answer), expected, "{gold} and {answer}");
            assert_eq!(nearness(answer, gold), expected, "{answer} and {gold}");
        }
    }
}
