//! A language model that runs in this process.
//!
//! A draw depends on the model's files, the prompt, the sampling parameters and the draw's own seed, alone: neither on what
//! else is asked at the same time nor on how many threads answer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::{BoxFuture, FutureExt, join_all};
use markovscale::Tokens;
use markovscale_embedded::{Engine, Finish, Generated, InferenceError, Message, Role, Sampling};
use tokio::sync::oneshot;

use super::{Backbone, Completion, Request};
use crate::models::{ModelError, Models};
use crate::net::RequestFailure;
use crate::vocabulary::{self, FinishReason};

/// Draws of one prompt that are asked for together. Each costs its own batch place, so that more would only make the
/// first of them wait for the last.
const BATCH: usize = 16;

/// A language model in this process.
#[derive(Debug)]
pub struct EmbeddedBackbone {
    engine: Arc<Engine>,
}

impl EmbeddedBackbone {
    /// Loads a model, given a shipped name or a path, unless it is loaded already.
    ///
    /// # Errors
    /// When there is no such model, it cannot be loaded, or it is a verifier.
    pub fn open(model: &str, models: &Models) -> Result<Self, ModelError> {
        let engine = models.engine(model)?;
        if engine.model().is_verifier() {
            return Err(ModelError::IsVerifier { model: model.to_owned() });
        }
        Ok(Self { engine })
    }

    /// Answers requests with one prompt, which is read once.
    async fn all(&self, requests: Vec<Request<'_>>) -> Vec<Result<Completion, RequestFailure>> {
        let Some(first) = requests.first() else { return Vec::new() };
        let prompt = match self.prompt(first) {
            Ok(prompt) => prompt,
            Err(error) => return requests.iter().map(|_| Err(failure(&error))).collect(),
        };
        let prompt_tokens = prompt.len() as u64;
        let seeds: Vec<u64> = requests.iter().map(|request| request.seed).collect();
        let (mut senders, receivers): (Vec<_>, Vec<_>) = seeds
            .iter()
            .map(|_| {
                let (sender, receiver) = oneshot::channel();
                (Some(sender), receiver)
            })
            .unzip();
        let started = Instant::now();
        self.engine.generate(prompt, &seeds, sampling(first), move |place, result| {
            if let Some(sender) = senders.get_mut(place).and_then(Option::take) {
                // Whoever asked may have gone.
                let _ = sender.send((result, started.elapsed()));
            }
        });
        let replies = join_all(receivers).await.into_iter();
        replies
            .map(|reply| match reply {
                Ok((Ok(generated), latency)) => Ok(completion(generated, prompt_tokens, latency)),
                Ok((Err(error), _)) => Err(failure(&error)),
                Err(_) => Err(unanswered()),
            })
            .collect()
    }

    fn prompt(&self, request: &Request<'_>) -> Result<Vec<u32>, InferenceError> {
        let messages: Vec<Message<'_>> = request.messages.iter().map(message).collect();
        self.engine.model().prompt(&messages, request.continue_text)
    }
}

fn message(message: &vocabulary::Message) -> Message<'_> {
    let role = match message.role {
        vocabulary::Role::System => Role::System,
        vocabulary::Role::User => Role::User,
    };
    Message { role, content: &message.content }
}

fn sampling(request: &Request<'_>) -> Sampling {
    let vocabulary::Sampling { temperature, top_p, max_tokens } = *request.sampling;
    Sampling { temperature, top_p, max_tokens }
}

/// The prompt is charged to every draw, also where it was read once for several: which draws share a reading depends on
/// where a run was interrupted, and what a draw costs must not.
fn completion(generated: Generated, prompt_tokens: u64, latency: Duration) -> Completion {
    Completion {
        text: generated.text,
        finish_reason: match generated.finish {
            Finish::Stop => FinishReason::Stop,
            Finish::Length => FinishReason::Length,
        },
        prompt_tokens: Tokens(prompt_tokens),
        completion_tokens: Tokens(u64::from(generated.tokens)),
        latency: Some(latency),
        ..Completion::failed(1)
    }
}

/// What is recorded of a request that a model in this process refused.
pub(crate) fn failure(error: &InferenceError) -> RequestFailure {
    RequestFailure::once(error.to_string())
}

/// What is recorded of a request whose reply never came.
pub(crate) fn unanswered() -> RequestFailure {
    RequestFailure::once("the threads that run the model ended before they answered")
}

impl Backbone for EmbeddedBackbone {
    fn complete<'a>(&'a self, request: Request<'a>) -> BoxFuture<'a, Result<Completion, RequestFailure>> {
        async move {
            let only = self.all(vec![request]).await.pop();
            only.unwrap_or_else(|| Err(RequestFailure::once("the model answered nothing")))
        }
        .boxed()
    }

    fn batch(&self) -> usize {
        BATCH
    }

    fn complete_all<'a>(
        &'a self,
        requests: Vec<Request<'a>>,
    ) -> BoxFuture<'a, Vec<Result<Completion, RequestFailure>>> {
        self.all(requests).boxed()
    }
}
