//! `mr_thinking`: a chain of N answers, each asked for with the last one in the prompt; the last answer that is not
//! missing (multi-round thinking, arXiv 2503.19855). N answers are N - 1 transitions of the chain.

use std::sync::Arc;

use super::common::{LastAnswer, UpToBudget};
use super::interface::{Budget, DrawMode, Method, QuestionContext, Session};
use super::spec::{MethodSpec, Parameters, Specified, new, parameters};

parameters! {
    /// The last answer of a chain.
    pub struct MrThinking;
}

/// The method as data.
pub const SPEC: MethodSpec = MethodSpec {
    name: "mr_thinking",
    about: "the last answer of a chain of N",
    source: "arXiv 2503.19855",
    parameters: MrThinking::PARAMETERS,
    learns: None,
    new: new::<MrThinking>,
};

impl Specified for MrThinking {
    const SPEC: &'static MethodSpec = &SPEC;

    fn method(self) -> Arc<dyn Method> {
        Arc::new(self)
    }
}

impl Method for MrThinking {
    fn draws(&self) -> DrawMode {
        DrawMode::Sequential
    }

    fn uses_scores(&self) -> bool {
        false
    }

    fn session<'a>(&'a self, _question: &QuestionContext<'a>, budget: Budget) -> Box<dyn Session + 'a> {
        Box::new(UpToBudget::new(LastAnswer::default(), self.draws(), budget))
    }
}
