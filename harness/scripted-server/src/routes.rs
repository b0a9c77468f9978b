//! What each route answers.

use crate::counters::{Billed, Tally};
use crate::date;
use crate::fault;
use crate::http::Request;
use crate::model::{Draw, Prompt};
use crate::reply::{Body, Reply, Shape};
use crate::request;
use crate::script::{Fault, Script};
use crate::verify::{Route, Spoil, verify};

/// The reply to a request, before a fault spoils it.
pub(crate) fn answer(script: &Script, tally: &Tally, request: &Request, fault: Option<&Fault>) -> Reply {
    let path = request.path.as_str();
    if path == "/_counters" {
        return Reply::json(200, serde_json::to_string_pretty(&tally.counters()).unwrap_or_default());
    }
    if let Some(reply) = fault.and_then(|fault| fault::instead(script, fault, request)) {
        return reply;
    }
    let keyed = |key: &String| {
        request
            .header("authorization")
            .and_then(|given| given.strip_prefix("Bearer "))
            .is_some_and(|given| given == key)
    };
    if script.key.as_ref().is_some_and(|key| !keyed(key)) {
        return fault::echo_key(request);
    }
    // Routes are known with and without the version that base addresses of completions end with.
    let route = ["/v1", "/v2"].iter().find_map(|version| path.strip_prefix(version)).unwrap_or(path);
    match (request.method.as_str(), route) {
        ("GET", "/models") => models(script),
        ("GET", "/version") => Reply::json(200, format!("{{\"version\":\"{}-scripted\"}}", env!("CARGO_PKG_VERSION"))),
        ("GET", "/health") => Reply::json(200, String::new()),
        ("POST", "/chat/completions") => parsed(script, request, |body| completions(script, body, true, fault)),
        ("POST", "/completions") => parsed(script, request, |body| completions(script, body, false, fault)),
        ("POST", "/pooling" | "/reward") => scored(script, request, Route::Pooling, fault),
        ("POST", "/score") => scored(script, request, Route::Score, fault),
        ("POST", "/rerank") => scored(script, request, Route::Rerank, fault),
        _ => Reply::error(404, "NotFoundError", &format!("no route {} {path}", request.method)),
    }
}

fn models(script: &Script) -> Reply {
    let entry = |model: &String| serde_json::json!({"id": model, "object": "model", "created": date::now(), "owned_by": "scripted", "max_model_len": 32768});
    let data: Vec<_> = script.models.iter().map(entry).collect();
    Reply::json(200, serde_json::json!({"object": "list", "data": data}).to_string())
}

fn parsed(
    script: &Script,
    request: &Request,
    answer: impl FnOnce(&request::Body<'_>) -> Result<Reply, String>,
) -> Reply {
    let body: request::Body<'_> = match serde_json::from_slice(&request.body) {
        Ok(body) => body,
        Err(error) => return Reply::error(400, "BadRequestError", &format!("the body cannot be read: {error}")),
    };
    if !script.models.is_empty() && !script.models.iter().any(|model| *model == body.model) {
        return Reply::error(404, "NotFoundError", &format!("The model `{}` does not exist.", body.model));
    }
    answer(&body).unwrap_or_else(|missing| Reply::error(400, "BadRequestError", &missing))
}

fn scored(script: &Script, request: &Request, route: Route, fault: Option<&Fault>) -> Reply {
    let spoil = match fault {
        Some(Fault::NanScores) => Spoil::Nan,
        Some(Fault::EmptyChoices) => Spoil::Empty,
        Some(Fault::Huge { bytes }) => Spoil::Huge(*bytes),
        _ => Spoil::Not,
    };
    parsed(script, request, |body| verify(script, route, body, spoil))
}

fn completions(script: &Script, body: &request::Body<'_>, chat: bool, fault: Option<&Fault>) -> Result<Reply, String> {
    let messages: Vec<(bool, &str)> = if chat {
        body.messages.iter().map(|message| (message.role != "assistant", &*message.content)).collect()
    } else {
        let texts = body.prompt.as_ref().map(request::Texts::all).unwrap_or_default();
        texts.into_iter().take(1).map(|text| (true, text)).collect()
    };
    if messages.is_empty() {
        return Err(format!("field required: {}", if chat { "messages" } else { "prompt" }));
    }
    let prompt = Prompt::read(&messages);
    let padding = if let Some(Fault::Huge { bytes }) = fault { *bytes } else { 0 };
    let draw = |index| Draw {
        seed: body.seed.unwrap_or_default().cast_unsigned(),
        index,
        // A reply that is too large is too large whatever the limit.
        most_tokens: if padding > 0 { u64::MAX } else { body.max_tokens.unwrap_or(u64::MAX) },
        padding,
    };
    let wanted = if script.honours_n { body.choices() } else { 1 };
    let mut choices: Vec<_> = (0..wanted).map(|index| prompt.complete(script, draw(index))).collect();
    let graded = choices.iter().any(|choice| choice.yes.is_some());
    if fault == Some(&Fault::EmptyChoices) {
        choices.clear();
    }
    let billed = Billed {
        replies: 1,
        choices: choices.len() as u64,
        prompt_tokens: prompt.tokens,
        cached_tokens: prompt.cached,
        completion_tokens: choices.iter().map(|choice| choice.tokens).sum(),
        reasoning_tokens: choices.iter().map(|choice| choice.reasoning_tokens).sum(),
    };
    let logprobs = script.logprobs && body.wants_logprobs();
    let shape = Shape {
        chat,
        id: prompt.id(body.seed.unwrap_or_default().cast_unsigned()),
        created: date::now(),
        model: &body.model,
        logprobs,
        nan: fault == Some(&Fault::NanScores),
        usage: script.usage,
    };
    let include_usage = body.stream_options.as_ref().is_some_and(|options| options.include_usage);
    let mut reply = Reply::json(200, String::new());
    if body.stream.unwrap_or_default() {
        reply.content_type = "text/event-stream; charset=utf-8";
        let twice = fault == Some(&Fault::DuplicateChunks);
        reply.body = Body::Events(shape.events(&choices, &billed, include_usage, twice));
    } else {
        reply.body = Body::Whole(shape.whole(&choices, &billed));
    }
    reply.billed = Some(billed);
    reply.score = graded;
    Ok(reply)
}
