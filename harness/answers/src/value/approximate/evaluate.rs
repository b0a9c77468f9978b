//! The value of an expression at a point, with a bound on its error.

use num_traits::ToPrimitive;

use super::ball::Ball;
use super::complex::Complex;
use super::points::Point;
use crate::value::polynomial::Polynomial;
use crate::value::{Atom, Budget, Expression, Function, Name, Rational};

/// Why there is no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    /// Not a (real) number there: a root of a negative number, a division by zero that is certain.
    Undefined,
    /// Out of range, out of steps, or the error is too large to tell.
    Lost,
}

/// Work of an elementary function, in units of [`Budget`].
const FUNCTION: u64 = 6;

/// Evaluates expressions at one point.
pub(super) struct Evaluator<'a> {
    pub(super) point: Option<Point>,
    /// Whether values may be complex; else a root or logarithm of a negative number has no value.
    pub(super) complex: bool,
    /// Lower bound of every summand met. What remains of a difference means nothing unless the error is far below it.
    pub(super) smallest: f64,
    pub(super) budget: &'a mut Budget,
}

type Evaluated = Result<Complex, Failure>;

impl Evaluator<'_> {
    fn spend(&mut self, work: u64) -> Result<(), Failure> {
        self.budget.spend(work).ok_or(Failure::Lost)
    }

    pub(super) fn expression(&mut self, expression: &Expression) -> Evaluated {
        let top = self.polynomial(&expression.numerator)?;
        if expression.denominator.is_one() {
            return Ok(top);
        }
        let bottom = self.polynomial(&expression.denominator)?;
        bounded(top.divided_by(&bottom))
    }

    fn polynomial(&mut self, polynomial: &Polynomial) -> Evaluated {
        let mut sum = Complex::real(Ball::ZERO);
        for (monomial, coefficient) in polynomial.terms() {
            self.spend(1)?;
            let mut factor = number(coefficient).ok_or(Failure::Lost)?;
            if monomial.radicand != 1 {
                let radicand = i64::try_from(monomial.radicand).map_err(|_| Failure::Lost)?;
                factor = factor.times(&Ball::integer(radicand).square_root().ok_or(Failure::Lost)?);
            }
            let mut term = Complex::real(factor);
            for (atom, power) in &monomial.powers {
                let power = i32::try_from(*power).map_err(|_| Failure::Lost)?;
                let value = self.atom(atom)?;
                let value = if power == 1 { value } else { bounded(value.integer_power(power))? };
                term = bounded(Some(term.times(&value)))?;
            }
            self.note(&term);
            sum = sum.plus(&term);
        }
        bounded(Some(sum))
    }

    /// Zero itself and what may be zero say nothing about the scale.
    fn note(&mut self, value: &Complex) {
        let size = value.lower();
        if size > 0.0 {
            self.smallest = self.smallest.min(size);
        }
    }

    fn atom(&mut self, atom: &Atom) -> Evaluated {
        Ok(match atom {
            Atom::Imaginary => Complex::I,
            Atom::Pi => Complex::real(Ball::pi()),
            Atom::Euler => Complex::real(Ball::euler()),
            Atom::Infinity => return Err(Failure::Lost),
            Atom::Variable(name) => Complex::real(self.point.ok_or(Failure::Lost)?.value(name)),
            Atom::Function(function, _) if function.is_formal() => {
                let name = Name::Long(format!("{atom:?}").into());
                Complex::real(self.point.ok_or(Failure::Lost)?.value(&name))
            }
            Atom::Function(function, arguments) => {
                let mut values = Vec::with_capacity(arguments.len());
                for argument in arguments {
                    values.push(self.expression(argument)?);
                }
                self.spend(FUNCTION)?;
                let value = self.function(*function, &values)?;
                self.note(&value);
                value
            }
        })
    }

    fn function(&mut self, function: Function, arguments: &[Complex]) -> Evaluated {
        match (function, arguments) {
            (Function::Power, [base, exponent]) => self.power(base, exponent),
            (Function::Root, [index, of]) => {
                let index = index.as_real().and_then(|index| index.as_integer()).ok_or(Failure::Lost)?;
                self.root(index, of)
            }
            (Function::Ln, [of]) => self.logarithm(of),
            (Function::Log, [base, of]) => bounded(self.logarithm(of)?.divided_by(&self.logarithm(base)?)),
            (Function::Abs, [of]) => of.abs().map(Complex::real).ok_or(Failure::Lost),
            _ => {
                let reals: Option<Vec<Ball>> = arguments.iter().map(Complex::as_real).collect();
                match (reals.as_deref(), arguments) {
                    (Some([of]), _) => self.real_function(function, of).map(Complex::real),
                    (Some(values), _) => real_function_of_many(function, values).map(Complex::real),
                    (None, [of]) => complex_function(function, of),
                    _ => Err(Failure::Lost),
                }
            }
        }
    }

    fn logarithm(&self, of: &Complex) -> Evaluated {
        match of.as_real() {
            Some(real) if real.is_positive() => Ok(Complex::real(real.ln().ok_or(Failure::Lost)?)),
            Some(real) if real.is_exactly_zero() => Err(Failure::Undefined),
            Some(real) if real.is_negative() && !self.complex => Err(Failure::Undefined),
            _ => of.ln().ok_or(Failure::Lost),
        }
    }

    /// The real root where there is one.
    fn root(&self, index: i64, of: &Complex) -> Evaluated {
        let index = i32::try_from(index).ok().filter(|index| *index >= 2).ok_or(Failure::Lost)?;
        let inverse = || Ball::ONE.divided_by(&Ball::integer(index.into())).ok_or(Failure::Lost);
        let positive = |of: &Ball| {
            if index == 2 {
                return of.square_root().ok_or(Failure::Lost);
            }
            of.ln().and_then(|logarithm| logarithm.times(&inverse().ok()?).exp()).ok_or(Failure::Lost)
        };
        match of.as_real() {
            Some(real) if real.is_exactly_zero() => Ok(*of),
            Some(real) if real.is_positive() => positive(&real).map(Complex::real),
            Some(real) if real.is_negative() && index % 2 == 1 => {
                positive(&real.negated()).map(|root| Complex::real(root.negated()))
            }
            Some(real) if real.is_negative() && !self.complex => Err(Failure::Undefined),
            Some(real) if real.is_negative() && index == 2 => {
                positive(&real.negated()).map(|root| Complex { re: Ball::ZERO, im: root })
            }
            _ => bounded(of.power(&Complex::real(inverse()?))),
        }
    }

    fn power(&self, base: &Complex, exponent: &Complex) -> Evaluated {
        if let Some(exponent) = exponent.as_real().and_then(|exponent| exponent.as_integer())
            && let Ok(exponent) = i32::try_from(exponent)
            && exponent.unsigned_abs() <= 10_000
        {
            if exponent <= 0 && base.contains_zero() {
                return Err(if base.as_real().is_some_and(|base| base.is_exactly_zero()) {
                    Failure::Undefined
                } else {
                    Failure::Lost
                });
            }
            return bounded(base.integer_power(exponent));
        }
        match (base.as_real(), exponent.as_real()) {
            (Some(base), Some(exponent)) if base.is_positive() => {
                let power = base.ln().and_then(|logarithm| logarithm.times(&exponent).exp());
                power.map(Complex::real).ok_or(Failure::Lost)
            }
            (Some(base), Some(_)) if base.is_negative() && !self.complex => Err(Failure::Undefined),
            (Some(base), _) if base.contains_zero() => Err(Failure::Lost),
            _ => bounded(base.power(exponent)),
        }
    }

    fn real_function(&self, function: Function, x: &Ball) -> Result<Ball, Failure> {
        let lost = |value: Option<Ball>| value.ok_or(Failure::Lost);
        let quotient = |top: Ball, bottom: Ball| lost(top.divided_by(&bottom));
        match function {
            Function::Sin | Function::Cos | Function::Tan | Function::Cot | Function::Sec | Function::Csc => {
                let (sine, cosine) = x.sin_cos().ok_or(Failure::Lost)?;
                match function {
                    Function::Sin => Ok(sine),
                    Function::Cos => Ok(cosine),
                    Function::Tan => quotient(sine, cosine),
                    Function::Cot => quotient(cosine, sine),
                    Function::Sec => quotient(Ball::ONE, cosine),
                    _ => quotient(Ball::ONE, sine),
                }
            }
            Function::Sinh | Function::Cosh | Function::Tanh | Function::Coth => {
                let (grown, shrunk) = (lost(x.exp())?, lost(x.negated().exp())?);
                let (difference, sum) = (grown.minus(&shrunk), grown.plus(&shrunk));
                match function {
                    Function::Sinh => Ok(difference.shifted(-1)),
                    Function::Cosh => Ok(sum.shifted(-1)),
                    // Too near to 1 to be told from it.
                    _ if x.upper() > 30.0 => Err(Failure::Lost),
                    Function::Tanh => quotient(difference, sum),
                    _ => quotient(sum, difference),
                }
            }
            Function::Arctan if x.upper() < 1e15 => Ok(x.arctan()),
            Function::Arccot if x.upper() < 1e15 => Ok(half_pi().minus(&x.arctan())),
            Function::Arcsin => arcsine(x),
            Function::Arccos => Ok(half_pi().minus(&arcsine(x)?)),
            Function::Arcsec => Ok(half_pi().minus(&arcsine(&quotient(Ball::ONE, *x)?)?)),
            Function::Arccsc => arcsine(&quotient(Ball::ONE, *x)?),
            Function::Arsinh => {
                // Odd, and exact digits are lost on the negative side.
                let size = x.abs();
                let root = lost(size.times(&size).plus(&Ball::ONE).square_root())?;
                let value = lost(size.plus(&root).ln())?;
                Ok(if x.is_negative() { value.negated() } else { value })
            }
            Function::Arcosh => {
                let below = x.minus(&Ball::ONE);
                if below.is_negative() {
                    return Err(Failure::Undefined);
                }
                let root = lost(x.times(x).minus(&Ball::ONE).square_root())?;
                lost(x.plus(&root).ln())
            }
            Function::Artanh => {
                let (above, below) = (Ball::ONE.plus(x), Ball::ONE.minus(x));
                if above.is_negative() || below.is_negative() {
                    return Err(Failure::Undefined);
                }
                Ok(lost(quotient(above, below)?.ln())?.shifted(-1))
            }
            Function::Floor => x.floor().map(Ball::integer).ok_or(Failure::Lost),
            Function::Ceiling => x.negated().floor().map(|floor| Ball::integer(-floor)).ok_or(Failure::Lost),
            Function::Factorial => factorial(x, 1),
            Function::DoubleFactorial => factorial(x, 2),
            _ => Err(Failure::Lost),
        }
    }
}

