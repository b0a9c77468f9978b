//! Entries of `methods` -> configurations: a list in a parameter becomes one configuration per value.

use markovscale::{METHODS, MethodConfig, MethodSpec, ParameterKind, ParameterSpec, Setting};

use super::error::ProblemBuilder;
use super::reader::{Reader, Section};
use super::schema::ValueKind;
use super::source::Spanned;
use super::tree::{Entry, Node, Value};
use crate::suggest;

/// Most configurations that one entry may expand to: more is a slip, and no table could show them.
const MOST_CONFIGURATIONS: usize = 1_000;

/// Reads every entry, in the order written. Within an entry the parameter written first varies slowest.
pub(super) fn read(reader: &mut Reader, top: &Section<'_>) -> Vec<Spanned<MethodConfig>> {
    let items = reader.list(top, "methods");
    items.iter().flat_map(|item| entry(reader, item)).collect()
}

fn entry(reader: &mut Reader, item: &Node) -> Vec<Spanned<MethodConfig>> {
    let (name, span, parameters) = match &item.value {
        Value::Text(name) => (name, item.span, None),
        Value::Map(entries) => match entries.as_slice() {
            [only] => (&only.key, only.key_span, Some(&only.node)),
            _ => {
                let message = format!("found a map of {} keys, expected one method with its parameters", entries.len());
                let help = "write `{name: {parameter: value}}`, or indent the parameters below the method's name";
                reader.report(ProblemBuilder::new(item.span, message, "one method here").help(help));
                return Vec::new();
            }
        },
        _ => {
            reader.wrong(item, "methods[]", "a method's name, or a map such as `{markovscale: {stop: gate}}`");
            return Vec::new();
        }
    };
    let Some(spec) = METHODS.iter().copied().find(|spec| spec.name == *name) else {
        let known: Vec<&str> = METHODS.iter().map(|method| method.name).collect();
        let problem = ProblemBuilder::new(span, format!("no method is called `{name}`"), "unknown method");
        reader.report(problem.help(suggest::name_help(name, &known)));
        return Vec::new();
    };
    let Some(assignments) = assignments(reader, spec, parameters) else {
        return Vec::new();
    };
    let mut configs = Vec::with_capacity(assignments.len());
    for settings in assignments {
        match MethodConfig::new(spec, settings) {
            Ok(config) => configs.push((config, span)),
            Err(error) => reader.report(ProblemBuilder::new(span, error.to_string(), "not a configuration")),
        }
    }
    configs
}

pub(crate) type Settings = Vec<(&'static str, Setting)>;

/// Every combination of the parameters' values; `None` when a problem was reported.
fn assignments(reader: &mut Reader, spec: &'static MethodSpec, parameters: Option<&Node>) -> Option<Vec<Settings>> {
    let mut combinations: Vec<Settings> = vec![Vec::new()];
    let entries = match parameters {
        None => return Some(combinations),
        // `- markovscale:` with nothing below it.
        Some(Node { value: Value::Null, .. }) => return Some(combinations),
        Some(Node { value: Value::Map(entries), .. }) => entries,
        Some(node) => {
            reader.wrong(node, spec.name, "a map of parameters");
            return None;
        }
    };
    let names: Vec<&str> = spec.parameters.iter().map(|parameter| parameter.name).collect();
    let problems = reader.problems.len();
    reader.check_keys(entries, spec.name, &names);
    for entry in entries {
        let Some(parameter) = spec.parameters.iter().find(|parameter| parameter.name == entry.key) else { continue };
        let values = values(reader, spec, parameter, entry);
        if values.len().saturating_mul(combinations.len()) > MOST_CONFIGURATIONS {
            let message = format!("`{}` expands to more than {MOST_CONFIGURATIONS} configurations", spec.name);
            reader.report(
                ProblemBuilder::new(entry.key_span, message, "too many combinations").help("shorten the lists"),
            );
            return None;
        }
        combinations = combinations
            .iter()
            .flat_map(|settings| {
                values.iter().map(|value| {
                    let mut longer = settings.clone();
                    longer.push((parameter.name, *value));
                    longer
                })
            })
            .collect();
    }
    (reader.problems.len() == problems).then_some(combinations)
}

/// The values of one parameter: one, or those of a list. A value that stands twice is a problem.
fn values(reader: &mut Reader, spec: &MethodSpec, parameter: &ParameterSpec, entry: &Entry) -> Vec<Setting> {
    let what = format!("{}.{}", spec.name, parameter.name);
    let Value::List(items) = &entry.node.value else {
        return setting(reader, &what, parameter, &entry.node).into_iter().collect();
    };
    if items.is_empty() {
        let message = format!("the grid is empty: `{what}` has no values");
        reader.report(
            ProblemBuilder::new(entry.key_span, message, "empty").help("give a value, or leave the parameter out"),
        );
    }
    let mut found: Vec<Spanned<Setting>> = Vec::new();
    for item in items {
        let Some(value) = setting(reader, &what, parameter, item) else { continue };
        if let Some((_, first)) = found.iter().find(|(earlier, _)| *earlier == value) {
            let message = format!("`{what}` has the value `{value}` twice");
            reader.report(ProblemBuilder::new(item.span, message, "given again here").also(*first, "first given here"));
        } else {
            found.push((value, item.span));
        }
    }
    found.into_iter().map(|(value, _)| value).collect()
}

fn setting(reader: &mut Reader, what: &str, parameter: &ParameterSpec, node: &Node) -> Option<Setting> {
    let kind = ValueKind::from(parameter.kind);
    match parameter.kind {
        ParameterKind::Words(words) => reader.choice_of(node, what, words).map(Setting::Word),
        ParameterKind::Whole { .. } => {
            let value = reader.whole_of(node, what, kind)?;
            u32::try_from(value).ok().map(Setting::Whole)
        }
        ParameterKind::Flag => reader.flag_of(node, what).map(Setting::Flag),
        ParameterKind::Number { .. } => reader.number_of(node, what, kind).map(Setting::Number),
    }
}
