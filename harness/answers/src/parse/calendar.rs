//! Times of day, ratios, dates, and numbers in a base: digits with signs between them that are no operators.

use super::{is_word, quantity, split, symbol, words};
use crate::normalise::{Kind, Token};
use crate::value::{Budget, Clock, Date, Value};

/// Most parts of a ratio.
const MAX_PARTS: usize = 8;

fn digits(token: &Token) -> Option<&str> {
    if let Kind::Number(text) = &token.kind { Some(text) } else { None }
}

/// A number of one or two digits.
fn short(token: &Token) -> Option<u32> {
    digits(token).filter(|text| text.len() <= 2)?.parse().ok()
}

/// `3:30 PM`, `15:30`, `9:05:30`, `3 p.m.`
pub(super) fn clock(tokens: &[Token]) -> Option<Value> {
    let twelve = |number: &Token| digits(number) == Some("12");
    let name = match tokens {
        [name] => Some(name),
        [number, name] if twelve(number) => Some(name),
        _ => None,
    };
    if let Some(Token { kind: Kind::Word(word), .. }) = name
        && matches!(word.to_lowercase().as_str(), "noon" | "midnight")
    {
        let afternoon = word.eq_ignore_ascii_case("noon");
        return Some(Value::Clock(Clock { hour: 12, minute: 0, second: 0, afternoon: Some(afternoon) }));
    }
    let (tokens, afternoon) = match tokens {
        [before @ .., name]
            if before.len() == 3 && (is_word(&name.kind, "noon") || is_word(&name.kind, "midnight")) =>
        {
            (before, Some(is_word(&name.kind, "noon")))
        }
        _ => half_of_day(tokens),
    };
    let two_digits =
        |token: &Token| digits(token).filter(|text| text.len() == 2)?.parse().ok().filter(|n: &u32| *n < 60);
    let is_colon = |token: &Token| symbol(Some(token)) == Some(':');
    let (hour, minute, second) = match tokens {
        [hour] if afternoon.is_some() => (short(hour)?, 0, 0),
        [hour, colon, minute] if is_colon(colon) => (short(hour)?, two_digits(minute)?, 0),
        [hour, colon, minute, other, second] if is_colon(colon) && is_colon(other) => {
            (short(hour)?, two_digits(minute)?, two_digits(second)?)
        }
        _ => return None,
    };
    let fits = if afternoon.is_some() { (1..=12).contains(&hour) } else { hour <= 24 };
    fits.then_some(Value::Clock(Clock { hour, minute, second, afternoon }))
}

/// Whether `AM` or `PM` ends the tokens, and what stands before it.
fn half_of_day(tokens: &[Token]) -> (&[Token], Option<bool>) {
    let mut name = String::new();
    let mut start = tokens.len();
    for (index, token) in tokens.iter().enumerate().rev() {
        match &token.kind {
            Kind::Symbol('.') => {}
            Kind::Word(word) => name.insert_str(0, &word.to_lowercase()),
            Kind::Letter(letter) => name.insert(0, letter.to_ascii_lowercase()),
            _ => break,
        }
        start = index;
    }
    let afternoon = match name.as_str() {
        "am" => Some(false),
        "pm" => Some(true),
        _ => None,
    };
    match tokens.get(..start) {
        Some(before) if afternoon.is_some() => (before, afternoon),
        _ => (tokens, None),
    }
}

/// `3:4`, `1 : 2 : 3`.
pub(super) fn ratio(tokens: &[Token], budget: &mut Budget) -> Option<Value> {
    let (parts, _) = split(tokens, |kind| *kind == Kind::Symbol(':') || is_word(kind, "to"));
    if !(2..=MAX_PARTS).contains(&parts.len()) {
        return None;
    }
    parts.iter().map(|part| quantity::expression(part, budget)).collect::<Option<_>>().map(Value::Ratio)
}

/// `3 \pmod 7`, `3 (mod 7)`.
pub(super) fn residue(tokens: &[Token], budget: &mut Budget) -> Option<Value> {
    let is_modulo =
        |token: &Token| matches!(&token.kind, Kind::Command(name) if matches!(&**name, "pmod" | "bmod" | "mod"));
    let place = tokens.iter().position(is_modulo)?;
    let (number, modulus) = (tokens.get(..place)?, tokens.get(place + 1..)?);
    let (number, modulus) = match (number, modulus) {
        ([number @ .., open], [modulus @ .., close])
            if (symbol(Some(open)), symbol(Some(close))) == (Some('('), Some(')')) =>
        {
            (number, modulus)
        }
        _ if tokens.get(place)?.kind == Kind::Command("pmod".to_owned())
            || number
                .iter()
                .any(|token| token.kind == Kind::Symbol('≡') || token.kind == Kind::Command("equiv".to_owned())) =>
        {
            (number, modulus)
        }
        _ => return None,
    };
    // `x \equiv 3 \pmod 7`
    let (sides, _) =
        split(number, |kind| matches!(kind, Kind::Symbol('≡' | '=')) || *kind == Kind::Command("equiv".to_owned()));
    let value = quantity::expression(sides.last()?, budget)?;
    let modulus = quantity::expression(modulus, budget)?;
    (sides.len() <= 2).then_some(Value::Residue { value, modulus })
}

