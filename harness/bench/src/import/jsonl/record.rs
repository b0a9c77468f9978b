//! One line -> one draw, as far as the line says it. Values of a wrong kind are errors that say where.

use std::path::Path;

use markovscale::Tokens;
use serde_json::Value;

use super::fields::{FieldMap, kind};
use crate::import::ImportError;
use crate::import::error::excerpt;
use crate::key::Mode;

/// What a line says of a draw; `None` where it says nothing.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Record {
    pub(super) dataset: Option<String>,
    pub(super) question_id: Option<String>,
    pub(super) question: Option<String>,
    pub(super) gold: Option<String>,
    pub(super) level: Option<u32>,
    pub(super) subject: Option<String>,
    pub(super) backbone: Option<String>,
    pub(super) model: Option<String>,
    pub(super) mode: Mode,
    pub(super) chain: Option<u32>,
    pub(super) round: Option<u32>,
    pub(super) prompt_hash: Option<String>,
    pub(super) completion: Option<String>,
    /// `Some(None)`: the line says that it is missing.
    pub(super) answer: Option<Option<String>>,
    pub(super) answer_rule: Option<String>,
    pub(super) finish_reason: Option<String>,
    pub(super) prompt_tokens: Option<Tokens>,
    pub(super) cached_tokens: Option<Tokens>,
    pub(super) completion_tokens: Option<Tokens>,
    pub(super) reasoning_tokens: Option<Tokens>,
    pub(super) seed: Option<u64>,
    pub(super) temperature: Option<f64>,
    pub(super) top_p: Option<f64>,
    pub(super) max_tokens: Option<u32>,
    pub(super) attempts: Option<u32>,
    pub(super) latency_ms: Option<f64>,
    /// Milliseconds since the epoch.
    pub(super) started_at: Option<i64>,
    pub(super) simulated: bool,
    /// By verifier; an empty name is the one that the command line names.
    pub(super) scores: Vec<(String, RecordScore)>,
}

/// What a line says of a score.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct RecordScore {
    pub(super) score: f64,
    pub(super) step_scores: Vec<f64>,
    pub(super) verifier_tokens: Tokens,
    pub(super) simulated: bool,
}

/// Reads records out of lines.
pub(super) struct Lines<'a> {
    pub(super) path: &'a Path,
    pub(super) map: &'a FieldMap,
}

/// A line being read.
struct Line<'a> {
    lines: &'a Lines<'a>,
    number: usize,
    value: &'a Value,
}

impl Lines<'_> {
    /// Reads the line of this number, from 1.
    pub(super) fn record(&self, number: usize, text: &[u8]) -> Result<Record, ImportError> {
        let value: Value = serde_json::from_slice(text).map_err(|error| {
            let place = format!("line {number}, column {}", error.column());
            ImportError::at(self.path, place, error.to_string(), "one JSON object a line")
        })?;
        if !value.is_object() {
            return Err(ImportError::at(self.path, format!("line {number}"), kind(&value), "one JSON object a line"));
        }
        Line { lines: self, number, value: &value }.record()
    }
}

