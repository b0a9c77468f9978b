//! Published curves -> parameters of one dataset.
//!
//! Lengths follow directly (scale until means and spreads agree); the rest minimises squared deviations of the
//! simulated curves in units of the published run's binomial noise. What the published files cannot tell is set by
//! assumption and named here: [`WRONG_FACTOR`], [`SD_QUESTION_LENGTH`] and the token limits.

use markovscale::optimise::{Search, minimise};

use super::published::{BUDGETS, METHODS, PublishedDataset, ROUNDS, mean_and_sd};
use super::simulate::{Noise, Simulated, count_variances, settled_rounds, simulate};
use crate::backbone::simulated::model::{logistic, logit};
use crate::backbone::simulated::{
    DatasetParameters, LengthParameters, ScoreParameters, SuccessParameters, WrongAnswerParameters,
};

/// Assumed: how much longer wrong answers are than right ones.
const WRONG_FACTOR: f64 = 1.3;

/// Assumed: standard deviation of log length between questions.
const SD_QUESTION_LENGTH: f64 = 0.4;

/// Weight of score moments and chain variances, which are secondary to the curves, in the objective.
const SECONDARY_WEIGHT: f64 = 0.25;

/// Deviations beyond this many standard deviations cost extra, so that no single cell is given up for the others.
const COMFORTABLE_Z: f64 = 1.2;

/// Fits the parameters of one dataset with about `evaluations` simulations, calling `on_evaluation` after each.
pub fn fit(
    published: &PublishedDataset,
    noise: &Noise,
    evaluations: usize,
    on_evaluation: &dyn Fn(),
) -> DatasetParameters {
    let mut parameters = starting_point(published);
    // Cut-offs couple lengths and accuracy, so the two fits alternate; the first search moves far, the second polishes.
    for (share, step) in [(0.65, 1.0), (0.35, 0.35)] {
        match_lengths(&mut parameters, published, noise, on_evaluation);
        let prior = to_point(&starting_point(published));
        let start = to_point(&parameters);
        // The search runs in units of the first steps, so that one edge length suits every coordinate.
        let away = |moved: &[f64; AXES]| -> [f64; AXES] { std::array::from_fn(|i| start[i] + moved[i] * STEPS[i]) };
        let cost = |moved: &[f64; AXES]| {
            let point = away(moved);
            let candidate = from_point(&point, &parameters);
            on_evaluation();
            objective(&simulate(&candidate, noise), published) + ridge(&point, &prior)
        };
        let iterations = (evaluations as f64 * share / EVALUATIONS_PER_ITERATION) as u64;
        let (moved, _) = minimise(cost, [0.0; AXES], Search { step, tolerance: 1e-9, iterations });
        parameters = from_point(&away(&moved), &parameters);
    }
    match_lengths(&mut parameters, published, noise, on_evaluation);
    rounded(&parameters)
}

/// About how many simulations [`fit`] makes in all, for a progress bar.
pub fn fit_evaluations(evaluations: usize) -> usize {
    evaluations + 3 * LENGTH_ITERATIONS
}

const LENGTH_ITERATIONS: usize = 6;

/// Coordinates of [`to_point`].
const AXES: usize = 10;

/// What an iteration of the search costs on average.
const EVALUATIONS_PER_ITERATION: f64 = 1.6;

/// First steps of the search, in the coordinates of [`to_point`].
const STEPS: [f64; AXES] = [0.3, 0.4, 0.15, 0.5, 0.6, 0.4, 0.35, 0.25, 0.4, 0.4];

/// A rough guess from the settled chain and the score moments.
fn starting_point(published: &PublishedDataset) -> DatasetParameters {
    let questions = f64::from(published.questions);
    let settled = settled_rounds(&published.correct[2]);
    let (level, _) = mean_and_sd(settled.iter().map(|&count| f64::from(count) / questions));
    let mean = level.clamp(0.02, 0.98);
    // E[p (1 - p)] of a Beta with total s is mean (1 - mean) s / (s + 1): the settled chain's variance gives s.
    let share = (count_variances(settled).0 / questions / (mean * (1.0 - mean))).clamp(0.2, 0.7);
    let total = share / (1.0 - share);
    let score_mean = published.moments.map_or(0.8, |m| m.mean).clamp(0.05, 0.98);
    let limit = token_limit(published);
    DatasetParameters {
        success: SuccessParameters { alpha: mean * total, beta: (1.0 - mean) * total, shift: 0.1, memory: 0.12 },
        wrong_answers: WrongAnswerParameters { concentration: 4.0 },
        lengths: LengthParameters {
            first: published.tokens[0][ROUNDS - 1] / ROUNDS as f64 * 0.9,
            second: published.tokens[2][ROUNDS - 1] / ROUNDS as f64 * 0.9,
            later: published.tokens[2][ROUNDS - 1] / ROUNDS as f64 * 0.9,
            wrong_factor: WRONG_FACTOR,
            sd_question: SD_QUESTION_LENGTH,
            sd_first: 0.35,
            sd_later: 0.35,
            limit,
        },
        scores: ScoreParameters {
            mean_right: logit(score_mean) + 0.4,
            mean_wrong: logit(score_mean) - 0.8,
            sd_question: 0.9,
            sd_answer: 0.5,
            sd_noise: 0.4,
        },
    }
}

