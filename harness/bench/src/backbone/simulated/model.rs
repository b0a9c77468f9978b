//! The generative model of one question, without text: shared by the backbone, the verifier and `calibrate`, so that
//! what is fitted is what runs.

use rand::{Rng, RngExt};
use rand_distr::StandardNormal;
use statrs::distribution::{Beta, ContinuousCDF};

use super::effects::{MOST_WRONG_ANSWERS, QuestionEffects};
use super::profile::{DatasetParameters, LengthParameters, ScoreParameters, SuccessParameters};

/// Sticks are broken until this much probability is left.
const LEAST_REMAINDER: f64 = 2e-3;

/// An answer of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ModelAnswer {
    /// The gold answer.
    Right,
    /// The wrong answer of that index, below [`QuestionModel::wrong_answers`].
    Wrong(usize),
}

/// What a draw says: the previous answer again, or a fresh one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    /// The previous answer.
    Kept,
    /// A fresh answer.
    Fresh(ModelAnswer),
}

/// The prompt that a draw answers, as far as lengths care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// The plain question.
    First,
    /// The first prompt of a chain that carries an answer.
    Second,
    /// Any later one.
    Later,
}

/// Whether a re-answer keeps the previous answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keeping {
    /// As often as the memory of the profile says.
    Memory,
    /// Always.
    Always,
    /// Never: it is fresh.
    Never,
}

/// The random numbers of one draw, apart from parameters: fits compare parameters on the same numbers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DrawNoise {
    /// Uniform: below a probability, the previous answer is kept, or a critique approves.
    pub(crate) keep: f64,
    right: f64,
    wrong: f64,
    length: f64,
}

impl DrawNoise {
    /// Takes the numbers of one draw from a generator.
    pub(crate) fn sample(rng: &mut impl Rng) -> Self {
        Self { keep: rng.random(), right: rng.random(), wrong: rng.random(), length: rng.sample(StandardNormal) }
    }
}

/// The generative model of one question.
#[derive(Debug, Clone)]
pub(crate) struct QuestionModel {
    fixed_point: f64,
    first: f64,
    memory: f64,
    cumulative: Vec<f64>,
    lengths: LengthParameters,
    length_effect: f64,
}

impl QuestionModel {
    /// The model of a question with the given fixed point (see [`fixed_points`]) and effects.
    pub(crate) fn new(parameters: &DatasetParameters, effects: &QuestionEffects, fixed_point: f64) -> Self {
        let SuccessParameters { shift, memory, .. } = parameters.success;
        Self {
            fixed_point,
            first: logistic(logit(fixed_point) - shift),
            memory,
            cumulative: stick_breaking(parameters.wrong_answers.concentration, &effects.sticks),
            lengths: parameters.lengths,
            length_effect: (parameters.lengths.sd_question * effects.length).exp(),
        }
    }

    /// Number of distinct wrong answers.
    pub(crate) fn wrong_answers(&self) -> usize {
        self.cumulative.len()
    }

    /// Probability that a fresh re-answer is right.
    pub(crate) fn fixed_point(&self) -> f64 {
        self.fixed_point
    }

    /// The answer of a draw; `has_previous` says whether the prompt carries the previous answer.
    pub(crate) fn say(&self, noise: &DrawNoise, has_previous: bool) -> Said {
        self.say_keeping(noise, has_previous, Keeping::Memory)
    }

    /// The same, where something else than memory may decide whether the previous answer is kept.
    pub(crate) fn say_keeping(&self, noise: &DrawNoise, has_previous: bool, keeping: Keeping) -> Said {
        let keeps = match keeping {
            Keeping::Memory => noise.keep < self.memory,
            Keeping::Always => true,
            Keeping::Never => false,
        };
        if has_previous && keeps {
            return Said::Kept;
        }
        let success = if has_previous { self.fixed_point } else { self.first };
        if noise.right < success {
            return Said::Fresh(ModelAnswer::Right);
        }
        let index = self.cumulative.partition_point(|&up_to| up_to <= noise.wrong);
        Said::Fresh(ModelAnswer::Wrong(index.min(self.cumulative.len().saturating_sub(1))))
    }

    /// Completion tokens of a draw before any cut, at least 1.
    pub(crate) fn length(&self, noise: &DrawNoise, turn: Turn, right: bool) -> f64 {
        let (typical, deviation) = match turn {
            Turn::First => (self.lengths.first, self.lengths.sd_first),
            Turn::Second => (self.lengths.second, self.lengths.sd_later),
            Turn::Later => (self.lengths.later, self.lengths.sd_later),
        };
        let factor = if right { 1.0 } else { self.lengths.wrong_factor };
        (typical * factor * self.length_effect * (deviation * noise.length).exp()).round().max(1.0)
    }

