//! Named regimes.
//!
//! The regimes of the study and of the calibration tables are inventions with one thing wrong (or right) with each; the
//! `…_like` ones take their parameters from the simulated profile that `markovscale calibrate` fitted to the published
//! curves (`configs/profiles/r1-distill-qwen-7b.yaml`), and reproduce published averages, not a model's answers.

use super::{Departures, IndependentRates, Lengths, Regime};
use crate::posterior::{AnswerModel, Emission};

/// What the invented regimes vary: questions of every difficulty with more right than wrong answers, re-answers that
/// help a little and are kept now and then, a verifier that is informative and sometimes fooled.
fn middle() -> AnswerModel {
    let emission = Emission { mean_right: 1.5, mean_wrong: -0.3, var_noise: 0.5, var_question: 0.6, var_answer: 0.8 };
    AnswerModel {
        alpha: 1.2,
        beta: 0.8,
        memory: 0.25,
        shift: 0.4,
        concentration: 1.5,
        emission: Some(emission),
        ..AnswerModel::weak_default()
    }
}

fn emission(mean_right: f64, mean_wrong: f64, var_noise: f64, var_question: f64, var_answer: f64) -> Option<Emission> {
    Some(Emission { mean_right, mean_wrong, var_noise, var_question, var_answer })
}

impl Regime {
    /// Simulated. The regime that the others vary, without departures: of every difficulty, 60 % of fresh answers
    /// right, `memory` 0.25, an informative verifier, 2 % of wrong answers missing.
    pub fn middle() -> Self {
        Self { missing: 0.02, ..Self::of("middle", middle()) }
    }

    /// Simulated. Most questions are solved by most draws (86 % of fresh answers right), wrong answers disagree, and
    /// the verifier sees through them: there is little to gain and much to save.
    pub fn easy() -> Self {
        let model = AnswerModel {
            alpha: 3.0,
            beta: 0.5,
            concentration: 3.0,
            shift: 0.3,
            emission: emission(2.2, -0.5, 0.5, 0.5, 0.5),
            ..middle()
        };
        let lengths = Lengths { first: 400.0, later: 430.0, ..Lengths::default() };
        Self { missing: 0.01, lengths, ..Self::of("easy", model) }
    }

    /// Simulated. Most questions are solved rarely or never (29 % of fresh answers right), the same wrong answer comes
    /// again and again, answers are long and one wrong answer in ten is cut off.
    pub fn hard() -> Self {
        let model = AnswerModel {
            alpha: 0.5,
            beta: 1.2,
            concentration: 0.8,
            shift: 0.6,
            emission: emission(1.3, 0.1, 0.5, 0.9, 0.6),
            ..middle()
        };
        let lengths = Lengths { first: 8000.0, later: 8000.0, limit: 16_000.0, ..Lengths::default() };
        Self { missing: 0.1, lengths, ..Self::of("hard", model) }
    }

    /// Simulated. Scores say little: means half a logit apart under noise of standard deviation 1.3 with heavy tails
    /// (Student's t, 3 degrees of freedom). Majorities should win here, and best-of-n lose.
    pub fn noisy_verifier() -> Self {
        let model = AnswerModel { emission: emission(0.6, 0.1, 1.7, 0.5, 0.3), ..middle() };
        let departures = Departures { noise_freedom: Some(3.0), ..Departures::default() };
        Self { missing: 0.02, departures, ..Self::of("noisy_verifier", model) }
    }

    /// Simulated. The verifier loves one wrong answer of each question, the one that tends to be the most frequent: 2.5
    /// logits more, so it beats right answers. The answer model knows of answer effects, but not of this one.
    pub fn deceptive_verifier() -> Self {
        let departures = Departures { loved_wrong: 2.5, ..Departures::default() };
        Self { missing: 0.02, departures, ..Self::of("deceptive_verifier", middle()) }
    }

    /// Simulated. Four re-answers in five repeat the answer before: each further round brings little that is new.
    pub fn sticky_re_answers() -> Self {
        let model = AnswerModel { memory: 0.8, shift: 0.8, ..middle() };
        Self { missing: 0.02, ..Self::of("sticky_re_answers", model) }
    }

