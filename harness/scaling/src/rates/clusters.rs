//! Question-cluster resamples as weights, for estimates that are not means: ratios and refitted models.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::Interval;
use crate::statistics::{quantile, wilson};

/// Fewer questions with (or without) an event than this, and a percentile bootstrap is too narrow.
const FEW: usize = 5;

/// How often each question occurs in one resample with replacement. Resample `i` reads ChaCha stream `i` of the seed.
pub(super) fn weights(questions: usize, resample: usize, seed: u64) -> Vec<f64> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(resample as u64);
    let mut weights = vec![0.0; questions];
    for _ in 0..questions {
        // High half of a 64 by 64 bit product: uniform up to questions / 2^64, and the same on every platform.
        let picked = (u128::from(random.next_u64()) * questions as u128) >> 64;
        weights[picked as usize] += 1.0;
    }
    weights
}

/// The 95 % percentile interval of a bootstrap around its point; `None` without a resample.
pub(super) fn percentile_interval(point: f64, mut resampled: Vec<f64>) -> Option<Interval> {
    if resampled.is_empty() {
        return None;
    }
    resampled.sort_unstable_by(f64::total_cmp);
    let (low, high) = (quantile(&resampled, 0.025), quantile(&resampled, 0.975));
    Some(Interval { point, low: low.min(point), high: high.max(point) })
}

/// Widens the interval of a rate where hardly any question has an event (or one has all): with none at all the
/// bootstrap has no width, which would claim certainty. Wilson's interval, with every question that was tried as one
/// trial, is wider than needed and never empty.
pub(super) fn widened(interval: Interval, tried: usize, with_event: usize, without: usize) -> Interval {
    let few = with_event < FEW || without < FEW;
    match wilson(interval.point.clamp(0.0, 1.0), tried) {
        Ok(wilson) if few => {
            Interval { low: interval.low.min(wilson.low), high: interval.high.max(wilson.high), ..interval }
        }
        _ => interval,
    }
}
