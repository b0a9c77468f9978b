//! Functions applied to expressions: simpler exact forms where they are known, else the function is kept.

use std::cmp::Ordering;

use num_bigint::BigInt;
use num_integer::Integer;

use super::polynomial::{Atom, Budget, MAX_BITS, Name, Polynomial};
use super::power::MAX_INDEX;
use super::{Expression, Function, Rational, approximate, root};

/// Largest number whose factorial is multiplied out.
const MAX_FACTORIAL: i64 = 1_000;

/// What became of a function.
enum Form {
    Known(Expression),
    /// No simpler form is known.
    Kept,
}

impl Form {
    fn of(known: Option<Expression>) -> Self {
        known.map_or(Self::Kept, Self::Known)
    }
}

impl Expression {
    /// `None` where the number of arguments is wrong, the value is not defined, or the budget runs out.
    pub(crate) fn apply(function: Function, arguments: Vec<Self>, budget: &mut Budget) -> Option<Self> {
        budget.spend(2)?;
        let form = match (function, arguments.as_slice()) {
            (Function::Power, [base, exponent]) => return base.power(exponent, budget),
            (Function::Root, [index, of]) => {
                let index = u32::try_from(index.as_integer()?).ok().filter(|index| (2..=MAX_INDEX).contains(index))?;
                return root(of, index, budget);
            }
            (Function::Ln, [of]) => return of.ln(budget),
            (Function::Log, [base, of]) => return Self::log(base, of, budget),
            (Function::Abs, [of]) => Form::of(of.absolute(budget)),
            (Function::Floor | Function::Ceiling, [of]) => Form::of(of.rounded(function == Function::Ceiling, budget)),
            (Function::Factorial, [of]) => of.factorial(1, budget)?,
            (Function::DoubleFactorial, [of]) => of.factorial(2, budget)?,
            (Function::Binomial, [n, k]) => Self::binomial(n, k, budget)?,
            (Function::Modulo, [of, by]) => match (of.as_integer(), by.as_integer()) {
                (Some(of), Some(by)) => Form::Known(Self::integer(of.checked_rem_euclid(by)?)),
                _ => Form::Kept,
            },
            (Function::Gcd | Function::Lcm | Function::Max | Function::Min, [_, ..]) => {
                Self::of_list(function, &arguments, budget)?
            }
            (Function::Applied, [name, of]) => Form::of(Self::named_value(name, of, budget)),
            (Function::Applied, [_, _, ..]) => Form::Kept,
            (Function::Cross, [left, right]) => return left.cross(right, budget),
            (_, [of]) => of.trigonometric(function, budget)?,
            _ => return None,
        };
        Some(match form {
            Form::Known(value) => value,
            Form::Kept => Self::function(function, arguments),
        })
    }

    /// Values of functions whose letter says what they are: `\Gamma` at whole numbers and halves.
    fn named_value(name: &Self, of: &Self, budget: &mut Budget) -> Option<Self> {
        let Some(Atom::Variable(Name::Letter(letter))) = name.as_atom() else { return None };
        if *letter == 'Γ' { of.gamma(name, budget) } else { None }
    }

    /// The same with the values of `\zeta` at even numbers, which are multiples of powers of π.
    pub(crate) fn with_known_values(&self, budget: &mut Budget) -> Option<Self> {
        let value = |atom: &Atom, budget: &mut Budget| {
            let Atom::Function(Function::Applied, arguments) = atom else { return None };
            let [name, of] = arguments.as_slice() else { return None };
            if name.as_atom() != Some(&Atom::Variable(Name::Letter('ζ'))) {
                return None;
            }
            let (power, bottom) = match of.as_integer()? {
                2 => (2, 6),
                4 => (4, 90),
                6 => (6, 945),
                8 => (8, 9_450),
                _ => return None,
            };
            Self::atom(Atom::Pi).integer_power(power, budget)?.divided_by(&Self::integer(bottom), budget)
        };
        self.substituted(&value, budget)
    }

    /// `\Gamma(n) = (n-1)!`, `\Gamma(1/2) = \sqrt\pi`, and `\Gamma(x+1) = x \Gamma(x)` for other numbers.
    fn gamma(&self, name: &Self, budget: &mut Budget) -> Option<Self> {
        const MAX_STEPS: i64 = 50;
        if let Some(whole) = self.as_integer() {
            return match Self::integer(whole).minus(&Self::integer(1), budget)?.factorial(1, budget)? {
                Form::Known(value) => Some(value),
                Form::Kept => None,
            };
        }
        let number = self.as_number()?;
        let (top, bottom) = number.as_small()?;
        let steps = top.checked_div(bottom).filter(|steps| (0..=MAX_STEPS).contains(steps) && top > 0)?;
        let first = self.minus(&Self::integer(steps), budget)?;
        let mut product = match first.as_number()?.as_small()? {
            (1, 2) => root(&Self::atom(Atom::Pi), 2, budget)?,
            _ if steps == 0 => return None,
            _ => Self::function(Function::Applied, vec![name.clone(), first.clone()]),
        };
        for step in 0..steps {
            product = product.times(&first.plus(&Self::integer(step), budget)?, budget)?;
        }
        Some(product)
    }

