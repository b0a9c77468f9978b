//! A Beta distribution as a few weighted nodes, for expectations of functions that have no closed form.
//!
//! The nodes are equally spaced in log-odds over the range that holds the mass: there every Beta density is smooth and
//! falls exponentially on both sides, so the trapezoid rule is exact to many digits whether the Beta is U-shaped or a
//! spike. Log-odds beyond plus or minus 16 are one node: a rate of 1e-7 is a rate of 0 in any run.

/// Nodes of one distribution.
pub(super) const NODES: usize = 24;
/// Log-odds beyond which a rate is 0 or 1.
const FURTHEST: f64 = 16.0;
/// Where the log-density is this far below its top, the range ends.
const NEGLIGIBLE: f64 = 18.0;

/// A Beta(alpha, beta).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Beta {
    pub(super) alpha: f64,
    pub(super) beta: f64,
}

impl Beta {
    pub(super) fn mean(self) -> f64 {
        self.alpha / (self.alpha + self.beta)
    }

    pub(super) fn variance(self) -> f64 {
        let total = self.alpha + self.beta;
        self.alpha * self.beta / (total * total * (total + 1.0))
    }

    /// Logarithm of the density of the log-odds, up to a constant.
    fn log_density(self, log_odds: f64) -> f64 {
        let size = log_odds.abs();
        let small = (-size).exp().ln_1p();
        let (log, log_complement) = if log_odds > 0.0 { (-small, -size - small) } else { (-size - small, -small) };
        self.alpha * log + self.beta * log_complement
    }

    /// Where the density has become negligible on one side (`sign` -1 or 1) of its top.
    fn end(self, top: f64, sign: f64) -> f64 {
        let threshold = self.log_density(top) - NEGLIGIBLE;
        let mut step = (0.5 * (1.0 / self.alpha + 1.0 / self.beta).sqrt()).min(2.0);
        let mut end = top;
        while end.abs() < FURTHEST && self.log_density(end) > threshold {
            end += sign * step;
            step *= 1.2;
        }
        end.clamp(-FURTHEST, FURTHEST)
    }

    pub(super) fn nodes(self) -> Nodes {
        let top = (self.alpha / self.beta).ln().clamp(1.0 - FURTHEST, FURTHEST - 1.0);
        let (first, last) = (self.end(top, -1.0), self.end(top, 1.0));
        let step = (last - first) / (NODES - 1) as f64;
        let peak = self.log_density(top);
        let mut nodes = Nodes { first, step, value: [0.0; NODES], log: [0.0; NODES], weight: [0.0; NODES] };
        for index in 0..NODES {
            let log_odds = first + step * index as f64;
            nodes.value[index] = 1.0 / (1.0 + (-log_odds).exp());
            nodes.log[index] = nodes.value[index].ln();
            nodes.weight[index] = (self.log_density(log_odds) - peak).exp();
        }
        // What lies beyond the furthest log-odds: an exponential tail.
        if first <= -FURTHEST {
            nodes.weight[0] *= 0.5 + 1.0 / (self.alpha * step);
        }
        if last >= FURTHEST {
            nodes.weight[NODES - 1] *= 0.5 + 1.0 / (self.beta * step);
        }
        let total: f64 = nodes.weight.iter().sum();
        nodes.weight.iter_mut().for_each(|weight| *weight /= total);
        nodes
    }
}

/// Equally spaced log-odds with the weights of a Beta.
#[derive(Debug, Clone)]
pub(super) struct Nodes {
    first: f64,
    step: f64,
    /// The rate at each node.
    pub(super) value: [f64; NODES],
    /// Its logarithm.
    pub(super) log: [f64; NODES],
    /// Weights that sum to 1.
    pub(super) weight: [f64; NODES],
}

impl Nodes {
    /// How many nodes lie below these log-odds.
    pub(super) fn below(&self, log_odds: f64) -> usize {
        (((log_odds - self.first) / self.step).ceil().max(0.0) as usize).min(NODES)
    }

    /// Sums over the first nodes, by how many: of the weights, and of weight times value.
    pub(super) fn cumulative(&self) -> Cumulative {
        let mut sums = Cumulative { weight: [0.0; NODES + 1], value: [0.0; NODES + 1] };
        for index in 0..NODES {
            sums.weight[index + 1] = sums.weight[index] + self.weight[index];
            sums.value[index + 1] = sums.value[index] + self.weight[index] * self.value[index];
        }
        sums
    }
}

/// See [`Nodes::cumulative`].
#[derive(Debug, Clone)]
pub(super) struct Cumulative {
    pub(super) weight: [f64; NODES + 1],
    pub(super) value: [f64; NODES + 1],
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_those_of_the_beta() {
        for (alpha, beta) in
            [(0.5, 0.5), (0.05, 3.0), (0.3, 65.0), (1.0, 1.0), (700.0, 40.0), (4e-3, 4e-3), (9.0, 0.02)]
        {
            let exact = Beta { alpha, beta };
            let nodes = exact.nodes();
            let mean: f64 = nodes.value.iter().zip(nodes.weight).map(|(x, w)| x * w).sum();
            let variance: f64 = nodes.value.iter().zip(nodes.weight).map(|(x, w)| (x - mean).powi(2) * w).sum();
            assert!(
                (mean - exact.mean()).abs() < 2e-3 * exact.mean().min(1.0 - exact.mean()) + 1e-6,
                "{exact:?} {mean}"
            );
            assert!((variance / exact.variance() - 1.0).abs() < 1e-2, "{exact:?} {variance} {}", exact.variance());
        }
    }

    #[test]
    fn counts_nodes_below() {
        let nodes = Beta { alpha: 3.0, beta: 2.0 }.nodes();
        for cut in [0.01f64, 0.3, 0.5, 0.77, 0.99] {
            let expected = nodes.value.iter().filter(|value| **value < cut).count();
            assert_eq!(nodes.below((cut / (1.0 - cut)).ln()), expected);
        }
    }
}
