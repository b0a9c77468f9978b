//! A reward model or judge behind a server.
//!
//! Four routes: process reward models (`prm`), cross-encoders (`pair`: `/score` and `/rerank`) and chat models that judge
//! (`judge`). A route makes the body and reads the reply; asking, retrying and counting are the same for all. A draw that says
//! nothing is scored 0 and nobody is asked.

mod grade;
mod judge;
mod pair;
mod prm;
mod reply;
#[cfg(test)]
mod tests;
mod text;

use std::sync::Arc;

use futures::future::{BoxFuture, FutureExt};
use markovscale::Tokens;
use serde_json::{Map, Value, json};

use super::{Score, ScoreRequest, Verifier, VerifierError, nothing_written};
use crate::experiment::{ServicePlan, VerifierRoute, VerifierService};
use crate::key::{hex_digest, short_hash};
use crate::net::{Post, Read, Replied, RequestFailure, Service, Services, Unreadable, estimated_tokens, put_extra};
use crate::prompt::{GradePrompt, PromptError};

use reply::Verdict;

/// A served verifier.
#[derive(Debug)]
pub struct ServedVerifier {
    plan: VerifierService,
    /// Of a judge.
    prompt: Option<GradePrompt>,
    service: Arc<Service>,
}

/// One question for the server.
struct Asked {
    body: Map<String, Value>,
    /// Steps that the reply must score.
    steps: usize,
}

impl ServedVerifier {
    /// Sets it up; asks nothing of the server yet.
    ///
    /// # Errors
    /// When its key is not in the environment, no HTTP client can be set up, or a judge's prompt cannot be used.
    pub fn open(plan: &VerifierService, services: &Services) -> Result<Self, VerifierError> {
        let prompt = judge_prompt(plan)?;
        let service = services.get(&service_of(plan)).map_err(VerifierError::Service)?;
        Ok(Self { plan: plan.clone(), prompt, service })
    }

    fn asked(&self, question: &str, text: &str) -> Asked {
        let VerifierService { route, service, step_token, .. } = &self.plan;
        let model = &service.model;
        let (mut body, steps) = match (route, &self.prompt) {
            (VerifierRoute::Prm, _) => {
                let steps = text::steps(text, step_token);
                (prm::body(model, question, &steps, step_token), steps.len())
            }
            (VerifierRoute::Score, _) => (pair::score_body(model, question, text), 0),
            (VerifierRoute::Rerank, _) => {
                (pair::rerank_body(model, question, text, service.extra.contains_key("texts")), 0)
            }
            (VerifierRoute::Judge, prompt) => {
                let messages = prompt.as_ref().map(|prompt| prompt.messages(question, text)).unwrap_or_default();
                (judge::body(model, &messages), 0)
            }
        };
        // What `texts` says of a reranker is under which key the text goes.
        let told =
            |(key, value): &(&String, &Value)| *key == "texts" && *route == VerifierRoute::Rerank && !value.is_null();
        put_extra(&mut body, service.extra.iter().filter(|field| !told(field)));
        Asked { body, steps }
    }

    fn read(&self, reply: &[u8], steps: usize) -> Result<Read<Verdict>, Unreadable> {
        let VerifierService { route, scale, step_token, .. } = &self.plan;
        reply::read(reply, |reply| match route {
            VerifierRoute::Prm => prm::read(reply, steps, step_token, *scale),
            VerifierRoute::Score => pair::read_score(reply, *scale),
            VerifierRoute::Rerank => pair::read_rerank(reply, *scale),
            VerifierRoute::Judge => judge::read(reply),
        })
    }

