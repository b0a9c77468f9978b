//! [`Backbone`] over the generative model: a request in, real text with a boxed answer out.
//!
//! A draw depends on the run's seed, the backbone's name, the dataset, the question, and the request's own seed,
//! alone. Everything per question is prepared at construction; answering takes no lock. Temperature and `top_p` have
//! no effect.

use std::collections::HashMap;

use futures::future::{BoxFuture, FutureExt};
use markovscale::Tokens;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;
use rayon::prelude::*;

use super::dialogue::{Dialogue, Kind};
use super::effects::{QuestionEffects, dataset_effects, question_seed};
use super::grader::Grader;
use super::model::{DrawNoise, Keeping, ModelAnswer, QuestionModel, Said, Turn, fixed_points};
use super::profile::{DatasetParameters, Profile};
use super::text::{self, Ending};
use super::wrong;
use crate::backbone::{Backbone, Completion, Request};
use crate::dataset::{Dataset, Question};
use crate::key::Mode;
use crate::net::RequestFailure;
use crate::vocabulary::FinishReason;

/// Why a simulated backbone or verifier cannot be made for a dataset.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SimulationError {
    /// Nothing to simulate.
    #[error("simulate dataset {dataset}: it has no questions")]
    NoQuestions {
        /// The dataset.
        dataset: String,
    },
    /// A question without a gold answer cannot be answered rightly.
    #[error("simulate dataset {dataset}: question {question} has an empty gold answer; run `dataset check {dataset}`")]
    NoGold {
        /// The dataset.
        dataset: String,
        /// The question's id.
        question: String,
    },
    /// Two questions share an id, so that draws could not be told apart.
    #[error("simulate dataset {dataset}: question id {question} occurs twice; run `dataset check {dataset}`")]
    DuplicateQuestion {
        /// The dataset.
        dataset: String,
        /// The question's id.
        question: String,
    },
}

/// Checks what the simulation needs of a dataset.
pub(crate) fn check_dataset(dataset: &Dataset) -> Result<(), SimulationError> {
    let name = || dataset.name.clone();
    if dataset.questions.is_empty() {
        return Err(SimulationError::NoQuestions { dataset: name() });
    }
    let mut seen = std::collections::HashSet::new();
    for question in &dataset.questions {
        if question.gold.trim().is_empty() {
            return Err(SimulationError::NoGold { dataset: name(), question: question.id.0.clone() });
        }
        if !seen.insert(&question.id.0) {
            return Err(SimulationError::DuplicateQuestion { dataset: name(), question: question.id.0.clone() });
        }
    }
    Ok(())
}

/// The simulated backbone of one dataset.
#[derive(Debug)]
pub struct SimulatedBackbone {
    dataset: String,
    dialogue: Dialogue,
    questions: HashMap<String, SimulatedQuestion>,
}

#[derive(Debug)]
struct SimulatedQuestion {
    model: QuestionModel,
    grader: Grader,
    gold: String,
    wrong: Vec<String>,
}

impl SimulatedBackbone {
    /// Prepares every question of a dataset, in parallel.
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
        let parameters = profile.parameters(&dataset.name);
        let effects = dataset_effects(run_seed, backbone_name, dataset);
        let points = fixed_points(&parameters.success, effects.iter().map(|e| e.success));
        let questions = dataset
            .questions
            .par_iter()
            .zip(effects.par_iter().zip(points))
            .map(|(question, (effects, point))| {
                let seed = question_seed(run_seed, backbone_name, &dataset.name, &question.id.0, "wrong answers");
                (question.id.0.clone(), SimulatedQuestion::new(parameters, question, effects, point, seed))
            })
            .collect();
        Ok(Self { dataset: dataset.name.clone(), dialogue: Dialogue::of(profile), questions })
    }

    fn answer(&self, request: &Request<'_>) -> Result<Completion, RequestFailure> {
        let Some(question) = self.questions.get(&request.question.id.0) else {
            let message = format!(
                "the simulated backbone of dataset {} does not know question {}",
                self.dataset, request.question.id
            );
            return Err(RequestFailure::once(message));
        };
        Ok(question.complete(request, self.dialogue.kind(request)))
    }
}

