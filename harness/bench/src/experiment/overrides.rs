//! `--set path=value`: edits of the tree before it is read, so that an override is checked like the file.

use super::error::ProblemBuilder;
use super::secret;
use super::source::{Sources, Span};
use super::tree::{self, Entry, Node, Value};
use crate::suggest;

/// What an override is called in error messages, and what stands before it in their snippets.
const SOURCE_NAME: &str = "command line";
const PREFIX: &str = "--set ";

/// Applies one override, given as `path=value`.
pub(super) fn apply(root: &mut Node, text: &str, sources: &mut Sources) -> Result<(), ProblemBuilder> {
    let source = sources.add(SOURCE_NAME, &format!("{PREFIX}{text}"));
    let all = Span { source, start: PREFIX.len(), length: text.len() };
    let Some((path, value)) = text.split_once('=') else {
        let problem = ProblemBuilder::new(all, "found no `=` in the override, expected `path=value`", "no value");
        return Err(problem.help("for example `--set pool.parallel=8`"));
    };
    let mut segments = Vec::new();
    let mut start = PREFIX.len();
    for segment in path.split('.') {
        let span = Span { source, start, length: segment.len() };
        if segment.trim().is_empty() {
            return Err(ProblemBuilder::new(
                span,
                "found an empty step in the path of the override",
                "a name is missing here",
            )
            .help("steps are keys, names or indices separated by single dots, as in `backbones.0.profile`"));
        }
        segments.push(Segment { name: segment.trim(), span });
        start += segment.len() + 1;
    }
    let shift = PREFIX.len() + path.len() + 1;
    if segments.iter().any(|segment| secret::is_secret_key(segment.name)) {
        sources.hide(Span { source, start: shift, length: value.len() });
    }
    let mut value = tree::parse(value, source, shift)?;
    if value.value == Value::Null {
        // An empty value has no place of its own.
        value.span = Span { source, start: shift.saturating_sub(1), length: 1 };
    }
    set(root, "", &segments, value)
}

/// One step of an override's path.
#[derive(Debug, Clone, Copy)]
struct Segment<'a> {
    name: &'a str,
    span: Span,
}

/// Puts `value` at the end of the path below `node`, which stands at `path` of the schema.
fn set(node: &mut Node, path: &str, segments: &[Segment<'_>], value: Node) -> Result<(), ProblemBuilder> {
    let Some((first, rest)) = segments.split_first() else {
        *node = value;
        return Ok(());
    };
    spell_out(node, path, first.span);
    match &mut node.value {
        Value::Map(entries) => {
            let below = if path.is_empty() { first.name.to_owned() } else { format!("{path}.{}", first.name) };
            let index = entries.iter().position(|entry| entry.key == first.name).unwrap_or_else(|| {
                let node = Node { value: Value::Map(Vec::new()), span: first.span };
                entries.push(Entry { key: first.name.to_owned(), key_span: first.span, node });
                entries.len() - 1
            });
            match entries.get_mut(index) {
                Some(entry) => set(&mut entry.node, &below, rest, value),
                None => Ok(()),
            }
        }
        Value::List(items) => {
            let (index, used) = find(items, path, segments)?;
            let item_path = format!("{path}[]");
            match items.get_mut(index) {
                Some(item) => set_item(item, &item_path, first, &segments[used..], value),
                None => Ok(()),
            }
        }
        _ => {
            let message = format!("`{path}` is {} and has no `{}`", node.describe(), first.name);
            Err(ProblemBuilder::new(first.span, message, "nothing below this").help(format!("set `{path}` itself")))
        }
    }
}

/// As [`set`] below an item of a list. A method that was found by its name is left out of the path: its parameters
/// follow.
fn set_item(
    item: &mut Node,
    path: &str,
    found_by: &Segment<'_>,
    rest: &[Segment<'_>],
    value: Node,
) -> Result<(), ProblemBuilder> {
    let by_name = found_by.name.parse::<usize>().is_err();
    if path != "methods[]" || !by_name || rest.is_empty() {
        return set(item, path, rest, value);
    }
    spell_out(item, path, found_by.span);
    match &mut item.value {
        Value::Map(entries) if entries.len() == 1 => {
            let entry = &mut entries[0];
            if entry.node.value == Value::Null {
                entry.node.value = Value::Map(Vec::new());
            }
            let below = format!("{path}.{}", entry.key);
            set(&mut entry.node, &below, rest, value)
        }
        _ => set(item, path, rest, value),
    }
}

/// Turns a short form into the map it stands for, so that a key of it can be set.
fn spell_out(node: &mut Node, path: &str, span: Span) {
    let entry = |key: &str, key_span: Span, value: Value, span: Span| {
        Value::Map(vec![Entry { key: key.to_owned(), key_span, node: Node { value, span } }])
    };
    let here = node.span;
    node.value = match std::mem::replace(&mut node.value, Value::Null) {
        Value::Text(name) if path == "datasets[]" => entry("name", here, Value::Text(name), here),
        Value::Text(kind) if path == "verifier" => entry("kind", here, Value::Text(kind), here),
        Value::Text(name) if path == "methods[]" => entry(&name, here, Value::Map(Vec::new()), span),
        Value::Null => Value::Map(Vec::new()),
        other => other,
    };
}

/// The item that the first steps name, by index or by name, and how many steps that took: a name may contain dots.
fn find(items: &[Node], path: &str, segments: &[Segment<'_>]) -> Result<(usize, usize), ProblemBuilder> {
    let names: Vec<Option<&str>> = items.iter().map(item_name).collect();
    for used in (1..=segments.len()).rev() {
        let joined = segments[..used].iter().map(|segment| segment.name).collect::<Vec<_>>().join(".");
        let matching: Vec<usize> = (0..items.len()).filter(|index| names[*index] == Some(joined.as_str())).collect();
        match matching.as_slice() {
            [] => {}
            [only] => return Ok((*only, used)),
            several => {
                let indices: Vec<String> = several.iter().map(|index| format!("`{path}.{index}`")).collect();
                let message = format!("`{joined}` stands {} times in `{path}`", several.len());
                let problem = ProblemBuilder::new(segments[0].span, message, "which one?");
                return Err(problem.help(format!("choose by index: {}", indices.join(", "))));
            }
        }
    }
    let first = segments[0];
    if let Ok(index) = first.name.parse::<usize>() {
        if index < items.len() {
            return Ok((index, 1));
        }
        let message = format!("`{path}` has {} entries, so there is no `{path}.{index}`", items.len());
        let help = match items.len() {
            0 => format!("set the whole list: `--set {path}=[...]`"),
            count => format!("indices go from 0 to {}", count - 1),
        };
        return Err(ProblemBuilder::new(first.span, message, "no such entry").help(help));
    }
    let known: Vec<&str> = names.into_iter().flatten().collect();
    let message = format!("`{path}` has no entry called `{}`", first.name);
    let help = format!("{}; or use an index from 0", suggest::name_help(first.name, &known));
    Err(ProblemBuilder::new(first.span, message, "no such entry").help(help))
}

/// What an item of a list is called: itself, its `name`, or its only key.
fn item_name(item: &Node) -> Option<&str> {
    match &item.value {
        Value::Text(name) => Some(name),
        Value::Map(entries) => match entries.iter().find(|entry| entry.key == "name") {
            Some(name) => name.node.as_text(),
            None => match entries.as_slice() {
                [only] => Some(&only.key),
                _ => None,
            },
        },
        _ => None,
    }
}