    /// The token limit that holds, given the experiment's; a draw longer than it is cut off.
    pub(crate) fn limit(&self, max_tokens: f64) -> f64 {
        self.lengths.limit.min(max_tokens).round().max(1.0)
    }
}

/// The fixed points at the given quantiles of `Beta(alpha, beta)`, kept off 0 and 1 so that logits exist.
pub(crate) fn fixed_points(success: &SuccessParameters, quantiles: impl Iterator<Item = f64>) -> Vec<f64> {
    let beta = Beta::new(success.alpha, success.beta).ok();
    quantiles
        .map(|quantile| {
            // Parameters are checked to be positive, so the fallback (the mean) is for completeness only.
            let mean = success.alpha / (success.alpha + success.beta);
            let value = beta.as_ref().map_or(mean, |beta| beta.inverse_cdf(quantile.clamp(0.0, 1.0)));
            if value.is_finite() { value.clamp(1e-9, 1.0 - 1e-9) } else { mean }
        })
        .collect()
}

/// Cumulative weights of a stick-breaking GEM(concentration) distribution; the last is 1 and takes the remainder.
fn stick_breaking(concentration: f64, quantiles: &[f64]) -> Vec<f64> {
    let mut remainder = 1.0;
    let mut cumulative = Vec::new();
    for &quantile in quantiles.iter().take(MOST_WRONG_ANSWERS) {
        // 1 - v for v ~ Beta(1, concentration), by inversion.
        remainder *= (1.0 - quantile).powf(1.0 / concentration);
        cumulative.push(1.0 - remainder);
        if remainder < LEAST_REMAINDER {
            break;
        }
    }
    match cumulative.last_mut() {
        Some(last) => *last = 1.0,
        None => cumulative.push(1.0),
    }
    cumulative
}

/// A verifier's score in (0, 1). Effects and noise are standard normal; a missing answer has no answer effect.
pub(crate) fn score(parameters: &ScoreParameters, right: bool, question: f64, answer: f64, noise: f64) -> f64 {
    let mean = if right { parameters.mean_right } else { parameters.mean_wrong };
    logistic(mean + parameters.sd_question * question + parameters.sd_answer * answer + parameters.sd_noise * noise)
}

/// `1 / (1 + e^-x)`.
pub(crate) fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// `ln(p / (1 - p))`.
pub(crate) fn logit(p: f64) -> f64 {
    (p / (1.0 - p)).ln()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    #[test]
    fn two_wrong_answers_agree_as_often_as_in_a_chinese_restaurant() {
        // P(second customer joins the first) = 1 / (1 + concentration).
        for concentration in [0.3, 2.0, 9.0] {
            let mut rng = ChaCha8Rng::seed_from_u64(3);
            let mut agreement = 0.0;
            for _ in 0..4000 {
                let quantiles: Vec<f64> = (0..MOST_WRONG_ANSWERS).map(|_| rng.random()).collect();
                let cumulative = stick_breaking(concentration, &quantiles);
                let mut below = 0.0;
                for up_to in cumulative {
                    agreement += (up_to - below) * (up_to - below) / 4000.0;
                    below = up_to;
                }
            }
            let expected = 1.0 / (1.0 + concentration);
            assert!((agreement - expected).abs() < 0.015, "{concentration}: {agreement} {expected}");
        }
    }

    proptest! {
        #[test]
        fn fixed_points_are_probabilities_in_order_for_any_profile(
            alpha in prop_oneof![0.01..3.0f64, 0.01..1e4f64],
            beta in prop_oneof![0.01..3.0f64, 0.01..1e4f64],
            count in 1usize..40,
        ) {
            let success = SuccessParameters { alpha, beta, shift: 0.0, memory: 0.0 };
            let points = fixed_points(&success, (0..count).map(|i| (i as f64 + 0.5) / count as f64));
            prop_assert!(points.iter().all(|point| *point > 0.0 && *point < 1.0));
            prop_assert!(points.windows(2).all(|pair| pair[0] <= pair[1] + 1e-4), "{points:?}");
        }

        #[test]
        fn sticks_add_up_to_one(
            concentration in 0.001..1e4f64,
            quantiles in prop::collection::vec(0.0..1.0f64, 0..200),
        ) {
            let cumulative = stick_breaking(concentration, &quantiles);
            prop_assert!(!cumulative.is_empty() && cumulative.len() <= MOST_WRONG_ANSWERS);
            prop_assert!(cumulative.windows(2).all(|pair| pair[0] <= pair[1]));
            prop_assert_eq!(cumulative.last().copied(), Some(1.0));
        }
    }
}
