//! `oracle`: right if any of N draws is. An upper bound of every method on the same draws, never in a ranking.

use std::sync::Arc;

use super::common::{Chooser, UpToBudget};
use super::interface::{Budget, Choice, Draw, DrawMode, Method, QuestionContext, Ranking, Session};
use super::spec::{MethodSpec, ParameterKind, Parameters, Specified, new, parameters};

parameters! {
    /// A right answer if there is one.
    pub struct Oracle {
        /// Independent draws, or which kind of chain.
        draws: DrawMode = DrawMode::Parallel, ParameterKind::Words(DrawMode::NAMES);
    }
}

/// The method as data.
pub const SPEC: MethodSpec = MethodSpec {
    name: "oracle",
    about: "an upper bound, never ranked: right if any of N draws is; on parallel draws its accuracy is the unbiased pass@N",
    source: "",
    parameters: Oracle::PARAMETERS,
    learns: None,
    new: new::<Oracle>,
};

impl Specified for Oracle {
    const SPEC: &'static MethodSpec = &SPEC;

    fn method(self) -> Arc<dyn Method> {
        Arc::new(self)
    }
}

impl Method for Oracle {
    fn draws(&self) -> DrawMode {
        self.draws
    }

    fn uses_scores(&self) -> bool {
        false
    }

    fn upper_bound(&self) -> bool {
        true
    }

    fn ranking(&self) -> Option<Ranking> {
        (self.draws == DrawMode::Parallel).then_some(Ranking::Right)
    }

    fn session<'a>(&'a self, _question: &QuestionContext<'a>, budget: Budget) -> Box<dyn Session + 'a> {
        Box::new(UpToBudget::new(AnyRight::default(), self.draws, budget))
    }
}

/// Says [`Choice::AnyRight`] as soon as there is any answer; it cannot know whether one is right.
#[derive(Debug, Default)]
struct AnyRight {
    answered: bool,
}

impl Chooser for AnyRight {
    fn see(&mut self, _index: usize, draw: &Draw) {
        self.answered |= draw.class.is_some();
    }

    fn choice(&self) -> Choice {
        if self.answered { Choice::AnyRight } else { Choice::Missing }
    }
}
