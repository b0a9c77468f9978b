//! The body of an answer -> a reply.

use super::reply::{RawReply, Reply, Written, finished, refuse_error};
use super::stream;
use crate::net::{Unreadable, json};

/// Reads a body: a whole reply, or a stream of events whatever was asked for.
pub(super) fn read(body: &[u8]) -> Result<Reply, Unreadable> {
    let start = body.trim_ascii_start();
    if [&b"data:"[..], b"event:", b":", b"id:"].iter().any(|field| start.starts_with(field)) {
        return stream::read(body);
    }
    let raw: RawReply = json(body)?;
    refuse_error(raw.error.as_ref())?;
    let mut written: Vec<(u64, Written)> = Vec::new();
    for (place, choice) in (0..).zip(raw.choices.unwrap_or_default()) {
        let index = choice.index.unwrap_or(place);
        // Of two with the same index the first counts.
        if written.iter().all(|(there, _)| *there != index) {
            let mut new = Written::default();
            new.add(choice);
            written.push((index, new));
        }
    }
    finished(written, raw.usage)
}
