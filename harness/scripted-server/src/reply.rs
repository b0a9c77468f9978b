//! Replies as they go over the wire, and the JSON of completions.

use std::fmt::Write;

use crate::counters::Billed;
use crate::model::Choice;

/// A reply.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    /// A further header with its line end, or nothing.
    pub(crate) header: String,
    pub(crate) body: Body,
    /// What it bills; `None` where nothing is delivered or billed.
    pub(crate) billed: Option<Billed>,
    /// Whether what it bills are scores.
    pub(crate) score: bool,
}

/// What is in it.
#[derive(Debug)]
pub(crate) enum Body {
    Whole(String),
    /// Events, each ending with an empty line.
    Events(Vec<String>),
}

impl Reply {
    /// JSON with a status.
    pub(crate) fn json(status: u16, body: String) -> Self {
        Self {
            status,
            content_type: "application/json",
            header: String::new(),
            body: Body::Whole(body),
            billed: None,
            score: false,
        }
    }

    /// An error as OpenAI writes it.
    pub(crate) fn error(status: u16, kind: &str, message: &str) -> Self {
        Self::json(status, error_body(status, kind, message))
    }
}

/// An error as OpenAI writes it.
pub(crate) fn error_body(status: u16, kind: &str, message: &str) -> String {
    let mut body = String::from("{\"error\":{\"message\":");
    quote(&mut body, message);
    let _ = write!(body, ",\"type\":\"{kind}\",\"param\":null,\"code\":{status}}}}}");
    body
}

/// The words after a status code.
pub(crate) fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        400 => "Bad Request",
        401 => "Unauthorized",
        404 => "Not Found",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        _ => "Status",
    }
}

/// Appends a text as a JSON string.
pub(crate) fn quote(out: &mut String, text: &str) {
    out.push('"');
    let mut from = 0;
    for (index, byte) in text.bytes().enumerate() {
        let escaped = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0..0x20 => "\\u0000",
            _ => continue,
        };
        out.push_str(&text[from..index]);
        out.push_str(escaped);
        from = index + 1;
    }
    out.push_str(&text[from..]);
    out.push('"');
}

/// How completions are written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape<'a> {
    /// Whether it is a chat; else a plain completion.
    pub(crate) chat: bool,
    pub(crate) id: u64,
    pub(crate) created: i64,
    pub(crate) model: &'a str,
    /// Whether log-probabilities are written.
    pub(crate) logprobs: bool,
    /// Whether they are `NaN`.
    pub(crate) nan: bool,
    /// Whether tokens are told.
    pub(crate) usage: bool,
}

