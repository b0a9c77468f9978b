//! Units by the words, abbreviations and signs behind a number.

use super::symbol;
use super::unit_names::{is_currency, measure, singular};
use crate::normalise::{Kind, Token};
use crate::value::{Measure, Quantity, Unit};

/// Longest unit that is only words, such as `square tiles`.
const MAX_WORDS: usize = 4;

/// Words behind a unit that add nothing to it.
const ADDED: &str =
    "long wide tall high deep old away each total altogether left apart later ago remaining approximately";

/// Words that make more of a number than a count of things, so that what they follow may not be compared without them.
const NOT_UNITS: &str = "factorial plus minus times over mod modulo divided multiplied more less fewer greater smaller \
                         than not if when where for is are was were because since to choose with but only or and between \
                         from below above except most least base point half halves thirds fourths fifths \
                         short missing under wrong false unless until th st nd rd";

fn is_among(words: &str, word: &str) -> bool {
    words.split_whitespace().any(|known| known == word)
}

/// The unit that the tokens behind an expression name; `None` where they are no unit.
pub(super) fn unit(tokens: &[Token]) -> Option<Unit> {
    let Some(first) = tokens.first() else {
        return Some(Unit::None);
    };
    let begins = match first.kind {
        Kind::Word(_) => true,
        Kind::Symbol(c) => matches!(c, '%' | '°') || is_currency(c),
        _ => false,
    };
    if !begins {
        return None;
    }
    // "sq. cm", "in."
    let undotted: Vec<Token>;
    let mut tokens = without_additions(tokens);
    if tokens.iter().any(|token| token.kind == Kind::Symbol('.')) {
        undotted = tokens.iter().filter(|token| token.kind != Kind::Symbol('.')).cloned().collect();
        tokens = &undotted;
    }
    special(tokens).or_else(|| product(tokens).map(Unit::Measure)).or_else(|| words(tokens).map(Unit::Other))
}

fn without_additions(mut tokens: &[Token]) -> &[Token] {
    while let [rest @ .., Token { kind: Kind::Word(last), .. }] = tokens {
        let last = last.to_lowercase();
        if rest.is_empty() || !is_among(ADDED, &last) && last != "all" {
            break;
        }
        // "in total", "in all"
        tokens = match rest {
            [before @ .., Token { kind: Kind::Word(word), .. }]
                if word == "in" && matches!(&*last, "total" | "all") =>
            {
                before
            }
            _ if last == "all" => break,
            _ => rest,
        };
    }
    tokens
}

/// What is no measure: percent, degrees, radians, ordinals. Temperatures begin with degrees.
fn special(tokens: &[Token]) -> Option<Unit> {
    let names: Vec<String> = tokens
        .iter()
        .map(|token| match &token.kind {
            Kind::Word(word) => Some(word.to_lowercase()),
            Kind::Symbol(c @ ('%' | '°')) => Some(c.to_string()),
            Kind::Letter(c) => Some(c.to_lowercase().to_string()),
            _ => None,
        })
        .collect::<Option<_>>()?;
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let temperature = |quantity| Some(Unit::Measure(Measure::new(&[(quantity, 1)], 1, 1)));
    match names.as_slice() {
        ["%" | "percent" | "percents" | "pct" | "percentage" | "percentages"]
        | ["per", "cent"]
        | ["%" | "percent" | "percentage", "point" | "points"] => Some(Unit::Percent),
        ["°" | "degree" | "degrees" | "deg" | "degs"] => Some(Unit::Degree),
        ["rad" | "rads" | "radian" | "radians"] => Some(Unit::Radian),
        ["th" | "st" | "nd" | "rd"] => Some(Unit::Ordinal),
        ["°" | "degree" | "degrees", "c" | "celsius"] | ["celsius"] => temperature(Quantity::Celsius),
        ["°" | "degree" | "degrees", "f" | "fahrenheit"] | ["fahrenheit"] => temperature(Quantity::Fahrenheit),
        _ => None,
    }
}

