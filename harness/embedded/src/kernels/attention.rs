//! Attention of one token to those before it and itself.

use pulp::{Simd, WithSimd};

use super::exponential::exp;
use super::pointwise::{PARTS, together};

/// Positions of a page of the cache. A head's keys lie by dimension, then position; its values by position, then
/// dimension.
pub(crate) const PAGE: usize = 16;

/// Pages whose scores are worked on at once: chains of additions that do not wait for each other.
const SIDE_BY_SIDE: usize = 4;

/// One row's attention in one layer.
pub(crate) struct Attend<'a, P> {
    /// The page of that number: keys and values of one layer, all heads' keys first.
    pub(crate) page: P,
    /// Positions that are seen.
    pub(crate) seen: usize,
    /// Queries of all heads.
    pub(crate) queries: &'a [f32],
    pub(crate) head_size: usize,
    pub(crate) key_value_heads: usize,
    /// Room for the scores of one head: whole pages.
    pub(crate) scores: &'a mut [f32],
    /// What is attended to, all heads.
    pub(crate) into: &'a mut [f32],
}

impl<'p, P: Fn(usize) -> &'p [f32]> WithSimd for Attend<'_, P> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let size = self.head_size;
        let in_page = size * PAGE;
        let shared = self.queries.len() / size / self.key_value_heads;
        let pages = self.seen.div_ceil(PAGE);
        let scale = 1.0 / (size as f32).sqrt();
        for (head, (query, into)) in self.queries.chunks_exact(size).zip(self.into.chunks_exact_mut(size)).enumerate() {
            let start = head / shared * in_page;
            let keys = |page: usize| &(self.page)(page)[start..start + in_page];
            let scores = &mut self.scores[..pages * PAGE];
            let mut page = 0;
            for scores in scores.chunks_mut(SIDE_BY_SIDE * PAGE) {
                if scores.len() == SIDE_BY_SIDE * PAGE {
                    score::<S, SIDE_BY_SIDE>(simd, query, std::array::from_fn(|p| keys(page + p)), scores);
                } else {
                    for (p, scores) in scores.chunks_exact_mut(PAGE).enumerate() {
                        score::<S, 1>(simd, query, [keys(page + p)], scores);
                    }
                }
                page += SIDE_BY_SIDE;
            }
            let scores = &mut scores[..self.seen];
            let total = exponentials(scores, scale);
            let start = (self.key_value_heads + head / shared) * in_page;
            let mut at = 0;
            let width = size / S::F32_LANES;
            while at < width {
                let values = |page: usize| S::as_simd_f32s(&(self.page)(page)[start..start + in_page]).0;
                let (into, _) = S::as_mut_simd_f32s(into);
                if width - at >= 4 {
                    sum::<S, 4>(simd, scores, values, at, width, &mut into[at..]);
                    at += 4;
                } else if width - at >= 2 {
                    sum::<S, 2>(simd, scores, values, at, width, &mut into[at..]);
                    at += 2;
                } else {
                    sum::<S, 1>(simd, scores, values, at, width, &mut into[at..]);
                    at += 1;
                }
            }
            for value in into {
                *value /= total;
            }
        }
    }
}

/// Scores of `G` pages: for each position the chain of products over the head's dimensions.
#[inline(always)]
fn score<S: Simd, const G: usize>(simd: S, query: &[f32], keys: [&[f32]; G], scores: &mut [f32]) {
    let in_row = PAGE / S::F32_LANES;
    let keys = keys.map(|keys| S::as_simd_f32s(keys).0);
    let (scores, _) = S::as_mut_simd_f32s(scores);
    for at in 0..in_row {
        let mut sums = [simd.splat_f32s(0.0); G];
        for (dimension, &query) in query.iter().enumerate() {
            let query = simd.splat_f32s(query);
            for (sum, keys) in sums.iter_mut().zip(keys) {
                *sum = simd.mul_add_f32s(query, keys[dimension * in_row + at], *sum);
            }
        }
        for (page, sum) in sums.into_iter().enumerate() {
            scores[page * in_row + at] = sum;
        }
    }
}

/// Replaces scores by exponentials of how far they are below the highest; returns their sum.
#[inline(always)]
fn exponentials(scores: &mut [f32], scale: f32) -> f32 {
    let mut highest = [f32::NEG_INFINITY; PARTS];
    for some in scores.chunks(PARTS) {
        for (highest, &score) in highest.iter_mut().zip(some) {
            *highest = if score > *highest { score } else { *highest };
        }
    }
    let highest = highest.into_iter().fold(f32::NEG_INFINITY, |a, b| if b > a { b } else { a });
    for score in scores.iter_mut() {
        *score = exp((*score - highest) * scale);
    }
    let mut parts = [0.0_f32; PARTS];
    for some in scores.chunks(PARTS) {
        for (part, score) in parts.iter_mut().zip(some) {
            *part += score;
        }
    }
    together(parts)
}

/// `V` vectors, from the vector `at` on, of the sum of values by weight, over positions in their order.
#[inline(always)]
fn sum<'p, S: Simd, const V: usize>(
    simd: S,
    weights: &[f32],
    values: impl Fn(usize) -> &'p [S::f32s],
    at: usize,
    width: usize,
    into: &mut [S::f32s],
) {
    let mut sums = [simd.splat_f32s(0.0); V];
    for (page, weights) in weights.chunks(PAGE).enumerate() {
        for (&weight, row) in weights.iter().zip(values(page).chunks_exact(width)) {
            let weight = simd.splat_f32s(weight);
            for (sum, &value) in sums.iter_mut().zip(&row[at..at + V]) {
                *sum = simd.mul_add_f32s(weight, value, *sum);
            }
        }
    }
    into.iter_mut().zip(sums).for_each(|(place, sum)| *place = sum);
}
