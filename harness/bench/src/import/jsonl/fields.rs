//! The fields that a line may have, and where a line keeps each of them: the field map.

use serde_json::{Map, Value};

use crate::import::ImportError;
use crate::suggest::name_help;

/// A field: its name, whether it may be null, and what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Its name in `--map`, and in files that `export jsonl` writes.
    pub name: &'static str,
    /// What it holds.
    pub about: &'static str,
}

const fn field(name: &'static str, about: &'static str) -> Field {
    Field { name, about }
}

/// Every field, in the order in which `export jsonl` writes them.
pub const FIELDS: [Field; 30] = [
    field("dataset", "name of the question set; --dataset where lines do not say"),
    field("question_id", "the question's id in that set, where its text is not given"),
    field("question", "the question's text"),
    field("gold", "the right answer; without it, questions and right answers are those of the data set"),
    field("level", "the question's difficulty, a whole number"),
    field("subject", "the question's subject"),
    field("backbone", "the backbone's name; --backbone where lines do not say"),
    field("model", "the model that answered"),
    field("mode", "parallel (if not given), sequential, refine, forced or judge"),
    field("chain", "number of the chain, or of the parallel draw, from 0; if not given, parallel draws are counted"),
    field("round", "round within the chain, from 0; if not given, rounds are counted"),
    field("prompt_hash", "hash of the prompt"),
    field("completion", "what the model wrote"),
    field("answer", "the final answer, null if missing; if not given, it is extracted from the completion"),
    field("answer_rule", "the rule that found the answer: box, phrase, ..."),
    field("finish_reason", "stop, or length for a completion that was cut off"),
    field("prompt_tokens", "prompt tokens"),
    field("cached_tokens", "prompt tokens from a cache"),
    field("completion_tokens", "completion tokens"),
    field("reasoning_tokens", "reasoning tokens among them"),
    field("seed", "sampling seed"),
    field("temperature", "softmax temperature; --temperature where lines do not say"),
    field("top_p", "nucleus mass; --top-p where lines do not say"),
    field("max_tokens", "token limit; --max-tokens where lines do not say"),
    field("attempts", "requests made"),
    field("latency_ms", "milliseconds of the request"),
    field("started_at", "when it was made, RFC 3339"),
    field("simulated", "true when a simulation made it"),
    field("score", "a verifier's score from 0 to 1; --verifier names it"),
    field(
        "scores",
        "scores of several verifiers: a map from each one's name to its score, or to a map of `score`, \
                     `step_scores`, `verifier_tokens`",
    ),
];

/// Where lines keep their fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldMap {
    /// By field name: a path of keys with dots between.
    paths: Vec<(&'static str, String)>,
    /// Whether a line must have every field of the map: one that was asked for by name, yes.
    strict: bool,
}

impl FieldMap {
    /// The map of lines that `export jsonl` wrote: every field under its own name, and none needed.
    pub fn exported() -> Self {
        Self { paths: FIELDS.iter().map(|field| (field.name, field.name.to_owned())).collect(), strict: false }
    }

    /// Reads `field=path,field=path,...`.
    ///
    /// # Errors
    /// When an entry is none, or names a field that does not exist or that is mapped already.
    pub fn parse(entries: &[String]) -> Result<Self, ImportError> {
        let known: Vec<&str> = FIELDS.iter().map(|field| field.name).collect();
        let mut paths: Vec<(&'static str, String)> = Vec::new();
        for entry in entries.iter().flat_map(|entries| entries.split(',')).map(str::trim).filter(|e| !e.is_empty()) {
            let Some((name, path)) = entry.split_once('=').map(|(name, path)| (name.trim(), path.trim())) else {
                return Err(ImportError::Usage(format!("--map: `{entry}` is not `field=path`")));
            };
            let Some(field) = FIELDS.iter().find(|field| field.name == name) else {
                return Err(ImportError::Usage(format!(
                    "--map: no field is called `{name}`; {}",
                    name_help(name, &known)
                )));
            };
            if paths.iter().any(|(mapped, _)| *mapped == field.name) {
                return Err(ImportError::Usage(format!("--map: `{name}` is mapped twice")));
            }
            if path.is_empty() {
                return Err(ImportError::Usage(format!("--map: `{name}` has no path after its `=`")));
            }
            paths.push((field.name, path.to_owned()));
        }
        Ok(Self { paths, strict: true })
    }

    /// Whether a field is mapped.
    pub fn has(&self, name: &str) -> bool {
        self.path(name).is_some()
    }

    /// Where a field is kept.
    pub fn path(&self, name: &str) -> Option<&str> {
        self.paths.iter().find(|(mapped, _)| *mapped == name).map(|(_, path)| path.as_str())
    }

    /// The value of a field in a line: `None` when it is not mapped, or not there and need not be. A missing one that
    /// must be there is described.
    pub(super) fn value<'v>(&self, name: &str, line: &'v Value) -> Result<Option<&'v Value>, Missing> {
        let Some(path) = self.path(name) else { return Ok(None) };
        match lookup(line, path) {
            Ok(value) => Ok(Some(value)),
            Err(_) if !self.strict => Ok(None),
            Err(missing) => Err(missing),
        }
    }
}

