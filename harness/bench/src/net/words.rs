//! A server's own words where it refuses: in the body of a refusal, or in a reply of status 200 that is an error all the same.

use serde_json::Value;

/// Characters of a server's own words that are shown.
const SHOWN: usize = 300;
/// Complaints of one refusal that are shown.
const COMPLAINTS: usize = 3;

/// A server's own words in the body of a refusal: the message of an OpenAI error, of FastAPI's or a gateway's, or the
/// text itself; with `secret` masked, and cut.
pub(crate) fn own_words(body: &[u8], secret: Option<&str>) -> String {
    let text = match serde_json::from_slice::<Value>(body) {
        Ok(json) => message(&json).unwrap_or_else(|| json.to_string()),
        Err(_) => String::from_utf8_lossy(body).into_owned(),
    };
    on_one_line(&masked(&text, secret))
}

/// The words of an error that a reply of status 200, or a piece of one, is; `None` where it is none. What holds what was
/// asked for (`good`) may say a message beside it; whatever says nothing (`null`, an empty text, `false`) is no error.
pub(crate) fn words_of_error(reply: &Value, good: bool) -> Option<String> {
    if let Value::Array(replies) = reply {
        return words_of_error(replies.first()?, good);
    }
    let named = |field: &str| reply[field].as_str() == Some("error");
    let error = ["error", "errors"].into_iter().find(|field| !says_nothing(&reply[*field]));
    let is_error = named("object") || named("type") || named("status") || named("event");
    let words = match error {
        // Its own message, not one that stands beside it; but a bare name is less than the message that explains it.
        Some(field) if !reply[field].is_string() => message(&reply[field]).unwrap_or_else(|| reply[field].to_string()),
        Some(_) => message(reply)?,
        None if is_error => message(reply).unwrap_or_else(|| reply.to_string()),
        None if good => return None,
        None => message(reply)?,
    };
    Some(on_one_line(&words))
}

/// Whether a field is there in form only.
fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Bool(true) => false,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.iter().all(says_nothing),
        Value::Object(fields) => fields.values().all(says_nothing),
    }
}

/// The message of an error, wherever servers put it.
fn message(json: &Value) -> Option<String> {
    const PLACES: [&str; 13] = [
        "message",
        "detail",
        "details",
        "msg",
        "error_message",
        "error_msg",
        "errorMessage",
        "error_description",
        "description",
        "reason",
        "title",
        "error",
        "errors",
    ];
    match json {
        Value::String(text) => Some(text.clone()).filter(|text| !text.trim().is_empty()),
        Value::Array(items) => {
            let said: Vec<String> = items.iter().filter_map(complaint).take(COMPLAINTS).collect();
            (!said.is_empty()).then(|| said.join("; "))
        }
        Value::Object(fields) => {
            let nested = ["error", "errors"].into_iter().filter_map(|place| fields.get(place));
            let nested = nested.filter(|value| value.is_object() || value.is_array()).find_map(message);
            nested.or_else(|| PLACES.into_iter().filter_map(|place| fields.get(place)).find_map(message))
        }
        _ => None,
    }
}

/// One of several errors; FastAPI says which field it is about.
fn complaint(json: &Value) -> Option<String> {
    let words = message(json)?;
    let place: Vec<String> =
        json["loc"].as_array().into_iter().flatten().map(|part| part.to_string().replace('"', "")).collect();
    Some(if place.is_empty() { words } else { format!("{}: {words}", place.join(".")) })
}

/// What a refusal says of the prompt: that no other try of the same will be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromptRefusal {
    /// A content filter does not let it pass.
    Filtered,
    /// It leaves no room in the model's context.
    TooLong,
}

