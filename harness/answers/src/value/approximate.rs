//! Values of expressions: comparison at points, and the sign and size of constants.
//!
//! Everything is computed with 256 bits and a bound on the error that follows each operation ([`ball`]). Values that
//! differ by more than their errors are different: that is certain. Values that agree are called equal where the errors
//! are less than 2^-64 of the smallest summand met on the way, which for answers of ordinary size means an agreement to
//! some 60 decimal digits. No such agreement between different answers of a person's length is known; the famous
//! near misses (`e^{\pi \sqrt{163}}` and a whole number) end after some 30 digits.

mod ball;
mod complex;
mod elementary;
mod evaluate;
mod points;
mod wide;

use std::cmp::Ordering;

use super::{Atom, Budget, Expression, Function};
use crate::Verdict;
use ball::Ball;
use evaluate::{Evaluator, Failure};
use points::{INTEGER_POINTS, Point, REAL_POINTS};

/// An error must be below this part of the smallest summand for an agreement to count.
const RESOLUTION: f64 = f64::from_bits((1_023 - 64) << 52);
/// Agreements that suffice where both sides are given by one formula throughout.
const ENOUGH: u32 = 5;
/// Fewest agreements.
const FEWEST: u32 = 3;

/// How values compare at one point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AtPoint {
    Agree,
    Differ,
    /// Neither side is defined, or too little is known.
    Silent,
    /// One side is defined and the other is not.
    OneSided,
}

impl Expression {
    /// Equal where the values agree at every point at which both are defined, Different where they certainly disagree at
    /// one. Real numbers are meant unless `i` occurs.
    pub(super) fn compare_values(&self, other: &Self, budget: &mut Budget) -> Verdict {
        let complex = self.is_complex() || other.is_complex();
        if !self.has_variables() && !other.has_variables() {
            return match self.compare_at(other, None, complex, budget) {
                AtPoint::Agree => Verdict::Equal,
                AtPoint::Differ => Verdict::Different,
                AtPoint::Silent | AtPoint::OneSided => Verdict::Unknown,
            };
        }
        let piecewise = self.is_piecewise() || other.is_piecewise();
        let real = (0..REAL_POINTS).map(Point::Real);
        let (agreed, one_sided) = match self.compare_along(other, real, complex, piecewise, budget) {
            Ok(counts) => counts,
            Err(verdict) => return verdict,
        };
        let jumps = self.jumps_at_integers() || other.jumps_at_integers();
        if jumps || agreed == 0 && self.may_need_integers(other) {
            let integers = (0..INTEGER_POINTS).map(Point::Integer);
            match self.compare_along(other, integers, complex, true, budget) {
                Err(verdict) => return verdict,
                // `\binom{n}{k}` is 0 for `k > n`, where the factorials are not defined.
                Ok((FEWEST.., _)) if agreed == 0 => return Verdict::Equal,
                Ok((FEWEST.., _)) => {}
                Ok(_) => return Verdict::Unknown,
            }
        }
        // `\sqrt{a} \sqrt{b}` and `\sqrt{ab}`: letters under roots are meant to be where the roots are. Of logarithms the
        // same is not said: `\ln x` and `\ln |x|` are told apart.
        let excused = one_sided == 0 || !self.has_logarithm_of_variables() && !other.has_logarithm_of_variables();
        if agreed >= FEWEST && excused { Verdict::Equal } else { Verdict::Unknown }
    }

    /// At how many points both agree, and at how many only one is defined; or the verdict, if that ends it.
    fn compare_along(
        &self,
        other: &Self,
        points: impl Iterator<Item = Point>,
        complex: bool,
        exhaustive: bool,
        budget: &mut Budget,
    ) -> Result<(u32, u32), Verdict> {
        let (mut agreed, mut one_sided) = (0, 0);
        for point in points {
            match self.compare_at(other, Some(point), complex, budget) {
                AtPoint::Agree => agreed += 1,
                AtPoint::Differ => return Err(Verdict::Different),
                AtPoint::OneSided => one_sided += 1,
                AtPoint::Silent => {}
            }
            if budget.left() == 0 {
                return Err(Verdict::Unknown);
            }
            if agreed >= ENOUGH && !exhaustive {
                break;
            }
        }
        Ok((agreed, one_sided))
    }

