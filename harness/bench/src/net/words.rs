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
