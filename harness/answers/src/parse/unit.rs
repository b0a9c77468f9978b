//! Numbers and expressions with what stands beside them: units, percent signs, currencies.

use super::unit_names::{measure, singular};
use super::{scalar, symbol};
use crate::normalise::{Kind, Token};
use crate::value::{Budget, Expression, Measure, Precision, Quantity, Scalar, Unit};

/// Longest unit that is only words, such as `square tiles`.
const MAX_WORDS: usize = 4;

/// Words behind a unit that add nothing to it.
const ADDED: [&str; 16] = [
    "long",
    "wide",
    "tall",
    "high",
    "deep",
    "old",
    "away",
    "each",
    "total",
    "altogether",
    "left",
    "apart",
    "later",
    "ago",
    "remaining",
    "approximately",
];

/// Words that make more of a number than a count of things, so that what they follow may not be compared without them.
const NOT_UNITS: [&str; 44] = [
    "factorial",
    "plus",
    "minus",
    "times",
    "over",
    "mod",
    "modulo",
    "divided",
    "multiplied",
    "more",
    "less",
    "fewer",
    "greater",
    "smaller",
    "than",
    "not",
    "if",
    "when",
    "where",
    "for",
    "is",
    "are",
    "was",
    "were",
    "because",
    "since",
    "to",
    "choose",
    "with",
    "but",
    "only",
    "or",
    "and",
    "between",
    "from",
    "below",
    "above",
    "except",
    "most",
    "least",
    "base",
    "squared",
    "cubed",
    "point",
];

/// An expression with its unit; two of them where `±` stands for both signs.
pub(super) fn quantity(tokens: &[Token], budget: &mut Budget) -> Option<Vec<Scalar>> {
    let tokens = without_lead(tokens);
    let is_currency = |token: &Token| match &token.kind {
        Kind::Symbol(c) => matches!(c, '$' | '€' | '£' | '¥' | '¢'),
        Kind::Word(word) => matches!(word.as_str(), "USD" | "EUR" | "GBP" | "JPY"),
        _ => false,
    };
    if tokens.iter().any(is_currency) {
        return scalar::parse(&currency_last(tokens, is_currency)?, budget);
    }
    if let Some(tokens) = fractional_unit(tokens) {
        return scalar::parse(&tokens, budget);
    }
    if let Some(parts) = mixed_units(tokens) {
        return Some(vec![sum_of(&parts, budget)?]);
    }
    let mut scalars = scalar::parse(tokens, budget)?;
    if let [only] = scalars.as_mut_slice() {
        only.precision = precision(tokens);
    }
    Some(scalars)
}

/// `\$5` as `5 \$`, and `-\$5\text{ per hour}` as `-5 \$\text{ per hour}`.
fn currency_last(tokens: &[Token], is_currency: impl Fn(&Token) -> bool) -> Option<Vec<Token>> {
    let sign = tokens.iter().find(|token| is_currency(token))?;
    if tokens.iter().any(|token| is_currency(token) && token.kind != sign.kind) {
        return None;
    }
    let mut rest: Vec<Token> = tokens.iter().filter(|token| !is_currency(token)).cloned().collect();
    let is_word = |index: usize| rest.get(index).is_some_and(|token| matches!(token.kind, Kind::Word(_)));
    let place = (0..rest.len())
        .find(|&index| is_word(index) || symbol(rest.get(index)) == Some('/') && is_word(index + 1))
        .unwrap_or(rest.len());
    // "5 dollars" with a sign as well: one of them is enough.
    let named = rest.get(place).and_then(|token| if let Kind::Word(word) = &token.kind { measure(word) } else { None });
    let signed = match &sign.kind {
        Kind::Symbol(c) => measure(c.encode_utf8(&mut [0; 4])),
        Kind::Word(word) => measure(word),
        _ => None,
    };
    if named.is_none() || named != signed {
        rest.insert(place, sign.clone());
    }
    Some(rest)
}

/// Words before a number that add nothing to it: "the year 2024", "exactly 5".
fn without_lead(tokens: &[Token]) -> &[Token] {
    const LEADS: [&str; 9] = ["the", "a", "an", "year", "exactly", "only", "total", "of", "about"];
    let is_lead =
        |token: &Token| matches!(&token.kind, Kind::Word(word) if LEADS.contains(&word.to_lowercase().as_str()));
    let leads = tokens.iter().take_while(|token| is_lead(token)).count();
    match tokens.get(leads..) {
        Some(rest)
            if matches!(rest.first().map(|token| &token.kind), Some(Kind::Number(_) | Kind::Symbol('$' | '-'))) =>
        {
            rest
        }
        _ => tokens,
    }
}

/// `60 \frac{\text{km}}{\text{h}}` as `60 \text{ km/h}`; `None` where no unit is written as a fraction.
fn fractional_unit(tokens: &[Token]) -> Option<Vec<Token>> {
    let place = tokens.iter().position(|token| matches!(&token.kind, Kind::Command(name) if name == "frac"))?;
    let (number, fraction) = (tokens.get(..place)?, tokens.get(place + 1..)?);
    let (top, bottom) = argument(fraction)?;
    let (bottom, rest) = argument(bottom)?;
    if number.is_empty() || !matches!(top.first()?.kind, Kind::Word(_)) || !rest.is_empty() {
        return None;
    }
    let slash = Token { kind: Kind::Symbol('/'), space_before: false };
    Some([number, top, &[slash], bottom].concat())
}