/// Whether a refusal is of this very prompt, by the codes and phrases of vendors and servers.
pub(crate) fn refusal_of_prompt(json: &Value) -> Option<PromptRefusal> {
    const TOO_LONG: [&str; 7] = [
        "context_length_exceeded",
        "maximum context length",
        "context length",
        "context size",
        "context window",
        "exceed_context_size_error",
        "prompt is too long",
    ];
    const FILTERED: [&str; 14] = [
        "content_filter",
        "content filter",
        "content_policy",
        "content policy",
        "content management policy",
        "responsibleaipolicy",
        "invalid_prompt",
        "data_inspection_failed",
        "inappropriate content",
        "safety_violation",
        "prohibited_content",
        "guardrail",
        "requires moderation",
        "was flagged",
    ];
    // A gateway's list of one.
    let json = if json.is_array() { &json[0] } else { json };
    let said = [&json["error"], &json["detail"], &json["message"], &json["code"], &json["type"]];
    let said: String = said.iter().map(|value| value.to_string().to_lowercase() + " ").collect();
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| said.contains(phrase));
    if says(&TOO_LONG) {
        return Some(PromptRefusal::TooLong);
    }
    says(&FILTERED).then_some(PromptRefusal::Filtered)
}

/// The field of the request that a refusal names as wrong.
pub(super) fn field_refused(body: &[u8], sent: &[u8]) -> Option<String> {
    const COMPLAINTS: [&str; 9] = [
        "unsupported",
        "not support",
        "unknown",
        "unrecognized",
        "unexpected",
        "not permitted",
        "not allowed",
        "invalid",
        "extra",
    ];
    let sent: Value = serde_json::from_slice(sent).ok()?;
    let fields = sent.as_object()?.keys().filter(|name| !matches!(name.as_str(), "model" | "messages" | "prompt"));
    let fields: Vec<&String> = fields.collect();
    let json: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
    let named = ["/error/param", "/param", "/detail/0/loc/1", "/error/0/loc/1"].iter();
    let named =
        named.filter_map(|place| json.pointer(place)?.as_str()).find(|name| fields.iter().any(|field| field == name));
    if let Some(name) = named {
        return Some(name.to_owned());
    }
    let words = own_words(body, None).to_lowercase();
    if !COMPLAINTS.iter().any(|complaint| words.contains(complaint)) {
        return None;
    }
    let quoted = |field: &str| ['\'', '"', '`'].iter().any(|mark| words.contains(&format!("{mark}{field}{mark}")));
    // A name of one word could be a word of the sentence.
    let whole = |field: &str| {
        field.contains('_') && words.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == field)
    };
    fields.into_iter().find(|field| quoted(field) || whole(field)).cloned()
}

/// Whether a refusal says that the account's money is used up.
pub(super) fn says_no_money(body: &[u8]) -> bool {
    let Ok(json) = serde_json::from_slice::<Value>(body) else { return false };
    let says = |pointer| json.pointer(pointer).and_then(Value::as_str) == Some("insufficient_quota");
    says("/error/code") || says("/error/type")
}

/// A text without a secret that a server may have echoed.
pub(super) fn masked(text: &str, secret: Option<&str>) -> String {
    match secret {
        Some(secret) if !secret.is_empty() => text.replace(secret, "[key]"),
        _ => text.to_owned(),
    }
}

