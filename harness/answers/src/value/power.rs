//! Powers and logarithms, exact where they can be.
//!
//! Exponents with letters are brought to one form as far as laws of powers hold for every base: a whole summand of the
//! exponent leaves it (`2^{n+1} = 2 · 2^n`), and so does a whole factor (`e^{-2x} = 1 / (e^x)^2`).

use num_integer::Integer;
use num_traits::ToPrimitive;

use super::polynomial::{Atom, Budget, MAX_BITS, Polynomial};
use super::{Expression, Function, Rational, root};

/// Highest index of a root.
pub(super) const MAX_INDEX: u32 = 1_000;

impl Expression {
    pub(crate) fn power(&self, exponent: &Self, budget: &mut Budget) -> Option<Self> {
        budget.spend(1)?;
        if let Some(number) = exponent.as_number() {
            return self.rational_power(number, budget);
        }
        if self.as_number().is_some_and(Rational::is_one) {
            return Some(Self::integer(1));
        }
        if let Some(number) = self.as_number() {
            if number.is_zero() {
                return None;
            }
            // (1/2)^n = 2^{-n}
            if let Some((1, bottom)) = number.as_small() {
                return Self::integer(bottom).power(&exponent.negated(), budget);
            }
        }
        let (whole, rest) = exponent.split_constant(budget)?;
        let (times, rest) = rest.split_factor(budget)?;
        let power = self.simple_power(rest, budget)?.integer_power(times, budget)?;
        if whole == 0 { Some(power) } else { power.times(&self.integer_power(whole, budget)?, budget) }
    }

    /// A whole exponent is multiplied out, other fractions make roots.
    fn rational_power(&self, exponent: &Rational, budget: &mut Budget) -> Option<Self> {
        let kept = || Some(Self::function(Function::Power, vec![self.clone(), Self::number(exponent.clone())]));
        let Some((top, bottom)) = exponent.as_small() else {
            return kept();
        };
        let (Ok(top), Ok(index)) = (i32::try_from(top), u32::try_from(bottom)) else {
            return kept();
        };
        match (index, self.as_number()) {
            (1, Some(base)) if base.is_zero() && top <= 0 => None,
            (1, _) => self.integer_power(top, budget).or_else(kept),
            (2..=MAX_INDEX, Some(_)) => match self.integer_power(top, budget) {
                Some(power) => root(&power, index, budget),
                None => kept(),
            },
            // x^{2/3} is taken for the square of the root, so that all fractional powers of one base are powers of it.
            (2..=MAX_INDEX, None) => root(self, index, budget)?.integer_power(top, budget).or_else(kept),
            _ => kept(),
        }
    }

    /// A power that no law applies to, but for logarithms: `e^{\ln x} = x`.
    fn simple_power(&self, exponent: Self, budget: &mut Budget) -> Option<Self> {
        if exponent.as_number().is_some() {
            return self.power(&exponent, budget);
        }
        match exponent.as_atom() {
            Some(Atom::Function(Function::Ln, arguments)) if self.as_atom() == Some(&Atom::Euler) => {
                arguments.first().cloned()
            }
            Some(Atom::Function(Function::Log, arguments)) if arguments.first() == Some(self) => {
                arguments.get(1).cloned()
            }
            _ => Some(Self::function(Function::Power, vec![self.clone(), exponent])),
        }
    }

    /// A whole summand and the rest.
    fn split_constant(&self, budget: &mut Budget) -> Option<(i32, Self)> {
        let constant = if self.denominator.is_one() { self.numerator.constant_term() } else { None };
        let Some(whole) = constant.and_then(Rational::as_integer).and_then(|whole| i32::try_from(whole).ok()) else {
            return Some((0, self.clone()));
        };
        Some((whole, self.minus(&Self::integer(whole.into()), budget)?))
    }