/// A value that is defined and neither out of range nor lost.
fn bounded(value: Option<Complex>) -> Evaluated {
    value.filter(Complex::is_bounded).ok_or(Failure::Lost)
}

/// Numbers of more digits than a person writes may hide differences from what is computed in finite precision.
fn number(value: &Rational) -> Option<Ball> {
    const MAX_BITS: u64 = 192;
    match value.as_small() {
        Some((top, 1)) => Some(Ball::integer(top)),
        Some((top, bottom)) => Ball::integer(top).divided_by(&Ball::integer(bottom)),
        None if value.bits() <= MAX_BITS || value.is_integer() && value.bits() <= 250 => {
            Ball::rational(&value.to_big())
        }
        None => None,
    }
}

fn half_pi() -> Ball {
    Ball::pi().shifted(-1)
}

fn arcsine(x: &Ball) -> Result<Ball, Failure> {
    let square = Ball::ONE.minus(&x.times(x));
    if square.is_negative() {
        return Err(Failure::Undefined);
    }
    let root = square.square_root().ok_or(Failure::Lost)?;
    if root.is_exactly_zero() {
        return Ok(if x.is_negative() { half_pi().negated() } else { half_pi() });
    }
    Ok(x.divided_by(&root).ok_or(Failure::Lost)?.arctan())
}

