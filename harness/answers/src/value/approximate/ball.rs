//! Real numbers with a bound on their error: every operation returns an interval that contains the exact result of every
//! choice of operands from theirs.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::ToPrimitive;

use super::wide::Wide;

/// Bounds the relative error of sums, products, quotients and square roots of [`Wide`], with room to spare.
pub(crate) const UNIT: f64 = f64::from_bits((1_023 - 248) << 52);
/// Bounds the error of elementary functions in relation to `max(1, |result|)`; measured errors are a hundred times less.
pub(super) const FUNCTION_UNIT: f64 = f64::from_bits((1_023 - 228) << 52);
/// Errors are rounded up by this, which covers the rounding of the few operations that compute them.
const UPWARD: f64 = 1.0 + 1e-12;

/// All real numbers within `error` of `middle`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ball {
    pub(super) middle: Wide,
    pub(super) error: f64,
}

impl Ball {
    pub(crate) const ZERO: Self = Self { middle: Wide::ZERO, error: 0.0 };
    pub(crate) const ONE: Self = Self { middle: Wide::ONE, error: 0.0 };

    pub(super) fn new(middle: Wide, error: f64) -> Self {
        Self { middle, error: error * UPWARD + f64::MIN_POSITIVE }
    }

    /// A number that is off by at most its last few digits.
    fn rounded(middle: Wide) -> Self {
        Self::new(middle, size(&middle) * UNIT)
    }

    pub(crate) fn integer(value: i64) -> Self {
        Self { middle: Wide::from_integer(value), error: 0.0 }
    }

    pub(crate) fn exact(value: Wide) -> Self {
        Self { middle: value, error: 0.0 }
    }

    pub(crate) fn pi() -> Self {
        Self::rounded(Wide::HALF_PI.shifted(1))
    }

    pub(crate) fn euler() -> Self {
        Self::rounded(Wide::EULER)
    }

    pub(crate) fn big(value: &BigInt) -> Self {
        match Wide::from_big(value) {
            (middle, true) => Self::exact(middle),
            (middle, false) => Self::rounded(middle),
        }
    }

    pub(crate) fn rational(value: &BigRational) -> Option<Self> {
        let top = Self::big(value.numer());
        if value.is_integer() { Some(top) } else { top.divided_by(&Self::big(value.denom())) }
    }

    /// An upper bound of the size of every number within.
    pub(crate) fn upper(&self) -> f64 {
        (size(&self.middle) + self.error) * UPWARD
    }

    /// A lower bound of the size of every number within; zero where zero is among them.
    pub(crate) fn lower(&self) -> f64 {
        ((size(&self.middle) / UPWARD - self.error) / UPWARD).max(0.0)
    }

    pub(crate) fn contains_zero(&self) -> bool {
        self.lower() <= 0.0
    }

    /// Whether all numbers within are positive.
    pub(crate) fn is_positive(&self) -> bool {
        !self.middle.is_negative() && !self.contains_zero()
    }

    pub(crate) fn is_negative(&self) -> bool {
        self.middle.is_negative() && !self.contains_zero()
    }

    pub(crate) fn is_exactly_zero(&self) -> bool {
        self.middle.is_zero() && self.error == 0.0
    }

    /// Whether the number is neither too large nor its error unknown. Checked after each step, so that exponents stay
    /// far from their limits.
    pub(crate) fn is_bounded(&self) -> bool {
        self.upper() < 1e200
    }

    pub(crate) fn negated(&self) -> Self {
        Self { middle: self.middle.negated(), error: self.error }
    }

    pub(crate) fn abs(&self) -> Self {
        if self.middle.is_negative() { self.negated() } else { *self }
    }

    /// `self * 2^by`, exactly.
    pub(crate) fn shifted(&self, by: i32) -> Self {
        Self { middle: self.middle.shifted(by), error: self.error * 2_f64.powi(by) }
    }

    pub(crate) fn plus(&self, other: &Self) -> Self {
        if self.is_exactly_zero() {
            return *other;
        }
        if other.is_exactly_zero() {
            return *self;
        }
        let rounding = size(&self.middle).max(size(&other.middle)) * UNIT;
        Self::new(self.middle.plus(&other.middle), self.error + other.error + rounding)
    }

    pub(crate) fn minus(&self, other: &Self) -> Self {
        self.plus(&other.negated())
    }

    pub(crate) fn times(&self, other: &Self) -> Self {
        if self.is_exactly_zero() || other.is_exactly_zero() {
            return Self::ZERO;
        }
        let (a, b) = (size(&self.middle), size(&other.middle));
        let error = a * other.error + b * self.error + self.error * other.error + a * b * UNIT;
        Self::new(self.middle.times(&other.middle), error)
    }

    /// `None` where the divisor may be zero.
    pub(crate) fn divided_by(&self, other: &Self) -> Option<Self> {
        let lower = other.lower();
        if lower <= 0.0 {
            return None;
        }
        let middle = self.middle.times(&other.middle.reciprocal());
        // |a/b - (a+x)/(b+y)| <= (|x| + |a/b| |y|) / |b+y|
        let quotient = size(&middle);
        Some(Self::new(middle, (self.error + quotient * other.error) / lower + quotient * UNIT))
    }

    /// `None` where the number may be negative.
    pub(crate) fn square_root(&self) -> Option<Self> {
        if self.is_exactly_zero() {
            return Some(Self::ZERO);
        }
        if !self.is_positive() {
            return None;
        }
        let middle = self.middle.square_root();
        let size = size(&middle);
        Some(Self::new(middle, self.error / self.lower().sqrt() + size * UNIT))
    }

    /// `None` where a negative power of what may be zero is asked for, or the power is out of range.
    pub(crate) fn integer_power(&self, exponent: i32) -> Option<Self> {
        let mut left = exponent.unsigned_abs();
        let (mut power, mut square) = (Self::ONE, *self);
        while left > 0 {
            if left & 1 == 1 {
                power = power.times(&square);
            }
            left >>= 1;
            if left > 0 {
                square = square.times(&square);
            }
            if !power.is_bounded() || !square.is_bounded() {
                return None;
            }
        }
        if exponent < 0 { Self::ONE.divided_by(&power) } else { Some(power) }
    }

    /// The integer that this is but for its error, if that is tiny.
    pub(crate) fn as_integer(&self) -> Option<i64> {
        let nearest = self.middle.to_f64().round().to_i64().filter(|nearest| nearest.unsigned_abs() < 1 << 50)?;
        let rest = self.minus(&Self::integer(nearest));
        (rest.contains_zero() && rest.upper() < 1e-50).then_some(nearest)
    }

    /// The largest integer not above any number within; `None` if that depends on which number it is.
    pub(crate) fn floor(&self) -> Option<i64> {
        if let Some(integer) = self.as_integer() {
            return Some(integer);
        }
        let floor = self.middle.to_f64().floor().to_i64().filter(|floor| floor.unsigned_abs() < 1 << 50)?;
        let (above, below) = (self.minus(&Self::integer(floor)), Self::integer(floor).plus(&Self::ONE).minus(self));
        (above.is_positive() && below.is_positive()).then_some(floor)
    }
}

/// An upper bound of the size of a number.
fn size(value: &Wide) -> f64 {
    value.to_f64().abs() * UPWARD
}
