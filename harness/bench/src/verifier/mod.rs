//! Question + completion -> score.

#[cfg(feature = "embedded")]
pub mod embedded;
mod error;
mod kinds;
mod open;
mod process;
pub mod served;
pub mod simulated;

use std::time::Duration;

use futures::future::BoxFuture;
use markovscale::Tokens;

use crate::dataset::Question;
use crate::key::DrawKey;
use crate::net::RequestFailure;
use crate::vocabulary::TokenCounts;

pub use error::VerifierError;
pub use open::{concurrency, identity, open};

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
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Score {
    /// In [0, 1].
    pub score: f64,
    /// Scores of the steps, where the verifier gives them.
    pub step_scores: Vec<f64>,
    /// Tokens the verifier read and wrote.
    pub verifier_tokens: Tokens,
    /// Of those, tokens it wrote, which cost another price.
    pub written_tokens: Tokens,
    /// Requests made, the successful one included; 0 where none was (simulated).
    pub attempts: u32,
    /// What came of the requests before the successful one, in words and in order.
    pub earlier_attempts: Vec<String>,
    /// First 16 hex digits of the SHA-256 of the body that was sent; `None` where none was.
    pub request_hash: Option<String>,
    /// Wall time of the successful request; `None` where none was made.
    pub latency: Option<Duration>,
    /// Whether token counts are an estimate, since the server did not tell.
    pub tokens_estimated: bool,
}

impl Score {
    /// Its tokens as they are priced.
    pub fn tokens(&self) -> TokenCounts {
        TokenCounts::of_verifier(self.verifier_tokens, self.written_tokens)
    }
}

/// The score of a draw that says nothing: 0, and nobody is asked. But draws may be imported without their texts; a score of
/// those would be made up.
fn nothing_written(request: &ScoreRequest<'_>) -> Result<Score, RequestFailure> {
    const NO_TEXT: &str = "nothing was stored of the draw but its answer, and a verifier scores texts";
    match request.answer {
        None => Ok(Score::default()),
        Some(_) => Err(RequestFailure { attempts: 0, ..RequestFailure::once(NO_TEXT) }),
    }
}

/// A reward model or judge.
pub trait Verifier: Send + Sync {
    /// Scores one draw.
    fn score<'a>(&'a self, request: ScoreRequest<'a>) -> BoxFuture<'a, Result<Score, RequestFailure>>;
}
