//! `adaptive_weighted_sc`: the test of `adaptive_sc` on sums of verifier scores, a baseline of this project.
//!
//! Parallel draws until `P(Beta(s1 + 1, s2 + 1) > 1/2) >= confidence`, with `s1 >= s2` the two largest sums of scores by
//! class; returns the class with the largest sum. It needs no labels: the strongest cheap rule where a verifier is fair.
//! A draw without a score adds 0, as in `weighted_self_consistency`; missing answers only delay the stop.

use std::sync::Arc;

use statrs::function::beta::beta_reg;

use super::common::{Chooser, UpToBudget};
use super::interface::{Budget, Choice, Draw, DrawMode, Method, QuestionContext, Session};
use super::spec::{MethodSpec, ParameterKind, Parameters, Specified, new, parameters};
use super::weighted_self_consistency::Heaviest;

parameters! {
    /// Parameters of `adaptive_weighted_sc`.
    pub struct AdaptiveWeightedConfig {
        /// Probability that the leading class outweighs the runner-up at which drawing stops; 1 is never reached.
        confidence: f64 = 0.95, ParameterKind::PROBABILITY;
    }
}

/// The method as data.
pub const SPEC: MethodSpec = MethodSpec {
    name: "adaptive_weighted_sc",
    about: "the answer with the largest sum of verifier scores; stops when that class is probably ahead; needs a verifier",
    source: "the test of arXiv 2305.11860 on scores",
    parameters: AdaptiveWeightedConfig::PARAMETERS,
    learns: None,
    new: new::<AdaptiveWeightedConfig>,
};

impl Specified for AdaptiveWeightedConfig {
    const SPEC: &'static MethodSpec = &SPEC;

    fn method(self) -> Arc<dyn Method> {
        Arc::new(AdaptiveWeighted { config: self })
    }
}

/// Stops when the heaviest class is probably ahead.
#[derive(Debug, Clone, Copy, Default)]
pub struct AdaptiveWeighted {
    /// Parameters.
    pub config: AdaptiveWeightedConfig,
}

impl Method for AdaptiveWeighted {
    fn draws(&self) -> DrawMode {
        DrawMode::Parallel
    }

    fn uses_scores(&self) -> bool {
        true
    }

    fn session<'a>(&'a self, _question: &QuestionContext<'a>, budget: Budget) -> Box<dyn Session + 'a> {
        let chooser = Ahead { heaviest: Heaviest::default(), confidence: self.config.confidence };
        Box::new(UpToBudget::new(chooser, self.draws(), budget))
    }
}

/// The heaviest class, and whether it is sure enough.
#[derive(Debug)]
struct Ahead {
    heaviest: Heaviest,
    confidence: f64,
}

impl Chooser for Ahead {
    fn see(&mut self, index: usize, draw: &Draw) {
        self.heaviest.see(index, draw);
    }

    fn choice(&self) -> Choice {
        self.heaviest.choice()
    }

    fn settled(&self) -> bool {
        let (leader, runner_up) = self.heaviest.top_two();
        // The mean of the Beta is above one half just where the leader is ahead; 1 itself is reached by rounding only.
        self.confidence < 1.0 && beta_reg(runner_up + 1.0, leader + 1.0, 0.5) >= self.confidence
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::{ClassId, Tokens};
    use crate::methods::adaptive_sc::AdaptiveConfig;
    use crate::methods::config::MethodConfig;
    use crate::methods::interface::Decision;

    fn play(config: MethodConfig, draws: &[Draw]) -> (usize, Choice) {
        let method = config.build();
        let mut session = method.session(&QuestionContext::default(), Budget(u32::MAX));
        for seen in 0..=draws.len() {
            if let Decision::Stop(choice) = session.next(&draws[..seen]) {
                return (seen, choice);
            }
        }
        (draws.len() + 1, Choice::Missing)
    }

    fn draw(class: u32, score: Option<f64>) -> Draw {
        Draw { class: Some(ClassId(class)), score, completion_tokens: Tokens(1), ..Draw::default() }
    }

    #[test]
    fn with_scores_of_one_it_is_adaptive_sc() {
        for pattern in [[0, 0, 0, 0, 0], [0, 1, 0, 0, 1], [0, 1, 2, 1, 1], [2, 2, 1, 0, 2]] {
            let draws: Vec<Draw> = (0..60).map(|i| draw(pattern[i % 5], Some(1.0))).collect();
            for confidence in [0.6, 0.8, 0.95, 0.99] {
                let weighted = play(AdaptiveWeightedConfig { confidence }.into(), &draws);
                assert_eq!(weighted, play(AdaptiveConfig { confidence, ..Default::default() }.into(), &draws));
            }
        }
    }

    #[test]
    fn scores_decide_who_leads_and_when_it_is_sure() {
        // Two draws of class 1 outweigh three of class 0.
        let mut draws =
            vec![draw(0, Some(0.1)), draw(0, Some(0.1)), draw(0, None), draw(1, Some(0.9)), draw(1, Some(0.9))];
        draws.extend([draw(1, Some(0.9)); 9]);
        let (seen, choice) = play(AdaptiveWeightedConfig::default().into(), &draws);
        assert_eq!(choice, Choice::Draw(3));
        // I_1/2(1.2, 0.9 n + 1) first reaches 0.95 at n = 5 draws of class 1: by the definition, draw by draw.
        let sure = |n: f64| beta_reg(0.2 + 1.0, 0.9 * n + 1.0, 0.5) >= 0.95;
        let first = (1..).find(|n| sure(f64::from(*n))).unwrap();
        assert_eq!(seen, 3 + first as usize);
        let unsure = vec![draw(0, None); 30];
        assert_eq!(play(AdaptiveWeightedConfig::default().into(), &unsure).0, 31, "no score, no certainty");
    }
}
