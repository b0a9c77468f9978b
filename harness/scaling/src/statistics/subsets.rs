//! Expected values over all subsets of a question's draws, exact.

use super::StatisticsError;

/// Unbiased pass@k: `1 - C(n - c, k) / C(n, k)`, the probability that one of `k` of `n` draws is right when `c` of them
/// are (arXiv 2107.03374).
///
/// # Errors
/// [`StatisticsError::OutOfRange`] when `right > draws`, `subset = 0` or `subset > draws`.
pub fn pass_at_k(draws: usize, right: usize, subset: usize) -> Result<f64, StatisticsError> {
    if right > draws {
        let (what, expected) = ("the number of right draws", "at most the number of draws");
        return Err(StatisticsError::OutOfRange { what, found: right as f64, expected });
    }
    if subset == 0 || subset > draws {
        let (what, expected) = ("the subset size k of pass@k", "from 1 to the number of draws");
        return Err(StatisticsError::OutOfRange { what, found: subset as f64, expected });
    }
    let wrong = draws - right;
    if wrong < subset {
        return Ok(1.0);
    }
    // C(n - c, k) / C(n, k) as a product, which neither overflows nor cancels.
    let none: f64 = (wrong + 1..=draws).map(|n| 1.0 - subset as f64 / n as f64).product();
    Ok(1.0 - none)
}

/// Expected value of the best of `k` draws over all subsets, for every `k` from 1 (at index 0) to all.
///
/// `order` lists the draws' indices from best to worst, for best-of-N [`crate::methods::common::rank_by_score`] (ties
/// by earlier draw, missing answers last, so they are returned only by a subset that has nothing else). The draw at
/// rank `r` is the best of a random `k`-subset with probability `C(n - 1 - r, k - 1) / C(n, k)`. With correctness (0
/// or 1) as values this is best-of-N's expected accuracy; with tokens, ordered by tokens, the expected longest of `k`.
/// O(n^2).
///
/// # Errors
/// [`StatisticsError::NotAPermutation`] when `order` does not name every draw once.
pub fn best_of_k_curve(values: &[f64], order: &[usize]) -> Result<Vec<f64>, StatisticsError> {
    let draws = values.len();
    let mut named = vec![false; draws];
    for &index in order {
        match named.get_mut(index) {
            Some(named) if !*named => *named = true,
            _ => return Err(StatisticsError::NotAPermutation { draws, found: index }),
        }
    }
    if let Some(found) = named.iter().position(|named| !named) {
        return Err(StatisticsError::NotAPermutation { draws, found });
    }
    let curve = (1..=draws).map(|subset| {
        let mut weight = subset as f64 / draws as f64;
        let mut expected = 0.0;
        for (rank, &index) in order.iter().enumerate().take(draws - subset + 1) {
            expected += weight * values[index];
            // From rank to rank + 1. The last rank that can be best has weight 0 beyond it.
            let worse = (draws - 1 - rank) as f64;
            if worse > 0.0 {
                weight *= (worse + 1.0 - subset as f64) / worse;
            }
        }
        expected
    });
    Ok(curve.collect())
}
