//! Ranks a dataset's questions for `difficulty_adaptive_sc`, which decides over all of them at once.
//!
//! In each replicate the search for the boundary looks at the very draws that the questions are then answered from, and
//! what it looked at is paid for: the probed questions' windows, and the ranking itself ([`extra`]).

use markovscale::methods::difficulty_adaptive_sc::{DifficultyAdaptiveConfig, DifficultySource, partition, rank};
use markovscale::{Budget, Draw, MethodConfig, Triage};
use rayon::prelude::*;

use super::evaluate::Orders;
use super::pool::QuestionPool;
use super::{Partition, ReplayError, Spent};

/// Where each question stands, by configuration, budget, replicate and question; empty where a configuration asks for no
/// ranking.
pub(super) struct Triages(Vec<Vec<Vec<Vec<Triage>>>>);

impl Triages {
    /// No ranking: a live run cannot wait for one.
    pub(super) fn none() -> Self {
        Self(Vec::new())
    }

    /// Ranks the partition's questions for every configuration that wants it.
    pub(super) fn new(partition: &Partition<'_>, budgets: &[Budget]) -> Result<Self, ReplayError> {
        let of = |config: &MethodConfig| match config {
            MethodConfig::DifficultyAdaptiveSc(config) => of_config(partition, config, budgets),
            _ => Ok(Vec::new()),
        };
        Ok(Self(partition.plan.methods.iter().map(of).collect::<Result<_, _>>()?))
    }

    /// Where a question stands; `None` where the configuration asks for no ranking.
    pub(super) fn get(&self, config: usize, budget: usize, replicate: usize, question: usize) -> Option<Triage> {
        self.0.get(config)?.get(budget)?.get(replicate)?.get(question).copied()
    }
}

fn of_config(
    asked: &Partition<'_>,
    config: &DifficultyAdaptiveConfig,
    budgets: &[Budget],
) -> Result<Vec<Vec<Vec<Triage>>>, ReplayError> {
    if config.difficulty == DifficultySource::DatasetLevel && asked.levels.iter().all(Option::is_none) {
        return Err(ReplayError::NoLevels { dataset: asked.dataset.to_owned() });
    }
    // Ties in difficulty go by id, so that the order of the dataset's rows decides nothing.
    let mut by_id: Vec<usize> = (0..asked.ids.len()).collect();
    by_id.sort_by(|left, right| asked.ids[*left].cmp(&asked.ids[*right]));
    let of_budget = |budget: &Budget| {
        let of_replicate = |replicate: u32| {
            let first = |question: usize| Orders::new(asked, question, budgets).one(replicate);
            let difficulty = |question: &usize| match config.difficulty {
                DifficultySource::DatasetLevel => asked.levels[*question],
                DifficultySource::Judge => asked.pools[*question].judged.and_then(|judged| judged.rating),
                DifficultySource::FirstScore => {
                    first(*question).first().and_then(|draw| draw.seen.score).map(|score| 1.0 - score)
                }
            };
            let difficulties: Vec<Option<f64>> = by_id.iter().map(difficulty).collect();
            let found = partition(&rank(&difficulties), |place| {
                let draws: Vec<Draw> = first(by_id[place]).iter().map(|draw| draw.seen).collect();
                config.unanimous(&draws, *budget)
            });
            let mut of_question = vec![Triage { easy: false, probed: false }; by_id.len()];
            for (place, question) in by_id.iter().enumerate() {
                of_question[*question] = found.triage[place];
            }
            of_question
        };
        (0..asked.plan.replay.replicates).into_par_iter().map(of_replicate).collect()
    };
    Ok(budgets.iter().map(of_budget).collect())
}

/// What a ranking cost on one question beyond the draws it answers from: the rating, prompt and completion, before the
/// first draw.
pub(super) fn extra(config: &MethodConfig, pool: &QuestionPool) -> Spent {
    let MethodConfig::DifficultyAdaptiveSc(config) = config else { return Spent::default() };
    let judged = pool.judged.filter(|_| config.difficulty == DifficultySource::Judge);
    judged.map_or_else(Spent::default, |judged| {
        let completion = judged.completion_tokens.0 as f64;
        Spent {
            completion_tokens: completion,
            prompt_tokens: judged.prompt_tokens.0 as f64,
            depth_tokens: completion,
            price: judged.price,
            ..Spent::default()
        }
    })
}

/// How many of the draws it looked at a method looked at with their scores.
pub(super) fn scores_seen(config: &MethodConfig, uses_scores: bool, used: usize) -> usize {
    match config {
        // The ranking looks at the first score of every question; the votes need none.
        MethodConfig::DifficultyAdaptiveSc(config) if config.difficulty == DifficultySource::FirstScore => used.min(1),
        _ if uses_scores => used,
        _ => 0,
    }
}