    /// The cross product of two vectors with names: the other way round it has the other sign, and of one vector with
    /// itself it is nothing.
    fn cross(&self, other: &Self, budget: &mut Budget) -> Option<Self> {
        budget.spend(1)?;
        let is_name = |side: &Self| matches!(side.as_atom(), Some(Atom::Variable(_)));
        if !is_name(self) || !is_name(other) {
            return None;
        }
        Some(match self.cmp(other) {
            Ordering::Equal => Self::integer(0),
            Ordering::Less => Self::function(Function::Cross, vec![self.clone(), other.clone()]),
            Ordering::Greater => Self::function(Function::Cross, vec![other.clone(), self.clone()]).negated(),
        })
    }

    fn absolute(&self, budget: &mut Budget) -> Option<Self> {
        let leading_is_negative = || self.numerator.terms().last().is_some_and(|(_, number)| number.is_negative());
        match approximate::sign(self, budget) {
            Some(Ordering::Less) => Some(self.negated()),
            Some(_) => Some(self.clone()),
            None if self.any_atom(&|atom| *atom == Atom::Imaginary) => None,
            // |y - x| = |x - y|
            None if leading_is_negative() => Some(Self::function(Function::Abs, vec![self.negated()])),
            None => None,
        }
    }

    fn rounded(&self, up: bool, budget: &mut Budget) -> Option<Self> {
        if up {
            return Some(self.negated().rounded(false, budget)?.negated());
        }
        match self.as_number() {
            Some(number) => {
                Some(Self::number(Rational::big_integer(number.numerator().div_floor(&number.denominator()))))
            }
            None => approximate::floor(self, budget).map(Self::integer),
        }
    }

    /// The product of every `step`-th number down from this one. The inner `None` keeps the function.
    fn factorial(&self, step: i64, budget: &mut Budget) -> Option<Form> {
        let Some(last) = self.as_number() else {
            return Some(Form::Kept);
        };
        // Not defined for fractions and negative numbers.
        let last = last.as_integer().filter(|last| *last >= 0)?;
        if last > MAX_FACTORIAL {
            return Some(Form::Kept);
        }
        let mut product = BigInt::from(1);
        // Factors are gathered in one word, for long products cost by the word.
        let (mut factor, mut word) = (last, 1i64);
        while factor > 1 {
            word = match word.checked_mul(factor) {
                Some(word) => word,
                None => {
                    budget.spend(1 + product.bits() / 256)?;
                    product *= word;
                    factor
                }
            };
            factor -= step;
        }
        Some(big_integer(product * word))
    }

    fn binomial(n: &Self, k: &Self, budget: &mut Budget) -> Option<Form> {
        const MAX_CHOSEN: i64 = 500;
        let Some(of) = k.as_integer() else {
            // C(n, n - k) with letters is left to the values at points.
            return Some(Form::Kept);
        };
        if of < 0 {
            return None;
        }
        match n.as_integer() {
            Some(all) if all >= 0 => {
                if of > all {
                    return Some(Form::Known(Self::integer(0)));
                }
                let chosen = of.min(all - of);
                if chosen > MAX_CHOSEN {
                    return Some(Form::Kept);
                }
                let mut value = BigInt::from(1);
                for step in 1..=chosen {
                    budget.spend(2 + value.bits() / 64)?;
                    value = value * (all - step + 1) / step;
                }
                Some(big_integer(value))
            }
            // C(n, 2) = n (n - 1) / 2
            None if of <= 8 && n.has_variables() => {
                let mut value = Self::integer(1);
                for step in 0..of {
                    let factor = n.minus(&Self::integer(step), budget)?;
                    value = value.times(&factor, budget)?.divided_by(&Self::integer(step + 1), budget)?;
                }
                Some(Form::Known(value))
            }
            _ => Some(Form::Kept),
        }
    }