impl SimulatedQuestion {
    fn new(
        parameters: &DatasetParameters,
        question: &Question,
        effects: &QuestionEffects,
        fixed_point: f64,
        seed: u64,
    ) -> Self {
        let model = QuestionModel::new(parameters, effects, fixed_point);
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        Self {
            wrong: wrong::wrong_answers(&question.gold, model.wrong_answers(), &mut rng),
            grader: Grader::new(&question.gold),
            gold: question.gold.trim().to_owned(),
            model,
        }
    }

    fn complete(&self, request: &Request<'_>, kind: Kind) -> Completion {
        let mut rng = ChaCha8Rng::seed_from_u64(request.seed);
        let noise = DrawNoise::sample(&mut rng);
        let phrasing = rng.next_u64();
        let (right, length_factor, ending) = match kind {
            Kind::Answer(keeping, length_factor) => {
                let (answer, right) = self.answer(request, &noise, keeping);
                (right, length_factor, Ending::Answer(answer))
            }
            Kind::Critique(critique) => {
                let right = request.previous_answer.is_some_and(|answer| self.is_right(answer));
                (right, critique.length, Ending::Verdict(critique.approves(noise.keep, right)))
            }
            Kind::Rating(rating) => {
                let level = rating.rate(self.model.fixed_point(), rng.sample(StandardNormal));
                (true, rating.length, Ending::Rating(level))
            }
        };
        let turn = match (request.previous_answer, request.draw.mode, request.draw.round.0) {
            (None, Mode::Judge, _) => Turn::Later,
            (None, ..) => Turn::First,
            (Some(_), Mode::Refine, 2) | (Some(_), Mode::Parallel | Mode::Sequential, 0 | 1) => Turn::Second,
            (Some(_), ..) => Turn::Later,
        };
        let length = (self.model.length(&noise, turn, right) * length_factor).round().max(1.0);
        let limit = self.model.limit(f64::from(request.sampling.max_tokens));
        let cut = length > limit;
        let characters: usize = request.messages.iter().map(|message| message.content.chars().count()).sum();
        let continued = request.continue_text.map_or(0, |text| text.chars().count());
        Completion {
            text: if cut { text::cut_off(phrasing) } else { text::finished(phrasing, &ending) },
            finish_reason: if cut { FinishReason::Length } else { FinishReason::Stop },
            prompt_tokens: tokens_of_characters(characters + continued),
            cached_tokens: Tokens(0),
            completion_tokens: Tokens(length.min(limit) as u64),
            ..Completion::failed(1)
        }
    }

    /// An answer and whether it is right.
    fn answer<'a>(&'a self, request: &Request<'a>, noise: &DrawNoise, keeping: Keeping) -> (&'a str, bool) {
        match self.model.say_keeping(noise, request.previous_answer.is_some(), keeping) {
            Said::Fresh(ModelAnswer::Right) => (self.gold.as_str(), true),
            Said::Fresh(ModelAnswer::Wrong(index)) => (self.wrong.get(index).map_or("0", String::as_str), false),
            Said::Kept => {
                let previous = request.previous_answer.unwrap_or_default();
                (previous, self.is_right(previous))
            }
        }
    }

    /// The simulation's own answers are recognised by their text, others are graded.
    fn is_right(&self, answer: &str) -> bool {
        answer == self.gold || (!self.wrong.iter().any(|wrong| wrong == answer) && self.grader.is_right(answer))
    }
}

/// About four characters make a token.
pub(crate) fn tokens_of_characters(characters: usize) -> Tokens {
    Tokens(characters.div_ceil(4) as u64)
}

impl Backbone for SimulatedBackbone {
    fn complete<'a>(&'a self, request: Request<'a>) -> BoxFuture<'a, Result<Completion, RequestFailure>> {
        std::future::ready(self.answer(&request)).boxed()
    }
}
