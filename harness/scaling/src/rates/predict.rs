//! Predicted against observed accuracy on rounds that the fit did not see.
//!
//! Per-question rates are fitted to the first half of the rounds; `p_n = pi_q + lambda_q^n (p_0q - pi_q)`, averaged
//! over each question's posterior and over questions, is compared with the share of right answers at each later round.
//! The predictive interval of a round carries both what the posteriors leave open and the chance of each answer: with
//! `c_q` chains `Var = sum_q [Var(p_n) + E(p_n (1 - p_n)) / c_q] / questions^2`. Rounds share questions, so the `z` of
//! different rounds are not independent; the error over all unseen rounds has a question-bootstrap interval instead.
//!
//! The same curve by pooled rates stands beside it: pooling calls a mixture of chains one chain, and shows how far that
//! is off.

use rayon::prelude::*;
use serde::Serialize;

use super::counts::{LabelledChains, QuestionCounts};
use super::empirical::RateModel;
use super::error::RatesError;
use super::outlook::{Accuracy, Outlook};
use crate::{Chain, Interval, statistics};

const NORMAL_975: f64 = 1.959_963_984_540_054;

/// One unseen round.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PredictedRound {
    /// The round; 0 is the first answer.
    pub round: usize,
    /// Questions with an answer at this round.
    pub questions: usize,
    /// Predicted share of right answers with its 95 % predictive interval.
    pub predicted: Interval,
    /// The same by pooled rates; `None` where they are undefined.
    pub pooled: Option<f64>,
    /// Observed share.
    pub observed: f64,
    /// `(observed - predicted) / standard deviation`.
    pub z: f64,
}

/// A prediction and how it fared.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Prediction {
    /// Rounds 0 up to this one (exclusive) were fitted.
    pub fitted_rounds: usize,
    /// The rounds after.
    pub rounds: Vec<PredictedRound>,
    /// Rounds whose observed share lies within the predictive interval.
    pub within: usize,
    /// Observed minus predicted, averaged over unseen rounds and then over questions, with its bootstrap interval.
    pub error: Interval,
    /// The same for the pooled rates; `None` where they are undefined.
    pub pooled_error: Option<Interval>,
}

/// Fits the first half of the rounds and predicts the second.
///
/// # Errors
/// [`RatesError::TooFewRounds`] when no chain has 4 answers; otherwise as [`super::question_rates`].
pub fn predict_unseen_rounds(
    questions: &[LabelledChains],
    resamples: u32,
    seed: u64,
) -> Result<Prediction, RatesError> {
    if resamples == 0 {
        return Err(RatesError::NoResamples);
    }
    let longest = questions.iter().flat_map(|question| &question.chains).map(Vec::len).max().unwrap_or(0);
    if longest == 0 {
        return Err(RatesError::NoChains);
    }
    if longest < 4 {
        return Err(RatesError::TooFewRounds { rounds: longest });
    }
    let (fitted_rounds, unseen) = (longest / 2, longest - longest / 2);
    let questions: Vec<&LabelledChains> =
        questions.iter().filter(|question| question.chains.iter().any(|chain| !chain.is_empty())).collect();
    let counts: Vec<QuestionCounts> =
        questions.iter().map(|question| QuestionCounts::of(&question.first_rounds(fitted_rounds))).collect();
    let model = RateModel::new(&counts, 0.0)?;
    let priors = model.fit(None, None);
    let predicted: Vec<Vec<Accuracy>> = (0..questions.len())
        .into_par_iter()
        .map(|question| {
            let posteriors = model.posteriors(&priors, question);
            if model.frozen {
                let (mean, variance) = (posteriors.initial.mean(), posteriors.initial.variance());
                return vec![Accuracy { mean, square: mean * mean + variance }; unseen];
            }
            Outlook::new(&posteriors).accuracies(fitted_rounds, unseen)
        })
        .collect();
    let pooled = pooled_chain(&counts);
    let rounds: Vec<PredictedRound> = (fitted_rounds..longest)
        .filter_map(|round| compare(&questions, &predicted, pooled.as_ref(), fitted_rounds, round))
        .collect();
    let error = |predicted: &dyn Fn(usize, usize) -> f64| {
        let errors: Vec<f64> = questions
            .iter()
            .enumerate()
            .filter_map(|(index, question)| {
                let rounds: Vec<f64> = (fitted_rounds..longest)
                    .filter_map(|round| Some(observed(question, round)?.0 - predicted(index, round)))
                    .collect();
                (!rounds.is_empty()).then(|| rounds.iter().sum::<f64>() / rounds.len() as f64)
            })
            .collect();
        // Neither can be: some chain reaches the last round, and errors are finite.
        statistics::bootstrap_mean(&errors, resamples as usize, seed).map_err(|_| RatesError::NoChains)
    };
    let pooled_error = match pooled {
        Some(chain) => Some(error(&|_, round| chain.accuracy(u32::try_from(round).unwrap_or(u32::MAX)))?),
        None => None,
    };
    Ok(Prediction {
        fitted_rounds,
        within: rounds.iter().filter(|r| (r.predicted.low..=r.predicted.high).contains(&r.observed)).count(),
        rounds,
        error: error(&|question, round| predicted[question][round - fitted_rounds].mean)?,
        pooled_error,
    })
}

