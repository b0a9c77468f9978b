//! Servers of backbones and verifiers, and the limits of a run.

use serde_json::{Map, Value as Json};

use super::super::error::Draft;
use super::super::reader::{Reader, Section};
use super::super::schema::{VERIFIER_KINDS, names_under};
use super::super::service::{
    Aggregate, Api, Collecting, Limits, OpenAiPlan, Price, RunBudget, Scale, ScoredText, ServicePlan, VerifierRoute,
    VerifierService,
};
use super::super::source::Place;
use super::super::tree::{Node, Value};
use super::optional;
use crate::experiment::plan::VerifierPlan;

/// Keys of a backbone that only servers have.
pub(super) const SERVER_KEYS: &[&str] =
    &["base_url", "api_key_env", "api", "stream", "stop", "batch", "tokenizer", "extra", "limits"];

/// Paths of the schema, which differ between backbones and verifiers.
struct Paths {
    limits: &'static str,
    price: &'static str,
}

const BACKBONE: Paths = Paths { limits: "backbones[].limits", price: "backbones[].price" };
const VERIFIER: Paths = Paths { limits: "verifier.limits", price: "verifier.price" };

/// An OpenAI-compatible backbone called `name`.
pub(super) fn openai(reader: &mut Reader, section: &Section<'_>, name: &str) -> OpenAiPlan {
    let model = reader.text(section, "model").unwrap_or_else(|| name.to_owned());
    OpenAiPlan {
        service: service(reader, section, model, &BACKBONE),
        api: match section.get("api").and_then(|node| reader.choice_of(node, "backbones[].api", Api::NAMES)) {
            Some("completions") => Api::Completions,
            _ => Api::Chat,
        },
        stream: reader.flag(section, "stream").unwrap_or(false),
        stop: reader.texts(section, "stop").unwrap_or_default(),
        batch: reader.count(section, "batch").unwrap_or(1),
        tokenizer: reader.text(section, "tokenizer"),
    }
}

fn service(reader: &mut Reader, section: &Section<'_>, model: String, paths: &Paths) -> ServicePlan {
    let _ = reader.required(section, "base_url");
    ServicePlan {
        base_urls: base_urls(reader, section),
        model,
        api_key_env: key_variable(reader, section),
        extra: reader.free(section, "extra").unwrap_or_default(),
        limits: limits(reader, section, paths.limits),
        price: price(reader, section, paths.price),
    }
}

/// Addresses of a server's replicas: `http` or `https`, without a password.
fn base_urls(reader: &mut Reader, section: &Section<'_>) -> Vec<String> {
    let place = section.get("base_url").map_or(section.place, |node| node.place);
    let urls = reader.texts(section, "base_url").unwrap_or_default();
    for url in &urls {
        if let Some(wrong) = wrong_url(url) {
            if url.contains('@') {
                reader.secrets.push(place);
            }
            let message = format!("`base_url` {wrong}");
            let help = "write the address that clients of the server are given, e.g. `http://localhost:8000/v1`";
            reader.report(Draft::new(place, message, "not an address of a server").help(help));
        }
    }
    urls.into_iter().map(|url| url.trim_end_matches('/').to_owned()).collect()
}

fn wrong_url(url: &str) -> Option<&'static str> {
    let Ok(parsed) = reqwest::Url::parse(url) else { return Some("is no URL") };
    if !matches!(parsed.scheme(), "http" | "https") {
        return Some("must begin with http:// or https://");
    }
    if !parsed.username().is_empty() || parsed.password().is_some() {
        return Some("holds a user name or password; name a variable with `api_key_env` instead");
    }
    (parsed.query().is_some() || parsed.fragment().is_some()).then_some("must end before `?` and `#`")
}

/// The name of a variable; what looks like a key itself is hidden and refused.
fn key_variable(reader: &mut Reader, section: &Section<'_>) -> Option<String> {
    let name = reader.text(section, "api_key_env")?;
    let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && name.len() <= 100;
    if is_name && !name.starts_with(|c: char| c.is_ascii_digit()) {
        return Some(name);
    }
    let place = section.get("api_key_env").map_or(section.place, |node| node.place);
    reader.secrets.push(place);
    let message = "`api_key_env` is not the name of an environment variable";
    let help = "write the variable's name, e.g. `OPENAI_API_KEY`, and put the key into that variable; if this is the key \
                itself and the file was shared, revoke it";
    reader.report(Draft::new(place, message, "expected letters, digits and `_`").help(help));
    None
}

