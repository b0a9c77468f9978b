//! Comparing two methods on the same questions: the difference, its interval, and how surprising it is under "no
//! difference".

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::Serialize;

use super::accuracy::{difference_interval, differences, differing};
use super::{Interval, Resampler, StatisticsError};

/// Sums that differ by less than this share of the largest possible one are equal up to rounding.
const TIE: f64 = 1e-10;
/// Means over replicates that differ by no more are equal up to rounding.
pub(super) const DIFFERS: f64 = 1e-9;

/// A paired comparison of two methods.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PairedDifference {
    /// Mean of `left - right` over questions.
    pub difference: Interval,
    /// Two-sided p-value, not yet corrected for other tests ([`super::holm()`]): of [`mcnemar`] where every outcome is 0
    /// or 1, of [`sign_flip`] otherwise.
    pub p_value: f64,
    /// Questions on which the two differ.
    pub differing: usize,
}

/// Compares two methods' accuracies in [0, 1], one value per question each (means over paired replicates): the interval
/// of [`difference_interval`], the p-value of [`mcnemar`] where every outcome is 0 or 1 (exact, and needing no flips) and
/// of [`sign_flip`] otherwise.
///
/// # Errors
/// As [`difference_interval`] and [`sign_flip`].
pub fn paired(
    left: &[f64],
    right: &[f64],
    resampler: &Resampler,
    flips: usize,
    seed: u64,
) -> Result<PairedDifference, StatisticsError> {
    let differences = differences(left, right)?;
    let p_value = match (outcomes(left), outcomes(right)) {
        (Some(left), Some(right)) => mcnemar(&left, &right)?.p_value,
        _ => sign_flip(&differences, flips, seed)?,
    };
    Ok(PairedDifference {
        difference: difference_interval(left, right, resampler)?,
        p_value,
        differing: differing(&differences),
    })
}

/// The values as right or wrong; `None` when one is a mean of both.
fn outcomes(values: &[f64]) -> Option<Vec<bool>> {
    values.iter().map(|&value| (value == 0.0 || value == 1.0).then_some(value == 1.0)).collect()
}

/// Two-sided p-value of the sign-flip permutation test: had the two methods been exchanged on any question, which is as
/// likely as not when they are equally good on it, would the sum of differences be as large?
///
/// Exact when the differences are symmetric around 0 under the null; when only their mean is 0 it is right for many
/// questions, because the flipped sums have variance `sum of d^2`, that of the sum itself. For 0/1 outcomes it is
/// McNemar's exact test ([`mcnemar`]) up to the number of flips. Preferred to a bootstrap p-value, which has no
/// guarantee at 30 questions. With at most `flips` sign patterns of the questions that differ, all are visited;
/// otherwise `flips` random ones (flip `i` reads ChaCha stream `i`) and `p = (1 + as large) / (1 + flips)`, which is never
/// 0 and valid for any number of flips (Phipson and Smyth 2010). 9,999 flips resolve a family of 500 tests under Holm.
///
/// # Errors
/// [`StatisticsError::NoQuestions`]; [`StatisticsError::NoResamples`] without flips; [`StatisticsError::NotFinite`].
pub fn sign_flip(differences: &[f64], flips: usize, seed: u64) -> Result<f64, StatisticsError> {
    if differences.is_empty() {
        return Err(StatisticsError::NoQuestions);
    }
    if flips == 0 {
        return Err(StatisticsError::NoResamples);
    }
    super::bootstrap::all_finite(differences)?;
    let nonzero: Vec<f64> = differences.iter().copied().filter(|difference| difference.abs() > DIFFERS).collect();
    let largest: f64 = nonzero.iter().map(|difference| difference.abs()).sum();
    let observed = nonzero.iter().sum::<f64>().abs() - TIE * largest;
    let as_large = |sum: f64| u64::from(sum.abs() >= observed);
    if nonzero.len() < usize::BITS as usize - 1 && 1usize << nonzero.len() <= flips {
        let patterns = 1u64 << nonzero.len();
        let count: u64 = (0..patterns).map(|pattern| as_large(flipped(&nonzero, || pattern))).sum();
        return Ok(count as f64 / patterns as f64);
    }
    let count: u64 = (0..flips)
        .into_par_iter()
        .map(|flip| {
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            random.set_stream(flip as u64);
            as_large(flipped(&nonzero, || random.next_u64()))
        })
        .sum();
    Ok((1 + count) as f64 / (1 + flips) as f64)
}

/// Sum of the values, each with its sign flipped where the next bit is 1; bits come in words of 64.
fn flipped(values: &[f64], mut word: impl FnMut() -> u64) -> f64 {
    let mut sum = 0.0;
    for chunk in values.chunks(64) {
        let bits = word();
        // Four partial sums: added one by one, each addition would wait for the one before.
        let mut sums = [0.0; 4];
        for (place, value) in chunk.iter().enumerate() {
            sums[place % 4] += f64::from_bits(value.to_bits() ^ ((bits >> place & 1) << 63));
        }
        sum += sums.iter().sum::<f64>();
    }
    sum
}

/// McNemar's exact test of two methods' 0/1 outcomes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct McNemar {
    /// Questions that only the left method has right.
    pub only_left: usize,
    /// Questions that only the right method has right.
    pub only_right: usize,
    /// Two-sided exact p-value.
    pub p_value: f64,
}

/// McNemar's exact test (McNemar 1947): of the questions that one method has right and the other wrong, each is as likely
/// to favour either. `p = min(1, 2 P(X <= min(only_left, only_right)))`, X binomial with probability 1/2.
///
/// # Errors
/// [`StatisticsError::WrongLength`] when the two do not have the same number of outcomes.
pub fn mcnemar(left: &[bool], right: &[bool]) -> Result<McNemar, StatisticsError> {
    if left.len() != right.len() {
        return Err(StatisticsError::WrongLength { expected: left.len(), found: right.len() });
    }
    let count = |wanted: bool| left.iter().zip(right).filter(|(l, r)| l != r && **l == wanted).count();
    let (only_left, only_right) = (count(true), count(false));
    Ok(McNemar { only_left, only_right, p_value: binomial_half(only_left, only_right) })
}

/// `min(1, 2 P(X <= min(a, b)))` for X ~ Binomial(a + b, 1/2), summed from the largest term down; in logarithms, because
/// `2^-n` is 0 from 1,075 on.
fn binomial_half(a: usize, b: usize) -> f64 {
    let (trials, least) = (a + b, a.min(b));
    if 2 * least == trials {
        return 1.0;
    }
    let log_choose: f64 = (1..=least).map(|k| ((trials - least + k) as f64 / k as f64).ln()).sum();
    let (mut term, mut sum) = (1.0, 0.0);
    for successes in (0..=least).rev() {
        sum += term;
        term *= successes as f64 / (trials - successes + 1) as f64;
    }
    let log_largest = log_choose - trials as f64 * std::f64::consts::LN_2;
    (2.0 * sum * log_largest.exp()).min(1.0)
}
