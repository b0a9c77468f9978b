//! What a message of the OpenAI form says, however a server writes it: a text, a list of parts, reasoning in a field of its
//! own or among the parts. Backbones and judges are read by it alike.

use serde_json::Value;

/// Fields beside `content` that hold reasoning. A server may fill several of them with the same; the first that holds
/// anything counts. DeepSeek, SGLang and llama.cpp have the first, OpenRouter, Ollama and newer vLLM the second; the others
/// are of gateways (LiteLLM, OpenRouter).
const REASONING: [&str; 5] = ["reasoning_content", "reasoning", "thinking", "reasoning_details", "thinking_blocks"];

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Content {
    /// The text; a refusal is one too.
    pub(crate) text: String,
    /// The reasoning that came apart from it.
    pub(crate) reasoning: String,
}

impl Content {
    /// Reads a message, or a piece of one. What is neither text nor reasoning (audio, tool calls) says nothing.
    pub(crate) fn of(message: &Value) -> Self {
        let mut content = Self::default();
        content.add(&message["content"], false);
        content.add(&message["refusal"], false);
        if content.reasoning.is_empty() {
            let mut apart = Self::default();
            for field in REASONING {
                if apart.reasoning.is_empty() {
                    apart.add(&message[field], true);
                }
            }
            content.reasoning = apart.reasoning;
        }
        content
    }

    fn add(&mut self, value: &Value, thinking: bool) {
        match value {
            Value::String(text) if thinking => self.reasoning.push_str(text),
            Value::String(text) => self.text.push_str(text),
            Value::Array(parts) => parts.iter().for_each(|part| self.add(part, thinking)),
            Value::Object(part) => {
                let thinking = thinking || is_thinking(value);
                for field in ["thinking", "reasoning"] {
                    self.add(&value[field], true);
                }
                let said =
                    ["text", "content", "value", "refusal", "summary"].into_iter().find_map(|field| part.get(field));
                self.add(said.unwrap_or(&Value::Null), thinking);
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

/// Whether a part is reasoning: Anthropic's and Mistral's `thinking`, OpenRouter's `reasoning.text`, Gemini's `thought: true`.
fn is_thinking(part: &Value) -> bool {
    let kind = part["type"].as_str().unwrap_or_default();
    ["thinking", "reasoning", "thought"].iter().any(|word| kind.contains(word)) || part["thought"] == true
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn text_and_reasoning_are_told_apart_in_every_form() {
        let said = |text: &str, reasoning: &str| Content { text: text.to_owned(), reasoning: reasoning.to_owned() };
        let cases = [
            (json!({"content": "2"}), said("2", "")),
            (json!({"content": null, "refusal": "No."}), said("No.", "")),
            (json!({"content": ["a", {"type": "text", "text": "b"}]}), said("ab", "")),
            (json!({"content": [{"type": "output_text", "text": {"value": "2"}}]}), said("2", "")),
            (json!({"content": {"type": "text", "text": "2"}}), said("2", "")),
            (
                json!({"content": [{"type": "thinking", "thinking": "hm", "signature": "x"}, {"type": "text", "text": "2"}]}),
                said("2", "hm"),
            ),
            (
                json!({"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "h"}, {"type": "text", "text": "m"}]}]}),
                said("", "hm"),
            ),
            (json!({"content": [{"type": "reasoning", "text": "hm"}, {"text": "2"}]}), said("2", "hm")),
            (json!({"content": [{"text": "hm", "thought": true}, {"text": "2"}]}), said("2", "hm")),
            (json!({"content": "2", "reasoning_content": "", "reasoning": "hm"}), said("2", "hm")),
            (json!({"content": "2", "reasoning_content": "hm", "reasoning": "hm"}), said("2", "hm")),
            (json!({"content": "2", "reasoning": {"content": "hm", "effort": "low"}}), said("2", "hm")),
            (json!({"content": "2", "reasoning_content": [{"type": "text", "text": "hm"}]}), said("2", "hm")),
            (
                json!({"content": "2", "reasoning_details": [{"type": "reasoning.summary", "summary": "hm"}, {"type": "reasoning.encrypted", "data": "zz"}]}),
                said("2", "hm"),
            ),
            (
                json!({"content": [{"type": "image_url", "image_url": {"url": "x"}}, 3, null, {"type": "text"}], "tool_calls": []}),
                said("", ""),
            ),
            (json!({}), said("", "")),
            (Value::Null, said("", "")),
        ];
        for (message, expected) in cases {
            assert_eq!(Content::of(&message), expected, "{message}");
        }
    }
}
