//! The bodies of requests, as far as a reply depends on them.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;

/// A text that is borrowed from the body where it has no escapes.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Text<'a>(#[serde(borrow)] pub(crate) Cow<'a, str>);

/// One text or several.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Texts<'a> {
    One(#[serde(borrow)] Text<'a>),
    Many(#[serde(borrow)] Vec<Text<'a>>),
}

impl Texts<'_> {
    /// The texts.
    pub(crate) fn all(&self) -> Vec<&str> {
        match self {
            Self::One(text) => vec![&*text.0],
            Self::Many(texts) => texts.iter().map(|text| &*text.0).collect(),
        }
    }
}

/// A message of a chat.
#[derive(Debug, Deserialize)]
pub(crate) struct Message<'a> {
    #[serde(borrow)]
    pub(crate) role: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(crate) content: Cow<'a, str>,
}

/// Fields of all routes; each uses its own.
#[derive(Debug, Deserialize)]
pub(crate) struct Body<'a> {
    #[serde(borrow, default)]
    pub(crate) model: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(crate) messages: Vec<Message<'a>>,
    #[serde(borrow)]
    pub(crate) prompt: Option<Texts<'a>>,
    #[serde(borrow)]
    pub(crate) input: Option<Texts<'a>>,
    #[serde(borrow, alias = "queries", alias = "query")]
    pub(crate) text_1: Option<Texts<'a>>,
    #[serde(borrow, alias = "documents", alias = "items")]
    pub(crate) text_2: Option<Texts<'a>>,
    #[serde(default)]
    pub(crate) seed: Option<i64>,
    #[serde(default)]
    pub(crate) n: Option<u32>,
    #[serde(default)]
    pub(crate) stream: Option<bool>,
    #[serde(default)]
    pub(crate) stream_options: Option<StreamOptions>,
    #[serde(default, alias = "max_completion_tokens")]
    pub(crate) max_tokens: Option<u64>,
    #[serde(default)]
    pub(crate) logprobs: Option<Value>,
}

/// What a stream is asked to hold.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct StreamOptions {
    #[serde(default)]
    pub(crate) include_usage: bool,
}

impl Body<'_> {
    /// Choices asked for.
    pub(crate) fn choices(&self) -> u32 {
        self.n.unwrap_or(1).clamp(1, 1024)
    }

    /// Whether log-probabilities are asked for, as chat (`true`) or completions (a number) do.
    pub(crate) fn wants_logprobs(&self) -> bool {
        self.logprobs.as_ref().is_some_and(|asked| !matches!(asked, Value::Null | Value::Bool(false)))
    }
}
