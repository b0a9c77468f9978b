//! `single`: one answer, whatever the budget. The baseline of every comparison.

use std::sync::Arc;

use super::common::{LastAnswer, UpToBudget};
use super::interface::{Budget, DrawMode, Method, QuestionContext, Ranking, Session};
use super::spec::{MethodSpec, Parameters, Specified, new, parameters};

parameters! {
    /// One answer.
    pub struct Single;
}

/// The method as data.
pub const SPEC: MethodSpec = MethodSpec {
    name: "single",
    about: "one answer, whatever the budget",
    source: "",
    parameters: Single::PARAMETERS,
    learns: None,
    new: new::<Single>,
};

impl Specified for Single {
    const SPEC: &'static MethodSpec = &SPEC;

    fn method(self) -> Arc<dyn Method> {
        Arc::new(self)
    }
}

impl Method for Single {
    fn draws(&self) -> DrawMode {
        DrawMode::Parallel
    }

    fn uses_scores(&self) -> bool {
        false
    }

    fn most_answers(&self) -> Option<u32> {
        Some(1)
    }

    /// One draw is as good as another.
    fn ranking(&self) -> Option<Ranking> {
        Some(Ranking::Right)
    }

    fn session<'a>(&'a self, _question: &QuestionContext<'a>, budget: Budget) -> Box<dyn Session + 'a> {
        Box::new(UpToBudget::new(LastAnswer::default(), self.draws(), budget.min(Budget(1))))
    }
}
