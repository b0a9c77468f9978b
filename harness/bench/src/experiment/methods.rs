//! Entries of `methods` -> configurations: a list in a parameter becomes one configuration per value.

use markovscale::methods::config::{MarkovScaleConfig, MethodConfig, Select, StopRule};
use markovscale::{
    AdaptiveConfig, BestOfNConfig, Criterion, DifficultyAdaptiveConfig, DifficultySource, DrawMode,
    EarlyStoppingConfig, OptScaleConfig, PriorSource, SelfConsistencyConfig, Setting, SettingsSource,
    WeightedSelfConsistencyConfig,
};

use super::decode::Placed;
use super::error::Draft;
use super::reader::{Reader, Section};
use super::schema::{self, METHODS, MethodSpec, ParameterSpec, ValueKind};
use super::tree::{Entry, Node, Value};
use crate::suggest;

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
        reader.report(problem.help(suggest::name_help(name, &known)));
        return Vec::new();
    };
    let Some(assignments) = assignments(reader, spec, parameters) else {
        return Vec::new();
    };
    assignments.iter().filter_map(|settings| Some((build(spec, settings)?, place))).collect()
}

pub(crate) type Settings = Vec<(&'static str, Setting)>;

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
        ValueKind::Flag => reader.flag_of(node, what).map(Setting::Flag),
        _ => reader.number_of(node, what, parameter.value).map(Setting::Number),
    }
}

/// The configuration of these settings; parameters left out have their defaults. `None` for a method that the table has
/// and this function does not (a test rules that out).
fn build(spec: &MethodSpec, settings: &[(&'static str, Setting)]) -> Option<MethodConfig> {
    let given = Given { spec, settings };
    let (word, number, whole) =
        (|name: &str| given.word(name), |name: &str| given.number(name), |name: &str| given.whole(name));
    match spec.name {
        "single" => Some(MethodConfig::Single),
        "best_of_n" => Some(MethodConfig::BestOfN(BestOfNConfig { legacy: given.flag("legacy")? })),
        "mr_thinking" => Some(MethodConfig::MrThinking),
        "self_refine" => Some(MethodConfig::SelfRefine),
        "budget_forcing" => Some(MethodConfig::BudgetForcing),
        "optscale" => Some(MethodConfig::OptScale(OptScaleConfig {
            prior: match word("prior")? {
                "fitted" => PriorSource::Fitted,
                _ => PriorSource::None,
            },
            settings: match word("settings")? {
                "tuned" => SettingsSource::Tuned,
                _ => SettingsSource::Fixed,
            },
            q: number("q")?,
            target: number("target")?,
            legacy: given.flag("legacy")?,
        })),
        "oracle" => {
            let draws = word("draws")?;
            let draws = DrawMode::ALL.into_iter().find(|mode| mode.name() == draws)?;
            Some(MethodConfig::Oracle { draws })
        }
        "markovscale" => Some(MethodConfig::MarkovScale(MarkovScaleConfig {
            stop: match word("stop")? {
                "gate" => StopRule::Gate,
                "zero" => StopRule::Zero,
                "confidence" => StopRule::Confidence,
                "optimal" => StopRule::Optimal,
                _ => StopRule::Map,
            },
            select: match word("select")? {
                "last" => Select::Last,
                "best_score" => Select::BestScore,
                _ => Select::Posterior,
            },
            draws: match word("draws")? {
                "parallel" => DrawMode::Parallel,
                _ => DrawMode::Sequential,
            },
            epsilon: number("epsilon")?,
            price: number("price")?,
            confidence: number("confidence")?,
            min_answers: whole("min_answers")?,
            scores: given.flag("scores")?,
        })),
        _ => build_vote(&given),
    }
}

/// The same for the methods that take a vote.
fn build_vote(given: &Given<'_>) -> Option<MethodConfig> {
    let legacy = given.flag("legacy")?;
    match given.spec.name {
        "self_consistency" => Some(MethodConfig::SelfConsistency(SelfConsistencyConfig { legacy })),
        "weighted_self_consistency" => {
            Some(MethodConfig::WeightedSelfConsistency(WeightedSelfConsistencyConfig { legacy }))
        }
        "early_stopping_sc" => {
            Some(MethodConfig::EarlyStoppingSc(EarlyStoppingConfig { window: given.whole("window")?, legacy }))
        }
        "adaptive_sc" => Some(MethodConfig::AdaptiveSc(AdaptiveConfig {
            criterion: match given.word("criterion")? {
                "dirichlet" => Criterion::Dirichlet,
                _ => Criterion::Beta,
            },
            confidence: given.number("confidence")?,
            legacy,
        })),
        "difficulty_adaptive_sc" => Some(MethodConfig::DifficultyAdaptiveSc(DifficultyAdaptiveConfig {
            difficulty: match given.word("difficulty")? {
                "dataset_level" => DifficultySource::DatasetLevel,
                "first_score" => DifficultySource::FirstScore,
                _ => DifficultySource::Judge,
            },
            judge_window: given.whole("judge_window")?,
            extend_window: given.whole("extend_window")?,
            confidence: given.number("confidence")?,
            legacy,
        })),
        _ => None,
    }
}

/// A method's parameters: as given, or their defaults.
struct Given<'a> {
    spec: &'a MethodSpec,
    settings: &'a [(&'static str, Setting)],
}

