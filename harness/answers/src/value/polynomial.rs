//! Polynomials with exact rational coefficients over letters, π, `i`, square roots of square-free integers, and functions
//! kept as they are.
//!
//! The form is canonical: square roots of distinct square-free integers are linearly independent over the rationals, and
//! powers of `i` and of square roots are reduced. So two polynomials without kept functions are equal exactly when their
//! terms are. All work is paid from a [`Budget`]; `None` anywhere means that it ran out or a bound was passed.

use std::cmp::Ordering;
use std::fmt;

use num_integer::Integer;

use super::{Expression, Function, Rational};

/// Largest numerator or denominator, in bits.
pub(crate) const MAX_BITS: u64 = 12_288;
/// Most terms of a polynomial.
const MAX_TERMS: usize = 256;
/// Highest power of an atom.
const MAX_POWER: u32 = 1_000;

/// Work left, in products of machine words.
#[derive(Debug)]
pub(crate) struct Budget(u32);

impl Budget {
    /// Enough for every answer a person would write; some ten milliseconds when all of it is spent.
    pub(crate) const ONE_ANSWER: u32 = 10_000;

    pub(crate) fn new() -> Self {
        Self(Self::ONE_ANSWER)
    }

    pub(crate) fn of(work: u32) -> Self {
        Self(work)
    }

    pub(crate) fn left(&self) -> u32 {
        self.0
    }

    pub(crate) fn spend(&mut self, work: u64) -> Option<()> {
        let left = u32::try_from(work).ok().and_then(|work| self.0.checked_sub(work));
        // What could not be paid ends all work, and shows as the reason.
        self.0 = left.unwrap_or(0);
        left.map(drop)
    }
}

/// What polynomials are made of beside rational numbers and square roots.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Atom {
    /// The imaginary unit.
    Imaginary,
    /// π.
    Pi,
    /// The base of natural logarithms.
    Euler,
    /// ∞, as a mark; nothing is computed with it.
    Infinity,
    /// A letter, with its subscript.
    Variable(Name),
    /// A function of expressions that has no simpler form here.
    Function(Function, Vec<Expression>),
}

/// The name of a variable.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Name {
    /// One letter, as nearly always.
    Letter(char),
    /// A letter with a subscript, a prime or an accent; a Greek letter by its command.
    Long(Box<str>),
}

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Letter(letter) => write!(formatter, "{letter}"),
            Self::Long(name) => formatter.write_str(name),
        }
    }
}

/// A product of powers of atoms and one square root.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Monomial {
    /// Sorted by atom; powers are at least 1, and that of `i` is 1.
    pub(crate) powers: Vec<(Atom, u32)>,
    /// The square-free integer under the root; 1 for none.
    pub(crate) radicand: u64,
}

impl Monomial {
    pub(crate) fn one() -> Self {
        Self { powers: Vec::new(), radicand: 1 }
    }

    pub(crate) fn is_one(&self) -> bool {
        self.powers.is_empty() && self.radicand == 1
    }

    /// The product, and the integer that leaves the square root and the powers of `i`.
    fn times(&self, other: &Self) -> Option<(Self, i64)> {
        let common = if self.radicand == 1 { 1 } else { self.radicand.gcd(&other.radicand) };
        let radicand = (self.radicand / common).checked_mul(other.radicand / common)?;
        let mut factor = i64::try_from(common).ok()?;
        let mut powers = self.powers.clone();
        for (atom, power) in &other.powers {
            match powers.binary_search_by(|(known, _)| known.cmp(atom)) {
                Ok(index) if *atom == Atom::Imaginary => {
                    powers.remove(index);
                    factor = -factor;
                }
                Ok(index) => {
                    powers[index].1 = powers[index].1.checked_add(*power).filter(|power| *power <= MAX_POWER)?;
                }
                Err(index) => powers.insert(index, (atom.clone(), *power)),
            }
        }
        Some((Self { powers, radicand }, factor))
    }
}

