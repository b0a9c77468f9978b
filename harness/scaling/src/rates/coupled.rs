//! The prior of `p_0q` given `pi_q`.
//!
//! `p_0q ~ Beta(m / theta, (1 - m) / theta)` with `logit m = intercept + slope (logit pi_q - centre)`: a question that
//! is hard for re-answers is hard for the first answer too. One to four first answers a question say little by
//! themselves, so how `p_0q` goes with `pi_q` decides what `max(p_0q, pi_q)` is on average. `pi_q` is itself uncertain:
//! its posterior (from the exits of both states) is kept as [`BINS`] bins of log-odds, the likelihood of the first
//! answers is summed over them, and what is believed of `p_0q` is a mixture over them. A regression on a point estimate
//! of `pi_q` would call the error of that estimate a difference between `p_0q` and `pi_q`, and invent a gating gap.
//!
//! Weak priors: half a right and half a wrong first answer at the centre; slope 1 with deviation 1; `ln theta` around a
//! strength of 30 with deviation 2. Where no question has two first answers theta cannot be seen and is taken as none.

use super::beta_binomial::logistic;
use super::counts::Trials;
use super::nodes::{Beta, NODES, Nodes};
use super::outlook::Summary;
use super::regression::{FULL, Prior, WARM};
use crate::optimise::minimise;

/// Bins of a question's `pi_q`.
const BINS: usize = 16;
/// Log-odds of `pi_q` beyond this are this.
const FURTHEST: f64 = 7.0;
/// Range of the bins around the mean, in standard deviations.
const REACH: f64 = 3.5;
const SLOPE: f64 = 1.0;
const SLOPE_DEVIATION: f64 = 1.0;
const THETA: f64 = 1.0 / 30.0;
const LOG_THETA_DEVIATION: f64 = 2.0;
const MOST_THETA: f64 = 50.0;

/// The posterior of a question's `pi_q`, binned by log-odds.
#[derive(Debug, Clone)]
pub(super) struct Settled {
    log_odds: [f64; BINS],
    fixed_point: [f64; BINS],
    weight: [f64; BINS],
}

impl Settled {
    /// From the posteriors of `a_q` and `b_q`.
    pub(super) fn new(right: Beta, wrong: Beta) -> Self {
        let (right, wrong) = (right.nodes(), wrong.nodes());
        let (mut mean, mut square) = (0.0, 0.0);
        let each = |visit: &mut dyn FnMut(f64, usize, usize, f64)| {
            for i in 0..NODES {
                for j in 0..NODES {
                    let log_odds = (wrong.log[j] - right.log[i]).clamp(-FURTHEST, FURTHEST);
                    visit(log_odds, i, j, right.weight[i] * wrong.weight[j]);
                }
            }
        };
        each(&mut |log_odds, _, _, weight| {
            mean += weight * log_odds;
            square += weight * log_odds * log_odds;
        });
        let deviation = (square - mean * mean).max(1e-12).sqrt();
        let (first, width) = (mean - REACH * deviation, 2.0 * REACH * deviation / BINS as f64);
        let mut settled = Self { log_odds: [0.0; BINS], fixed_point: [0.0; BINS], weight: [0.0; BINS] };
        each(&mut |log_odds, i, j, weight| {
            let bin = (((log_odds - first) / width).max(0.0) as usize).min(BINS - 1);
            settled.weight[bin] += weight;
            settled.log_odds[bin] += weight * log_odds;
            settled.fixed_point[bin] += weight * wrong.value[j] / (right.value[i] + wrong.value[j]);
        });
        for bin in 0..BINS {
            let weight = settled.weight[bin].max(f64::MIN_POSITIVE);
            settled.log_odds[bin] /= weight;
            settled.fixed_point[bin] /= weight;
        }
        settled
    }

    pub(super) fn mean_log_odds(&self) -> f64 {
        self.log_odds.iter().zip(self.weight).map(|(log_odds, weight)| log_odds * weight).sum()
    }
}

/// First answers by question.
#[derive(Debug, Clone)]
pub(super) struct Coupling {
    trials: Vec<Trials>,
    centre: f64,
    /// Some question has two first answers.
    pub(super) spread_identified: bool,
}

impl Coupling {
    pub(super) fn new(trials: Vec<Trials>, centre: f64) -> Self {
        let spread_identified = trials.iter().any(|trials| trials.trials > 1);
        Self { trials, centre, spread_identified }
    }

    pub(super) fn questions(&self) -> usize {
        self.trials.len()
    }

    pub(super) fn trials(&self, question: usize) -> Trials {
        self.trials[question]
    }

