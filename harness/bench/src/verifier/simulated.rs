//! The simulated verifier: a score that depends on correctness, the question, the answer, and noise.
//!
//! It grades the answer against the gold one itself, which no real verifier can. Parameters come from a backbone's
//! profile. A score depends on the run's seed, the backbone's name, the dataset, the question, the answer, and the
//! request's own seed, alone.

use std::collections::HashMap;
use std::sync::Arc;

use futures::future::{BoxFuture, FutureExt};
use markovscale::Tokens;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

use super::process::{Opening, Process};
use super::{Score, ScoreRequest, Verifier, VerifierError};
use crate::backbone::BackboneError;
use crate::backbone::simulated::model::score;
use crate::backbone::simulated::{
    Grader, Profile, ScoreParameters, SimulationError, check_dataset, dataset_effects, question_seed,
    tokens_of_characters,
};
use crate::dataset::Dataset;
use crate::experiment::{BackboneKind, ProcessVerifier};
use crate::key;
use crate::net::RequestFailure;

/// The simulated verifier of one backbone's answers to one dataset.
#[derive(Debug)]
pub struct SimulatedVerifier {
    dataset: String,
    parameters: ScoreParameters,
    questions: HashMap<String, ScoredQuestion>,
}

#[derive(Debug)]
struct ScoredQuestion {
    grader: Grader,
    effect: f64,
    /// Seed of the answer effects.
    seed: u64,
    question_tokens: u64,
}

/// The kind of verifier; each backbone has its own.
pub(super) struct Simulated;

impl Process for Simulated {
    fn kind(&self) -> &'static str {
        "simulated"
    }

    fn open(&self, _: &ProcessVerifier, opening: &Opening<'_>) -> Result<Arc<dyn Verifier>, VerifierError> {
        let Opening { backbone, run_seed, dataset, .. } = opening;
        let BackboneKind::Simulated { profile } = &backbone.kind else { return Err(VerifierError::NotSimulated) };
        let profile = Profile::load(profile).map_err(BackboneError::from)?;
        let verifier = SimulatedVerifier::new(&profile, *run_seed, &backbone.name, dataset);
        Ok(Arc::new(verifier.map_err(BackboneError::from)?))
    }
}

impl SimulatedVerifier {
    /// Prepares every question of a dataset.
    ///
    /// # Errors
    /// When the dataset is empty, repeats an id, or lacks a gold answer.
    pub fn new(
        profile: &Profile,
        run_seed: u64,
        backbone_name: &str,
        dataset: &Dataset,
    ) -> Result<Self, SimulationError> {
        check_dataset(dataset)?;
        let effects = dataset_effects(run_seed, backbone_name, dataset);
        let questions = dataset
            .questions
            .iter()
            .zip(effects)
            .map(|(question, effects)| {
                let scored = ScoredQuestion {
                    grader: Grader::new(&question.gold),
                    effect: effects.score,
                    seed: question_seed(run_seed, backbone_name, &dataset.name, &question.id.0, "answer effects"),
                    question_tokens: tokens_of_characters(question.text.chars().count()).0,
                };
                (question.id.0.clone(), scored)
            })
            .collect();
        let parameters = profile.parameters(&dataset.name).scores;
        Ok(Self { dataset: dataset.name.clone(), parameters, questions })
    }

    fn judge(&self, request: &ScoreRequest<'_>) -> Result<Score, RequestFailure> {
        let Some(question) = self.questions.get(&request.question.id.0) else {
            let message = format!(
                "the simulated verifier of dataset {} does not know question {}",
                self.dataset, request.question.id
            );
            return Err(RequestFailure::once(message));
        };
        let right = request.answer.is_some_and(|answer| question.grader.is_right(answer));
        let mut rng = ChaCha8Rng::seed_from_u64(request.seed);
        let noise: f64 = rng.sample(StandardNormal);
        let answer_effect = request.answer.map_or(0.0, |answer| question.answer_effect(answer, right));
        let target = score(&self.parameters, right, question.effect, answer_effect, noise);
        let step_scores = spread(target, &mut rng);
        Ok(Score {
            score: step_scores.iter().sum::<f64>() / step_scores.len() as f64,
            step_scores,
            verifier_tokens: Tokens(question.question_tokens + request.completion_tokens.0),
            ..Score::default()
        })
    }
}

impl ScoredQuestion {
    /// The effect of an answer, standard normal; the right answer has one effect however it is written.
    fn answer_effect(&self, answer: &str, right: bool) -> f64 {
        let kind: &[u8] = if right { b"right" } else { b"wrong" };
        let text = if right { "" } else { answer };
        let seed = key::seed(&[&self.seed.to_le_bytes(), kind, text.as_bytes()]);
        ChaCha8Rng::seed_from_u64(seed).sample(StandardNormal)
    }
}

