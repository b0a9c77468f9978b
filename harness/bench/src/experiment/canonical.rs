//! The plan as text, and its hashes.

use serde_json::{Map, Value, json};

use crate::key::hex_digest;
use crate::prompt::PromptPlan;
use crate::vocabulary::Sampling;

use super::plan::{BackboneKind, BackbonePlan, DatasetPlan, Plan, ReplayPlan, Tuning, VerifierPlan};
use super::schema::TEST_SET;
use super::service::{Aggregate, Collecting, Limits, OpenAiPlan, Price, RunBudget, ServicePlan, VerifierRoute};

impl Plan {
    /// The config as expanded: every default written out, every list of parameters expanded. Reading it gives this plan
    /// again, and equal plans give equal text.
    pub fn to_yaml(&self) -> String {
        let options = serde_saphyr::ser_options! { indent_step: 2, prefer_block_scalars: false };
        serde_saphyr::to_string_with_options(&self.value(), options)
            // Every JSON value can be written as YAML, and JSON is YAML: there is no second way to fail.
            .unwrap_or_else(|_| self.value().to_string())
    }

    /// SHA-256, in hex, of everything in the plan. Comments, the order of keys and spelt-out defaults do not change it.
    pub fn hash(&self) -> String {
        hex_digest(&self.value())
    }

    fn value(&self) -> Value {
        let methods: Vec<Value> = self
            .methods
            .iter()
            .map(|config| {
                let settings: Map<String, Value> =
                    config.settings().map(|(name, setting)| (name.to_owned(), json!(setting))).collect();
                if settings.is_empty() { json!(config.name()) } else { json!({ config.name(): settings }) }
            })
            .collect();
        let mut value = json!({
            "name": self.name,
            "seed": self.seed,
            "datasets": self.datasets.iter().map(dataset_value).collect::<Vec<_>>(),
            "backbones": self.backbones.iter().map(backbone_value).collect::<Vec<_>>(),
            "verifier": verifier_value(&self.verifier, self.aggregate),
            "pool": {"parallel": self.pool.parallel, "chains": self.pool.chains, "rounds": self.pool.rounds},
            "methods": methods,
            "budgets": self.budgets,
            "tuning": tuning_value(&self.tuning),
            "replay": replay_value(&self.replay),
            "prompts": prompts_value(&self.prompts),
        });
        // Only where given: plans of versions that did not have these keep their hashes.
        if self.collecting == Collecting::Live {
            value["collect"] = json!("live");
        }
        if self.budget != RunBudget::default() {
            let RunBudget { tokens, price, hours } = self.budget;
            value["budget"] = given([("tokens", json!(tokens)), ("price", json!(price)), ("hours", json!(hours))]);
        }
        value
    }
}

fn tuning_value(tuning: &Tuning) -> Value {
    match tuning {
        Tuning::CrossFit(folds) => json!({"crossfit": folds}),
        Tuning::TestSet => json!(TEST_SET),
        Tuning::From(path) => json!({"from": path}),
    }
}

/// Without a reference that was not asked for: which one that is depends on the methods, which a replay may change.
fn replay_value(replay: &ReplayPlan) -> Value {
    let ReplayPlan { replicates, resamples, reference } = replay;
    let mut value = json!({"replicates": replicates, "resamples": resamples});
    if let Some(reference) = reference {
        value["reference"] = json!(reference);
    }
    value
}

fn dataset_value(dataset: &DatasetPlan) -> Value {
    let mut map = Map::new();
    map.insert("name".to_owned(), json!(dataset.name));
    if let Some(limit) = dataset.limit {
        map.insert("limit".to_owned(), json!(limit));
    }
    if let Some(max_tokens) = dataset.max_tokens {
        map.insert("max_tokens".to_owned(), json!(max_tokens));
    }
    Value::Object(map)
}

