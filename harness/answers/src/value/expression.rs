//! Quotients of polynomials: every expression that answers are made of.

use num_rational::BigRational;
use num_traits::{One, Pow, Signed, ToPrimitive, Zero};

use super::polynomial::{Atom, Budget, MAX_BITS, Monomial, Polynomial, bits};
use super::root;
use crate::Verdict;

/// Highest integer power that a sum is raised to.
const MAX_EXPONENT: u32 = 128;

/// A quotient of polynomials. Not reduced to lowest terms: equality is decided by cross multiplication.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Expression {
    pub(crate) numerator: Polynomial,
    /// Never zero. One, unless it holds a letter, a kept function or several terms.
    pub(crate) denominator: Polynomial,
}

impl Expression {
    pub(crate) fn rational(value: BigRational) -> Self {
        Self::polynomial(Polynomial::constant(value))
    }

    pub(crate) fn integer(value: i64) -> Self {
        Self::rational(BigRational::from_integer(value.into()))
    }

    pub(crate) fn atom(atom: Atom) -> Self {
        let monomial = Monomial { powers: vec![(atom, 1)], radicand: 1 };
        Self::polynomial(Polynomial::term(monomial, BigRational::one()))
    }

    pub(crate) fn function(name: &str, arguments: Vec<Self>) -> Self {
        Self::atom(Atom::Function(name.to_owned(), arguments))
    }

    /// `coefficient * sqrt(radicand)` for a square-free radicand.
    pub(crate) fn square_root(coefficient: BigRational, radicand: u64) -> Self {
        Self::polynomial(Polynomial::term(Monomial { powers: Vec::new(), radicand }, coefficient))
    }

    fn polynomial(numerator: Polynomial) -> Self {
        Self { numerator, denominator: Polynomial::constant(BigRational::one()) }
    }

    pub(crate) fn as_rational(&self) -> Option<BigRational> {
        if self.denominator.is_one() { self.numerator.as_rational() } else { None }
    }

    pub(crate) fn as_integer(&self) -> Option<i64> {
        self.as_rational().filter(BigRational::is_integer)?.to_integer().to_i64()
    }

    /// Whether the expression is the bare letter or subscripted letter `name`.
    pub(crate) fn is_variable(&self) -> bool {
        self.denominator.is_one()
            && matches!(self.numerator.terms(), [(monomial, coefficient)]
                if coefficient.is_one() && monomial.radicand == 1
                    && matches!(monomial.powers.as_slice(), [(Atom::Variable(_), 1)]))
    }

    pub(crate) fn atoms(&self) -> impl Iterator<Item = &Atom> {
        self.numerator.atoms().chain(self.denominator.atoms())
    }

    pub(crate) fn has_variables(&self) -> bool {
        self.atoms().any(|atom| match atom {
            Atom::Variable(_) => true,
            Atom::Function(_, arguments) => arguments.iter().any(Self::has_variables),
            Atom::Imaginary | Atom::Pi | Atom::Infinity => false,
        })
    }

    fn has_functions(&self) -> bool {
        self.atoms().any(|atom| matches!(atom, Atom::Function(..)))
    }

    pub(crate) fn negated(&self) -> Self {
        Self { numerator: self.numerator.negated(), denominator: self.denominator.clone() }
    }

    pub(crate) fn plus(&self, other: &Self, budget: &mut Budget) -> Option<Self> {
        if self.denominator == other.denominator {
            let numerator = self.numerator.plus(&other.numerator, budget)?;
            return Some(Self { numerator, denominator: self.denominator.clone() });
        }
        let left = self.numerator.times(&other.denominator, budget)?;
        let right = other.numerator.times(&self.denominator, budget)?;
        let denominator = self.denominator.times(&other.denominator, budget)?;
        Self::quotient(left.plus(&right, budget)?, denominator, budget)
    }

    pub(crate) fn minus(&self, other: &Self, budget: &mut Budget) -> Option<Self> {
        self.plus(&other.negated(), budget)
    }

    pub(crate) fn times(&self, other: &Self, budget: &mut Budget) -> Option<Self> {
        let numerator = self.numerator.times(&other.numerator, budget)?;
        if self.denominator.is_one() && other.denominator.is_one() {
            return Some(Self::polynomial(numerator));
        }
        Self::quotient(numerator, self.denominator.times(&other.denominator, budget)?, budget)
    }

    /// `None` as well where the divisor is zero.
    pub(crate) fn divided_by(&self, other: &Self, budget: &mut Budget) -> Option<Self> {
        let numerator = self.numerator.times(&other.denominator, budget)?;
        let denominator = self.denominator.times(&other.numerator, budget)?;
        Self::quotient(numerator, denominator, budget)
    }