    /// A whole factor and the rest, whose last coefficient is positive.
    fn split_factor(&self, budget: &mut Budget) -> Option<(i32, Self)> {
        let mut common: u64 = 0;
        for (_, coefficient) in self.numerator.terms() {
            let Some((top, _)) = coefficient.as_small() else {
                return Some((1, self.clone()));
            };
            common = common.gcd(&top.unsigned_abs());
        }
        let negative = self.numerator.terms().last().is_some_and(|(_, coefficient)| coefficient.is_negative());
        match i32::try_from(common) {
            Ok(factor) if factor > 0 && (factor > 1 || negative) => {
                let factor = if negative { -factor } else { factor };
                let inverse = Rational::new(1, factor.into())?;
                let numerator = self.numerator.scaled(&inverse, budget)?;
                Some((factor, Self { numerator, denominator: self.denominator.clone() }))
            }
            _ => Some((1, self.clone())),
        }
    }

    /// The natural logarithm.
    pub(super) fn ln(&self, budget: &mut Budget) -> Option<Self> {
        budget.spend(1)?;
        if let Some(number) = self.as_number() {
            if number.is_zero() {
                return None;
            }
            if number.is_one() {
                return Some(Self::integer(0));
            }
        }
        // ln e^k = k
        if self.denominator.is_one()
            && let [(monomial, coefficient)] = self.numerator.terms()
            && coefficient.is_one()
            && let [(Atom::Euler, power)] = monomial.powers.as_slice()
            && monomial.radicand == 1
        {
            return Some(Self::integer((*power).into()));
        }
        if self.numerator == Polynomial::ONE {
            let bottom = Self::polynomial(self.denominator.clone());
            return Some(bottom.ln(budget)?.negated());
        }
        if let Some(Atom::Function(Function::Power, arguments)) = self.as_atom()
            && let [base, exponent] = arguments.as_slice()
            && base.as_atom() == Some(&Atom::Euler)
        {
            return Some(exponent.clone());
        }
        Some(Self::function(Function::Ln, vec![self.clone()]))
    }

    /// The logarithm to a base; a rational number where it is one of small terms.
    pub(super) fn log(base: &Self, of: &Self, budget: &mut Budget) -> Option<Self> {
        if base.as_atom() == Some(&Atom::Euler) {
            return of.ln(budget);
        }
        if base.as_number().is_some_and(|base| base.is_one() || base.is_zero())
            || of.as_number().is_some_and(Rational::is_zero)
        {
            return None;
        }
        if base == of {
            return Some(Self::integer(1));
        }
        let exact = match (base.as_number(), of.as_number()) {
            (Some(base), Some(of)) => rational_logarithm(base, of, budget)?,
            _ => None,
        };
        Some(exact.map_or_else(|| Self::function(Function::Log, vec![base.clone(), of.clone()]), Self::number))
    }
}

/// `top / bottom` with `base^top = of^bottom`, if there is one with small terms.
fn rational_logarithm(base: &Rational, of: &Rational, budget: &mut Budget) -> Option<Option<Rational>> {
    const MAX_BOTTOM: u32 = 6;
    const MAX_TOP: f64 = 200.0;
    let size = |value: &Rational| value.to_big().to_f64().filter(|size| *size > 0.0 && size.is_finite());
    let (Some(base_size), Some(of_size)) = (size(base), size(of)) else {
        return Some(None);
    };
    let ratio = of_size.ln() / base_size.ln();
    for bottom in 1..=MAX_BOTTOM {
        let top = (ratio * f64::from(bottom)).round();
        let near = (ratio * f64::from(bottom) - top).abs() < 1e-9;
        let bits = base.bits().max(of.bits()) * (top.abs() as u64 + u64::from(bottom));
        if !near || top.abs() > MAX_TOP || bits > MAX_BITS {
            continue;
        }
        budget.spend(1 + bits / 64)?;
        let raised = base.power(top.abs() as u32);
        let raised = if top < 0.0 { raised.reciprocal()? } else { raised };
        if raised == of.power(bottom) {
            return Some(Rational::new(top as i64, bottom.into()));
        }
    }
    Some(None)
}