/// `May 5`, `May 5th, 2020`, `5 May 2020`, `May 2020`, `March`, `2020-05-04`. `5/4/2020` is two days, and stays text.
pub(super) fn date(tokens: &[Token]) -> Option<Value> {
    if let Some(date) = numeric_date(tokens) {
        return Some(date);
    }
    let is_noise = |token: &&Token| {
        matches!(&token.kind, Kind::Symbol(',' | '.')) || matches!(&token.kind, Kind::Word(word) if is_filler(word))
    };
    let parts: Vec<&Token> = tokens.iter().filter(|token| !is_noise(token)).collect();
    let day = |token: &Token| short(token).filter(|day| (1..=31).contains(day));
    let year = |token: &Token| digits(token).filter(|text| text.len() == 4)?.parse().ok();
    let (year, month, day) = match parts.as_slice() {
        [name] => (None, month(name)?, None),
        [name, number] if month(name).is_some() => (year(number), month(name)?, day(number)),
        [number, name] => (None, month(name)?, Some(day(number)?)),
        [name, number, last] if month(name).is_some() => (Some(year(last)?), month(name)?, Some(day(number)?)),
        [number, name, last] => (Some(year(last)?), month(name)?, Some(day(number)?)),
        _ => return None,
    };
    (parts.len() == 1 || year.is_some() || day.is_some()).then_some(Value::Date(Date { year, month, day }))
}

fn is_filler(word: &str) -> bool {
    matches!(word, "th" | "st" | "nd" | "rd" | "of" | "the")
}

fn numeric_date(tokens: &[Token]) -> Option<Value> {
    let [first, mark, second, other, third] = tokens else {
        return None;
    };
    let marks = (symbol(Some(mark))?, symbol(Some(other))?);
    let (first, second, third) = (digits(first)?, digits(second)?, digits(third)?);
    match (marks, first.len(), second.len(), third.len()) {
        (('-', '-'), 4, 2, 2) => {
            let (year, month, day) = (first.parse().ok()?, second.parse().ok()?, third.parse().ok()?);
            ((1..=12).contains(&month) && (1..=31).contains(&day)).then_some(Value::Date(Date {
                year: Some(year),
                month,
                day: Some(day),
            }))
        }
        (('/', '/'), 1..=2, 1..=2, 4) => Some(Value::Words(format!("{first}/{second}/{third}"))),
        _ => None,
    }
}

fn month(token: &Token) -> Option<u32> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let name = words::text(std::slice::from_ref(token))?;
    let name = name.trim_end_matches('.');
    let is_name = |full: &&str| {
        **full == *name || name.len() == 3 && full.starts_with(name) || name == "sept" && **full == *"september"
    };
    MONTHS.iter().zip(1..).find(|(full, _)| is_name(full)).map(|(_, number)| number)
}

/// `204_5`, `1A3_{16}`, `(204)_5`, `204_{\text{five}}`, `204 base 5`.
pub(super) fn based(tokens: &[Token]) -> Option<Value> {
    let place = tokens.iter().position(|token| match &token.kind {
        Kind::Symbol('_') => true,
        Kind::Word(word) => word.eq_ignore_ascii_case("base"),
        _ => false,
    })?;
    let (number, base) = (tokens.get(..place)?, tokens.get(place + 1..)?);
    let number = match number {
        [open, inner @ .., close] if symbol(Some(open)) == Some('(') && symbol(Some(close)) == Some(')') => inner,
        [inner @ .., Token { kind: Kind::Word(word), .. }] if word == "in" => inner,
        // `204 \text{ (base 5)}`
        [inner @ .., open] if symbol(Some(open)) == Some('(') => inner,
        _ => number,
    };
    let base = match base {
        [base] => base,
        [base, close] if symbol(Some(close)) == Some(')') => base,
        [open, base, close] if symbol(Some(open)) == Some('(') && symbol(Some(close)) == Some(')') => base,
        [group, open, base, close, end]
            if (&group.kind, &end.kind) == (&Kind::Open, &Kind::Close)
                && (symbol(Some(open)), symbol(Some(close))) == (Some('('), Some(')')) =>
        {
            base
        }
        _ => return None,
    };
    let base = digits(base)?.parse().ok().filter(|base| (2..=36).contains(base))?;
    let mut text = String::new();
    for token in number {
        match &token.kind {
            Kind::Number(digits) => text.push_str(digits),
            Kind::Letter(letter) if !text.is_empty() => text.push(letter.to_ascii_lowercase()),
            Kind::Word(letters) if !text.is_empty() => text.push_str(&letters.to_lowercase()),
            _ => return None,
        }
    }
    let digits = text.trim_start_matches('0');
    let fits = !text.is_empty() && digits.chars().all(|digit| digit.is_digit(base));
    fits.then(|| Value::Based { digits: digits.to_owned(), base })
}