/// Terms in the order of their monomials, none of them zero.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Polynomial(Terms);

type Term = (Monomial, Rational);

/// Most polynomials of answers have one term, and need no memory of their own for it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Terms {
    Few(Option<Term>),
    /// At least two.
    Many(Vec<Term>),
}

impl Default for Polynomial {
    fn default() -> Self {
        Self(Terms::Few(None))
    }
}

impl Polynomial {
    pub(crate) const ONE: Self = Self(Terms::Few(Some((Monomial { powers: Vec::new(), radicand: 1 }, Rational::ONE))));

    pub(crate) fn constant(value: Rational) -> Self {
        Self::term(Monomial::one(), value)
    }

    pub(crate) fn term(monomial: Monomial, coefficient: Rational) -> Self {
        Self(Terms::Few((!coefficient.is_zero()).then_some((monomial, coefficient))))
    }

    pub(crate) fn terms(&self) -> &[Term] {
        match &self.0 {
            Terms::Few(term) => term.as_slice(),
            Terms::Many(terms) => terms,
        }
    }

    fn terms_mut(&mut self) -> &mut [Term] {
        match &mut self.0 {
            Terms::Few(term) => term.as_mut_slice(),
            Terms::Many(terms) => terms,
        }
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.terms().is_empty()
    }

    /// The value, if no atom and no root is left.
    pub(crate) fn as_number(&self) -> Option<&Rational> {
        match self.terms() {
            [] => Some(&Rational::ZERO),
            [(monomial, value)] if monomial.is_one() => Some(value),
            _ => None,
        }
    }

    /// The coefficient of the term without atoms and root.
    pub(super) fn constant_term(&self) -> Option<&Rational> {
        self.terms().iter().find(|(monomial, _)| monomial.is_one()).map(|(_, coefficient)| coefficient)
    }

    pub(crate) fn is_one(&self) -> bool {
        matches!(self.terms(), [(monomial, value)] if monomial.is_one() && value.is_one())
    }

    pub(crate) fn atoms(&self) -> impl Iterator<Item = &Atom> {
        self.terms().iter().flat_map(|(monomial, _)| monomial.powers.iter().map(|(atom, _)| atom))
    }

    pub(crate) fn plus(&self, other: &Self, budget: &mut Budget) -> Option<Self> {
        self.clone().add(other.clone(), budget)
    }

    /// [`Polynomial::plus`] without copies.
    pub(crate) fn add(self, other: Self, budget: &mut Budget) -> Option<Self> {
        if other.is_zero() {
            return Some(self);
        }
        if self.is_zero() {
            return Some(other);
        }
        let mut sum = Vec::with_capacity(self.terms().len() + other.terms().len());
        let (mut left, mut right) = (self.into_iter().peekable(), other.into_iter().peekable());
        loop {
            let order = match (left.peek(), right.peek()) {
                (Some(a), Some(b)) => a.0.cmp(&b.0),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => break,
            };
            budget.spend(1)?;
            match order {
                Ordering::Less => sum.extend(left.next()),
                Ordering::Greater => sum.extend(right.next()),
                Ordering::Equal => {
                    if let (Some((monomial, a)), Some((_, b))) = (left.next(), right.next()) {
                        budget.spend(cost(&a) + cost(&b))?;
                        sum.push((monomial, &a + &b));
                    }
                }
            }
        }
        Self::collect(sum)
    }

    pub(crate) fn scaled(&self, factor: &Rational, budget: &mut Budget) -> Option<Self> {
        self.clone().scale(factor, budget)
    }

    /// [`Polynomial::scaled`] without copies.
    fn scale(mut self, factor: &Rational, budget: &mut Budget) -> Option<Self> {
        if factor.is_zero() {
            return Some(Self::default());
        }
        if factor.is_one() {
            return Some(self);
        }
        for (_, coefficient) in self.terms_mut() {
            budget.spend(cost(coefficient) + cost(factor))?;
            *coefficient = &*coefficient * factor;
            if coefficient.bits() > MAX_BITS {
                return None;
            }
        }
        Some(self)
    }

