//! What a simulated backbone says that is no plain answer or re-answer: critiques and what follows them, continuations of
//! a text that had ended, ratings of questions.
//!
//! The model behind it is the one of answers. A critique sees whether the previous answer is right as through noise; a
//! re-answer after `wrong` is fresh, after `right` it keeps the answer, and after no verdict it is any re-answer. A
//! continuation is a re-answer with the chain's memory, only shorter. A rating is the question's fixed point seen through
//! noise. No published measurement was fitted: the defaults are illustrative, and what they imply about `self_refine`,
//! `budget_forcing` or ratings is an assumption, not a finding.

use markovscale::Verdict;
use serde::{Deserialize, Serialize};

use super::model::{DrawNoise, Keeping};
use super::profile::{Profile, non_negative, positive, probability};
use crate::backbone::Request;
use crate::key::Mode;
use crate::prompt::verdict;

/// How a simulated backbone criticises answers. Defaults are illustrative: a lenient critic, better than chance.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CritiqueParameters {
    /// Probability that it calls a right answer right (default 0.85).
    #[serde(deserialize_with = "probability")]
    pub right_when_right: f64,
    /// Probability that it calls a wrong answer right (default 0.45).
    #[serde(deserialize_with = "probability")]
    pub right_when_wrong: f64,
    /// A critique is this many times as long as a re-answer (default 0.6).
    #[serde(deserialize_with = "positive")]
    pub length: f64,
}

impl Default for CritiqueParameters {
    fn default() -> Self {
        Self { right_when_right: 0.85, right_when_wrong: 0.45, length: 0.6 }
    }
}

impl CritiqueParameters {
    /// Whether it calls the answer right.
    pub(super) fn approves(&self, noise: &DrawNoise, right: bool) -> bool {
        noise.keep < if right { self.right_when_right } else { self.right_when_wrong }
    }
}

/// How a simulated backbone goes on with a text that had ended.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ContinuationParameters {
    /// A continuation is this many times as long as a re-answer (default 0.35, illustrative).
    #[serde(deserialize_with = "positive")]
    pub length: f64,
}

impl Default for ContinuationParameters {
    fn default() -> Self {
        Self { length: 0.35 }
    }
}

/// How a simulated backbone rates questions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RatingParameters {
    /// Standard deviation of the noise, in points of the scale from 1 to 10 (default 2, illustrative).
    #[serde(deserialize_with = "non_negative")]
    pub noise: f64,
    /// A rating is this many times as long as a re-answer (default 0.1, illustrative).
    #[serde(deserialize_with = "positive")]
    pub length: f64,
}

impl Default for RatingParameters {
    fn default() -> Self {
        Self { noise: 2.0, length: 0.1 }
    }
}

impl RatingParameters {
    /// A rating from 1 (the fixed point is 1) to 10 (it is 0); `noise` is standard normal.
    pub(super) fn rate(&self, fixed_point: f64, noise: f64) -> u32 {
        (1.0 + 9.0 * (1.0 - fixed_point) + self.noise * noise).round().clamp(1.0, 10.0) as u32
    }
}

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
