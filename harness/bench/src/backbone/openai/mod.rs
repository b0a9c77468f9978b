//! A language model behind an OpenAI-compatible server.
//!
//! What is asked stands in `body`, how replies are read in `reply` and `stream`; retries, replicas and limits are
//! [`crate::net`]'s. Nothing that the model wrote is lost: reasoning that a server sends apart is put back before the
//! text, between `<think>` and `</think>`.

mod body;
mod count;
mod read;
mod reply;
mod stream;
#[cfg(test)]
mod tests;
mod usage;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt, join_all};
use markovscale::Tokens;

use super::{Backbone, Completion, Request};
use crate::experiment::{Api, OpenAiPlan};
use crate::key::{Mode, seed, short_hash};
use crate::net::{Post, PromptRefusal, Read, Replied, RequestFailure, Service, ServiceError, Services, Unreadable};
use crate::vocabulary::FinishReason;

/// Completion tokens that a draw is expected to take before any was seen, at most.
const FIRST_EXPECTATION: u64 = 2048;

/// A served language model.
#[derive(Debug)]
pub struct OpenAiBackbone {
    plan: OpenAiPlan,
    service: Arc<Service>,
    counter: count::Counter,
}

/// What one request brought: its choices, what is common to them, and the hash of what was sent.
struct Brought {
    reply: reply::Reply,
    attempts: u32,
    earlier_attempts: Vec<String>,
    latency: Duration,
    request_hash: String,
}

impl OpenAiBackbone {
    /// Sets it up; asks nothing of the server yet.
    ///
    /// # Errors
    /// When its key is not in the environment, no HTTP client can be set up, or its tokenizer cannot be read.
    pub fn open(plan: &OpenAiPlan, services: &Services) -> Result<Self, ServiceError> {
        Ok(Self {
            service: services.get(&plan.service)?,
            counter: count::Counter::open(plan.tokenizer.as_deref())?,
            plan: plan.clone(),
        })
    }

    /// Asks for `count` completions of one prompt.
    async fn ask(&self, request: &Request<'_>, count: usize) -> Result<Brought, RequestFailure> {
        let body = body::body(&self.plan, request, count);
        let request_hash = short_hash(&body);
        let asked_again = AtomicBool::new(false);
        let post = Post {
            path: body::path(self.plan.api),
            body,
            affinity: affinity(request),
            expected_tokens: prompt_tokens(request, count::estimate) + self.expected(request) * count as u64,
            stream: self.plan.stream,
            // A server that refuses `n`, with whatever status, is found out soon.
            attempts: (count > 1 && !self.service.stats().gave_several()).then_some(2),
        };
        let replied = self
            .service
            .post(post, |body| {
                let reply = read::read(body)?;
                self.judge_end(&reply, &asked_again)?;
                let tokens = reply.usage.prompt.zip(reply.usage.completion).map(|(prompt, written)| prompt + written);
                Ok(Read { value: reply, tokens })
            })
            .await?;
        let Replied { value: reply, attempts, earlier_attempts, latency } = replied;
        Ok(Brought { reply, attempts, earlier_attempts, latency, request_hash })
    }

    /// Whether a stream that was closed in form is whole. One that says neither why it ended nor what it took may have
    /// been cut off on its way: it is asked for once more, unless the server ends all of them so.
    fn judge_end(&self, reply: &reply::Reply, asked_again: &AtomicBool) -> Result<(), Unreadable> {
        let stats = self.service.stats();
        if !reply.open_end {
            if reply.streamed && reply.choices.iter().all(|choice| choice.finish.is_some()) {
                stats.stream_ended(true);
            }
            return Ok(());
        }
        let last = self.plan.service.limits.attempts <= 1 || asked_again.swap(true, Ordering::Relaxed);
        if last {
            stats.stream_ended(false);
        }
        if last || stats.ends_openly() {
            return Ok(());
        }
        Err(Unreadable("the stream ended without a `finish_reason`, and may have been cut off".to_owned()))
    }

    /// Completion tokens that a draw is expected to take.
    fn expected(&self, request: &Request<'_>) -> u64 {
        let most = u64::from(request.sampling.max_tokens);
        most.min(self.service.stats().completion_tokens().unwrap_or(FIRST_EXPECTATION))
    }

