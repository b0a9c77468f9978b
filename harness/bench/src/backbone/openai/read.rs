//! The body of an answer -> a reply.

use serde_json::Value;

use super::reply::{Gathered, Reply, refuse_error};
use super::stream;
use crate::net::{PromptRefusal, Unreadable, json, refusal_of_prompt};

/// Reads a body: a whole reply, or a stream of events whatever was asked for.
pub(super) fn read(body: &[u8]) -> Result<Reply, Unreadable> {
    let start = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii_start();
    if [&b"data:"[..], b"event:", b":", b"id:", b"error:", b"retry:"].iter().any(|field| start.starts_with(field)) {
        return stream::read(start);
    }
    let raw: Value = json(start)?;
    if let Err(error) = refuse_error(&raw) {
        // Some gateways refuse a prompt with a good status.
        let filtered = refusal_of_prompt(&raw) == Some(PromptRefusal::Filtered);
        return if filtered { Ok(Reply::filtered()) } else { Err(error) };
    }
    let mut reply = Gathered::default();
    reply.add(&raw, false)?;
    reply.finished(false)
}
