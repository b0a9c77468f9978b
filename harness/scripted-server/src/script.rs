//! What a server answers and how it fails.

use serde::Deserialize;

/// What a server answers and how it fails. Written in JSON, every field may be left out.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Script {
    /// Part of every hash: another seed gives other answers and other faults.
    pub seed: u64,
    /// Models it has; a request for another is answered 404. Empty: any model is answered.
    pub models: Vec<String>,
    /// The key that requests must carry; another is answered 401, with that key in the body.
    pub key: Option<String>,
    /// Milliseconds until a reply.
    pub latency_ms: u64,
    /// Milliseconds between the pieces of a stream; with 0 they are written at once.
    pub piece_ms: u64,
    /// Most requests that are worked on at once; further ones are answered 429. `None`: any number.
    pub capacity: Option<u32>,
    /// About how many words a completion has before its answer.
    pub words: u32,
    /// Probability that a first answer is right.
    pub accuracy: f64,
    /// Probability that a re-answer is right after a right one.
    pub keep: f64,
    /// Probability that a re-answer is right after a wrong one.
    pub repair: f64,
    /// Probability that a content filter ends a completion.
    pub filtered: f64,
    /// Whether replies tell tokens.
    pub usage: bool,
    /// Where reasoning stands.
    pub reasoning: Reasoning,
    /// Whether `n` gives as many choices; if not, it is ignored, as some servers do.
    pub honours_n: bool,
    /// Whether log-probabilities are given to who asks for them.
    pub logprobs: bool,
    /// What is added to the `Date` of replies, seconds.
    pub clock_offset_seconds: i64,
    /// Whether attempts and deliveries are counted request by request, which rules that look at attempts need. Costs
    /// memory with every new request.
    pub track: bool,
    /// Whether requests are kept, for [`crate::Server::requests`].
    pub record: bool,
    /// Faults; the first rule that applies to a request decides.
    pub rules: Vec<Rule>,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            seed: 1,
            models: vec!["scripted".to_owned()],
            key: None,
            latency_ms: 0,
            piece_ms: 0,
            capacity: None,
            words: 30,
            accuracy: 0.6,
            keep: 0.9,
            repair: 0.3,
            filtered: 0.0,
            usage: true,
            reasoning: Reasoning::None,
            honours_n: true,
            logprobs: true,
            clock_offset_seconds: 0,
            track: true,
            record: false,
            rules: Vec::new(),
        }
    }
}

impl Script {
    /// Reads a script from JSON.
    ///
    /// # Errors
    /// When it is no JSON, or a field is unknown or of another type; the message has line and column.
    pub fn from_json(text: &str) -> Result<Self, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    /// A script that fails as one rule says, and otherwise as the default.
    pub fn failing(fault: Fault, when: When) -> Self {
        Self { rules: vec![Rule { fault, when }], ..Self::default() }
    }
}

/// Where a completion's reasoning stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reasoning {
    /// There is none.
    None,
    /// In the field `reasoning_content`, and counted in `usage`.
    Field,
    /// In the text, between `<think>` and `</think>`, and not counted apart.
    Tags,
}

/// A fault and the requests it happens to.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// What happens.
    pub fault: Fault,
    /// To which requests; all conditions must hold.
    #[serde(default)]
    pub when: When,
}

/// Conditions of a rule; one that is left out holds always.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct When {
    /// Probability, decided by a hash of the request's body and the attempt.
    pub probability: Option<f64>,
    /// Only the first so many attempts of the same body.
    pub attempts: Option<u32>,
    /// Only from the first to the second of all requests but those for counters, counted from 1.
    pub requests: Option<(u64, u64)>,
    /// Only bodies that hold this text as it stands in JSON.
    pub contains: Option<String>,
    /// Only paths that end so; without it, only what is posted.
    pub path: Option<String>,
}

impl When {
    /// This share of requests, by hash of body and attempt.
    pub fn probability(probability: f64) -> Self {
        Self { probability: Some(probability), ..Self::default() }
    }

    /// The first so many attempts of every body.
    pub fn attempts(attempts: u32) -> Self {
        Self { attempts: Some(attempts), ..Self::default() }
    }

    /// Requests number `first` to `last` of all, counted from 1.
    pub fn requests(first: u64, last: u64) -> Self {
        Self { requests: Some((first, last)), ..Self::default() }
    }

    /// Bodies that hold this text.
    pub fn contains(text: impl Into<String>) -> Self {
        Self { contains: Some(text.into()), ..Self::default() }
    }
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// The reply comes later.
    Delay {
        /// By so many milliseconds.
        ms: u64,
    },
    /// An error status.
    Status {
        /// The status code.
        code: u16,
        /// When to come again.
        #[serde(default)]
        retry_after: Option<RetryAfter>,
        /// The body; an error as OpenAI writes it where it is left out.
        #[serde(default)]
        body: Option<String>,
    },
    /// The connection is closed before a byte of a reply.
    CloseBefore,
    /// The connection is closed in the middle of the body.
    CloseMidBody,
    /// A reply that is complete for HTTP and half a JSON; of a stream, an event that is.
    HalfJson,
    /// A page of HTML, with status 200.
    WrongType,
    /// A reply without choices, scores or results.
    EmptyChoices,
    /// A stream that says everything about its end twice: the last piece, the tokens, and `[DONE]`.
    DuplicateChunks,
    /// Scores that are `NaN`, as Python writes it. Completions are not touched.
    NanScores,
    /// A reply that is padded to so many bytes of text.
    Huge {
        /// Bytes.
        bytes: usize,
    },
    /// Nothing ever comes.
    Never,
    /// A stream that stops in the middle and stays open; a whole reply of which half comes.
    Stall,
    /// An error in the middle of a stream, as an event; a whole reply has status 200 and says an error.
    ErrorInBody,
    /// 401, with the key that came in the body, as some servers answer.
    EchoKey,
}

/// How `Retry-After` says when to come again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryAfter {
    /// In seconds.
    Seconds(u64),
    /// As a date, so many seconds from now by the server's clock.
    Date(i64),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_read_from_json() {
        let text = r#"{"seed": 3, "reasoning": "field", "rules": [
            {"fault": {"status": {"code": 429, "retry_after": {"seconds": 1}}}, "when": {"probability": 0.1}},
            {"fault": "never", "when": {"requests": [5, 5], "path": "/score"}}]}"#;
        let script = Script::from_json(text).unwrap();
        assert_eq!((script.seed, script.reasoning, script.rules.len()), (3, Reasoning::Field, 2));
        assert_eq!(script.rules[1].fault, Fault::Never);
        let error = Script::from_json(r#"{"sed": 3}"#).unwrap_err();
        assert!(error.contains("unknown field `sed`") && error.contains("line 1"), "{error}");
    }
}
