//! Numbers and expressions with what stands beside them: units, percent signs, currencies.

use super::unit_names::{is_currency as is_currency_sign, measure};
use super::{scalar, symbol};
use crate::normalise::{Kind, Token};
use crate::value::{Budget, Expression, Precision, Scalar, Unit};

/// An expression with its unit; two of them where `±` stands for both signs.
pub(super) fn quantity(tokens: &[Token], budget: &mut Budget) -> Option<Vec<Scalar>> {
    let tokens = without_lead(tokens);
    if is_derivative(tokens) {
        return None;
    }
    let is_currency = |token: &Token| match &token.kind {
        Kind::Symbol(c) => is_currency_sign(*c),
        Kind::Word(word) => matches!(word.as_str(), "USD" | "EUR" | "GBP" | "JPY"),
        _ => false,
    };
    if tokens.iter().any(is_currency) {
        let moved = currency_last(tokens, is_currency)?;
        let mut scalars = scalar::parse(&moved, budget)?;
        if let [only] = scalars.as_mut_slice() {
            only.precision = precision(&moved);
        }
        return Some(scalars);
    }
    if let Some(tokens) = metres_per_second(tokens).or_else(|| fractional_unit(tokens)) {
        return scalar::parse(&tokens, budget);
    }
    if let Some(tokens) = lettered_units(tokens) {
        return Some(vec![sum_of(&mixed_units(&tokens)?, budget)?]);
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
    const LEADS: &str = "the a an year exactly only total of about approximately roughly nearly around";
    let is_lead = |token: &Token| matches!(&token.kind, Kind::Word(word) if LEADS.split(' ').any(|lead| word.eq_ignore_ascii_case(lead)));
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

/// `5 m/s` outside of text, where the letters look like factors.
fn metres_per_second(tokens: &[Token]) -> Option<Vec<Token>> {
    let [number, metre, slash, second, power @ ..] = tokens else {
        return None;
    };
    let is_power = matches!(power, [] | [Token { kind: Kind::Symbol('^'), .. }, Token { kind: Kind::Number(_), .. }]);
    let is_unit = metre.kind == Kind::Letter('m')
        && metre.space_before
        && symbol(Some(slash)) == Some('/')
        && second.kind == Kind::Letter('s');
    if !matches!(number.kind, Kind::Number(_)) || !is_unit || !is_power {
        return None;
    }
    let metre = Token { kind: Kind::Word("m".to_owned()), space_before: true };
    Some([&[number.clone(), metre, slash.clone(), second.clone()], power].concat())
}

/// `\frac{d}{dx}` and `dy/dx`, which are no fractions.
pub(super) fn is_derivative(tokens: &[Token]) -> bool {
    let is_d = |token: &Token| token.kind == Kind::Letter('d');
    // `{dy}{dx}`
    let has_groups = tokens.windows(6).any(|window| match window {
        [open, over, _, close, next, under] => {
            (&open.kind, &close.kind, &next.kind) == (&Kind::Open, &Kind::Close, &Kind::Open)
                && is_d(over)
                && is_d(under)
        }
        _ => false,
    });
    has_groups
        || tokens.windows(4).any(|window| match window {
            [command, top, open, bottom] => {
                matches!(&command.kind, Kind::Command(name) if name == "frac")
                && open.kind == Kind::Open
                && is_d(top)
                && is_d(bottom)
                // `dy/dx`
                || is_d(command) && symbol(Some(open)) == Some('/') && is_d(bottom)
            }
            _ => false,
        })
}

/// One argument of a command, without its braces, and what follows.
fn argument(tokens: &[Token]) -> Option<(&[Token], &[Token])> {
    if tokens.first()?.kind != Kind::Open {
        return tokens.split_at_checked(1);
    }
    let close = tokens.iter().position(|token| token.kind == Kind::Close)?;
    Some((tokens.get(1..close)?, tokens.get(close + 1..)?))
}

/// The decimals of a number that is written as a decimal, with or without a power of ten.
fn precision(tokens: &[Token]) -> Option<Precision> {
    let unsigned = match tokens {
        [sign, rest @ ..] if matches!(sign.kind, Kind::Symbol('-' | '+')) => rest,
        _ => tokens,
    };
    let [Token { kind: Kind::Number(text), .. }, rest @ ..] = unsigned else {
        return None;
    };
    let (mantissa, own) =
        text.split_once('e').map_or((text.as_str(), None), |(mantissa, power)| (mantissa, Some(power)));
    let (power, rest) = match own {
        Some(power) => (Some(power.parse().ok()?), rest),
        None => power_of_ten(rest).map_or((None, rest), |(power, rest)| (Some(power), rest)),
    };
    let (whole, fraction) = mantissa.split_once('.')?;
    let is_plain = fraction.bytes().all(|byte| byte.is_ascii_digit());
    let ends = rest.first().is_none_or(|next| match next.kind {
        Kind::Word(_) => true,
        Kind::Symbol(c) => matches!(c, '%' | '°') || is_currency_sign(c),
        _ => false,
    });
    let digits = whole.trim_start_matches('0').len();
    let significant = if digits > 0 { digits + fraction.len() } else { fraction.trim_start_matches('0').len() };
    (is_plain && ends).then_some(Precision {
        places: i32::try_from(fraction.len()).ok()?.checked_sub(power.unwrap_or(0))?,
        significant: u32::try_from(significant).ok()?,
        is_scientific: power.is_some(),
    })
}

/// `\times 10^{23}`: the exponent, and what follows.
fn power_of_ten(tokens: &[Token]) -> Option<(i32, &[Token])> {
    let [product, ten, raised, exponent @ ..] = tokens else { return None };
    let is_product = matches!(product.kind, Kind::Symbol('*') | Kind::Letter('x' | 'X'));
    if !is_product || ten.kind != Kind::Number("10".to_owned()) || symbol(Some(raised)) != Some('^') {
        return None;
    }
    let digits = |token: &Token| if let Kind::Number(text) = &token.kind { text.parse::<i32>().ok() } else { None };
    let is_minus = |token: &Token| symbol(Some(token)) == Some('-');
    match exponent {
        [open, minus, number, close, rest @ ..]
            if (&open.kind, &close.kind) == (&Kind::Open, &Kind::Close) && is_minus(minus) =>
        {
            Some((-digits(number)?, rest))
        }
        [minus, number, rest @ ..] if is_minus(minus) => Some((-digits(number)?, rest)),
        [number, rest @ ..] => Some((digits(number)?, rest)),
        [] => None,
    }
}

/// `2 h 30 min`, `5 m 20 cm`: two or three numbers, each with a unit, of which some look like factors. As words.
fn lettered_units(tokens: &[Token]) -> Option<Vec<Token>> {
    if !matches!(tokens.len(), 4 | 6) || !tokens.iter().any(|token| matches!(token.kind, Kind::Letter(_))) {
        return None;
    }
    let mut words = Vec::with_capacity(tokens.len());
    // `2m3s` is a product.
    if !tokens.iter().skip(1).all(|token| token.space_before) {
        return None;
    }
    for pair in tokens.chunks_exact(2) {
        let [number, unit] = pair else { return None };
        let word = match &unit.kind {
            Kind::Letter(letter @ ('h' | 'm' | 's')) => Kind::Word(letter.to_string()),
            Kind::Word(_) => unit.kind.clone(),
            _ => return None,
        };
        if !matches!(number.kind, Kind::Number(_)) {
            return None;
        }
        words.extend([number.clone(), Token { kind: word, space_before: true }]);
    }
    Some(words)
}

/// `1 hour 30 minutes`, `5\text{ ft }3\text{ in}`, `30^\circ 15'`, `5 ft. 4 in.`: the parts, each a number and its unit.
fn mixed_units(tokens: &[Token]) -> Option<Vec<&[Token]>> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (index, pair) in tokens.windows(2).enumerate() {
        let ends = matches!(&pair[0].kind, Kind::Word(_) | Kind::Symbol('°' | '\'' | '′'))
            || pair[0].kind == Kind::Symbol('.')
                && index.checked_sub(1).is_some_and(|before| matches!(tokens[before].kind, Kind::Word(_)));
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
    if is_derivative(tokens) {
        return None;
    }
    match <[Scalar; 1]>::try_from(scalar::parse(tokens, budget)?) {
        Ok([Scalar { expression, unit: Unit::None, .. }]) => Some(expression),
        _ => None,
    }
}
