//! Complex numbers with bounds on their errors. Functions take their principal values.

use super::ball::Ball;

/// `re + im i`; a real number has an imaginary part that is exactly zero.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Complex {
    pub(crate) re: Ball,
    pub(crate) im: Ball,
}

impl Complex {
    pub(crate) const ONE: Self = Self { re: Ball::ONE, im: Ball::ZERO };
    pub(crate) const I: Self = Self { re: Ball::ZERO, im: Ball::ONE };

    pub(crate) fn real(re: Ball) -> Self {
        Self { re, im: Ball::ZERO }
    }

    pub(crate) fn as_real(&self) -> Option<Ball> {
        self.im.is_exactly_zero().then_some(self.re)
    }

    pub(crate) fn is_bounded(&self) -> bool {
        self.re.is_bounded() && self.im.is_bounded()
    }

    pub(crate) fn contains_zero(&self) -> bool {
        self.re.contains_zero() && self.im.contains_zero()
    }

    /// Upper bound of both errors.
    pub(crate) fn error(&self) -> f64 {
        self.re.error.max(self.im.error)
    }

    /// A lower bound of the size, within a factor of two.
    pub(crate) fn lower(&self) -> f64 {
        self.re.lower().max(self.im.lower())
    }

    pub(crate) fn negated(&self) -> Self {
        Self { re: self.re.negated(), im: self.im.negated() }
    }

    pub(crate) fn plus(&self, other: &Self) -> Self {
        Self { re: self.re.plus(&other.re), im: self.im.plus(&other.im) }
    }

    pub(crate) fn minus(&self, other: &Self) -> Self {
        self.plus(&other.negated())
    }

    pub(crate) fn times(&self, other: &Self) -> Self {
        Self {
            re: self.re.times(&other.re).minus(&self.im.times(&other.im)),
            im: self.re.times(&other.im).plus(&self.im.times(&other.re)),
        }
    }

    fn square_of_size(&self) -> Ball {
        self.re.times(&self.re).plus(&self.im.times(&self.im))
    }

    /// `None` where the divisor may be zero.
    pub(crate) fn divided_by(&self, other: &Self) -> Option<Self> {
        if let Some(divisor) = other.as_real() {
            let im = if self.im.is_exactly_zero() { Ball::ZERO } else { self.im.divided_by(&divisor)? };
            return Some(Self { re: self.re.divided_by(&divisor)?, im });
        }
        let conjugate = Self { re: other.re, im: other.im.negated() };
        let size = other.square_of_size();
        let product = self.times(&conjugate);
        Some(Self { re: product.re.divided_by(&size)?, im: product.im.divided_by(&size)? })
    }

    pub(crate) fn integer_power(&self, exponent: i32) -> Option<Self> {
        if let Some(real) = self.as_real() {
            return Some(Self::real(real.integer_power(exponent)?));
        }
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

    pub(crate) fn abs(&self) -> Option<Ball> {
        match self.as_real() {
            Some(real) => Some(real.abs()),
            None => self.square_of_size().square_root(),
        }
    }

    pub(crate) fn exp(&self) -> Option<Self> {
        let size = self.re.exp()?;
        if self.im.is_exactly_zero() {
            return Some(Self::real(size));
        }
        let (sine, cosine) = self.im.sin_cos()?;
        Some(Self { re: size.times(&cosine), im: size.times(&sine) })
    }

    /// `None` where the branch is not certain.
    pub(crate) fn ln(&self) -> Option<Self> {
        let half_pi = Ball::pi().shifted(-1);
        let angle = if self.im.is_positive() {
            half_pi.minus(&self.re.divided_by(&self.im)?.arctan())
        } else if self.im.is_negative() {
            half_pi.negated().minus(&self.re.divided_by(&self.im)?.arctan())
        } else if self.re.is_positive() {
            if self.im.is_exactly_zero() { Ball::ZERO } else { self.im.divided_by(&self.re)?.arctan() }
        } else if self.re.is_negative() && self.im.is_exactly_zero() {
            Ball::pi()
        } else {
            return None;
        };
        Some(Self { re: self.square_of_size().ln()?.shifted(-1), im: angle })
    }

    /// `e^(exponent ln self)`.
    pub(crate) fn power(&self, exponent: &Self) -> Option<Self> {
        self.ln()?.times(exponent).exp()
    }
}
