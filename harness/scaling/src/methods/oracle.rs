//! `oracle`: right if any of N draws is. An upper bound of every method on the same draws, never in a ranking.

use super::common::{Chooser, UpToBudget};
use super::interface::{Budget, Choice, Draw, DrawMode, Method, QuestionContext, Session};

/// A right answer if there is one.
#[derive(Debug, Clone, Copy)]
pub struct Oracle {
    /// Over a parallel pool or over a chain.
    pub draws: DrawMode,
}

impl Method for Oracle {
    fn draws(&self) -> DrawMode {
        self.draws
    }

    fn uses_scores(&self) -> bool {
        false
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
