//! Binary floating-point numbers of 256 bits, for values of expressions.
//!
//! A fixed size, so that nothing is allocated and every operation takes a bounded number of steps; results depend on
//! nothing but the operands. Sums, products, quotients and square roots are off by less than [`super::ball::UNIT`] times
//! the result (sums: times the larger summand); [`super::ball`] keeps account of that.

use std::cmp::Ordering;

use num_bigint::BigInt;

const LIMBS: usize = 4;
/// Digits of the significand.
const PRECISION: i32 = 256;

type Limbs = [u64; LIMBS];

/// `0.significand * 2^exponent`: the significand's leading bit is one, except in zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wide {
    negative: bool,
    exponent: i32,
    /// Least significant first.
    limbs: Limbs,
}

impl Wide {
    pub(crate) const ZERO: Self = Self { negative: false, exponent: 0, limbs: [0; LIMBS] };
    pub(crate) const ONE: Self = Self { negative: false, exponent: 1, limbs: [0, 0, 0, 1 << 63] };
    /// The digits of these constants are checked by the tests against series.
    pub(crate) const HALF_PI: Self = Self {
        negative: false,
        exponent: 1,
        limbs: [0x020b_bea6_3b13_9b22, 0x2902_4e08_8a67_cc74, 0xc4c6_628b_80dc_1cd1, 0xc90f_daa2_2168_c234],
    };
    pub(crate) const LN_2: Self = Self {
        negative: false,
        exponent: 0,
        limbs: [0x8a0d_175b_8baa_fa2b, 0x40f3_4326_7298_b62d, 0xc9e3_b398_03f2_f6af, 0xb172_17f7_d1cf_79ab],
    };
    pub(crate) const EULER: Self = Self {
        negative: false,
        exponent: 2,
        limbs: [0xa9e1_3641_1464_33fb, 0xd8b9_c583_ce2d_3695, 0xafdc_5620_273d_3cf1, 0xadf8_5458_a2bb_4a9a],
    };

    /// Brings the leading one to its place.
    fn normal(negative: bool, mut exponent: i32, mut limbs: Limbs) -> Self {
        let Some(highest) = limbs.iter().rposition(|limb| *limb != 0) else {
            return Self::ZERO;
        };
        let empty = LIMBS - 1 - highest;
        if empty > 0 {
            limbs.copy_within(..=highest, empty);
            limbs[..empty].fill(0);
        }
        let bits = limbs[LIMBS - 1].leading_zeros();
        if bits > 0 {
            for index in (1..LIMBS).rev() {
                limbs[index] = limbs[index] << bits | limbs[index - 1] >> (64 - bits);
            }
            limbs[0] <<= bits;
        }
        exponent -= empty as i32 * 64 + bits as i32;
        Self { negative, exponent, limbs }
    }

    pub(crate) fn from_integer(value: i64) -> Self {
        Self::normal(value < 0, PRECISION, [value.unsigned_abs(), 0, 0, 0])
    }

    /// Exact; zero for what is not finite.
    pub(crate) fn from_f64(value: f64) -> Self {
        if value == 0.0 || !value.is_finite() {
            return Self::ZERO;
        }
        let bits = value.to_bits();
        let raw = (bits >> 52 & 0x7ff) as i32;
        let fraction = bits & ((1 << 52) - 1);
        // Subnormal numbers have no hidden bit.
        let (significand, exponent) = if raw == 0 { (fraction, -1_074) } else { (fraction | 1 << 52, raw - 1_075) };
        Self::normal(value < 0.0, PRECISION + exponent, [significand, 0, 0, 0])
    }

