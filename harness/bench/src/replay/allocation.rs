//! Divides draws over a dataset for methods that decide over all of its questions at once.
//!
//! In each replicate a method looks at the very draws that the questions are then answered from, and what it looked at is
//! paid for: by the budgets that it gives, and what the ranking itself costs ([`extra`]).

use markovscale::{Allocation, Budget, DifficultySource, Draw, Method, MethodConfig};
use rayon::prelude::*;

use super::orders::Orders;
use super::pool::QuestionPool;
use super::{Partition, ReplayError, Spent};

/// The budget of each question, by configuration, budget, replicate and question; empty where a configuration answers each
/// question by itself.
pub(super) struct Allocations(Vec<Vec<Vec<Vec<Budget>>>>);

impl Allocations {
    /// Every question by itself: a live run cannot wait for a ranking.
    pub(super) fn none() -> Self {
        Self(Vec::new())
    }

    /// Divides the draws of every configuration that wants it.
    pub(super) fn new(partition: &Partition<'_>, budgets: &[Budget]) -> Result<Self, ReplayError> {
        let of = |config: &MethodConfig| match config.method().allocation() {
            Some(allocation) => divided(partition, config, allocation, budgets),
            None => Ok(Vec::new()),
        };
        Ok(Self(partition.plan.methods.iter().map(of).collect::<Result<_, _>>()?))
    }

    /// A question's budget; `None` where the configuration answers each question by itself.
    pub(super) fn get(&self, config: usize, budget: usize, replicate: usize, question: usize) -> Option<Budget> {
        self.0.get(config)?.get(budget)?.get(replicate)?.get(question).copied()
    }
}

fn divided(
    asked: &Partition<'_>,
    config: &MethodConfig,
    allocation: &dyn Allocation,
    budgets: &[Budget],
) -> Result<Vec<Vec<Vec<Budget>>>, ReplayError> {
    let source = allocation.difficulty();
    if source == DifficultySource::DatasetLevel && asked.levels.iter().all(Option::is_none) {
        return Err(ReplayError::NoLevels { dataset: asked.dataset.to_owned(), method: config.name() });
    }
    // Ties in difficulty go by id, so that the order of the dataset's rows decides nothing.
    let mut by_id: Vec<usize> = (0..asked.ids.len()).collect();
    by_id.sort_by(|left, right| asked.ids[*left].cmp(&asked.ids[*right]));
    let of_replicate = |budget: Budget, replicate: u32| {
        let draws = |question: usize| -> Vec<Draw> {
            Orders::new(asked, question, budgets).one(replicate).iter().map(|draw| draw.seen).collect()
        };
        let difficulty = |question: &usize| match source {
            DifficultySource::DatasetLevel => asked.levels[*question],
            DifficultySource::Judge => asked.pools[*question].judged.and_then(|judged| judged.rating),
            DifficultySource::FirstScore => {
                draws(*question).first().and_then(|draw| draw.score).map(|score| 1.0 - score)
            }
        };
        let difficulties: Vec<Option<f64>> = by_id.iter().map(difficulty).collect();
        let given = allocation.budgets(&difficulties, budget, &|place| draws(by_id[place]));
        let mut of_question = vec![budget; by_id.len()];
        for (question, given) in by_id.iter().zip(given) {
            of_question[*question] = given;
        }
        of_question
    };
    let replicates = asked.plan.replay.replicates;
    let of_budget = |budget: &Budget| (0..replicates).into_par_iter().map(|r| of_replicate(*budget, r)).collect();
    Ok(budgets.iter().map(of_budget).collect())
}

/// What a ranking cost on one question beyond the draws it answers from: the rating, prompt and completion, before the
/// first draw.
pub(super) fn extra(method: &dyn Method, pool: &QuestionPool) -> Spent {
    let judged = pool.judged.filter(|_| method.ranks_by(DifficultySource::Judge));
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
pub(super) fn scores_seen(method: &dyn Method, used: usize) -> usize {
    if method.uses_scores() {
        used
    } else if method.ranks_by(DifficultySource::FirstScore) {
        // The ranking looks at the first score of every question; the votes need none.
        used.min(1)
    } else {
        0
    }
}
