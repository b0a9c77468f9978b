//! Everything fitted to one backbone on one dataset.

use markovscale::RatesError;
use markovscale::assumptions::{AssumptionOptions, test_assumptions};
use markovscale::rates::{
    QuestionCounts, pooled_rates, population_bounds, predict_unseen_rounds, question_rates, rates_by_level,
};

use super::error::FitError;
use super::fitted::{LevelRates, PartitionFit, QuestionFitRow};
use super::loaded::Loaded;
use super::settings::FitSettings;
use super::{calibration, model};

/// Fits everything.
pub(super) fn fit(loaded: &Loaded<'_>, settings: FitSettings) -> Result<PartitionFit, FitError> {
    let failed =
        |source| FitError::Rates { backbone: loaded.backbone.to_owned(), dataset: loaded.dataset.name.clone(), source };
    let counts: Vec<QuestionCounts> = loaded.chains.iter().map(QuestionCounts::of).collect();
    let resamples = settings.resamples;
    let by_level = rates_by_level(&loaded.chains, resamples, loaded.seed("levels")).map_err(failed)?;
    let fitted = question_rates(&counts, settings.margin).map_err(failed)?;
    let bounds =
        population_bounds(&loaded.chains, settings.margin, resamples, loaded.seed("bounds")).map_err(failed)?;
    let prediction = match predict_unseen_rounds(&loaded.chains, resamples, loaded.seed("prediction")) {
        Ok(prediction) => Some(prediction),
        Err(RatesError::TooFewRounds { .. } | RatesError::NoTransitions { .. }) => None,
        Err(error) => return Err(failed(error)),
    };
    let options = AssumptionOptions { resamples: settings.permutations, seed: loaded.seed("tests") };
    let tests = test_assumptions(&loaded.chains, options).map_err(failed)?;
    let rows = loaded.dataset.questions.iter().zip(&counts).zip(&fitted.questions);
    let questions: Vec<QuestionFitRow> = rows
        .filter_map(|((question, counts), rates)| {
            Some(QuestionFitRow { id: question.id.0.clone(), level: question.level, counts: *counts, rates: (*rates)? })
        })
        .collect();
    Ok(PartitionFit {
        backbone: loaded.backbone.to_owned(),
        simulated: loaded.simulated,
        dataset: loaded.dataset.name.clone(),
        questions_without_chains: counts.len() - questions.len(),
        rounds: loaded.chains.iter().flat_map(|question| &question.chains).map(Vec::len).max().unwrap_or(0),
        pooled: pooled_rates(&counts, resamples, loaded.seed("pooled")).map_err(failed)?,
        changes: loaded.changes(),
        by_level: by_level.into_iter().map(|(level, rates)| LevelRates { level, rates }).collect(),
        bounds,
        priors: [fitted.initial, fitted.correct_to_wrong, fitted.wrong_to_correct],
        prediction,
        tests,
        models: model::models(loaded),
        calibration: calibration::calibration(loaded, settings)?,
        questions,
    })
}
