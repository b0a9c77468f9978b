//! YAML as a tree in which every key and value knows its place.
//!
//! A derived `Deserialize` would stop at the first problem and could not say whether a value came from the file or from
//! an override. So the text becomes this tree, overrides edit the tree, and one reader turns it into a plan.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::options::{DuplicateKeyPolicy, NonFiniteFloatPolicy};
use serde_saphyr::{Location, Spanned};

use super::error::ProblemBuilder;
use super::source::Span;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    /// The value.
    pub(super) value: Value,
    /// Its place; of a list or map, where it begins.
    pub(super) span: Span,
}

/// What YAML can hold.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// Nothing: an empty value, `null` or `~`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Whole(i128),
    /// Any other number.
    Number(f64),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A map, in the order written. A key may stand twice; the reader reports it.
    Map(Vec<Entry>),
}

/// A key and its value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    /// The key.
    pub(super) key: String,
    /// Where the key stands.
    pub(super) key_span: Span,
    /// The value.
    pub(super) node: Node,
}

impl Node {
    /// The value in words, for "found ...".
    pub(super) fn describe(&self) -> String {
        match &self.value {
            Value::Null => "nothing".to_owned(),
            Value::Bool(value) => format!("`{value}`"),
            Value::Whole(value) => format!("the number {value}"),
            Value::Number(value) => format!("the number {value:?}"),
            Value::Text(text) if text.chars().count() > 40 => "a long text".to_owned(),
            Value::Text(text) => format!("the text {text:?}"),
            Value::List(items) if items.is_empty() => "an empty list".to_owned(),
            Value::List(_) => "a list".to_owned(),
            Value::Map(_) => "a map of keys and values".to_owned(),
        }
    }

    /// The text, if it is one.
    pub(super) fn as_text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// Parses `text`, which stands at byte `shift` of source number `source`.
pub(super) fn parse(text: &str, source: usize, shift: usize) -> Result<Node, ProblemBuilder> {
    let options = serde_saphyr::options! {
        // A config needs 6 levels; every level of the reader costs tens of kilobytes of stack.
        budget: serde_saphyr::budget! { max_depth: 16, max_nodes: 50_000, max_total_scalar_bytes: 1 << 20 },
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        non_finite_float_policy: NonFiniteFloatPolicy::PassThrough,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        strict_booleans: true,
        with_snippet: false,
    };
    let origin = Origin { source, shift };
    match serde_saphyr::from_str_with_options::<Raw>(text, options) {
        Ok(raw) => Ok(origin.node(raw)),
        Err(error) => Err(origin.syntax_problem(text, &error)),
    }
}

/// Where a parsed text stands.
#[derive(Debug, Clone, Copy)]
struct Origin {
    source: usize,
    shift: usize,
}

impl Origin {
    fn span(self, location: Location) -> Span {
        let span = location.span();
        let count = |bytes: Option<u64>| usize::try_from(bytes.unwrap_or(0)).unwrap_or(0);
        Span { source: self.source, start: self.shift + count(span.byte_offset()), length: count(span.byte_len()) }
    }

    fn node(self, raw: Raw) -> Node {
        // An alias is shown where it is used: that is the line the reader has to change.
        let span = self.span(raw.0.referenced);
        let value = match raw.0.value {
            RawValue::Null => Value::Null,
            RawValue::Bool(value) => Value::Bool(value),
            RawValue::Whole(value) => Value::Whole(value),
            RawValue::Number(value) => Value::Number(value),
            RawValue::Text(text) => Value::Text(text),
            RawValue::List(items) => Value::List(items.into_iter().map(|item| self.node(item)).collect()),
            RawValue::Map(entries) => Value::Map(entries.into_iter().map(|entry| self.entry(entry)).collect()),
        };
        Node { value, span }
    }

    fn entry(self, (key, value): (Spanned<String>, Raw)) -> Entry {
        Entry { key_span: self.span(key.referenced), key: key.value, node: self.node(value) }
    }

