//! The edited tree -> a plan. Problems are collected; the plan is only used when there are none.

use super::check;
use super::error::ProblemBuilder;
use super::methods;
use super::plan::{BackboneKind, BackbonePlan, DatasetPlan, Plan, ReplayPlan, Tuning};
use super::reader::{Reader, Section};
use super::schema::{self, BACKBONE_KINDS, TEST_SET};
use super::service::Collecting;
use super::source::{Span, Spanned};
use super::tree::{Entry, Node, Value};
use super::verifier::EMBEDDED_CONCURRENCY;
use crate::prompt::PromptPlan;

mod embedded;
mod service;
mod verifier;

/// Questions or chains of a simulation in flight at once, where nothing is given.
const CONCURRENCY: u32 = 64;

/// Reads a whole experiment. `None` only when a problem was reported.
pub(super) fn plan(reader: &mut Reader, root: &Node) -> Option<Plan> {
    // A missing key is shown at the top of the file, not over all of it.
    let top = reader.section(root, "", Span { length: 0, ..root.span })?;
    let name = reader.required(&top, "name").and_then(|node| reader.name_of(node, "name"));
    let seed = reader.read(&top, "seed");
    let datasets = datasets(reader, &top);
    let backbones = backbones(reader, &top);
    let verifier = verifier::verifier(reader, &top);
    let collecting = reader.read(&top, "collect");
    let budget = reader.within(&top, "budget");
    let budget = reader.block(&budget);
    let pool = reader.within(&top, "pool");
    let pool = reader.block(&pool);
    let methods = methods::read(reader, &top);
    let budgets = budgets(reader, &top);
    let tuning = tuning(reader, &top);
    let replay = reader.within(&top, "replay");
    let replay: Option<ReplayPlan> = reader.block(&replay);
    let prompts = prompts(reader, &top);

    check::duplicates(reader, "dataset", datasets.iter().map(|(dataset, span)| (dataset.name.clone(), *span)));
    check::duplicates(reader, "backbone", backbones.iter().map(|(backbone, span)| (backbone.name.clone(), *span)));
    check::duplicates(reader, "budget", budgets.iter().map(|(budget, span)| (budget.to_string(), *span)));
    check::configurations(reader, &methods);
    check::conflicts(reader, &methods);
    if let Some((verifier, _)) = &verifier {
        check::scores(reader, &methods, verifier);
    }
    let value_span = top.get("replay").and_then(|node| check::value_span(node, "reference"));
    if let (Some(label), Some(span), Some(tuning)) =
        (replay.as_ref().and_then(|replay| replay.reference.clone()), value_span, &tuning)
    {
        check::reference(reader, &methods, tuning, (label, span));
    }
    if let (Some(Collecting::Live), Some(tuning)) = (collecting, &tuning) {
        check::live(reader, &methods, &backbones, tuning);
    }
    let pool_span = |key: &str| top.get("pool").and_then(|node| check::value_span(node, key));
    if let Some(pool) = pool {
        check::budgets(reader, &methods, &budgets, pool, &pool_span);
    }

    let mut budgets: Vec<u32> = budgets.into_iter().map(|(budget, _)| budget).collect();
    budgets.sort_unstable();
    let (verifier, aggregate) = verifier?;
    Some(Plan {
        name: name?,
        seed: seed?,
        datasets: datasets.into_iter().map(|(dataset, _)| dataset).collect(),
        backbones: backbones.into_iter().map(|(backbone, _)| backbone).collect(),
        verifier,
        aggregate,
        collecting: collecting?,
        budget: budget?,
        pool: pool?,
        methods: methods.into_iter().map(|(config, _)| config).collect(),
        budgets,
        tuning: tuning?,
        replay: replay?,
        prompts: prompts?,
    })
}

fn datasets(reader: &mut Reader, top: &Section<'_>) -> Vec<Spanned<DatasetPlan>> {
    let mut found = Vec::new();
    for item in reader.list(top, "datasets") {
        if let Value::Text(_) = item.value {
            if let Some(name) = reader.name_of(item, "datasets[]") {
                found.push((DatasetPlan { name, limit: None, max_tokens: None }, item.span));
            }
            continue;
        }
        if !matches!(item.value, Value::Map(_)) {
            reader.wrong(item, "datasets[]", "a name, or a map such as `{name: gsm8k, limit: 100}`");
            continue;
        }
        let Some(section) = reader.section(item, "datasets[]", item.span) else { continue };
        let limit = reader.count(&section, "limit");
        let max_tokens = reader.count(&section, "max_tokens");
        let Some(name_node) = reader.required(&section, "name") else { continue };
        if let Some(name) = reader.name_of(name_node, "datasets[].name") {
            found.push((DatasetPlan { name, limit, max_tokens }, name_node.span));
        }
    }
    found
}

fn backbones(reader: &mut Reader, top: &Section<'_>) -> Vec<Spanned<BackbonePlan>> {
    let mut found = Vec::new();
    for item in reader.list(top, "backbones") {
        if !matches!(item.value, Value::Map(_)) {
            reader.wrong(item, "backbones[]", "a map such as `{name: weak, kind: simulated}`");
            continue;
        }
        if let Some(backbone) = backbone(reader, item) {
            found.push(backbone);
        }
    }
    found
}

