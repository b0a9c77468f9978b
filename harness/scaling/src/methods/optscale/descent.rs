//! Descent to the fit of a truncated normal: Newton's method with Levenberg's damping over `(mean, ln deviation)`.
//!
//! The general minimiser of [`crate::optimise`] takes 100 microseconds for what is done here in a few, and replay fits once
//! a session, a million times. With `z = (score - mean) / deviation` the gradient of the mean negative log-likelihood is
//! `g = ((E z - mean of z) / deviation, E z^2 - mean of z^2)`. Its expected curvature is the covariance of `(z / deviation,
//! z^2)`, never negative; the exact curvature has `2 g_1` less off the diagonal and `2 g_2` less for `ln deviation`. The
//! exact one is used where it is positive definite, the expected one elsewhere, so a damped step always goes down; one that
//! rounding sends up is tried again with more damping. A parameter at its bound that would leave it is held.

use super::learned::ScorePrior;
use super::truncated_normal::{LEAST_DEVIATION, LEAST_MEAN, MOST_DEVIATION, MOST_MEAN, Moments, TruncatedNormal};

/// Standard deviation of the priors around predicted mean and deviation (arXiv 2506.22376).
const PRIOR_DEVIATION: f64 = 0.1;
const STEPS: u32 = 60;
/// Damping beyond which no step goes down: the point is a minimum up to rounding.
const MOST_DAMPING: f64 = 1e9;
/// Two steps in a row that gain less than this end the descent.
const LEAST_GAIN: f64 = 1e-11;

/// The minimum of the cost near this start, and the cost there.
pub(super) fn descend(scores: &Moments, prior: Option<ScorePrior>, start: TruncatedNormal) -> (TruncatedNormal, f64) {
    let (mut point, mut lowest) = (start, cost(scores, prior, &start));
    let (mut damping, mut idle) = (1e-3, 0);
    for _ in 0..STEPS {
        let local = local(scores, prior, &point);
        let (next, reached) = loop {
            let step = local.step(&point, damping);
            let next = TruncatedNormal::new(point.mean() + step[0], (point.deviation().ln() + step[1]).exp());
            let reached = cost(scores, prior, &next);
            if reached < lowest {
                break (next, reached);
            }
            damping *= 5.0;
            if damping > MOST_DAMPING {
                return (point, lowest);
            }
        };
        idle = if lowest - reached < LEAST_GAIN { idle + 1 } else { 0 };
        (point, lowest, damping) = (next, reached, (damping * 0.1).max(1e-12));
        if idle >= 2 {
            break;
        }
    }
    (point, lowest)
}

/// Negative log posterior over the number of scores, up to a constant.
fn cost(scores: &Moments, prior: Option<ScorePrior>, point: &TruncatedNormal) -> f64 {
    let distance = |value: f64, centre: f64| 0.5 * ((value - centre) / PRIOR_DEVIATION).powi(2);
    let penalty =
        prior.map_or(0.0, |prior| distance(point.mean(), prior.mean) + distance(point.deviation(), prior.deviation));
    point.mean_surprise(scores) + penalty / f64::from(scores.count().max(1))
}

/// Gradient and curvature of the cost over `(mean, ln deviation)`.
#[derive(Debug, Clone, Copy)]
struct Local {
    gradient: [f64; 2],
    /// Entries (0, 0), (0, 1) and (1, 1).
    curvature: [f64; 3],
}

fn local(scores: &Moments, prior: Option<ScorePrior>, point: &TruncatedNormal) -> Local {
    let (mean, deviation) = (point.mean(), point.deviation());
    let [first, second, third, fourth] = point.standard_moments();
    let mut gradient = [(first - (scores.mean - mean) / deviation) / deviation, second - point.mean_square(scores)];
    let mut expected = [
        (second - first * first).max(0.0) / (deviation * deviation),
        (third - first * second) / deviation,
        (fourth - second * second).max(0.0),
    ];
    let mut exact = [expected[0], expected[1] - 2.0 * gradient[0], expected[2] - 2.0 * gradient[1]];
    if let Some(prior) = prior {
        let weight = 1.0 / (PRIOR_DEVIATION * PRIOR_DEVIATION * f64::from(scores.count().max(1)));
        let off_centre = deviation - prior.deviation;
        gradient[0] += weight * (mean - prior.mean);
        gradient[1] += weight * off_centre * deviation;
        expected[0] += weight;
        expected[2] += weight * deviation * deviation;
        exact[0] += weight;
        exact[2] += weight * (deviation + off_centre) * deviation;
    }
    let definite = exact[2] > 0.0 && exact[0] * exact[2] > exact[1] * exact[1];
    Local { gradient, curvature: if definite { exact } else { expected } }
}

impl Local {
    /// The step that solves `(curvature + damping) step = -gradient`, with parameters held that press against a bound.
    fn step(&self, point: &TruncatedNormal, damping: f64) -> [f64; 2] {
        let [g0, g1] = self.gradient;
        let held = [
            presses(point.mean(), LEAST_MEAN, MOST_MEAN, g0),
            presses(point.deviation(), LEAST_DEVIATION, MOST_DEVIATION, g1),
        ];
        let c0 = self.curvature[0] * (1.0 + damping) + damping * 1e-6;
        let c1 = self.curvature[2] * (1.0 + damping) + damping * 1e-6;
        let cross = self.curvature[1];
        let determinant = c0 * c1 - cross * cross;
        match held {
            [true, true] => [0.0, 0.0],
            [true, false] => [0.0, -g1 / c1],
            [false, true] => [-g0 / c0, 0.0],
            // Rounding can make the curvature indefinite far in a tail: then each parameter goes its own way.
            [false, false] if determinant <= 0.0 => [-g0 / c0, -g1 / c1],
            [false, false] => [(cross * g1 - c1 * g0) / determinant, (cross * g0 - c0 * g1) / determinant],
        }
    }
}

/// Whether going down would lead out of the bounds.
fn presses(value: f64, least: f64, most: f64, gradient: f64) -> bool {
    // The bounds of the deviation come back from a logarithm, so "at" is up to rounding.
    (value <= least * (1.0 + least.signum() * 1e-12) && gradient > 0.0)
        || (value >= most * (1.0 - 1e-12) && gradient < 0.0)
}
