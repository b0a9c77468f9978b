//! The probability that the leading class has the largest share, when shares are Dirichlet(votes + 1).
//!
//! Shares are proportional to independent `X_i ~ Gamma(votes_i + 1)`, so it is `integral of g_1(x) * product over the
//! others of G_i(x) dx`, with `g` the density and `G` the distribution function. For whole numbers `G` is a Poisson tail,
//! `G_i(x) = 1 - sum over k <= votes_i of e^-x x^k / k!`. Integrated over `u = ln x` by the trapezoidal rule, which
//! converges faster than any power of its step for a smooth integrand that vanishes at both ends; it is divided by the
//! same sum over `g_1` alone, so no gamma function is needed.

use statrs::function::gamma::gamma_lr;

/// Step of integration in widths of the leader's density over `ln x`: at 0.3 the rule is exact to 1e-13.
const STEP: f64 = 0.3;
/// Range above the mode in the same unit.
const ABOVE: f64 = 10.0;
/// Logarithm of what may be left out below the mode, where the density falls no faster than a power of `x`.
const LEFT_OUT: f64 = 40.0;
/// Beyond this, `e^-x` is too small a number to start a sum from.
const LARGE: f64 = 700.0;

/// `P(the first of the largest votes belongs to the class with the largest share)`, in [0, 1]; 1 for a single class (it
/// has no rival), 0 without any.
pub fn largest_share(votes: &[u32]) -> f64 {
    integrate(votes, |_| 1.0)
}

/// The same, against one more rival with this number of votes, which need not be whole.
pub fn largest_share_against(votes: &[u32], rival: f64) -> f64 {
    integrate(votes, |x| gamma_lr(rival + 1.0, x))
}

/// `P(X_1 > X_i for all others and below)`, where `below(x)` is the probability that anything else is below `x`.
fn integrate(votes: &[u32], below: impl Fn(f64) -> f64) -> f64 {
    let mut others = votes.to_vec();
    others.sort_unstable();
    let Some(leader) = others.pop() else { return 0.0 };
    let shape = f64::from(leader) + 1.0;
    // The log density of ln x is shape * u - e^u, with its mode at ln(shape) and curvature -shape there.
    let (mode, width) = (shape.ln(), shape.sqrt().recip());
    let (first, last) = ((ABOVE.max(LEFT_OUT * width) / STEP) as i32, (ABOVE / STEP) as i32);
    let (mut ahead, mut total) = (0.0, 0.0);
    for node in -first..=last {
        let u = mode + f64::from(node) * STEP * width;
        let x = u.exp();
        let density = (shape * (u - mode) - (x - shape)).exp();
        total += density;
        ahead += density * all_below(x, u, &others) * below(x);
    }
    (ahead / total).clamp(0.0, 1.0)
}

/// `product of P(X_i < x)`, the votes ascending; `log_x = ln x`.
fn all_below(x: f64, log_x: f64, votes: &[u32]) -> f64 {
    let mut product = 1.0;
    // The Poisson term e^-x x^k / k!, by its logarithm where it would underflow before it grows.
    let (mut term, mut log_term) = ((-x).exp(), -x);
    let (mut sum, mut next) = (0.0, 0u32);
    for &votes in votes {
        while next <= votes {
            sum += term;
            next += 1;
            if x < LARGE {
                term *= x / f64::from(next);
            } else {
                log_term += log_x - f64::from(next).ln();
                term = log_term.exp();
            }
        }
        product *= f64::max(1.0 - sum, 0.0);
    }
    product
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;
    use rand_distr::{Distribution, Gamma};

    use super::*;

    /// `P(Beta(v1 + 1, v2 + 1) > 1/2)` as a binomial sum.
    fn beta(leader: u32, runner_up: u32) -> f64 {
        let draws = leader + runner_up + 1;
        let mut mass = 0.5f64.powi(draws as i32);
        let mut tail = 0.0;
        for k in 0..=runner_up {
            tail += mass;
            mass *= f64::from(draws - k) / f64::from(k + 1);
        }
        1.0 - tail
    }

    proptest! {
        #[test]
        fn two_classes_are_the_beta_criterion(a in 0..70u32, b in 0..70u32) {
            let found = largest_share(&[a, b]);
            prop_assert!((found - beta(a.max(b), a.min(b))).abs() < 1e-12, "{found}");
        }

        #[test]
        fn chances_of_tied_classes_are_equal(votes in 0..40u32, classes in 2..9usize) {
            let found = largest_share(&vec![votes; classes]);
            prop_assert!((found - 1.0 / classes as f64).abs() < 1e-12, "{found}");
        }

        #[test]
        fn more_votes_help_and_more_rivals_harm(mut votes in prop::collection::vec(0..30u32, 3..8)) {
            votes.sort_unstable();
            let base = largest_share(&votes);
            prop_assert!(base <= largest_share(&votes[1..]) + 1e-12);
            let last = votes.len() - 1;
            votes[last] += 1;
            prop_assert!(largest_share(&votes) >= base - 1e-12);
        }
    }

    #[test]
    fn agrees_with_a_finer_rule_and_with_sampling() {
        for votes in [vec![9, 3, 2, 1, 1], vec![1, 1, 1], vec![40, 20, 4], vec![2, 1, 1, 1, 1, 1]] {
            let found = largest_share(&votes);
            // Simpson over x itself, a different rule on a different variable.
            let (leader, others) = (f64::from(votes[0]), &votes[1..]);
            let mut rivals = others.to_vec();
            rivals.sort_unstable();
            let (steps, most) = (200_000, 200.0);
            let (mut ahead, mut total) = (0.0, 0.0);
            for i in 1..steps {
                let x = most * f64::from(i) / f64::from(steps);
                let weight = if i % 2 == 1 { 4.0 } else { 2.0 };
                let density = weight * (leader * x.ln() - x - leader * leader.max(1.0).ln() + leader).exp();
                total += density;
                ahead += density * all_below(x, x.ln(), &rivals);
            }
            assert!((found - ahead / total).abs() < 1e-10, "{votes:?}: {found} {}", ahead / total);
            let mut random = ChaCha8Rng::seed_from_u64(5);
            let gammas: Vec<Gamma<f64>> =
                votes.iter().map(|&count| Gamma::new(f64::from(count) + 1.0, 1.0).unwrap()).collect();
            let wins = (0..40_000).filter(|_| {
                let shares: Vec<f64> = gammas.iter().map(|gamma| gamma.sample(&mut random)).collect();
                shares[1..].iter().all(|share| *share < shares[0])
            });
            let sampled = wins.count() as f64 / 40_000.0;
            assert!((found - sampled).abs() < 0.01, "{votes:?}: {found} {sampled}");
        }
    }

    #[test]
    fn edges() {
        assert_eq!(largest_share(&[]), 0.0);
        assert_eq!(largest_share(&[3]), 1.0);
        assert!(largest_share(&[60_000, 3, 2]) > 1.0 - 1e-12);
        assert!((largest_share(&[5_000, 5_000, 5_000]) - 1.0 / 3.0).abs() < 1e-9);
    }
}
