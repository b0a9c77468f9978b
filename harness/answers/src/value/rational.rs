//! Exact rational numbers: two machine words where they suffice, as they nearly always do, else any size.

use std::ops::{Add, Mul, Neg};

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{Pow, Signed, ToPrimitive};

/// Below this in size, products of two numbers and sums of two such products fit 128 bits.
const SMALL: u128 = 1 << 62;

/// A number in lowest terms. One value has one form, so that comparing forms compares values; the order is that of forms.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rational(Form);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Form {
    /// Both below [`SMALL`] in size, the second positive.
    Small(i64, i64),
    /// Anything that does not fit.
    Big(Box<BigRational>),
}

impl Rational {
    pub(crate) const ZERO: Self = Self(Form::Small(0, 1));
    pub(crate) const ONE: Self = Self(Form::Small(1, 1));

    /// `top / bottom`; `None` for a division by zero.
    pub(crate) fn new(top: i64, bottom: i64) -> Option<Self> {
        (bottom != 0).then(|| Self::reduced(top.into(), bottom.into()))
    }

    pub(crate) fn integer(value: i64) -> Self {
        if u128::from(value.unsigned_abs()) < SMALL {
            Self(Form::Small(value, 1))
        } else {
            Self(Form::Big(Box::new(BigRational::from_integer(value.into()))))
        }
    }

    pub(crate) fn big(value: BigRational) -> Self {
        let fits = |number: &BigInt| number.to_i64().filter(|number| u128::from(number.unsigned_abs()) < SMALL);
        match (fits(value.numer()), fits(value.denom())) {
            (Some(top), Some(bottom)) => Self(Form::Small(top, bottom)),
            _ => Self(Form::Big(Box::new(value))),
        }
    }

    pub(crate) fn big_integer(value: BigInt) -> Self {
        Self::big(BigRational::from_integer(value))
    }

    /// For a divisor that is not zero.
    fn reduced(top: i128, bottom: i128) -> Self {
        let (size, divisor) = (top.unsigned_abs(), bottom.unsigned_abs());
        let common = match (u64::try_from(size), u64::try_from(divisor)) {
            _ if divisor == 1 => 1,
            (Ok(size), Ok(divisor)) => u128::from(size.gcd(&divisor)),
            _ => size.gcd(&divisor),
        };
        let (size, divisor) = (size / common, divisor / common);
        let negative = (top < 0) != (bottom < 0);
        if size < SMALL && divisor < SMALL {
            let size = size as i64;
            return Self(Form::Small(if negative { -size } else { size }, divisor as i64));
        }
        let top = if negative { -BigInt::from(size) } else { BigInt::from(size) };
        Self(Form::Big(Box::new(BigRational::new_raw(top, divisor.into()))))
    }

    pub(crate) fn to_big(&self) -> BigRational {
        match &self.0 {
            Form::Small(top, bottom) => BigRational::new_raw((*top).into(), (*bottom).into()),
            Form::Big(value) => BigRational::clone(value),
        }
    }

    pub(crate) fn numerator(&self) -> BigInt {
        match &self.0 {
            Form::Small(top, _) => (*top).into(),
            Form::Big(value) => value.numer().clone(),
        }
    }

    pub(crate) fn denominator(&self) -> BigInt {
        match &self.0 {
            Form::Small(_, bottom) => (*bottom).into(),
            Form::Big(value) => value.denom().clone(),
        }
    }

    /// Numerator and denominator, where they fit.
    pub(crate) fn as_small(&self) -> Option<(i64, i64)> {
        match &self.0 {
            Form::Small(top, bottom) => Some((*top, *bottom)),
            Form::Big(_) => None,
        }
    }

    pub(crate) fn as_integer(&self) -> Option<i64> {
        match &self.0 {
            Form::Small(top, 1) => Some(*top),
            Form::Small(..) => None,
            Form::Big(value) if value.is_integer() => value.numer().to_i64(),
            Form::Big(_) => None,
        }
    }

    pub(crate) fn is_zero(&self) -> bool {
        matches!(self.0, Form::Small(0, _))
    }

    pub(crate) fn is_one(&self) -> bool {
        matches!(self.0, Form::Small(1, 1))
    }

    pub(crate) fn is_integer(&self) -> bool {
        match &self.0 {
            Form::Small(_, bottom) => *bottom == 1,
            Form::Big(value) => value.is_integer(),
        }
    }

    pub(crate) fn is_negative(&self) -> bool {
        match &self.0 {
            Form::Small(top, _) => *top < 0,
            Form::Big(value) => value.is_negative(),
        }
    }

    pub(crate) fn abs(&self) -> Self {
        if self.is_negative() { -self } else { self.clone() }
    }