/// Token limits of the published run, by its description: 16,000 on AIME and 10,000 elsewhere. Measurements of another
/// run, whose mean length would be out of reach, get twice as much as often as needed.
fn token_limit(published: &PublishedDataset) -> f64 {
    let mean = published.tokens[0][ROUNDS - 1].max(published.tokens[2][ROUNDS - 1]) / ROUNDS as f64;
    let mut limit = if published.name.starts_with("aime") { 16_000.0 } else { 10_000.0 };
    while mean > 0.75 * limit {
        limit *= 2.0;
    }
    limit
}

/// Parameters other than lengths, in coordinates where every real vector is allowed.
fn to_point(parameters: &DatasetParameters) -> [f64; AXES] {
    let SuccessParameters { alpha, beta, shift, memory } = parameters.success;
    let scores = &parameters.scores;
    [
        logit(alpha / (alpha + beta)),
        (alpha + beta).ln(),
        shift,
        logit(memory.clamp(1e-3, 0.98)),
        parameters.wrong_answers.concentration.ln(),
        scores.mean_right,
        (scores.mean_right - scores.mean_wrong).max(1e-3).ln(),
        scores.sd_question.max(1e-3).ln(),
        scores.sd_answer.max(1e-3).ln(),
        scores.sd_noise.max(1e-3).ln(),
    ]
}

/// The inverse of [`to_point`], with the lengths of `others`. Coordinates are kept to ranges that profiles accept.
fn from_point(point: &[f64], others: &DatasetParameters) -> DatasetParameters {
    let at = |axis: usize, low: f64, high: f64| point.get(axis).copied().unwrap_or(0.0).clamp(low, high);
    let mean = logistic(at(0, -5.0, 5.0));
    let total = at(1, -2.5, 4.0).exp();
    let mean_right = at(5, -3.0, 8.0);
    DatasetParameters {
        success: SuccessParameters {
            alpha: (mean * total).max(0.01),
            beta: ((1.0 - mean) * total).max(0.01),
            shift: at(2, -3.0, 3.0),
            memory: logistic(at(3, -6.0, 3.0)),
        },
        wrong_answers: WrongAnswerParameters { concentration: at(4, -2.0, 4.0).exp() },
        lengths: others.lengths,
        scores: ScoreParameters {
            mean_right,
            mean_wrong: mean_right - at(6, -5.0, 2.0).exp(),
            sd_question: at(7, -5.0, 1.0).exp(),
            sd_answer: at(8, -5.0, 1.0).exp(),
            sd_noise: at(9, -5.0, 1.0).exp(),
        },
    }
}

/// Squared deviations of the curves, with the secondary targets added at a lower weight.
fn objective(simulated: &Simulated, published: &PublishedDataset) -> f64 {
    let questions = f64::from(published.questions);
    let mut sum = 0.0;
    for method in METHODS {
        for (budget, &n) in BUDGETS.iter().enumerate() {
            let count = f64::from(published.correct[method.index()][n - 1]);
            // Half a question is added so that a perfect score keeps a finite weight.
            let share = (count + 0.5) / (questions + 1.0);
            let deviation = simulated.accuracy[method.index()][budget] - count / questions;
            let z = deviation / (share * (1.0 - share) / questions).sqrt();
            sum += z * z + 20.0 * (z.abs() - COMFORTABLE_Z).max(0.0).powi(2);
        }
    }
    sum + SECONDARY_WEIGHT * (moment_deviation(simulated, published) + chain_deviation(simulated, published))
}

fn moment_deviation(simulated: &Simulated, published: &PublishedDataset) -> f64 {
    let Some(target) = published.moments else {
        return 0.0;
    };
    let found = simulated.moments;
    let root = f64::from(target.questions).sqrt();
    let floor = 1e-4;
    let mean = (found.mean - target.mean) / (target.sd_between / root).max(floor);
    // The standard error of a log standard deviation is about 1 / sqrt(2 n) for normal data; scores near 1 have heavier
    // tails, so twice that.
    let between = (found.sd_between.max(floor) / target.sd_between.max(floor)).ln() * root / 2f64.sqrt();
    let within = (found.sd_within - target.sd_within) / (target.sd_of_sd / root).max(floor);
    mean * mean + between * between + within * within
}

/// Variance of the settled chain and of its changes, as log ratios over their sampling error among 56 rounds.
fn chain_deviation(simulated: &Simulated, published: &PublishedDataset) -> f64 {
    let settled = settled_rounds(&published.correct[2]);
    let (level, change) = count_variances(settled);
    let questions = f64::from(published.questions);
    let error = (2.0 / settled.len() as f64).sqrt();
    [(simulated.level_variance, level), (simulated.change_variance, change)]
        .map(|(found, target)| ((found.max(1e-9) * questions / target.max(1e-6)).ln() / error).powi(2))
        .iter()
        .sum()
}

