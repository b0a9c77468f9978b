//! Asks a backbone for one draw and makes its row.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use markovscale_answers::Grader;
use tokio::sync::{Semaphore, mpsc};

use super::budget::count_draw;
use super::stop::Stop;
use crate::backbone::{Backbone, Completion, Request};
use crate::dataset::{Dataset, Question};
use crate::key::{DrawKey, Mode, draw_seed};
use crate::net::RequestFailure;
use crate::prompt::{Extracted, Family, PromptSet, correct, extracted};
use crate::trace::{Asking, DrawRow};
use crate::vocabulary::{FinishReason, Message, Sampling};

/// What every draw of a partition shares.
pub(super) struct Context {
    pub(super) run_seed: u64,
    pub(super) backbone: Arc<dyn Backbone>,
    pub(super) dataset: Arc<Dataset>,
    pub(super) prompts: Arc<PromptSet>,
    pub(super) sampling: Sampling,
    pub(super) requests: Semaphore,
    pub(super) stop: Stop,
    pub(super) backbone_name: Arc<str>,
    pub(super) model: Arc<str>,
    pub(super) dataset_name: Arc<str>,
    pub(super) simulated: bool,
    /// Of the prompts, in the order of [`Family::ALL`].
    pub(super) hashes: [Arc<str>; Family::ALL.len()],
}

/// One draw to ask for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ask<'a> {
    pub(super) draw: DrawKey,
    /// The prompt that is hashed into the row.
    pub(super) family: Family,
    pub(super) messages: &'a [Message],
    pub(super) previous_answer: Option<&'a str>,
    pub(super) critique: Option<&'a str>,
    pub(super) continue_text: Option<&'a str>,
}

impl<'a> Ask<'a> {
    /// Asks the plain question.
    pub(super) fn first(draw: DrawKey, plain: &'a [Message]) -> Self {
        let family = Family::Answer;
        Self { draw, family, messages: plain, previous_answer: None, critique: None, continue_text: None }
    }
}

/// What came back, as far as the rest of a chain needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    /// The answer as stored.
    pub(super) answer: Option<String>,
    /// What was written; kept only where a chain goes on from it.
    pub(super) text: String,
    /// Whether the token limit cut it off.
    pub(super) cut_off: bool,
}

/// What a row records of the asking.
struct Sent {
    draw: DrawKey,
    family: Family,
    seed: u64,
    started: SystemTime,
}

/// One question being asked.
pub(super) struct Asked<'a> {
    pub(super) context: &'a Context,
    pub(super) question: &'a Question,
    grader: Arc<Grader>,
    sender: mpsc::Sender<DrawRow>,
}

impl<'a> Asked<'a> {
    pub(super) fn new(context: &'a Context, question: &'a Question, sender: mpsc::Sender<DrawRow>) -> Self {
        Self::sharing(Arc::new(Grader::new(&question.gold)), context, question, sender)
    }

    /// One strand of several that ask about the same question.
    pub(super) fn sharing(
        grader: Arc<Grader>,
        context: &'a Context,
        question: &'a Question,
        sender: mpsc::Sender<DrawRow>,
    ) -> Self {
        Self { context, question, grader, sender }
    }

    /// Makes one draw and sends its row. `None` when it failed or nobody listens any more.
    pub(super) async fn draw(&self, ask: Ask<'_>) -> Option<Reply> {
        let context = self.context;
        let permit = context.requests.acquire().await.ok()?;
        if context.stop.is_set() || self.sender.is_closed() {
            return None;
        }
        let (request, started) = (self.request(&ask), SystemTime::now());
        let seed = request.seed;
        let result = context.backbone.complete(request).await;
        // Before the next draw may begin, so that it knows what is spent.
        if let Ok(completion) = &result {
            count_draw(&context.stop, &context.backbone_name, completion);
        }
        drop(permit);
        let answer = |text: &str, cut_off: bool| match ask.continue_text {
            None => extracted(ask.draw, text, cut_off),
            // A continuation need not repeat the answer: it is extracted from the whole text.
            Some(before) => extracted(ask.draw, &format!("{before}{text}"), cut_off),
        };
        self.finish(Sent { draw: ask.draw, family: ask.family, seed, started }, result, answer).await
    }

    /// Makes parallel draws that are asked for together, and sends their rows.
    pub(super) async fn draw_all(&self, draws: &[DrawKey], plain: &[Message]) {
        let context = self.context;
        let Ok(permit) = context.requests.acquire().await else { return };
        if context.stop.is_set() || self.sender.is_closed() {
            return;
        }
        let started = SystemTime::now();
        let requests = draws.iter().map(|draw| self.request(&Ask::first(*draw, plain))).collect();
        let results = context.backbone.complete_all(requests).await;
        for completion in results.iter().flatten() {
            count_draw(&context.stop, &context.backbone_name, completion);
        }
        drop(permit);
        for (draw, result) in draws.iter().zip(results) {
            let answer = |text: &str, cut_off: bool| extracted(*draw, text, cut_off);
            let sent = Sent { draw: *draw, family: Family::Answer, seed: self.seed(*draw), started };
            self.finish(sent, result, answer).await;
        }
    }

