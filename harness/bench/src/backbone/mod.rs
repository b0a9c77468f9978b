//! Messages -> completion.

#[cfg(feature = "embedded")]
pub mod embedded;
mod open;
pub mod openai;
pub mod simulated;

use std::time::Duration;

use futures::future::{BoxFuture, FutureExt, join_all};
use markovscale::Tokens;

use crate::dataset::Question;
use crate::key::DrawKey;
use crate::net::RequestFailure;
use crate::vocabulary::{FinishReason, Message, Sampling, TokenCounts};

pub use open::{BackboneError, content_hash, open};

/// One thing asked of a backbone.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The question. A real backbone uses nothing of it but what is in `messages`.
    pub question: &'a Question,
    /// Which draw of the question.
    pub draw: DrawKey,
    /// The last round's extracted answer, when the prompt carries one.
    pub previous_answer: Option<&'a str>,
    /// What a critique wrote about that answer, when the prompt carries it.
    pub critique: Option<&'a str>,
    /// The prompt.
    pub messages: &'a [Message],
    /// What the answering model has written already: the completion goes on where it ends. A server is sent it as a
    /// last message of the assistant that it must continue instead of closing (`continue_final_message`).
    pub continue_text: Option<&'a str>,
    /// Seed of this draw, from its name alone.
    pub seed: u64,
    /// Sampling parameters.
    pub sampling: &'a Sampling,
}

/// What a backbone answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Completion {
    /// The text.
    pub text: String,
    /// The model that says it answered, where one does.
    pub model: Option<String>,
    /// Why it ended.
    pub finish_reason: FinishReason,
    /// Prompt tokens.
    pub prompt_tokens: Tokens,
    /// Prompt tokens served from a cache.
    pub cached_tokens: Tokens,
    /// Completion tokens, reasoning included.
    pub completion_tokens: Tokens,
    /// Of those, reasoning tokens, where the server tells.
    pub reasoning_tokens: Option<Tokens>,
    /// Requests made for this draw, the successful one included.
    pub attempts: u32,
    /// Wall time of the successful request; `None` where no request was made (simulated).
    pub latency: Option<Duration>,
    /// What came of the requests before the successful one, in words and in order.
    pub earlier_attempts: Vec<String>,
    /// First 16 hex digits of the SHA-256 of the body that was sent; `None` where none was.
    pub request_hash: Option<String>,
    /// Whether token counts are an estimate or a share of a count, since the server did not tell this draw's own.
    pub tokens_estimated: bool,
    /// The seed that was sent, where it was not the draw's own: draws of one request share their first one's.
    pub shared_seed: Option<u64>,
}

impl Completion {
    /// Its tokens as they are priced.
    pub fn tokens(&self) -> TokenCounts {
        let (cached, reasoning) = (self.cached_tokens, self.reasoning_tokens);
        TokenCounts::of_draw(self.prompt_tokens, cached, self.completion_tokens, reasoning)
    }
}

/// A language model that answers.
pub trait Backbone: Send + Sync {
    /// Answers one request.
    fn complete<'a>(&'a self, request: Request<'a>) -> BoxFuture<'a, Result<Completion, RequestFailure>>;

    /// How many draws with the same prompt are best asked for together, as far as is known by now; at least 1.
    fn batch(&self) -> usize {
        1
    }

    /// Answers requests that differ in their draw and seed alone: one result for each, in their order.
    fn complete_all<'a>(
        &'a self,
        requests: Vec<Request<'a>>,
    ) -> BoxFuture<'a, Vec<Result<Completion, RequestFailure>>> {
        join_all(requests.into_iter().map(|request| self.complete(request))).boxed()
    }
}

impl Completion {
    /// What is stored of a draw whose request failed: no text, no tokens, the attempts it took.
    pub fn failed(attempts: u32) -> Self {
        Self {
            text: String::new(),
            model: None,
            finish_reason: FinishReason::Stop,
            prompt_tokens: Tokens(0),
            cached_tokens: Tokens(0),
            completion_tokens: Tokens(0),
            reasoning_tokens: None,
            attempts,
            latency: None,
            earlier_attempts: Vec::new(),
            request_hash: None,
            tokens_estimated: false,
            shared_seed: None,
        }
    }
}
