//! Do the probabilities that the answer posterior states come true? Models are fitted on other questions (five folds).

use markovscale::posterior::fit;
use markovscale::statistics::{Binning, Reliability, Statement, reliability};
use markovscale::{AnswerModel, CalibrationQuestion, CrossFit, DrawMode, FitOptions, Folds, Posterior};
use serde::Serialize;

use super::error::FitError;
use super::loaded::Loaded;
use super::model::{MODES, question};
use super::settings::FitSettings;

/// Draws after which the posterior is asked, as far as the pool goes.
const DRAWS: [usize; 3] = [4, 16, 64];
/// Folds.
const FOLDS: u32 = 5;
/// Questions and draws that a fit uses at most, as in replay.
const FIT_QUESTIONS: usize = 250;
const FIT_DRAWS: usize = 16;
/// Bins of the reliability table.
const BINS: usize = 10;

/// Reliability of the most probable class after some draws of one mode.
#[derive(Debug, Clone, Serialize)]
pub struct ModeCalibration {
    /// `parallel` or `sequential`.
    pub mode: &'static str,
    /// After this many draws.
    pub draws: usize,
    /// Questions whose answers were all missing by then: nothing was stated of them.
    pub unstated: usize,
    /// Stated against true.
    pub reliability: Reliability,
}

/// Calibration in every mode that has draws.
pub(super) fn calibration(loaded: &Loaded<'_>, settings: FitSettings) -> Result<Vec<ModeCalibration>, FitError> {
    let mut rows = Vec::new();
    for mode in MODES {
        let indices: Vec<usize> =
            (0..loaded.pools.len()).filter(|index| !question(&loaded.pools[*index], mode).draws.is_empty()).collect();
        if indices.len() < FOLDS as usize {
            continue;
        }
        let most = indices.iter().map(|index| question(&loaded.pools[*index], mode).draws.len()).max().unwrap_or(0);
        let stated = states(loaded, mode, &indices)?;
        for (which, draws) in DRAWS.into_iter().enumerate().filter(|(_, draws)| *draws <= most) {
            let statements: Vec<Statement> = stated.iter().filter_map(|statements| statements[which]).collect();
            if statements.is_empty() {
                continue;
            }
            let seed = loaded.seed(&format!("calibration {} {draws}", mode.name()));
            let resamples = settings.resamples as usize;
            let reliability = reliability(&statements, Binning::EqualWidth(BINS), resamples, seed)
                .map_err(|error| failed(loaded, error.to_string()))?;
            let unstated = indices.len() - statements.len();
            rows.push(ModeCalibration { mode: mode.name(), draws, unstated, reliability });
        }
    }
    Ok(rows)
}

fn failed(loaded: &Loaded<'_>, message: String) -> FitError {
    FitError::Calibration { backbone: loaded.backbone.to_owned(), dataset: loaded.dataset.name.clone(), message }
}

/// For each question, what is stated after each number of draws.
fn states(
    loaded: &Loaded<'_>,
    mode: DrawMode,
    indices: &[usize],
) -> Result<Vec<[Option<Statement>; DRAWS.len()]>, FitError> {
    let ids: Vec<&str> = indices.iter().map(|index| loaded.dataset.questions[*index].id.0.as_str()).collect();
    let folds = Folds::assign(&ids, FOLDS, loaded.seed("folds")).map_err(|error| failed(loaded, error.to_string()))?;
    let crossfit = CrossFit::fit(folds, indices, |training| -> AnswerModel {
        let step = training.len().div_ceil(FIT_QUESTIONS).max(1);
        let sample: Vec<CalibrationQuestion> =
            training.iter().step_by(step).map(|index| question(&loaded.pools[**index], mode)).collect();
        fit(&sample, FitOptions { most_draws: Some(FIT_DRAWS), ..FitOptions::new(mode) }).model
    })
    .map_err(|error| failed(loaded, error.to_string()))?;
    let mut stated = Vec::with_capacity(indices.len());
    for (position, index) in indices.iter().enumerate() {
        let Some(fitted) = crossfit.for_question(position) else { continue };
        let model = fitted.for_question(ids[position]).map_err(|error| failed(loaded, error.to_string()))?;
        stated.push(statements(loaded, mode, *index, model));
    }
    Ok(stated)
}

fn statements(
    loaded: &Loaded<'_>,
    mode: DrawMode,
    index: usize,
    model: &AnswerModel,
) -> [Option<Statement>; DRAWS.len()] {
    let pool = &loaded.pools[index];
    let mut posterior = Posterior::new(model);
    let mut stated = [None; DRAWS.len()];
    for (count, draw) in (1..).zip(question(pool, mode).draws) {
        posterior.observe_draw(&draw);
        let Some(which) = DRAWS.iter().position(|draws| *draws == count) else { continue };
        stated[which] = posterior.best_class().map(|best| Statement {
            stated: posterior.probability(best).clamp(0.0, 1.0),
            came_true: pool.is_right(Some(best)),
        });
    }
    stated
}
