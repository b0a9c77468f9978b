//! Plays every method at every budget on every question.

use std::sync::Arc;

use markovscale::{Budget, Draw, DrawMode, Method, MethodConfig, Played, Ranking, play};
use rayon::prelude::*;

use super::allocation::{Allocations, extra, scores_seen};
use super::calibration::Calibrated;
use super::drive::{is_right, spent};
use super::orders::Orders;
use super::pool::PoolDraw;
use super::{Partition, QuestionResult, ReplayError, Spent, exact};
use crate::experiment::Collecting;

/// A method's results: per budget, per question.
pub(super) struct Evaluated {
    /// Replicates averaged; `None` where exact.
    pub(super) replicates: Option<u32>,
    /// Results per budget, questions in dataset order.
    pub(super) per_budget: Vec<Vec<QuestionResult>>,
}

/// Evaluates the plan's methods, in its order.
pub(super) fn evaluate(
    partition: &Partition<'_>,
    calibrated: &Calibrated,
    methods: &[Arc<dyn Method>],
    budgets: &[Budget],
) -> Result<Vec<Evaluated>, ReplayError> {
    if partition.plan.collecting == Collecting::Live {
        return evaluate_live(partition, calibrated, methods, budgets);
    }
    let allocations = Allocations::new(partition, budgets)?;
    // Per question, per method, per budget.
    let played: Vec<Vec<Vec<QuestionResult>>> = (0..partition.pools.len())
        .into_par_iter()
        .map(|index| Asked { partition, calibrated, allocations: &allocations, budgets, index }.play_all(methods))
        .collect::<Result<_, _>>()?;
    let evaluated = (0..methods.len()).map(|m| Evaluated {
        replicates: replicates(partition, &*methods[m]),
        per_budget: (0..budgets.len()).map(|b| played.iter().map(|question| question[m][b]).collect()).collect(),
    });
    Ok(evaluated.collect())
}

/// Evaluates them in the one order in which the draws of a live run were made.
fn evaluate_live(
    partition: &Partition<'_>,
    calibrated: &Calibrated,
    methods: &[Arc<dyn Method>],
    budgets: &[Budget],
) -> Result<Vec<Evaluated>, ReplayError> {
    let allocations = Allocations::none();
    let played: Vec<Option<Vec<Vec<QuestionResult>>>> = (0..partition.pools.len())
        .into_par_iter()
        .map(|index| Asked { partition, calibrated, allocations: &allocations, budgets, index }.play_live(methods))
        .collect::<Result<_, _>>()?;
    let lacking: Vec<usize> =
        played.iter().zip(0..).filter(|(question, _)| question.is_none()).map(|(_, i)| i).collect();
    partition.refuse_lacking(&lacking)?;
    let of = |m: usize, b: usize| played.iter().flatten().map(move |question| question[m][b]).collect();
    let evaluated = (0..methods.len())
        .map(|m| Evaluated { replicates: Some(1), per_budget: (0..budgets.len()).map(|b| of(m, b)).collect() });
    Ok(evaluated.collect())
}

fn replicates(partition: &Partition<'_>, method: &dyn Method) -> Option<u32> {
    match method.draws() {
        _ if method.ranking().is_some() => None,
        DrawMode::Parallel => Some(partition.plan.replay.replicates),
        DrawMode::Sequential | DrawMode::Refine | DrawMode::Forced => Some(partition.plan.pool.chains),
    }
}

/// One question being asked by every method.
pub(super) struct Asked<'a> {
    pub(super) partition: &'a Partition<'a>,
    pub(super) calibrated: &'a Calibrated,
    allocations: &'a Allocations,
    pub(super) budgets: &'a [Budget],
    pub(super) index: usize,
}

impl Asked<'_> {
    /// Results per method, per budget.
    fn play_all(&self, methods: &[Arc<dyn Method>]) -> Result<Vec<Vec<QuestionResult>>, ReplayError> {
        let Self { partition, budgets, index, .. } = *self;
        let pool = &partition.pools[index];
        let mut orders: Option<Vec<Vec<PoolDraw>>> = None;
        let results = methods.iter().zip(&partition.plan.methods).enumerate().map(|(number, (method, config))| {
            if let Some(ranking) = method.ranking() {
                return exact::question(ranking, &**method, pool, budgets);
            }
            match method.draws() {
                DrawMode::Parallel => {
                    let orders = orders.get_or_insert_with(|| {
                        Orders::new(partition, index, budgets).all(partition.plan.replay.replicates)
                    });
                    let mut results = self.average((number, config), &**method, orders)?;
                    // With one answer to draw, every method returns it: exact, like `single`.
                    for (result, budget) in results.iter_mut().zip(budgets).filter(|(_, budget)| budget.0 == 1) {
                        let one = exact::question(Ranking::Right, &**method, pool, &[*budget])?;
                        *result = one.into_iter().next().unwrap_or(*result);
                    }
                    Ok(results)
                }
                chain => {
                    let chains = pool.chains_of(chain);
                    let wanted = chains.len().min(partition.plan.pool.chains as usize);
                    self.average((number, config), &**method, &chains[..wanted])
                }
            }
        });
        results.collect()
    }

    /// The mean over replicates, per budget.
    fn average(
        &self,
        (number, config): (usize, &MethodConfig),
        method: &dyn Method,
        replicates: &[Vec<PoolDraw>],
    ) -> Result<Vec<QuestionResult>, ReplayError> {
        let pool = &self.partition.pools[self.index];
        let mode = method.draws();
        let label = config.label();
        let contexts = self
            .budgets
            .iter()
            .map(|budget| self.calibrated.context(self.partition, self.index, (&label, mode), *budget))
            .collect::<Result<Vec<_>, _>>()?;
        let mut sums = vec![QuestionResult { accuracy: 0.0, spent: Spent::default() }; self.budgets.len()];
        let extra = extra(method, pool);
        for (replicate, draws) in replicates.iter().enumerate() {
            let seen: Vec<Draw> = draws.iter().map(|draw| draw.seen).collect();
            for (place, (sum, budget)) in sums.iter_mut().zip(self.budgets).enumerate() {
                let budget = self.allocations.get(number, place, replicate, self.index).unwrap_or(*budget);
                let Played { choice, used } = play(method, &contexts[place], budget, &seen)?;
                let scores = scores_seen(method, used);
                sum.accuracy += f64::from(u8::from(is_right(choice, &seen[..used], pool)));
                sum.spent.add(&spent(draws[..used].iter().copied(), mode.is_chain(), scores));
                sum.spent.add(&extra);
            }
        }
        // Divided, not multiplied by a share: right in every replicate must be exactly 1.
        let count = replicates.len().max(1) as f64;
        for sum in &mut sums {
            sum.accuracy /= count;
            sum.spent.divide(count);
        }
        Ok(sums)
    }
}
