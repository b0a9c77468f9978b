//! The normal distribution truncated to [0, 1], stable far in its tails, and its fit to a question's scores.
//!
//! With `alpha = -mean / deviation` and `beta = (1 - mean) / deviation` the density is `phi(z) / (deviation * (Phi(beta) -
//! Phi(alpha)))`. Scores near 1 are fitted by a mean beyond 1, where both `Phi` are within rounding of each other, so
//! everything is computed from logarithms of tail probabilities.
//!
//! **Bounds.** Maximum likelihood need not exist: for scores more crowded at one end than any truncated normal the mean
//! runs to infinity along a ridge on which the distribution hardly changes (published fits reach a mean of 139). Parameters
//! are kept in `mean` from -10 to 11 and `deviation` from [`LEAST_DEVIATION`] to 1; the floor is what equal scores and a
//! single score are fitted with.

use statrs::function::erf::erfc;

use super::descent::descend;
use super::learned::ScorePrior;

/// Floor of the standard deviation: a tenth of a percentage point of score, below which a verifier's digits mean nothing.
pub const LEAST_DEVIATION: f64 = 1e-3;
pub(super) const MOST_DEVIATION: f64 = 1.0;
pub(super) const LEAST_MEAN: f64 = -10.0;
pub(super) const MOST_MEAN: f64 = 11.0;

/// Count, mean and mean squared deviation of scores: all that a fit needs.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Moments {
    count: u32,
    pub(super) mean: f64,
    /// Sum of squared deviations from the mean.
    squares: f64,
}

impl Moments {
    /// Adds a score, taken as the nearer end where it is outside [0, 1]; none and not a number change nothing.
    pub fn add(&mut self, score: Option<f64>) {
        let Some(score) = score.filter(|score| !score.is_nan()).map(|score| score.clamp(0.0, 1.0)) else { return };
        self.count = self.count.saturating_add(1);
        let before = score - self.mean;
        self.mean += before / f64::from(self.count);
        self.squares += before * (score - self.mean);
    }

    /// Scores added.
    pub fn count(&self) -> u32 {
        self.count
    }
}

impl FromIterator<f64> for Moments {
    fn from_iter<I: IntoIterator<Item = f64>>(scores: I) -> Self {
        let mut moments = Self::default();
        scores.into_iter().for_each(|score| moments.add(Some(score)));
        moments
    }
}

/// A normal distribution truncated to [0, 1].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TruncatedNormal {
    mean: f64,
    deviation: f64,
    /// `ln(Phi(beta) - Phi(alpha))`.
    log_mass: f64,
}

impl TruncatedNormal {
    /// From the parameters of the normal before truncation; they are moved into the bounds of this module, and to the
    /// nearest end (a mean that is not a number to 0.5, a deviation to 1).
    pub fn new(mean: f64, deviation: f64) -> Self {
        let mean = if mean.is_nan() { 0.5 } else { mean.clamp(LEAST_MEAN, MOST_MEAN) };
        let deviation =
            if deviation.is_nan() { MOST_DEVIATION } else { deviation.clamp(LEAST_DEVIATION, MOST_DEVIATION) };
        Self { mean, deviation, log_mass: log_between(-mean / deviation, (1.0 - mean) / deviation) }
    }

    /// Mean of the normal before truncation, from -10 to 11.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// Standard deviation of the normal before truncation, from 0.001 to 1.
    pub fn deviation(&self) -> f64 {
        self.deviation
    }

    /// Log density of a score in [0, 1]; minus infinity outside.
    pub fn log_density(&self, score: f64) -> f64 {
        if !(0.0..=1.0).contains(&score) {
            return f64::NEG_INFINITY;
        }
        let z = (score - self.mean) / self.deviation;
        -0.5 * z * z - self.deviation.ln() - LOG_ROOT_TWO_PI - self.log_mass
    }

    /// `ln F(score) = ln P(X < score)`, to about 10 digits of the smaller of `F` and `1 - F`, those of the error function.
    pub fn log_below(&self, score: f64) -> f64 {
        if score.is_nan() {
            return f64::NAN;
        }
        if score <= 0.0 {
            return f64::NEG_INFINITY;
        }
        if score >= 1.0 {
            return 0.0;
        }
        let z = |score: f64| (score - self.mean) / self.deviation;
        let below = log_between(z(0.0), z(score)) - self.log_mass;
        if below < -std::f64::consts::LN_2 {
            return below;
        }
        let above = log_between(z(score), z(1.0)) - self.log_mass;
        (-above.exp().min(1.0)).ln_1p()
    }

    /// `F(score) = P(X < score)`, in [0, 1].
    pub fn below(&self, score: f64) -> f64 {
        self.log_below(score).exp()
    }

