//! What a question's posteriors of `p_0`, `a` and `b` expect of re-answering.
//!
//! The maximum of two noisy estimates is biased upwards, so `max(p_0q, pi_q)` is never taken of posterior means: it is
//! integrated over the posteriors ([`super::coupled`]), on [`super::nodes`].

use super::empirical::Posteriors;
use super::nodes::{Beta, NODES, Nodes};
use crate::Interval;
use crate::statistics::quantile;

/// Expectations over one question's posteriors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Summary {
    /// E `p_0`.
    pub(super) initial: f64,
    /// E `pi`.
    pub(super) fixed_point: f64,
    /// E max(0, `pi - p_0`).
    pub(super) help: f64,
    /// E max(0, `p_0 - pi`).
    pub(super) harm: f64,
    /// P(`pi - p_0 > margin`).
    pub(super) helps: f64,
    /// P(`p_0 - pi > margin`).
    pub(super) harms: f64,
}

impl Summary {
    /// Of a chain that never leaves its state.
    pub(super) fn frozen(initial: f64) -> Self {
        Self { initial, fixed_point: initial, help: 0.0, harm: 0.0, helps: 0.0, harms: 0.0 }
    }
}

/// A question's posteriors as nodes.
#[derive(Debug, Clone)]
pub(super) struct Outlook {
    initial: Beta,
    right: Nodes,
    wrong: Nodes,
}

impl Outlook {
    pub(super) fn new(posteriors: &Posteriors) -> Self {
        Self { initial: posteriors.initial, right: posteriors.right.nodes(), wrong: posteriors.wrong.nodes() }
    }

    /// Calls back with every pair of nodes: `a`, `b`, `ln b - ln a` (the log-odds of `pi`), weight.
    fn pairs(&self, mut visit: impl FnMut(f64, f64, f64, f64)) {
        for i in 0..NODES {
            for j in 0..NODES {
                let log_odds = self.wrong.log[j] - self.right.log[i];
                visit(self.right.value[i], self.wrong.value[j], log_odds, self.right.weight[i] * self.wrong.weight[j]);
            }
        }
    }

    /// `pi` with its interval.
    pub(super) fn fixed_point(&self) -> Interval {
        // Equal shares of the distribution, so that quantiles are those of a plain sample.
        let mut values: Vec<(f64, f64)> = Vec::with_capacity(NODES * NODES);
        let mut point = 0.0;
        self.pairs(|a, b, _, weight| {
            point += weight * b / (a + b);
            values.push((b / (a + b), weight));
        });
        values.sort_unstable_by(|left, right| left.0.total_cmp(&right.0));
        let mut sample = Vec::with_capacity(200);
        let mut passed = 0.0;
        for (value, weight) in values {
            passed += weight;
            while passed * 200.0 >= sample.len() as f64 + 0.5 && sample.len() < 200 {
                sample.push(value);
            }
        }
        Interval { point, low: quantile(&sample, 0.025).min(point), high: quantile(&sample, 0.975).max(point) }
    }

    /// Mean and variance over the posteriors of the accuracy at each round from `from` on, and the mean of its square
    /// complement `p_n (1 - p_n)`.
    pub(super) fn accuracies(&self, from: usize, rounds: usize) -> Vec<Accuracy> {
        let (mean, variance) = (self.initial.mean(), self.initial.variance());
        let mut accuracies = vec![Accuracy::default(); rounds];
        self.pairs(|a, b, _, weight| {
            let fixed_point = b / (a + b);
            let memory = 1.0 - a - b;
            let mut left = memory.powi(i32::try_from(from).unwrap_or(i32::MAX));
            for accuracy in &mut accuracies {
                let expected = fixed_point + left * (mean - fixed_point);
                accuracy.mean += weight * expected;
                accuracy.square += weight * (expected * expected + left * left * variance);
                left *= memory;
            }
        });
        accuracies
    }
}

/// Moments of `p_n` over a question's posteriors.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Accuracy {
    /// E `p_n`.
    pub(super) mean: f64,
    /// E `p_n^2`.
    pub(super) square: f64,
}
