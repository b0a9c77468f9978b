//! Fit of the emission: nested-normal likelihood, with the two means profiled out by generalised least squares.
//!
//! Given the variances, the log-likelihood is quadratic in `(mean_right, mean_wrong)`, so the search is over the three
//! log variances alone. With `d_k = v + n_k c`, `A_k = n_k / d_k`, `L_k = S_k / d_k`, `A = sum A_k`, `L = sum L_k` and
//! `f = t / (1 + t A)`, one question with right class `R` and wrong classes `W` adds
//! `[[A_R - f A_R^2, -f A_R A_W], [., A_W - f A_W^2]]` to the normal matrix, `[L_R - f A_R L, L_W - f A_W L]` to the
//! right-hand side, `Q / v - sum c S_k^2 / (v d_k) - f L^2` to the quadratic form of the scores, and
//! `sum [(n_k - 1) ln v + ln d_k] + ln(1 + t A)` to the log determinant.

use super::super::emission::ScoreSums;
use super::super::{Emission, logit_score};
use super::penalty;
use crate::methods::common::answered_class;
use crate::methods::interface::{ClassId, Draw};
use crate::optimise::{Search, minimise};

const SEARCH: Search = Search { step: 0.7, tolerance: 1e-4, iterations: 400 };
/// Deviation of the priors of the log variances.
const VARIANCE_DEVIATION: f64 = 1.5;
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
        for draw in draws {
            let (Some(class), Some(logit)) = (answered_class(draw), draw.score.and_then(logit_score)) else { continue };
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

    /// Scored answers.
    pub(super) fn draws(&self) -> usize {
        (self.right.count + self.wrong.iter().map(|sums| sums.count).sum::<f64>()) as usize
    }
}

/// The emission; `None` when nothing is scored.
pub(super) fn fit(questions: &[QuestionScores]) -> Option<Emission> {
    if questions.is_empty() {
        return None;
    }
    let cost = |parameters: &[f64; 3]| profile(questions, parameters.map(f64::exp)).1;
    let ends = [[0.0, -0.7, -0.7], [-1.5, -0.5, 0.5]].map(|start| minimise(cost, start, SEARCH));
    let (best, _) = if ends[1].1 < ends[0].1 { ends[1] } else { ends[0] };
    Some(profile(questions, best.map(f64::exp)).0)
}

/// The emission with the best means for these variances `[noise, question, answer]`, and its penalised cost.
fn profile(questions: &[QuestionScores], [noise, question, answer]: [f64; 3]) -> (Emission, f64) {
    let weak = Emission::weak_default();
    let precision = 1.0 / (MEAN_DEVIATION * MEAN_DEVIATION);
    // Normal equations of the two means; the priors come first.
    let (mut right_right, mut wrong_wrong, mut right_wrong) = (precision, precision, 0.0);
    let (mut right_side, mut wrong_side) = (precision * weak.mean_right, precision * weak.mean_wrong);
    let mut quadratic = precision * (weak.mean_right.powi(2) + weak.mean_wrong.powi(2));
    let mut log_determinant = 0.0;
    for scores in questions {
        let (right_weight, right_sum) = class_terms(&scores.right, noise, answer, &mut quadratic, &mut log_determinant);
        let (mut wrong_weight, mut wrong_sum) = (0.0, 0.0);
        for wrong in &scores.wrong {
            let (weight, sum) = class_terms(wrong, noise, answer, &mut quadratic, &mut log_determinant);
            wrong_weight += weight;
            wrong_sum += sum;
        }
        let spread = 1.0 + question * (right_weight + wrong_weight);
        let (shrink, sum) = (question / spread, right_sum + wrong_sum);
        right_right += right_weight - shrink * right_weight * right_weight;
        wrong_wrong += wrong_weight - shrink * wrong_weight * wrong_weight;
        right_wrong -= shrink * right_weight * wrong_weight;
        right_side += right_sum - shrink * right_weight * sum;
        wrong_side += wrong_sum - shrink * wrong_weight * sum;
        quadratic -= shrink * sum * sum;
        log_determinant += spread.ln();
    }
    // Positive: the prior alone makes the matrix positive definite.
    let determinant = right_right * wrong_wrong - right_wrong * right_wrong;
    let emission = Emission {
        mean_right: (wrong_wrong * right_side - right_wrong * wrong_side) / determinant,
        mean_wrong: (right_right * wrong_side - right_wrong * right_side) / determinant,
        var_noise: noise,
        var_question: question,
        var_answer: answer,
    };
    quadratic -= emission.mean_right * right_side + emission.mean_wrong * wrong_side;
    let priors = [(noise, weak.var_noise), (question, weak.var_question), (answer, weak.var_answer)]
        .map(|(variance, centre)| penalty(variance.ln(), centre.ln(), VARIANCE_DEVIATION));
    (emission, 0.5 * (quadratic + log_determinant) + priors.iter().sum::<f64>())
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