    /// The number, and whether it is exact; else digits are cut off.
    pub(crate) fn from_big(value: &BigInt) -> (Self, bool) {
        let digits = value.iter_u64_digits();
        let length = digits.len();
        let skipped = length.saturating_sub(LIMBS + 1);
        let mut exact = true;
        let mut top = [0_u64; LIMBS + 1];
        for (index, digit) in digits.enumerate() {
            match index.checked_sub(skipped) {
                Some(place) => top[place] = digit,
                None => exact &= digit == 0,
            }
        }
        let negative = value.sign() == num_bigint::Sign::Minus;
        if length <= LIMBS {
            return (Self::normal(negative, PRECISION, [top[0], top[1], top[2], top[3]]), true);
        }
        let bits = top[LIMBS].leading_zeros();
        let mut limbs = [0; LIMBS];
        for (index, limb) in limbs.iter_mut().enumerate() {
            *limb = top[index + 1] << bits | top[index].checked_shr(64 - bits).unwrap_or(0);
        }
        exact &= top[0].checked_shl(bits).unwrap_or(0) == 0;
        let exponent = i32::try_from(length as u64 * 64 - u64::from(bits)).unwrap_or(i32::MAX / 4);
        (Self { negative, exponent, limbs }, exact)
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.limbs[LIMBS - 1] == 0
    }

    pub(crate) fn is_negative(&self) -> bool {
        self.negative
    }

    /// The number is below `2^exponent` in size, and at least half of that unless it is zero.
    pub(crate) fn exponent(&self) -> i32 {
        self.exponent
    }

    pub(crate) fn negated(&self) -> Self {
        Self { negative: !self.negative && !self.is_zero(), ..*self }
    }

    /// `self * 2^by`.
    pub(crate) fn shifted(&self, by: i32) -> Self {
        if self.is_zero() { *self } else { Self { exponent: self.exponent.saturating_add(by), ..*self } }
    }

    pub(crate) fn plus(&self, other: &Self) -> Self {
        if self.is_zero() {
            return *other;
        }
        if other.is_zero() {
            return *self;
        }
        let (large, small) = if self.exponent >= other.exponent { (self, other) } else { (other, self) };
        let shifted = shift_right(&small.limbs, large.exponent.abs_diff(small.exponent));
        if large.negative == small.negative {
            let (mut sum, carry) = add(&large.limbs, &shifted);
            let mut exponent = large.exponent;
            if carry {
                sum = shift_right(&sum, 1);
                sum[LIMBS - 1] |= 1 << 63;
                exponent += 1;
            }
            return Self { negative: large.negative, exponent, limbs: sum };
        }
        match large.limbs.iter().rev().cmp(shifted.iter().rev()) {
            Ordering::Equal => Self::ZERO,
            Ordering::Greater => Self::normal(large.negative, large.exponent, subtract(&large.limbs, &shifted)),
            Ordering::Less => Self::normal(small.negative, large.exponent, subtract(&shifted, &large.limbs)),
        }
    }

    pub(crate) fn minus(&self, other: &Self) -> Self {
        self.plus(&other.negated())
    }

    pub(crate) fn times(&self, other: &Self) -> Self {
        if self.is_zero() || other.is_zero() {
            return Self::ZERO;
        }
        let mut product = [0_u64; 2 * LIMBS];
        for (low, a) in self.limbs.iter().enumerate() {
            let mut carry = 0_u128;
            for (high, b) in other.limbs.iter().enumerate() {
                let sum = u128::from(*a) * u128::from(*b) + u128::from(product[low + high]) + carry;
                product[low + high] = sum as u64;
                carry = sum >> 64;
            }
            product[low + LIMBS] = carry as u64;
        }
        let mut exponent = self.exponent + other.exponent;
        let mut limbs = [product[4], product[5], product[6], product[7]];
        if limbs[LIMBS - 1] >> 63 == 0 {
            for index in 0..LIMBS {
                limbs[index] = product[LIMBS + index] << 1 | product[LIMBS + index - 1] >> 63;
            }
            exponent -= 1;
        }
        Self { negative: self.negative != other.negative, exponent, limbs }
    }

