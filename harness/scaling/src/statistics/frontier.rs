//! The Pareto frontier of accuracy against cost, and how sure each place on it is.

use rayon::prelude::*;
use serde::Serialize;

use super::{Resampler, StatisticsError};

/// Costs (relatively) and accuracies (absolutely) that differ by no more are equal up to the rounding of averages.
const TIE: f64 = 1e-9;

/// A candidate for the frontier: a method at a budget, one value per question each.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// Cost, e.g. completion tokens.
    pub costs: &'a [f64],
    /// Accuracy in [0, 1].
    pub accuracies: &'a [f64],
}

/// Where a candidate stands.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Membership {
    /// Whether it is on the frontier of the means.
    pub member: bool,
    /// Share of resamples in whose frontier it is, in [0, 1]. Not the probability that it belongs to the true frontier:
    /// of two candidates that are equally good and equally dear, each is beaten in half of the resamples.
    pub frequency: f64,
}

/// Which points `(cost, accuracy)` no other point beats: costs no more, is no less accurate, and is better in one of the
/// two. Points that are equal in both (up to 1e-9) do not beat each other: all of them are on the frontier.
///
/// # Errors
/// [`StatisticsError::NotFinite`] with the index of the point.
pub fn pareto_frontier(points: &[(f64, f64)]) -> Result<Vec<bool>, StatisticsError> {
    let not_finite = |&(_, &(cost, accuracy)): &(usize, &(f64, f64))| !(cost.is_finite() && accuracy.is_finite());
    if let Some((index, &(cost, accuracy))) = points.iter().enumerate().find(not_finite) {
        return Err(StatisticsError::NotFinite { index, found: if cost.is_finite() { accuracy } else { cost } });
    }
    Ok(frontier(points))
}

/// The frontier of the candidates' means, and each one's membership frequency. Cost and accuracy are resampled together,
/// by question, with the same questions for all candidates. O(resamples x candidates^2) beside the means.
///
/// # Errors
/// As [`Resampler::means`].
pub fn frontier_membership(
    candidates: &[Candidate<'_>],
    resampler: &Resampler,
) -> Result<Vec<Membership>, StatisticsError> {
    let means: Vec<(Vec<f64>, Vec<f64>)> = candidates
        .par_iter()
        .map(|candidate| Ok((resampler.means(candidate.costs)?, resampler.means(candidate.accuracies)?)))
        .collect::<Result<_, StatisticsError>>()?;
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let points: Vec<(f64, f64)> = candidates.iter().map(|c| (mean(c.costs), mean(c.accuracies))).collect();
    let frontiers: Vec<Vec<bool>> = (0..resampler.resamples())
        .into_par_iter()
        .map(|i| frontier(&means.iter().map(|(costs, accuracies)| (costs[i], accuracies[i])).collect::<Vec<_>>()))
        .collect();
    let membership = frontier(&points).into_iter().enumerate().map(|(index, member)| {
        let count = frontiers.iter().filter(|frontier| frontier[index]).count();
        Membership { member, frequency: count as f64 / frontiers.len() as f64 }
    });
    Ok(membership.collect())
}

fn frontier(points: &[(f64, f64)]) -> Vec<bool> {
    points.iter().map(|&point| !points.iter().any(|&other| beats(other, point))).collect()
}

fn beats((cost, accuracy): (f64, f64), (other_cost, other_accuracy): (f64, f64)) -> bool {
    let tolerance = TIE * cost.abs().max(other_cost.abs());
    let no_worse = cost <= other_cost + tolerance && accuracy >= other_accuracy - TIE;
    no_worse && (cost < other_cost - tolerance || accuracy > other_accuracy + TIE)
}
