//! Cross-fitted calibration: the answer model that scores a question was fitted on other questions.

use markovscale::posterior::fit;
use markovscale::{AnswerModel, CalibrationQuestion, CrossFit, DrawMode, FitOptions, Folds, Method};

use super::{Partition, ReplayError};
use crate::key::seed;

/// Questions of the training folds that a fit uses at most: more sharpen a five-parameter model little and cost time.
const QUESTIONS: usize = 250;
/// Rounds of a chain that a fit uses at most, for the same reason.
const ROUNDS: usize = 16;

/// Fits the answer model per fold if any method wants it; `None` otherwise.
pub(super) fn calibrate(partition: &Partition<'_>) -> Result<Option<CrossFit<AnswerModel>>, ReplayError> {
    let wanted = |method: Box<dyn Method>| method.needs_calibration() && method.draws() == DrawMode::Sequential;
    if !partition.plan.methods.iter().any(|config| wanted(config.build())) {
        return Ok(None);
    }
    let failed = |source| ReplayError::Folds { methods: "markovscale", dataset: partition.dataset.to_owned(), source };
    let folds_seed = seed(&[b"folds", &partition.plan.seed.to_le_bytes(), partition.dataset.as_bytes()]);
    let folds = Folds::assign(&partition.ids, partition.plan.tuning.crossfit, folds_seed).map_err(failed)?;
    let questions: Vec<CalibrationQuestion> = partition.pools.iter().map(labelled).collect();
    let options = FitOptions { most_draws: Some(ROUNDS), ..FitOptions::new(DrawMode::Sequential) };
    let fitted = CrossFit::fit(folds, &questions, |training: &[&CalibrationQuestion]| {
        // Evenly spaced over the training questions: a sample that does not look at their content.
        let step = training.len().div_ceil(QUESTIONS).max(1);
        let sample: Vec<&CalibrationQuestion> = training.iter().step_by(step).copied().collect();
        fit(&sample, options).model
    });
    fitted.map(Some).map_err(failed)
}

/// A question's first chain with its label. The label is the class that is right among all its draws.
fn labelled(pool: &super::QuestionPool) -> CalibrationQuestion {
    let draws = pool.chains.first().map(|chain| chain.iter().map(|draw| draw.seen).collect()).unwrap_or_default();
    CalibrationQuestion { draws, right: pool.right_class() }
}