    /// Zero for a divisor of zero.
    pub(crate) fn divided_by_small(&self, divisor: u32) -> Self {
        if self.is_zero() || divisor == 0 {
            return Self::ZERO;
        }
        let divisor = u128::from(divisor);
        let mut limbs = [0; LIMBS];
        let mut remainder = 0_u128;
        for index in (0..LIMBS).rev() {
            let dividend = remainder << 64 | u128::from(self.limbs[index]);
            limbs[index] = (dividend / divisor) as u64;
            remainder = dividend % divisor;
        }
        // Digits for the places that normalising frees.
        let extra = ((remainder << 64) / divisor) as u64;
        let bits = limbs[LIMBS - 1].leading_zeros();
        let mut result = Self::normal(self.negative, self.exponent, limbs);
        if (1..64).contains(&bits) {
            result.limbs[0] |= extra >> (64 - bits);
        }
        result
    }

    /// Newton's iteration; zero for zero.
    pub(crate) fn reciprocal(&self) -> Self {
        if self.is_zero() {
            return Self::ZERO;
        }
        let significand = Self { negative: false, exponent: 0, ..*self };
        let mut inverse = Self::from_f64(1.0 / significand.to_f64());
        for _ in 0..3 {
            let rest = Self::ONE.minus(&significand.times(&inverse));
            inverse = inverse.plus(&inverse.times(&rest));
        }
        Self { negative: self.negative, exponent: inverse.exponent - self.exponent, ..inverse }
    }

    /// The square root of a number that is not negative, by Newton's iteration for its inverse.
    pub(crate) fn square_root(&self) -> Self {
        if self.is_zero() || self.negative {
            return Self::ZERO;
        }
        let odd = self.exponent.rem_euclid(2);
        let significand = Self { exponent: odd, ..*self };
        let mut inverse = Self::from_f64(1.0 / significand.to_f64().sqrt());
        for _ in 0..3 {
            let rest = Self::ONE.minus(&significand.times(&inverse).times(&inverse));
            inverse = inverse.plus(&inverse.times(&rest).shifted(-1));
        }
        significand.times(&inverse).shifted((self.exponent - odd) / 2)
    }

    /// The nearest numbers but for a relative error of 2^-52; infinite or zero beyond the range.
    pub(crate) fn to_f64(self) -> f64 {
        let significand = self.limbs[LIMBS - 1] as f64;
        // In two steps, because 2^-64 times a small power may be out of range where their product is not.
        let half = (self.exponent - 64).clamp(-4_000, 4_000) / 2;
        let rest = (self.exponent - 64).clamp(-4_000, 4_000) - half;
        let size = significand * 2_f64.powi(half) * 2_f64.powi(rest);
        if self.negative { -size } else { size }
    }

    /// The number as `integer * 2^exponent`.
    #[cfg(test)]
    pub(crate) fn to_parts(self) -> (BigInt, i32) {
        let mut integer = BigInt::from(0);
        for limb in self.limbs.iter().rev() {
            integer = (integer << 64_u32) + *limb;
        }
        (if self.negative { -integer } else { integer }, self.exponent - PRECISION)
    }
}

fn shift_right(limbs: &Limbs, by: u32) -> Limbs {
    let (words, bits) = ((by / 64) as usize, by % 64);
    let mut shifted = [0; LIMBS];
    for (index, limb) in shifted.iter_mut().enumerate() {
        let low = limbs.get(index + words).copied().unwrap_or(0);
        let high = limbs.get(index + words + 1).copied().unwrap_or(0);
        *limb = low >> bits | high.checked_shl(64 - bits).unwrap_or(0);
    }
    shifted
}

fn add(a: &Limbs, b: &Limbs) -> (Limbs, bool) {
    let mut sum = [0; LIMBS];
    let mut carry = false;
    for index in 0..LIMBS {
        let (partial, first) = a[index].overflowing_add(b[index]);
        let (full, second) = partial.overflowing_add(u64::from(carry));
        sum[index] = full;
        carry = first || second;
    }
    (sum, carry)
}

/// `a - b` for `a` not less than `b`.
fn subtract(a: &Limbs, b: &Limbs) -> Limbs {
    let mut difference = [0; LIMBS];
    let mut borrow = false;
    for index in 0..LIMBS {
        let (partial, first) = a[index].overflowing_sub(b[index]);
        let (full, second) = partial.overflowing_sub(u64::from(borrow));
        difference[index] = full;
        borrow = first || second;
    }
    difference
}
