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

use serde::Serialize;

use super::common::{Chooser, UpToBudget};
use super::interface::{Budget, Choice, Draw, DrawMode, Method, QuestionContext, Session};
use super::votes::MostFrequent;
use boundary::Boundary;
use dirichlet::largest_share;

/// What "probably the majority" means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Criterion {
    /// The leader against the runner-up.
    Beta,
    /// The leader against all other classes seen.
    Dirichlet,
}

impl Criterion {
    /// The name used in configs and labels.
    pub fn name(self) -> &'static str {
        match self {
            Self::Beta => "beta",
            Self::Dirichlet => "dirichlet",
        }
    }
}

/// Parameters of `adaptive_sc`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AdaptiveConfig {
    /// What "probably the majority" means (default `beta`).
    pub criterion: Criterion,
    /// Probability at which it stops, in [0, 1] (default 0.95); 1 is never reached.
    pub confidence: f64,
    /// Vote as the published code does (default false).
    pub legacy: bool,
}

impl Default for AdaptiveConfig {
    fn default() -> Self {
        Self { criterion: Criterion::Beta, confidence: 0.95, legacy: false }
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
