//! The incremental posterior against a slow, plain transcription of its definition.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::draw::ClassId;

const A: Option<ClassId> = Some(ClassId(0));
const B: Option<ClassId> = Some(ClassId(1));

fn nodes() -> Vec<f64> {
    (0..64).map(|i| (std::f64::consts::PI * (f64::from(i) + 0.5) / 128.0).sin().powi(2)).collect()
}

/// Log-likelihood of the answers when `right` is right, and the mean of the fixed point afterwards, by the definition.
pub(super) fn slow_history(answers: &[Option<ClassId>], right: Option<ClassId>, m: &AnswerModel) -> (f64, f64) {
    let nodes = nodes();
    let mut weights: Vec<f64> = nodes.iter().map(|x| x.powf(m.alpha - 0.5) * (1.0 - x).powf(m.beta - 0.5)).collect();
    let total: f64 = weights.iter().sum();
    weights.iter_mut().for_each(|w| *w /= total);
    let (mut log, mut seats, mut mass, mut missed) = (0.0, BTreeMap::new(), 0.0, 0.0);
    for (n, &answer) in answers.iter().enumerate() {
        let keep = if n > 0 && answer == answers[n - 1] { m.memory } else { 0.0 };
        let scale = if n == 0 { 1.0 } else { 1.0 - m.memory };
        let absent = m.missing.map(|p| (p.missing + missed) / (p.missing + missed + p.answered + mass));
        let seat = match answer {
            None => absent.unwrap_or(1.0),
            Some(class) => {
                let there = absent.map_or(1.0, |absent| 1.0 - absent);
                there * seats.get(&class).unwrap_or(&m.concentration) / (m.concentration + mass)
            }
        };
        let (mut sum, mut fresh_sum) = (0.0, 0.0);
        for (weight, x) in weights.iter_mut().zip(&nodes) {
            let chance = if n == 0 { 1.0 / (1.0 + (1.0 - x) / x * m.shift.exp()) } else { *x };
            let fresh =
                if answer.is_some() && answer == right { scale * chance } else { scale * (1.0 - chance) * seat };
            fresh_sum += *weight * fresh;
            *weight *= keep + fresh;
            sum += *weight;
        }
        if let Some(class) = answer.filter(|_| answer != right) {
            *seats.entry(class).or_insert(0.0) += fresh_sum / sum;
            mass += fresh_sum / sum;
        }
        if answer.is_none() {
            missed += fresh_sum / sum;
        }
        log += sum.ln();
        weights.iter_mut().for_each(|w| *w /= sum);
    }
    (log, weights.iter().zip(&nodes).map(|(w, x)| w * x).sum())
}

/// Log density of the scores by Gaussian elimination on their full covariance matrix.
fn slow_scores(draws: &[(Option<ClassId>, Option<f64>)], right: Option<ClassId>, e: &Emission) -> f64 {
    let scored: Vec<(ClassId, f64)> =
        draws.iter().filter_map(|&(class, score)| Some((class?, logit_score(score?)?))).collect();
    let mut rows: Vec<Vec<f64>> = Vec::new();
    for (i, &(class, logit)) in scored.iter().enumerate() {
        let covariance = |(j, &(other, _)): (usize, &(ClassId, f64))| {
            e.var_question
                + f64::from(u8::from(class == other)) * e.var_answer
                + f64::from(u8::from(i == j)) * e.var_noise
        };
        let mut row: Vec<f64> = scored.iter().enumerate().map(covariance).collect();
        row.push(logit - if Some(class) == right { e.mean_right } else { e.mean_wrong });
        rows.push(row);
    }
    let residual: Vec<f64> = rows.iter().map(|row| row[scored.len()]).collect();
    for pivot in 0..rows.len() {
        let top = rows[pivot].clone();
        for (index, row) in rows.iter_mut().enumerate() {
            if index != pivot {
                let factor = row[pivot] / top[pivot];
                row.iter_mut().zip(&top).for_each(|(value, top)| *value -= factor * top);
            }
        }
    }
    let solved = rows.iter().enumerate().map(|(index, row)| row[scored.len()] / row[index]);
    -0.5 * residual.iter().zip(solved).map(|(r, s)| r * s).sum::<f64>()
}

fn model() -> impl Strategy<Value = AnswerModel> {
    let emission = (-2.0..3.0f64, -3.0..2.0f64, 0.05..3.0f64, 0.01..3.0f64, 0.01..3.0f64).prop_map(
        |(mean_right, mean_wrong, var_noise, var_question, var_answer)| Emission {
            mean_right,
            mean_wrong,
            var_noise,
            var_question,
            var_answer,
        },
    );
    let memory = prop_oneof![Just(0.0), 0.0..0.95f64];
    let missing = (0.1..5.0f64, 0.1..5.0f64).prop_map(|(missing, answered)| MissingAnswers { missing, answered });
    let parts = (prop::option::of(emission), prop::option::of(missing));
    (0.1..5.0f64, 0.1..5.0f64, memory, -2.0..2.0f64, 0.05..5.0f64, parts).prop_map(
        |(alpha, beta, memory, shift, concentration, (emission, missing))| AnswerModel {
            alpha,
            beta,
            memory,
            shift,
            concentration,
            emission,
            missing,
        },
    )
}

fn draws() -> impl Strategy<Value = Vec<(Option<ClassId>, Option<f64>)>> {
    let class = prop_oneof![1 => Just(None), 6 => (0..5u32).prop_map(|class| Some(ClassId(class)))];
    let score = prop_oneof![1 => Just(None), 4 => (0.02..0.98f64).prop_map(Some)];
    prop::collection::vec((class, score), 1..24)
}

