//! `adaptive_sc` (ASC): parallel draws until the leading class is probably the majority; the most frequent class (arXiv
//! 2305.11860). Tested after every draw, with `v1` and `v2` the votes of the leader and of the runner-up:
//!
//! - `beta`: stop when `P(Beta(v1 + 1, v2 + 1) > 1/2) >= confidence` ([`boundary`]). At 0.95 an unopposed leader needs 4
//!   votes, so ASC is the majority vote for `N <= 4`.
//! - `dirichlet`: stop when the leader has the largest share with that probability, the shares being
//!   Dirichlet(votes + 1) over the classes seen ([`dirichlet`]). With two classes that is `beta`; with one it is `beta`
//!   against a runner-up without votes, as in the published code.
//!
//! Missing and cut-off answers have no votes, so they only delay the stop. `legacy`: raw strings vote, and missing answers
//! are one candidate that can lead. The published Dirichlet test estimates its integral by Monte Carlo over the five
//! largest classes; here it is computed exactly over all of them, under `legacy` too, because noise is not a rule.

pub mod boundary;
pub mod dirichlet;

use std::sync::Arc;

use super::common::{Chooser, UpToBudget};
use super::interface::{Budget, Choice, Draw, DrawMode, Method, QuestionContext, Session};
use super::spec::{MethodSpec, ParameterKind, Parameters, Specified, new, parameters};
use super::votes::MostFrequent;
use crate::words::words;
use boundary::Boundary;
use dirichlet::largest_share;

words! {
    /// What "probably the majority" means.
    pub enum Criterion {
        /// The leader against the runner-up.
        Beta = "beta",
        /// The leader against all other classes seen.
        Dirichlet = "dirichlet",
    }
}

parameters! {
    /// Parameters of `adaptive_sc`.
    pub struct AdaptiveConfig {
        /// The leader against the runner-up, or against every class seen.
        criterion: Criterion = Criterion::Beta, ParameterKind::Words(Criterion::NAMES);
        /// Probability that the leader is the majority at which drawing stops; 1 is never reached.
        confidence: f64 = 0.95, ParameterKind::PROBABILITY;
        /// As published code: raw strings vote, and so do missing answers.
        legacy: bool = false, ParameterKind::Flag;
    }
}

/// The method as data.
pub const SPEC: MethodSpec = MethodSpec {
    name: "adaptive_sc",
    about: "ASC: the most frequent of all drawn; stops when the leader is probably the majority",
    source: "arXiv 2305.11860",
    parameters: AdaptiveConfig::PARAMETERS,
    learns: None,
    new: new::<AdaptiveConfig>,
};

impl Specified for AdaptiveConfig {
    const SPEC: &'static MethodSpec = &SPEC;

    fn method(self) -> Arc<dyn Method> {
        Arc::new(Adaptive { config: self })
    }
}

/// Stops when the leader is probably the majority.
#[derive(Debug, Clone, Copy, Default)]
pub struct Adaptive {
    /// Parameters.
    pub config: AdaptiveConfig,
}

impl Method for Adaptive {
    fn draws(&self) -> DrawMode {
        DrawMode::Parallel
    }

    fn uses_scores(&self) -> bool {
        false
    }

    fn session<'a>(&'a self, _question: &QuestionContext<'a>, budget: Budget) -> Box<dyn Session + 'a> {
        Box::new(UpToBudget::new(Confident::new(self.config), self.draws(), budget))
    }
}

/// The majority of all draws, and whether it is sure enough.
#[derive(Debug)]
struct Confident {
    config: AdaptiveConfig,
    majority: MostFrequent,
    boundary: Boundary,
    settled: bool,
}

impl Confident {
    fn new(config: AdaptiveConfig) -> Self {
        let (majority, boundary) = (MostFrequent::new(config.legacy), Boundary::new(config.confidence));
        Self { config, majority, boundary, settled: false }
    }
}

impl Chooser for Confident {
    fn see(&mut self, index: usize, draw: &Draw) {
        self.majority.see(index, draw);
        let (leader, runner_up) = self.majority.0.top_two();
        // Being ahead of everyone is never more probable than being ahead of the runner-up, so the quick test goes first.
        self.settled = self.boundary.reached(leader, runner_up)
            && match self.config.criterion {
                Criterion::Beta => true,
                Criterion::Dirichlet => {
                    let votes: Vec<u32> = self.majority.0.counts().collect();
                    votes.len() < 3 || largest_share(&votes) >= self.config.confidence
                }
            };
    }

    fn choice(&self) -> Choice {
        self.majority.choice()
    }

    fn settled(&self) -> bool {
        self.settled
    }
}
