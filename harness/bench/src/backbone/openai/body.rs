//! What is sent: a request of the OpenAI form.

use serde_json::{Map, Value, json};

use crate::backbone::Request;
use crate::experiment::{Api, OpenAiPlan};
use crate::net::put_extra;

/// The route of an API, after the server's address.
pub(super) fn path(api: Api) -> &'static str {
    match api {
        Api::Chat => "/chat/completions",
        Api::Completions => "/completions",
    }
}

/// The body of a request for `count` completions. The plan's `extra` comes last.
pub(super) fn body(plan: &OpenAiPlan, request: &Request<'_>, count: usize) -> Vec<u8> {
    let mut body = Map::new();
    let mut put = |key: &str, value: Value| body.insert(key.to_owned(), value);
    put("model", plan.service.model.as_str().into());
    match plan.api {
        Api::Chat => {
            put("messages", messages(request));
            if request.continue_text.is_some() {
                // As vLLM and SGLang name it: the last message is not closed, and no new one is begun.
                put("continue_final_message", true.into());
                put("add_generation_prompt", false.into());
            }
        }
        Api::Completions => {
            put("prompt", prompt(request).into());
        }
    }
    put("temperature", request.sampling.temperature.into());
    put("top_p", request.sampling.top_p.into());
    put("max_tokens", request.sampling.max_tokens.into());
    put("seed", request.seed.into());
    if !plan.stop.is_empty() {
        put("stop", plan.stop.clone().into());
    }
    if count > 1 {
        put("n", count.into());
    }
    if plan.stream {
        put("stream", true.into());
        put("stream_options", json!({"include_usage": true}));
    }
    put_extra(&mut body, &plan.service.extra);
    // Writing a map to memory cannot fail; an empty body would be refused by any server.
    serde_json::to_vec(&body).unwrap_or_default()
}

fn messages(request: &Request<'_>) -> Value {
    let said = request.messages.iter().map(|message| json!(message));
    let begun = request.continue_text.map(|text| json!({"role": "assistant", "content": text}));
    said.chain(begun).collect()
}

/// The messages one after the other, and what the model has written already directly behind them.
fn prompt(request: &Request<'_>) -> String {
    let said: Vec<&str> = request.messages.iter().map(|message| message.content.as_str()).collect();
    said.join("\n\n") + request.continue_text.unwrap_or_default()
}
