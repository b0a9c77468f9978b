//! What comes back: replies of the OpenAI form and their pieces, as vLLM, SGLang, llama.cpp, Ollama and vendors write them.

use serde::Deserialize;
use serde_json::Value;

use crate::net::Unreadable;
use crate::prompt::reasoning as tags;
use crate::vocabulary::FinishReason;

/// What a server says it used; `None` where it does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Usage {
    pub(super) prompt: Option<u64>,
    pub(super) cached: Option<u64>,
    /// Of all choices, reasoning included.
    pub(super) completion: Option<u64>,
    pub(super) reasoning: Option<u64>,
}

/// One completion of a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    /// The text, with the reasoning before it as `<think>...</think>`.
    pub(super) text: String,
    /// Why it ended; `None` where the server does not say.
    pub(super) finish: Option<FinishReason>,
}

/// A reply: its choices, at least one, in the order of their indices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) choices: Vec<Choice>,
    pub(super) usage: Usage,
}

/// A reply, or one piece of a streamed one.
#[derive(Debug, Deserialize)]
pub(super) struct RawReply {
    #[serde(default)]
    pub(super) id: Option<Value>,
    #[serde(default)]
    pub(super) choices: Option<Vec<RawChoice>>,
    #[serde(default)]
    pub(super) usage: Option<RawUsage>,
    #[serde(default)]
    pub(super) error: Option<Value>,
}

#[derive(Debug, Deserialize)]
pub(super) struct RawChoice {
    #[serde(default)]
    pub(super) index: Option<u64>,
    /// Of a whole reply `message`, of a piece `delta`.
    #[serde(default, alias = "delta")]
    pub(super) message: Option<RawMessage>,
    #[serde(default)]
    pub(super) text: Option<String>,
    #[serde(default)]
    pub(super) finish_reason: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct RawMessage {
    #[serde(default)]
    content: Option<Content>,
    /// DeepSeek, SGLang, llama.cpp, older vLLM.
    #[serde(default)]
    reasoning_content: Option<String>,
    /// OpenRouter, Ollama, newer vLLM (which may send both).
    #[serde(default)]
    reasoning: Option<Value>,
    #[serde(default)]
    refusal: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Parts(Vec<Part>),
}

#[derive(Debug, Deserialize)]
struct Part {
    #[serde(default)]
    text: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct RawUsage {
    #[serde(default)]
    prompt_tokens: Option<u64>,
    #[serde(default)]
    completion_tokens: Option<u64>,
    #[serde(default)]
    total_tokens: Option<u64>,
    #[serde(default)]
    prompt_tokens_details: Option<PromptDetails>,
    #[serde(default)]
    completion_tokens_details: Option<CompletionDetails>,
    /// DeepSeek.
    #[serde(default)]
    prompt_cache_hit_tokens: Option<u64>,
    /// SGLang with a reasoning parser.
    #[serde(default)]
    reasoning_tokens: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct PromptDetails {
    #[serde(default)]
    cached_tokens: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct CompletionDetails {
    #[serde(default)]
    reasoning_tokens: Option<u64>,
}

/// Text and reasoning of a choice, while pieces arrive or at once.
#[derive(Debug, Default)]
pub(super) struct Written {
    text: String,
    reasoning: String,
    /// Why it ended, as the server calls it.
    pub(super) finish: Option<String>,
}

/// A server may put an error into a reply of status 200, and some put `"error": null` into good ones.
pub(super) fn refuse_error(error: Option<&Value>) -> Result<(), Unreadable> {
    let Some(error) = error.filter(|error| !error.is_null()) else { return Ok(()) };
    let words = error.get("message").and_then(Value::as_str).or(error.as_str());
    let words = words.map_or_else(|| error.to_string(), str::to_owned);
    Err(Unreadable(format!("the reply is an error: {}", words.chars().take(300).collect::<String>())))
}

/// Puts a reply together.
pub(super) fn finished(mut written: Vec<(u64, Written)>, usage: Option<RawUsage>) -> Result<Reply, Unreadable> {
    if written.is_empty() {
        return Err(Unreadable("the reply has no choices".to_owned()));
    }
    written.sort_by_key(|(index, _)| *index);
    let choices = written.into_iter().map(|(_, written)| written.whole()).collect::<Result<_, _>>()?;
    Ok(Reply { choices, usage: usage.map(RawUsage::read).unwrap_or_default() })
}

impl Written {
    /// Adds a piece, or a whole choice.
    pub(super) fn add(&mut self, choice: RawChoice) {
        let RawMessage { content, reasoning_content, reasoning, refusal } = choice.message.unwrap_or_default();
        match content {
            Some(Content::Text(text)) => self.text.push_str(&text),
            Some(Content::Parts(parts)) => self.text.extend(parts.into_iter().filter_map(|part| part.text)),
            None => {}
        }
        self.text.extend(refusal);
        self.text.extend(choice.text);
        let reasoning = reasoning.as_ref().and_then(Value::as_str);
        self.reasoning
            .push_str(reasoning_content.as_deref().filter(|text| !text.is_empty()).or(reasoning).unwrap_or_default());
        // Old versions of SGLang send an object.
        let name = |value: Value| value.as_str().or_else(|| value.get("type")?.as_str()).map(str::to_owned);
        if let Some(finish) = choice.finish_reason.and_then(name) {
            self.finish = Some(finish);
        }
    }

    fn whole(self) -> Result<Choice, Unreadable> {
        let Self { text, reasoning, finish } = self;
        let finish = finish.as_deref().map(finish_reason).transpose()?;
        if reasoning.is_empty() {
            return Ok(Choice { text, finish });
        }
        // Reasoning that was cut off stays open: what reads it must not take it for finished.
        let open = text.is_empty() && finish == Some(FinishReason::Length);
        let close = if open { String::new() } else { format!("\n{}\n\n", tags::END) };
        let thought = reasoning.trim_matches('\n');
        Ok(Choice { text: format!("{}\n{thought}{close}{text}", tags::BEGIN), finish })
    }
}

/// Why a completion ended, by the names that servers have for it.
fn finish_reason(name: &str) -> Result<FinishReason, Unreadable> {
    match name {
        "length" | "max_tokens" | "max_output_tokens" | "model_length" | "model_context_window_exceeded" => {
            Ok(FinishReason::Length)
        }
        "content_filter" | "content-filter" | "safety" | "SAFETY" | "refusal" | "sensitive" => {
            Ok(FinishReason::Filtered)
        }
        "error" | "abort" | "aborted" | "cancelled" | "insufficient_system_resource" | "network_error" => {
            Err(Unreadable(format!("the server gave the completion up (`finish_reason`: `{name}`)")))
        }
        // `stop`, `eos`, `end_turn`, `stop_sequence`, `tool_calls` and whatever else models end with.
        _ => Ok(FinishReason::Stop),
    }
}

impl RawUsage {
    pub(super) fn read(self) -> Usage {
        let cached = self.prompt_tokens_details.and_then(|details| details.cached_tokens);
        let reasoning = self.completion_tokens_details.and_then(|details| details.reasoning_tokens);
        let reasoning = reasoning.or(self.reasoning_tokens);
        let mut completion = self.completion_tokens;
        if let (Some(prompt), Some(written), Some(thought), Some(total)) =
            (self.prompt_tokens, completion, reasoning, self.total_tokens)
            && thought > 0
            && total == prompt + written + thought
        {
            // Some vendors do not count reasoning as completion.
            completion = Some(written + thought);
        }
        Usage { prompt: self.prompt_tokens, cached: cached.or(self.prompt_cache_hit_tokens), completion, reasoning }
    }
}