/// `m/s^2`, `square centimeters`, `miles per hour`, `\$ per kg`.
fn product(tokens: &[Token]) -> Option<Measure> {
    let mut result = Measure::one();
    let mut last: Option<Measure> = None;
    let mut rest = tokens;
    while let [first, after @ ..] = rest {
        if let Kind::Word(word) = &first.kind
            && let Some(more) = suffix(word)
        {
            // "centimeters squared": the last factor once or twice more.
            result = result.times(&last?.power(more)?)?;
            rest = after;
            continue;
        }
        let sign: Option<i8> = match &first.kind {
            Kind::Symbol('/') => Some(-1),
            Kind::Word(word) if word == "per" => Some(-1),
            Kind::Symbol('*' | '-' | '.') => Some(1),
            _ => None,
        };
        if sign.is_some() && last.is_none() {
            return None;
        }
        let (factor, after) = factor(if sign.is_some() { after } else { rest })?;
        let factor = factor.power(sign.unwrap_or(1))?;
        result = result.times(&factor)?;
        last = Some(factor);
        rest = after;
    }
    last.map(|_| result)
}

fn suffix(word: &str) -> Option<i8> {
    match word.to_lowercase().as_str() {
        "squared" => Some(1),
        "cubed" => Some(2),
        _ => None,
    }
}

/// One unit with its power, and the tokens behind it.
fn factor(tokens: &[Token]) -> Option<(Measure, &[Token])> {
    let (name, rest) = tokens.split_first()?;
    let spelled = |token: &Token| match &token.kind {
        Kind::Word(word) => Some(word.clone()),
        Kind::Letter(c) => Some(c.to_string()),
        Kind::Symbol(c) if is_currency(*c) => Some(c.to_string()),
        _ => None,
    };
    let name = spelled(name)?;
    let prefix: i8 = match name.to_lowercase().as_str() {
        "square" | "sq" => 2,
        "cubic" | "cu" => 3,
        _ => 1,
    };
    let (unit, rest) = match (prefix, rest) {
        (1, _) => (measure(&name)?, rest),
        (_, [next, rest @ ..]) => (measure(&spelled(next)?)?, rest),
        (_, []) => return None,
    };
    let (power, rest) = power(rest)?;
    Some((unit.power(prefix)?.power(power)?, rest))
}

/// `^2`, `^{-1}`, or nothing.
fn power(tokens: &[Token]) -> Option<(i8, &[Token])> {
    let [raised, rest @ ..] = tokens else {
        return Some((1, tokens));
    };
    if symbol(Some(raised)) != Some('^') {
        return Some((1, tokens));
    }
    let small = |token: &Token| match &token.kind {
        Kind::Number(text) => text.parse::<i8>().ok().filter(|power| (1..=4).contains(power)),
        _ => None,
    };
    match rest {
        [open, minus, number, close, rest @ ..]
            if open.kind == Kind::Open && close.kind == Kind::Close && symbol(Some(minus)) == Some('-') =>
        {
            Some((-small(number)?, rest))
        }
        [minus, number, rest @ ..] if symbol(Some(minus)) == Some('-') => Some((-small(number)?, rest)),
        [number, rest @ ..] => Some((small(number)?, rest)),
        [] => None,
    }
}

/// A few words that name what is counted, each in the singular; `units^2` are square units.
fn words(tokens: &[Token]) -> Option<String> {
    let (tokens, mut name) = match tokens {
        [words @ .., raised, Token { kind: Kind::Number(power), .. }] if symbol(Some(raised)) == Some('^') => {
            let name = match power.as_str() {
                "2" => "square",
                "3" => "cubic",
                _ => return None,
            };
            (words, name.to_owned())
        }
        _ => (tokens, String::new()),
    };
    for (index, token) in tokens.iter().enumerate() {
        let word = match &token.kind {
            Kind::Word(word) => word.to_lowercase(),
            // `\$15/person`
            Kind::Symbol('/') if index > 0 => "per".to_owned(),
            Kind::Symbol(sign) if index == 0 && tokens.len() > 2 && is_currency(*sign) => sign.to_string(),
            _ => return None,
        };
        if is_among(NOT_UNITS, &word) {
            return None;
        }
        // A letter set upright may be a unit, a set or a name.
        if tokens.len() == 1 && word.chars().count() == 1 {
            return None;
        }
        let word = match word.as_str() {
            "the" | "of" | "a" | "an" => continue,
            "sq" => "square".to_owned(),
            "cu" => "cubic".to_owned(),
            // "7 squared" is no count of things.
            "squared" | "cubed" if name.is_empty() => return None,
            "squared" | "cubed" => {
                let power = if word == "squared" { "square " } else { "cubic " };
                name.insert_str(0, power);
                continue;
            }
            _ => word,
        };
        if !name.is_empty() {
            name.push(' ');
        }
        name.push_str(&singular(&word));
    }
    (tokens.len() <= MAX_WORDS && !name.is_empty()).then_some(name)
}