/// Share of a question's chains that are right at a round, and how many reach it.
fn observed(question: &LabelledChains, round: usize) -> Option<(f64, f64)> {
    let answers: Vec<bool> = question.chains.iter().filter_map(|chain| chain.get(round).copied()).collect();
    let right = answers.iter().filter(|right| **right).count();
    (!answers.is_empty()).then(|| (right as f64 / answers.len() as f64, answers.len() as f64))
}

fn compare(
    questions: &[&LabelledChains],
    predicted: &[Vec<Accuracy>],
    pooled: Option<&Chain>,
    fitted_rounds: usize,
    round: usize,
) -> Option<PredictedRound> {
    let (mut count, mut seen, mut expected, mut variance) = (0usize, 0.0, 0.0, 0.0);
    for (question, accuracies) in questions.iter().zip(predicted) {
        let Some(((share, chains), accuracy)) = observed(question, round).zip(accuracies.get(round - fitted_rounds))
        else {
            continue;
        };
        count += 1;
        seen += share;
        expected += accuracy.mean;
        variance += (accuracy.square - accuracy.mean * accuracy.mean).max(0.0)
            + (accuracy.mean - accuracy.square).max(0.0) / chains;
    }
    if count == 0 {
        return None;
    }
    let (seen, expected, deviation) = (seen / count as f64, expected / count as f64, variance.sqrt() / count as f64);
    let reach = NORMAL_975 * deviation;
    let predicted = Interval { point: expected, low: (expected - reach).max(0.0), high: (expected + reach).min(1.0) };
    let z = if deviation > 0.0 { (seen - expected) / deviation } else { 0.0 };
    let pooled = pooled.map(|chain| chain.accuracy(u32::try_from(round).unwrap_or(u32::MAX)));
    Some(PredictedRound { round, questions: count, predicted, pooled, observed: seen, z })
}

/// The chain with the pooled rates; `None` when one of them is undefined.
fn pooled_chain(counts: &[QuestionCounts]) -> Option<Chain> {
    let rate = |events: u32, trials: u32| (trials > 0).then(|| f64::from(events) / f64::from(trials));
    let sum = |trials: fn(&QuestionCounts) -> super::counts::Trials| {
        counts.iter().map(trials).fold((0, 0), |sum, trials| (sum.0 + trials.events, sum.1 + trials.trials))
    };
    let [initial, a, b] =
        [sum(QuestionCounts::initial), sum(QuestionCounts::correct_to_wrong), sum(QuestionCounts::wrong_to_correct)]
            .map(|(events, trials)| rate(events, trials));
    Chain::new(initial?, a?, b?).ok()
}