    async fn ask(&self, request: ScoreRequest<'_>) -> Result<Score, RequestFailure> {
        let text = text::scored_text(request.completion, self.plan.text);
        let Asked { body, steps } = self.asked(&request.question.text, &text);
        let nothing_to_score = text.is_empty() || (self.plan.route == VerifierRoute::Prm && steps == 0);
        if nothing_to_score {
            return nothing_written(&request);
        }
        let sent_characters: usize = body.values().map(characters).sum();
        let read = estimated_tokens(sent_characters);
        let most_written = body.get("max_tokens").and_then(Value::as_u64).unwrap_or(0);
        let body = serde_json::to_vec(&body).map_err(|error| RequestFailure::once(error.to_string()))?;
        let request_hash = short_hash(&body);
        let post = Post {
            path: path(self.plan.route),
            body,
            // Draws share no more of a prompt than the question.
            affinity: None,
            expected_tokens: read.0.saturating_add(most_written),
            stream: false,
        };
        let Replied { value, attempts, earlier_attempts, latency } =
            self.service.post(post, |reply| self.read(reply, steps)).await?;
        let scored = match value {
            Ok(scored) => scored,
            Err(why) => {
                let message = self.service.masked(&why);
                return Err(RequestFailure { message, attempts, earlier_attempts, status: None });
            }
        };
        let written = estimated_tokens(scored.written_characters);
        let (verifier_tokens, written_tokens) = match scored.usage {
            Some(usage) => (Tokens(usage.total), Tokens(usage.written)),
            None => (Tokens(read.0 + written.0), written),
        };
        Ok(Score {
            score: scored.score,
            step_scores: scored.step_scores,
            verifier_tokens,
            written_tokens,
            attempts,
            earlier_attempts,
            request_hash: Some(request_hash),
            latency: Some(latency),
            tokens_estimated: scored.usage.is_none(),
        })
    }
}

impl Verifier for ServedVerifier {
    fn score<'a>(&'a self, request: ScoreRequest<'a>) -> BoxFuture<'a, Result<Score, RequestFailure>> {
        self.ask(request).boxed()
    }
}

/// The server of a verifier as it is asked. vLLM has `/pooling` at its root alone, whereas the address that clients are
/// given often ends in `/v1`; the other routes stand below both.
pub fn service_of(plan: &VerifierService) -> ServicePlan {
    let mut service = plan.service.clone();
    if plan.route == VerifierRoute::Prm {
        for url in &mut service.base_urls {
            if let Some(root) = url.trim_end_matches('/').strip_suffix("/v1") {
                *url = root.to_owned();
            }
        }
    }
    service
}

/// What a route is called below a server's address.
pub fn path(route: VerifierRoute) -> &'static str {
    match route {
        VerifierRoute::Prm => "/pooling",
        VerifierRoute::Score => "/score",
        VerifierRoute::Rerank => "/rerank",
        VerifierRoute::Judge => "/chat/completions",
    }
}

/// A hash of what determines a verifier's scores. Addresses, keys, limits and prices may change; what is asked may not.
///
/// # Errors
/// When a judge's prompt cannot be used.
pub fn identity(plan: &VerifierService) -> Result<String, PromptError> {
    let VerifierService { route, service, scale, text, step_token, .. } = plan;
    let prompt = judge_prompt(plan)?;
    let step_token = (*route == VerifierRoute::Prm).then_some(step_token);
    Ok(hex_digest(&json!({
        "route": route.name(),
        "model": service.model,
        "extra": service.extra,
        "scale": scale.name(),
        "text": text.name(),
        "step_token": step_token,
        "prompt": prompt.as_ref().map(GradePrompt::hash),
    })))
}

fn judge_prompt(plan: &VerifierService) -> Result<Option<GradePrompt>, PromptError> {
    (plan.route == VerifierRoute::Judge).then(|| GradePrompt::load(&plan.prompt)).transpose()
}

/// Characters of the texts in a body's field.
fn characters(value: &Value) -> usize {
    match value {
        Value::String(text) => text.chars().count(),
        Value::Array(items) => items.iter().map(characters).sum(),
        Value::Object(fields) => fields.values().map(characters).sum(),
        _ => 0,
    }
}
