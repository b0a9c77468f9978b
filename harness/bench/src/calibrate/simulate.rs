//! The published experiment over the generative model, without text: pools, chains, methods, on fixed random numbers.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;
use rayon::prelude::*;

use super::published::{BUDGETS, ROUNDS, ScoreMoments, mean_and_sd};
use crate::backbone::simulated::model::{DrawNoise, ModelAnswer, QuestionModel, Said, Turn, fixed_points, score};
use crate::backbone::simulated::{
    DatasetParameters, MOST_WRONG_ANSWERS, QuestionEffects, RawEffects, ScoreParameters, stratify,
};
use crate::key;

/// Re-answers before this round are left out of the statistics of a settled chain.
const SETTLED: usize = 8;

/// The random numbers of simulated experiments, apart from parameters: `[experiment][question]`.
#[derive(Debug)]
pub struct Noise {
    experiments: Vec<Vec<QuestionNoise>>,
}

#[derive(Debug)]
struct QuestionNoise {
    effects: QuestionEffects,
    /// The right answer's effect, then those of wrong answers.
    answer_effects: Vec<f64>,
    pool: Vec<(DrawNoise, f64)>,
    chain: Vec<DrawNoise>,
}

/// What one or many simulated experiments gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Simulated {
    /// Expected accuracy, `[method][budget]` as in `METHODS` and `BUDGETS`.
    pub accuracy: [[f64; 7]; 3],
    /// Mean completion tokens per question, cumulative, `[pool, chain][budget]`.
    pub tokens: [[f64; 7]; 2],
    /// Standard deviation between questions of those cumulative tokens.
    pub token_sd: [[f64; 7]; 2],
    /// Within-question standard deviation of tokens among draws: pool, then chain from round 2 on.
    pub token_sd_within: [f64; 2],
    /// Verifier scores of the pool.
    pub moments: ScoreMoments,
    /// Variance of the settled chain's number of right answers around its mean, per question.
    pub level_variance: f64,
    /// Half the mean squared change of that number from one round to the next, per question.
    pub change_variance: f64,
    /// Share of pool draws that are cut off.
    pub cut_off: f64,
}

/// Sums over the questions of one experiment.
#[derive(Default)]
struct Sums {
    right: [[u64; 7]; 3],
    tokens: [[f64; 7]; 2],
    tokens_squared: [[f64; 7]; 2],
    within: [f64; 2],
    scores: Vec<(f64, f64)>,
    settled: Vec<u32>,
    cut_off: u64,
}

impl Noise {
    /// Random numbers for `experiments` runs over `questions` questions; they depend on the arguments alone.
    pub fn sample(seed: u64, dataset: &str, questions: u32, experiments: u32) -> Self {
        let experiments = (0..experiments)
            .into_par_iter()
            .map(|experiment| {
                let parts = [&b"calibrate"[..], &seed.to_le_bytes(), dataset.as_bytes(), &experiment.to_le_bytes()];
                let mut rng = ChaCha8Rng::seed_from_u64(key::seed(&parts));
                let raw = (0..questions).map(|_| RawEffects::sample(&mut rng, 0.0)).collect();
                stratify(raw).into_iter().map(|effects| QuestionNoise::sample(effects, &mut rng)).collect()
            })
            .collect();
        Self { experiments }
    }
}

impl QuestionNoise {
    fn sample(effects: QuestionEffects, rng: &mut ChaCha8Rng) -> Self {
        Self {
            effects,
            answer_effects: (0..=MOST_WRONG_ANSWERS).map(|_| rng.sample(StandardNormal)).collect(),
            pool: (0..ROUNDS).map(|_| (DrawNoise::sample(rng), rng.sample(StandardNormal))).collect(),
            chain: (0..ROUNDS).map(|_| DrawNoise::sample(rng)).collect(),
        }
    }
}

/// Runs every experiment with the given parameters. The result is the same for any number of threads: experiments are
/// summed one by one in order, and results are combined in order.
pub fn simulate(parameters: &DatasetParameters, noise: &Noise) -> Simulated {
    let questions = noise.experiments.first().map_or(0, Vec::len);
    // Success quantiles are (rank + 0.5) / questions in every experiment, so one table of fixed points serves them all.
    let ranks = (0..questions).map(|rank| (rank as f64 + 0.5) / questions as f64);
    let points = fixed_points(&parameters.success, ranks);
    let sums: Vec<Sums> =
        noise.experiments.par_iter().map(|experiment| run_experiment(parameters, experiment, &points)).collect();
    combine(&sums, questions)
}

fn run_experiment(parameters: &DatasetParameters, questions: &[QuestionNoise], points: &[f64]) -> Sums {
    let mut sums = Sums { settled: vec![0; ROUNDS - SETTLED], ..Sums::default() };
    for noise in questions {
        let rank = (noise.effects.success * questions.len() as f64) as usize;
        let model = QuestionModel::new(parameters, &noise.effects, points[rank.min(points.len() - 1)]);
        run_pool(&model, &parameters.scores, noise, &mut sums);
        run_chain(&model, noise, &mut sums);
    }
    sums
}