fn on_one_line(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_message_is_found_wherever_servers_put_it() {
        assert_eq!(own_words(br#"{"object":"error","message":"no such model"}"#, None), "no such model");
        assert_eq!(own_words(br#"{"detail":"Not Found"}"#, None), "Not Found");
        assert_eq!(own_words(br#"{"error":"model 'x' not found"}"#, None), "model 'x' not found");
        assert_eq!(own_words(br#"[{"error":{"code":400,"message":"bad"}}]"#, None), "bad");
        assert_eq!(own_words(br#"{"error":"invalid","message":"why it is"}"#, None), "why it is");
        assert_eq!(own_words(br#"{"errors":[{"message":"one"},{"message":"two"}]}"#, None), "one; two");
        assert_eq!(own_words(br#"{"error":{"error":{"message":"deep"}}}"#, None), "deep");
        let fastapi = br#"{"detail":[{"type":"missing","loc":["body","messages",0],"msg":"Field required"}]}"#;
        assert_eq!(own_words(fastapi, None), "body.messages.0: Field required");
        assert_eq!(own_words(br#"{"code":7}"#, None), r#"{"code":7}"#);
        assert_eq!(own_words(b"upstream\n  timed out", None), "upstream timed out");
        assert_eq!(own_words("\u{e9}".repeat(400).as_bytes(), None), format!("{}...", "\u{e9}".repeat(300)));
    }

    #[test]
    fn a_refusal_of_the_prompt_is_told_from_one_of_the_request() {
        let filtered = [
            json!({"error": {"message": "The response was filtered due to Azure OpenAI's content management policy.", "param": "prompt", "code": "content_filter"}}),
            json!({"error": {"code": "invalid_prompt", "message": "Invalid prompt: your prompt was flagged"}}),
            json!({"error": {"code": "data_inspection_failed", "message": "Output data may contain inappropriate content."}}),
            json!({"error": {"message": "Your chosen model requires moderation and your input was flagged for violence."}}),
            json!([{"error": {"code": 400, "message": "Blocked by a guardrail"}}]),
            json!({"detail": "content filter"}),
        ];
        let too_long = [
            json!({"object": "error", "message": "This model's maximum context length is 4096 tokens.", "code": 400}),
            json!({"error": {"code": 400, "type": "exceed_context_size_error", "message": "the request exceeds the available context size"}}),
            json!({"error": {"code": "context_length_exceeded", "param": "messages", "message": "..."}}),
        ];
        let other = [
            json!({"error": {"message": "'temperature' does not support 0.7", "param": "temperature"}}),
            json!({"error": "model not found"}),
            json!(null),
        ];
        for (cases, expected) in [
            (&filtered[..], Some(PromptRefusal::Filtered)),
            (&too_long[..], Some(PromptRefusal::TooLong)),
            (&other[..], None),
        ] {
            for case in cases {
                assert_eq!(refusal_of_prompt(case), expected, "{case}");
            }
        }
    }

    #[test]
    fn the_field_that_is_refused_is_found_among_those_sent() {
        let sent = br#"{"model": "m", "messages": [], "temperature": 0.7, "max_tokens": 5, "stop": ["a"], "seed": 1}"#;
        let field = |body: Value| field_refused(body.to_string().as_bytes(), sent);
        let named = json!({"error": {"message": "Only the default (1) value is supported.", "param": "temperature"}});
        assert_eq!(field(named).as_deref(), Some("temperature"));
        let fastapi = json!({"detail": [{"loc": ["body", "seed"], "msg": "Extra inputs are not permitted"}]});
        assert_eq!(field(fastapi).as_deref(), Some("seed"));
        let quoted = json!({"message": "Unsupported parameter: 'stop' is not supported with this model."});
        assert_eq!(field(quoted).as_deref(), Some("stop"));
        let bare = json!({"error": "max_tokens is not supported, use max_completion_tokens"});
        assert_eq!(field(bare).as_deref(), Some("max_tokens"));
        for other in
            [json!({"error": "please stop, unknown model"}), json!({"error": {"param": "messages", "message": "bad"}})]
        {
            assert_eq!(field(other.clone()), None, "{other}");
        }
    }

    #[test]
    fn a_key_is_masked_before_the_text_is_cut() {
        let text = format!("{}sk-secret", "x".repeat(296));
        assert!(!own_words(text.as_bytes(), Some("sk-secret")).contains("sk-"));
    }

    #[test]
    fn an_error_in_a_good_status_is_told_from_what_only_looks_like_one() {
        for (reply, words) in [
            (json!({"error": {"message": "overloaded", "code": 529}}), "overloaded"),
            (json!({"error": "overloaded"}), "overloaded"),
            (json!({"object": "error", "message": "HIGH TRAFFIC", "code": 50001}), "HIGH TRAFFIC"),
            (json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}), "Overloaded"),
            (json!({"status": "error", "msg": "no GPU"}), "no GPU"),
            (json!([{"error": {"message": "quota"}}]), "quota"),
            (json!({"error": {"code": 13}}), r#"{"code":13}"#),
            (json!({"detail": "Internal Server Error"}), "Internal Server Error"),
            (json!({"code": 500, "message": "engine died"}), "engine died"),
        ] {
            assert_eq!(words_of_error(&reply, false).as_deref(), Some(words), "{reply}");
        }
        for nothing in
            [json!(null), json!(""), json!(false), json!(0), json!({}), json!([]), json!({"code": null, "message": ""})]
        {
            assert_eq!(
                words_of_error(&json!({"error": nothing, "choices": [1], "message": "fine"}), true),
                None,
                "{nothing}"
            );
        }
        assert_eq!(words_of_error(&json!({"choices": [], "prompt_filter_results": [{}]}), false), None);
        assert!(words_of_error(&json!({"error": true, "message": "broke"}), true).is_some());
    }
}
