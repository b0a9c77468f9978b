//! Checks between parts of a config.

use std::collections::HashMap;

use markovscale::DrawMode;
use markovscale::{Conflict, MethodConfig};

use super::error::ProblemBuilder;
use super::plan::{BackbonePlan, Pool, Tuning};
use super::reader::Reader;
use super::source::Span;
use super::source::Spanned;
use super::tree::{Node, Value};
use super::verifier::VerifierPlan;

/// Where the value of a key of a map stands.
pub(super) fn value_span(node: &Node, key: &str) -> Option<Span> {
    match &node.value {
        Value::Map(entries) => entries.iter().find(|entry| entry.key == key).map(|entry| entry.node.span),
        _ => None,
    }
}

/// Reports names that stand twice.
pub(super) fn duplicates(reader: &mut Reader, what: &str, items: impl Iterator<Item = Spanned<String>>) {
    let mut seen: HashMap<String, Span> = HashMap::new();
    for (name, span) in items {
        if let Some(first) = seen.get(&name) {
            let problem = ProblemBuilder::new(span, format!("the {what} `{name}` stands twice"), "again here");
            let help = format!("give each {what} once");
            reader.report(problem.also(*first, "first here").help(help));
        } else {
            seen.insert(name, span);
        }
    }
}

/// Reports configurations that are the same after expansion.
pub(super) fn configurations(reader: &mut Reader, methods: &[Spanned<MethodConfig>]) {
    for (index, (config, span)) in methods.iter().enumerate() {
        if let Some((_, first)) = methods[..index].iter().find(|(earlier, _)| earlier == config) {
            let message = format!("the configuration {} stands twice", in_words(config));
            let problem = ProblemBuilder::new(*span, message, "again here").also(*first, "first here");
            reader.report(problem.help("lists of parameters are expanded; take the value out of one of the two"));
        }
    }
}

/// A configuration as the config would write it.
fn in_words(config: &MethodConfig) -> String {
    let name = config.name();
    let settings: Vec<String> = config.settings().map(|(name, value)| format!("{name}: {value}")).collect();
    if settings.is_empty() { format!("`{name}`") } else { format!("`{name}: {{{}}}`", settings.join(", ")) }
}

/// Reports methods that need scores when nobody scores.
pub(super) fn scores(reader: &mut Reader, methods: &[Spanned<MethodConfig>], verifier: &VerifierPlan) {
    if *verifier != VerifierPlan::None {
        return;
    }
    let mut shown: Vec<Span> = Vec::new();
    for (config, span) in methods {
        // One entry may expand to many configurations; one report is enough.
        if config.method().needs_scores() && !shown.contains(span) {
            shown.push(*span);
            let message = format!("{} needs a verifier, and the config has none", in_words(config));
            let help = "add `verifier: simulated`, or leave this configuration out";
            reader.report(ProblemBuilder::new(*span, message, "needs scores").help(help));
        }
    }
}

/// Reports parameters of a method that do not go together.
pub(super) fn conflicts(reader: &mut Reader, methods: &[Spanned<MethodConfig>]) {
    let mut shown: Vec<Span> = Vec::new();
    for (config, span) in methods {
        let Some(Conflict { message, label, help }) = config.method().conflict() else { continue };
        // One entry may expand to many configurations; one report is enough.
        if shown.contains(span) {
            continue;
        }
        shown.push(*span);
        reader.report(ProblemBuilder::new(*span, message, label).help(help));
    }
}

/// Reports a reference that is no configuration of the experiment, or one that is never ranked.
pub(super) fn reference(
    reader: &mut Reader,
    methods: &[Spanned<MethodConfig>],
    tuning: &Tuning,
    (label, span): Spanned<String>,
) {
    match methods.iter().find(|(config, _)| config.label() == label) {
        // Methods that were reported as wrong are missing here; the reference may be one of them.
        None if methods.is_empty() => {}
        None => {
            let ranked = methods.iter().map(|(config, _)| config).filter(|config| tuning.ranks(config));
            let labels: Vec<String> = ranked.map(MethodConfig::label).collect();
            let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
            let message = format!("`replay.reference`: no configuration of this experiment is called `{label}`");
            let problem = ProblemBuilder::new(span, message, "no such configuration");
            reader.report(problem.help(crate::suggest::name_help(&label, &labels)));
        }
        Some((config, _)) if !tuning.ranks(config) => {
            let message = format!("`replay.reference`: `{label}` knows the right answers and is never ranked");
            let problem = ProblemBuilder::new(span, message, "cannot be compared with");
            reader
                .report(problem.help("name a configuration that sees no gold answer of the questions it is scored on"));
        }
        Some(_) => {}
    }
}

