//! Entries of `methods` -> configurations: a list in a parameter becomes one configuration per value.

use markovscale::DrawMode;
use markovscale::methods::config::{MarkovScaleConfig, MethodConfig, Select, StopRule};

use super::decode::Placed;
use super::error::Draft;
use super::reader::{Reader, Section};
use super::schema::{self, METHODS, MethodSpec, ParameterSpec, Setting, ValueKind};
use super::tree::{Entry, Node, Value};

/// Most configurations that one entry may expand to: more is a slip, and no table could show them.
const MOST_CONFIGURATIONS: usize = 1_000;

/// Reads every entry, in the order written. Within an entry the parameter written first varies slowest.
pub(super) fn read(reader: &mut Reader, top: &Section<'_>) -> Vec<Placed<MethodConfig>> {
    let items = reader.list(top, "methods");
    items.iter().flat_map(|item| entry(reader, item)).collect()
}

fn entry(reader: &mut Reader, item: &Node) -> Vec<Placed<MethodConfig>> {
    let (name, place, parameters) = match &item.value {
        Value::Text(name) => (name, item.place, None),
        Value::Map(entries) => match entries.as_slice() {
            [only] => (&only.key, only.key_place, Some(&only.node)),
            _ => {
                let message = format!("found a map of {} keys, expected one method with its parameters", entries.len());
                let help = "write `{name: {parameter: value}}`, or indent the parameters below the method's name";
                reader.report(Draft::new(item.place, message, "one method here").help(help));
                return Vec::new();
            }
        },
        _ => {
            reader.wrong(item, "methods[]", "a method's name, or a map such as `{markovscale: {stop: gate}}`");
            return Vec::new();
        }
    };
    let Some(spec) = schema::method(name) else {
        let known: Vec<&str> = METHODS.iter().map(|method| method.name).collect();
        let problem = Draft::new(place, format!("no method is called `{name}`"), "unknown method");
        reader.report(problem.help(schema::name_help(name, &known)));
        return Vec::new();
    };
    let Some(assignments) = assignments(reader, spec, parameters) else {
        return Vec::new();
    };
    assignments.iter().filter_map(|settings| Some((build(spec, settings)?, place))).collect()
}

type Settings = Vec<(&'static str, Setting)>;

/// Every combination of the parameters' values; `None` when a problem was reported.
fn assignments(reader: &mut Reader, spec: &MethodSpec, parameters: Option<&Node>) -> Option<Vec<Settings>> {
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
            reader.report(Draft::new(entry.key_place, message, "too many combinations").help("shorten the lists"));
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
        reader.report(Draft::new(entry.key_place, message, "empty").help("give a value, or leave the parameter out"));
    }
    let mut found: Vec<Placed<Setting>> = Vec::new();
    for item in items {
        let Some(value) = setting(reader, &what, parameter, item) else { continue };
        if let Some((_, first)) = found.iter().find(|(earlier, _)| *earlier == value) {
            let message = format!("`{what}` has the value `{value}` twice");
            reader.report(Draft::new(item.place, message, "given again here").also(*first, "first given here"));
        } else {
            found.push((value, item.place));
        }
    }
    found.into_iter().map(|(value, _)| value).collect()
}

fn setting(reader: &mut Reader, what: &str, parameter: &ParameterSpec, node: &Node) -> Option<Setting> {
    match parameter.value {
        ValueKind::Choice(words) => reader.choice_of(node, what, words).map(Setting::Word),
        ValueKind::Whole { .. } => {
            let value = reader.whole_of(node, what, parameter.value)?;
            u32::try_from(value).ok().map(Setting::Whole)
        }
        ValueKind::Flag => match node.value {
            Value::Bool(flag) => Some(Setting::Flag(flag)),
            _ => {
                reader.wrong(node, what, &parameter.value.describe());
                None
            }
        },
        _ => reader.number_of(node, what, parameter.value).map(Setting::Number),
    }
}