fn backbone_value(backbone: &BackbonePlan) -> Value {
    let Sampling { temperature, top_p, max_tokens } = backbone.sampling;
    let mut value = match &backbone.kind {
        BackboneKind::Simulated { profile } => json!({"name": backbone.name, "kind": "simulated", "profile": profile}),
        BackboneKind::Embedded { model } => json!({"name": backbone.name, "kind": "embedded", "model": model}),
        BackboneKind::Imported { model, content } => {
            let mut value = json!({"name": backbone.name, "kind": "imported", "model": model});
            if !content.is_empty() {
                value["content"] = json!(content);
            }
            value
        }
        BackboneKind::OpenAi(openai) => openai_value(&backbone.name, openai),
    };
    value["sampling"] = json!({"temperature": temperature, "top_p": top_p, "max_tokens": max_tokens});
    if !matches!(backbone.kind, BackboneKind::OpenAi(_)) {
        value["concurrency"] = json!(backbone.concurrency);
        add_price(&mut value, &backbone.price);
    }
    value
}

fn openai_value(name: &str, openai: &OpenAiPlan) -> Value {
    let OpenAiPlan { service, api, stream, stop, batch, tokenizer } = openai;
    let mut value = json!({"name": name, "kind": "openai"});
    add_service(&mut value, service);
    value["api"] = json!(api.name());
    value["stream"] = json!(stream);
    value["batch"] = json!(batch);
    if !stop.is_empty() {
        value["stop"] = json!(stop);
    }
    if let Some(tokenizer) = tokenizer {
        value["tokenizer"] = json!(tokenizer);
    }
    value
}

fn add_service(value: &mut Value, service: &ServicePlan) {
    let ServicePlan { base_urls, model, api_key_env, extra, limits, price } = service;
    value["base_url"] = if let [only] = base_urls.as_slice() { json!(only) } else { json!(base_urls) };
    value["model"] = json!(model);
    if let Some(variable) = api_key_env {
        value["api_key_env"] = json!(variable);
    }
    if !extra.is_empty() {
        value["extra"] = json!(extra);
    }
    let Limits { concurrency, requests_per_minute, tokens_per_minute, timeout_seconds, attempts } = limits;
    value["limits"] = given([
        ("concurrency", json!(concurrency)),
        ("requests_per_minute", json!(requests_per_minute)),
        ("tokens_per_minute", json!(tokens_per_minute)),
        ("timeout_seconds", json!(timeout_seconds)),
        ("attempts", json!(attempts)),
    ]);
    add_price(value, price);
}

fn add_price(value: &mut Value, price: &Price) {
    if !price.is_free() {
        let Price { prompt, cached, completion, reasoning } = price;
        value["price"] = given([
            ("prompt", json!(prompt)),
            ("cached", json!(cached)),
            ("completion", json!(completion)),
            ("reasoning", json!(reasoning)),
        ]);
    }
}

/// A map of what is given.
fn given<const N: usize>(entries: [(&str, Value); N]) -> Value {
    let given = entries.into_iter().filter(|(_, value)| !value.is_null());
    Value::Object(given.map(|(key, value)| (key.to_owned(), value)).collect())
}

fn verifier_value(verifier: &VerifierPlan, aggregate: Option<Aggregate>) -> Value {
    let mut value = match verifier {
        VerifierPlan::None => json!({"kind": "none"}),
        VerifierPlan::Simulated => json!({"kind": "simulated"}),
        VerifierPlan::Embedded { name, model, price } => {
            let mut value = json!({"kind": "embedded", "name": name, "model": model});
            add_price(&mut value, price);
            value
        }
        VerifierPlan::Imported { name } => json!({"kind": "imported", "name": name}),
        VerifierPlan::Service(verifier) => {
            let mut value = json!({"kind": verifier.route.name(), "name": verifier.name});
            add_service(&mut value, &verifier.service);
            value["text"] = json!(verifier.text.name());
            if verifier.route != VerifierRoute::Judge {
                value["scale"] = json!(verifier.scale.name());
            }
            match verifier.route {
                VerifierRoute::Prm => value["step_token"] = json!(verifier.step_token),
                VerifierRoute::Judge => value["prompt"] = json!(verifier.prompt),
                VerifierRoute::Score | VerifierRoute::Rerank => {}
            }
            value
        }
    };
    if let Some(aggregate) = aggregate {
        value["aggregate"] = json!(aggregate.name());
    }
    value
}

fn prompts_value(prompts: &PromptPlan) -> Value {
    let PromptPlan { answer, re_answer, critique, refine, judge, continuation } = prompts;
    json!({
        "answer": answer,
        "re_answer": re_answer,
        "critique": critique,
        "refine": refine,
        "judge": judge,
        "continuation": continuation,
    })
}