/// Reports what cannot decide while draws are made: methods that rank a whole dataset first, methods that are fitted on
/// answers to other questions of the run, and backbones that nothing can be drawn of.
pub(super) fn live(
    reader: &mut Reader,
    methods: &[Spanned<MethodConfig>],
    backbones: &[Spanned<BackbonePlan>],
    tuning: &Tuning,
) {
    let mut shown: Vec<Span> = Vec::new();
    for (config, span) in methods {
        let ranks = config.method().allocation().is_some();
        let fitted = config.needs_calibration() && !matches!(tuning, Tuning::From(_));
        // One entry may expand to many configurations; one report is enough.
        if !(ranks || fitted) || shown.contains(span) {
            continue;
        }
        shown.push(*span);
        let config = in_words(config);
        let problem = if ranks {
            let message =
                format!("{config} ranks all questions of a dataset before it answers one, so it cannot be live");
            ProblemBuilder::new(*span, message, "not live").help("use `collect: pool`, or leave this method out")
        } else {
            let message = format!(
                "{config} is fitted on answers to other questions, and with `collect: live` there are none before it \
                 decides"
            );
            let help = "add `tuning: {from: FILE}` with what another run learned (`markovscale replay` writes it to \
                        RUN/learned), or use `collect: pool`";
            ProblemBuilder::new(*span, message, "nothing to fit it on").help(help)
        };
        reader.report(problem);
    }
    for (backbone, span) in backbones.iter().filter(|(backbone, _)| backbone.imported()) {
        let message = format!("the draws of `{}` were imported, and nothing can be drawn live of it", backbone.name);
        reader.report(ProblemBuilder::new(*span, message, "cannot be asked").help("use `collect: pool`"));
    }
}

/// Reports the largest budget when some method cannot have that many draws.
pub(super) fn budgets(
    reader: &mut Reader,
    methods: &[Spanned<MethodConfig>],
    budgets: &[Spanned<u32>],
    pool: Pool,
    pool_span: &dyn Fn(&str) -> Option<Span>,
) {
    let Some((largest, span)) = budgets.iter().max_by_key(|(budget, _)| *budget) else {
        return;
    };
    let kinds = [
        (DrawMode::Parallel, "parallel", pool.parallel, "parallel draws"),
        (DrawMode::Sequential, "rounds", pool.rounds, "rounds of a chain"),
        (DrawMode::Refine, "rounds", pool.rounds, "answers of a refining chain"),
        (DrawMode::Forced, "rounds", pool.rounds, "conclusions of a reasoning text"),
    ];
    for (mode, key, available, what) in kinds {
        let mut names: Vec<&str> = Vec::new();
        for (config, _) in methods {
            let most = config.method().most_answers().unwrap_or(u32::MAX);
            let short = config.draws() == mode && most.min(*largest) > available;
            if short && !names.contains(&config.name()) {
                names.push(config.name());
            }
        }
        if names.is_empty() {
            continue;
        }
        let needing = crate::suggest::quoted(&names);
        let message = format!(
            "the budget {largest} is larger than the pool: {needing} would need {largest} {what}, `pool.{key}` gives \
             {available}"
        );
        let help = format!("set `pool.{key}` to at least {largest}, or drop the larger budgets");
        let mut problem = ProblemBuilder::new(*span, message, "larger than the pool").help(help);
        if let Some(span) = pool_span(key) {
            problem = problem.also(span, "the pool's size");
        }
        reader.report(problem);
    }
}
