//! Elementary functions of real numbers: arguments reduced, then a power series, or a step of Newton's method from the
//! machine's own approximation (which need not be good, only deterministic: the step's remainder is a series as well).

use super::ball::{Ball, FUNCTION_UNIT};
use super::wide::Wide;

/// Largest argument of the exponential.
const MAX_EXPONENT: f64 = 400.0;
/// Largest argument of sine and cosine.
const MAX_ANGLE: f64 = 1e9;
/// Terms smaller than `2^SMALLEST` in relation to 1 are left out.
const SMALLEST: i32 = -262;

impl Ball {
    /// `None` beyond the range.
    pub(crate) fn exp(&self) -> Option<Self> {
        if self.upper() > MAX_EXPONENT || self.error > 1e-10 {
            return None;
        }
        let middle = exp(&self.middle);
        // e^(x + d) - e^x = e^x (e^d - 1), and e^d - 1 < 1.1 d for small d.
        let size = Self::exact(middle).upper();
        Some(Self::new(middle, size * (1.1 * self.error + FUNCTION_UNIT)))
    }

    /// `None` where the number is not surely positive.
    pub(crate) fn ln(&self) -> Option<Self> {
        if !self.is_positive() {
            return None;
        }
        let middle = ln(&self.middle);
        let size = Self::exact(middle).upper().max(1.0);
        Some(Self::new(middle, self.error / self.lower() + size * FUNCTION_UNIT))
    }

    /// Sine and cosine.
    pub(crate) fn sin_cos(&self) -> Option<(Self, Self)> {
        let upper = self.upper();
        if upper > MAX_ANGLE {
            return None;
        }
        let (sine, cosine) = sin_cos(&self.middle);
        let error = self.error + upper.max(1.0) * FUNCTION_UNIT;
        Some((Self::new(sine, error), Self::new(cosine, error)))
    }

    pub(crate) fn arctan(&self) -> Self {
        let middle = if self.middle.exponent() > 0 {
            // arctan x = ±π/2 - arctan (1/x)
            let rest = arctan(&self.middle.reciprocal());
            let quarter = if self.middle.is_negative() { Wide::HALF_PI.negated() } else { Wide::HALF_PI };
            quarter.minus(&rest)
        } else {
            arctan(&self.middle)
        };
        Self::new(middle, self.error + FUNCTION_UNIT)
    }
}

/// `e^x = 2^k (e^(r / 256))^256`, for `x = k ln 2 + r`.
fn exp(x: &Wide) -> Wide {
    const HALVINGS: i32 = 8;
    let doublings = (x.to_f64() / std::f64::consts::LN_2).round() as i64;
    let rest = x.minus(&Wide::LN_2.times(&Wide::from_integer(doublings))).shifted(-HALVINGS);
    let (mut sum, mut term) = (Wide::ONE, Wide::ONE);
    for n in 1..64 {
        term = term.times(&rest).divided_by_small(n);
        if term.is_zero() || term.exponent() < SMALLEST {
            break;
        }
        sum = sum.plus(&term);
    }
    for _ in 0..HALVINGS {
        sum = sum.times(&sum);
    }
    sum.shifted(doublings as i32)
}

/// For positive `x = 2^k m`: `k ln 2 + y + ln (1 + t)`, with `y` near `ln m` and `1 + t = m e^-y`.
fn ln(x: &Wide) -> Wide {
    let doublings = x.exponent();
    let significand = x.shifted(-doublings);
    let guess = Wide::from_f64(significand.to_f64().ln());
    let rest = significand.times(&exp(&guess.negated())).minus(&Wide::ONE);
    // ln (1 + t) = 2 artanh (t / (2 + t)); t is about 2^-50.
    let u = rest.times(&rest.plus(&Wide::ONE.shifted(1)).reciprocal());
    let square = u.times(&u);
    let fifth = u.times(&square).times(&square).divided_by_small(5);
    let series = u.plus(&u.times(&square).divided_by_small(3)).plus(&fifth).shifted(1);
    Wide::LN_2.times(&Wide::from_integer(doublings.into())).plus(&guess).plus(&series)
}

/// By the quarter turn nearest to the angle, and the series for the rest.
fn sin_cos(x: &Wide) -> (Wide, Wide) {
    let turns = (x.to_f64() / std::f64::consts::FRAC_PI_2).round() as i64;
    let rest = x.minus(&Wide::HALF_PI.times(&Wide::from_integer(turns)));
    let square = rest.times(&rest).negated();
    let (mut sine, mut cosine) = (rest, Wide::ONE);
    let (mut odd, mut even) = (rest, Wide::ONE);
    for n in 1..40 {
        even = even.times(&square).divided_by_small((2 * n - 1) * (2 * n));
        odd = odd.times(&square).divided_by_small(2 * n * (2 * n + 1));
        if even.is_zero() || even.exponent() < SMALLEST {
            break;
        }
        cosine = cosine.plus(&even);
        sine = sine.plus(&odd);
    }
    match turns.rem_euclid(4) {
        0 => (sine, cosine),
        1 => (cosine, sine.negated()),
        2 => (sine.negated(), cosine.negated()),
        _ => (cosine.negated(), sine),
    }
}

/// For `|x| <= 1`: `y + arctan t`, with `y` near `arctan x` and `t = (x cos y - sin y) / (cos y + x sin y)`.
fn arctan(x: &Wide) -> Wide {
    let guess = Wide::from_f64(x.to_f64().atan());
    let (sine, cosine) = sin_cos(&guess);
    let top = x.times(&cosine).minus(&sine);
    let t = top.times(&cosine.plus(&x.times(&sine)).reciprocal());
    let square = t.times(&t);
    let fifth = t.times(&square).times(&square).divided_by_small(5);
    guess.plus(&t.minus(&t.times(&square).divided_by_small(3)).plus(&fifth))
}
