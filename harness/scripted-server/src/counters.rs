//! What a server was asked and what it delivered.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;

/// Tokens and replies, summed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Billed {
    /// Replies.
    pub replies: u64,
    /// Choices, scores or results in them.
    pub choices: u64,
    /// Prompt tokens.
    pub prompt_tokens: u64,
    /// Of those, from a cache.
    pub cached_tokens: u64,
    /// Completion tokens.
    pub completion_tokens: u64,
    /// Of those, reasoning.
    pub reasoning_tokens: u64,
}

/// What a server was asked and what it delivered, as of now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Counters {
    /// Requests, those for counters left out.
    pub requests: u64,
    /// Connections that were made.
    pub connections: u64,
    /// Most requests that were worked on at once.
    pub most_at_once: u64,
    /// Completions that were delivered whole.
    pub delivered: Billed,
    /// Scores that were delivered whole.
    pub scored: Billed,
    /// Replies that were made and spoiled by a fault, or that nobody was there to read. A vendor bills them too.
    pub spoiled: Billed,
    /// Faults that happened, by name.
    pub faults: HashMap<String, u64>,
    /// Replies with another status than 200, by status.
    pub refused: HashMap<u16, u64>,
    /// Different bodies that were delivered, where requests are tracked.
    pub distinct_delivered: u64,
    /// Bodies that were delivered more than once, where requests are tracked.
    pub delivered_again: u64,
}

/// Kept while the server runs.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) requests: AtomicU64,
    pub(crate) connections: AtomicU64,
    pub(crate) at_once: AtomicU64,
    most_at_once: AtomicU64,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    delivered: Billed,
    scored: Billed,
    spoiled: Billed,
    faults: HashMap<String, u64>,
    refused: HashMap<u16, u64>,
    seen: HashMap<u64, Seen>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Seen {
    attempts: u32,
    delivered: u32,
}

/// What becomes of a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It reaches a reader whole.
    Delivered,
    /// It does not.
    Spoiled,
}

impl Billed {
    fn add(&mut self, other: &Self) {
        self.replies += other.replies;
        self.choices += other.choices;
        self.prompt_tokens += other.prompt_tokens;
        self.cached_tokens += other.cached_tokens;
        self.completion_tokens += other.completion_tokens;
        self.reasoning_tokens += other.reasoning_tokens;
    }

    fn take(&mut self, other: &Self) {
        self.replies -= other.replies;
        self.choices -= other.choices;
        self.prompt_tokens -= other.prompt_tokens;
        self.cached_tokens -= other.cached_tokens;
        self.completion_tokens -= other.completion_tokens;
        self.reasoning_tokens -= other.reasoning_tokens;
    }
}

impl Tally {
    fn inner(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Counts one more request that is worked on; gives how many there are.
    pub(crate) fn enter(&self) -> u64 {
        let at_once = self.at_once.fetch_add(1, Ordering::Relaxed) + 1;
        self.most_at_once.fetch_max(at_once, Ordering::Relaxed);
        at_once
    }

    /// Counts an attempt of a body; gives its number, from 1.
    pub(crate) fn attempt(&self, body: u64) -> u32 {
        let mut inner = self.inner();
        let seen = inner.seen.entry(body).or_default();
        seen.attempts += 1;
        seen.attempts
    }

    pub(crate) fn fault(&self, name: &str) {
        *self.inner().faults.entry(name.to_owned()).or_default() += 1;
    }

    pub(crate) fn refused(&self, status: u16) {
        *self.inner().refused.entry(status).or_default() += 1;
    }

    /// Counts a reply. It is counted before it is written, so that who has read it finds it counted.
    pub(crate) fn reply(&self, billed: &Billed, score: bool, fate: Fate, tracked: Option<u64>) {
        let mut inner = self.inner();
        match (fate, score) {
            (Fate::Spoiled, _) => inner.spoiled.add(billed),
            (Fate::Delivered, false) => inner.delivered.add(billed),
            (Fate::Delivered, true) => inner.scored.add(billed),
        }
        if let (Fate::Delivered, Some(body)) = (fate, tracked) {
            inner.seen.entry(body).or_default().delivered += 1;
        }
    }

    /// Takes a delivery back that could not be written.
    pub(crate) fn undelivered(&self, billed: &Billed, score: bool, tracked: Option<u64>) {
        let mut inner = self.inner();
        if score {
            inner.scored.take(billed)
        } else {
            inner.delivered.take(billed)
        }
        inner.spoiled.add(billed);
        if let Some(seen) = tracked.and_then(|body| inner.seen.get_mut(&body)) {
            seen.delivered -= 1;
        }
    }

    /// What was counted up to now.
    pub(crate) fn counters(&self) -> Counters {
        let inner = self.inner();
        let with = |least: u32| inner.seen.values().filter(|seen| seen.delivered >= least).count() as u64;
        Counters {
            requests: self.requests.load(Ordering::Relaxed),
            connections: self.connections.load(Ordering::Relaxed),
            most_at_once: self.most_at_once.load(Ordering::Relaxed),
            delivered: inner.delivered,
            scored: inner.scored,
            spoiled: inner.spoiled,
            faults: inner.faults.clone(),
            refused: inner.refused.clone(),
            distinct_delivered: with(1),
            delivered_again: with(2),
        }
    }
}