fn backbone(reader: &mut Reader, item: &Node) -> Option<Spanned<BackbonePlan>> {
    if let Value::Map(entries) = &item.value
        && !has_known_kind(entries)
    {
        // The other keys of a kind that does not exist cannot be judged, but a secret among them still must be hidden.
        let known: Vec<&str> = entries.iter().map(|entry| entry.key.as_str()).collect();
        reader.check_keys(entries, "backbones[]", &known);
        let kind = entries.iter().find(|entry| entry.key == "kind")?;
        reader.choice_of(&kind.node, "backbones[].kind", BACKBONE_KINDS);
        return None;
    }
    let section = reader.section(item, "backbones[]", item.span)?;
    let concurrency = reader.count(&section, "concurrency");
    let sampling = reader.within(&section, "sampling");
    let sampling = reader.block(&sampling);
    let name_node = reader.required(&section, "name");
    let name = name_node.and_then(|node| Some((reader.name_of(node, "backbones[].name")?, node.span)));
    let kind = reader.required(&section, "kind").and_then(Node::as_text);
    let (name, span) = name?;
    let sampling = sampling?;
    let kind = match kind? {
        "openai" => {
            service::not_of_kind(reader, &section, "backbone", "openai", &["profile", "content", "concurrency"]);
            BackboneKind::OpenAi(Box::new(service::openai(reader, &section, &name)?))
        }
        "embedded" => BackboneKind::Embedded { model: embedded::backbone(reader, &section, (&name, span))? },
        "imported" => imported(reader, &section, &name),
        _ => simulated(reader, &section, &name),
    };
    let (concurrency, price) = match &kind {
        BackboneKind::OpenAi(openai) => (openai.service.limits.concurrency, openai.service.price),
        BackboneKind::Embedded { .. } => {
            (concurrency.unwrap_or(EMBEDDED_CONCURRENCY), service::price(reader, &section)?)
        }
        _ => (concurrency.unwrap_or(CONCURRENCY), service::price(reader, &section)?),
    };
    Some((BackbonePlan { name, kind, sampling, concurrency, price }, span))
}

fn simulated(reader: &mut Reader, section: &Section<'_>, name: &str) -> BackboneKind {
    service::not_of_kind(reader, section, "backbone", "simulated", &["model", "content"]);
    service::not_of_kind(reader, section, "backbone", "simulated", service::SERVER_KEYS);
    BackboneKind::Simulated { profile: reader.text(section, "profile").unwrap_or_else(|| name.to_owned()) }
}

fn imported(reader: &mut Reader, section: &Section<'_>, name: &str) -> BackboneKind {
    service::not_of_kind(reader, section, "backbone", "imported", &["profile"]);
    service::not_of_kind(reader, section, "backbone", "imported", service::SERVER_KEYS);
    let model = reader.text(section, "model").unwrap_or_else(|| name.to_owned());
    BackboneKind::Imported { model, content: reader.text(section, "content").unwrap_or_default() }
}

/// Whether the backbone's kind exists. A missing kind counts: it is reported as missing, like every other key.
fn has_known_kind(entries: &[Entry]) -> bool {
    entries
        .iter()
        .find(|entry| entry.key == "kind")
        .is_none_or(|kind| kind.node.as_text().is_some_and(|text| BACKBONE_KINDS.contains(&text)))
}

/// How calibrated methods are fitted; `None` when what is given was reported as wrong.
fn tuning(reader: &mut Reader, top: &Section<'_>) -> Option<Tuning> {
    if let Some(node) = top.get("tuning").filter(|node| matches!(node.value, Value::Text(_))) {
        return reader.choice_of(node, "tuning", &[TEST_SET]).map(|_| Tuning::TestSet);
    }
    let section = reader.within(top, "tuning");
    match (section.get("crossfit"), section.get("from")) {
        (_, None) => reader.read(&section, "crossfit").map(Tuning::CrossFit),
        (None, Some(_)) => reader.text(&section, "from").map(Tuning::From),
        (Some(folds), Some(file)) => {
            let problem = ProblemBuilder::new(file.span, "`tuning` has both `crossfit` and `from`", "one of the two");
            reader.report(problem.also(folds.span, "the other").help("fit again with `crossfit`, or reuse a file"));
            None
        }
    }
}

fn prompts(reader: &mut Reader, top: &Section<'_>) -> Option<PromptPlan> {
    let section = reader.within(top, "prompts");
    let prompts: PromptPlan = reader.block(&section)?;
    Some(PromptPlan { continuation: prompts.continuation.trim().to_owned(), ..prompts })
}

fn budgets(reader: &mut Reader, top: &Section<'_>) -> Vec<Spanned<u32>> {
    let Some(spec) = schema::find("budgets[]") else {
        return Vec::new();
    };
    let items = reader.list(top, "budgets");
    items
        .iter()
        .filter_map(|item| {
            let budget = reader.whole_of(item, &spec.path, spec.key.value)?;
            Some((u32::try_from(budget).ok()?, item.span))
        })
        .collect()
}