    pub(crate) fn negated(&self) -> Self {
        self.clone().negate()
    }

    pub(crate) fn negate(mut self) -> Self {
        for (_, coefficient) in self.terms_mut() {
            *coefficient = -&*coefficient;
        }
        self
    }

    pub(crate) fn times(&self, other: &Self, budget: &mut Budget) -> Option<Self> {
        // Nearly every product in an answer has a number or a single term on one side.
        match (self.terms(), other.terms()) {
            (_, [(monomial, factor)]) if monomial.is_one() => return self.scaled(factor, budget),
            ([(monomial, factor)], _) if monomial.is_one() => return other.scaled(factor, budget),
            _ => {}
        }
        let mut products = Vec::with_capacity(self.terms().len() * other.terms().len());
        for (left, a) in self.terms() {
            for (right, b) in other.terms() {
                budget.spend(cost(a) + cost(b))?;
                let (monomial, factor) = left.times(right)?;
                let product = a * b;
                let coefficient = if factor == 1 { product } else { &product * &Rational::integer(factor) };
                products.push((monomial, coefficient));
            }
        }
        products.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        let mut sum: Vec<Term> = Vec::with_capacity(products.len());
        for (monomial, coefficient) in products {
            match sum.last_mut() {
                Some((known, total)) if *known == monomial => {
                    budget.spend(cost(total))?;
                    *total = &*total + &coefficient;
                }
                _ => sum.push((monomial, coefficient)),
            }
        }
        Self::collect(sum)
    }

    /// [`Polynomial::times`] without copies where a side is a number.
    pub(crate) fn multiply(self, other: Self, budget: &mut Budget) -> Option<Self> {
        if let Some(factor) = other.as_number() {
            return self.scale(factor, budget);
        }
        if let Some(factor) = self.as_number() {
            return other.scale(factor, budget);
        }
        self.times(&other, budget)
    }

    /// The power of a single term with neither root nor `i`; `None` for other polynomials.
    pub(crate) fn term_power(&self, exponent: u32, budget: &mut Budget) -> Option<Self> {
        let [(monomial, coefficient)] = self.terms() else {
            return None;
        };
        let has_root = monomial.radicand != 1 || monomial.powers.iter().any(|(atom, _)| *atom == Atom::Imaginary);
        if has_root || exponent == 0 || coefficient.bits() * u64::from(exponent) > MAX_BITS {
            return None;
        }
        let mut powers = monomial.powers.clone();
        for (_, power) in &mut powers {
            *power = power.checked_mul(exponent).filter(|power| *power <= MAX_POWER)?;
        }
        let coefficient = coefficient.power(exponent);
        budget.spend(cost(&coefficient))?;
        Some(Self::term(Monomial { powers, radicand: 1 }, coefficient))
    }

    /// Drops what is zero; `None` where a bound is passed.
    fn collect(mut terms: Vec<Term>) -> Option<Self> {
        terms.retain(|(_, coefficient)| !coefficient.is_zero());
        if terms.len() > MAX_TERMS || terms.iter().any(|(_, coefficient)| coefficient.bits() > MAX_BITS) {
            return None;
        }
        Some(Self(if terms.len() < 2 { Terms::Few(terms.pop()) } else { Terms::Many(terms) }))
    }

    fn into_iter(self) -> impl Iterator<Item = Term> {
        let (few, many) = match self.0 {
            Terms::Few(term) => (term, Vec::new()),
            Terms::Many(terms) => (None, terms),
        };
        few.into_iter().chain(many)
    }
}

/// What an operation on a number costs: reducing a fraction is quadratic in its length.
fn cost(value: &Rational) -> u64 {
    let words = value.bits() / 64;
    1 + words * words / 4
}
