//! Chat models that are asked whether a solution is right.
//!
//! The verdict is the word `yes` or `no`. Its probability is that of `yes` among the two, from the log-probabilities of the
//! place where the word stands; a server that gives none leaves 1 or 0. A reply may also grade with a number.

use serde_json::{Map, Value, json};

use super::grade::{Grade, grade, word_of_token};
use super::reply::{Scored, Trouble, shown, usage};
use super::text::{after_reasoning, ends_reasoning};
use crate::vocabulary::Message;

/// Room for a short reasoning; a model that replies with one word never uses it.
pub(super) const MAX_TOKENS: u32 = 1024;

/// What is asked.
pub(super) fn body(model: &str, messages: &[Message]) -> Map<String, Value> {
    let fields = [
        ("model", json!(model)),
        ("messages", json!(messages)),
        ("temperature", json!(0)),
        ("max_tokens", json!(MAX_TOKENS)),
        ("logprobs", json!(true)),
        ("top_logprobs", json!(20)),
    ];
    fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

/// The probability that the solution is right.
pub(super) fn read(reply: &Value) -> Result<Scored, Trouble> {
    let choice = &reply["choices"][0];
    let message = choice["message"].as_object();
    let message = message.ok_or_else(|| Trouble::Unreadable("the reply has no `choices[0].message`".to_owned()))?;
    let text = |key: &str| message.get(key).and_then(Value::as_str).unwrap_or_default();
    let (content, reasoning) = (text("content"), [text("reasoning_content"), text("reasoning")].concat());
    let score = match grade(after_reasoning(content)) {
        Some(Grade::Number(number)) => number,
        Some(Grade::Word { yes, begins }) => {
            let first = begins && reasoning.is_empty() && !ends_reasoning(content);
            let tokens = choice["logprobs"]["content"].as_array().map_or(&[][..], Vec::as_slice);
            probability_of_yes(tokens, yes, first).unwrap_or(if yes { 1.0 } else { 0.0 })
        }
        None => return Err(Trouble::Refused(no_verdict(choice["finish_reason"].as_str(), content, &reasoning))),
    };
    let written_characters = content.chars().count() + reasoning.chars().count();
    Ok(Scored { score, step_scores: Vec::new(), usage: usage(reply), written_characters })
}

/// P(yes) / (P(yes) + P(no)) at the place where the verdict stands: the first or the last token that is this word, after
/// the reasoning. Spellings of a word (case, a space before it) are summed. `None` where the server tells nothing of it.
fn probability_of_yes(tokens: &[Value], yes: bool, first: bool) -> Option<f64> {
    let is_end = |token: &Value| token["token"].as_str().is_some_and(ends_reasoning);
    let tokens = tokens.iter().rposition(is_end).map_or(tokens, |end| &tokens[end + 1..]);
    let is_verdict = |token: &&Value| token["token"].as_str().and_then(word_of_token) == Some(yes);
    let place = if first { tokens.iter().find(is_verdict) } else { tokens.iter().rev().find(is_verdict) }?;
    let mut mass = [0.0, 0.0];
    for candidate in place["top_logprobs"].as_array()? {
        let word = candidate["token"].as_str().and_then(word_of_token);
        let logprob = candidate["logprob"].as_f64().filter(|logprob| logprob.is_finite() && *logprob <= 1e-3);
        if let (Some(word), Some(logprob)) = (word, logprob) {
            mass[usize::from(word)] += logprob.exp();
        }
    }
    let [no, yes] = mass;
    (no + yes > 0.0).then(|| yes / (no + yes))
}

fn no_verdict(finish_reason: Option<&str>, content: &str, reasoning: &str) -> String {
    let wrote = match (content.trim(), reasoning.trim()) {
        ("", "") => "nothing".to_owned(),
        ("", reasoning) => format!("only reasoning, {}", shown(reasoning)),
        (content, _) => shown(content),
    };
    let why = match finish_reason {
        Some("length") => "; it was cut off, so allow it more tokens, e.g. `verifier.extra: {max_tokens: 8192}`",
        Some("content_filter") => "; the server's content filter ended it",
        _ => "",
    };
    format!("the judge said neither yes nor no, nor a grade between 0 and 1: it wrote {wrote}{why}")
}