/// A weak pull towards the starting point, for directions that the data leave open.
///
/// It is stronger for the concentration of wrong answers: published majorities let missing answers vote, which on hard
/// sets would otherwise be explained by a single wrong answer per question.
fn ridge(point: &[f64], prior: &[f64]) -> f64 {
    let weights = [0.1, 0.1, 0.1, 0.1, 0.5, 0.1, 0.1, 0.1, 0.1, 0.1];
    point.iter().zip(prior).zip(weights).map(|((x, p), weight)| weight * (x - p) * (x - p)).sum()
}

/// Scales lengths until simulated means and within-question spreads agree with the published curves.
fn match_lengths(
    parameters: &mut DatasetParameters,
    published: &PublishedDataset,
    noise: &Noise,
    on_evaluation: &dyn Fn(),
) {
    let target = LengthTargets::of(published);
    for _ in 0..LENGTH_ITERATIONS {
        let simulated = simulate(parameters, noise);
        on_evaluation();
        let lengths = &mut parameters.lengths;
        let chain = &simulated.tokens[1];
        let later = later_length(|budget| chain[budget]);
        // More than the plain ratio, because lengths beyond the limit do not show in the mean.
        let scale = |value: &mut f64, target: f64, found: f64| {
            *value = (*value * (target / found.max(1.0)).powf(1.2)).clamp(1.0, lengths.limit);
        };
        scale(&mut lengths.first, target.first, simulated.tokens[0][6] / ROUNDS as f64);
        scale(&mut lengths.later, target.later, later);
        match target.second {
            Some(second) => scale(&mut lengths.second, second, chain[1] - chain[0]),
            None => lengths.second = lengths.later,
        }
        let spread = |value: &mut f64, target: f64, found: f64| {
            *value = (*value * (target / found.max(1.0)).powf(0.8)).clamp(0.05, 1.2);
        };
        spread(&mut lengths.sd_first, target.sd_first, simulated.token_sd_within[0]);
        spread(&mut lengths.sd_later, target.sd_later, simulated.token_sd_within[1]);
    }
}

/// What the published token curves say about one draw, in tokens.
struct LengthTargets {
    first: f64,
    /// `None` when round 1 is no different from later rounds, as far as the curve can tell.
    second: Option<f64>,
    later: f64,
    /// Standard deviations within a question: the wobble of the curve's increments times the root of the questions.
    sd_first: f64,
    sd_later: f64,
}

impl LengthTargets {
    fn of(published: &PublishedDataset) -> Self {
        let increments = |method: usize| -> Vec<f64> {
            let curve = &published.tokens[method];
            (0..ROUNDS).map(|i| if i == 0 { curve[0] } else { curve[i] - curve[i - 1] }).collect()
        };
        let (pool, chain) = (increments(0), increments(2));
        let (first, pool_sd) = mean_and_sd(pool.iter().copied());
        let (_, chain_sd) = mean_and_sd(chain[2..].iter().copied());
        let later = later_length(|budget| published.tokens[2][BUDGETS[budget] - 1]);
        let root = f64::from(published.questions).sqrt();
        let second = (chain[1] - later).abs() > 2.0 * chain_sd;
        Self { first, second: second.then_some(chain[1]), later, sd_first: pool_sd * root, sd_later: chain_sd * root }
    }
}

/// Tokens of a later round from a cumulative curve at [`BUDGETS`]: the mean over budgets of the slope from n = 2, so
/// that early budgets count as much as late ones although most rounds are late.
fn later_length(cumulative: impl Fn(usize) -> f64) -> f64 {
    let slopes =
        (2..BUDGETS.len()).map(|budget| (cumulative(budget) - cumulative(1)) / (BUDGETS[budget] - BUDGETS[1]) as f64);
    mean_and_sd(slopes).0
}

/// Four significant digits: what the profile will say is what the table is computed with.
fn rounded(parameters: &DatasetParameters) -> DatasetParameters {
    let round = |value: f64| format!("{value:.3e}").parse().unwrap_or(value);
    let DatasetParameters { success, wrong_answers, lengths, scores } = parameters;
    DatasetParameters {
        success: SuccessParameters {
            alpha: round(success.alpha),
            beta: round(success.beta),
            shift: round(success.shift),
            memory: round(success.memory),
        },
        wrong_answers: WrongAnswerParameters { concentration: round(wrong_answers.concentration) },
        lengths: LengthParameters {
            first: round(lengths.first),
            second: round(lengths.second),
            later: round(lengths.later),
            sd_first: round(lengths.sd_first),
            sd_later: round(lengths.sd_later),
            ..*lengths
        },
        scores: ScoreParameters {
            mean_right: round(scores.mean_right),
            mean_wrong: round(scores.mean_wrong),
            sd_question: round(scores.sd_question),
            sd_answer: round(scores.sd_answer),
            sd_noise: round(scores.sd_noise),
        },
    }
}
