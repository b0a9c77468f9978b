//! The prior of a rate over questions: Beta, its mean following what the question's other transitions say.
//!
//! `rate_q ~ Beta(m_q / theta, (1 - m_q) / theta)`, `logit m_q = intercept + slope x_q`, with a covariate `x_q` that
//! does not use the counts of this rate. A slope of 0 is the plain beta-binomial. The slope is there because a
//! question's rates are not independent: a hard question is left often when right and seldom when wrong, and most
//! questions visit only one of the two states, so that an independent prior for the other rate would pull easy and hard
//! questions to the middle.
//!
//! Intercept, slope and theta maximise the marginal (beta-binomial) likelihood, covariates taken by the means of
//! [`BINS`] equally filled bins. Weak priors keep the edges finite: half an event and half a non-event at the average
//! question; a normal prior with deviation 1 on the slope; one with deviation 1.5 on `ln theta`, around a strength of
//! 10, without which two first answers a question often put theta at 0 and every question's interval around nothing;
//! and the prior is never worth more than all observations that it was fitted to (`theta >= 1 / (trials + 1)`): without
//! overdispersion every question has about the pooled rate, and an interval no narrower than that of the pooled rate.

use super::beta_binomial::{BetaBinomial, Exceedances, logistic};
use super::counts::Trials;
use super::nodes::Beta;
use crate::optimise::{Search, minimise};

/// Bins of the covariate.
const BINS: usize = 10;
/// Most overdispersion: a strength of 0.02.
const MOST_THETA: f64 = 50.0;
/// Deviation of the slope's prior.
const SLOPE_DEVIATION: f64 = 1.0;
/// Centre of the prior of theta (a strength of 10), and the deviation of its logarithm.
const THETA: f64 = 0.1;
const LOG_THETA_DEVIATION: f64 = 1.5;

const FULL: Search = Search { step: 0.5, tolerance: 1e-5, iterations: 200 };
/// From the full fit's end to that of a resample.
const WARM: Search = Search { step: 0.15, tolerance: 1e-3, iterations: 60 };

/// A rate's counts by question, with the covariate that its prior may depend on.
#[derive(Debug, Clone)]
pub(super) struct Regression {
    trials: Vec<Trials>,
    /// Centred.
    covariate: Vec<f64>,
    bin: Vec<usize>,
    bin_covariate: Vec<f64>,
    /// Some question was tried twice, without which a spread between questions cannot be seen.
    pub(super) spread_identified: bool,
}

/// The prior of a rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Prior {
    /// `[intercept, slope, ln theta]`
    parameters: [f64; 3],
}

impl Prior {
    /// Mean at a covariate.
    fn mean(&self, covariate: f64) -> f64 {
        logistic((self.parameters[0] + self.parameters[1] * covariate).clamp(-12.0, 12.0))
    }

    pub(super) fn average_mean(&self) -> f64 {
        self.mean(0.0)
    }

    pub(super) fn slope(&self) -> f64 {
        self.parameters[1]
    }

    /// The same with the spread that is assumed where none can be told.
    pub(super) fn with_assumed_spread(self) -> Self {
        let [intercept, slope, _] = self.parameters;
        Self { parameters: [intercept, slope, THETA.ln()] }
    }

    /// `alpha + beta`.
    pub(super) fn strength(&self) -> f64 {
        (-self.parameters[2]).exp()
    }
}

impl Regression {
    pub(super) fn new(trials: Vec<Trials>, covariate: &[f64]) -> Self {
        let centre = covariate.iter().sum::<f64>() / (covariate.len().max(1) as f64);
        let covariate: Vec<f64> = covariate.iter().map(|x| x - centre).collect();
        let mut order: Vec<usize> = (0..covariate.len()).collect();
        order.sort_by(|&left, &right| covariate[left].total_cmp(&covariate[right]));
        let mut bin = vec![0; order.len()];
        let bins = BINS.min(order.len()).max(1);
        let mut sums = vec![(0.0, 0.0); bins];
        for (rank, &index) in order.iter().enumerate() {
            bin[index] = rank * bins / order.len();
            // Equal covariates share a bin, so that the order of questions changes nothing.
            if rank > 0 && covariate[order[rank - 1]] == covariate[index] {
                bin[index] = bin[order[rank - 1]];
            }
            sums[bin[index]].0 += covariate[index];
            sums[bin[index]].1 += 1.0;
        }
        let bin_covariate = sums.iter().map(|(sum, count): &(f64, f64)| sum / count.max(1.0)).collect();
        let spread_identified = trials.iter().any(|trials| trials.trials > 1);
        Self { trials, covariate, bin, bin_covariate, spread_identified }
    }

