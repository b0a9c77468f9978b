//! What distinguishes the questions of a simulated dataset from each other, apart from parameters.
//!
//! Success, dominance of the favourite wrong answer, length and score effects are assigned by stratified quantiles over
//! the dataset: a set of 30 questions then has the mean it is meant to have, instead of adding its own luck. They
//! depend on the set of questions, not on their order.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;
use statrs::distribution::{ContinuousCDF, Normal};

use crate::dataset::Dataset;
use crate::key;

/// Most distinct wrong answers of a question; the last takes what probability is left.
pub(crate) const MOST_WRONG_ANSWERS: usize = 128;

/// How many standard deviations of luck one standard deviation of level outweighs.
const LEVEL_PULL: f64 = 1.0;

/// Effects before they are stratified.
#[derive(Debug, Clone)]
pub(crate) struct RawEffects {
    ease: f64,
    dominance: f64,
    length: f64,
    score: f64,
    sticks: Vec<f64>,
}

impl RawEffects {
    /// Draws the effects of a question whose level lies `level` standard deviations above the dataset's mean.
    pub(crate) fn sample(rng: &mut ChaCha8Rng, level: f64) -> Self {
        let luck: f64 = rng.sample(StandardNormal);
        Self {
            ease: luck - LEVEL_PULL * level,
            dominance: rng.random(),
            length: rng.random(),
            score: rng.random(),
            sticks: (0..MOST_WRONG_ANSWERS).map(|_| rng.random()).collect(),
        }
    }
}

/// Effects of one question.
#[derive(Debug, Clone)]
pub(crate) struct QuestionEffects {
    /// Quantile of the fixed point among the dataset's questions, in (0, 1).
    pub success: f64,
    /// Quantiles of the stick-breaking fractions of wrong answers, in [0, 1); the first is stratified.
    pub sticks: Vec<f64>,
    /// Length effect, standard normal.
    pub length: f64,
    /// Verifier score effect, standard normal.
    pub score: f64,
}

/// Replaces each effect by its stratified quantile among all questions.
pub(crate) fn stratify(raw: Vec<RawEffects>) -> Vec<QuestionEffects> {
    let success = quantiles(raw.iter().map(|r| r.ease));
    let dominance = quantiles(raw.iter().map(|r| r.dominance));
    let length = quantiles(raw.iter().map(|r| r.length));
    let score = quantiles(raw.iter().map(|r| r.score));
    let normal = Normal::standard();
    raw.into_iter()
        .enumerate()
        .map(|(index, mut raw)| {
            if let Some(first) = raw.sticks.first_mut() {
                *first = dominance[index];
            }
            QuestionEffects {
                success: success[index],
                sticks: raw.sticks,
                length: normal.inverse_cdf(length[index]),
                score: normal.inverse_cdf(score[index]),
            }
        })
        .collect()
}

/// `(rank + 0.5) / count` of each value.
fn quantiles(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut order: Vec<(f64, usize)> = values.enumerate().map(|(index, value)| (value, index)).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let count = order.len() as f64;
    let mut result = vec![0.5; order.len()];
    for (rank, (_, index)) in order.into_iter().enumerate() {
        result[index] = (rank as f64 + 0.5) / count;
    }
    result
}

/// The seed of one aspect of one question of one backbone.
pub(crate) fn question_seed(run_seed: u64, backbone: &str, dataset: &str, question: &str, aspect: &str) -> u64 {
    key::seed(&[
        b"simulated",
        &run_seed.to_le_bytes(),
        backbone.as_bytes(),
        dataset.as_bytes(),
        question.as_bytes(),
        aspect.as_bytes(),
    ])
}

/// The effects of every question of a dataset, in its order.
pub(crate) fn dataset_effects(run_seed: u64, backbone: &str, dataset: &Dataset) -> Vec<QuestionEffects> {
    let levels: Vec<f64> = dataset.questions.iter().filter_map(|q| q.level.map(f64::from)).collect();
    let mean = levels.iter().sum::<f64>() / levels.len().max(1) as f64;
    let variance = levels.iter().map(|level| (level - mean).powi(2)).sum::<f64>() / levels.len().max(1) as f64;
    let deviation = variance.sqrt().max(f64::MIN_POSITIVE);
    let raw = dataset.questions.iter().map(|question| {
        let level = question.level.map_or(0.0, |level| (f64::from(level) - mean) / deviation);
        let seed = question_seed(run_seed, backbone, &dataset.name, &question.id.0, "effects");
        RawEffects::sample(&mut ChaCha8Rng::seed_from_u64(seed), level)
    });
    stratify(raw.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_ranks_at_midpoints() {
        assert_eq!(quantiles([3.0, -1.0, 10.0, 4.0].into_iter()), vec![0.375, 0.125, 0.875, 0.625]);
        assert!(quantiles(std::iter::empty()).is_empty());
    }
}
