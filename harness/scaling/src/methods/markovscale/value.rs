//! What stopping is worth: labelled accuracy as a function of the stated probability.
//!
//! The posterior states a probability that its answer is right. Where its model is off (a verifier that loves a wrong
//! answer, chains that remember more than the last answer) the statement is off too, and the more so the more draws it
//! rests on. So stopping is worth what the labels of the calibration questions say:
//! `logit(accuracy) = intercept + (slope + slope_draws ln n) logit(stated) + share s`, with `s` the share of P(none) in
//! the stated probability of being wrong. Weak normal priors centre on the stated probability itself (intercept 0,
//! slope 1, others 0): with no questions the map is the identity. Each question weighs one, however many draws it has,
//! because they share one label.

use serde::{Deserialize, Serialize};

use super::watch::State;
use crate::optimise::{Search, minimise};

/// Stated probabilities are taken as at least this and at most one minus this.
const EDGE: f64 = 1e-3;
/// Deviations of the priors of intercept, slope, `slope_draws` and share.
const DEVIATIONS: [f64; 4] = [0.5, 0.3, 0.1, 0.5];
const SEARCH: Search = Search { step: 0.2, tolerance: 1e-4, iterations: 300 };

/// The map from stated probability to expected accuracy.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StopValue {
    /// Added to the logit.
    pub intercept: f64,
    /// Factor of the stated logit after the first draw.
    pub slope: f64,
    /// Added to the factor for each unit of `ln n`.
    pub slope_draws: f64,
    /// Factor of the share of P(none) in the stated probability of being wrong.
    pub share: f64,
}

/// Weight and right weight of observations that share a state.
#[derive(Debug, Clone, Copy)]
pub(super) struct Observed {
    pub(super) draws: usize,
    pub(super) state: State,
    pub(super) weight: f64,
    pub(super) right: f64,
}

impl State {
    /// P(none) over P(the answer is wrong), in [0, 1]; 1 when the answer is surely right.
    pub(super) fn share(&self) -> f64 {
        let wrong = 1.0 - self.probability;
        if wrong > 0.0 { (self.none / wrong).clamp(0.0, 1.0) } else { 1.0 }
    }
}

impl StopValue {
    /// Takes the stated probability at its word.
    pub const STATED: Self = Self { intercept: 0.0, slope: 1.0, slope_draws: 0.0, share: 0.0 };

    /// Expected accuracy of stopping, in [0, 1].
    pub(super) fn accuracy(&self, draws: usize, state: State) -> f64 {
        let stated = state.probability.clamp(EDGE, 1.0 - EDGE);
        let logit = (stated / (1.0 - stated)).ln();
        let slope = self.slope + self.slope_draws * (draws.max(1) as f64).ln();
        1.0 / (1.0 + (-(self.intercept + slope * logit + self.share * state.share())).exp())
    }

    /// Whether every parameter is a number.
    pub(super) fn is_finite(&self) -> bool {
        self.parameters().iter().all(|parameter| parameter.is_finite())
    }

    /// The map with the highest penalised likelihood of what was observed.
    pub(super) fn fit(observed: &[Observed]) -> Self {
        let stated = Self::STATED.parameters();
        let cost = |parameters: &[f64; 4]| {
            let map = Self::of(*parameters);
            let penalty: f64 = (0..4).map(|i| 0.5 * ((parameters[i] - stated[i]) / DEVIATIONS[i]).powi(2)).sum();
            observed.iter().fold(penalty, |total, cell| {
                let accuracy = map.accuracy(cell.draws, cell.state).clamp(1e-9, 1.0 - 1e-9);
                total - cell.right * accuracy.ln() - (cell.weight - cell.right) * (1.0 - accuracy).ln()
            })
        };
        Self::of(minimise(cost, stated, SEARCH).0)
    }

    fn parameters(&self) -> [f64; 4] {
        [self.intercept, self.slope, self.slope_draws, self.share]
    }

    fn of([intercept, slope, slope_draws, share]: [f64; 4]) -> Self {
        Self { intercept, slope, slope_draws, share }
    }
}