proptest! {
    #[test]
    fn incremental_is_the_definition(model in model(), draws in draws()) {
        let mut posterior = Posterior::new(&model);
        for upto in 1..=draws.len() {
            let (class, score) = draws[upto - 1];
            posterior.observe(class, score);
            let answers: Vec<Option<ClassId>> = draws[..upto].iter().map(|draw| draw.0).collect();
            let mut hypotheses: Vec<Option<ClassId>> = posterior.hypotheses().map(|(class, _)| Some(class)).collect();
            hypotheses.push(None);
            let (logs, means): (Vec<f64>, Vec<f64>) = hypotheses.iter().map(|&right| {
                let (log, mean) = slow_history(&answers, right, &model);
                (log + model.emission.as_ref().map_or(0.0, |e| slow_scores(&draws[..upto], right, e)), mean)
            }).unzip();
            let largest = logs.iter().copied().fold(f64::MIN, f64::max);
            let total: f64 = logs.iter().map(|log| (log - largest).exp()).sum();
            let mut fixed_point = 0.0;
            for ((&hypothesis, log), mean) in hypotheses.iter().zip(&logs).zip(&means) {
                let expected = (log - largest).exp() / total;
                fixed_point += expected * mean;
                let found = hypothesis.map_or(posterior.none(), |class| posterior.probability(class));
                prop_assert!((found - expected).abs() < 1e-9, "{hypothesis:?}: {found} {expected}");
                if class.is_some() && hypothesis == class {
                    prop_assert!((posterior.belief() - expected).abs() < 1e-9);
                }
            }
            prop_assert!((posterior.fixed_point() - fixed_point).abs() < 1e-9);
        }
    }

    #[test]
    fn nothing_breaks_it(alpha in any::<f64>(), beta in any::<f64>(), memory in any::<f64>(), shift in any::<f64>(),
                         concentration in any::<f64>(), variance in any::<f64>(), draws in draws(),
                         score in any::<f64>()) {
        let emission = Some(Emission {
            mean_right: shift, mean_wrong: memory, var_noise: variance, var_question: alpha, var_answer: beta,
        });
        let missing = Some(MissingAnswers { missing: variance, answered: score });
        let mut posterior = Posterior::new(&AnswerModel { alpha, beta, memory, shift, concentration, emission, missing });
        for (class, _) in draws {
            posterior.observe(class, Some(score));
            let total = posterior.none() + posterior.hypotheses().map(|(_, probability)| probability).sum::<f64>();
            prop_assert!((total - 1.0).abs() < 1e-9, "{total}");
            prop_assert!((0.0..=1.0).contains(&posterior.belief()));
            prop_assert!((-1e-9..=1.0 + 1e-9).contains(&posterior.fixed_point()));
        }
    }
}

#[test]
fn before_the_first_draw_there_is_the_prior() {
    let posterior = Posterior::new(&AnswerModel { alpha: 3.0, beta: 1.0, ..AnswerModel::weak_default() });
    assert_eq!((posterior.belief(), posterior.none(), posterior.best_class()), (0.0, 1.0, None));
    assert!((posterior.fixed_point() - 0.75).abs() < 1e-3);
}

#[test]
fn a_first_score_is_the_probability_under_the_weak_default() {
    for score in [0.1, 0.5, 0.83] {
        let mut posterior = Posterior::new(&AnswerModel::weak_default());
        posterior.observe(A, Some(score));
        assert!((posterior.belief() - score).abs() < 1e-9, "{score}: {}", posterior.belief());
    }
}

#[test]
fn saturated_scores_are_clamped_and_nan_is_no_score() {
    assert_eq!(logit_score(1.0), logit_score(1.0 - SCORE_FLOOR));
    assert_eq!(logit_score(f64::NEG_INFINITY), logit_score(0.0));
    assert_eq!(logit_score(f64::NAN), None);
}

#[test]
fn ties_go_to_the_class_seen_first() {
    let parallel = AnswerModel { memory: 0.0, shift: 0.0, emission: None, ..AnswerModel::weak_default() };
    let mut posterior = Posterior::new(&parallel);
    posterior.observe(B, None);
    posterior.observe(A, None);
    // Exact exchangeability makes the two equal up to rounding, which may not decide.
    assert!((posterior.probability(ClassId(0)) - posterior.probability(ClassId(1))).abs() < 1e-12);
    assert_eq!(posterior.best_class(), B);
}

#[test]
fn rounding_does_not_build_up_over_a_long_balanced_history() {
    let model = AnswerModel { memory: 0.1, emission: None, ..AnswerModel::weak_default() };
    let mut posterior = Posterior::new(&model);
    let answers: Vec<Option<ClassId>> = (0..200).map(|n| if n % 2 == 0 { A } else { B }).collect();
    answers.iter().for_each(|&answer| posterior.observe(answer, None));
    let (logs, means): (Vec<f64>, Vec<f64>) =
        [A, B, None].map(|right| slow_history(&answers, right, &model)).into_iter().unzip();
    let weights: Vec<f64> = logs.iter().map(|log| (log - logs[0]).exp()).collect();
    let total: f64 = weights.iter().sum();
    let fixed_point: f64 = weights.iter().zip(&means).map(|(weight, mean)| weight / total * mean).sum();
    assert!((posterior.fixed_point() - fixed_point).abs() < 1e-10);
    assert!((posterior.none() - weights[2] / total).abs() < 1e-10);
}
