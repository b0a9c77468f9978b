//! What a simulated backbone says that is no plain answer or re-answer: critiques and what follows them, continuations of
//! a text that had ended, ratings of questions.
//!
//! The model behind it is the one of answers. A critique sees whether the previous answer is right as through noise; a
//! re-answer after `wrong` is fresh, after `right` it keeps the answer, and after no verdict it is any re-answer. A
//! continuation is a re-answer with the chain's memory, only shorter. A rating is the question's fixed point seen through
//! noise. No published measurement was fitted: the defaults are illustrative, and what they imply about `self_refine`,
//! `budget_forcing` or ratings is an assumption, not a finding.

use markovscale::Verdict;

use super::dialogue_parameters::{ContinuationParameters, CritiqueParameters, RatingParameters};
use super::model::Keeping;
use super::profile::Profile;
use crate::backbone::Request;
use crate::key::Mode;
use crate::prompt::verdict;

/// The parameters of everything here.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dialogue {
    critique: CritiqueParameters,
    continuation: ContinuationParameters,
    rating: RatingParameters,
}

/// What a request asks for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    /// An answer: whether it keeps the previous one, and how long it is compared with an answer to a whole prompt.
    Answer(Keeping, f64),
    /// A judgement of the previous answer.
    Critique(CritiqueParameters),
    /// The question's difficulty.
    Rating(RatingParameters),
}

impl Dialogue {
    pub(super) fn of(profile: &Profile) -> Self {
        Self { critique: profile.critique, continuation: profile.continuation, rating: profile.rating }
    }

    pub(super) fn kind(&self, request: &Request<'_>) -> Kind {
        match request.draw.mode {
            Mode::Judge => Kind::Rating(self.rating),
            Mode::Refine if !request.draw.is_answer() => Kind::Critique(self.critique),
            Mode::Forced if request.continue_text.is_some() => Kind::Answer(Keeping::Memory, self.continuation.length),
            _ => Kind::Answer(request.critique.map_or(Keeping::Memory, after), 1.0),
        }
    }
}

/// What a critique makes of the re-answer that reads it.
fn after(critique: &str) -> Keeping {
    match verdict(critique) {
        Verdict::Right => Keeping::Always,
        Verdict::Wrong => Keeping::Never,
        Verdict::Unclear => Keeping::Memory,
    }
}
