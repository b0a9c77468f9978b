//! What is known of a question while it is answered: the posterior, and what each `select` would return now.

use super::config::Select;
use super::prediction::Prediction;
use crate::methods::common::{Chooser, HighestScore, LastAnswer, answered_class};
use crate::methods::explanation::{Explanation, Reason};
use crate::methods::interface::{Choice, ClassId, Draw};
use crate::posterior::Posterior;

/// Where a question stands for the stops that look at probabilities: the state of the policy, but for the number of
/// draws.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct State {
    /// P(the answer that would be returned is right), as the posterior states it.
    pub(super) probability: f64,
    /// P(no answer seen is right).
    pub(super) none: f64,
}

/// Sees draws and can say at any time what it would return and how probable that is.
pub(super) struct Watch {
    select: Select,
    pub(super) posterior: Posterior,
    last: LastAnswer,
    highest: HighestScore,
    /// Index of the first draw of each class that counts.
    first_of_class: Vec<(ClassId, usize)>,
}

impl Watch {
    pub(super) fn new(select: Select, posterior: Posterior) -> Self {
        Self {
            select,
            posterior,
            last: LastAnswer::default(),
            highest: HighestScore::default(),
            first_of_class: Vec::new(),
        }
    }

    /// One more draw, the one at this index.
    pub(super) fn see(&mut self, index: usize, draw: &Draw) {
        let class = answered_class(draw);
        self.posterior.observe_draw(draw);
        self.last.see(index, draw);
        self.highest.see(index, draw);
        if let Some(class) = class.filter(|class| self.first_of_class.iter().all(|(known, _)| known != class)) {
            self.first_of_class.push((class, index));
        }
    }

    /// What would be returned now.
    pub(super) fn choice(&self) -> Choice {
        match self.select {
            Select::Last => self.last.choice(),
            Select::BestScore => self.highest.choice(),
            Select::Posterior => self
                .posterior
                .best_class()
                .and_then(|best| self.first_of_class.iter().find(|(class, _)| *class == best))
                // No answer counted: a cut-off one, if any.
                .map_or_else(|| self.last.choice(), |&(_, index)| Choice::Draw(index)),
        }
    }

    /// The state after these draws, which are all that were seen. A cut-off or missing answer has probability 0.
    pub(super) fn state(&self, seen: &[Draw]) -> State {
        self.state_of(self.choice(), seen)
    }

    fn state_of(&self, choice: Choice, seen: &[Draw]) -> State {
        let class = match choice {
            Choice::Draw(index) => seen.get(index).and_then(answered_class),
            Choice::Missing | Choice::AnyRight => None,
        };
        State { probability: class.map_or(0.0, |class| self.posterior.probability(class)), none: self.posterior.none() }
    }

    /// What is known after these draws, when this would be returned.
    pub(super) fn explanation(
        &self,
        seen: &[Draw],
        choice: Choice,
        prediction: Prediction,
        rounds: Option<u32>,
        reason: Reason,
    ) -> Explanation {
        let best = self.posterior.best_class();
        Explanation {
            best,
            best_probability: best.map_or(0.0, |class| self.posterior.probability(class)),
            probability: self.state_of(choice, seen).probability,
            none: self.posterior.none(),
            belief: prediction.belief,
            fixed_point: prediction.fixed_point,
            gain: prediction.remaining_gain(),
            rounds,
            reason,
        }
    }
}