/// A path that a line does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Missing {
    /// What is there instead.
    pub(super) found: String,
    /// What was looked for.
    pub(super) expected: String,
}

/// Follows a path of keys with dots between; a whole number is an item of a list. A key that itself has dots is found too.
fn lookup<'v>(line: &'v Value, path: &str) -> Result<&'v Value, Missing> {
    let (mut value, mut rest) = (line, path);
    loop {
        let missing = |found: String| Missing { found, expected: format!("the path `{path}`") };
        if let Some(whole) = value.as_object().and_then(|map| map.get(rest)) {
            return Ok(whole);
        }
        let (key, after) = rest.split_once('.').map_or((rest, None), |(key, after)| (key, Some(after)));
        value = match value {
            Value::Object(map) => map.get(key).ok_or_else(|| missing(no_key(map, key)))?,
            Value::Array(items) => {
                let item = key.parse::<usize>().ok().and_then(|index| items.get(index));
                item.ok_or_else(|| missing(format!("no item `{key}` in a list of {}", items.len())))?
            }
            other => return Err(missing(format!("{} where `{key}` should be", kind(other)))),
        };
        match after {
            Some(after) => rest = after,
            None => return Ok(value),
        }
    }
}

fn no_key(map: &Map<String, Value>, key: &str) -> String {
    let keys: Vec<&str> = map.keys().map(String::as_str).collect();
    format!("no key `{key}`: {}", name_help(key, &keys))
}

/// A value's kind, in words.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a map",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn map(text: &str) -> Result<FieldMap, String> {
        FieldMap::parse(&[text.to_owned()]).map_err(|error| error.to_string())
    }

    #[test]
    fn paths_go_through_maps_lists_and_keys_with_dots() {
        let line = json!({"a": {"b": [1, {"c": "deep"}]}, "x.y": 2, "m": {"n.o": 3}});
        let at = |path: &str| lookup(&line, path).cloned();
        assert_eq!(at("a.b.1.c"), Ok(json!("deep")));
        assert_eq!(at("x.y"), Ok(json!(2)));
        assert_eq!(at("m.n.o"), Ok(json!(3)));
        assert_eq!(at("a.b.7").unwrap_err().found, "no item `7` in a list of 2");
        assert!(at("x.y.z").unwrap_err().found.starts_with("no key `x`: did you mean `x.y`?"));
        assert_eq!(at("a.b.0.c").unwrap_err().found, "a number where `c` should be");
    }

    #[test]
    fn a_missing_key_names_the_nearest() {
        let line = json!({"output": {"prediction": "4"}});
        let missing = map("answer=output.predicton").unwrap().value("answer", &line).unwrap_err();
        assert!(missing.found.contains("did you mean `prediction`?"), "{}", missing.found);
        assert_eq!(missing.expected, "the path `output.predicton`");
        assert_eq!(FieldMap::exported().value("answer", &line), Ok(None), "no field of an export is needed");
    }

    #[test]
    fn entries_that_map_nothing_are_refused() {
        for (text, part) in [
            ("anser=x", "did you mean `answer`?"),
            ("answer", "is not `field=path`"),
            ("answer=a,answer=b", "mapped twice"),
            ("answer=", "no path"),
        ] {
            let message = map(text).unwrap_err();
            assert!(message.contains(part), "{message}");
        }
        let map = map(" question = prompt.text , answer=pred ").unwrap();
        assert_eq!(
            (map.path("question"), map.path("answer"), map.path("gold")),
            (Some("prompt.text"), Some("pred"), None)
        );
    }

    #[test]
    fn the_documentation_names_every_field() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/import.md");
        let text = std::fs::read_to_string(path).unwrap();
        let table: Vec<&str> = text.lines().filter(|line| line.starts_with("| `")).collect();
        for field in FIELDS {
            let name = format!("`{}`", field.name);
            assert!(table.iter().any(|row| row.split('|').nth(1).is_some_and(|cell| cell.contains(&name))), "{name}");
        }
    }
}