    /// The prior that fits best, each question counted with its weight; from another fit's end where there is one.
    pub(super) fn fit(&self, settled: &[Option<Settled>], weights: Option<&[f64]>, start: Option<Prior>) -> Prior {
        let weight = |question: usize| weights.map_or(1.0, |weights| weights[question]);
        let (mut events, mut trials) = (0.5, 1.0);
        for (question, counts) in self.trials.iter().enumerate() {
            events += weight(question) * f64::from(counts.events);
            trials += weight(question) * f64::from(counts.trials);
        }
        let least = -f64::ln(trials);
        let most = if self.spread_identified { MOST_THETA.ln().max(least) } else { least };
        let cost = |&[intercept, slope, log_theta]: &[f64; 3]| {
            let bounded = log_theta.clamp(least, most);
            let prior = Prior { parameters: [intercept, slope, bounded] };
            let mut fit = 0.0;
            for (question, (counts, settled)) in self.trials.iter().zip(settled).enumerate() {
                if let (Some(settled), true) = (settled, weight(question) > 0.0) {
                    let likelihood = self.likelihoods(settled, *counts, &prior).iter().sum::<f64>();
                    fit += weight(question) * likelihood.max(f64::MIN_POSITIVE).ln();
                }
            }
            let average = prior.average_mean();
            let slope = (slope - SLOPE) / SLOPE_DEVIATION;
            let spread = if self.spread_identified { (bounded - THETA.ln()) / LOG_THETA_DEVIATION } else { 0.0 };
            let outside = log_theta - bounded;
            0.5 * (slope * slope + spread * spread) + 0.05 * outside * outside
                - fit
                - 0.5 * (average.ln() + (1.0 - average).ln())
        };
        let parameters = match start {
            Some(prior) => minimise(cost, prior.parameters, WARM).0,
            None => {
                let level = (events / (trials - events).max(0.5)).ln();
                let ends = [0.02f64, 0.4].map(|theta| minimise(cost, [level, SLOPE, theta.ln()], FULL));
                if ends[1].1 < ends[0].1 { ends[1].0 } else { ends[0].0 }
            }
        };
        let [intercept, slope, log_theta] = parameters;
        Prior { parameters: [intercept, slope, log_theta.clamp(least, most)] }
    }

    fn mean(&self, settled: &Settled, bin: usize, prior: &Prior) -> f64 {
        let [intercept, slope, _] = prior.parameters;
        logistic((intercept + slope * (settled.log_odds[bin] - self.centre)).clamp(-12.0, 12.0))
    }

    /// Weight of each bin times the beta-binomial probability of the question's first answers there.
    fn likelihoods(&self, settled: &Settled, counts: Trials, prior: &Prior) -> [f64; BINS] {
        let theta = prior.parameters[2].exp();
        std::array::from_fn(|bin| {
            let mean = self.mean(settled, bin, prior);
            let product = |count: u32, start: f64| (0..count).map(|j| start + f64::from(j) * theta).product::<f64>();
            let others = counts.trials.saturating_sub(counts.events);
            settled.weight[bin] * product(counts.events, mean) * product(others, 1.0 - mean)
                / product(counts.trials, 1.0)
        })
    }

    /// What is believed of `p_0q` and `pi_q` after the question's own first answers: weight, `p_0q`, `pi_q` of each
    /// bin.
    fn mixture(&self, settled: &Settled, prior: &Prior, question: usize) -> [(f64, Beta, f64); BINS] {
        let counts = self.trials[question];
        let likelihoods = self.likelihoods(settled, counts, prior);
        let total = likelihoods.iter().sum::<f64>().max(f64::MIN_POSITIVE);
        let strength = prior.strength();
        std::array::from_fn(|bin| {
            let mean = self.mean(settled, bin, prior);
            let others = counts.trials.saturating_sub(counts.events);
            let beta = Beta {
                alpha: mean * strength + f64::from(counts.events),
                beta: (1.0 - mean) * strength + f64::from(others),
            };
            (likelihoods[bin] / total, beta, settled.fixed_point[bin])
        })
    }

    /// The Beta with the mean and the variance of what is believed of `p_0q`.
    pub(super) fn posterior(&self, settled: &Settled, prior: &Prior, question: usize) -> Beta {
        let (mut mean, mut square) = (0.0, 0.0);
        for (weight, beta, _) in self.mixture(settled, prior, question) {
            mean += weight * beta.mean();
            square += weight * (beta.variance() + beta.mean() * beta.mean());
        }
        let mean = mean.clamp(1e-9, 1.0 - 1e-9);
        let strength = (mean * (1.0 - mean) / (square - mean * mean).max(1e-12) - 1.0).max(1e-3);
        Beta { alpha: mean * strength, beta: (1.0 - mean) * strength }
    }

    /// What the question's posteriors expect of re-answering.
    pub(super) fn summary(&self, settled: &Settled, prior: &Prior, question: usize, margin: f64) -> Summary {
        let mut summary = Summary::frozen(0.0);
        for (weight, beta, fixed_point) in self.mixture(settled, prior, question) {
            if weight < 1e-9 {
                continue;
            }
            let first: Nodes = beta.nodes();
            let below = first.cumulative();
            let mean = below.value[NODES];
            let (share, sum) = {
                let index = at(&first, fixed_point);
                (below.weight[index], below.value[index])
            };
            summary.initial += weight * mean;
            summary.fixed_point += weight * fixed_point;
            summary.help += weight * (fixed_point * share - sum);
            summary.harm += weight * ((mean - sum) - fixed_point * (1.0 - share));
            summary.helps += weight * below.weight[at(&first, fixed_point - margin)];
            summary.harms += weight * (1.0 - below.weight[at(&first, fixed_point + margin)]);
        }
        summary
    }
}

/// How many nodes lie below this accuracy.
fn at(nodes: &Nodes, accuracy: f64) -> usize {
    if accuracy <= 0.0 {
        0
    } else if accuracy >= 1.0 {
        NODES
    } else {
        nodes.below((accuracy / (1.0 - accuracy)).ln())
    }
}