fn limits(reader: &mut Reader, section: &Section<'_>, path: &'static str) -> Limits {
    let mut limits = Limits::DEFAULT;
    let Some(node) = section.get("limits") else { return limits };
    let Some(given) = reader.section(node, path, node.place) else { return limits };
    limits.concurrency = reader.count(&given, "concurrency").unwrap_or(limits.concurrency);
    limits.requests_per_minute = reader.count(&given, "requests_per_minute");
    limits.tokens_per_minute = reader.whole(&given, "tokens_per_minute");
    limits.timeout_seconds = reader.number(&given, "timeout_seconds").unwrap_or(limits.timeout_seconds);
    limits.attempts = reader.count(&given, "attempts").unwrap_or(limits.attempts);
    limits
}

/// What a backbone's tokens cost. One that is no server may have a price too: with it, a simulation shows what an
/// experiment would cost and when a budget would end it.
pub(super) fn backbone_price(reader: &mut Reader, section: &Section<'_>) -> Price {
    price(reader, section, BACKBONE.price)
}

fn price(reader: &mut Reader, section: &Section<'_>, path: &'static str) -> Price {
    let Some(node) = section.get("price") else { return Price::default() };
    let Some(given) = reader.section(node, path, node.place) else { return Price::default() };
    Price {
        prompt: reader.number(&given, "prompt").unwrap_or(0.0),
        cached: reader.number(&given, "cached"),
        completion: reader.number(&given, "completion").unwrap_or(0.0),
        reasoning: reader.number(&given, "reasoning"),
    }
}