    /// The draws that one request brought, at most `most`. The prompt is charged to the first; completion tokens are
    /// shared in proportion to the lengths of the texts.
    fn completions(&self, request: &Request<'_>, brought: Brought, most: usize) -> Vec<Completion> {
        let Brought { reply, attempts, earlier_attempts, latency, request_hash } = brought;
        let reply::Reply { mut choices, mut usage, model, streamed, .. } = reply;
        let shared = choices.len() > 1;
        if shared && self.counts_one_choice(&choices, usage.completion, request) {
            (usage.completion, usage.reasoning) = (None, None);
        }
        if let Some(model) = &model {
            self.service.stats().model(model);
        }
        // What `extra` makes a server give beyond what was asked for is paid for by the draws that were.
        choices.truncate(most);
        let lengths: Vec<u64> = choices.iter().map(|choice| choice.text.chars().count() as u64).collect();
        let counted = usage.completion.map(|total| count::split(total, &lengths));
        let exact = self.counter.is_exact();
        let written = counted.unwrap_or_else(|| choices.iter().map(|choice| self.uncounted(choice, request)).collect());
        let reasoning = usage.reasoning.map(|total| count::split(total, &written));
        // What a chat template adds to a prompt no tokenizer sees.
        let prompt_known = usage.prompt.is_some() || (exact && self.plan.api == Api::Completions);
        let known = prompt_known && (usage.completion.is_some() || exact);
        let prompt = usage.prompt.unwrap_or_else(|| prompt_tokens(request, |text| self.counter.tokens(text)));
        // Shares of a count are estimates; counts of each text are not.
        let shares = shared && usage.completion.is_some();
        let completion = |(index, choice): (usize, reply::Choice)| {
            let (first, tokens) = (index == 0, written[index]);
            self.service.stats().completion(tokens);
            Completion {
                finish_reason: choice.finish.unwrap_or_else(|| unsaid(tokens, request, streamed)),
                text: choice.text,
                model: model.clone(),
                prompt_tokens: Tokens(if first { prompt } else { 0 }),
                cached_tokens: Tokens(if first { usage.cached.unwrap_or(0) } else { 0 }),
                completion_tokens: Tokens(tokens),
                reasoning_tokens: reasoning.as_ref().map(|shares| Tokens(shares[index])),
                attempts,
                latency: Some(latency),
                earlier_attempts: earlier_attempts.clone(),
                request_hash: Some(request_hash.clone()),
                tokens_estimated: shares || !known || usage.inferred,
                shared_seed: (!first).then_some(request.seed),
            }
        };
        choices.into_iter().enumerate().map(completion).collect()
    }

    /// Whether a count of several choices is of one of them, as llama.cpp's is: choices that the limit cut off took at least
    /// that many tokens each. A server that was seen to count so once is not believed again.
    fn counts_one_choice(&self, choices: &[reply::Choice], told: Option<u64>, request: &Request<'_>) -> bool {
        let most = u64::from(request.sampling.max_tokens);
        let cut_off = choices.iter().filter(|choice| choice.finish == Some(FinishReason::Length)).count();
        if cut_off > 1 && told.is_some_and(|told| told <= most) {
            self.service.stats().counted_one_choice();
        }
        self.service.stats().counts_one_choice()
    }

    /// Tokens of a choice that the server does not count: counted or estimated, and never fewer than the limit where that
    /// cut the choice off.
    fn uncounted(&self, choice: &reply::Choice, request: &Request<'_>) -> u64 {
        let tokens = self.counter.tokens(&choice.text);
        match choice.finish {
            Some(FinishReason::Length) if !self.counter.is_exact() && self.service.stats().counts_one_choice() => {
                tokens.max(u64::from(request.sampling.max_tokens))
            }
            _ => tokens,
        }
    }

    async fn one(&self, request: Request<'_>) -> Result<Completion, RequestFailure> {
        let brought = match self.ask(&request, 1).await {
            Ok(brought) => brought,
            Err(failure) => return refused_for_good(&request, failure),
        };
        let completion = self.completions(&request, brought, 1).pop();
        completion.ok_or_else(|| RequestFailure::once("the reply has no choices"))
    }