    /// `None` for zero.
    pub(crate) fn reciprocal(&self) -> Option<Self> {
        match &self.0 {
            Form::Small(0, _) => None,
            Form::Small(top, bottom) if *top < 0 => Some(Self(Form::Small(-bottom, -top))),
            Form::Small(top, bottom) => Some(Self(Form::Small(*bottom, *top))),
            Form::Big(value) => Some(Self::big(value.recip())),
        }
    }

    /// The caller bounds the size of the result, see [`Rational::bits`].
    pub(crate) fn power(&self, exponent: u32) -> Self {
        if let Form::Small(top, bottom) = self.0
            && let (Some(top), Some(bottom)) = (top.checked_pow(exponent), bottom.checked_pow(exponent))
        {
            return Self::reduced(top.into(), bottom.into());
        }
        // Powers of numbers without common divisor have none.
        Self::big(BigRational::new_raw(Pow::pow(self.numerator(), exponent), Pow::pow(self.denominator(), exponent)))
    }

    /// Length of the longer of numerator and denominator.
    pub(crate) fn bits(&self) -> u64 {
        match &self.0 {
            Form::Small(top, bottom) => u64::from(64 - (top.unsigned_abs() | bottom.unsigned_abs()).leading_zeros()),
            Form::Big(value) => value.numer().bits().max(value.denom().bits()),
        }
    }
}

impl Add for &Rational {
    type Output = Rational;

    fn add(self, other: &Rational) -> Rational {
        match (&self.0, &other.0) {
            (Form::Small(a, 1), Form::Small(b, 1)) => Rational::reduced(i128::from(*a) + i128::from(*b), 1),
            (Form::Small(a, b), Form::Small(c, d)) => {
                let [a, b, c, d] = [*a, *b, *c, *d].map(i128::from);
                Rational::reduced(a * d + c * b, b * d)
            }
            // Whole numbers need no common divisor looked for.
            _ if self.is_integer() && other.is_integer() => Rational::big_integer(self.numerator() + other.numerator()),
            _ => Rational::big(self.to_big() + other.to_big()),
        }
    }
}

impl Mul for &Rational {
    type Output = Rational;

    fn mul(self, other: &Rational) -> Rational {
        match (&self.0, &other.0) {
            (Form::Small(1, 1), _) => other.clone(),
            (_, Form::Small(1, 1)) => self.clone(),
            (Form::Small(a, b), Form::Small(c, d)) => {
                let [a, b, c, d] = [*a, *b, *c, *d].map(i128::from);
                Rational::reduced(a * c, b * d)
            }
            _ if self.is_integer() && other.is_integer() => Rational::big_integer(self.numerator() * other.numerator()),
            _ => Rational::big(self.to_big() * other.to_big()),
        }
    }
}

impl Neg for &Rational {
    type Output = Rational;

    fn neg(self) -> Rational {
        match &self.0 {
            Form::Small(top, bottom) => Rational(Form::Small(-top, *bottom)),
            Form::Big(value) => Rational::big(-BigRational::clone(value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(top: i64, bottom: i64) -> (Rational, BigRational) {
        let small = Rational::new(top, bottom).expect("not zero");
        (small, BigRational::new(top.into(), bottom.into()))
    }

    #[test]
    fn crossing_between_sizes_keeps_one_form() {
        let large = Rational::integer(i64::MAX);
        let back = &large + &-&Rational::integer(i64::MAX - 5);
        assert_eq!(back, Rational::integer(5));
        assert_eq!(back.as_small(), Some((5, 1)));
        let square = &large * &large;
        assert_eq!(square.as_small(), None);
        assert_eq!(&square * &square.reciprocal().expect("not zero"), Rational::ONE);
        assert_eq!(Rational::integer(i64::MIN).as_integer(), Some(i64::MIN));
        assert_eq!(Rational::new(6, -4), Rational::new(-3, 2));
        assert_eq!(Rational::new(i64::MIN, i64::MIN), Some(Rational::ONE));
        assert_eq!(Rational::new(1, 0), None);
        assert_eq!(Rational::ZERO.reciprocal(), None);
    }

    proptest! {
        #[test]
        fn agrees_with_big_numbers(a: i64, b in 1i64.., c: i64, d in 1i64..) {
            let ((x, big_x), (y, big_y)) = (of(a, b), of(c, d));
            prop_assert_eq!((&x + &y).to_big(), &big_x + &big_y);
            prop_assert_eq!((&x * &y).to_big(), &big_x * &big_y);
            prop_assert_eq!(x.bits(), big_x.numer().bits().max(big_x.denom().bits()));
            prop_assert_eq!(&x + &y, Rational::big(big_x + big_y));
        }

        #[test]
        fn powers_agree_with_big_numbers(a in -1_000i64..1_000, b in 1i64..1_000, n in 0u32..20) {
            let (x, big) = of(a, b);
            prop_assert_eq!(x.power(n).to_big(), Pow::pow(big, n));
        }
    }
}
