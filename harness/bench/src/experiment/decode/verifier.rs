//! Who scores.

use super::super::error::ProblemBuilder;
use super::super::reader::{Reader, Section};
use super::super::schema::names_under;
use super::super::source::Span;
use super::super::tree::{Node, Value};
use super::super::verifier::{
    NONE, Naming, Origin, PROCESSES, ProcessSpec, ProcessVerifier, VERIFIER_KINDS, VerifierPlan, VerifierService,
};
use super::{embedded, service};
use crate::experiment::Price;
use crate::routes::{Aggregate, ROUTES, RouteSpec, ScoredText};

/// Keys of every server that scores.
const SERVER_KEYS: [&str; 8] = ["name", "base_url", "model", "api_key_env", "text", "extra", "limits", "price"];

/// What is given as the verifier's name; the inner `None` when that was reported as wrong.
type GivenName = Option<Option<String>>;

/// Who scores; `None` when what is given was reported as wrong.
pub(super) fn verifier(reader: &mut Reader, top: &Section<'_>) -> Option<(VerifierPlan, Option<Aggregate>)> {
    let Some(node) = top.get("verifier") else { return Some((VerifierPlan::None, None)) };
    let section = match &node.value {
        Value::Text(_) => return Some((bare(reader, node)?, None)),
        Value::Map(_) => reader.section(node, "verifier", node.span)?,
        _ => {
            reader.wrong(node, "verifier", "`none`, `simulated`, or a map such as `{kind: simulated}`");
            return None;
        }
    };
    let kind_node = reader.required(&section, "kind")?;
    let kind = reader.choice_of(kind_node, "verifier.kind", VERIFIER_KINDS)?;
    let name = section.get("name").map(|node| reader.name_of(node, "verifier.name"));
    let aggregate = section.get("aggregate").and_then(|node| {
        let name = reader.choice_of(node, "verifier.aggregate", Aggregate::NAMES)?;
        Aggregate::from_name(name)
    });
    let plan = if let Some(route) = ROUTES.iter().find(|route| route.kind == kind) {
        VerifierPlan::Service(Box::new(served(reader, &section, route, name)?))
    } else if let Some(spec) = process_spec(kind) {
        VerifierPlan::Process(process(reader, &section, spec, (name, node.span))?)
    } else {
        refuse_all_but(reader, &section, kind, &[]);
        VerifierPlan::None
    };
    Some((plan, aggregate))
}

fn process_spec(kind: &str) -> Option<&'static ProcessSpec> {
    PROCESSES.iter().copied().find(|spec| spec.kind == kind)
}

/// A kind without keys.
fn bare(reader: &mut Reader, node: &Node) -> Option<VerifierPlan> {
    let kind = reader.choice_of(node, "verifier", VERIFIER_KINDS)?;
    if kind == NONE {
        return Some(VerifierPlan::None);
    }
    let (message, label, help) = match process_spec(kind) {
        Some(spec) if spec.naming == Naming::Kind => {
            let name = spec.kind.to_owned();
            return Some(VerifierPlan::Process(ProcessVerifier { spec, name, model: None, price: Price::default() }));
        }
        Some(spec) if spec.naming == Naming::Given => return unnamed(reader, spec, node.span),
        Some(_) => (
            format!("a verifier of kind `{kind}` needs a model"),
            "needs `model`",
            format!("write `verifier: {{kind: {kind}, model: MODEL}}`"),
        ),
        None => (
            format!("a verifier of kind `{kind}` needs a server"),
            "needs `base_url` and `model`",
            format!("write `verifier: {{kind: {kind}, base_url: http://localhost:8001, model: MODEL}}`"),
        ),
    };
    reader.report(ProblemBuilder::new(node.span, message, label).help(help));
    None
}

/// A verifier behind a server.
fn served(
    reader: &mut Reader,
    section: &Section<'_>,
    route: &'static RouteSpec,
    name: GivenName,
) -> Option<VerifierService> {
    let steps: &[&str] = if route.steps { &["aggregate"] } else { &[] };
    let own = route.keys.iter().map(|key| key.name);
    let allowed: Vec<&str> = SERVER_KEYS.iter().chain(steps).copied().chain(own).collect();
    refuse_all_but(reader, section, route.kind, &allowed);
    let text = section.get("text").and_then(|node| reader.choice_of(node, "verifier.text", ScoredText::NAMES));
    let _ = reader.required(section, "model");
    let model = reader.text(section, "model").unwrap_or_default();
    refuse_simulated(reader, section, &name);
    Some(VerifierService {
        name: name.unwrap_or_else(|| Some(route.kind.to_owned()))?,
        route,
        service: service::service(reader, section, model)?,
        text: text.and_then(ScoredText::from_name).unwrap_or(route.text),
        settings: route.keys.iter().map(|key| (key.name.to_owned(), reader.value(section, key))).collect(),
    })
}

/// A verifier that is no server, whose section stands at a place.
fn process(
    reader: &mut Reader,
    section: &Section<'_>,
    spec: &'static ProcessSpec,
    (name, span): (GivenName, Span),
) -> Option<ProcessVerifier> {
    refuse_all_but(reader, section, spec.kind, spec.keys);
    let price = service::price(reader, section)?;
    let model = if spec.origin == Origin::Model {
        refuse_simulated(reader, section, &name);
        let _ = reader.required(section, "model");
        Some(embedded::model(reader, section)?)
    } else {
        None
    };
    let name = match (spec.naming, name) {
        (Naming::Kind, _) => spec.kind.to_owned(),
        (_, Some(name)) => name?,
        (Naming::Model, None) => embedded::own_name(reader, section, model.as_deref().unwrap_or(spec.kind))?,
        (Naming::Given, None) => return unnamed(reader, spec, span),
    };
    Some(ProcessVerifier { spec, name, model, price })
}

/// Reports keys that a kind does not have.
fn refuse_all_but(reader: &mut Reader, section: &Section<'_>, kind: &str, allowed: &[&str]) {
    let others: Vec<&str> =
        names_under("verifier").into_iter().filter(|key| *key != "kind" && !allowed.contains(key)).collect();
    service::not_of_kind(reader, section, "verifier", kind, &others);
}

/// Reports a name that would pass scores of a model off as a simulation's.
fn refuse_simulated(reader: &mut Reader, section: &Section<'_>, name: &GivenName) {
    if let (Some(Some("simulated")), Some(node)) = (name.as_ref().map(Option::as_deref), section.get("name")) {
        let message = "no model's scores may be called `simulated`: they would be taken for a simulation's";
        reader
            .report(ProblemBuilder::new(node.span, message, "not of this kind").help("give the verifier another name"));
    }
}

fn unnamed<T>(reader: &mut Reader, spec: &ProcessSpec, span: Span) -> Option<T> {
    let message = "`verifier.name` is missing: a run may hold imported scores of several verifiers";
    let help = format!(
        "write `verifier: {{kind: {}, name: NAME}}`; the folders `scores/verifier=NAME` of the run are the names there are",
        spec.kind
    );
    reader.report(ProblemBuilder::new(span, message, "missing here").help(help));
    None
}
