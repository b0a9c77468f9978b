//! Fit of the emission: nested-normal likelihood, with the two means profiled out by generalised least squares.
//!
//! Each text counts once ([`super::super::new_scores`]), and the variances are held between 0.01 and 100: with equal scores
//! for equal texts the likelihood would grow without bound as the noise goes to 0.
//!
//! Given the variances, the log-likelihood is quadratic in `(mean_right, mean_wrong)`, so the search is over the three
//! log variances alone. With `d_k = v + n_k c`, `A_k = n_k / d_k`, `L_k = S_k / d_k`, `A = sum A_k`, `L = sum L_k` and
//! `f = t / (1 + t A)`, one question with right class `R` and wrong classes `W` adds
//! `[[A_R - f A_R^2, -f A_R A_W], [., A_W - f A_W^2]]` to the normal matrix, `[L_R - f A_R L, L_W - f A_W L]` to the
//! right-hand side, `Q / v - sum c S_k^2 / (v d_k) - f L^2` to the quadratic form of the scores, and
//! `sum [(n_k - 1) ln v + ln d_k] + ln(1 + t A)` to the log determinant.

use super::super::Emission;
use super::super::emission::ScoreSums;
use super::super::new_scores::NewScores;
use super::Fitted;
use super::penalty;
use crate::draw::{ClassId, Draw};
use crate::optimise::{Search, minimum};

const SEARCH: Search = Search { step: 0.7, tolerance: 1e-4, iterations: 400 };
/// Deviation of the priors of the log variances.
const VARIANCE_DEVIATION: f64 = 1.5;
/// Bounds of the variances. Logit scores differ by a tenth or by ten, not by less or more: between texts that mean the
/// same a verifier is never that exact, and [`super::super::SCORE_FLOOR`] keeps logits within plus and minus 9.2.
pub(super) const VARIANCES: (f64, f64) = (0.01, 100.0);
/// What it costs to search outside of them, per squared unit of log variance.
const OUTSIDE: f64 = 0.05;
/// Deviation of the priors of the means.
const MEAN_DEVIATION: f64 = 2.0;

/// The scores of one question, by class.
#[derive(Debug, Clone)]
pub(super) struct QuestionScores {
    right: ScoreSums,
    wrong: Vec<ScoreSums>,
}

impl QuestionScores {
    /// `None` when no answer is scored.
    pub(super) fn new(draws: &[Draw], right: Option<ClassId>) -> Option<Self> {
        let mut classes: Vec<ClassId> = Vec::new();
        let mut scores = Self { right: ScoreSums::default(), wrong: Vec::new() };
        let mut new_scores = NewScores::default();
        for (class, logit) in draws.iter().filter_map(|draw| new_scores.of(draw)) {
            if Some(class) == right {
                scores.right.add(logit);
                continue;
            }
            let slot = classes.iter().position(|&known| known == class).unwrap_or_else(|| {
                classes.push(class);
                scores.wrong.push(ScoreSums::default());
                classes.len() - 1
            });
            scores.wrong[slot].add(logit);
        }
        (scores.draws() > 0).then_some(scores)
    }

    /// Scored texts.
    pub(super) fn draws(&self) -> usize {
        (self.right.count + self.wrong.iter().map(|sums| sums.count).sum::<f64>()) as usize
    }
}

/// The emission; `None` when nothing is scored.
pub(super) fn fit(questions: &[QuestionScores]) -> Option<Fitted<Emission>> {
    if questions.is_empty() {
        return None;
    }
    let cost = |parameters: &[f64; 3]| {
        let outside = parameters.iter().map(|log| (log - bounded(*log).ln()).powi(2)).sum::<f64>();
        profile(questions, parameters.map(bounded)).1 + OUTSIDE * outside
    };
    let starts = [[0.0, -0.7, -0.7], [-1.5, -0.5, 0.5], [-0.5, 0.5, -2.0]];
    Some(Fitted::best(&starts.map(|start| minimum(cost, start, SEARCH)), |best| {
        profile(questions, best.map(bounded)).0
    }))
}

/// The variance of this logarithm, within its bounds.
fn bounded(log_variance: f64) -> f64 {
    log_variance.exp().clamp(VARIANCES.0, VARIANCES.1)
}

/// Negative log-likelihood at `[mean_right, mean_wrong, ln var_noise, ln var_question, ln var_answer]`, up to a
/// constant.
pub(super) fn cost(questions: &[QuestionScores], [right, wrong, noise, question, answer]: [f64; 5]) -> f64 {
    let sums = normal_equations(questions, [noise, question, answer].map(f64::exp));
    let crossed =
        sums.right_right * right * right + 2.0 * sums.right_wrong * right * wrong + sums.wrong_wrong * wrong * wrong;
    let linear = sums.right_side * right + sums.wrong_side * wrong;
    0.5 * (sums.quadratic - 2.0 * linear + crossed + sums.log_determinant)
}