    fn syntax_problem(self, text: &str, error: &serde_saphyr::Error) -> ProblemBuilder {
        let location = error.location();
        let mut span = location.map_or(Span { source: self.source, start: self.shift, length: 0 }, |l| self.span(l));
        // Some errors carry a line and column but no byte offset.
        if let Some(location) = location.filter(|l| l.span().byte_offset().is_none()) {
            span.start = self.shift + byte_of(text, location);
        }
        if let Some(tab) = tab_in_indentation(text, span.start.saturating_sub(self.shift)) {
            let span = Span { source: self.source, start: self.shift + tab, length: 1 };
            return ProblemBuilder::new(span, "found a tab in the indentation, expected spaces", "this is a tab")
                .help("YAML indents with spaces only: replace each tab by two spaces");
        }
        match error.without_snippet() {
            serde_saphyr::Error::MultipleDocuments { .. } => {
                ProblemBuilder::new(span, "found a second YAML document, expected one experiment", "begins here")
                    .help("keep one experiment per file, without `---` between")
            }
            serde_saphyr::Error::UnknownAnchor { .. } => {
                ProblemBuilder::new(span, "found an alias for which no anchor was set before", "unknown alias")
                    .help("`*name` repeats what `&name` marked further up; put the text in quotes if no alias is meant")
            }
            other => {
                let rendered = other.to_string();
                // Line and column are shown with the snippet; the message need not repeat them.
                let message = rendered.split(" at line ").next().unwrap_or(&rendered).trim();
                ProblemBuilder::new(span, format!("this is not valid YAML: {message}"), "here")
                    .help("check indentation, quotes, brackets and the space after each colon around this place")
            }
        }
    }
}

/// The byte at a line and column.
fn byte_of(text: &str, location: Location) -> usize {
    let before = |number: u64| usize::try_from(number.saturating_sub(1)).unwrap_or(0);
    let mut lines = text.split_inclusive('\n');
    let start: usize = lines.by_ref().take(before(location.line())).map(str::len).sum();
    let column: usize =
        lines.next().unwrap_or_default().chars().take(before(location.column())).map(char::len_utf8).sum();
    start + column
}

/// A tab that indents the line of byte `near`, one of the two lines before it, or the next: the scanner notices some
/// tabs early and some late.
fn tab_in_indentation(text: &str, near: usize) -> Option<usize> {
    let number = text[..near.min(text.len())].matches('\n').count();
    let mut start = 0;
    let lines = text.split_inclusive('\n').map(|line| {
        start += line.len();
        (start - line.len(), line)
    });
    let first = number.saturating_sub(2);
    lines.skip(first).take(number + 2 - first).find_map(|(start, line)| {
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        line[..indent].find('\t').map(|tab| start + tab)
    })
}

/// The deserialised form, before byte offsets are known to belong to one of several texts.
#[derive(Debug)]
struct Raw(Spanned<RawValue>);

#[derive(Debug)]
enum RawValue {
    Null,
    Bool(bool),
    Whole(i128),
    Number(f64),
    Text(String),
    List(Vec<Raw>),
    Map(Vec<(Spanned<String>, Raw)>),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Spanned::deserialize(deserializer).map(Self)
    }
}

impl<'de> Deserialize<'de> for RawValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = RawValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any YAML value")
    }

    fn visit_unit<E>(self) -> Result<RawValue, E> {
        Ok(RawValue::Null)
    }

    fn visit_none<E>(self) -> Result<RawValue, E> {
        Ok(RawValue::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<RawValue, E> {
        Ok(RawValue::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<RawValue, E> {
        Ok(RawValue::Whole(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<RawValue, E> {
        Ok(RawValue::Whole(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<RawValue, E> {
        Ok(RawValue::Number(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<RawValue, E> {
        Ok(RawValue::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<RawValue, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(RawValue::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<RawValue, A::Error> {
        let mut map = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            map.push(entry);
        }
        Ok(RawValue::Map(map))
    }
}
