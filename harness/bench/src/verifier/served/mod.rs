//! A reward model or judge behind a server.
//!
//! A route (`crate::routes`) makes the body and reads the reply; asking, retrying and counting are the same for all. A draw
//! that says nothing is scored 0 and nobody is asked.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use futures::future::{BoxFuture, FutureExt};
use markovscale::Tokens;
use serde_json::{Value, json};

use super::{Score, ScoreRequest, Verifier, VerifierError, nothing_written};
use crate::experiment::{ServicePlan, VerifierService};
use crate::key::{hex_digest, short_hash};
use crate::net::{
    self, Post, Read, Replied, RequestFailure, Service, Services, Unreadable, estimated_tokens, put_extra,
};
use crate::routes::{Asked, Route, RouteError, Scale, Scored, Trouble, scored_text, usage};

/// A reply that was read: a score, or why it makes none.
type Verdict = Result<Scored, String>;

/// A served verifier.
#[derive(Debug)]
pub struct ServedVerifier {
    plan: VerifierService,
    route: Box<dyn Route>,
    service: Arc<Service>,
}

impl ServedVerifier {
    /// Sets it up; asks nothing of the server yet.
    ///
    /// # Errors
    /// When its key is not in the environment, no HTTP client can be set up, or a judge's prompt cannot be used.
    pub fn open(plan: &VerifierService, services: &Services) -> Result<Self, VerifierError> {
        let route = plan.open()?;
        let service = services.get(&service_of(plan, &*route)).map_err(VerifierError::Service)?;
        Ok(Self { plan: plan.clone(), route, service })
    }

    fn asked<'a>(&'a self, question: &'a str, text: &'a str) -> Asked<'a> {
        let ServicePlan { model, extra, .. } = &self.plan.service;
        Asked { model, question, text, extra }
    }

    /// The body of a request; `None` where there is nothing to score.
    fn body(&self, asked: &Asked<'_>) -> Option<serde_json::Map<String, Value>> {
        let mut body = if asked.text.is_empty() { None } else { self.route.body(asked) }?;
        let own = self.route.own_extra();
        let sent = |(key, value): &(&String, &Value)| value.is_null() || !own.contains(&key.as_str());
        put_extra(&mut body, asked.extra.iter().filter(sent));
        Some(body)
    }

    fn read(&self, reply: &[u8], asked: &Asked<'_>) -> Result<Read<Verdict>, Unreadable> {
        let reply: Value = net::json(reply)?;
        let tokens = usage(&reply).map(|usage| usage.total);
        match self.route.read(&reply, asked) {
            Ok(scored) => Ok(Read { value: Ok(scored), tokens }),
            Err(Trouble::Refused(why)) => Ok(Read { value: Err(why), tokens }),
            Err(Trouble::Unreadable(why)) => Err(Unreadable(why)),
        }
    }

    async fn ask(&self, request: ScoreRequest<'_>) -> Result<Score, RequestFailure> {
        let text = scored_text(request.completion, self.plan.text);
        let asked = self.asked(&request.question.text, &text);
        let Some(body) = self.body(&asked) else { return nothing_written(&request) };
        let sent_characters: usize = body.values().map(characters).sum();
        let read = estimated_tokens(sent_characters);
        let most_written = body.get("max_tokens").and_then(Value::as_u64).unwrap_or(0);
        let body = serde_json::to_vec(&body).map_err(|error| RequestFailure::once(error.to_string()))?;
        let request_hash = short_hash(&body);
        let post = Post {
            path: self.route.path(),
            body,
            // Draws share no more of a prompt than the question.
            affinity: None,
            expected_tokens: read.0.saturating_add(most_written),
            stream: false,
            attempts: None,
        };
        let Replied { value, attempts, earlier_attempts, latency } =
            self.service.post(post, |reply| self.read(reply, &asked)).await?;
        let scored = match value {
            Ok(scored) => scored,
            Err(why) => {
                let message = self.service.masked(&why);
                return Err(RequestFailure { message, attempts, earlier_attempts, status: None, of_prompt: None });
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

/// The server of a verifier as it is asked: a route that stands at its root is not asked below `/v1`.
fn service_of(plan: &VerifierService, route: &dyn Route) -> ServicePlan {
    let mut service = plan.service.clone();
    if route.at_root() {
        for url in &mut service.base_urls {
            if let Some(root) = url.trim_end_matches('/').strip_suffix("/v1") {
                *url = root.to_owned();
            }
        }
    }
    service
}

/// A hash of what determines a verifier's scores. Addresses, keys, limits and prices may change; what is asked may not.
///
/// # Errors
/// When its route cannot be set up.
pub fn identity(plan: &VerifierService) -> Result<String, RouteError> {
    // Routes that lack one of the first keys have always said so, and runs store this hash.
    let mut identity = json!({
        "route": plan.route.kind,
        "model": plan.service.model,
        "extra": plan.service.extra,
        "scale": Scale::Probability.name(),
        "text": plan.text.name(),
        "step_token": null,
        "prompt": null,
    });
    for (name, value) in plan.settings.iter().chain(&plan.open()?.identity()) {
        identity[name] = value.clone();
    }
    Ok(hex_digest(&identity))
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