    /// Simulated. The plain prompt is better than the re-answer prompt by 1.2 logits: chains lose accuracy with every
    /// round and the right rule is to stop at once, unless selection makes up for it.
    pub fn harmful_re_answers() -> Self {
        Self { missing: 0.02, ..Self::of("harmful_re_answers", AnswerModel { shift: -1.2, ..middle() }) }
    }

    /// The six regimes of the study.
    pub fn study() -> [Self; 6] {
        [
            Self::easy(),
            Self::hard(),
            Self::noisy_verifier(),
            Self::deceptive_verifier(),
            Self::sticky_re_answers(),
            Self::harmful_re_answers(),
        ]
    }

    /// Simulated, fitted to the published gsm8k averages (DeepSeek-R1-Distill-Qwen-7B): easy, short, verifier scores
    /// high for right and wrong alike.
    pub fn gsm8k_like() -> Self {
        let emission = emission(3.486, 2.398, 0.5456f64.powi(2), 0.8641f64.powi(2), 0.465f64.powi(2));
        let model = AnswerModel {
            alpha: 0.4358,
            beta: 0.06,
            memory: 0.1173,
            shift: 0.3197,
            concentration: 3.139,
            emission,
            missing: None,
        };
        let lengths = Lengths { first: 361.4, later: 427.4, sd_draw: 0.4313, ..Lengths::default() };
        Self { lengths, ..Self::of("gsm8k_like", model) }
    }

    /// Simulated, fitted to the published math500 averages.
    pub fn math500_like() -> Self {
        let emission = emission(4.072, 2.747, 0.5011f64.powi(2), 0.5769f64.powi(2), 0.7991f64.powi(2));
        let model = AnswerModel {
            alpha: 0.5078,
            beta: 0.04676,
            memory: 0.123,
            shift: 0.3382,
            concentration: 2.198,
            emission,
            missing: None,
        };
        let lengths = Lengths { first: 2263.0, later: 2207.0, sd_draw: 0.4108, ..Lengths::default() };
        Self { lengths, ..Self::of("math500_like", model) }
    }

    /// Simulated, fitted to the published aime24 averages: hard, long, the same wrong answers again and again, and a
    /// verifier that can hardly tell.
    pub fn aime_like() -> Self {
        let emission = emission(1.622, 1.117, 0.6265f64.powi(2), 0.9528f64.powi(2), 0.2835f64.powi(2));
        let model = AnswerModel {
            alpha: 0.7115,
            beta: 0.3114,
            memory: 0.08368,
            shift: 0.9,
            concentration: 0.6136,
            emission,
            missing: None,
        };
        let lengths = Lengths { first: 8513.0, later: 8384.0, sd_draw: 0.3928, limit: 16_000.0, ..Lengths::default() };
        Self { lengths, ..Self::of("aime_like", model) }
    }

    /// [`Regime::middle`] with one departure from the answer model each, the first with none: what the posterior's
    /// calibration is measured on.
    pub fn departed() -> Vec<Self> {
        let vary = |name: &str, change: &dyn Fn(&mut Self)| {
            let mut regime = Self { name: name.to_owned(), ..Self::middle() };
            change(&mut regime);
            regime
        };
        let answer_effect = |regime: &mut Self, variance: f64| {
            regime.model.emission = regime.model.emission.map(|emission| Emission { var_answer: variance, ..emission });
        };
        vec![
            Self::middle(),
            vary("no_answer_effect", &|regime| answer_effect(regime, 0.0)),
            vary("large_answer_effect", &|regime| answer_effect(regime, 4.0)),
            vary("heavy_tailed_scores", &|regime| regime.departures.noise_freedom = Some(2.5)),
            vary("chance_verifier", &|regime| regime.model.emission = emission(0.5, 0.5, 0.5, 0.6, 0.8)),
            vary("loved_wrong_answer", &|regime| regime.departures.loved_wrong = 2.5),
            vary("negative_lambda", &|regime| {
                (regime.model.memory, regime.departures.change_sides) = (0.0, 0.3);
            }),
            vary("second_order", &|regime| {
                (regime.model.memory, regime.departures.second_order) = (0.4, 0.35);
            }),
            vary("drifting_rates", &|regime| regime.departures.halving_rounds = Some(8.0)),
            vary("independent_rates", &|regime| {
                regime.departures.independent_rates =
                    Some(IndependentRates { correct_to_wrong: (0.8, 3.0), wrong_to_correct: (0.8, 2.0) });
            }),
        ]
    }
}
