//! Powers that are too large to multiply out, compared by the exponents of their primes.

use std::collections::BTreeMap;

use num_traits::{Signed, ToPrimitive};

use super::polynomial::{Atom, Budget, Polynomial};
use super::{Expression, Function, Rational};

/// Largest base that is taken apart, and largest divisor that is tried.
const MAX_BASE: u64 = 1_000_000_000_000;
const MAX_DIVISOR: u64 = 1_000_000;

/// The exponents of primes, over a common sign.
struct PrimePowers {
    is_negative: bool,
    exponents: BTreeMap<u64, num_rational::BigRational>,
}

impl Expression {
    /// Whether two products of powers are the same, as `2018^{2018} \cdot 2018` and `2018^{2019}`: primes are, as no other
    /// numbers are, independent of one another under fractional powers, too. `None` where a side is no such product.
    pub(super) fn same_prime_powers(&self, other: &Self, budget: &mut Budget) -> Option<bool> {
        let is_power = |atom: &Atom| matches!(atom, Atom::Function(Function::Power, _));
        if !self.atoms().chain(other.atoms()).any(is_power) {
            return None;
        }
        let (left, right) = (self.prime_powers(budget)?, other.prime_powers(budget)?);
        Some(left.is_negative == right.is_negative && left.exponents == right.exponents)
    }

    fn prime_powers(&self, budget: &mut Budget) -> Option<PrimePowers> {
        let mut result = PrimePowers { is_negative: false, exponents: BTreeMap::new() };
        result.add(&self.numerator, 1, budget)?;
        result.add(&self.denominator, -1, budget)?;
        result.exponents.retain(|_, exponent| *exponent != Rational::integer(0).to_big());
        Some(result)
    }
}

impl PrimePowers {
    /// One product, or what it divides.
    fn add(&mut self, product: &Polynomial, sign: i64, budget: &mut Budget) -> Option<()> {
        let [(monomial, coefficient)] = product.terms() else { return None };
        let sign = Rational::integer(sign).to_big();
        let half = Rational::new(1, 2)?.to_big();
        let coefficient = coefficient.to_big();
        self.is_negative ^= coefficient.is_negative();
        self.factor(coefficient.numer().abs().to_u64()?, &sign, budget)?;
        self.factor(coefficient.denom().to_u64()?, &-sign.clone(), budget)?;
        self.factor(monomial.radicand, &(half * &sign), budget)?;
        for (atom, times) in &monomial.powers {
            let Atom::Function(Function::Power, arguments) = atom else { return None };
            let [base, exponent] = arguments.as_slice() else { return None };
            let base = u64::try_from(base.as_integer()?).ok().filter(|base| *base > 0)?;
            let exponent = exponent.as_rational()? * Rational::integer(i64::from(*times)).to_big() * &sign;
            self.factor(base, &exponent, budget)?;
        }
        Some(())
    }

    fn factor(&mut self, base: u64, exponent: &num_rational::BigRational, budget: &mut Budget) -> Option<()> {
        if base == 0 || base > MAX_BASE {
            return None;
        }
        let mut rest = base;
        let mut divisor = 2;
        while divisor * divisor <= rest && divisor <= MAX_DIVISOR {
            budget.spend(u64::from(divisor.is_multiple_of(64)))?;
            while rest.is_multiple_of(divisor) {
                rest /= divisor;
                self.raise(divisor, exponent);
            }
            divisor += 1;
        }
        if rest > 1 {
            self.raise(rest, exponent);
        }
        Some(())
    }

    fn raise(&mut self, prime: u64, exponent: &num_rational::BigRational) {
        let known = self.exponents.entry(prime).or_insert_with(|| Rational::integer(0).to_big());
        *known += exponent;
    }
}
