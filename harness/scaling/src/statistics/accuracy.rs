//! Intervals of accuracies and of their differences, at few questions too.

use super::paired::DIFFERS;
use super::wilson::score_interval;
use super::{Interval, Resampler, StatisticsError, wilson};

/// Fewer expected right (or wrong) questions than this, and the percentile bootstrap is too narrow.
const FEW: f64 = 5.0;
/// Fewer questions that differ than this, and the bootstrap of a difference is too narrow. Six that all favour one side
/// are also the least that an exact test of signs calls significant at 5 %.
const FEW_DIFFER: usize = 6;
/// Most questions of 0/1 outcomes that one question's mean over draws may count for; see [`effective`].
const MOST_EFFECTIVE: f64 = 3.0;

/// The 95 % interval of an accuracy, from one value in [0, 1] per question (1 right, 0 wrong, or a mean over
/// replicates).
///
/// - Outcomes that are all 0 or 1: Wilson's interval.
/// - Otherwise the question bootstrap ([`Resampler::interval`]), cut off at 0 and 1.
/// - Except where fewer than five questions are expected on either side (`n p < 5` or `n (1 - p) < 5`) or the bootstrap
///   has no width: there the bootstrap is too narrow and, when all values are equal, would claim certainty. Then
///   Wilson's interval for the *effective* number of questions, `n p (1 - p) / s^2` with the sample variance `s^2` of
///   the values (Korn and Graubard, Survey Methodology 24, 1998), but at most `3 n`: a set of a few dozen questions with
///   nearly equal values says little about the rare hard question that it happens to lack.
///
/// # Errors
/// As [`Resampler::interval`]; [`StatisticsError::OutOfRange`] for a value outside [0, 1].
pub fn accuracy_interval(values: &[f64], resampler: &Resampler) -> Result<Interval, StatisticsError> {
    all_shares(values)?;
    let interval = resampler.interval(values)?;
    if values.iter().all(|&value| value == 0.0 || value == 1.0) {
        return wilson(interval.point.clamp(0.0, 1.0), values.len());
    }
    let few = (values.len() as f64) * interval.point.min(1.0 - interval.point) < FEW;
    if few || interval.high - interval.low <= 1e-12 {
        return Ok(effective(values));
    }
    Ok(Interval { low: interval.low.max(0.0), high: interval.high.min(1.0), ..interval })
}

/// The 95 % interval of the mean difference `left - right` of two accuracies over the same questions, paired.
///
/// The question bootstrap of the differences, cut off at -1 and 1. Where fewer than six questions differ, by however much,
/// it is too narrow, and without width when none differs; then the intervals of the mean gain `u` and the mean loss `v` are combined by the sum of squares, as Newcombe does for two
/// proportions (Statistics in Medicine 17, 1998, 873-890; 2635-2650): from `d - sqrt((u - l_u)^2 + (h_v - v)^2)` to
/// `d + sqrt((h_u - u)^2 + (v - l_v)^2)`. The correlation of gains and losses, `- u v / n`, is too small to matter there.
///
/// # Errors
/// As [`accuracy_interval`], for either side.
pub fn difference_interval(left: &[f64], right: &[f64], resampler: &Resampler) -> Result<Interval, StatisticsError> {
    let differences = differences(left, right)?;
    let interval = resampler.interval(&differences)?;
    if !few_differ(&differences) {
        return Ok(Interval { low: interval.low.max(-1.0), high: interval.high.min(1.0), ..interval });
    }
    let part = |sign: f64| effective(&differences.iter().map(|d| (sign * d).max(0.0)).collect::<Vec<_>>());
    let (gain, loss) = (part(1.0), part(-1.0));
    let point = interval.point;
    let low = point - (gain.point - gain.low).hypot(loss.high - loss.point);
    let high = point + (gain.high - gain.point).hypot(loss.point - loss.low);
    Ok(Interval { point, low: low.max(-1.0).min(point), high: high.min(1.0).max(point) })
}

/// Questions on which two methods differ by more than rounding.
pub(super) fn differing(differences: &[f64]) -> usize {
    differences.iter().filter(|difference| difference.abs() > DIFFERS).count()
}

/// Whether so few questions differ that the bootstrap of their differences is too narrow. Their number decides, not their
/// sum: means over orders differ by little on many questions, and a bootstrap over many is sound.
pub(super) fn few_differ(differences: &[f64]) -> bool {
    differing(differences) < FEW_DIFFER
}

/// `left - right` per question, of values in [0, 1].
pub(super) fn differences(left: &[f64], right: &[f64]) -> Result<Vec<f64>, StatisticsError> {
    if left.len() != right.len() {
        return Err(StatisticsError::WrongLength { expected: left.len(), found: right.len() });
    }
    if left.is_empty() {
        return Err(StatisticsError::NoQuestions);
    }
    all_shares(left)?;
    all_shares(right)?;
    Ok(left.iter().zip(right).map(|(left, right)| left - right).collect())
}

pub(super) fn all_shares(values: &[f64]) -> Result<(), StatisticsError> {
    match values.iter().find(|value| !(0.0..=1.0).contains(*value)) {
        Some(&found) => Err(StatisticsError::OutOfRange { what: "an accuracy", found, expected: "from 0 to 1" }),
        None => Ok(()),
    }
}

/// Wilson's interval for as many 0/1 questions as have the same variance of the mean.
fn effective(values: &[f64]) -> Interval {
    let questions = values.len() as f64;
    let mean = (values.iter().sum::<f64>() / questions).clamp(0.0, 1.0);
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    let binary = values.iter().all(|&value| value == 0.0 || value == 1.0);
    let variance = squares / (questions - 1.0).max(1.0);
    let trials = if binary || variance <= 1e-15 { questions } else { questions * mean * (1.0 - mean) / variance };
    score_interval(mean, trials.min(MOST_EFFECTIVE * questions))
}
