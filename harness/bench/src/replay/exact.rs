//! Methods whose expected result over all subsets of a parallel pool has a formula: no random orders are needed.

use markovscale::statistics::best_of_k_curve;
use markovscale::{Budget, Method, PlayError, Ranking};

use super::pool::{PoolDraw, QuestionPool};
use super::{QuestionResult, ReplayError, Spent};

/// Expected results over all subsets of `budget` draws.
///
/// Every such method returns the first of a ranking of the subset: best-of-N by score (missing answers last unless `legacy`, ties to the
/// earlier draw), the oracle by rightness (which makes its accuracy the unbiased pass@N), single any draw; and the longest
/// of N completions is the first by length.
pub(super) fn question(
    ranking: Ranking,
    method: &dyn Method,
    pool: &QuestionPool,
    budgets: &[Budget],
) -> Result<Vec<QuestionResult>, ReplayError> {
    let draws = &pool.parallel;
    let right: Vec<f64> = draws.iter().map(|d| f64::from(u8::from(pool.is_right(d.seen.class)))).collect();
    let tokens: Vec<f64> = draws.iter().map(|d| d.seen.completion_tokens.0 as f64).collect();
    let best = match ranking {
        Ranking::Right => descending(&right),
        Ranking::Seen(rank) => rank(&draws.iter().map(|d| d.seen).collect::<Vec<_>>()),
    };
    let accuracy = best_of_k_curve(&right, &best)?;
    let depth = best_of_k_curve(&tokens, &descending(&tokens))?;
    let mean = |value: &dyn Fn(&PoolDraw) -> f64| draws.iter().map(value).sum::<f64>() / (draws.len().max(1) as f64);
    let (completion, prompt) = (mean(&|d| d.seen.completion_tokens.0 as f64), mean(&|d| d.prompt_tokens.0 as f64));
    let scores = method.uses_scores();
    let verifier = if scores { mean(&|d| d.verifier_tokens.0 as f64) } else { 0.0 };
    let price = mean(&|d| if scores { d.price + d.verifier_price } else { d.price });
    let most = method.most_answers().unwrap_or(u32::MAX);
    let result = |budget: &Budget| {
        let place = (budget.0.min(most) as usize).saturating_sub(1);
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
