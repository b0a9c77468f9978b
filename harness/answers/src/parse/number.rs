//! Numbers: decimals with exponents and repetends, and mixed numbers.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Pow;

use super::scalar::Parser;
use crate::normalise::{Kind, Token};
use crate::value::{Budget, Expression, Rational};

/// Most decimal places, counting the exponent: keeps `1e999999999` from becoming a number.
const MAX_PLACES: i64 = 2_000;
/// Decimals of so many digits fit a machine word, and so does the power of ten that divides them.
const SMALL_DIGITS: usize = 18;

impl Parser<'_, '_> {
    /// `1\frac{1}{2}` and `1 1/2` are sums.
    pub(super) fn mixed_number(&mut self) -> Option<Expression> {
        let rest = self.tokens.get(self.position..)?;
        let natural = |kind: &Kind| match kind {
            Kind::Number(text) => text.parse::<i64>().ok(),
            _ => None,
        };
        let is_fraction = |token: &Token| matches!(&token.kind, Kind::Command(name) if name == "frac");
        let (whole, top, bottom, length) = match rest {
            [whole, command, top, bottom, ..] if is_fraction(command) => (whole, top, bottom, 4),
            // Braces that group nothing: `2{\frac34}`.
            [whole, open, command, top, bottom, close, ..]
                if open.kind == Kind::Open && is_fraction(command) && close.kind == Kind::Close =>
            {
                (whole, top, bottom, 6)
            }
            [whole, top, slash, bottom, ..] if slash.kind == Kind::Symbol('/') && top.space_before => {
                (whole, top, bottom, 4)
            }
            _ => return None,
        };
        let (whole, top, bottom) = (natural(&whole.kind)?, natural(&top.kind)?, natural(&bottom.kind)?);
        // What is no proper fraction, or is raised to a power, was meant as a factor.
        let raised = rest.get(length).is_some_and(|next| matches!(next.kind, Kind::Symbol('^' | '!')));
        if bottom <= top || raised {
            return None;
        }
        self.position += length;
        Some(Expression::number(&Rational::integer(whole) + &Rational::new(top, bottom)?))
    }
}

/// A decimal, exactly.
pub(super) fn number(text: &str, budget: &mut Budget) -> Option<Expression> {
    if let Some(value) = small(text) {
        return Some(Expression::number(value));
    }
    large(text, budget).map(Expression::rational)
}

/// Nearly every number: few digits, at most one point.
fn small(text: &str) -> Option<Rational> {
    if text.len() > SMALL_DIGITS {
        return None;
    }
    let (mut digits, mut bottom, mut has_point) = (0_i64, 1_i64, false);
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' => {
                digits = digits * 10 + i64::from(byte - b'0');
                bottom *= if has_point { 10 } else { 1 };
            }
            b'.' if !has_point => has_point = true,
            _ => return None,
        }
    }
    Rational::new(digits, bottom)
}

/// A repetend of `r` digits after `f` decimals adds `repetend / (10^f (10^r - 1))`.
fn large(text: &str, budget: &mut Budget) -> Option<BigRational> {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let (mantissa, repetend) = match mantissa.split_once('(') {
        Some((mantissa, repetend)) => (mantissa, repetend.trim_end_matches(')')),
        None => (mantissa, ""),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let places = exponent.parse::<i64>().ok()?.checked_sub(i64::try_from(fraction.len()).ok()?)?;
    if places.abs() > MAX_PLACES {
        return None;
    }
    budget.spend(1 + places.unsigned_abs() / 16)?;
    let digits: BigInt = format!("{whole}{fraction}").parse().ok()?;
    let mut value = BigRational::from_integer(digits);
    if !repetend.is_empty() {
        let nines = Pow::pow(BigInt::from(10), u32::try_from(repetend.len()).ok()?) - 1;
        value += BigRational::new(repetend.parse().ok()?, nines);
    }
    if places != 0 {
        let scale = BigRational::from_integer(Pow::pow(BigInt::from(10), u32::try_from(places.unsigned_abs()).ok()?));
        value = if places < 0 { value / scale } else { value * scale };
    }
    Some(value)
}