    /// `gcd`, `lcm`, `max` and `min` of numbers whose order is certain.
    fn of_list(function: Function, arguments: &[Self], budget: &mut Budget) -> Option<Form> {
        let (first, rest) = arguments.split_first()?;
        let mut result = first.clone();
        for other in rest {
            result = match function {
                Function::Gcd | Function::Lcm => {
                    let (Some(a), Some(b)) = (result.as_integer(), other.as_integer()) else {
                        return Some(Form::Kept);
                    };
                    let (a, b) = (i128::from(a), i128::from(b));
                    let value = if function == Function::Gcd { a.gcd(&b) } else { a.lcm(&b) };
                    Self::integer(i64::try_from(value).ok()?)
                }
                _ => match approximate::sign(&other.minus(&result, budget)?, budget) {
                    Some(order) if (order == Ordering::Greater) == (function == Function::Max) => other.clone(),
                    Some(_) => result,
                    None => return Some(Form::Kept),
                },
            };
        }
        Some(Form::Known(result))
    }

    /// Trigonometric and hyperbolic functions, exact at zero and at multiples of 30 and 45 degrees.
    fn trigonometric(&self, function: Function, budget: &mut Budget) -> Option<Form> {
        if self.as_number().is_some_and(Rational::is_zero) {
            return match function {
                Function::Cos | Function::Sec | Function::Cosh => Some(Form::Known(Self::integer(1))),
                Function::Cot | Function::Csc | Function::Coth | Function::Arcsec | Function::Arccsc => None,
                Function::Arccos | Function::Arccot | Function::Arcosh => Some(Form::Kept),
                _ => Some(Form::Known(self.clone())),
            };
        }
        if let Some(angle) = self.exact_angle(function, budget) {
            return Some(Form::Known(angle));
        }
        let Some(part) = self.part_of_a_turn() else {
            return Some(Form::Kept);
        };
        let (sine, cosine) = (sine(part, budget)?, sine(part + 6, budget)?);
        Some(Form::Known(match function {
            Function::Sin => sine,
            Function::Cos => cosine,
            Function::Tan => sine.divided_by(&cosine, budget)?,
            Function::Cot => cosine.divided_by(&sine, budget)?,
            Function::Sec => Self::integer(1).divided_by(&cosine, budget)?,
            Function::Csc => Self::integer(1).divided_by(&sine, budget)?,
            _ => return Some(Form::Kept),
        }))
    }

    /// The angle whose sine, cosine or tangent this is, where it is a multiple of 30 or 45 degrees. At the ends of their
    /// domain the arcsine and the arccosine have no slope, so that no bound on an error could tell their values.
    fn exact_angle(&self, function: Function, budget: &mut Budget) -> Option<Self> {
        if !matches!(function, Function::Arcsin | Function::Arccos | Function::Arctan) {
            return None;
        }
        let is_short = |part: &Polynomial| part.terms().len() == 1;
        if self.has_variables() || self.has_functions() || !is_short(&self.numerator) {
            return None;
        }
        let quarter = [-6_i64, -4, -3, -2, 2, 3, 4, 6];
        let part = quarter.into_iter().find(|part| {
            let value = match function {
                Function::Arctan if part.abs() == 6 => None,
                Function::Arctan => {
                    sine(*part, budget).and_then(|sine_of| sine_of.divided_by(&sine(part + 6, budget)?, budget))
                }
                _ => sine(*part, budget),
            };
            value.as_ref() == Some(self)
        })?;
        let part = if function == Function::Arccos { 6 - part } else { part };
        let twelfths = Self::number(Rational::new(part, 12)?);
        twelfths.times(&Self::atom(Atom::Pi), budget)
    }

    /// How many twenty-fourths of a turn (15 degrees) the angle is, if a whole number.
    fn part_of_a_turn(&self) -> Option<i64> {
        match self.numerator.terms() {
            [(monomial, coefficient)]
                if self.denominator.is_one()
                    && monomial.radicand == 1
                    && matches!(monomial.powers.as_slice(), [(Atom::Pi, 1)]) =>
            {
                (coefficient * &Rational::integer(12)).as_integer()
            }
            _ => None,
        }
    }
}

fn big_integer(value: BigInt) -> Form {
    if value.bits() <= MAX_BITS { Form::Known(Expression::number(Rational::big_integer(value))) } else { Form::Kept }
}

/// The sine of an angle in twenty-fourths of a turn.
fn sine(part: i64, budget: &mut Budget) -> Option<Expression> {
    let part = part.rem_euclid(24);
    let square_root =
        |top: i64, bottom: i64, radicand| Some(Expression::square_root(Rational::new(top, bottom)?, radicand));
    let upper = match part % 12 {
        0 => Expression::integer(0),
        1 | 11 => square_root(1, 4, 6)?.minus(&square_root(1, 4, 2)?, budget)?,
        2 | 10 => Expression::number(Rational::new(1, 2)?),
        3 | 9 => square_root(1, 2, 2)?,
        4 | 8 => square_root(1, 2, 3)?,
        5 | 7 => square_root(1, 4, 6)?.plus(&square_root(1, 4, 2)?, budget)?,
        _ => Expression::integer(1),
    };
    Some(if part < 12 { upper } else { upper.negated() })
}
