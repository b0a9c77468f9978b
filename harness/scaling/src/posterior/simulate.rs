//! Chains drawn from the answer model itself, for tests.

use super::{AnswerModel, CalibrationQuestion};
use crate::simulate::{Regime, Sizes};

pub(crate) fn questions(model: &AnswerModel, count: usize, draws: usize, seed: u64) -> Vec<CalibrationQuestion> {
    let sizes = Sizes { parallel: 0, chains: 1, rounds: draws };
    let drawn = crate::simulate::questions(&Regime::of("test", model.clone()), count, sizes, seed).unwrap();
    drawn.iter().filter_map(|question| question.labelled_chain(0)).collect()
}
