//! Pooled rates: one `p_0`, `a` and `b` for all questions, overall or within a difficulty.
//!
//! The pooled rates are ratios of counts over all questions. The mean over questions of different chains is a mixture
//! and not a two-state chain, so pooled rates describe the transitions that were seen and drift from round to round;
//! what re-answering is worth is told by the per-question rates ([`super::empirical`]) and the bounds
//! ([`super::bounds`]).

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;

use super::clusters::{percentile_interval, weights, widened};
use super::counts::{LabelledChains, QuestionCounts, TransitionCounts, Trials};
use super::error::RatesError;
use crate::Interval;

/// A ratio of counts with its question-cluster bootstrap interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Rate {
    /// The estimate and its 95 % interval; `None` when nothing was tried (a state that was never visited).
    pub estimate: Option<Interval>,
    /// Resamples in which nothing was tried. They are left out of the interval.
    pub undefined_resamples: u32,
}

/// Rates over all questions of a group.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PooledRates {
    /// Questions with a chain.
    pub questions: usize,
    /// Chains with an answer.
    pub chains: u32,
    /// Transitions over all chains.
    pub transitions: TransitionCounts,
    /// `p_0`.
    pub initial: Rate,
    /// `a = P(wrong next | right now)`.
    pub correct_to_wrong: Rate,
    /// `b = P(right next | wrong now)`.
    pub wrong_to_correct: Rate,
    /// `pi = b / (a + b)`; undefined when neither state was ever left.
    pub fixed_point: Rate,
    /// `lambda = 1 - a - b`.
    pub memory: Rate,
}

/// Sums of a resample.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    initial: [f64; 2],
    right: [f64; 2],
    wrong: [f64; 2],
}

impl Sums {
    fn add(&mut self, counts: &QuestionCounts, weight: f64) {
        let pairs = [
            (&mut self.initial, counts.initial()),
            (&mut self.right, counts.correct_to_wrong()),
            (&mut self.wrong, counts.wrong_to_correct()),
        ];
        for (sums, trials) in pairs {
            sums[0] += weight * f64::from(trials.events);
            sums[1] += weight * f64::from(trials.trials);
        }
    }

    /// `p_0, a, b, pi, lambda`, each `None` where undefined.
    fn rates(&self) -> [Option<f64>; 5] {
        let rate = |[events, trials]: [f64; 2]| (trials > 0.0).then(|| events / trials);
        let (a, b) = (rate(self.right), rate(self.wrong));
        let both = a.zip(b);
        let fixed_point = both.filter(|(a, b)| a + b > 0.0).map(|(a, b)| b / (a + b));
        [rate(self.initial), a, b, fixed_point, both.map(|(a, b)| 1.0 - a - b)]
    }
}

/// Pooled rates of questions whose transitions were counted, with question-cluster bootstrap intervals.
///
/// # Errors
/// [`RatesError::NoChains`], [`RatesError::NoResamples`].
pub fn pooled_rates(counts: &[QuestionCounts], resamples: u32, seed: u64) -> Result<PooledRates, RatesError> {
    let counts: Vec<QuestionCounts> = counts.iter().filter(|counts| counts.chains > 0).copied().collect();
    if counts.is_empty() {
        return Err(RatesError::NoChains);
    }
    if resamples == 0 {
        return Err(RatesError::NoResamples);
    }
    let mut all = Sums::default();
    counts.iter().for_each(|counts| all.add(counts, 1.0));
    let resampled: Vec<[Option<f64>; 5]> = (0..resamples as usize)
        .into_par_iter()
        .map(|resample| {
            let mut sums = Sums::default();
            let weights = weights(counts.len(), resample, seed);
            counts.iter().zip(weights).for_each(|(counts, weight)| sums.add(counts, weight));
            sums.rates()
        })
        .collect();
    let points = all.rates();
    let rate = |which: usize| {
        let values: Vec<f64> = resampled.iter().filter_map(|rates| rates[which]).collect();
        let undefined_resamples = resamples.saturating_sub(u32::try_from(values.len()).unwrap_or(u32::MAX));
        Rate { estimate: points[which].and_then(|point| percentile_interval(point, values)), undefined_resamples }
    };
    let wide = |which: usize, trials: fn(&QuestionCounts) -> Trials| {
        let tried = counts.iter().map(trials).filter(|trials| trials.trials > 0);
        let with_event = tried.clone().filter(|trials| trials.events > 0).count();
        let without = tried.clone().filter(|trials| trials.events < trials.trials).count();
        let rate = rate(which);
        Rate { estimate: rate.estimate.map(|i| widened(i, tried.count(), with_event, without)), ..rate }
    };
    Ok(PooledRates {
        questions: counts.len(),
        chains: counts.iter().map(|counts| counts.chains).sum(),
        transitions: counts.iter().fold(TransitionCounts::default(), |sum, counts| sum.plus(counts.transitions)),
        initial: wide(0, QuestionCounts::initial),
        correct_to_wrong: wide(1, QuestionCounts::correct_to_wrong),
        wrong_to_correct: wide(2, QuestionCounts::wrong_to_correct),
        fixed_point: rate(3),
        memory: rate(4),
    })
}

/// Pooled rates by difficulty, easiest level first; questions without a level are not in any group.
///
/// # Errors
/// [`RatesError::NoResamples`].
pub fn rates_by_level(
    questions: &[LabelledChains],
    resamples: u32,
    seed: u64,
) -> Result<Vec<(u32, PooledRates)>, RatesError> {
    let mut groups: BTreeMap<u32, Vec<QuestionCounts>> = BTreeMap::new();
    for question in questions {
        let counts = QuestionCounts::of(question);
        if let Some(level) = question.level.filter(|_| counts.chains > 0) {
            groups.entry(level).or_default().push(counts);
        }
    }
    groups.into_iter().map(|(level, counts)| Ok((level, pooled_rates(&counts, resamples, seed)?))).collect()
}
