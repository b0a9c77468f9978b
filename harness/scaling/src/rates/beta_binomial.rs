//! Maximum likelihood of a beta-binomial: how much a rate differs between questions.
//!
//! Question `i` has `k_i` events in `n_i` trials, its rate is Beta with mean `mu` and strength (`alpha + beta`) `1 /
//! theta`. With `A_j`, `B_j`, `C_j` the numbers of questions with more than `j` events, other outcomes and trials, the
//! log-likelihood is, up to a constant,
//! `sum_j A_j ln(mu + j theta) + B_j ln(1 - mu + j theta) - C_j ln(1 + j theta)`:
//! no gamma function, exact down to `theta = 0` (one rate for all), and as many terms as the longest chain is long
//! whatever the number of questions. So Newton's method fits it thousands of times over, as a bootstrap needs.

use super::counts::Trials;

/// The most overdispersion looked at: strength 0.001, where every question's rate is 0 or 1.
const MOST_THETA: f64 = 1e3;
const LEAST_THETA: f64 = 1e-7;
/// Newton's method ends when a step would gain less than this in log-likelihood.
const TOLERANCE: f64 = 1e-9;
const ITERATIONS: usize = 60;

/// `A_j`, `B_j`, `C_j` of the module's head.
#[derive(Debug, Clone, Default)]
pub(crate) struct Exceedances {
    events: Vec<f64>,
    others: Vec<f64>,
    trials: Vec<f64>,
}

impl Exceedances {
    /// Room for up to `most` trials a question.
    pub(crate) fn with_capacity(most: u32) -> Self {
        let empty = || vec![0.0; most as usize + 1];
        Self { events: empty(), others: empty(), trials: empty() }
    }

    /// Of all questions, each with weight 1.
    pub(crate) fn of(trials: impl Iterator<Item = Trials> + Clone) -> Self {
        let mut counts = Self::with_capacity(trials.clone().map(|trials| trials.trials).max().unwrap_or(0));
        trials.for_each(|trials| counts.add(trials, 1.0));
        counts.accumulate();
        counts
    }

    /// Forgets everything added.
    pub(crate) fn clear(&mut self) {
        for counts in [&mut self.events, &mut self.others, &mut self.trials] {
            counts.fill(0.0);
        }
    }

    /// Adds a question; [`Self::accumulate`] must follow once all are there. More trials than there is room for count
    /// as that many.
    pub(crate) fn add(&mut self, trials: Trials, weight: f64) {
        let others = trials.trials.saturating_sub(trials.events);
        for (counts, value) in
            [(&mut self.events, trials.events), (&mut self.others, others), (&mut self.trials, trials.trials)]
        {
            let last = counts.len().saturating_sub(1);
            if let Some(count) = counts.get_mut((value as usize).min(last)) {
                *count += weight;
            }
        }
    }

    /// From "with `j` events" to "with more than `j` events".
    pub(crate) fn accumulate(&mut self) {
        for counts in [&mut self.events, &mut self.others, &mut self.trials] {
            let mut more = 0.0;
            for count in counts.iter_mut().rev() {
                let here = *count;
                *count = more;
                more += here;
            }
        }
    }

    /// Events and trials over all questions.
    fn totals(&self) -> (f64, f64) {
        (self.events.iter().sum(), self.trials.iter().sum())
    }

    /// The log-likelihood of the module's head.
    pub(crate) fn log_likelihood(&self, mean: f64, theta: f64) -> f64 {
        let terms = |counts: &[f64], start: f64| -> f64 {
            // Exceedances fall with `j`, so the first zero ends the sum.
            let counts = counts.iter().zip(0u32..).take_while(|(count, _)| **count > 0.0);
            counts.map(|(count, j)| count * (start + f64::from(j) * theta).ln()).sum()
        };
        terms(&self.events, mean) + terms(&self.others, 1.0 - mean) - terms(&self.trials, 1.0)
    }

    /// First and second derivatives in `mu` and `theta`.
    fn derivatives(&self, mean: f64, theta: f64) -> Derivatives {
        let mut d = Derivatives::default();
        for (counts, start, sign) in [(&self.events, mean, 1.0), (&self.others, 1.0 - mean, -1.0)] {
            for (count, j) in counts.iter().zip(0u32..).take_while(|(count, _)| **count > 0.0) {
                let j = f64::from(j);
                let inverse = 1.0 / (start + j * theta);
                let (first, second) = (count * inverse, count * inverse * inverse);
                d.mean += sign * first;
                d.theta += j * first;
                d.mean_mean -= second;
                d.mean_theta -= sign * j * second;
                d.theta_theta -= j * j * second;
            }
        }
        for (count, j) in self.trials.iter().zip(0u32..).take_while(|(count, _)| **count > 0.0) {
            let j = f64::from(j);
            let inverse = j / (1.0 + j * theta);
            d.theta -= count * inverse;
            d.theta_theta += count * inverse * inverse;
        }
        d
    }

