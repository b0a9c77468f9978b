//! Plays every method at every budget on every question.

use markovscale::{AnswerModel, Budget, CrossFit, Draw, DrawMode, Method, MethodConfig, QuestionContext};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::drive::{Played, play, spent};
use super::pool::{PoolDraw, QuestionPool};
use super::{Partition, QuestionResult, ReplayError, Spent, exact};
use crate::key::seed;

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
    calibration: Option<&CrossFit<AnswerModel>>,
    budgets: &[Budget],
) -> Result<Vec<Evaluated>, ReplayError> {
    let configs = &partition.plan.methods;
    let methods: Vec<Box<dyn Method>> = configs.iter().map(|config| config.build()).collect();
    // Per question, per method, per budget.
    let played: Vec<Vec<Vec<QuestionResult>>> = (0..partition.pools.len())
        .into_par_iter()
        .map(|index| question(partition, calibration, &methods, budgets, index))
        .collect::<Result<_, _>>()?;
    let evaluated = (0..methods.len()).map(|m| Evaluated {
        replicates: replicates(partition, &*methods[m], exact::applies(&configs[m])),
        per_budget: (0..budgets.len()).map(|b| played.iter().map(|question| question[m][b]).collect()).collect(),
    });
    Ok(evaluated.collect())
}

fn replicates(partition: &Partition<'_>, method: &dyn Method, exact: bool) -> Option<u32> {
    match method.draws() {
        _ if exact => None,
        DrawMode::Parallel => Some(partition.plan.replay.replicates),
        DrawMode::Sequential | DrawMode::Refine | DrawMode::Forced => Some(partition.plan.pool.chains),
    }
}

fn question(
    partition: &Partition<'_>,
    calibration: Option<&CrossFit<AnswerModel>>,
    methods: &[Box<dyn Method>],
    budgets: &[Budget],
    index: usize,
) -> Result<Vec<Vec<QuestionResult>>, ReplayError> {
    let pool = &partition.pools[index];
    let context =
        QuestionContext { model: calibration.and_then(|fits| fits.for_question(index)), ..QuestionContext::default() };
    let mut orders: Option<Vec<Vec<PoolDraw>>> = None;
    let configs = &partition.plan.methods;
    let results = methods.iter().zip(configs).map(|(method, config)| {
        if exact::applies(config) {
            return exact::question(config, pool, budgets, method.uses_scores());
        }
        match method.draws() {
            DrawMode::Parallel => {
                let orders = orders.get_or_insert_with(|| shuffled(partition, pool, index, budgets));
                let mut results = average(&**method, &context, budgets, orders, pool)?;
                // With one answer to draw, every method returns it: exact, like `single`.
                let one = exact::question(&MethodConfig::Single, pool, budgets, method.uses_scores())?;
                for ((result, exact), budget) in results.iter_mut().zip(one).zip(budgets) {
                    if budget.0 == 1 {
                        *result = exact;
                    }
                }
                Ok(results)
            }
            mode @ (DrawMode::Sequential | DrawMode::Refine | DrawMode::Forced) => {
                let chains = pool.chains_of(mode);
                let wanted = chains.len().min(partition.plan.pool.chains as usize);
                average(&**method, &context, budgets, &chains[..wanted], pool)
            }
        }
    });
    results.collect()
}

/// Random orders of a question's parallel draws, the same for every method, so that comparisons are paired. Order `r` of
/// a question comes from its own stream: neither threads nor other questions change it.
fn shuffled(partition: &Partition<'_>, pool: &QuestionPool, index: usize, budgets: &[Budget]) -> Vec<Vec<PoolDraw>> {
    let most = budgets.iter().map(|budget| budget.0 as usize).max().unwrap_or(0).min(pool.parallel.len());
    let parts: [&[u8]; 4] =
        [b"orders", &partition.plan.seed.to_le_bytes(), partition.dataset.as_bytes(), partition.ids[index].as_bytes()];
    let mut generator = ChaCha8Rng::seed_from_u64(seed(&parts));
    let order = |replicate: u64| {
        generator.set_stream(replicate);
        generator.set_word_pos(0);
        let mut draws = pool.parallel.clone();
        let (front, _) = draws.partial_shuffle(&mut generator, most);
        front.to_vec()
    };
    (0..u64::from(partition.plan.replay.replicates)).map(order).collect()
}

fn average(
    method: &dyn Method,
    context: &QuestionContext<'_>,
    budgets: &[Budget],
    replicates: &[Vec<PoolDraw>],
    pool: &QuestionPool,
) -> Result<Vec<QuestionResult>, ReplayError> {
    let sequential = method.draws().is_chain();
    let mut sums = vec![QuestionResult { accuracy: 0.0, spent: Spent::default() }; budgets.len()];
    for draws in replicates {
        let seen: Vec<Draw> = draws.iter().map(|draw| draw.seen).collect();
        for (sum, budget) in sums.iter_mut().zip(budgets) {
            let Played { right, used } = play(method, context, *budget, &seen, pool)?;
            let cost = spent(draws[..used].iter().copied(), sequential, method.uses_scores());
            sum.accuracy += f64::from(u8::from(right));
            sum.spent.answers += cost.answers;
            sum.spent.completion_tokens += cost.completion_tokens;
            sum.spent.prompt_tokens += cost.prompt_tokens;
            sum.spent.verifier_tokens += cost.verifier_tokens;
            sum.spent.depth_tokens += cost.depth_tokens;
        }
    }
    // Divided, not multiplied by a share: right in every replicate must be exactly 1.
    let count = replicates.len().max(1) as f64;
    for sum in &mut sums {
        sum.accuracy /= count;
        sum.spent.answers /= count;
        sum.spent.completion_tokens /= count;
        sum.spent.prompt_tokens /= count;
        sum.spent.verifier_tokens /= count;
        sum.spent.depth_tokens /= count;
    }
    Ok(sums)
}