/// Centres and deviations of the priors, in the order of [`cost`].
pub(super) fn priors() -> [(f64, f64); 5] {
    let weak = Emission::weak_default();
    [
        (weak.mean_right, MEAN_DEVIATION),
        (weak.mean_wrong, MEAN_DEVIATION),
        (weak.var_noise.ln(), VARIANCE_DEVIATION),
        (weak.var_question.ln(), VARIANCE_DEVIATION),
        (weak.var_answer.ln(), VARIANCE_DEVIATION),
    ]
}

/// The emission with the best means for these variances `[noise, question, answer]`, and its penalised cost.
fn profile(questions: &[QuestionScores], variances: [f64; 3]) -> (Emission, f64) {
    let weak = Emission::weak_default();
    let precision = 1.0 / (MEAN_DEVIATION * MEAN_DEVIATION);
    let sums = normal_equations(questions, variances);
    let (right_right, wrong_wrong) = (sums.right_right + precision, sums.wrong_wrong + precision);
    let right_side = sums.right_side + precision * weak.mean_right;
    let wrong_side = sums.wrong_side + precision * weak.mean_wrong;
    // Positive: the prior alone makes the matrix positive definite.
    let determinant = right_right * wrong_wrong - sums.right_wrong * sums.right_wrong;
    let [var_noise, var_question, var_answer] = variances;
    let emission = Emission {
        mean_right: (wrong_wrong * right_side - sums.right_wrong * wrong_side) / determinant,
        mean_wrong: (right_right * wrong_side - sums.right_wrong * right_side) / determinant,
        var_noise,
        var_question,
        var_answer,
    };
    let quadratic = sums.quadratic + precision * (weak.mean_right.powi(2) + weak.mean_wrong.powi(2))
        - emission.mean_right * right_side
        - emission.mean_wrong * wrong_side;
    let centres = [weak.var_noise, weak.var_question, weak.var_answer];
    let penalties =
        variances.iter().zip(centres).map(|(variance, centre)| penalty(variance.ln(), centre.ln(), VARIANCE_DEVIATION));
    (emission, 0.5 * (quadratic + sums.log_determinant) + penalties.sum::<f64>())
}

/// Normal equations of the two means given the variances, the scores' quadratic form, and the log determinant.
#[derive(Debug, Clone, Copy, Default)]
struct NormalEquations {
    right_right: f64,
    wrong_wrong: f64,
    right_wrong: f64,
    right_side: f64,
    wrong_side: f64,
    quadratic: f64,
    log_determinant: f64,
}

fn normal_equations(questions: &[QuestionScores], [noise, question, answer]: [f64; 3]) -> NormalEquations {
    let mut sums = NormalEquations::default();
    for scores in questions {
        let (quadratic, log_determinant) = (&mut sums.quadratic, &mut sums.log_determinant);
        let (right_weight, right_sum) = class_terms(&scores.right, noise, answer, quadratic, log_determinant);
        let (mut wrong_weight, mut wrong_sum) = (0.0, 0.0);
        for wrong in &scores.wrong {
            let (weight, sum) = class_terms(wrong, noise, answer, quadratic, log_determinant);
            wrong_weight += weight;
            wrong_sum += sum;
        }
        let spread = 1.0 + question * (right_weight + wrong_weight);
        let (shrink, sum) = (question / spread, right_sum + wrong_sum);
        sums.right_right += right_weight - shrink * right_weight * right_weight;
        sums.wrong_wrong += wrong_weight - shrink * wrong_weight * wrong_weight;
        sums.right_wrong -= shrink * right_weight * wrong_weight;
        sums.right_side += right_sum - shrink * right_weight * sum;
        sums.wrong_side += wrong_sum - shrink * wrong_weight * sum;
        sums.quadratic -= shrink * sum * sum;
        sums.log_determinant += spread.ln();
    }
    sums
}

/// `A_k` and `L_k` of a class; adds its share of the quadratic form and of the log determinant.
fn class_terms(
    sums: &ScoreSums,
    noise: f64,
    answer: f64,
    quadratic: &mut f64,
    log_determinant: &mut f64,
) -> (f64, f64) {
    if sums.count == 0.0 {
        return (0.0, 0.0);
    }
    let spread = noise + sums.count * answer;
    *quadratic += (sums.squares - answer / spread * sums.sum * sums.sum) / noise;
    *log_determinant += (sums.count - 1.0) * noise.ln() + spread.ln();
    (sums.count / spread, sums.sum / spread)
}
