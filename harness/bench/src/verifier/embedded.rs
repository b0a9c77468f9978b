//! A process reward model that runs in this process: after each step (each line that is not blank), the probability that
//! the final answer is right. What is stored as the score is the last step's, which has seen the whole solution.

use std::sync::Arc;
use std::time::Instant;

use futures::future::{BoxFuture, FutureExt};
use markovscale::Tokens;
use markovscale_embedded::{Engine, Judged, Message, Role};
use tokio::sync::oneshot;

use super::{Score, ScoreRequest, Verifier, nothing_written};
use crate::backbone::embedded::{failure, unanswered};
use crate::models::{ModelError, Models};
use crate::net::RequestFailure;
use crate::routes::Aggregate;

/// A verifier in this process.
#[derive(Debug)]
pub struct EmbeddedVerifier {
    engine: Arc<Engine>,
}

impl EmbeddedVerifier {
    /// Loads a model, given a shipped name or a path, unless it is loaded already.
    ///
    /// # Errors
    /// When there is no such model, it cannot be loaded, or it scores nothing.
    pub fn open(model: &str, models: &Models) -> Result<Self, ModelError> {
        let engine = models.engine(model)?;
        if !engine.model().is_verifier() {
            return Err(ModelError::NoVerifier { model: model.to_owned() });
        }
        Ok(Self { engine })
    }

    async fn judge(&self, request: ScoreRequest<'_>) -> Result<Score, RequestFailure> {
        if request.completion.trim().is_empty() {
            return nothing_written(&request);
        }
        let started = Instant::now();
        let question = [Message { role: Role::User, content: &request.question.text }];
        let question = self.engine.model().prompt(&question, None).map_err(|error| failure(&error))?;
        let (sender, receiver) = oneshot::channel();
        self.engine.judge(question, request.completion, move |result| {
            // Whoever asked may have gone.
            let _ = sender.send((result, started.elapsed()));
        });
        let (judged, latency) = receiver.await.map_err(|_| unanswered())?;
        let Judged { steps, tokens } = judged.map_err(|error| failure(&error))?;
        let score = Aggregate::Last.of(&steps).ok_or_else(|| RequestFailure::once("the model scored no step"))?;
        Ok(Score {
            score,
            step_scores: steps,
            verifier_tokens: Tokens(u64::from(tokens)),
            attempts: 1,
            latency: Some(latency),
            ..Score::default()
        })
    }
}

impl Verifier for EmbeddedVerifier {
    fn score<'a>(&'a self, request: ScoreRequest<'a>) -> BoxFuture<'a, Result<Score, RequestFailure>> {
        self.judge(request).boxed()
    }
}