/// Best-of-n and majority over one question's pool.
fn run_pool(model: &QuestionModel, scores: &ScoreParameters, noise: &QuestionNoise, sums: &mut Sums) {
    let limit = model.limit(f64::INFINITY);
    let mut best: Option<(f64, bool)> = None;
    // Votes by answer, 0 being the right one, in order of first appearance so that ties go to the first seen.
    let mut votes = [0u32; MOST_WRONG_ANSWERS + 1];
    let mut order: Vec<usize> = Vec::with_capacity(16);
    let mut lengths = [0.0; ROUNDS];
    let mut values = [0.0; ROUNDS];
    let mut total = 0.0;
    for (index, (draw, score_noise)) in noise.pool.iter().enumerate() {
        let slot = match model.say(draw, false) {
            Said::Fresh(ModelAnswer::Wrong(wrong)) => wrong + 1,
            _ => 0,
        };
        let right = slot == 0;
        let length = model.length(draw, Turn::First, right);
        let cut = length > limit;
        lengths[index] = length.min(limit);
        total += lengths[index];
        sums.cut_off += u64::from(cut);
        let answer_effect = if cut { 0.0 } else { noise.answer_effects[slot] };
        values[index] = score(scores, right && !cut, noise.effects.score, answer_effect, *score_noise);
        if !cut {
            if best.is_none_or(|(score, _)| values[index] > score) {
                best = Some((values[index], right));
            }
            if votes[slot] == 0 {
                order.push(slot);
            }
            votes[slot] += 1;
        }
        if let Some(budget) = BUDGETS.iter().position(|&budget| budget == index + 1) {
            sums.right[0][budget] += u64::from(best.is_some_and(|(_, right)| right));
            sums.right[1][budget] += u64::from(winner(&votes, &order) == Some(0));
            sums.tokens[0][budget] += total;
            sums.tokens_squared[0][budget] += total * total;
        }
    }
    sums.within[0] += mean_and_sd(lengths.iter().copied()).1.powi(2);
    sums.scores.push(mean_and_sd(values.iter().copied()));
}

/// The most frequent answer; the first seen of equals.
fn winner(votes: &[u32], order: &[usize]) -> Option<usize> {
    let mut winner = None;
    for &slot in order {
        if winner.is_none_or(|best: usize| votes[slot] > votes[best]) {
            winner = Some(slot);
        }
    }
    winner
}

/// The last answer of one question's chain.
fn run_chain(model: &QuestionModel, noise: &QuestionNoise, sums: &mut Sums) {
    let limit = model.limit(f64::INFINITY);
    let mut previous: Option<bool> = None;
    let mut total = 0.0;
    let mut lengths = [0.0; ROUNDS];
    for (round, draw) in noise.chain.iter().enumerate() {
        let said = model.say(draw, previous.is_some());
        let right = match said {
            Said::Kept => previous == Some(true),
            Said::Fresh(answer) => answer == ModelAnswer::Right,
        };
        let turn = match (previous, round) {
            (None, _) => Turn::First,
            (Some(_), 0 | 1) => Turn::Second,
            (Some(_), _) => Turn::Later,
        };
        let length = model.length(draw, turn, right);
        lengths[round] = length.min(limit);
        total += lengths[round];
        // A round whose answer is missing is asked again with the plain question.
        previous = (length <= limit).then_some(right);
        let correct = previous == Some(true);
        if round >= SETTLED {
            sums.settled[round - SETTLED] += u32::from(correct);
        }
        if let Some(budget) = BUDGETS.iter().position(|&budget| budget == round + 1) {
            sums.right[2][budget] += u64::from(correct);
            sums.tokens[1][budget] += total;
            sums.tokens_squared[1][budget] += total * total;
        }
    }
    sums.within[1] += mean_and_sd(lengths[2..].iter().copied()).1.powi(2);
}

/// Variance of the counts around their mean, and half their mean squared change.
pub(super) fn count_variances(counts: &[u32]) -> (f64, f64) {
    let (_, sd) = mean_and_sd(counts.iter().map(|&count| f64::from(count)));
    let changes: f64 = counts.windows(2).map(|pair| (f64::from(pair[1]) - f64::from(pair[0])).powi(2)).sum();
    (sd * sd, changes / 2.0 / (counts.len().saturating_sub(1)).max(1) as f64)
}

/// The settled rounds of a published last-answer curve.
pub(super) fn settled_rounds(correct: &[u32; ROUNDS]) -> &[u32] {
    &correct[SETTLED..]
}

fn combine(sums: &[Sums], questions: usize) -> Simulated {
    let trials = (sums.len() * questions).max(1) as f64;
    let total = |pick: &dyn Fn(&Sums) -> f64| sums.iter().map(pick).sum::<f64>();
    let mut accuracy = [[0.0; 7]; 3];
    let mut tokens = [[0.0; 7]; 2];
    let mut token_sd = [[0.0; 7]; 2];
    for budget in 0..BUDGETS.len() {
        for (method, row) in accuracy.iter_mut().enumerate() {
            row[budget] = total(&|s| s.right[method][budget] as f64) / trials;
        }
        for kind in 0..2 {
            let mean = total(&|s| s.tokens[kind][budget]) / trials;
            tokens[kind][budget] = mean;
            let variance = total(&|s| s.tokens_squared[kind][budget]) / trials - mean * mean;
            token_sd[kind][budget] = variance.max(0.0).sqrt();
        }
    }
    let scores: Vec<(f64, f64)> = sums.iter().flat_map(|s| s.scores.iter().copied()).collect();
    let variances: Vec<(f64, f64)> = sums.iter().map(|s| count_variances(&s.settled)).collect();
    let per_question = (variances.len() * questions).max(1) as f64;
    Simulated {
        accuracy,
        tokens,
        token_sd,
        token_sd_within: [0, 1].map(|kind| (total(&|s| s.within[kind]) / trials).sqrt()),
        moments: ScoreMoments::of(&scores),
        level_variance: variances.iter().map(|v| v.0).sum::<f64>() / per_question,
        change_variance: variances.iter().map(|v| v.1).sum::<f64>() / per_question,
        cut_off: total(&|s| s.cut_off as f64) / trials / ROUNDS as f64,
    }
}
