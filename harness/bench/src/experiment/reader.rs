//! Reads values out of a tree against the schema and collects every problem instead of stopping at the first.

use std::collections::HashMap;

use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::error::{MOST_PROBLEMS, ProblemBuilder};
use super::json::json;
use super::schema;
use super::secret;
use super::source::Span;
use super::tree::{Entry, Node, Value};
use crate::prompt;
use crate::schema::{Key, ValueKind};
use crate::suggest;

/// The problems found so far.
#[derive(Debug, Default)]
pub(super) struct Reader {
    /// What is wrong.
    pub(super) problems: Vec<ProblemBuilder>,
    /// Values that no snippet may show.
    pub(super) secrets: Vec<Span>,
}

/// A map whose keys have been checked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Section<'n> {
    path: &'static str,
    /// Where the map, or the key that holds it, stands.
    pub(super) span: Span,
    entries: &'n [Entry],
}

impl<'n> Section<'n> {
    /// The value of a key.
    pub(super) fn get(&self, key: &str) -> Option<&'n Node> {
        self.entries.iter().find(|entry| entry.key == key).map(|entry| &entry.node)
    }

    /// Where a key stands.
    pub(super) fn key_span(&self, key: &str) -> Option<Span> {
        self.entries.iter().find(|entry| entry.key == key).map(|entry| entry.key_span)
    }

    /// Whether some unknown key, reported already, is this one misspelt.
    fn is_misspelt(&self, key: &str) -> bool {
        let known = schema::names_under(self.path);
        let mut unknown = self.entries.iter().map(|entry| entry.key.as_str()).filter(|name| !known.contains(name));
        // A file of another kind may have thousands of unknown keys; no more than these are told anyway.
        unknown.by_ref().take(MOST_PROBLEMS).any(|name| suggest::nearest(name, known.iter().copied()) == Some(key))
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
}

impl Reader {
    /// Notes a problem.
    pub(super) fn report(&mut self, problem: ProblemBuilder) {
        self.problems.push(problem);
    }

    /// Reports a value of the wrong kind.
    pub(super) fn wrong(&mut self, node: &Node, what: &str, expected: &str) {
        let key = if what.is_empty() { String::new() } else { format!("`{what}`: ") };
        let message = format!("{key}found {}, expected {expected}", node.describe());
        self.report(ProblemBuilder::new(node.span, message, format!("expected {expected}")));
    }

    /// A map with only known keys, each once. `path` is the schema's, `place` is shown when a key is missing.
    pub(super) fn section<'n>(&mut self, node: &'n Node, path: &'static str, span: Span) -> Option<Section<'n>> {
        let Value::Map(entries) = &node.value else {
            self.wrong(node, path, &ValueKind::Section.describe());
            return None;
        };
        self.check_keys(entries, path, &schema::names_under(path));
        Some(Section { path, span, entries })
    }

