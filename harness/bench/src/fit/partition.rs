//! One backbone on one dataset: its chains with labels, and everything fitted to them.

use markovscale::assumptions::{AssumptionOptions, test_assumptions};
use markovscale::methods::common::answered_class;
use markovscale::rates::{
    QuestionCounts, pooled_rates, population_bounds, predict_unseen_rounds, question_rates, rates_by_level,
};
use markovscale::{LabelledChains, RatesError};

use super::{FitError, FitSettings, LevelRates, PartitionFit, QuestionFitRow};
use super::{calibration, model};
use crate::dataset::Dataset;
use crate::experiment::BackbonePlan;
use crate::key::seed;
use crate::replay::{QuestionPool, pools};
use crate::trace::{StoredDraw, StoredScore};

/// The draws of a partition, labelled.
pub(super) struct Loaded<'a> {
    pub(super) backbone: &'a str,
    simulated: bool,
    pub(super) dataset: &'a Dataset,
    pub(super) pools: Vec<QuestionPool>,
    chains: Vec<LabelledChains>,
    run_seed: u64,
}

impl<'a> Loaded<'a> {
    pub(super) fn new(
        backbone: &'a BackbonePlan,
        dataset: &'a Dataset,
        draws: Vec<StoredDraw>,
        scores: Vec<StoredScore>,
        run_seed: u64,
    ) -> Self {
        let pools = pools(dataset, draws, scores);
        let chains = pools.iter().zip(&dataset.questions).map(|(pool, question)| labelled(pool, question.level));
        let chains = chains.collect();
        Self { backbone: &backbone.name, simulated: backbone.simulated(), dataset, pools, chains, run_seed }
    }

    /// Whether some chain has a second answer.
    pub(super) fn has_chains(&self) -> bool {
        self.chains.iter().flat_map(|question| &question.chains).any(|chain| chain.len() > 1)
    }

    /// A seed of its own for each purpose.
    pub(super) fn seed(&self, purpose: &str) -> u64 {
        let parts = [&self.run_seed.to_le_bytes()[..], purpose.as_bytes(), self.dataset.name.as_bytes()];
        seed(&[b"fit", parts[0], parts[1], parts[2], self.backbone.as_bytes()])
    }

    pub(super) fn fit(&self, settings: FitSettings) -> Result<PartitionFit, FitError> {
        let failed =
            |source| FitError::Rates { backbone: self.backbone.to_owned(), dataset: self.dataset.name.clone(), source };
        let counts: Vec<QuestionCounts> = self.chains.iter().map(QuestionCounts::of).collect();
        let resamples = settings.resamples;
        let by_level = rates_by_level(&self.chains, resamples, self.seed("levels")).map_err(failed)?;
        let fitted = question_rates(&counts, settings.margin).map_err(failed)?;
        let bounds = population_bounds(&counts, settings.margin, resamples, self.seed("bounds")).map_err(failed)?;
        let prediction = match predict_unseen_rounds(&self.chains, resamples, self.seed("prediction")) {
            Ok(prediction) => Some(prediction),
            Err(RatesError::TooFewRounds { .. } | RatesError::NoTransitions { .. }) => None,
            Err(error) => return Err(failed(error)),
        };
        let options = AssumptionOptions { resamples: settings.permutations, seed: self.seed("tests") };
        let tests = test_assumptions(&self.chains, options).map_err(failed)?;
        let rows = self.dataset.questions.iter().zip(&counts).zip(&fitted.questions);
        let questions: Vec<QuestionFitRow> = rows
            .filter_map(|((question, counts), rates)| {
                Some(QuestionFitRow {
                    id: question.id.0.clone(),
                    level: question.level,
                    counts: *counts,
                    rates: (*rates)?,
                })
            })
            .collect();
        Ok(PartitionFit {
            backbone: self.backbone.to_owned(),
            simulated: self.simulated,
            dataset: self.dataset.name.clone(),
            questions_without_chains: counts.len() - questions.len(),
            rounds: self.chains.iter().flat_map(|question| &question.chains).map(Vec::len).max().unwrap_or(0),
            pooled: pooled_rates(&counts, resamples, self.seed("pooled")).map_err(failed)?,
            by_level: by_level.into_iter().map(|(level, rates)| LevelRates { level, rates }).collect(),
            bounds,
            priors: [fitted.initial, fitted.correct_to_wrong, fitted.wrong_to_correct],
            prediction,
            tests,
            models: model::models(self),
            calibration: calibration::calibration(self, settings)?,
            questions,
        })
    }
}

/// A question's chains as correctness by round; a missing or cut-off answer is wrong.
fn labelled(pool: &QuestionPool, level: Option<u32>) -> LabelledChains {
    let right = |chain: &Vec<crate::replay::PoolDraw>| {
        chain.iter().map(|draw| pool.is_right(answered_class(&draw.seen))).collect()
    };
    LabelledChains { chains: pool.chains.iter().map(right).collect(), level }
}