impl Given<'_> {
    fn get(&self, name: &str) -> Option<Setting> {
        let given = self.settings.iter().find(|(parameter, _)| *parameter == name).map(|(_, setting)| *setting);
        given.or_else(|| self.spec.parameters.iter().find(|parameter| parameter.name == name).map(|p| p.default))
    }

    fn word(&self, name: &str) -> Option<&'static str> {
        match self.get(name) {
            Some(Setting::Word(word)) => Some(word),
            _ => None,
        }
    }

    fn number(&self, name: &str) -> Option<f64> {
        match self.get(name) {
            Some(Setting::Number(number)) => Some(number),
            _ => None,
        }
    }

    fn whole(&self, name: &str) -> Option<u32> {
        match self.get(name) {
            Some(Setting::Whole(number)) => Some(number),
            _ => None,
        }
    }

    fn flag(&self, name: &str) -> Option<bool> {
        match self.get(name) {
            Some(Setting::Flag(flag)) => Some(flag),
            _ => None,
        }
    }
}

/// Whether a configuration cannot work without verifier scores.
pub(crate) fn needs_scores(config: &MethodConfig) -> bool {
    match config {
        MethodConfig::BestOfN(_) | MethodConfig::WeightedSelfConsistency(_) | MethodConfig::OptScale(_) => true,
        MethodConfig::DifficultyAdaptiveSc(config) => config.difficulty == DifficultySource::FirstScore,
        MethodConfig::MarkovScale(config) => config.select == Select::BestScore,
        _ => false,
    }
}

/// Whether a configuration ranks questions by the backbone's own rating, which is then drawn.
pub(super) fn needs_judge(config: &MethodConfig) -> bool {
    matches!(config, MethodConfig::DifficultyAdaptiveSc(config) if config.difficulty == DifficultySource::Judge)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_of_the_table_can_be_built_from_its_defaults_and_told_apart_again() {
        for spec in METHODS {
            let config = build(spec, &[]).unwrap_or_else(|| panic!("`{}` is in the table only", spec.name));
            assert_eq!(config.name(), spec.name);
            let defaults: Settings =
                spec.parameters.iter().map(|parameter| (parameter.name, parameter.default)).collect();
            assert_eq!(config.settings().collect::<Settings>(), defaults);
            if let Some(mode) = spec.draws {
                assert_eq!(config.draws(), mode, "{}", spec.name);
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
                    let mut back = build(spec, &[given]).expect("built").settings();
                    assert!(back.any(|setting| setting == given), "{}.{}: {word}", spec.name, parameter.name);
                }
            }
        }
    }
}
