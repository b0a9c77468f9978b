//! What comes back: a whole reply of the OpenAI form, as vLLM, SGLang, llama.cpp, Ollama and vendors write it.
//!
//! Servers leave fields out, fill them with `null`, or put another type into them. One odd field never loses a reply that
//! can be read: every field is looked at on its own.

use serde_json::Value;

use super::usage::Usage;
use crate::content::Content;
use crate::net::{Unreadable, words_of_error};
use crate::prompt::reasoning as tags;
use crate::vocabulary::FinishReason;

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
    /// The model that it says answered.
    pub(super) model: Option<String>,
    /// Whether it is a stream that was closed in form though no reason, nor a count, said that its text is whole.
    pub(super) open_end: bool,
    /// Whether it came as a stream.
    pub(super) streamed: bool,
}

impl Reply {
    /// What a filter let nothing through of.
    pub(super) fn filtered() -> Self {
        let choice = Choice { text: String::new(), finish: Some(FinishReason::Filtered) };
        Self { choices: vec![choice], usage: Usage::default(), model: None, open_end: false, streamed: false }
    }
}

/// A reply that is being put together.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    choices: Vec<(u64, Written)>,
    usage: Usage,
    model: Option<String>,
}

/// Text and reasoning of a choice, while pieces arrive or at once.
#[derive(Debug, Default)]
struct Written {
    content: Content,
    /// Why it ended, as the server calls it.
    finish: Option<String>,
}

/// A server may put an error into a reply of status 200, in one of many forms; some put an empty one into good replies.
pub(super) fn refuse_error(reply: &Value) -> Result<(), Unreadable> {
    let has_choices = reply["choices"].as_array().is_some_and(|choices| !choices.is_empty());
    match words_of_error(reply, has_choices || reply.get("usage").is_some_and(Value::is_object)) {
        Some(words) => Err(Unreadable(format!("the reply is an error: {words}"))),
        None => Ok(()),
    }
}

impl Gathered {
    /// Adds a whole reply, or a piece of a streamed one. Of what comes twice, the first counts: pieces of a choice that has
    /// ended, and in a whole reply a second choice of the same index.
    pub(super) fn add(&mut self, raw: &Value, piece: bool) -> Result<(), Unreadable> {
        self.usage = self.usage.then(Usage::read(&raw["usage"]));
        if let Some(model) = raw["model"].as_str().filter(|model| !model.trim().is_empty()) {
            self.model = Some(model.to_owned());
        }
        for (place, choice) in (0_u64..).zip(raw["choices"].as_array().into_iter().flatten()) {
            if let Some(words) = words_of_error(choice, true) {
                return Err(Unreadable(format!("the reply is an error: {words}")));
            }
            let index = choice["index"].as_u64().unwrap_or(if piece { 0 } else { place });
            let known = self.choices.iter().position(|(there, _)| *there == index);
            let place = known.unwrap_or_else(|| {
                self.choices.push((index, Written::default()));
                self.choices.len() - 1
            });
            let written = &mut self.choices[place].1;
            if written.finish.is_none() && (piece || known.is_none()) {
                written.add(choice);
            }
        }
        Ok(())
    }

    /// Whether every choice said why it ended.
    pub(super) fn has_ended(&self) -> bool {
        !self.choices.is_empty() && self.choices.iter().all(|(_, written)| written.finish.is_some())
    }

    /// Puts the reply together.
    pub(super) fn finished(mut self, streamed: bool) -> Result<Reply, Unreadable> {
        if self.choices.is_empty() {
            return Err(Unreadable("the reply has no choices".to_owned()));
        }
        let open_end = streamed && !self.has_ended() && self.usage.completion.is_none_or(|tokens| tokens == 0);
        self.choices.sort_by_key(|(index, _)| *index);
        let choices = self.choices.into_iter().map(|(_, written)| written.whole()).collect::<Result<Vec<_>, _>>()?;
        let wrote = choices.iter().any(|choice| !choice.text.is_empty());
        Ok(Reply { choices, usage: self.usage.checked(wrote), model: self.model, open_end, streamed })
    }
}

impl Written {
    /// Adds a piece (`delta`), a whole choice (`message`), or one of the plain form (`text`).
    fn add(&mut self, choice: &Value) {
        let message =
            ["message", "delta"].into_iter().find_map(|name| choice.get(name).filter(|said| said.is_object()));
        let said = Content::of(message.unwrap_or(&Value::Null));
        self.content.text.push_str(&said.text);
        self.content.text.push_str(choice["text"].as_str().unwrap_or_default());
        self.content.reasoning.push_str(&said.reasoning);
        // Old versions of SGLang send an object.
        let finish = &choice["finish_reason"];
        self.finish = finish.as_str().or_else(|| finish.get("type")?.as_str()).map(plain).filter(|name| is_said(name));
    }

    fn whole(self) -> Result<Choice, Unreadable> {
        let Self { content: Content { text, reasoning }, finish } = self;
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

/// A server's name for an end, in one spelling: `FinishReason.MAX_TOKENS` and `max-tokens` are `max_tokens`.
fn plain(name: &str) -> String {
    let name = name.trim().to_ascii_lowercase().replace(['-', ' '], "_");
    name.rsplit('.').next().unwrap_or_default().to_owned()
}

/// Whether that says anything. Servers that fill every field send an empty text, or a word for nothing.
fn is_said(name: &str) -> bool {
    !matches!(name, "" | "null" | "none" | "unspecified" | "unknown" | "finish_reason_unspecified")
}

/// Why a completion ended, by the names that servers have for it.
fn finish_reason(name: &str) -> Result<FinishReason, Unreadable> {
    match name {
        "length"
        | "max_tokens"
        | "max_output_tokens"
        | "max_new_tokens"
        | "max_completion_tokens"
        | "max_length"
        | "model_length"
        | "token_limit"
        | "model_context_window_exceeded"
        | "context_length_exceeded" => Ok(FinishReason::Length),
        "content_filter"
        | "content_filtered"
        | "safety"
        | "refusal"
        | "sensitive"
        | "recitation"
        | "blocklist"
        | "prohibited_content"
        | "spii"
        | "guardrail_intervened" => Ok(FinishReason::Filtered),
        "error" | "abort" | "aborted" | "cancelled" | "canceled" | "insufficient_system_resource" | "network_error" => {
            Err(Unreadable(format!("the server gave the completion up (`finish_reason`: `{name}`)")))
        }
        // `stop`, `eos`, `end_turn`, `stop_sequence`, `tool_calls` and whatever else models end with.
        _ => Ok(FinishReason::Stop),
    }
}
