//! Answers that are different from the gold answer but look as if they were meant to be it.
//!
//! This only points at what a person should look at; it decides nothing, so it may be coarse. Whole numbers that are close
//! are ordinary mistakes and are not pointed at.

/// Relative difference below which two numbers, not both whole, may be one that was rounded.
const CLOSE: f64 = 0.005;
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

fn close_numbers(gold: f64, answer: f64) -> Option<&'static str> {
    let (small, large) = if gold.abs() < answer.abs() { (gold, answer) } else { (answer, gold) };
    if small == 0.0 || small.signum() != large.signum() {
        return None;
    }
    let ratio = large / small;
    if (ratio - HUNDRED).abs() < 1e-9 * HUNDRED {
        return Some("a factor of 100");
    }
    let whole = gold.fract() == 0.0 && answer.fract() == 0.0;
    (!whole && ratio - 1.0 <= CLOSE).then_some("close in value")
}

/// The value of a text that is a decimal number or a fraction, with the usual decoration; `None` for anything else.
fn number(text: &str) -> Option<f64> {
    let value = text.rsplit_once('=').map_or(text, |(_, value)| value);
    let mut plain: String = value.split_whitespace().collect();
    for decoration in ["\\left", "\\right", "\\$", "\\%", "\\!", "\\,", "$", "%", "^\\circ", "^{\\circ}", "°"] {
        plain = plain.replace(decoration, "");
    }
    let plain = plain.replace("{,}", ",").replace("\\dfrac", "\\frac").replace("\\tfrac", "\\frac");
    let value = match plain.strip_prefix('-') {
        Some(positive) => -unsigned(positive)?,
        None => unsigned(&plain)?,
    };
    value.is_finite().then_some(value)
}

fn unsigned(text: &str) -> Option<f64> {
    if let Some(braced) = text.strip_prefix("\\frac{").and_then(|rest| rest.strip_suffix('}')) {
        let (over, under) = braced.split_once("}{")?;
        return Some(decimal(over)? / decimal(under)?);
    }
    match text.split_once('/') {
        Some((over, under)) => Some(decimal(over)? / decimal(under)?),
        None => decimal(text),
    }
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
