//! `self_refine`: answer, critique, answer, critique, ...; stops when a critique says that the answer is right, or at N
//! answers; the last answer (arXiv 2303.17651).
//!
//! The budget counts answers. Critiques are paid for in tokens and none is asked for after the N-th answer, which nothing
//! could follow. A critique that gives no verdict counts as "not right"; so does approval of a missing or cut-off answer.
//! As everywhere, a missing last answer gives way to the last one that is not missing.

use std::sync::Arc;

use super::common::{Chooser, LastAnswer, UpToBudget, answered_class};
use super::interface::{Budget, Choice, Draw, DrawMode, Method, QuestionContext, Session, Verdict};
use super::spec::{MethodSpec, Parameters, Specified, new, parameters};

parameters! {
    /// Refines until the critique approves.
    pub struct SelfRefine;
}

/// The method as data.
pub const SPEC: MethodSpec = MethodSpec {
    name: "self_refine",
    about: "the last answer of a chain with critiques, which stop it when they approve",
    source: "arXiv 2303.17651",
    parameters: SelfRefine::PARAMETERS,
    learns: None,
    new: new::<SelfRefine>,
};

impl Specified for SelfRefine {
    const SPEC: &'static MethodSpec = &SPEC;

    fn method(self) -> Arc<dyn Method> {
        Arc::new(self)
    }
}

impl Method for SelfRefine {
    fn draws(&self) -> DrawMode {
        DrawMode::Refine
    }

    fn uses_scores(&self) -> bool {
        false
    }

    fn session<'a>(&'a self, _question: &QuestionContext<'a>, budget: Budget) -> Box<dyn Session + 'a> {
        Box::new(UpToBudget::new(Refining::default(), self.draws(), budget))
    }
}

/// The last answer, and whether its critique approved of it.
#[derive(Debug, Default)]
struct Refining {
    last: LastAnswer,
    /// Whether the latest answer is one that a critique can approve of.
    answered: bool,
    approved: bool,
}

impl Chooser for Refining {
    fn see(&mut self, index: usize, draw: &Draw) {
        match draw.critique {
            Some(verdict) => self.approved = self.answered && verdict == Verdict::Right,
            None => {
                self.answered = answered_class(draw).is_some();
                self.last.see(index, draw);
            }
        }
    }

    fn choice(&self) -> Choice {
        self.last.choice()
    }

    fn settled(&self) -> bool {
        self.approved
    }
}
