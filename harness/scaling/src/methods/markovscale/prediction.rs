//! The two-state law as the stops of chains ask it: from belief and fixed point to rounds.

use crate::chain::Chain;
use crate::methods::explanation::Reason;
use crate::posterior::Posterior;

/// What the law predicts for further rounds of a chain.
#[derive(Debug, Clone, Copy)]
pub(super) struct Prediction {
    /// `B_n`: P(the latest answer is right).
    pub(super) belief: f64,
    /// `pi_n`: where further rounds lead.
    pub(super) fixed_point: f64,
    /// `lambda`.
    pub(super) memory: f64,
}

impl Prediction {
    /// As the posterior states it.
    pub(super) fn of(posterior: &Posterior) -> Self {
        Self { belief: posterior.belief(), fixed_point: posterior.fixed_point(), memory: posterior.memory() }
    }

    /// `pi_n - B_n`, the predicted gain of re-answering for ever.
    pub(super) fn remaining_gain(&self) -> f64 {
        self.fixed_point - self.belief
    }

    /// The chain that predicts the accuracy of further rounds. `None` only if a probability is not one, which is ruled
    /// out up to rounding.
    fn chain(&self) -> Option<Chain> {
        let unit = |value: f64| value.clamp(0.0, 1.0);
        Chain::from_fixed_point(unit(self.belief), unit(self.fixed_point), unit(self.memory)).ok()
    }

    /// Rounds that bring the predicted accuracy within `epsilon` of the fixed point: 0 when re-answering does not help,
    /// `most` when it never gets there.
    pub(super) fn rounds_to_fixed_point(&self, epsilon: f64, most: usize) -> usize {
        if self.remaining_gain() <= epsilon {
            return 0;
        }
        self.chain().and_then(|chain| chain.rounds_to_within(epsilon)).map_or(most, |rounds| rounds as usize)
    }

    /// Whether some further round, of the `left` that the budget has, gains more than `epsilon` and is worth `price`.
    pub(super) fn weigh(&self, epsilon: f64, price: f64, left: usize) -> Reason {
        let gain = self.remaining_gain();
        if gain <= epsilon {
            Reason::LittleGain { gain, epsilon }
        } else if self.best_rounds(price, left) == Some(0) {
            Reason::NotWorthPrice { gain, price }
        } else {
            Reason::WorthPrice { gain, price }
        }
    }

    /// How many further rounds, of the `left` that the budget has, are worth most at `price`.
    pub(super) fn best_rounds(&self, price: f64, left: usize) -> Option<u32> {
        let left = u32::try_from(left).unwrap_or(u32::MAX);
        self.chain().map(|chain| chain.best_rounds(price, left))
    }
}