/// The configuration of these settings; parameters left out have their defaults. `None` for a method that the table has
/// and this function does not (a test rules that out).
fn build(spec: &MethodSpec, settings: &[(&'static str, Setting)]) -> Option<MethodConfig> {
    let get = |name: &str| {
        let given = settings.iter().find(|(parameter, _)| *parameter == name).map(|(_, setting)| *setting);
        given.or_else(|| spec.parameters.iter().find(|parameter| parameter.name == name).map(|p| p.default))
    };
    let word = |name: &str| match get(name) {
        Some(Setting::Word(word)) => Some(word),
        _ => None,
    };
    let number = |name: &str| match get(name) {
        Some(Setting::Number(number)) => Some(number),
        _ => None,
    };
    let whole = |name: &str| match get(name) {
        Some(Setting::Whole(number)) => Some(number),
        _ => None,
    };
    match spec.name {
        "single" => Some(MethodConfig::Single),
        "self_consistency" => Some(MethodConfig::SelfConsistency),
        "best_of_n" => Some(MethodConfig::BestOfN),
        "mr_thinking" => Some(MethodConfig::MrThinking),
        "oracle" => Some(MethodConfig::Oracle {
            draws: match word("draws")? {
                "sequential" => DrawMode::Sequential,
                _ => DrawMode::Parallel,
            },
        }),
        "markovscale" => Some(MethodConfig::MarkovScale(MarkovScaleConfig {
            stop: match word("stop")? {
                "map" => StopRule::Map,
                _ => StopRule::Gate,
            },
            select: match word("select")? {
                "last" => Select::Last,
                "best_score" => Select::BestScore,
                _ => Select::Posterior,
            },
            epsilon: number("epsilon")?,
            price: number("price")?,
            min_answers: whole("min_answers")?,
        })),
        _ => None,
    }
}

/// The inverse of [`build`]: the method's name and every parameter.
pub(super) fn settings(config: &MethodConfig) -> (&'static str, Settings) {
    let settings = match config {
        MethodConfig::Single | MethodConfig::SelfConsistency | MethodConfig::BestOfN | MethodConfig::MrThinking => {
            Vec::new()
        }
        MethodConfig::Oracle { draws } => vec![("draws", Setting::Word(draws.name()))],
        MethodConfig::MarkovScale(config) => vec![
            ("stop", Setting::Word(config.stop.name())),
            ("select", Setting::Word(config.select.name())),
            ("epsilon", Setting::Number(config.epsilon)),
            ("price", Setting::Number(config.price)),
            ("min_answers", Setting::Whole(config.min_answers)),
        ],
    };
    (config.name(), settings)
}

/// Whether a configuration cannot work without verifier scores.
pub(super) fn needs_scores(config: &MethodConfig) -> bool {
    match config {
        MethodConfig::BestOfN => true,
        MethodConfig::MarkovScale(config) => config.select == Select::BestScore,
        _ => false,
    }
}

/// Whether a configuration wants each question's difficulty as the backbone rates it. No method of this version does.
pub(super) fn needs_judge(_config: &MethodConfig) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_of_the_table_can_be_built_from_its_defaults_and_told_apart_again() {
        for spec in METHODS {
            let config = build(spec, &[]).unwrap_or_else(|| panic!("`{}` is in the table only", spec.name));
            let (name, settings) = settings(&config);
            assert_eq!(name, spec.name);
            let defaults: Settings =
                spec.parameters.iter().map(|parameter| (parameter.name, parameter.default)).collect();
            assert_eq!(settings, defaults);
            if let Some(mode) = spec.draws {
                assert_eq!(config.draws(), mode, "{name}");
            }
        }
    }

    #[test]
    fn every_word_of_every_parameter_has_a_meaning_of_its_own() {
        for spec in METHODS {
            for parameter in spec.parameters {
                let ValueKind::Choice(words) = parameter.value else { continue };
                for word in words {
                    let given = (parameter.name, Setting::Word(word));
                    let (_, back) = settings(&build(spec, &[given]).expect("built"));
                    assert!(back.contains(&given), "{}.{}: {word}", spec.name, parameter.name);
                }
            }
        }
    }
}