    /// The prior that fits the questions best, each counted with its weight; from another fit's end where there is one.
    pub(super) fn fit(&self, weights: Option<&[f64]>, start: Option<Prior>) -> Prior {
        let likelihood = Likelihood::new(self, weights);
        let cost = |parameters: &[f64; 3]| likelihood.penalised_cost(parameters);
        let parameters = match start {
            Some(prior) => minimise(cost, prior.parameters, WARM).0,
            None => {
                let start = ((likelihood.events + 0.5) / (likelihood.trials - likelihood.events + 0.5)).ln();
                let ends = [0.05f64, 0.8].map(|theta| minimise(cost, [start, 0.0, theta.ln()], FULL));
                if ends[1].1 < ends[0].1 { ends[1].0 } else { ends[0].0 }
            }
        };
        let [intercept, slope, log_theta] = parameters;
        Prior { parameters: [intercept, slope, likelihood.bounded(log_theta)] }
    }

    /// What is believed of a question's rate after its own counts.
    pub(super) fn posterior(&self, prior: &Prior, question: usize) -> Beta {
        let (mean, strength) = (prior.mean(self.covariate[question]), prior.strength());
        let Trials { events, trials } = self.trials[question];
        Beta {
            alpha: mean * strength + f64::from(events),
            beta: (1.0 - mean) * strength + f64::from(trials.saturating_sub(events)),
        }
    }

    pub(super) fn questions(&self) -> usize {
        self.trials.len()
    }

    pub(super) fn trials(&self, question: usize) -> Trials {
        self.trials[question]
    }
}

/// Exceedances by bin, for one weighting of the questions.
struct Likelihood {
    bins: Vec<(f64, Exceedances)>,
    events: f64,
    trials: f64,
    log_theta: [f64; 2],
    spread_identified: bool,
}

impl Likelihood {
    fn new(regression: &Regression, weights: Option<&[f64]>) -> Self {
        let most = regression.trials.iter().map(|trials| trials.trials).max().unwrap_or(0);
        let mut bins: Vec<(f64, Exceedances)> =
            regression.bin_covariate.iter().map(|x| (*x, Exceedances::with_capacity(most))).collect();
        let (mut events, mut trials) = (0.0, 0.0);
        for (question, counts) in regression.trials.iter().enumerate() {
            let weight = weights.map_or(1.0, |weights| weights[question]);
            if weight > 0.0 {
                bins[regression.bin[question]].1.add(*counts, weight);
                events += weight * f64::from(counts.events);
                trials += weight * f64::from(counts.trials);
            }
        }
        bins.iter_mut().for_each(|(_, counts)| counts.accumulate());
        let least = -(trials + 1.0).ln();
        // A spread that cannot be seen is taken as none.
        let most = if regression.spread_identified { MOST_THETA.ln().max(least) } else { least };
        Self { bins, events, trials, log_theta: [least, most], spread_identified: regression.spread_identified }
    }

    fn bounded(&self, log_theta: f64) -> f64 {
        log_theta.clamp(self.log_theta[0], self.log_theta[1])
    }

    /// Negative log-likelihood and priors.
    fn penalised_cost(&self, &[intercept, slope, log_theta]: &[f64; 3]) -> f64 {
        let bounded = self.bounded(log_theta);
        let theta = bounded.exp();
        let prior = Prior { parameters: [intercept, slope, bounded] };
        let fit: f64 = self.bins.iter().map(|(x, counts)| counts.log_likelihood(prior.mean(*x), theta)).sum();
        let average = prior.mean(0.0);
        let pseudo_counts = 0.5 * (average.ln() + (1.0 - average).ln());
        let slope = slope / SLOPE_DEVIATION;
        // Beyond its bounds theta changes nothing; a slight slope leads the search back.
        let outside = log_theta - bounded;
        let spread = if self.spread_identified { (bounded - THETA.ln()) / LOG_THETA_DEVIATION } else { 0.0 };
        0.5 * slope * slope + 0.5 * spread * spread + 0.05 * outside * outside - fit - pseudo_counts
    }
}

/// A rate's questions under the plain beta-binomial, for the covariates: posteriors that use this rate's counts only.
pub(super) fn plain_posteriors(trials: &[Trials]) -> Vec<Beta> {
    let total: f64 = trials.iter().map(|trials| f64::from(trials.trials)).sum();
    let fitted = Exceedances::of(trials.iter().copied()).maximise();
    let BetaBinomial { mean, theta, .. } = fitted.unwrap_or(BetaBinomial { mean: 0.5, theta: 1.0, gain: 0.0 });
    // The same edges as above: half an event and half a non-event, and no prior worth more than all observations.
    let mean = (mean * total + 0.5) / (total + 1.0);
    let strength = 1.0 / theta.clamp(1.0 / (total + 1.0), MOST_THETA);
    let posterior = |trials: &Trials| Beta {
        alpha: mean * strength + f64::from(trials.events),
        beta: (1.0 - mean) * strength + f64::from(trials.trials.saturating_sub(trials.events)),
    };
    trials.iter().map(posterior).collect()
}
