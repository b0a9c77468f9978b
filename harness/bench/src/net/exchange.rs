//! What is sent to a server, and what comes of it.

use std::time::Duration;

use super::words::PromptRefusal;

/// One request, to be made as often as it takes.
#[derive(Debug, Clone)]
pub struct Post {
    /// What comes after the server's address, with a slash at its start.
    pub path: &'static str,
    /// The body, JSON.
    pub body: Vec<u8>,
    /// Requests of one affinity go to one replica, while it is up, so that its prefix cache hits.
    pub affinity: Option<u64>,
    /// About how many tokens it will take, prompt and completion, for a limit of tokens a minute.
    pub expected_tokens: u64,
    /// Whether the reply is a stream of events: then the time limit holds from one piece to the next.
    pub stream: bool,
    /// Requests made at most, where that is fewer than the plan allows.
    pub attempts: Option<u32>,
}

/// A reply that could be read, and what it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replied<T> {
    /// What was read from it.
    pub value: T,
    /// Requests made, this one included.
    pub attempts: u32,
    /// What came of the others, in words and in order.
    pub earlier_attempts: Vec<String>,
    /// Wall time of this one.
    pub latency: Duration,
}

/// A request that failed for good. A failure is data: it is recorded and retried by the next run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} (after {attempts} attempts)")]
pub struct RequestFailure {
    /// What went wrong, without secrets.
    pub message: String,
    /// Requests made.
    pub attempts: u32,
    /// What came of the requests before the last, in words and in order.
    pub earlier_attempts: Vec<String>,
    /// HTTP status of the last reply, where it was one that is no success.
    pub status: Option<u16>,
    /// What the server says of the prompt, where it will never answer this one.
    pub of_prompt: Option<PromptRefusal>,
}

impl RequestFailure {
    /// A failure of the only request.
    pub fn once(message: impl Into<String>) -> Self {
        Self { message: message.into(), attempts: 1, earlier_attempts: Vec::new(), status: None, of_prompt: None }
    }
}

/// What reading a reply's body gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read<T> {
    /// What was read.
    pub value: T,
    /// Tokens that the reply says it took, for a limit of tokens a minute; `None` where it does not say.
    pub tokens: Option<u64>,
}

/// A body that is not the reply that was asked for (half a JSON, no choices, NaN): worth another try. Holds why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub String);

/// A page that a server gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its body.
    pub body: Vec<u8>,
    /// The time by the server's clock, as HTTP writes it; `None` where it does not tell.
    pub date: Option<String>,
}

/// A page that no server gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Whether a server was there to refuse.
    pub answered: bool,
    /// Why, without secrets.
    pub why: String,
}
