//! What comes back in pieces: server-sent events.
//!
//! All that comes belongs to the reply that was asked for: some servers give every piece an `id` of its own. Every piece
//! adds to the choice that it names. What comes twice is taken once where that can be told: pieces of a choice that has
//! ended, events whose own `id` was there before.

use serde_json::Value;

use super::reply::{Gathered, Reply, refuse_error};
use crate::net::{Unreadable, json, own_words};

/// Reads a stream of events from its beginning to its end. An error in it, in whatever form and wherever it stands, makes
/// it no reply.
pub(super) fn read(body: &[u8]) -> Result<Reply, Unreadable> {
    let mut reply = Gathered::default();
    let mut done = false;
    for event in Events::of(body) {
        if event.is_error {
            return Err(Unreadable(format!("the reply is an error: {}", own_words(&event.data, None))));
        }
        if event.data.trim_ascii() == b"[DONE]" {
            done = true;
            break;
        }
        if event.data.trim_ascii().is_empty() {
            continue;
        }
        let piece: Value = json(&event.data)?;
        refuse_error(&piece)?;
        reply.add(&piece, true)?;
    }
    if !done && !reply.has_ended() {
        return Err(Unreadable("the stream ended before the reply did".to_owned()));
    }
    reply.finished(true)
}

/// One event.
struct Event {
    data: Vec<u8>,
    /// Whether it is named one: `event: error`, or llama.cpp's `error:` in the place of `data:`.
    is_error: bool,
}

/// The events of a stream.
struct Events<'a> {
    rest: &'a [u8],
    last_id: Option<&'a [u8]>,
}

impl<'a> Events<'a> {
    fn of(body: &'a [u8]) -> Self {
        Self { rest: body, last_id: None }
    }

    fn line(&mut self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        let end = memchr::memchr(b'\n', self.rest).unwrap_or(self.rest.len());
        let line = &self.rest[..end];
        self.rest = self.rest.get(end + 1..).unwrap_or_default();
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    }
}

impl Iterator for Events<'_> {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        loop {
            let (mut data, mut any, mut repeated, mut is_error) = (Vec::new(), false, false, false);
            let mut ended = true;
            while let Some(line) = self.line() {
                ended = false;
                if line.is_empty() {
                    break;
                }
                // An error is written in the middle of a stream as it would be written alone, without a field's name.
                let bare = line.starts_with(b"{").then_some(line);
                let error = field(line, b"error");
                is_error |= error.is_some() || field(line, b"event").is_some_and(|name| name.trim_ascii() == b"error");
                if let Some(value) = field(line, b"data").or(error).or(bare) {
                    if any {
                        data.push(b'\n');
                    }
                    any = true;
                    data.extend_from_slice(value);
                } else if let Some(value) = field(line, b"id") {
                    repeated = self.last_id == Some(value) && !value.is_empty();
                    self.last_id = Some(value);
                }
            }
            if ended {
                return None;
            }
            // Comments keep the connection alive and are no events.
            if (any || is_error) && !repeated {
                return Some(Event { data, is_error });
            }
        }
    }
}

/// The value of a field of that name.
fn field<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let value = line.strip_prefix(name)?.strip_prefix(b":")?;
    Some(value.strip_prefix(b" ").unwrap_or(value))
}
