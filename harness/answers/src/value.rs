//! What answers mean.

mod apply;
mod approximate;
mod expression;
mod function;
mod polynomial;
mod power;
mod rational;
mod roots;

pub(crate) use expression::{Basis, Expression};
pub(crate) use function::Function;
pub(crate) use polynomial::{Atom, Budget, Name};
pub(crate) use rational::Rational;
pub(crate) use roots::root;

/// What an answer was understood to be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    /// A number or expression.
    Scalar(Scalar),
    /// A letter of a multiple choice.
    Choice(char),
    /// Words, in lower case.
    Words(String),
    /// Digits in a named base, as in `204_5`.
    Based {
        /// Digits as written, without leading zeros.
        digits: String,
        /// The base, 2 to 36.
        base: u32,
    },
    /// A tuple, point, vector or interval: which of them is for the brackets and the question to tell.
    Tuple {
        /// Opening bracket.
        open: char,
        /// Members in order.
        members: Vec<Value>,
        /// Closing bracket.
        close: char,
    },
    /// A set in braces, or a bare list. Order does not count.
    Set(Vec<Value>),
    /// A union of intervals and sets. Order does not count.
    Union(Vec<Value>),
    /// Rows of a matrix.
    Matrix(Vec<Vec<Value>>),
    /// `x = 5`, `f(x) = 2x + 1`, `y = 2x + 3`.
    Named {
        /// The left side.
        name: String,
        /// The right side.
        value: Box<Value>,
        /// Left side less right side, where both are expressions.
        equation: Option<Expression>,
    },
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
}

/// What stands behind a number. Currency signs are dropped before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Nothing.
    None,
    /// A percent sign or word.
    Percent,
    /// Degrees of an angle.
    Degree,
    /// Anything else, normalised.
    Other(String),
}

#[cfg(test)]
mod tests;
