//! The simulated backbone: a seeded generative model of a language model that answers questions, for runs without one.
//!
//! Its parameters are a [`Profile`] (YAML); the model is section 3 of the theory notes: a fixed point per question,
//! sticky re-answers, stick-breaking wrong answers, and log-normal completion lengths. It knows the gold answer, which
//! no real backbone does; every text it writes starts with `[simulated]`.

mod backbone;
mod dialogue;
mod dialogue_parameters;
mod effects;
mod grader;
pub(crate) mod model;
mod profile;
mod ranges;
mod text;
mod wrong;

pub use backbone::{SimulatedBackbone, SimulationError};
pub(crate) use backbone::{check_dataset, tokens_of_characters};
pub use dialogue_parameters::{ContinuationParameters, CritiqueParameters, RatingParameters};
pub(crate) use effects::{MOST_WRONG_ANSWERS, QuestionEffects, RawEffects, dataset_effects, question_seed, stratify};
pub(crate) use grader::Grader;
pub use profile::{
    DatasetParameters, FittedTo, LengthParameters, Origin, Profile, ProfileError, SHIPPED_PROFILES, ScoreParameters,
    SuccessParameters, WrongAnswerParameters,
};

#[cfg(test)]
mod tests;
