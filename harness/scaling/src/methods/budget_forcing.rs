//! `budget_forcing`: one growing reasoning text; whenever it concludes it is made to go on, N - 1 times; what it concludes
//! last (s1, arXiv 2501.19393).
//!
//! N answers are N - 1 continuations. The text that makes it go on ("Wait") is a setting of collecting the draws, not of
//! this method. A missing last conclusion gives way to the last one that is not missing.

use std::sync::Arc;

use super::common::{LastAnswer, UpToBudget};
use super::interface::{Budget, DrawMode, Method, QuestionContext, Session};
use super::spec::{MethodSpec, Parameters, Specified, new, parameters};

parameters! {
    /// The last conclusion of one growing text.
    pub struct BudgetForcing;
}

/// The method as data.
pub const SPEC: MethodSpec = MethodSpec {
    name: "budget_forcing",
    about: "what one reasoning text concludes after N - 1 continuations (s1)",
    source: "arXiv 2501.19393",
    parameters: BudgetForcing::PARAMETERS,
    learns: None,
    new: new::<BudgetForcing>,
};

impl Specified for BudgetForcing {
    const SPEC: &'static MethodSpec = &SPEC;

    fn method(self) -> Arc<dyn Method> {
        Arc::new(self)
    }
}

impl Method for BudgetForcing {
    fn draws(&self) -> DrawMode {
        DrawMode::Forced
    }

    fn uses_scores(&self) -> bool {
        false
    }

    fn session<'a>(&'a self, _question: &QuestionContext<'a>, budget: Budget) -> Box<dyn Session + 'a> {
        Box::new(UpToBudget::new(LastAnswer::default(), self.draws(), budget))
    }
}
