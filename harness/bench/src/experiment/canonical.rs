//! The plan as text, and its hashes.

use serde_json::{Map, Value, json};

use crate::key::hex_digest;

use super::json::put;
use super::plan::{BackboneKind, BackbonePlan, Plan, Tuning};
use super::schema::TEST_SET;
use super::service::{Collecting, RunBudget};

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
        let mut verifier = self.verifier.value();
        if let Some(aggregate) = self.aggregate {
            verifier["aggregate"] = json!(aggregate);
        }
        let mut value = json!({
            "name": self.name,
            "seed": self.seed,
            "datasets": self.datasets,
            "backbones": self.backbones.iter().map(backbone_value).collect::<Vec<_>>(),
            "verifier": verifier,
            "pool": self.pool,
            "methods": methods,
            "budgets": self.budgets,
            "tuning": tuning_value(&self.tuning),
            "replay": self.replay,
            "prompts": self.prompts,
        });
        // Only where given: plans of versions that did not have these keep their hashes.
        if self.collecting == Collecting::Live {
            value["collect"] = json!(self.collecting);
        }
        if self.budget != RunBudget::default() {
            value["budget"] = json!(self.budget);
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

fn backbone_value(backbone: &BackbonePlan) -> Value {
    let BackbonePlan { name, kind, sampling, concurrency, price } = backbone;
    let mut value = match kind {
        BackboneKind::Simulated { profile } => json!({"name": name, "kind": "simulated", "profile": profile}),
        BackboneKind::Embedded { model } => json!({"name": name, "kind": "embedded", "model": model}),
        BackboneKind::Imported { model, content } => {
            let mut value = json!({"name": name, "kind": "imported", "model": model});
            if !content.is_empty() {
                value["content"] = json!(content);
            }
            value
        }
        BackboneKind::OpenAi(openai) => {
            let mut value = json!({"name": name, "kind": "openai"});
            put(&mut value, json!(openai));
            value
        }
    };
    value["sampling"] = json!(sampling);
    if !matches!(kind, BackboneKind::OpenAi(_)) {
        value["concurrency"] = json!(concurrency);
        if !price.is_free() {
            value["price"] = json!(price);
        }
    }
    value
}
