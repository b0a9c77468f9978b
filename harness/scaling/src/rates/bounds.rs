//! Population bounds: what re-answering is worth over many different questions.
//!
//! | bound | value | reached by |
//! |---|---|---|
//! | upper | mean of `max(p_0q, pi_q)` | a perfect gate |
//! | neutral | mean of `p_0q` | never re-answering |
//! | ungated | mean of `pi_q` | always re-answering, for ever |
//! | lower | mean of `min(p_0q, pi_q)` | a gate that is always wrong |
//!
//! `upper - ungated` is the gating gap: what knowing when to stop is worth. Each is a mean over questions of an
//! expectation over the question's posterior ([`super::empirical`]), not of plug-in estimates, whose maximum is biased
//! upwards.
//!
//! **Limits**, seen in simulation with 500 questions and chains of 64 rounds (the ignored test `bounds_in_simulation`
//! prints them). Neutral and ungated are met throughout; upper from 2 chains on, while with one chain a question and rates
//! unrelated to the first answer it comes out too small and its interval misses. The gating gap cannot be negative, so
//! where it is 0 (every `p_0q` equal to its `pi_q`) it comes out at 1 to 3 points and its interval does not reach 0; where
//! it is 1 point, at 0.4 to 2.4 points, interval covering; where it is 10 points (unrelated rates), within 1.3 points from
//! 2 chains on, and 2.5 to 3.5 points too small with one. The shares of questions helped and harmed rest on whether small
//! differences pass the margin, and are as much as 40 points off where all differences are 0: read them beside the gap.
//!
//! Intervals are percentile bootstraps over questions in which the hyper-parameters are fitted anew (the search starts
//! from the full fit's end): with one to four first answers a question, `p_0q` owes most to its prior, and a bootstrap
//! that held the prior fixed would be too narrow.

use rayon::prelude::*;
use serde::Serialize;

use super::clusters::{percentile_interval, weights};
use super::counts::QuestionCounts;
use super::empirical::{Priors, RateModel};
use super::error::RatesError;
use super::outlook::Summary;
use crate::Interval;

/// What re-answering is worth over a population of questions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PopulationBounds {
    /// Mean of `max(p_0q, pi_q)`.
    pub upper: Interval,
    /// Mean of `p_0q`.
    pub neutral: Interval,
    /// Mean of `pi_q`.
    pub ungated: Interval,
    /// Mean of `min(p_0q, pi_q)`.
    pub lower: Interval,
    /// `upper - ungated`.
    pub gating_gap: Interval,
    /// `ungated - neutral`: what re-answering everywhere changes.
    pub gain: Interval,
    /// Share of questions with `pi_q - p_0q > margin`.
    pub helped: Interval,
    /// Share of questions with `p_0q - pi_q > margin`.
    pub harmed: Interval,
    /// Share of questions in between.
    pub unchanged: Interval,
    /// The margin, in accuracy.
    pub margin: f64,
    /// Whether the spread of `p_0q` around what `pi_q` predicts can be told: at least two chains of some question. If
    /// not, it is taken as none: where questions of one `pi_q` differ in `p_0q`, `upper` and `gating_gap` are too
    /// small.
    pub spread_identified: bool,
}

/// Bounds in the order of the fields.
const ESTIMATES: usize = 9;

/// Population bounds with question-cluster bootstrap intervals. `margin` as in [`super::question_rates`].
///
/// # Errors
/// As [`super::question_rates`]; [`RatesError::NoResamples`].
pub fn population_bounds(
    counts: &[QuestionCounts],
    margin: f64,
    resamples: u32,
    seed: u64,
) -> Result<PopulationBounds, RatesError> {
    if resamples == 0 {
        return Err(RatesError::NoResamples);
    }
    let model = RateModel::new(counts, margin)?;
    let priors = model.fit(None, None);
    let point = estimates(&model, &priors, None);
    let resampled: Vec<[f64; ESTIMATES]> = (0..resamples as usize)
        .into_par_iter()
        .map(|resample| {
            let weights = weights(model.questions(), resample, seed);
            let priors = model.fit(Some(&weights), Some(&priors));
            estimates(&model, &priors, Some(&weights))
        })
        .collect();
    let interval = |which: usize| {
        let values = resampled.iter().map(|estimates| estimates[which]).collect();
        let point = point[which];
        percentile_interval(point, values).unwrap_or(Interval { point, low: point, high: point })
    };
    Ok(PopulationBounds {
        upper: interval(0),
        neutral: interval(1),
        ungated: interval(2),
        lower: interval(3),
        gating_gap: interval(4),
        gain: interval(5),
        helped: interval(6),
        harmed: interval(7),
        unchanged: interval(8),
        margin,
        spread_identified: model.spread_identified(),
    })
}

fn estimates(model: &RateModel, priors: &Priors, weights: Option<&[f64]>) -> [f64; ESTIMATES] {
    let mut sum = Summary::frozen(0.0);
    let mut total = 0.0;
    for question in 0..model.questions() {
        let weight = weights.map_or(1.0, |weights| weights[question]);
        if weight > 0.0 {
            let summary = model.summary(priors, question);
            total += weight;
            sum.initial += weight * summary.initial;
            sum.fixed_point += weight * summary.fixed_point;
            sum.help += weight * summary.help;
            sum.harm += weight * summary.harm;
            sum.helps += weight * summary.helps;
            sum.harms += weight * summary.harms;
        }
    }
    let [neutral, ungated, help, harm, helped, harmed] =
        [sum.initial, sum.fixed_point, sum.help, sum.harm, sum.helps, sum.harms].map(|sum| sum / total);
    let unchanged = (1.0 - helped - harmed).max(0.0);
    // max(p, pi) = p + max(0, pi - p) = pi + max(0, p - pi).
    [neutral + help, neutral, ungated, neutral - harm, harm, ungated - neutral, helped, harmed, unchanged]
}
