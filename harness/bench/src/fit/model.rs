//! The answer model fitted to a partition, with standard errors.

use markovscale::posterior::fit;
use markovscale::{AnswerModel, CalibrationQuestion, DrawMode, FitOptions};
use serde::Serialize;

use super::loaded::Loaded;
use crate::replay::QuestionPool;

/// Modes whose draws are answers alone.
pub(super) const MODES: [DrawMode; 2] = [DrawMode::Parallel, DrawMode::Sequential];

/// The answer model of one mode of drawing.
#[derive(Debug, Clone, Serialize)]
pub struct ModelFit {
    /// `parallel` or `sequential`.
    pub mode: &'static str,
    /// Questions with a draw.
    pub questions: usize,
    /// Scored answers.
    pub scored_draws: usize,
    /// The parameters.
    pub model: AnswerModel,
    /// The same with standard errors and 95 % intervals.
    pub parameters: Vec<ParameterRow>,
    /// What a reader should know before trusting it.
    pub remarks: Vec<String>,
}

/// One parameter.
#[derive(Debug, Clone, Serialize)]
pub struct ParameterRow {
    /// Its name.
    pub name: &'static str,
    /// Fitted value.
    pub value: f64,
    /// Standard error; `None` where the data do not give one.
    pub standard_error: Option<f64>,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// What it rests on.
    pub basis: &'static str,
}

/// A question's parallel draws or its first chain, with its label.
pub(super) fn question(pool: &QuestionPool, mode: DrawMode) -> CalibrationQuestion {
    let draws = match mode {
        DrawMode::Parallel => Some(&pool.parallel),
        chain => pool.chains_of(chain).first(),
    };
    let draws = draws.map(|draws| draws.iter().map(|draw| draw.seen).collect()).unwrap_or_default();
    CalibrationQuestion { draws, right: pool.right_class() }
}

/// Fits each mode that has draws, to all questions: these are estimates to be read, not used on the same questions.
pub(super) fn models(loaded: &Loaded<'_>) -> Vec<ModelFit> {
    let fitted = |mode: DrawMode| {
        let questions: Vec<CalibrationQuestion> = loaded.pools.iter().map(|pool| question(pool, mode)).collect();
        if questions.iter().all(|question| question.draws.is_empty()) {
            return None;
        }
        let fitted = fit(&questions, FitOptions::new(mode));
        let rows = fitted.estimates(&questions).rows();
        let parameters = rows.into_iter().map(|(name, estimate)| ParameterRow {
            name,
            value: estimate.value,
            standard_error: estimate.standard_error,
            low: estimate.low,
            high: estimate.high,
            basis: estimate.basis.words(),
        });
        Some(ModelFit {
            mode: mode.name(),
            questions: fitted.questions,
            scored_draws: fitted.scored_draws,
            parameters: parameters.collect(),
            remarks: fitted.remarks.iter().map(ToString::to_string).collect(),
            model: fitted.model,
        })
    };
    MODES.into_iter().filter_map(fitted).collect()
}