/// The product of every `step`-th number down from a whole number.
fn factorial(of: &Ball, step: i64) -> Result<Ball, Failure> {
    const LAST: i64 = 100;
    let last = of.as_integer().ok_or(Failure::Undefined)?;
    if last < 0 {
        return Err(Failure::Undefined);
    }
    if last > LAST {
        return Err(Failure::Lost);
    }
    let mut product = Ball::ONE;
    let mut factor = last;
    while factor > 1 {
        product = product.times(&Ball::integer(factor));
        factor -= step;
    }
    Ok(product)
}

fn real_function_of_many(function: Function, values: &[Ball]) -> Result<Ball, Failure> {
    let integers = || values.iter().map(Ball::as_integer).collect::<Option<Vec<i64>>>().ok_or(Failure::Undefined);
    match function {
        Function::Max | Function::Min => {
            let (first, rest) = values.split_first().ok_or(Failure::Lost)?;
            let mut best = *first;
            for value in rest {
                let difference = value.minus(&best);
                if difference.is_positive() == (function == Function::Max) && !difference.contains_zero() {
                    best = *value;
                } else if difference.contains_zero() && !difference.is_exactly_zero() {
                    return Err(Failure::Lost);
                }
            }
            Ok(best)
        }
        Function::Gcd => {
            let value = integers()?.into_iter().fold(0, |a: i64, b| num_integer::gcd(a, b));
            Ok(Ball::integer(value))
        }
        Function::Lcm => {
            let value =
                integers()?.into_iter().try_fold(1_i64, |a, b| (a / num_integer::gcd(a, b).max(1)).checked_mul(b));
            value.map(|value| Ball::integer(value.abs())).ok_or(Failure::Lost)
        }
        Function::Modulo => match integers()?.as_slice() {
            [of, by] => of.checked_rem_euclid(*by).map(Ball::integer).ok_or(Failure::Undefined),
            _ => Err(Failure::Lost),
        },
        Function::Binomial => match integers()?.as_slice() {
            [all, chosen] => binomial(*all, *chosen),
            _ => Err(Failure::Lost),
        },
        _ => Err(Failure::Lost),
    }
}