/// Three to six step scores in [0, 1] whose mean is `score`.
fn spread(score: f64, rng: &mut ChaCha8Rng) -> Vec<f64> {
    let steps = rng.random_range(3..=6);
    let deviations: Vec<f64> = (0..steps).map(|_| rng.random_range(-1.0..1.0)).collect();
    let mean = deviations.iter().sum::<f64>() / f64::from(steps);
    // Deviations lie within 2 of their mean, so a quarter of the room to the nearer end keeps every step inside [0, 1].
    let room = score.min(1.0 - score) / 4.0;
    deviations.into_iter().map(|deviation| (score + room * (deviation - mean)).clamp(0.0, 1.0)).collect()
}

impl Verifier for SimulatedVerifier {
    fn score<'a>(&'a self, request: ScoreRequest<'a>) -> BoxFuture<'a, Result<Score, RequestFailure>> {
        std::future::ready(self.judge(&request)).boxed()
    }
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;

    use super::*;
    use crate::dataset::Question;
    use crate::key::{Chain, DrawKey, Mode, QuestionId, Round};

    fn dataset() -> Dataset {
        let questions = (0..60)
            .map(|index| Question {
                id: QuestionId(format!("q-{index}")),
                text: "How many?".to_owned(),
                gold: (index + 5).to_string(),
                level: None,
                subject: None,
            })
            .collect();
        Dataset { name: "other".to_owned(), revision: "test".to_owned(), questions }
    }

    fn judge(verifier: &SimulatedVerifier, question: &Question, answer: Option<&str>, seed: u64) -> Score {
        let request = ScoreRequest {
            question,
            draw: DrawKey { mode: Mode::Parallel, chain: Chain(0), round: Round(0) },
            completion: "[simulated]",
            answer,
            completion_tokens: Tokens(321),
            seed,
        };
        block_on(verifier.score(request)).unwrap()
    }

    fn strong() -> (Dataset, SimulatedVerifier) {
        let dataset = dataset();
        let profile = Profile::load("simulated-strong").unwrap();
        let verifier = SimulatedVerifier::new(&profile, 7, "b", &dataset).unwrap();
        (dataset, verifier)
    }

    #[test]
    fn right_answers_score_higher_and_missing_ones_like_wrong_ones() {
        let (dataset, verifier) = strong();
        let mean = |answer: &dyn Fn(&Question) -> Option<String>| {
            let scores = dataset.questions.iter().map(|q| judge(&verifier, q, answer(q).as_deref(), 3).score);
            scores.sum::<f64>() / dataset.questions.len() as f64
        };
        let right = mean(&|q| Some(q.gold.clone()));
        let written_otherwise = mean(&|q| Some(format!("0{}", q.gold)));
        let wrong = mean(&|_| Some("-3".to_owned()));
        let missing = mean(&|_| None);
        assert_eq!(right, written_otherwise);
        assert!(right > wrong + 0.1, "{right} {wrong}");
        assert!((missing - wrong).abs() < 0.08, "{missing} {wrong}");
    }

    #[test]
    fn the_score_is_the_mean_of_three_to_six_step_scores() {
        let (dataset, verifier) = strong();
        for seed in 0..200 {
            let score = judge(&verifier, &dataset.questions[0], Some("5"), seed);
            assert!((3..=6).contains(&score.step_scores.len()));
            assert!(score.step_scores.iter().all(|step| (0.0..=1.0).contains(step)));
            assert_eq!(score.score, score.step_scores.iter().sum::<f64>() / score.step_scores.len() as f64);
            assert_eq!(score.verifier_tokens, Tokens(3 + 321));
        }
    }

    #[test]
    fn the_same_answer_has_the_same_effect_in_every_draw() {
        let mut profile = Profile::load("simulated-strong").unwrap();
        profile.default.scores =
            ScoreParameters { mean_right: 1.0, mean_wrong: 0.0, sd_question: 0.0, sd_answer: 1.0, sd_noise: 0.0 };
        let dataset = dataset();
        let verifier = SimulatedVerifier::new(&profile, 7, "b", &dataset).unwrap();
        let question = &dataset.questions[0];
        let score = |answer: &str, seed: u64| judge(&verifier, question, Some(answer), seed).score;
        assert!((score("-3", 1) - score("-3", 2)).abs() < 1e-12);
        assert!((score("-3", 1) - score("-4", 1)).abs() > 1e-6);
    }
}
