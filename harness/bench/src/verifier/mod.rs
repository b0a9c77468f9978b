//! Question + completion -> score.

mod open;
pub mod simulated;

use futures::future::BoxFuture;
use markovscale::Tokens;

use crate::backbone::RequestFailure;
use crate::dataset::Question;
use crate::key::DrawKey;

pub use open::{VerifierError, open};

/// One draw to score.
#[derive(Debug, Clone, Copy)]
pub struct ScoreRequest<'a> {
    /// The question. A real verifier uses its text only.
    pub question: &'a Question,
    /// Which draw of the question.
    pub draw: DrawKey,
    /// What the backbone wrote.
    pub completion: &'a str,
    /// How many tokens that took.
    pub completion_tokens: Tokens,
    /// The extracted answer.
    pub answer: Option<&'a str>,
    /// Seed of this score, from its name alone.
    pub seed: u64,
}

/// A verifier's judgement of one draw.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// In [0, 1].
    pub score: f64,
    /// Scores of the steps, where the verifier gives them.
    pub step_scores: Vec<f64>,
    /// Tokens the verifier read and wrote.
    pub verifier_tokens: Tokens,
}

/// A reward model or judge.
pub trait Verifier: Send + Sync {
    /// Scores one draw.
    fn score<'a>(&'a self, request: ScoreRequest<'a>) -> BoxFuture<'a, Result<Score, RequestFailure>>;
}