/// One argument of a command, without its braces, and what follows.
fn argument(tokens: &[Token]) -> Option<(&[Token], &[Token])> {
    if tokens.first()?.kind != Kind::Open {
        return tokens.split_at_checked(1);
    }
    let close = tokens.iter().position(|token| token.kind == Kind::Close)?;
    Some((tokens.get(1..close)?, tokens.get(close + 1..)?))
}

/// The decimals of a number that is written as a plain decimal.
fn precision(tokens: &[Token]) -> Option<Precision> {
    let unsigned = match tokens {
        [sign, rest @ ..] if matches!(sign.kind, Kind::Symbol('-' | '+')) => rest,
        _ => tokens,
    };
    let [Token { kind: Kind::Number(text), .. }, rest @ ..] = unsigned else {
        return None;
    };
    let (whole, fraction) = text.split_once('.')?;
    let is_plain = fraction.bytes().all(|byte| byte.is_ascii_digit());
    let ends = rest.first().is_none_or(|next| matches!(next.kind, Kind::Word(_) | Kind::Symbol('%' | '°')));
    let digits = whole.trim_start_matches('0').len();
    let significant = if digits > 0 { digits + fraction.len() } else { fraction.trim_start_matches('0').len() };
    (is_plain && ends).then_some(Precision {
        places: u32::try_from(fraction.len()).ok()?,
        significant: u32::try_from(significant).ok()?,
    })
}

/// `1 hour 30 minutes`, `5\text{ ft }3\text{ in}`, `30^\circ 15'`: the parts, each a number and its unit.
fn mixed_units(tokens: &[Token]) -> Option<Vec<&[Token]>> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (index, pair) in tokens.windows(2).enumerate() {
        let ends = matches!(&pair[0].kind, Kind::Word(_) | Kind::Symbol('°' | '\'' | '′'));
        if ends && matches!(pair[1].kind, Kind::Number(_)) {
            parts.push(tokens.get(start..=index)?);
            start = index + 1;
        }
    }
    if parts.is_empty() {
        return None;
    }
    parts.push(tokens.get(start..)?);
    let begins = |part: &&[Token]| matches!(part.first().map(|token| &token.kind), Some(Kind::Number(_)));
    parts.iter().skip(1).all(begins).then_some(parts)
}

/// The sum of parts in the unit of the first; each unit has to be smaller than the one before.
fn sum_of(parts: &[&[Token]], budget: &mut Budget) -> Option<Scalar> {
    let mut sum: Option<Scalar> = None;
    for part in parts {
        let next = match part {
            [number, mark] if matches!(mark.kind, Kind::Symbol('\'' | '′')) => {
                let minutes = expression(std::slice::from_ref(number), budget)?;
                Scalar::new(minutes.divided_by(&Expression::integer(60), budget)?, Unit::Degree)
            }
            _ => <[Scalar; 1]>::try_from(scalar::parse(part, budget)?).ok().map(|[scalar]| scalar)?,
        };
        sum = Some(match sum {
            None => next,
            Some(sum) => plus(&sum, &next, budget)?,
        });
    }
    sum
}

/// The sum of two quantities that are written behind one another, in the unit of the first.
pub(super) fn plus(first: &Scalar, second: &Scalar, budget: &mut Budget) -> Option<Scalar> {
    let second = match (&first.unit, &second.unit) {
        (Unit::Degree, Unit::Degree) => second.expression.clone(),
        (Unit::Measure(large), Unit::Measure(small)) if large.measures_the_same(small) && large != small => {
            small.convert(&second.expression, large, budget)?
        }
        _ => return None,
    };
    Some(Scalar::new(first.expression.plus(&second, budget)?, first.unit.clone()))
}

/// An expression without unit and `±`.
pub(super) fn expression(tokens: &[Token], budget: &mut Budget) -> Option<Expression> {
    match <[Scalar; 1]>::try_from(scalar::parse(tokens, budget)?) {
        Ok([Scalar { expression, unit: Unit::None, .. }]) => Some(expression),
        _ => None,
    }
}

/// The unit that the tokens behind an expression name; `None` where they are no unit.
pub(super) fn unit(tokens: &[Token]) -> Option<Unit> {
    let Some(first) = tokens.first() else {
        return Some(Unit::None);
    };
    if !matches!(&first.kind, Kind::Word(_) | Kind::Symbol('%' | '°' | '$' | '€' | '£' | '¥' | '¢')) {
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
        if rest.is_empty() || !ADDED.contains(&last.as_str()) && last != "all" {
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
        ["%" | "percent"] | ["per", "cent"] => Some(Unit::Percent),
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
        Kind::Letter(c) | Kind::Symbol(c @ ('$' | '€' | '£' | '¥' | '¢')) => Some(c.to_string()),
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

/// A few words that name what is counted, each in the singular.
fn words(tokens: &[Token]) -> Option<String> {
    let mut name = String::new();
    for token in tokens {
        let Kind::Word(word) = &token.kind else {
            return None;
        };
        let word = word.to_lowercase();
        if NOT_UNITS.contains(&word.as_str()) {
            return None;
        }
        if matches!(word.as_str(), "the" | "of" | "a" | "an") {
            continue;
        }
        if !name.is_empty() {
            name.push(' ');
        }
        name.push_str(&singular(&word));
    }
    (tokens.len() <= MAX_WORDS && !name.is_empty()).then_some(name)
}