impl Line<'_> {
    fn record(&self) -> Result<Record, ImportError> {
        Ok(Record {
            dataset: self.text("dataset")?,
            question_id: self.text("question_id")?,
            question: self.text("question")?,
            gold: self.text("gold")?,
            level: self.count("level")?,
            subject: self.text("subject")?,
            backbone: self.text("backbone")?,
            model: self.text("model")?,
            mode: self.mode()?,
            chain: self.count("chain")?,
            round: self.count("round")?,
            prompt_hash: self.text("prompt_hash")?,
            completion: self.text("completion")?,
            answer: self.answer()?,
            answer_rule: self.text("answer_rule")?,
            finish_reason: self.text("finish_reason")?,
            prompt_tokens: self.whole("prompt_tokens")?.map(Tokens),
            cached_tokens: self.whole("cached_tokens")?.map(Tokens),
            completion_tokens: self.whole("completion_tokens")?.map(Tokens),
            reasoning_tokens: self.whole("reasoning_tokens")?.map(Tokens),
            seed: self.whole("seed")?,
            temperature: self.number("temperature")?,
            top_p: self.number("top_p")?,
            max_tokens: self.count("max_tokens")?,
            attempts: self.count("attempts")?,
            latency_ms: self.number("latency_ms")?,
            started_at: self.time("started_at")?,
            simulated: self.get("simulated")?.is_some_and(|value| value == &Value::Bool(true)),
            scores: self.scores()?,
        })
    }

    /// The field's value, if the line has it; null is as good as nothing.
    fn get(&self, name: &'static str) -> Result<Option<&Value>, ImportError> {
        Ok(self.given(name)?.filter(|value| !value.is_null()))
    }

    /// The field's value, null too.
    fn given(&self, name: &'static str) -> Result<Option<&Value>, ImportError> {
        self.lines.map.value(name, self.value).map_err(|missing| {
            let place = format!("line {}, field `{name}`", self.number);
            ImportError::at(self.lines.path, place, missing.found, missing.expected)
        })
    }

    fn wrong(&self, name: &str, value: &Value, expected: &str) -> ImportError {
        let path = self.lines.map.path(name).unwrap_or(name);
        let at = if path == name { String::new() } else { format!(" (`{path}`)") };
        let place = format!("line {}, field `{name}`{at}", self.number);
        let found = match value {
            Value::String(text) => format!("the text {}", excerpt(text)),
            Value::Number(number) => format!("the number {number}"),
            other => kind(other).to_owned(),
        };
        ImportError::at(self.lines.path, place, found, expected)
    }

    fn typed<T>(
        &self,
        name: &'static str,
        expected: &str,
        read: impl Fn(&Value) -> Option<T>,
    ) -> Result<Option<T>, ImportError> {
        let Some(value) = self.get(name)? else { return Ok(None) };
        read(value).map(Some).ok_or_else(|| self.wrong(name, value, expected))
    }

    fn text(&self, name: &'static str) -> Result<Option<String>, ImportError> {
        self.typed(name, "a text", written)
    }

    fn whole(&self, name: &'static str) -> Result<Option<u64>, ImportError> {
        self.typed(name, "a whole number of at least 0", whole)
    }

    fn count(&self, name: &'static str) -> Result<Option<u32>, ImportError> {
        self.typed(name, "a whole number of at least 0", |value| u32::try_from(whole(value)?).ok())
    }

    fn number(&self, name: &'static str) -> Result<Option<f64>, ImportError> {
        self.typed(name, "a number", Value::as_f64)
    }

    fn time(&self, name: &'static str) -> Result<Option<i64>, ImportError> {
        self.typed(name, "a time such as 2026-05-17T09:30:00Z", |value| {
            Some(chrono::DateTime::parse_from_rfc3339(value.as_str()?).ok()?.timestamp_millis())
        })
    }

    fn mode(&self) -> Result<Mode, ImportError> {
        let expected = "parallel, sequential, refine, forced or judge";
        let mode = self.typed("mode", expected, |value| Mode::from_name(value.as_str()?))?;
        Ok(mode.unwrap_or(Mode::Parallel))
    }

    fn answer(&self) -> Result<Option<Option<String>>, ImportError> {
        match self.given("answer")? {
            None => Ok(None),
            Some(Value::Null) => Ok(Some(None)),
            Some(value) => {
                written(value).map(|text| Some(Some(text))).ok_or_else(|| self.wrong("answer", value, "a text or null"))
            }
        }
    }

    fn scores(&self) -> Result<Vec<(String, RecordScore)>, ImportError> {
        let mut scores = Vec::new();
        if let Some(score) = self.typed("score", PROBABILITY, probability)? {
            scores.push((String::new(), RecordScore { score, ..RecordScore::default() }));
        }
        let Some(value) = self.get("scores")? else { return Ok(scores) };
        let Value::Object(several) = value else {
            return Err(self.wrong("scores", value, "a map from verifiers' names to their scores"));
        };
        for (verifier, value) in several.iter().filter(|(_, value)| !value.is_null()) {
            scores.push((verifier.clone(), self.score(verifier, value)?));
        }
        Ok(scores)
    }

    fn score(&self, verifier: &str, value: &Value) -> Result<RecordScore, ImportError> {
        let name = format!("scores.{verifier}");
        let read = |value: &Value| {
            let Value::Object(map) = value else {
                return Some(RecordScore { score: probability(value)?, ..RecordScore::default() });
            };
            let steps = match map.get("step_scores") {
                Some(Value::Array(steps)) => steps.iter().map(Value::as_f64).collect::<Option<Vec<f64>>>()?,
                _ => Vec::new(),
            };
            Some(RecordScore {
                score: probability(map.get("score")?)?,
                step_scores: steps,
                verifier_tokens: Tokens(map.get("verifier_tokens").and_then(whole).unwrap_or(0)),
                simulated: map.get("simulated") == Some(&Value::Bool(true)),
            })
        };
        read(value).ok_or_else(|| self.wrong(&name, value, PROBABILITY))
    }
}

const PROBABILITY: &str = "a score: a number from 0 to 1";

fn probability(value: &Value) -> Option<f64> {
    value.as_f64().filter(|score| (0.0..=1.0).contains(score))
}

/// A text, or a number as it is written.
fn written(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A whole number; `12.0` is one too, as data frames write them.
fn whole(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| {
        let number = value.as_f64().filter(|number| number.fract() == 0.0 && (0.0..9e15).contains(number))?;
        number.to_string().parse().ok()
    })
}