    /// Brings a quotient to the form promised at [`Expression::denominator`].
    fn quotient(mut numerator: Polynomial, mut denominator: Polynomial, budget: &mut Budget) -> Option<Self> {
        if denominator.is_zero() {
            return None;
        }
        if let [(monomial, _)] = denominator.terms() {
            // 1 / (2 sqrt(3)) = sqrt(3) / 6, and 1 / i = -i.
            let imaginary = monomial.powers.iter().filter(|(atom, _)| *atom == Atom::Imaginary).cloned().collect();
            let conjugate = Monomial { powers: imaginary, radicand: monomial.radicand };
            if !conjugate.is_one() {
                let conjugate = Polynomial::term(conjugate, BigRational::one());
                numerator = numerator.times(&conjugate, budget)?;
                denominator = denominator.times(&conjugate, budget)?;
            }
        }
        if let Some((_, leading)) = denominator.terms().last()
            && !leading.is_one()
        {
            let inverse = leading.recip();
            numerator = numerator.scaled(&inverse, budget)?;
            denominator = denominator.scaled(&inverse, budget)?;
        }
        Some(Self { numerator, denominator })
    }

    /// `self ^ exponent`; exact for integers and halves, kept as a function otherwise.
    pub(crate) fn power(&self, exponent: &Self, budget: &mut Budget) -> Option<Self> {
        let kept = || Some(Self::function("power", vec![self.clone(), exponent.clone()]));
        let Some(rational) = exponent.as_rational() else {
            return kept();
        };
        let Some(top) = rational.numer().to_i32() else {
            return kept();
        };
        match rational.denom().to_u32() {
            Some(1) => self.integer_power(top, budget).or_else(kept),
            Some(index @ 2..=64) if !self.has_variables() => root(&self.integer_power(top, budget)?, index, budget),
            _ => kept(),
        }
    }

    pub(crate) fn integer_power(&self, exponent: i32, budget: &mut Budget) -> Option<Self> {
        let one = Self::integer(1);
        let magnitude = exponent.unsigned_abs();
        let power = match self.as_rational() {
            Some(base) if base.is_zero() || base.abs().is_one() || bits(&base) * u64::from(magnitude) <= MAX_BITS => {
                // Powers of 0, 1 and -1 depend on the exponent's parity alone.
                let magnitude = if bits(&base) <= 1 { magnitude.min(2 + magnitude % 2) } else { magnitude };
                Self::rational(Pow::pow(base, magnitude))
            }
            Some(_) => return None,
            None if self.denominator.is_one()
                && let Some(power) = self.numerator.term_power(magnitude, budget) =>
            {
                Self::polynomial(power)
            }
            None if magnitude > MAX_EXPONENT => return None,
            None => (0..magnitude).try_fold(one.clone(), |product, _| product.times(self, budget))?,
        };
        if exponent < 0 { one.divided_by(&power, budget) } else { Some(power) }
    }

    /// Whether two expressions are the same. Exact without kept functions; with them, a difference that no algebra
    /// settles is decided by values at a few fixed points.
    pub(crate) fn compare(&self, other: &Self, budget: &mut Budget) -> Verdict {
        if self == other {
            return Verdict::Equal;
        }
        let same = if self.denominator.is_one() && other.denominator.is_one() {
            Some(false)
        } else {
            self.cross_difference(other, budget).map(|difference| difference.is_zero())
        };
        match same {
            None => Verdict::Unknown,
            Some(true) => Verdict::Equal,
            Some(false) if self.has_functions() || other.has_functions() => self.compare_values(other, budget),
            Some(false) => Verdict::Different,
        }
    }

    fn cross_difference(&self, other: &Self, budget: &mut Budget) -> Option<Polynomial> {
        let left = self.numerator.times(&other.denominator, budget)?;
        let right = other.numerator.times(&self.denominator, budget)?;
        left.plus(&right.negated(), budget)
    }

    /// Whether `self = 0` and `other = 0` say the same: one numerator is a number times the other. With `positive`, a
    /// positive number, as for inequalities.
    pub(crate) fn is_proportional(&self, other: &Self, positive: bool, budget: &mut Budget) -> Option<bool> {
        let (Some((_, a)), Some((_, b))) = (self.numerator.terms().last(), other.numerator.terms().last()) else {
            return Some(self.numerator == other.numerator);
        };
        if positive && (a.is_negative() != b.is_negative()) {
            return Some(false);
        }
        let left = self.numerator.scaled(b, budget)?;
        let right = other.numerator.scaled(a, budget)?;
        Some(left == right)
    }
}
