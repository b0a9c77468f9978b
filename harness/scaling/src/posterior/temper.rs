//! How much the scores weigh against the answers: one factor, fitted to the labels.
//!
//! The emission is fitted to the scores of right and wrong answers, and takes the verifier's errors for accidents. A
//! verifier that errs on just the answers that the model likes to give (both learned from the same texts) breaks that:
//! each part of the posterior is then right by itself, and their product counts one piece of evidence twice. So the
//! log-likelihood of the scores is multiplied by a weight, chosen so that the labels of calibration questions are as
//! probable as possible: `sum over questions of log P(right class | data)`, averaged over looks after 1, 2, 4, ...
//! draws, which is concave in the weight. A normal prior on its logarithm, centred on 1, keeps few questions from
//! saying much. (Weighted likelihoods: Bissiri, Holmes and Walker, JRSS B 78, 2016.)
//!
//! The weight needs no place in the model: dividing all three variances of the emission by it multiplies every
//! difference of score log-likelihoods by it, exactly. On simulated questions it is near 1 where the model is true, and
//! about 0.6 where the verifier loves the most frequent wrong answer (`docs/study.md`).

use std::borrow::Borrow;

use super::update::Evidence;
use super::{AnswerModel, CalibrationQuestion, Emission, Posterior, PreparedModel};
use crate::optimise::{Search, minimise};

/// Deviation of the prior of the weight's logarithm.
const DEVIATION: f64 = 0.5;
const SEARCH: Search = Search { step: 0.3, tolerance: 1e-6, iterations: 100 };

/// What a posterior rests on after some draws.
struct Look {
    /// Of every hypothesis.
    evidence: Vec<Evidence>,
    /// Of the true one.
    truth: Evidence,
    /// The looks at one question weigh one together.
    weight: f64,
}

/// The model with its scores weighted as the labels of these questions ask for, looking at up to `most_draws` of their
/// draws. The model itself when it has no emission. Deterministic.
pub fn temper<Q: Borrow<CalibrationQuestion>>(model: &AnswerModel, questions: &[Q], most_draws: usize) -> AnswerModel {
    let Some(emission) = model.emission else { return model.clone() };
    let prepared = PreparedModel::new(model);
    let looks: Vec<Look> =
        questions.iter().flat_map(|question| looks(&prepared, question.borrow(), most_draws)).collect();
    if looks.is_empty() {
        return model.clone();
    }
    let cost = |&[log_weight]: &[f64; 1]| {
        let penalty = 0.5 * (log_weight / DEVIATION).powi(2);
        looks.iter().fold(penalty, |cost, look| cost + look.weight * look.surprise(log_weight.exp()))
    };
    let weight = minimise(cost, [0.0], SEARCH).0[0].exp();
    let Emission { var_noise, var_question, var_answer, .. } = emission;
    let emission = Emission {
        var_noise: var_noise / weight,
        var_question: var_question / weight,
        var_answer: var_answer / weight,
        ..emission
    };
    AnswerModel { emission: Some(emission), ..model.clone() }
}

/// Looks at a question after 1, 2, 4, ... draws.
fn looks(model: &PreparedModel, question: &CalibrationQuestion, most_draws: usize) -> Vec<Look> {
    let mut posterior = Posterior::prepared(model.clone());
    let mut looks = Vec::new();
    for (index, draw) in question.draws.iter().take(most_draws).enumerate() {
        posterior.observe_draw(draw);
        if (index + 1).is_power_of_two() {
            let evidence = posterior.evidence();
            let of = |class| evidence.iter().find(|evidence| evidence.class == class).copied();
            // A right class that was not drawn yet is none of those seen.
            let truth = question.right.and_then(|right| of(Some(right))).or_else(|| of(None));
            looks.extend(truth.map(|truth| Look { evidence, truth, weight: 1.0 }));
        }
    }
    let count = looks.len().max(1) as f64;
    looks.iter_mut().for_each(|look| look.weight = 1.0 / count);
    looks
}

impl Look {
    /// `-log P(truth)` when the scores have this weight.
    fn surprise(&self, weight: f64) -> f64 {
        let log = |evidence: &Evidence| evidence.answers + weight * evidence.scores;
        let largest = self.evidence.iter().map(log).fold(f64::NEG_INFINITY, f64::max);
        let total: f64 = self.evidence.iter().map(|evidence| (log(evidence) - largest).exp()).sum();
        total.ln() + largest - log(&self.truth)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::DrawMode;
    use crate::posterior::{FitOptions, fit};
    use crate::simulate::{Regime, Sizes, questions};

    fn sample(regime: &Regime, count: usize, seed: u64) -> Vec<CalibrationQuestion> {
        let sizes = Sizes { parallel: 32, chains: 0, rounds: 0 };
        questions(regime, count, sizes, seed).unwrap().iter().map(|question| question.labelled_parallel()).collect()
    }

    fn fitted(questions: &[CalibrationQuestion]) -> AnswerModel {
        fit(questions, FitOptions { draws: DrawMode::Parallel, most_draws: Some(16) }).model
    }

    /// The weight, and by how much it makes the labels of other questions more probable.
    fn effect(regime: &Regime) -> (f64, f64) {
        let calibration = sample(regime, 250, 1);
        let model = fitted(&calibration);
        let tempered = temper(&model, &calibration, 32);
        let weight = model.emission.unwrap().var_noise / tempered.emission.unwrap().var_noise;
        let others = sample(regime, 1000, 2);
        let surprise = |model: &AnswerModel| -> f64 {
            let prepared = PreparedModel::new(model);
            let looks = others.iter().flat_map(|question| looks(&prepared, question, 32));
            looks.map(|look| look.weight * look.surprise(1.0)).sum::<f64>() / others.len() as f64
        };
        (weight, surprise(&model) - surprise(&tempered))
    }

    #[test]
    fn a_true_model_keeps_its_scores() {
        let (weight, gain) = effect(&Regime::middle());
        assert!((0.8..1.25).contains(&weight) && gain > -0.006, "{weight} {gain}");
    }

    #[test]
    fn a_deceived_verifier_counts_for_less() {
        let (weight, gain) = effect(&Regime::deceptive_verifier());
        assert!(weight < 0.75 && gain > 0.002, "{weight} {gain}");
    }

    #[test]
    fn dividing_the_variances_weighs_the_scores() {
        let model = fitted(&sample(&Regime::middle(), 60, 3));
        let halved = model.emission.map(|emission| Emission {
            var_noise: 2.0 * emission.var_noise,
            var_question: 2.0 * emission.var_question,
            var_answer: 2.0 * emission.var_answer,
            ..emission
        });
        let halved = AnswerModel { emission: halved, ..model.clone() };
        for question in sample(&Regime::hard(), 30, 4) {
            let [whole, half] = [&model, &halved].map(|model| looks(&PreparedModel::new(model), &question, 32));
            for (whole, half) in whole.iter().zip(&half) {
                assert!((whole.surprise(0.5) - half.surprise(1.0)).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn nothing_to_learn_from_changes_nothing() {
        let model = AnswerModel::weak_default();
        assert_eq!(temper::<CalibrationQuestion>(&model, &[], 64), model);
        let unscored = AnswerModel { emission: None, ..model };
        assert_eq!(temper(&unscored, &sample(&Regime::middle(), 5, 1), 64), unscored);
    }
}