    fn request<'b>(&'b self, ask: &Ask<'b>) -> Request<'b> {
        Request {
            question: self.question,
            draw: ask.draw,
            previous_answer: ask.previous_answer,
            critique: ask.critique,
            continue_text: ask.continue_text,
            messages: ask.messages,
            seed: self.seed(ask.draw),
            sampling: &self.context.sampling,
        }
    }

    /// Sends the row of a draw. What failed once stopping was asked for may have failed for that alone: it is no failure,
    /// and the next run asks for it.
    async fn finish(
        &self,
        sent: Sent,
        result: Result<Completion, RequestFailure>,
        answer: impl Fn(&str, bool) -> Option<Extracted>,
    ) -> Option<Reply> {
        if result.is_err() && self.context.stop.is_set() {
            return None;
        }
        self.send(self.row(sent, result, answer)).await
    }

    /// Stores a row that nothing was asked for, since what came before leaves nothing to ask: no request, no tokens.
    pub(super) async fn unasked(
        &self,
        draw: DrawKey,
        family: Family,
        finish_reason: FinishReason,
        answer: Option<&str>,
    ) -> Option<Reply> {
        if self.context.stop.is_set() {
            return None;
        }
        let nothing = Completion { finish_reason, ..Completion::failed(0) };
        let answer = |_: &str, _: bool| answer.map(Extracted::other);
        let sent = Sent { draw, family, seed: self.seed(draw), started: SystemTime::now() };
        let row = self.row(sent, Ok(nothing), answer);
        self.send(DrawRow { started_at: None, ..row }).await
    }

    async fn send(&self, row: DrawRow) -> Option<Reply> {
        let reply = row.error.is_none().then(|| Reply {
            answer: row.answer.clone(),
            text: if matches!(row.draw.mode, Mode::Refine | Mode::Forced) {
                row.completion.clone()
            } else {
                String::new()
            },
            cut_off: &*row.finish_reason == FinishReason::Length.name(),
        });
        self.sender.send(row).await.ok()?;
        reply
    }

    fn seed(&self, draw: DrawKey) -> u64 {
        let context = self.context;
        draw_seed(context.run_seed, &context.backbone_name, &context.dataset_name, &self.question.id, draw)
    }

    fn row(
        &self,
        sent: Sent,
        result: Result<Completion, RequestFailure>,
        answer: impl Fn(&str, bool) -> Option<Extracted>,
    ) -> DrawRow {
        let Sent { draw, family, seed, started } = sent;
        let context = self.context;
        let (completion, error) = match result {
            Ok(completion) => (completion, None),
            Err(RequestFailure { message, attempts, earlier_attempts, .. }) => {
                (Completion { earlier_attempts, ..Completion::failed(attempts) }, Some(message))
            }
        };
        // What a filter ended is no more of an answer than what the limit did.
        let cut_off = completion.finish_reason.broke_off();
        let extracted = if error.is_some() { None } else { answer(&completion.text, cut_off) };
        let answer_rule = extracted.as_ref().and_then(|extracted| extracted.rule).map(|rule| Arc::from(rule.name()));
        let answer = extracted.map(|extracted| extracted.text);
        let correct = if error.is_none() { correct(&self.grader, draw, answer.as_deref()) } else { None };
        let started_at = started.duration_since(UNIX_EPOCH).ok().and_then(|d| i64::try_from(d.as_millis()).ok());
        DrawRow {
            backbone: Arc::clone(&context.backbone_name),
            model: completion.model.as_deref().map_or_else(|| Arc::clone(&context.model), Arc::from),
            dataset: Arc::clone(&context.dataset_name),
            question: self.question.id.clone(),
            draw,
            prompt_hash: Arc::clone(&context.hashes[family as usize]),
            answer,
            answer_rule,
            correct,
            finish_reason: Arc::from(completion.finish_reason.name()),
            prompt_tokens: completion.prompt_tokens,
            cached_tokens: completion.cached_tokens,
            completion_tokens: completion.completion_tokens,
            reasoning_tokens: completion.reasoning_tokens,
            seed: completion.shared_seed.unwrap_or(seed),
            temperature: context.sampling.temperature,
            top_p: context.sampling.top_p,
            max_tokens: context.sampling.max_tokens,
            attempts: completion.attempts,
            latency_ms: completion.latency.map(|latency| latency.as_secs_f64() * 1e3),
            // A simulation makes no request, and its rows are the same whenever they are made.
            started_at: started_at.filter(|_| !context.simulated),
            error,
            simulated: context.simulated,
            asking: Asking::new(completion.request_hash, &completion.earlier_attempts, completion.tokens_estimated),
            completion: completion.text,
        }
    }
}