    fn compare_at(&self, other: &Self, point: Option<Point>, complex: bool, budget: &mut Budget) -> AtPoint {
        let mut evaluator = Evaluator { point, complex, smallest: f64::INFINITY, budget };
        let (left, right) = (evaluator.expression(self), evaluator.expression(other));
        let smallest = evaluator.smallest;
        match (left, right) {
            (Ok(left), Ok(right)) => {
                let difference = left.minus(&right);
                if !difference.contains_zero() {
                    AtPoint::Differ
                } else if difference.error() <= RESOLUTION * smallest.min(f64::MAX) {
                    AtPoint::Agree
                } else {
                    AtPoint::Silent
                }
            }
            (Ok(_), Err(Failure::Undefined)) | (Err(Failure::Undefined), Ok(_)) => AtPoint::OneSided,
            _ => AtPoint::Silent,
        }
    }

    fn is_complex(&self) -> bool {
        self.any_atom(&|atom| *atom == Atom::Imaginary)
    }

    fn is_piecewise(&self) -> bool {
        self.any_atom(&|atom| {
            matches!(atom, Atom::Function(function, arguments)
                if function.is_piecewise() && arguments.iter().any(Self::has_variables))
        })
    }

    /// `\lfloor x \rfloor + 1` is `\lceil x \rceil` everywhere else.
    fn jumps_at_integers(&self) -> bool {
        self.any_atom(&|atom| matches!(atom, Atom::Function(Function::Floor | Function::Ceiling, _)))
    }

    fn has_logarithm_of_variables(&self) -> bool {
        self.any_atom(&|atom| {
            matches!(atom, Atom::Function(Function::Ln | Function::Log, arguments)
                if arguments.iter().any(Self::has_variables))
        })
    }

    /// Factorials and the like, and powers of negative numbers: `(-1)^n`.
    fn may_need_integers(&self, other: &Self) -> bool {
        let needs = |atom: &Atom| {
            matches!(
                atom,
                Atom::Function(
                    Function::Factorial
                        | Function::DoubleFactorial
                        | Function::Binomial
                        | Function::Modulo
                        | Function::Gcd
                        | Function::Lcm
                        | Function::Power,
                    _
                )
            )
        };
        self.any_atom(&needs) || other.any_atom(&needs)
    }
}

/// The value of a real constant and a bound on its error, for comparing it with a decimal.
pub(super) fn constant(expression: &Expression, budget: &mut Budget) -> Option<(f64, f64)> {
    let value = real(expression, budget)?;
    let nearest = value.middle.to_f64();
    nearest.is_finite().then(|| (nearest, value.error + nearest.abs() * f64::EPSILON))
}

/// The sign of a real constant, if it is certain.
pub(super) fn sign(expression: &Expression, budget: &mut Budget) -> Option<Ordering> {
    if let Some(number) = expression.as_number() {
        return Some(match (number.is_zero(), number.is_negative()) {
            (true, _) => Ordering::Equal,
            (false, true) => Ordering::Less,
            (false, false) => Ordering::Greater,
        });
    }
    let value = real(expression, budget)?;
    match (value.is_positive(), value.is_negative()) {
        (true, _) => Some(Ordering::Greater),
        (_, true) => Some(Ordering::Less),
        _ => None,
    }
}

/// The largest integer not above a real constant, if it is certain.
pub(super) fn floor(expression: &Expression, budget: &mut Budget) -> Option<i64> {
    real(expression, budget)?.floor()
}

fn real(expression: &Expression, budget: &mut Budget) -> Option<Ball> {
    if expression.any_atom(&|atom| matches!(atom, Atom::Variable(_) | Atom::Infinity)) {
        return None;
    }
    let complex = expression.is_complex();
    let mut evaluator = Evaluator { point: None, complex, smallest: f64::INFINITY, budget };
    evaluator.expression(expression).ok()?.as_real()
}

#[cfg(test)]
mod tests;