impl Shape<'_> {
    fn head(&self, out: &mut String, chunk: &str) {
        let (id, object) = if self.chat { ("chatcmpl", "chat.completion") } else { ("cmpl", "text_completion") };
        let chunk = if self.chat { chunk } else { "" };
        let _ = write!(
            out,
            "{{\"id\":\"{id}-{:016x}\",\"object\":\"{object}{chunk}\",\"created\":{},\"model\":",
            self.id, self.created
        );
        quote(out, self.model);
    }

    fn logprobs(&self, out: &mut String, choice: &Choice) {
        let Some(yes) = choice.yes.filter(|_| self.logprobs) else {
            out.push_str(",\"logprobs\":null");
            return;
        };
        let log = |p: f64| if self.nan { "NaN".to_owned() } else { p.max(1e-9).ln().to_string() };
        let said = if yes >= 0.5 { yes } else { 1.0 - yes };
        let (yes, no, said) = (log(yes), log(1.0 - yes), log(said));
        let word = &choice.text;
        let _ = if self.chat {
            write!(
                out,
                ",\"logprobs\":{{\"content\":[{{\"token\":\"{word}\",\"logprob\":{said},\"bytes\":null,\"top_logprobs\":[\
                 {{\"token\":\"yes\",\"logprob\":{yes},\"bytes\":null}},{{\"token\":\"no\",\"logprob\":{no},\"bytes\":null}}]}}]}}"
            )
        } else {
            write!(
                out,
                ",\"logprobs\":{{\"tokens\":[\"{word}\"],\"token_logprobs\":[{said}],\"text_offset\":[0],\
                 \"top_logprobs\":[{{\"yes\":{yes},\"no\":{no}}}]}}"
            )
        };
    }

    /// A whole reply.
    pub(crate) fn whole(&self, choices: &[Choice], billed: &Billed) -> String {
        let mut out =
            String::with_capacity(400 + choices.iter().map(|c| c.text.len() + c.reasoning.len()).sum::<usize>());
        self.head(&mut out, "");
        out.push_str(",\"choices\":[");
        for (index, choice) in choices.iter().enumerate() {
            let _ = write!(out, "{}{{\"index\":{index},", if index > 0 { "," } else { "" });
            if self.chat {
                out.push_str("\"message\":{\"role\":\"assistant\",\"content\":");
                quote(&mut out, &choice.text);
                if !choice.reasoning.is_empty() {
                    out.push_str(",\"reasoning_content\":");
                    quote(&mut out, &choice.reasoning);
                }
                out.push('}');
            } else {
                out.push_str("\"text\":");
                quote(&mut out, &choice.text);
            }
            self.logprobs(&mut out, choice);
            let _ = write!(out, ",\"finish_reason\":\"{}\"}}", choice.finish_reason);
        }
        out.push(']');
        self.usage(&mut out, billed);
        out.push('}');
        out
    }

    fn usage(&self, out: &mut String, billed: &Billed) {
        if !self.usage {
            return;
        }
        let Billed { prompt_tokens, cached_tokens, completion_tokens, reasoning_tokens, .. } = billed;
        let _ = write!(
            out,
            ",\"usage\":{{\"prompt_tokens\":{prompt_tokens},\"total_tokens\":{},\"completion_tokens\":{completion_tokens},\
             \"prompt_tokens_details\":{{\"cached_tokens\":{cached_tokens}}}",
            prompt_tokens + completion_tokens
        );
        if *reasoning_tokens > 0 {
            let _ = write!(out, ",\"completion_tokens_details\":{{\"reasoning_tokens\":{reasoning_tokens}}}");
        }
        out.push('}');
    }

    fn event(&self, index: usize, delta: impl FnOnce(&mut String), finish_reason: Option<&str>) -> String {
        let mut out = String::from("data: ");
        self.head(&mut out, ".chunk");
        let _ = write!(out, ",\"choices\":[{{\"index\":{index},");
        delta(&mut out);
        let _ = match finish_reason {
            Some(reason) => write!(out, ",\"finish_reason\":\"{reason}\"}}]}}\n\n"),
            None => write!(out, ",\"finish_reason\":null}}]}}\n\n"),
        };
        out
    }

    /// The events of a stream. `include_usage`: an event with the tokens comes before the end; `twice`: the ends of
    /// choices, the tokens and the end of the stream come twice.
    pub(crate) fn events(&self, choices: &[Choice], billed: &Billed, include_usage: bool, twice: bool) -> Vec<String> {
        let times = if twice { 2 } else { 1 };
        let mut events = Vec::new();
        for (index, choice) in choices.iter().enumerate() {
            if self.chat {
                let opening = |out: &mut String| out.push_str("\"delta\":{\"role\":\"assistant\",\"content\":\"\"}");
                events.push(self.event(index, opening, None));
            }
            let parts = [("reasoning_content", &choice.reasoning), ("content", &choice.text)];
            // Plain completions have no place for reasoning.
            for (field, text) in parts.into_iter().filter(|(field, _)| self.chat || *field == "content") {
                for piece in pieces(text) {
                    let delta = |out: &mut String| {
                        if self.chat {
                            let _ = write!(out, "\"delta\":{{\"{field}\":");
                            quote(out, piece);
                            out.push('}');
                        } else {
                            out.push_str("\"text\":");
                            quote(out, piece);
                        }
                    };
                    events.push(self.event(index, delta, None));
                }
            }
            let closing = |out: &mut String| {
                out.push_str(if self.chat { "\"delta\":{}" } else { "\"text\":\"\"" });
                if choice.yes.is_some() {
                    self.logprobs(out, choice);
                }
            };
            let last = self.event(index, closing, Some(choice.finish_reason));
            events.extend(std::iter::repeat_n(last, times));
        }
        if include_usage && self.usage {
            let mut out = String::from("data: ");
            self.head(&mut out, ".chunk");
            out.push_str(",\"choices\":[]");
            self.usage(&mut out, billed);
            out.push_str("}\n\n");
            events.extend(std::iter::repeat_n(out, times));
        }
        events.extend(std::iter::repeat_n("data: [DONE]\n\n".to_owned(), times));
        events
    }
}

/// A text in about eight pieces, as tokens come.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let size = (text.len() / 8).max(8);
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = rest.char_indices().map(|(at, _)| at).find(|at| *at >= size).unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end);
        rest = after;
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_json() {
        let choice = Choice {
            text: "line\n\"\\boxed{4}\"".to_owned(),
            reasoning: "hm\t".to_owned(),
            finish_reason: "stop",
            tokens: 5,
            reasoning_tokens: 1,
            yes: None,
        };
        let billed = Billed { prompt_tokens: 3, completion_tokens: 5, reasoning_tokens: 1, ..Billed::default() };
        for chat in [true, false] {
            let shape = Shape { chat, id: 1, created: 2, model: "m", logprobs: true, nan: false, usage: true };
            let whole: serde_json::Value =
                serde_json::from_str(&shape.whole(std::slice::from_ref(&choice), &billed)).unwrap();
            assert_eq!(whole["usage"]["completion_tokens"], 5);
            let text = if chat { &whole["choices"][0]["message"]["content"] } else { &whole["choices"][0]["text"] };
            assert_eq!(text, "line\n\"\\boxed{4}\"");
            let mut streamed = String::new();
            let events = shape.events(std::slice::from_ref(&choice), &billed, true, false);
            let (end, events) = events.split_last().unwrap();
            assert_eq!(end, "data: [DONE]\n\n");
            for event in events {
                let value: serde_json::Value =
                    serde_json::from_str(event.strip_prefix("data: ").unwrap().trim_end()).unwrap();
                let first = &value["choices"][0];
                let piece = if chat { &first["delta"]["content"] } else { &first["text"] };
                streamed.push_str(piece.as_str().unwrap_or_default());
            }
            assert_eq!(streamed, choice.text);
            let twice = shape.events(std::slice::from_ref(&choice), &billed, true, true);
            assert_eq!(twice.len(), events.len() + 4, "the end of the choice, the tokens and the end come twice");
        }
    }
}
