//! Constants in order, and expressions that are linear in one letter.

use std::cmp::Ordering;

use super::polynomial::{Atom, Budget, Name, Polynomial};
use super::{Expression, approximate};
use crate::Verdict;

impl Expression {
    /// ∞.
    pub(crate) fn infinity() -> Self {
        Self::atom(Atom::Infinity)
    }

    /// Whether this is ∞ (`Greater`) or -∞ (`Less`).
    pub(crate) fn infinite(&self) -> Option<Ordering> {
        if !self.atoms().any(|atom| *atom == Atom::Infinity) {
            None
        } else if *self == Self::infinity() {
            Some(Ordering::Greater)
        } else if self.negated() == Self::infinity() {
            Some(Ordering::Less)
        } else {
            None
        }
    }

    /// Whether this is one real number, or one of the infinities.
    pub(crate) fn is_end(&self, budget: &mut Budget) -> bool {
        !self.has_variables() && (self.infinite().is_some() || approximate::constant(self, budget).is_some())
    }

    /// The value of a real constant, to the precision of a double.
    pub(crate) fn approximate(&self, budget: &mut Budget) -> Option<f64> {
        if self.has_variables() || self.infinite().is_some() {
            return None;
        }
        approximate::constant(self, budget).map(|(value, _)| value)
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.numerator.is_zero()
    }

    /// The order of two constants, each real or infinite; `None` where it is not decided.
    pub(crate) fn order(&self, other: &Self, budget: &mut Budget) -> Option<Ordering> {
        match (self.infinite(), other.infinite()) {
            (Some(a), Some(b)) => return Some(a.cmp(&b)),
            (Some(a), None) => return Some(a),
            (None, Some(b)) => return Some(b.reverse()),
            (None, None) => {}
        }
        if self.compare(other, budget) == Verdict::Equal {
            return Some(Ordering::Equal);
        }
        self.minus(other, budget)?.sign(budget)
    }

    /// The sign of a real constant, against zero.
    pub(crate) fn sign(&self, budget: &mut Budget) -> Option<Ordering> {
        approximate::sign(self, budget)
    }

    /// `slope * letter + constant`, for the atom that `is_letter` picks; `None` where the expression is not of this form
    /// or holds other letters.
    pub(crate) fn linear_in(&self, is_letter: impl Fn(&Atom) -> bool, budget: &mut Budget) -> Option<Linear> {
        let denominator = Self::polynomial(self.denominator.clone());
        let mut slope = Polynomial::default();
        let mut constant = Polynomial::default();
        let mut letter = None;
        for (monomial, coefficient) in self.numerator.terms() {
            let mut rest = monomial.clone();
            if let Some(index) = rest.powers.iter().position(|(atom, _)| is_letter(atom)) {
                let (atom, power) = rest.powers.remove(index);
                if power != 1 || letter.as_ref().is_some_and(|known| *known != atom) {
                    return None;
                }
                letter = Some(atom);
                slope = slope.plus(&Polynomial::term(rest, coefficient.clone()), budget)?;
            } else {
                constant = constant.plus(&Polynomial::term(rest, coefficient.clone()), budget)?;
            }
        }
        let over = |top: Polynomial, budget: &mut Budget| Self::polynomial(top).divided_by(&denominator, budget);
        let linear = Linear { letter: letter?, slope: over(slope, budget)?, constant: over(constant, budget)? };
        (!linear.slope.has_variables() && !linear.constant.has_variables()).then_some(linear)
    }
}

impl Expression {
    /// `square * letter^2 + slope * letter + constant`, if this is a polynomial of the second degree in its only letter
    /// with constant coefficients.
    pub(crate) fn quadratic(&self, budget: &mut Budget) -> Option<Quadratic> {
        if !self.denominator.is_one() {
            return None;
        }
        let mut letter = None;
        let mut coefficients: [Polynomial; 3] = Default::default();
        for (monomial, coefficient) in self.numerator.terms() {
            let mut rest = monomial.clone();
            let mut degree = 0;
            if let Some(index) = rest.powers.iter().position(|(atom, _)| matches!(atom, Atom::Variable(_))) {
                let (Atom::Variable(name), power) = rest.powers.remove(index) else {
                    return None;
                };
                degree = usize::try_from(power).ok()?;
                if *letter.get_or_insert_with(|| name.clone()) != name {
                    return None;
                }
            }
            let sum = coefficients.get_mut(degree)?;
            *sum = sum.plus(&Polynomial::term(rest, coefficient.clone()), budget)?;
        }
        let [constant, slope, square] = coefficients.map(Self::polynomial);
        let is_constant = |part: &Self| !part.has_variables();
        (!square.is_zero() && [&constant, &slope, &square].into_iter().all(is_constant)).then_some(Quadratic {
            letter: letter?,
            square,
            slope,
            constant,
        })
    }
}

/// `square * letter^2 + slope * letter + constant`.
#[derive(Debug)]
pub(crate) struct Quadratic {
    pub(crate) letter: Name,
    /// Not zero.
    pub(crate) square: Expression,
    pub(crate) slope: Expression,
    pub(crate) constant: Expression,
}

/// `slope * letter + constant`.
#[derive(Debug)]
pub(crate) struct Linear {
    pub(crate) letter: Atom,
    /// A constant, not zero.
    pub(crate) slope: Expression,
    /// A constant.
    pub(crate) constant: Expression,
}
