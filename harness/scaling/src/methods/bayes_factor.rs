//! `bayes_factor` (Best-of-infinity, arXiv 2509.21091): parallel draws until the evidence that the leading answer is the
//! model's most frequent one is strong enough; the most frequent class.
//!
//! With `K` classes seen and counts `c_i`, the shares of the classes and of what was not seen yet are Dirichlet with
//! parameters `c_i + 1` and `0.3 + 1`. `s` is the probability that the leader has the largest share, and drawing stops when
//! `(K + 1) s / (1 - s) >= factor`. The published code estimates `s` at 256 quantiles; here it is integrated exactly
//! ([`largest_share_against`]), because the error of a sum is no rule. An infinite factor is self-consistency.
//!
//! Missing and cut-off answers have no votes, so they only delay the stop.

use std::sync::Arc;

use super::adaptive_sc::dirichlet::largest_share_against;
use super::common::{Chooser, UpToBudget};
use super::interface::{Budget, Choice, Draw, DrawMode, Method, QuestionContext, Session};
use super::spec::{MethodSpec, ParameterKind, Parameters, Specified, new, parameters};
use super::votes::MostFrequent;

/// Draws that what was not seen yet counts as.
const UNSEEN: f64 = 0.3;

parameters! {
    /// Parameters of `bayes_factor`.
    pub struct BayesFactorConfig {
        /// The factor at which drawing stops; 10 is strong evidence, larger ones draw more.
        factor: f64 = 10.0, ParameterKind::Number { least: 1.0, open: false, most: 1e12 };
    }
}

/// The method as data.
pub const SPEC: MethodSpec = MethodSpec {
    name: "bayes_factor",
    about: "Best-of-infinity: the most frequent of all drawn; stops when the leader is the mode by a Bayes factor",
    source: "arXiv 2509.21091",
    parameters: BayesFactorConfig::PARAMETERS,
    learns: None,
    new: new::<BayesFactorConfig>,
};

impl Specified for BayesFactorConfig {
    const SPEC: &'static MethodSpec = &SPEC;

    fn method(self) -> Arc<dyn Method> {
        Arc::new(BayesFactor { config: self })
    }
}

/// Stops when the leader is the mode by a Bayes factor.
#[derive(Debug, Clone, Copy, Default)]
pub struct BayesFactor {
    /// Parameters.
    pub config: BayesFactorConfig,
}

impl Method for BayesFactor {
    fn draws(&self) -> DrawMode {
        DrawMode::Parallel
    }

    fn uses_scores(&self) -> bool {
        false
    }

    fn session<'a>(&'a self, _question: &QuestionContext<'a>, budget: Budget) -> Box<dyn Session + 'a> {
        let chooser = Evident { majority: MostFrequent::new(false), factor: self.config.factor };
        Box::new(UpToBudget::new(chooser, self.draws(), budget))
    }
}

/// The majority of all draws, and whether the evidence is strong enough.
#[derive(Debug)]
struct Evident {
    majority: MostFrequent,
    factor: f64,
}

impl Chooser for Evident {
    fn see(&mut self, index: usize, draw: &Draw) {
        self.majority.see(index, draw);
    }

    fn choice(&self) -> Choice {
        self.majority.choice()
    }

    fn settled(&self) -> bool {
        let votes: Vec<u32> = self.majority.0.counts().collect();
        !votes.is_empty() && bayes_factor(&votes) >= self.factor
    }
}

/// `(K + 1) s / (1 - s)` of the counts of the `K` classes seen; infinite where `s` rounds to 1.
pub fn bayes_factor(votes: &[u32]) -> f64 {
    let share = largest_share_against(votes, UNSEEN);
    (votes.len() as f64 + 1.0) * share / (1.0 - share)
}

#[cfg(test)]
mod tests {
    use statrs::function::beta::beta_reg;

    use super::*;

    #[test]
    fn a_single_class_is_held_against_what_was_not_seen() {
        for votes in [1u32, 2, 3, 8, 40] {
            // P(Gamma(v + 1) > Gamma(1.3)) = I_1/2(1.3, v + 1).
            let share = beta_reg(UNSEEN + 1.0, f64::from(votes) + 1.0, 0.5);
            let (found, expected) = (bayes_factor(&[votes]), 2.0 * share / (1.0 - share));
            assert!((found / expected - 1.0).abs() < 1e-6, "{votes}: {found} {expected}");
        }
    }

    #[test]
    fn more_votes_for_the_leader_are_more_evidence_and_for_others_less() {
        assert!(bayes_factor(&[5, 2]) > bayes_factor(&[4, 2]));
        assert!(bayes_factor(&[5, 2]) > bayes_factor(&[5, 3]));
        assert!(bayes_factor(&[3, 3]) < 3.0, "a tie is no evidence: {}", bayes_factor(&[3, 3]));
        let order = [bayes_factor(&[1, 6, 2]), bayes_factor(&[6, 2, 1])];
        assert!((order[0] - order[1]).abs() < 1e-12, "the order of classes does not count");
    }
}
