//! What reaching an accuracy costs: two methods' curves over budgets, compared along the other axis.
//!
//! A curve is read as what a user can get from it. A point that costs no less than another and is no more accurate is
//! never chosen (the monotone envelope); between two neighbouring points of the envelope lies the straight line, which
//! answering a random share of the questions with the larger budget attains. There is no reading beyond the ends: below
//! the first point nothing cheaper was tried, and an accuracy above the highest was not reached.

use rayon::prelude::*;
use serde::Serialize;

use super::curves::Curves;
use super::frontier::Candidate;
use super::{Interval, Resampler, StatisticsError};

/// What reaching an accuracy costs on a curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub enum Reach {
    /// The cheapest point is already as accurate; what less would have cost is not known.
    AtMost(f64),
    /// The smallest cost at which the curve has the accuracy.
    At(f64),
    /// No point is as accurate.
    Never,
}

/// Which accuracy is to be reached.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Target {
    /// This one.
    Accuracy(f64),
    /// The highest mean on the reference's curve, taken anew in each resample, so that its noise is in the interval.
    BestOfReference,
}

/// How many times as much a method spends as a reference until it reaches an accuracy.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ReachRatio {
    /// Accuracy to be reached (of the means over all questions).
    pub target: f64,
    /// What it costs the method.
    pub method: Reach,
    /// What it costs the reference.
    pub reference: Reach,
    /// The ratio of the two costs, with its 95 % interval; below 1 the method is cheaper. Infinite where only the
    /// reference gets there, 0 where only the method does; `None` where neither does.
    pub ratio: Option<Interval>,
    /// Share of resamples in which only the reference reached it: there the ratio counts as infinite.
    pub method_never: f64,
    /// Share of resamples in which only the method reached it: there the ratio counts as 0.
    pub reference_never: f64,
    /// Share of resamples in which neither did: there the ratio counts as 0 for the lower end of the interval and as
    /// infinite for the upper, because nothing is known of it.
    pub both_never: f64,
}

/// The smallest cost at which the curve through the points `(cost, accuracy)`, in any order, reaches the accuracy.
pub fn cost_to_reach(curve: &[(f64, f64)], accuracy: f64) -> Reach {
    let mut points = curve.to_vec();
    // By cost; at equal cost the most accurate first, so that the others are not records.
    points.sort_by(|left, right| left.0.total_cmp(&right.0).then(right.1.total_cmp(&left.1)));
    let mut before: Option<(f64, f64)> = None;
    for point in points {
        match before {
            None if point.1 >= accuracy => return Reach::AtMost(point.0),
            Some(record) if point.1 >= accuracy => {
                let share = (accuracy - record.1) / (point.1 - record.1);
                return Reach::At(record.0 + share * (point.0 - record.0));
            }
            Some(record) if point.1 <= record.1 => {}
            _ => before = Some(point),
        }
    }
    Reach::Never
}

/// The ratio of what a method and a reference spend until they reach an accuracy, with a bootstrap interval; questions
/// are resampled for both curves together, cost and accuracy alike.
///
/// Resamples in which a curve does not get there are counted, never dropped (see [`ReachRatio`]); the interval's ends
/// are order statistics, so that infinite ratios have a place. A reach of [`Reach::AtMost`] counts with its cost: the
/// ratio is then a bound, and the report should say so.
///
/// # Errors
/// [`StatisticsError::OutOfRange`] for a curve without points, a mean cost that is not above 0, or a target outside
/// [0, 1]; otherwise as [`Resampler::means`].
pub fn reach_ratio(
    method: &[Candidate<'_>],
    reference: &[Candidate<'_>],
    target: Target,
    resampler: &Resampler,
) -> Result<ReachRatio, StatisticsError> {
    if let Target::Accuracy(found) = target
        && !(0.0..=1.0).contains(&found)
    {
        return Err(StatisticsError::OutOfRange { what: "an accuracy to reach", found, expected: "from 0 to 1" });
    }
    let (method, reference) = (Curves::new(method, resampler)?, Curves::new(reference, resampler)?);
    let wanted = |reference: &[(f64, f64)]| match target {
        Target::Accuracy(accuracy) => accuracy,
        Target::BestOfReference => reference.iter().fold(0.0, |best: f64, point| best.max(point.1)),
    };
    let accuracy = wanted(&reference.means);
    let both: Vec<(Reach, Reach)> = (0..resampler.resamples())
        .into_par_iter()
        .map(|i| {
            let (method, reference) = (method.resample(i), reference.resample(i));
            let accuracy = wanted(&reference);
            (cost_to_reach(&method, accuracy), cost_to_reach(&reference, accuracy))
        })
        .collect();
    let (at_method, at_reference) = (cost_to_reach(&method.means, accuracy), cost_to_reach(&reference.means, accuracy));
    let share =
        |wanted: fn(&(Reach, Reach)) -> bool| both.iter().filter(|b| wanted(b)).count() as f64 / both.len() as f64;
    Ok(ReachRatio {
        target: accuracy,
        method: at_method,
        reference: at_reference,
        ratio: ratio(at_method, at_reference).map(|point| interval(point, &both)),
        method_never: share(|&(m, r)| m == Reach::Never && r != Reach::Never),
        reference_never: share(|&(m, r)| m != Reach::Never && r == Reach::Never),
        both_never: share(|&(m, r)| m == Reach::Never && r == Reach::Never),
    })
}

fn ratio(method: Reach, reference: Reach) -> Option<f64> {
    match (method, reference) {
        (Reach::Never, Reach::Never) => None,
        (Reach::Never, _) => Some(f64::INFINITY),
        (_, Reach::Never) => Some(0.0),
        (Reach::AtMost(method) | Reach::At(method), Reach::AtMost(reference) | Reach::At(reference)) => {
            Some(method / reference)
        }
    }
}

fn interval(point: f64, both: &[(Reach, Reach)]) -> Interval {
    let sorted = |unknown: f64| {
        let mut ratios: Vec<f64> = both.iter().map(|&(m, r)| ratio(m, r).unwrap_or(unknown)).collect();
        ratios.sort_unstable_by(f64::total_cmp);
        ratios
    };
    let last = both.len().saturating_sub(1);
    let (low, high) = ((0.025 * last as f64).floor() as usize, (0.975 * last as f64).ceil() as usize);
    Interval { point, low: sorted(0.0)[low].min(point), high: sorted(f64::INFINITY)[high].max(point) }
}
