//! What comes back in pieces: server-sent events.
//!
//! Every piece adds to the choice that it names. What comes twice is taken once where that can be told: pieces of a
//! choice that has ended, pieces of another reply (another `id`), events whose own `id` was there before. The last
//! `usage` counts.

use super::reply::{RawReply, RawUsage, Reply, Written, finished, refuse_error};
use crate::net::{Unreadable, json};

/// Reads a stream of events from its beginning to its end.
pub(super) fn read(body: &[u8]) -> Result<Reply, Unreadable> {
    let mut written: Vec<(u64, Written)> = Vec::new();
    let mut usage: Option<RawUsage> = None;
    let mut id = None;
    let mut done = false;
    for event in Events::of(body) {
        if event.data.trim_ascii() == b"[DONE]" {
            done = true;
            break;
        }
        let piece: RawReply = json(&event.data)?;
        refuse_error(piece.error.as_ref())?;
        if let Some(of) = piece.id
            && *id.get_or_insert_with(|| of.clone()) != of
        {
            continue;
        }
        for choice in piece.choices.unwrap_or_default() {
            let index = choice.index.unwrap_or(0);
            let place = written.iter().position(|(there, _)| *there == index).unwrap_or_else(|| {
                written.push((index, Written::default()));
                written.len() - 1
            });
            if written[place].1.finish.is_none() {
                written[place].1.add(choice);
            }
        }
        usage = piece.usage.or(usage);
    }
    if !done && written.iter().any(|(_, written)| written.finish.is_none()) {
        return Err(Unreadable("the stream ended before the reply did".to_owned()));
    }
    finished(written, usage)
}

/// One event.
struct Event {
    data: Vec<u8>,
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
            let (mut data, mut any, mut repeated) = (Vec::new(), false, false);
            let mut ended = true;
            while let Some(line) = self.line() {
                ended = false;
                if line.is_empty() {
                    break;
                }
                if let Some(value) = field(line, b"data") {
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
            if any && !repeated {
                return Some(Event { data });
            }
        }
    }
}

/// The value of a field of that name.
fn field<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let value = line.strip_prefix(name)?.strip_prefix(b":")?;
    Some(value.strip_prefix(b" ").unwrap_or(value))
}
