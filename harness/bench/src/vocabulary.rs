//! Words that modules share which know nothing of each other: what is said to a model, how it is sampled, why it ended, and
//! the tokens that were counted.

use markovscale::Tokens;
use serde::{Deserialize, Serialize};

/// Who says a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Standing instructions.
    System,
    /// The question.
    User,
}

/// One chat message; as JSON in the form that OpenAI-compatible servers read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    /// Who says it.
    pub role: Role,
    /// What is said.
    pub content: String,
}

/// Sampling parameters of a backbone.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sampling {
    /// Softmax temperature.
    pub temperature: f64,
    /// Nucleus mass.
    pub top_p: f64,
    /// Most completion tokens of one draw.
    pub max_tokens: u32,
}

/// Why a completion ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FinishReason {
    /// The model ended it.
    Stop,
    /// The token limit cut it off.
    Length,
    /// The server's content filter ended it: its answer is missing, its tokens are paid for.
    Filtered,
    /// It is not known: a stream ended in form, and nothing said that its text is whole. It is read as a whole one.
    Unknown,
}

impl FinishReason {
    /// Whether the text is known to have been broken off: what it says last is no answer by a guess.
    pub fn broke_off(self) -> bool {
        matches!(self, Self::Length | Self::Filtered)
    }

    /// The name stored in traces.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Length => "length",
            Self::Filtered => "filtered",
            Self::Unknown => "unknown",
        }
    }
}

/// The tokens of one draw or score, as they are priced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TokenCounts {
    /// Prompt tokens, cached ones included.
    pub prompt: Tokens,
    /// Of those, tokens that came from a cache.
    pub cached: Tokens,
    /// Completion tokens, reasoning included.
    pub completion: Tokens,
    /// Of those, reasoning.
    pub reasoning: Tokens,
}

impl TokenCounts {
    /// Of a draw, where no reasoning tokens are told of there were none.
    pub fn of_draw(prompt: Tokens, cached: Tokens, completion: Tokens, reasoning: Option<Tokens>) -> Self {
        Self { prompt, cached, completion, reasoning: reasoning.unwrap_or(Tokens(0)) }
    }

    /// What a verifier read and wrote; `written` are among `all`.
    pub fn of_verifier(all: Tokens, written: Tokens) -> Self {
        let written = Tokens(written.0.min(all.0));
        Self { prompt: Tokens(all.0 - written.0), completion: written, ..Self::default() }
    }

    /// Prompt and completion tokens.
    pub fn all(&self) -> Tokens {
        Tokens(self.prompt.0.saturating_add(self.completion.0))
    }
}
