//! Which fault happens to a request, and what it does to the reply.

use crate::counters::{Fate, Tally};
use crate::date;
use crate::hash::{mix, unit};
use crate::http::Request;
use crate::reply::{Body, Reply, error_body};
use crate::script::{Fault, RetryAfter, Rule, Script};

/// How much of a reply is written, and what comes then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// All of it.
    All,
    /// Half of the body, and the connection is closed.
    HalfThenClose,
    /// Half of the body, and nothing more.
    HalfThenHang,
    /// Nothing, and the connection is closed.
    Close,
    /// Nothing, ever.
    Hang,
}

/// The fault of a request; `body` is the hash of what it carries and `number` its place among all requests.
pub(crate) fn pick<'s>(
    script: &'s Script,
    tally: &Tally,
    request: &Request,
    body: u64,
    number: u64,
) -> Option<&'s Fault> {
    if script.rules.is_empty() {
        return None;
    }
    let attempt = if script.track { tally.attempt(body) } else { 1 };
    let applies = |(index, rule): &(usize, &Rule)| {
        let when = &rule.when;
        let dice = unit(mix(mix(mix(script.seed, body), u64::from(attempt)), *index as u64));
        when.probability.is_none_or(|probability| dice < probability)
            && when.attempts.is_none_or(|first| attempt <= first)
            && when.requests.is_none_or(|(first, last)| (first..=last).contains(&number))
            && match &when.path {
                Some(path) => request.path.ends_with(&**path),
                // What a server says of itself is not what is asked of it.
                None => request.method == "POST",
            }
            && when.contains.as_ref().is_none_or(|text| holds(&request.body, text.as_bytes()))
    };
    let rule = script.rules.iter().enumerate().find(applies).map(|(_, rule)| rule)?;
    tally.fault(name(&rule.fault));
    Some(&rule.fault)
}

fn holds(body: &[u8], text: &[u8]) -> bool {
    text.is_empty() || body.windows(text.len()).any(|window| window == text)
}

/// The name of a fault, as scripts write it.
fn name(fault: &Fault) -> &'static str {
    match fault {
        Fault::Delay { .. } => "delay",
        Fault::Status { .. } => "status",
        Fault::CloseBefore => "close_before",
        Fault::CloseMidBody => "close_mid_body",
        Fault::HalfJson => "half_json",
        Fault::WrongType => "wrong_type",
        Fault::EmptyChoices => "empty_choices",
        Fault::DuplicateChunks => "duplicate_chunks",
        Fault::NanScores => "nan_scores",
        Fault::Huge { .. } => "huge",
        Fault::Never => "never",
        Fault::Stall => "stall",
        Fault::ErrorInBody => "error_in_body",
        Fault::EchoKey => "echo_key",
    }
}

/// A reply that a fault gives without looking at what was asked.
pub(crate) fn instead(script: &Script, fault: &Fault, request: &Request) -> Option<Reply> {
    match fault {
        Fault::Status { code, retry_after, body } => {
            let kind = if *code == 429 { "rate_limit_error" } else { "server_error" };
            let mut reply = Reply::error(*code, kind, "scripted to fail");
            if let Some(body) = body {
                reply.body = Body::Whole(body.clone());
            }
            reply.header = match retry_after {
                None => String::new(),
                Some(RetryAfter::Seconds(seconds)) => format!("retry-after: {seconds}\r\n"),
                Some(RetryAfter::Date(seconds)) => {
                    let at = date::now() + script.clock_offset_seconds + seconds;
                    format!("retry-after: {}\r\n", date::http_date(at))
                }
            };
            Some(reply)
        }
        Fault::WrongType => {
            let page =
                "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Please sign in.</body></html>\n";
            let reply = Reply::json(200, page.to_owned());
            Some(Reply { content_type: "text/html; charset=utf-8", ..reply })
        }
        Fault::EchoKey => Some(echo_key(request)),
        _ => None,
    }
}

/// 401 that says the key that came, as some servers do.
pub(crate) fn echo_key(request: &Request) -> Reply {
    let key = request.header("authorization").unwrap_or("no Authorization header");
    Reply::error(
        401,
        "invalid_request_error",
        &format!("Incorrect API key provided: {key}. Find yours in the console."),
    )
}

/// What a fault does to a reply that was made: how it is written and what it delivers.
pub(crate) fn spoil(fault: Option<&Fault>, reply: &mut Reply) -> (Manner, Fate) {
    match fault {
        Some(Fault::CloseBefore) => (Manner::Close, Fate::Spoiled),
        Some(Fault::Never) => (Manner::Hang, Fate::Spoiled),
        Some(Fault::CloseMidBody) => (Manner::HalfThenClose, Fate::Spoiled),
        Some(Fault::Stall) => (Manner::HalfThenHang, Fate::Spoiled),
        Some(Fault::HalfJson) => {
            match &mut reply.body {
                Body::Whole(text) => cut(text),
                Body::Events(events) => {
                    events.truncate(events.len() / 2 + 1);
                    if let Some(last) = events.last_mut() {
                        cut(last);
                        last.push_str("\n\n");
                    }
                    events.push("data: [DONE]\n\n".to_owned());
                }
            }
            (Manner::All, Fate::Spoiled)
        }
        Some(Fault::ErrorInBody) => {
            let error = error_body(500, "server_error", "scripted to fail in the body");
            match &mut reply.body {
                Body::Whole(text) => *text = error,
                Body::Events(events) => {
                    events.truncate(events.len() / 2);
                    events.push(format!("data: {error}\n\n"));
                    events.push("data: [DONE]\n\n".to_owned());
                }
            }
            (Manner::All, Fate::Spoiled)
        }
        Some(Fault::EmptyChoices) => (Manner::All, Fate::Spoiled),
        // A completion has no scores that could be spoiled; whoever made the reply knows whether it has.
        Some(Fault::NanScores) if reply.score => (Manner::All, Fate::Spoiled),
        _ => (Manner::All, Fate::Delivered),
    }
}

/// Keeps the first half, up to a whole character.
fn cut(text: &mut String) {
    let mut half = text.len() / 2;
    while !text.is_char_boundary(half) {
        half -= 1;
    }
    text.truncate(half);
}
