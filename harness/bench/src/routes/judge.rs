//! Chat models that are asked whether a solution is right.
//!
//! The verdict is the word `yes` or `no`. Its probability is that of `yes` among the two, from the log-probabilities of the
//! place where the word stands; a server that gives none leaves 1 or 0. A reply may also grade with a number.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::grade::{Grade, grade, word_of_token};
use super::reply::{Scored, Trouble, share_of_yes, shown, usage};
use super::settings::ScoredText;
use super::spec::{Asked, Route, RouteError, RouteSpec, Settings, fields, settings};
use super::text::{after_reasoning, ends_reasoning};
use crate::content::Content;
use crate::prompt::GradePrompt;
use crate::schema::{Fallback, ValueKind, key};

pub(super) const SPEC: RouteSpec = RouteSpec {
    kind: "judge",
    about: "any chat model that is asked whether the answer is right",
    keys: &[key("prompt", ValueKind::Prompt, Fallback::Text("grade"), "the judge's prompt: a shipped name or a path")],
    text: ScoredText::Answer,
    steps: false,
    open,
};

/// Room for a short reasoning; a model that replies with one word never uses it.
const MAX_TOKENS: u32 = 1024;

#[derive(Debug)]
struct Judge {
    prompt: GradePrompt,
}

fn open(given: &Settings) -> Result<Box<dyn Route>, RouteError> {
    #[derive(Deserialize)]
    struct Named {
        prompt: String,
    }
    let Named { prompt } = settings(&SPEC, given)?;
    Ok(Box::new(Judge { prompt: GradePrompt::load(&prompt)? }))
}

impl Route for Judge {
    fn path(&self) -> &'static str {
        "/chat/completions"
    }

    fn body(&self, asked: &Asked<'_>) -> Option<Map<String, Value>> {
        Some(fields([
            ("model", json!(asked.model)),
            ("messages", json!(self.prompt.messages(asked.question, asked.text))),
            ("temperature", json!(0)),
            ("max_tokens", json!(MAX_TOKENS)),
            ("logprobs", json!(true)),
            ("top_logprobs", json!(20)),
        ]))
    }

    fn read(&self, reply: &Value, _: &Asked<'_>) -> Result<Scored, Trouble> {
        read(reply)
    }

    /// The text of the prompt, not its name.
    fn identity(&self) -> Map<String, Value> {
        fields([("prompt", json!(self.prompt.hash()))])
    }
}

/// The probability that the solution is right.
fn read(reply: &Value) -> Result<Scored, Trouble> {
    let choice = &reply["choices"][0];
    if !choice["message"].is_object() {
        return Err(Trouble::Unreadable("the reply has no `choices[0].message`".to_owned()));
    }
    let Content { text: content, reasoning } = Content::of(&choice["message"]);
    let content = content.as_str();
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
    // A server that counts nothing written for what it wrote counts wrongly.
    let usage = usage(reply).filter(|usage| usage.written > 0 || written_characters == 0);
    Ok(Scored { score, step_scores: Vec::new(), usage, written_characters })
}

/// P(yes) / (P(yes) + P(no)) at the place where the verdict stands: the first or the last token that is this word, after
/// the reasoning. Spellings of a word (case, a space before it) are summed. `None` where the server tells nothing of it.
fn probability_of_yes(tokens: &[Value], yes: bool, first: bool) -> Option<f64> {
    let is_end = |token: &Value| token["token"].as_str().is_some_and(ends_reasoning);
    let tokens = tokens.iter().rposition(is_end).map_or(tokens, |end| &tokens[end + 1..]);
    let is_verdict = |token: &&Value| token["token"].as_str().and_then(word_of_token) == Some(yes);
    let place = if first { tokens.iter().find(is_verdict) } else { tokens.iter().rev().find(is_verdict) }?;
    share_of_yes(place, word_of_token)
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
