//! Polynomials with exact rational coefficients over letters, π, `i`, square roots of square-free integers, and functions
//! kept as they are.
//!
//! The form is canonical: square roots of distinct square-free integers are linearly independent over the rationals, and
//! powers of `i` and of square roots are reduced. So two polynomials without kept functions are equal exactly when their
//! terms are. All work is paid from a [`Budget`]; `None` anywhere means that it ran out or a bound was passed.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;

use num_integer::Integer;

use super::{Expression, Function, Rational};

/// Largest numerator or denominator, in bits.
pub(crate) const MAX_BITS: u64 = 8_192;
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
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Polynomial(Vec<(Monomial, Rational)>);

impl Polynomial {
    pub(crate) fn constant(value: Rational) -> Self {
        Self::term(Monomial::one(), value)
    }

    pub(crate) fn term(monomial: Monomial, coefficient: Rational) -> Self {
        Self(if coefficient.is_zero() { Vec::new() } else { vec![(monomial, coefficient)] })
    }

    pub(crate) fn terms(&self) -> &[(Monomial, Rational)] {
        &self.0
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    /// The value, if no atom and no root is left.
    pub(crate) fn as_number(&self) -> Option<&Rational> {
        match self.0.as_slice() {
            [] => Some(&Rational::ZERO),
            [(monomial, value)] if monomial.is_one() => Some(value),
            _ => None,
        }
    }

    /// The coefficient of the term without atoms and root.
    pub(super) fn constant_term(&self) -> Option<&Rational> {
        self.0.iter().find(|(monomial, _)| monomial.is_one()).map(|(_, coefficient)| coefficient)
    }

    pub(crate) fn is_one(&self) -> bool {
        matches!(self.0.as_slice(), [(monomial, value)] if monomial.is_one() && value.is_one())
    }

    pub(crate) fn atoms(&self) -> impl Iterator<Item = &Atom> {
        self.0.iter().flat_map(|(monomial, _)| monomial.powers.iter().map(|(atom, _)| atom))
    }

    pub(crate) fn plus(&self, other: &Self, budget: &mut Budget) -> Option<Self> {
        let mut sum = Vec::with_capacity(self.0.len() + other.0.len());
        let (mut left, mut right) = (self.0.iter().peekable(), other.0.iter().peekable());
        loop {
            let order = match (left.peek(), right.peek()) {
                (Some(a), Some(b)) => a.0.cmp(&b.0),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => break,
            };
            budget.spend(1)?;
            match order {
                Ordering::Less => sum.extend(left.next().cloned()),
                Ordering::Greater => sum.extend(right.next().cloned()),
                Ordering::Equal => {
                    if let (Some((monomial, a)), Some((_, b))) = (left.next(), right.next()) {
                        budget.spend(cost(a) + cost(b))?;
                        sum.push((monomial.clone(), a + b));
                    }
                }
            }
        }
        Self::collect(sum)
    }

    pub(crate) fn scaled(&self, factor: &Rational, budget: &mut Budget) -> Option<Self> {
        let mut terms = Vec::with_capacity(self.0.len());
        for (monomial, coefficient) in &self.0 {
            budget.spend(cost(coefficient) + cost(factor))?;
            terms.push((monomial.clone(), coefficient * factor));
        }
        Self::collect(terms)
    }

    pub(crate) fn negated(&self) -> Self {
        Self(self.0.iter().map(|(monomial, coefficient)| (monomial.clone(), -coefficient)).collect())
    }

    pub(crate) fn times(&self, other: &Self, budget: &mut Budget) -> Option<Self> {
        // Nearly every product in an answer has a number or a single term on one side.
        if let Some((_, factor)) = other.0.first().filter(|(monomial, _)| other.0.len() == 1 && monomial.is_one()) {
            return self.scaled(factor, budget);
        }
        if let Some((_, factor)) = self.0.first().filter(|(monomial, _)| self.0.len() == 1 && monomial.is_one()) {
            return other.scaled(factor, budget);
        }
        let mut sum: BTreeMap<Monomial, Rational> = BTreeMap::new();
        for (left, a) in &self.0 {
            for (right, b) in &other.0 {
                budget.spend(cost(a) + cost(b))?;
                let (monomial, factor) = left.times(right)?;
                let coefficient = &(a * b) * &Rational::integer(factor);
                match sum.entry(monomial) {
                    Entry::Vacant(entry) => drop(entry.insert(coefficient)),
                    Entry::Occupied(mut entry) => {
                        budget.spend(cost(entry.get()))?;
                        let sum = &*entry.get() + &coefficient;
                        *entry.get_mut() = sum;
                    }
                }
            }
        }
        Self::collect(sum)
    }

    /// The power of a single term with neither root nor `i`; `None` for other polynomials.
    pub(crate) fn term_power(&self, exponent: u32, budget: &mut Budget) -> Option<Self> {
        let [(monomial, coefficient)] = self.0.as_slice() else {
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

    fn collect(terms: impl IntoIterator<Item = (Monomial, Rational)>) -> Option<Self> {
        let terms: Vec<_> = terms.into_iter().filter(|(_, coefficient)| !coefficient.is_zero()).collect();
        let fits = terms.len() <= MAX_TERMS && terms.iter().all(|(_, c)| c.bits() <= MAX_BITS);
        fits.then_some(Self(terms))
    }
}

/// What an operation on a number costs: reducing a fraction is quadratic in its length.
fn cost(value: &Rational) -> u64 {
    let words = value.bits() / 64;
    1 + words * words / 4
}