    /// The section under a key; one without entries where the key is left out, or is no map (then reported).
    pub(super) fn within<'n>(&mut self, outer: &Section<'n>, key: &str) -> Section<'n> {
        let path = schema::find(&outer.path_of(key)).map_or("", |spec| spec.path.as_str());
        let empty = Section { path, span: outer.span, entries: &[] };
        let Some(node) = outer.get(key) else { return empty };
        self.section(node, path, outer.key_span(key).unwrap_or(node.span)).unwrap_or(empty)
    }

    /// The value of a key, as its declaration says: what is given, or else the default; null where there is neither.
    pub(super) fn value(&mut self, section: &Section<'_>, key: &Key) -> Json {
        let name = key.name;
        let read = match key.value {
            ValueKind::Whole { .. } => self.whole(section, name).map(Json::from),
            ValueKind::Number { .. } => self.number(section, name).map(Json::from),
            ValueKind::Text => self.text(section, name).map(Json::from),
            ValueKind::Prompt => self.prompt(section, name).map(Json::from),
            ValueKind::Flag => self.flag(section, name).map(Json::from),
            ValueKind::Texts => self.texts(section, name).map(Json::from),
            ValueKind::Free => self.free(section, name).map(Json::from),
            ValueKind::Name => {
                section.get(name).and_then(|node| self.name_of(node, &section.path_of(name))).map(Json::from)
            }
            ValueKind::Choice(words) => {
                section.get(name).and_then(|node| self.choice_of(node, &section.path_of(name), words)).map(Json::from)
            }
            // They have keys of their own.
            ValueKind::Section | ValueKind::List => None,
        };
        read.unwrap_or_else(|| key.default.json())
    }

    /// As [`Self::value`], as the type that the plan has for it.
    pub(super) fn read<T: DeserializeOwned>(&mut self, section: &Section<'_>, key: &str) -> Option<T> {
        let value = self.value(section, &schema::find(&section.path_of(key))?.key);
        self.typed(section, value)
    }

    /// A section whose keys are the fields of a type.
    pub(super) fn block<T: DeserializeOwned>(&mut self, section: &Section<'_>) -> Option<T> {
        let keys = schema::keys_under(section.path).into_iter();
        let keys = keys.filter(|key| !matches!(key.value, ValueKind::Section | ValueKind::List));
        let fields = keys.map(|key| (key.name.to_owned(), self.value(section, key))).collect();
        self.typed(section, Json::Object(fields))
    }

    /// A value whose type the declarations of its keys promise; where they break that, an error and no panic.
    fn typed<T: DeserializeOwned>(&mut self, section: &Section<'_>, value: Json) -> Option<T> {
        let read = serde_json::from_value(value);
        read.map_err(|error| {
            let message = format!("`{}` cannot be read: {error}", section.path);
            let problem = ProblemBuilder::new(section.span, message, "not as this program declares it");
            self.report(problem.help("this is a fault of the program: please report it with the config"));
        })
        .ok()
    }

    /// A prompt's path, or a shipped name that exists.
    fn prompt(&mut self, section: &Section<'_>, key: &str) -> Option<String> {
        let name = self.text(section, key)?;
        let shipped = prompt::shipped_names();
        if !prompt::is_path(&name) && !shipped.contains(&name.as_str()) {
            let span = section.get(key).map_or(section.span, |node| node.span);
            let help = format!("{}; a path contains `/` or ends in `.txt`", suggest::name_help(&name, &shipped));
            self.report(
                ProblemBuilder::new(span, format!("no prompt is called `{name}`"), "unknown prompt").help(help),
            );
            return None;
        }
        Some(name)
    }

    /// Reports keys that are unknown, secret or given twice.
    pub(super) fn check_keys(&mut self, entries: &[Entry], what: &str, known: &[&str]) {
        let mut seen: HashMap<&str, Span> = HashMap::new();
        for entry in entries {
            if secret::is_secret_key(&entry.key) {
                self.secrets.push(entry.node.span);
                let message = format!("`{}` would put a secret into the config", entry.key);
                let help = "take it out (and revoke it if the file was shared); a backbone that needs a key \
                            names the environment variable that holds it, with `api_key_env`";
                self.report(ProblemBuilder::new(entry.key_span, message, "secrets do not belong here").help(help));
            } else if !known.contains(&entry.key.as_str()) {
                let within = if what.is_empty() { String::new() } else { format!(" in `{what}`") };
                let message = format!("unknown key `{}`{within}", entry.key);
                let help = suggest::name_help(&entry.key, known);
                self.report(ProblemBuilder::new(entry.key_span, message, "unknown key").help(help));
            } else if let Some(first) = seen.insert(&entry.key, entry.key_span) {
                let message = format!("the key `{}` is given twice", entry.key);
                let problem = ProblemBuilder::new(entry.key_span, message, "given again here");
                self.report(problem.also(first, "first given here").help("keep one of the two"));
            }
        }
    }

    /// The value of a key that must be given.
    pub(super) fn required<'n>(&mut self, section: &Section<'n>, key: &str) -> Option<&'n Node> {
        let found = section.get(key);
        if found.is_none() && !section.is_misspelt(key) {
            let path = section.path_of(key);
            let about = schema::find(&path).map_or(String::new(), |spec| {
                format!("add `{key}:` with {} ({})", spec.key.value.describe(), spec.summary())
            });
            self.report(ProblemBuilder::new(section.span, format!("`{path}` is missing"), "missing here").help(about));
        }
        found
    }

    /// A whole number, checked against the schema's range; `None` when absent or wrong (then reported).
    pub(super) fn whole(&mut self, section: &Section<'_>, key: &str) -> Option<u64> {
        let node = section.get(key)?;
        let path = section.path_of(key);
        self.whole_of(node, &path, schema::find(&path)?.key.value)
    }

    /// As [`Self::whole`], for counts that the schema keeps within 32 bits.
    pub(super) fn count(&mut self, section: &Section<'_>, key: &str) -> Option<u32> {
        u32::try_from(self.whole(section, key)?).ok()
    }

    /// A whole number of the given kind.
    pub(super) fn whole_of(&mut self, node: &Node, what: &str, kind: ValueKind) -> Option<u64> {
        let found = match (&node.value, kind) {
            (Value::Whole(value), ValueKind::Whole { least, most }) => {
                u64::try_from(*value).ok().filter(|value| (least..=most).contains(value))
            }
            _ => None,
        };
        if found.is_none() {
            self.wrong(node, what, &kind.describe());
        }
        found
    }

    /// A number, checked against the schema's range.
    pub(super) fn number(&mut self, section: &Section<'_>, key: &str) -> Option<f64> {
        let node = section.get(key)?;
        let path = section.path_of(key);
        self.number_of(node, &path, schema::find(&path)?.key.value)
    }

    /// A number of the given kind.
    pub(super) fn number_of(&mut self, node: &Node, what: &str, kind: ValueKind) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "every allowed range ends far below 2^53")]
        let value = match node.value {
            Value::Whole(value) => Some(value as f64),
            Value::Number(value) => Some(value),
            _ => None,
        };
        let found = value.filter(|value| match kind {
            ValueKind::Number { least, open, most } => {
                *value <= most && if open { *value > least } else { *value >= least }
            }
            _ => false,
        });
        if found.is_none() {
            self.wrong(node, what, &kind.describe());
        }
        // -0.0 would be written differently and equal 0.0 all the same.
        found.map(|value| value + 0.0)
    }

    /// A text that is not empty.
    pub(super) fn text(&mut self, section: &Section<'_>, key: &str) -> Option<String> {
        let node = section.get(key)?;
        let found = node.as_text().filter(|text| !text.trim().is_empty());
        if found.is_none() {
            self.wrong(node, &section.path_of(key), &ValueKind::Text.describe());
        }
        found.map(str::to_owned)
    }

    /// Yes or no.
    pub(super) fn flag(&mut self, section: &Section<'_>, key: &str) -> Option<bool> {
        self.flag_of(section.get(key)?, &section.path_of(key))
    }

    /// `true` or `false` at a node.
    pub(super) fn flag_of(&mut self, node: &Node, what: &str) -> Option<bool> {
        if let Value::Bool(value) = node.value {
            return Some(value);
        }
        self.wrong(node, what, &ValueKind::Flag.describe());
        None
    }

    /// A text or a list of texts, none of them empty.
    pub(super) fn texts(&mut self, section: &Section<'_>, key: &str) -> Option<Vec<String>> {
        let node = section.get(key)?;
        let items = match &node.value {
            Value::List(items) if !items.is_empty() => items.as_slice(),
            _ => std::slice::from_ref(node),
        };
        let mut texts = Vec::with_capacity(items.len());
        for item in items {
            match item.as_text().filter(|text| !text.is_empty()) {
                Some(text) => texts.push(text.to_owned()),
                None => self.wrong(item, &section.path_of(key), &ValueKind::Texts.describe()),
            }
        }
        Some(texts)
    }

    /// A map of anything but secrets, as JSON.
    pub(super) fn free(&mut self, section: &Section<'_>, key: &str) -> Option<serde_json::Map<String, Json>> {
        let node = section.get(key)?;
        self.hide_secrets(node);
        match json(node) {
            Some(Json::Object(map)) => Some(map),
            Some(_) => {
                self.wrong(node, &section.path_of(key), &ValueKind::Free.describe());
                None
            }
            None => {
                let message = format!("`{}` holds a number that JSON cannot", section.path_of(key));
                self.report(ProblemBuilder::new(node.span, message, "not a finite number of 64 bits"));
                None
            }
        }
    }

    /// Reports secrets anywhere in a map of anything.
    fn hide_secrets(&mut self, node: &Node) {
        match &node.value {
            Value::Map(entries) => {
                let keys: Vec<&str> = entries.iter().map(|entry| entry.key.as_str()).collect();
                self.check_keys(entries, "", &keys);
                entries.iter().for_each(|entry| self.hide_secrets(&entry.node));
            }
            Value::List(items) => items.iter().for_each(|item| self.hide_secrets(item)),
            _ => {}
        }
    }

    /// A name that can be a folder.
    pub(super) fn name_of(&mut self, node: &Node, what: &str) -> Option<String> {
        match node.as_text() {
            Some(text) if is_safe_name(text) => Some(text.to_owned()),
            Some(_) => {
                self.wrong(node, what, &ValueKind::Name.describe());
                None
            }
            None => {
                let message = format!("`{what}`: found {}, expected a name", node.describe());
                let problem = ProblemBuilder::new(node.span, message, "expected a name");
                let quotable = matches!(node.value, Value::Whole(_) | Value::Number(_) | Value::Bool(_));
                self.report(if quotable { problem.help("put it in quotes if it is a name") } else { problem });
                None
            }
        }
    }

    /// One of the words that the kind allows; `what` is the key.
    pub(super) fn choice_of(
        &mut self,
        node: &Node,
        what: &str,
        words: &'static [&'static str],
    ) -> Option<&'static str> {
        let Some(text) = node.as_text() else {
            self.wrong(node, what, &ValueKind::Choice(words).describe());
            return None;
        };
        let found = words.iter().copied().find(|word| *word == text);
        if found.is_none() {
            let message =
                format!("`{what}`: found {}, expected {}", node.describe(), ValueKind::Choice(words).describe());
            let problem = ProblemBuilder::new(node.span, message, "not available");
            self.report(problem.help(suggest::name_help(text, words)));
        }
        found
    }

    /// The items of a list that must not be empty. A problem is shown at the list, or at its key when it is empty.
    pub(super) fn list<'n>(&mut self, section: &Section<'n>, key: &str) -> &'n [Node] {
        let Some(node) = self.required(section, key) else {
            return &[];
        };
        let path = section.path_of(key);
        match &node.value {
            Value::List(items) if items.is_empty() => {
                let span = section.key_span(key).unwrap_or(node.span);
                let message = format!("the grid is empty: `{path}` has no entries");
                self.report(
                    ProblemBuilder::new(span, message, "empty").help(format!("name at least one of the {path}")),
                );
                &[]
            }
            Value::List(items) => items,
            _ => {
                self.wrong(node, &path, &ValueKind::List.describe());
                &[]
            }
        }
    }
}

/// Whether the text can safely name a folder on every system.
pub(crate) fn is_safe_name(text: &str) -> bool {
    let allowed = |character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | '-');
    text.len() <= 100 && text.chars().all(allowed) && text.starts_with(|first: char| first.is_ascii_alphanumeric())
}
