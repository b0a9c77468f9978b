//! What answers mean.

mod apply;
mod approximate;
mod expression;
mod function;
mod order;
mod polynomial;
mod power;
mod primes;
mod rational;
mod region;
mod roots;
mod unit;

pub(crate) use expression::{Basis, Expression};
pub(crate) use function::Function;
pub(crate) use order::Quadratic;
pub(crate) use polynomial::{Atom, Budget, Name};
pub(crate) use rational::Rational;
pub(crate) use region::{End, Region};
pub(crate) use roots::root;
pub(crate) use unit::{Measure, Quantity, Unit};

/// What an answer was understood to be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    /// A number or expression.
    Scalar(Scalar),
    /// A letter of a multiple choice.
    Choice {
        /// The letter, a capital.
        letter: char,
        /// What stands behind it, where that was understood: the 12 of `(D) 12`.
        content: Option<Box<Value>>,
    },
    /// Words, in lower case, without articles.
    Words(String),
    /// Digits in a named base, as in `204_5`.
    Based {
        /// Digits as written, in lower case, without leading zeros.
        digits: String,
        /// The base, 2 to 36.
        base: u32,
    },
    /// `3:4`, `1:2:3`.
    Ratio(Vec<Expression>),
    /// `3 \pmod 7`.
    Residue {
        /// A member of the class.
        value: Expression,
        /// What members of the class differ by.
        modulus: Expression,
    },
    /// A time of day; without `AM` or `PM` it may be a ratio as well.
    Clock(Clock),
    /// A day or a month.
    Date(Date),
    /// A tuple, point, vector or interval: which of them is for the brackets and the other answer to tell.
    Tuple {
        /// Opening bracket.
        open: char,
        /// Members in order.
        members: Vec<Value>,
        /// Closing bracket.
        close: char,
    },
    /// A bare list of at least two members.
    List(Vec<Value>),
    /// Letters, words or propositions joined by "and" or by "or", where it counts which.
    Logic {
        /// Whether by "and".
        is_and: bool,
        /// What is joined. Order does not count.
        members: Vec<Value>,
    },
    /// A set in braces. Order and repetition do not count.
    Set(Vec<Value>),
    /// A union of intervals and sets that is not a [`Value::Region`], for its ends hold letters. Order does not count.
    Union(Vec<Value>),
    /// A set of real numbers that can be nothing else: `x > 3`, `(0, 1) \cup (2, 3)`, `\mathbb{R}`.
    Region(Region),
    /// Rows of a matrix.
    Matrix(Vec<Vec<Value>>),
    /// `x = 5`, `f(x) = 2x + 1`, `y = 2x + 3`, `x \in [0, 1]`, `x > 3`.
    Named {
        /// The left side.
        name: String,
        /// The right side, or the set of what is said to solve.
        value: Box<Value>,
        /// Left side less right side, where both are expressions.
        equation: Option<Expression>,
    },
    /// `x = 1, y = 2`: at least two [`Value::Named`] of different names, as written. Order does not count.
    System(Vec<Value>),
    /// An equation of which no side is a name: left side less right side.
    Equation(Expression),
    /// An inequality that is no interval.
    Inequality {
        /// The side said to be greater, less the other.
        difference: Expression,
        /// Whether both sides may be equal.
        or_equal: bool,
    },
}

/// A number or expression and its unit.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Scalar {
    /// The number as written: 50 for `50\%`, 90 for `90^\circ`.
    pub(crate) expression: Expression,
    /// The unit, if one was given.
    pub(crate) unit: Unit,
    /// Decimal places and significant digits, if this was written as a plain decimal.
    pub(crate) precision: Option<Precision>,
}

impl Scalar {
    pub(crate) fn new(expression: Expression, unit: Unit) -> Self {
        Self { expression, unit, precision: None }
    }
}

/// How precisely a decimal was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Precision {
    /// Digits behind the point; of scientific notation less the exponent.
    pub(crate) places: i32,
    /// Digits from the first that is not zero.
    pub(crate) significant: u32,
    /// Whether it was written with a power of ten, so that every digit is meant.
    pub(crate) is_scientific: bool,
}

/// A time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Clock {
    /// 0 to 24.
    pub(crate) hour: u32,
    /// 0 to 59.
    pub(crate) minute: u32,
    /// 0 to 59.
    pub(crate) second: u32,
    /// `AM` (false) or `PM` (true), where written.
    pub(crate) afternoon: Option<bool>,
}

impl Clock {
    /// Seconds since midnight.
    pub(crate) fn seconds(self) -> u32 {
        let hour = match self.afternoon {
            Some(afternoon) => self.hour % 12 + if afternoon { 12 } else { 0 },
            None => self.hour,
        };
        (hour * 60 + self.minute) * 60 + self.second
    }
}

/// A day of the calendar, or less than one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Date {
    /// The year, if given.
    pub(crate) year: Option<u32>,
    /// The month, 1 to 12.
    pub(crate) month: u32,
    /// The day of the month, if given.
    pub(crate) day: Option<u32>,
}

impl Scalar {
    /// Whether this is a number or expression and no quantity.
    pub(crate) fn is_plain(&self) -> bool {
        self.unit == Unit::None
    }
}

impl Value {
    /// The set of real numbers that this may be: an interval, a union, a finite set of numbers. One number is none.
    pub(crate) fn as_region(&self, budget: &mut Budget) -> Option<Region> {
        match self {
            Self::Region(region) => Some(region.clone()),
            Self::Tuple { open, members, close } => {
                let [Self::Scalar(low), Self::Scalar(high)] = members.as_slice() else {
                    return None;
                };
                let is_interval = matches!(open, '(' | '[') && low.is_plain() && high.is_plain();
                let end = |scalar: &Scalar, closed| End::new(scalar.expression.clone(), closed);
                is_interval.then(|| Region::between(end(low, *open == '['), end(high, *close == ']'), budget)).flatten()
            }
            Self::Set(members) => {
                let point = |member: &Self| match member {
                    Self::Scalar(number) if number.is_plain() => Region::point(&number.expression, budget),
                    _ => None,
                };
                let points: Vec<Region> = members.iter().map(point).collect::<Option<_>>()?;
                Region::union(&points, budget)
            }
            Self::Union(members) => {
                let parts: Vec<Region> = members.iter().map(|part| part.as_region(budget)).collect::<Option<_>>()?;
                Region::union(&parts, budget)
            }
            Self::Named { value, .. } if matches!(**value, Self::Region(_)) => value.as_region(budget),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