    /// Asks for as many at once as the server gives, and one by one where it gives one at a time.
    async fn all(&self, mut left: Vec<Request<'_>>) -> Vec<Result<Completion, RequestFailure>> {
        let mut results = Vec::with_capacity(left.len());
        while !left.is_empty() {
            let count = self.batch().clamp(1, left.len());
            if count == 1 {
                results.extend(join_all(left.drain(..).map(|request| self.one(request))).await);
                break;
            }
            match self.ask(&left[0], count).await {
                Ok(brought) => {
                    let brought = self.completions(&left[0], brought, count);
                    if brought.len() > 1 {
                        self.service.stats().give_several();
                    }
                    if brought.len() < count {
                        self.service.stats().most_choices(brought.len());
                    }
                    left.drain(..brought.len());
                    results.extend(brought.into_iter().map(Ok));
                }
                // llama.cpp and others refuse `n`, with one status or another. A request that is wrong for another reason is
                // refused again, and so is a prompt.
                Err(RequestFailure { status: Some(status), .. }) if !matches!(status, 401..=404 | 408 | 429) => {
                    if self.service.stats().gave_several() {
                        results.extend(join_all(left.drain(..count).map(|request| self.one(request))).await);
                    } else {
                        self.service.stats().most_choices(1);
                    }
                }
                Err(failure) => results.extend(left.drain(..count).map(|_| Err(failure.clone()))),
            }
        }
        results
    }
}

impl Backbone for OpenAiBackbone {
    fn complete<'a>(&'a self, request: Request<'a>) -> BoxFuture<'a, Result<Completion, RequestFailure>> {
        self.one(request).boxed()
    }

    fn batch(&self) -> usize {
        (self.plan.batch as usize).min(self.service.stats().choices()).max(1)
    }

    fn complete_all<'a>(
        &'a self,
        requests: Vec<Request<'a>>,
    ) -> BoxFuture<'a, Vec<Result<Completion, RequestFailure>>> {
        self.all(requests).boxed()
    }
}

/// What a refusal of the prompt itself comes to: no other try of the same will be answered, so that it is no failure that
/// holds results back but an outcome. A filter's is filtered; a chain that has outgrown the model's context is cut off. A
/// first prompt that does not fit says that `max_tokens` is too large for the model, and remains a failure.
fn refused_for_good(request: &Request<'_>, failure: RequestFailure) -> Result<Completion, RequestFailure> {
    let finish_reason = match failure.of_prompt {
        Some(PromptRefusal::Filtered) => FinishReason::Filtered,
        Some(PromptRefusal::TooLong) if request.draw.round.0 > 0 => FinishReason::Length,
        _ => return Err(failure),
    };
    let mut earlier_attempts = failure.earlier_attempts;
    earlier_attempts.push(failure.message);
    Ok(Completion { finish_reason, earlier_attempts, ..Completion::failed(failure.attempts) })
}

/// Why a completion ended of which the server does not say. A whole reply came whole; a stream need not have.
fn unsaid(tokens: u64, request: &Request<'_>, streamed: bool) -> FinishReason {
    match (tokens >= u64::from(request.sampling.max_tokens), streamed) {
        (true, _) => FinishReason::Length,
        (false, true) => FinishReason::Unknown,
        (false, false) => FinishReason::Stop,
    }
}

fn prompt_tokens(request: &Request<'_>, count: impl Fn(&str) -> u64) -> u64 {
    let said: u64 = request.messages.iter().map(|message| count(&message.content)).sum();
    said + request.continue_text.map_or(0, count)
}

/// The rounds of a chain go to one replica: their prompts begin alike. Parallel draws go wherever there is room.
fn affinity(request: &Request<'_>) -> Option<u64> {
    let draw = request.draw;
    (draw.mode != Mode::Parallel)
        .then(|| seed(&[request.question.id.0.as_bytes(), draw.mode.name().as_bytes(), &draw.chain.0.to_le_bytes()]))
}
