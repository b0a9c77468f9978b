//! Values of expressions at fixed points, for what algebra here does not decide.

use num_traits::ToPrimitive;

use super::Expression;
use super::polynomial::{Atom, Budget, Polynomial};
use crate::Verdict;

/// Points at which letters take values: both signs, because `sqrt(x^2)` is `x` only where `x` is positive.
const POINTS: u32 = 4;
/// Relative difference below which two values are the same; rounding stays far below it.
const SAME: f64 = 1e-11;
/// Relative difference above which two values differ.
const DIFFERENT: f64 = 1e-7;
/// Beyond this size the functions of an argument are noise.
const MAX_ARGUMENT: f64 = 1e6;

impl Expression {
    /// Equal where the values agree at every point at which both are defined (two points at least), Different where they
    /// clearly disagree at one.
    pub(super) fn compare_values(&self, other: &Self, budget: &mut Budget) -> Verdict {
        let mut agreed = 0;
        for point in 0..POINTS {
            let (Some(a), Some(b)) = (self.value_at(point, budget), other.value_at(point, budget)) else {
                continue;
            };
            let scale = a.abs().max(b.abs());
            let difference = (a - b).abs();
            if difference > DIFFERENT * scale {
                return Verdict::Different;
            }
            if difference > SAME * scale {
                return Verdict::Unknown;
            }
            agreed += 1;
        }
        if agreed >= 2 { Verdict::Equal } else { Verdict::Unknown }
    }

    /// The value at a point; `None` where it is not a finite real number.
    fn value_at(&self, point: u32, budget: &mut Budget) -> Option<f64> {
        let value = polynomial_at(&self.numerator, point, budget)? / polynomial_at(&self.denominator, point, budget)?;
        value.is_finite().then_some(value)
    }
}

fn polynomial_at(polynomial: &Polynomial, point: u32, budget: &mut Budget) -> Option<f64> {
    let mut sum = 0.0;
    let mut largest: f64 = 0.0;
    for (monomial, coefficient) in polynomial.terms() {
        let mut term = coefficient.to_f64()? * monomial.radicand.to_f64()?.sqrt();
        for (atom, power) in &monomial.powers {
            budget.spend(4)?;
            term *= atom_at(atom, point, budget)?.powi(i32::try_from(*power).ok()?);
        }
        largest = largest.max(term.abs());
        sum += term;
    }
    // Where terms cancel, nothing but rounding may be left.
    (sum.abs() >= 1e-4 * largest).then_some(sum)
}

fn atom_at(atom: &Atom, point: u32, budget: &mut Budget) -> Option<f64> {
    let (name, arguments) = match atom {
        Atom::Imaginary | Atom::Infinity => return None,
        Atom::Pi => return Some(std::f64::consts::PI),
        Atom::Variable(name) if name == "e" => return Some(std::f64::consts::E),
        Atom::Variable(name) => return Some(variable_at(name, point)),
        Atom::Function(name, arguments) => (name, arguments),
    };
    let arguments: Vec<f64> =
        arguments.iter().map(|argument| argument.value_at(point, budget)).collect::<Option<_>>()?;
    if arguments.iter().any(|value| value.abs() > MAX_ARGUMENT) {
        return None;
    }
    let value = match (name.as_str(), arguments.as_slice()) {
        ("sin", [x]) => x.sin(),
        ("cos", [x]) => x.cos(),
        ("tan", [x]) => x.tan(),
        ("cot", [x]) => x.tan().recip(),
        ("sec", [x]) => x.cos().recip(),
        ("csc", [x]) => x.sin().recip(),
        ("arcsin", [x]) => x.asin(),
        ("arccos", [x]) => x.acos(),
        ("arctan", [x]) => x.atan(),
        ("sinh", [x]) => x.sinh(),
        ("cosh", [x]) => x.cosh(),
        ("tanh", [x]) => x.tanh(),
        ("ln", [x]) => x.ln(),
        ("abs", [x]) => x.abs(),
        ("log", [base, x]) => x.ln() / base.ln(),
        ("power", [base, exponent]) => base.powf(*exponent),
        ("root", [index, x]) if *x < 0.0 && index % 2.0 == 1.0 => -(-x).powf(index.recip()),
        ("root", [index, x]) => x.powf(index.recip()),
        _ => return None,
    };
    value.is_finite().then_some(value)
}

/// A value between 0.3 and 1.5 in size that depends on the letter and the point (FNV-1a). The first two points are
/// positive in every letter, the third is negative, and the fourth mixes signs.
fn variable_at(name: &str, point: u32) -> f64 {
    let bytes = name.bytes().chain(point.to_le_bytes());
    let hash = bytes.fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    let size = 0.3 + 1.2 * f64::from(hash >> 8) / f64::from(1 << 24);
    match point {
        0 | 1 => size,
        2 => -size,
        _ if hash & 1 == 0 => size,
        _ => -size,
    }
}

/// The value of a real constant and a bound of its error.
pub(super) fn constant(expression: &Expression, budget: &mut Budget) -> Option<(f64, f64)> {
    let value = expression.value_at(0, budget)?;
    Some((value, value.abs() * SAME))
}