    /// The fit to scores with these moments: maximum likelihood, or maximum a posteriori with independent normal priors
    /// of standard deviation 0.1 on mean and deviation around `prior`. `None` without scores and without a prior; the
    /// prior itself without scores.
    ///
    /// Damped Newton steps over `(mean, ln deviation)` from several starts, within the bounds of this module.
    pub fn fit(scores: &Moments, prior: Option<ScorePrior>) -> Option<Self> {
        if scores.count == 0 {
            return prior.map(|prior| Self::new(prior.mean, prior.deviation));
        }
        let spread = (scores.squares / f64::from(scores.count)).max(0.0).sqrt();
        if prior.is_none() && spread <= LEAST_DEVIATION {
            return Some(Self::new(scores.mean, LEAST_DEVIATION));
        }
        // The moments themselves, wider, and beyond the nearer end; with a prior also its centre and the middle.
        let outward = if scores.mean < 0.5 { -spread } else { spread };
        let mut starts = vec![
            Self::new(scores.mean, spread),
            Self::new(scores.mean, 2.0 * spread),
            Self::new(scores.mean + outward, 1.5 * spread),
            Self::new(scores.mean + 4.0 * outward, 2.5 * spread),
        ];
        if let Some(prior) = prior {
            starts.push(Self::new(prior.mean, prior.deviation));
            starts.push(Self::new(0.5 * (prior.mean + scores.mean), 0.5 * (prior.deviation + spread)));
        }
        // The likelihood has one peak, so its two best starts will do; a prior far from the scores makes a second peak.
        let descents = if prior.is_some() { starts.len() } else { 2 };
        let mut starts: Vec<(f64, Self)> =
            starts.into_iter().map(|start| (start.mean_surprise(scores), start)).collect();
        starts.sort_by(|left, right| left.0.total_cmp(&right.0));
        let found = starts.into_iter().take(descents).map(|(_, start)| descend(scores, prior, start));
        found.min_by(|left, right| left.1.total_cmp(&right.1)).map(|(fitted, _)| fitted)
    }

    /// Negative log-likelihood of scores with these moments, over their number and up to a constant.
    pub(super) fn mean_surprise(&self, scores: &Moments) -> f64 {
        0.5 * self.mean_square(scores) + self.deviation.ln() + self.log_mass
    }

    /// Mean of `z^2 = ((score - mean) / deviation)^2`.
    pub(super) fn mean_square(&self, scores: &Moments) -> f64 {
        let squares = scores.squares / f64::from(scores.count.max(1)) + (scores.mean - self.mean).powi(2);
        squares / (self.deviation * self.deviation)
    }

    /// Expectations of `z`, `z^2`, `z^3` and `z^4` under the truncated distribution, by integration by parts:
    /// `E z^k = (k - 1) E z^(k-2) + alpha^(k-1) phi(alpha)/Z - beta^(k-1) phi(beta)/Z`.
    pub(super) fn standard_moments(&self) -> [f64; 4] {
        let (alpha, beta) = (-self.mean / self.deviation, (1.0 - self.mean) / self.deviation);
        let edge = |z: f64| (-0.5 * z * z - LOG_ROOT_TWO_PI - self.log_mass).exp();
        let (mut at_alpha, mut at_beta) = (edge(alpha), edge(beta));
        let mut moments = [0.0; 4];
        for order in 0..4 {
            let earlier = if order >= 2 { moments[order - 2] } else { order as f64 };
            moments[order] = order.max(1) as f64 * earlier + at_alpha - at_beta;
            at_alpha *= alpha;
            at_beta *= beta;
        }
        moments
    }
}

/// `ln sqrt(2 pi)`.
const LOG_ROOT_TWO_PI: f64 = 0.918_938_533_204_672_7;
/// Beyond this many standard deviations the tail is taken from its asymptotic series, good to 1e-12 there.
const FAR: f64 = 25.0;

/// `ln Phi(-x)`, the upper tail, for `x >= 0`.
fn log_tail(x: f64) -> f64 {
    if x < FAR {
        return (0.5 * erfc(x * std::f64::consts::FRAC_1_SQRT_2)).ln();
    }
    let square = (x * x).recip();
    let series =
        1.0 - square * (1.0 - 3.0 * square * (1.0 - 5.0 * square * (1.0 - 7.0 * square * (1.0 - 9.0 * square))));
    -0.5 * x * x - x.ln() - LOG_ROOT_TWO_PI + series.ln()
}

/// `ln(Phi(high) - Phi(low))` for `low <= high`.
fn log_between(low: f64, high: f64) -> f64 {
    if low > 0.0 {
        let (near, far) = (log_tail(low), log_tail(high));
        near + (-(far - near).exp()).ln_1p()
    } else if high < 0.0 {
        log_between(-high, -low)
    } else {
        // Zero lies between: the two tails left out are at most half each.
        let left_out =
            0.5 * (erfc(-low * std::f64::consts::FRAC_1_SQRT_2) + erfc(high * std::f64::consts::FRAC_1_SQRT_2));
        (-left_out).ln_1p()
    }
}

#[cfg(test)]
mod tests;
