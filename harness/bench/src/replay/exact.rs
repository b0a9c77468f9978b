//! Methods whose expected result over all subsets of a parallel pool has a formula: no random orders are needed.

use markovscale::methods::common::{rank_by_score, rank_by_score_alone};
use markovscale::statistics::best_of_k_curve;
use markovscale::{Budget, DrawMode, MethodConfig, PlayError};

use super::pool::{PoolDraw, QuestionPool};
use super::{QuestionResult, ReplayError, Spent};

/// Whether the method's result over the pool is exact.
pub(super) fn applies(config: &MethodConfig) -> bool {
    matches!(
        config,
        MethodConfig::Single | MethodConfig::BestOfN(_) | MethodConfig::Oracle { draws: DrawMode::Parallel }
    )
}

/// Expected results over all subsets of `budget` draws.
///
/// Every such method returns the first of a ranking of the subset: best-of-N by score (missing answers last unless `legacy`, ties to the
/// earlier draw), the oracle by rightness (which makes its accuracy the unbiased pass@N), single any draw; and the longest
/// of N completions is the first by length.
pub(super) fn question(
    config: &MethodConfig,
    pool: &QuestionPool,
    budgets: &[Budget],
    scores: bool,
) -> Result<Vec<QuestionResult>, ReplayError> {
    let draws = &pool.parallel;
    let right: Vec<f64> = draws.iter().map(|d| f64::from(u8::from(pool.is_right(d.seen.class)))).collect();
    let tokens: Vec<f64> = draws.iter().map(|d| d.seen.completion_tokens.0 as f64).collect();
    let best = match config {
        MethodConfig::BestOfN(config) => {
            let seen: Vec<_> = draws.iter().map(|d| d.seen).collect();
            if config.legacy { rank_by_score_alone(&seen) } else { rank_by_score(&seen) }
        }
        _ => descending(&right),
    };
    let accuracy = best_of_k_curve(&right, &best)?;
    let depth = best_of_k_curve(&tokens, &descending(&tokens))?;
    let mean = |value: &dyn Fn(&PoolDraw) -> f64| draws.iter().map(value).sum::<f64>() / (draws.len().max(1) as f64);
    let (completion, prompt) = (mean(&|d| d.seen.completion_tokens.0 as f64), mean(&|d| d.prompt_tokens.0 as f64));
    let verifier = if scores { mean(&|d| d.verifier_tokens.0 as f64) } else { 0.0 };
    let price = mean(&|d| if scores { d.price + d.verifier_price } else { d.price });
    let single = matches!(config, MethodConfig::Single);
    let result = |budget: &Budget| {
        let place = if single { 0 } else { (budget.0 as usize).saturating_sub(1) };
        let (Some(accuracy), Some(depth)) = (accuracy.get(place), depth.get(place)) else {
            return Err(PlayError::PoolTooSmall { drawn: draws.len(), budget: *budget }.into());
        };
        let answers = (place + 1) as f64;
        Ok(QuestionResult {
            accuracy: *accuracy,
            spent: Spent {
                answers,
                completion_tokens: answers * completion,
                prompt_tokens: answers * prompt,
                verifier_tokens: answers * verifier,
                depth_tokens: *depth,
                price: answers * price,
            },
        })
    };
    budgets.iter().map(result).collect()
}

/// Indices from the largest value to the smallest, the earlier first among equals.
fn descending(values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*b].total_cmp(&values[*a]));
    order
}