/// Who scores; `None` when what is given was reported as wrong.
pub(super) fn verifier(reader: &mut Reader, top: &Section<'_>) -> Option<(VerifierPlan, Option<Aggregate>)> {
    let Some(node) = top.get("verifier") else { return Some((VerifierPlan::None, None)) };
    let section = match &node.value {
        Value::Text(_) => None,
        Value::Map(_) => Some(reader.section(node, "verifier", node.place)?),
        _ => {
            reader.wrong(node, "verifier", "`none`, `simulated`, or a map such as `{kind: simulated}`");
            return None;
        }
    };
    let Some(section) = section else {
        let kind = reader.choice_of(node, "verifier", VERIFIER_KINDS)?;
        return match kind {
            "none" => Some((VerifierPlan::None, None)),
            "simulated" => Some((VerifierPlan::Simulated, None)),
            "imported" => unnamed_import(reader, node.place),
            "embedded" => super::embedded::unnamed_verifier(reader, node.place),
            _ => {
                let message = format!("a verifier of kind `{kind}` needs a server");
                let help = format!("write `verifier: {{kind: {kind}, base_url: http://localhost:8001, model: MODEL}}`");
                reader.report(Draft::new(node.place, message, "needs `base_url` and `model`").help(help));
                None
            }
        };
    };
    let kind_node = reader.required(&section, "kind")?;
    let kind = reader.choice_of(kind_node, "verifier.kind", VERIFIER_KINDS)?;
    let name = section.get("name").map(|node| reader.name_of(node, "verifier.name"));
    let aggregate = section.get("aggregate").and_then(|node| {
        let name = reader.choice_of(node, "verifier.aggregate", Aggregate::NAMES)?;
        Aggregate::from_name(name)
    });
    let only = |keys: &[&'static str]| -> Vec<&'static str> {
        names_under("verifier").into_iter().filter(|key| *key != "kind" && !keys.contains(key)).collect()
    };
    let plan = match kind {
        "none" => {
            not_of_kind(reader, &section, "verifier", kind, &only(&[]));
            VerifierPlan::None
        }
        "simulated" => {
            not_of_kind(reader, &section, "verifier", kind, &only(&["aggregate"]));
            VerifierPlan::Simulated
        }
        "embedded" => {
            not_of_kind(reader, &section, "verifier", kind, &only(&["name", "model", "aggregate", "price"]));
            super::embedded::verifier(reader, &section, name)?
        }
        "imported" => {
            not_of_kind(reader, &section, "verifier", kind, &only(&["name", "aggregate"]));
            match name {
                Some(name) => VerifierPlan::Imported { name: name? },
                None => return unnamed_import(reader, node.place),
            }
        }
        _ => VerifierPlan::Service(Box::new(served(reader, &section, kind, name, &only)?)),
    };
    Some((plan, aggregate))
}

/// A verifier behind a server; `only` gives the keys that are left when these may be given.
fn served(
    reader: &mut Reader,
    section: &Section<'_>,
    kind: &str,
    name: Option<Option<String>>,
    only: &dyn Fn(&[&'static str]) -> Vec<&'static str>,
) -> Option<VerifierService> {
    let (route, own): (_, &[&str]) = match kind {
        "prm" => (VerifierRoute::Prm, &["step_token", "aggregate", "scale"]),
        "score" => (VerifierRoute::Score, &["scale"]),
        "rerank" => (VerifierRoute::Rerank, &["scale"]),
        _ => (VerifierRoute::Judge, &["prompt"]),
    };
    let server = ["name", "base_url", "model", "api_key_env", "text", "extra", "limits", "price"];
    let allowed: Vec<&'static str> = server.iter().chain(own).copied().collect();
    not_of_kind(reader, section, "verifier", kind, &only(&allowed));
    let scale = section.get("scale").and_then(|node| reader.choice_of(node, "verifier.scale", Scale::NAMES));
    let text = section.get("text").and_then(|node| reader.choice_of(node, "verifier.text", ScoredText::NAMES));
    let text = match (text, route) {
        (Some("whole"), _) | (None, VerifierRoute::Prm) => ScoredText::Whole,
        _ => ScoredText::Answer,
    };
    let _ = reader.required(section, "model");
    let model = reader.text(section, "model").unwrap_or_default();
    refuse_simulated(reader, section, name.as_ref());
    Some(VerifierService {
        name: name.unwrap_or_else(|| Some(kind.to_owned()))?,
        route,
        service: service(reader, section, model, &VERIFIER),
        scale: if scale == Some("logit") { Scale::Logit } else { Scale::Probability },
        text,
        step_token: reader.text(section, "step_token").unwrap_or_else(|| "<extra_0>".to_owned()),
        prompt: super::prompt_name(reader, section, "prompt").unwrap_or_else(|| "grade".to_owned()),
    })
}

/// Reports a name that would pass scores of a model off as a simulation's.
pub(super) fn refuse_simulated(reader: &mut Reader, section: &Section<'_>, name: Option<&Option<String>>) {
    if let (Some(Some("simulated")), Some(node)) = (name.map(Option::as_deref), section.get("name")) {
        let message = "no model's scores may be called `simulated`: they would be taken for a simulation's";
        reader.report(Draft::new(node.place, message, "not of this kind").help("give the verifier another name"));
    }
}

/// What the tokens of a verifier that is no server would cost.
pub(super) fn verifier_price(reader: &mut Reader, section: &Section<'_>) -> Price {
    price(reader, section, VERIFIER.price)
}

fn unnamed_import<T>(reader: &mut Reader, place: Place) -> Option<T> {
    let message = "`verifier.name` is missing: a run may hold imported scores of several verifiers";
    let help = "write `verifier: {kind: imported, name: NAME}`; the folders `scores/verifier=NAME` of the run are the \
                names there are";
    reader.report(Draft::new(place, message, "missing here").help(help));
    None
}

/// Reports keys that another kind of backbone or verifier has.
pub(super) fn not_of_kind(reader: &mut Reader, section: &Section<'_>, what: &str, kind: &str, keys: &[&str]) {
    for key in keys {
        if let Some(place) = section.key_place(key) {
            let message = format!("`{key}` has no meaning for a {what} of `kind: {kind}`");
            reader.report(Draft::new(place, message, "not of this kind").help("take it out, or change the kind"));
        }
    }
}

/// Who decides what is drawn.
pub(super) fn collecting(reader: &mut Reader, top: &Section<'_>) -> Collecting {
    match top.get("collect").and_then(|node| reader.choice_of(node, "collect", &["pool", "live"])) {
        Some("live") => Collecting::Live,
        _ => Collecting::Pool,
    }
}

/// The hard limits of a run.
pub(super) fn budget(reader: &mut Reader, top: &Section<'_>) -> RunBudget {
    let Some(section) = optional(reader, top, "budget") else { return RunBudget::default() };
    RunBudget {
        tokens: reader.whole(&section, "tokens"),
        price: reader.number(&section, "price"),
        hours: reader.number(&section, "hours"),
    }
}

/// A tree as JSON; `None` where it holds a number that JSON cannot.
pub(in crate::experiment) fn json(node: &Node) -> Option<Json> {
    Some(match &node.value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Whole(value) => match (u64::try_from(*value), i64::try_from(*value)) {
            (Ok(value), _) => value.into(),
            (_, Ok(value)) => value.into(),
            _ => return None,
        },
        Value::Number(value) => Json::Number(serde_json::Number::from_f64(*value)?),
        Value::Text(text) => Json::String(text.clone()),
        Value::List(items) => Json::Array(items.iter().map(json).collect::<Option<_>>()?),
        Value::Map(entries) => {
            let entries = entries.iter().map(|entry| Some((entry.key.clone(), json(&entry.node)?)));
            Json::Object(entries.collect::<Option<Map<String, Json>>>()?)
        }
    })
}
