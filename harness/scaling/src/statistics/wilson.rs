//! Wilson's score interval of a proportion.

use super::{Interval, NORMAL_975, StatisticsError};

/// 95 % interval of a proportion in [0, 1] observed over `trials` trials:
/// `(p + z^2 / 2n +- z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n)`, z = 1.96 (Wilson 1927).
///
/// The proportion need not be a whole number of successes: for a mean of values in [0, 1] the binomial variance is the
/// largest possible, so the interval is then wider than needed, never narrower.
///
/// # Errors
/// [`StatisticsError::NoQuestions`] without trials; [`StatisticsError::OutOfRange`] for a proportion outside [0, 1].
pub fn wilson(proportion: f64, trials: usize) -> Result<Interval, StatisticsError> {
    if trials == 0 {
        return Err(StatisticsError::NoQuestions);
    }
    if !(0.0..=1.0).contains(&proportion) {
        return Err(StatisticsError::OutOfRange { what: "a proportion", found: proportion, expected: "from 0 to 1" });
    }
    Ok(score_interval(proportion, trials as f64))
}

/// Wilson's interval for a real number of trials above 0.
pub(super) fn score_interval(proportion: f64, trials: f64) -> Interval {
    let square = NORMAL_975 * NORMAL_975;
    let centre = proportion + square / (2.0 * trials);
    let reach = NORMAL_975 * (proportion * (1.0 - proportion) / trials + square / (4.0 * trials * trials)).sqrt();
    let scale = 1.0 + square / trials;
    // At proportions 0 and 1 the near end is the proportion itself, up to rounding that must not exclude it.
    Interval {
        point: proportion,
        low: ((centre - reach) / scale).clamp(0.0, proportion),
        high: ((centre + reach) / scale).clamp(proportion, 1.0),
    }
}