fn binomial(all: i64, chosen: i64) -> Result<Ball, Failure> {
    if all < 0 || chosen < 0 {
        return Err(Failure::Undefined);
    }
    if chosen > all {
        return Ok(Ball::ZERO);
    }
    let chosen = chosen.min(all - chosen).to_u32().filter(|chosen| *chosen <= 60).ok_or(Failure::Lost)?;
    let mut value: u128 = 1;
    for step in 1..=u128::from(chosen) {
        let factor = all.unsigned_abs() as u128 - step + 1;
        value = value.checked_mul(factor).ok_or(Failure::Lost)? / step;
    }
    i64::try_from(value).map(Ball::integer).map_err(|_| Failure::Lost)
}

/// Circular and hyperbolic functions by the exponential.
fn complex_function(function: Function, z: &Complex) -> Evaluated {
    let turned = Complex::I.times(z);
    let exponentials = |z: &Complex| Some((z.exp()?, z.negated().exp()?));
    let half = |z: Complex| Complex { re: z.re.shifted(-1), im: z.im.shifted(-1) };
    let circular = || {
        let (forward, backward) = exponentials(&turned)?;
        let sine = half(forward.minus(&backward)).times(&Complex::I.negated());
        Some((sine, half(forward.plus(&backward))))
    };
    let hyperbolic = || {
        let (grown, shrunk) = exponentials(z)?;
        Some((half(grown.minus(&shrunk)), half(grown.plus(&shrunk))))
    };
    let (sine, cosine) = match function {
        Function::Sin | Function::Cos | Function::Tan | Function::Cot => circular().ok_or(Failure::Lost)?,
        Function::Sinh | Function::Cosh | Function::Tanh => hyperbolic().ok_or(Failure::Lost)?,
        _ => return Err(Failure::Lost),
    };
    match function {
        Function::Sin | Function::Sinh => Ok(sine),
        Function::Cos | Function::Cosh => Ok(cosine),
        Function::Cot => bounded(cosine.divided_by(&sine)),
        _ => bounded(sine.divided_by(&cosine)),
    }
}
