//! `best_of_n`: N parallel answers, the one with the highest verifier score (arXiv 2110.14168). Ties go to the earlier
//! draw; a draw without a score ranks below every scored one, one without an answer below every answer.
//!
//! `legacy: true` ranks by score alone, as published code does: a draw without an answer can win, and is then wrong.

use std::sync::Arc;

use super::common::{HighestScore, UpToBudget, rank_by_score, rank_by_score_alone};
use super::interface::{Budget, DrawMode, Method, QuestionContext, Ranking, Session};
use super::spec::{MethodSpec, ParameterKind, Parameters, Specified, new, parameters};

parameters! {
    /// Parameters of `best_of_n`.
    pub struct BestOfNConfig {
        /// As published code: a missing answer can have the highest score and is then returned.
        legacy: bool = false, ParameterKind::Flag;
    }
}

/// The method as data.
pub const SPEC: MethodSpec = MethodSpec {
    name: "best_of_n",
    about: "the parallel answer with the highest verifier score; needs a verifier",
    source: "arXiv 2110.14168",
    parameters: BestOfNConfig::PARAMETERS,
    learns: None,
    new: new::<BestOfNConfig>,
};

impl Specified for BestOfNConfig {
    const SPEC: &'static MethodSpec = &SPEC;

    fn method(self) -> Arc<dyn Method> {
        Arc::new(BestOfN { config: self })
    }
}

/// The highest-scored answer.
#[derive(Debug, Clone, Copy, Default)]
pub struct BestOfN {
    /// Parameters.
    pub config: BestOfNConfig,
}

impl Method for BestOfN {
    fn draws(&self) -> DrawMode {
        DrawMode::Parallel
    }

    fn uses_scores(&self) -> bool {
        true
    }

    fn ranking(&self) -> Option<Ranking> {
        Some(Ranking::Seen(if self.config.legacy { rank_by_score_alone } else { rank_by_score }))
    }

    fn session<'a>(&'a self, _question: &QuestionContext<'a>, budget: Budget) -> Box<dyn Session + 'a> {
        Box::new(UpToBudget::new(HighestScore::new(self.config.legacy), self.draws(), budget))
    }
}