    /// The maximum; `None` when nothing was tried.
    pub(crate) fn maximise(&self) -> Option<BetaBinomial> {
        let (events, trials) = self.totals();
        if trials <= 0.0 {
            return None;
        }
        let pooled = events / trials;
        let shared = BetaBinomial { mean: pooled, theta: 0.0, gain: 0.0 };
        // Without both outcomes every theta explains the data alike; and where the likelihood falls as theta leaves 0,
        // the maximum is there.
        let variance = pooled * (1.0 - pooled);
        if variance <= 0.0 || self.derivatives(pooled, 0.0).theta <= 0.0 {
            return Some(shared);
        }
        let start = self.log_likelihood(pooled, 0.0);
        let ends = [0.02, 0.5].map(|theta: f64| self.climb((pooled / (1.0 - pooled)).ln(), theta.ln()));
        let best = if ends[0].2 >= ends[1].2 { ends[0] } else { ends[1] };
        let (logit, log_theta, top) = best;
        if top <= start {
            return Some(shared);
        }
        Some(BetaBinomial { mean: logistic(logit), theta: log_theta.exp(), gain: top - start })
    }

    /// Newton's method with halved steps over `logit mu` and `ln theta`; gives where it ends and the log-likelihood
    /// there.
    fn climb(&self, mut logit: f64, mut log_theta: f64) -> (f64, f64, f64) {
        let value = |logit: f64, log_theta: f64| self.log_likelihood(logistic(logit), log_theta.exp());
        let mut top = value(logit, log_theta);
        for _ in 0..ITERATIONS {
            let (mean, theta) = (logistic(logit), log_theta.exp());
            let step = self.derivatives(mean, theta).newton_step(mean, theta);
            let mut share = 1.0;
            let mut gained = 0.0;
            for _ in 0..30 {
                let moved = (
                    (logit + share * step.0).clamp(-30.0, 30.0),
                    (log_theta + share * step.1).clamp(LEAST_THETA.ln(), MOST_THETA.ln()),
                );
                let there = value(moved.0, moved.1);
                if there > top {
                    gained = there - top;
                    (logit, log_theta) = moved;
                    top = there;
                    break;
                }
                share *= 0.5;
            }
            if gained < TOLERANCE {
                break;
            }
        }
        (logit, log_theta, top)
    }
}

/// A fitted beta-binomial.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct BetaBinomial {
    /// `mu`.
    pub(crate) mean: f64,
    /// `theta = 1 / (alpha + beta)`; 0 is one rate for all.
    pub(crate) theta: f64,
    /// Log-likelihood above that of one shared rate, at least 0.
    pub(crate) gain: f64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Derivatives {
    mean: f64,
    theta: f64,
    mean_mean: f64,
    mean_theta: f64,
    theta_theta: f64,
}

impl Derivatives {
    /// Newton's step in `(logit mu, ln theta)`; where the surface is not concave, a step along the gradient.
    fn newton_step(&self, mean: f64, theta: f64) -> (f64, f64) {
        let scale = mean * (1.0 - mean);
        let gradient = (self.mean * scale, self.theta * theta);
        let logit_logit = self.mean_mean * scale * scale + gradient.0 * (1.0 - 2.0 * mean);
        let logit_theta = self.mean_theta * scale * theta;
        let theta_theta = self.theta_theta * theta * theta + gradient.1;
        let determinant = logit_logit * theta_theta - logit_theta * logit_theta;
        let (first, second) = if logit_logit < 0.0 && determinant > 0.0 {
            (
                (logit_theta * gradient.1 - theta_theta * gradient.0) / determinant,
                (logit_theta * gradient.0 - logit_logit * gradient.1) / determinant,
            )
        } else {
            let size = (gradient.0 * gradient.0 + gradient.1 * gradient.1).sqrt().max(f64::MIN_POSITIVE);
            (gradient.0 / size, gradient.1 / size)
        };
        (first.clamp(-3.0, 3.0), second.clamp(-3.0, 3.0))
    }
}

/// `1 / (1 + exp(-x))`.
pub(crate) fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}
