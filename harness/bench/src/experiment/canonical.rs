//! The plan as text, and its hashes.

use std::fmt;

use serde_json::{Map, Value, json};

use crate::backbone::Sampling;
use crate::key::sha256_hex;

use super::methods::settings;
use super::plan::{BackboneKind, BackbonePlan, DatasetPlan, Plan, PromptPlan, ReplayPlan, Tuning, VerifierPlan};
use super::schema::{Setting, TEST_SET};

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
                let (name, settings) = settings(config);
                if settings.is_empty() {
                    return json!(name);
                }
                let settings: Map<String, Value> =
                    settings.iter().map(|(name, setting)| ((*name).to_owned(), setting_value(*setting))).collect();
                json!({ name: settings })
            })
            .collect();
        json!({
            "name": self.name,
            "seed": self.seed,
            "datasets": self.datasets.iter().map(dataset_value).collect::<Vec<_>>(),
            "backbones": self.backbones.iter().map(backbone_value).collect::<Vec<_>>(),
            "verifier": verifier_value(&self.verifier),
            "pool": {"parallel": self.pool.parallel, "chains": self.pool.chains, "rounds": self.pool.rounds},
            "methods": methods,
            "budgets": self.budgets,
            "tuning": tuning_value(&self.tuning),
            "replay": replay_value(&self.replay),
            "prompts": prompts_value(&self.prompts),
        })
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
        BackboneKind::Imported { model, content } => {
            let mut value = json!({"name": backbone.name, "kind": "imported", "model": model});
            if !content.is_empty() {
                value["content"] = json!(content);
            }
            value
        }
    };
    value["sampling"] = json!({"temperature": temperature, "top_p": top_p, "max_tokens": max_tokens});
    value["concurrency"] = json!(backbone.concurrency);
    value
}

fn verifier_value(verifier: &VerifierPlan) -> Value {
    match verifier {
        VerifierPlan::None => json!({"kind": "none"}),
        VerifierPlan::Simulated => json!({"kind": "simulated"}),
        VerifierPlan::Imported { name } => json!({"kind": "imported", "name": name}),
    }
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

fn setting_value(setting: Setting) -> Value {
    match setting {
        Setting::Word(word) => json!(word),
        Setting::Whole(number) => json!(number),
        Setting::Number(number) => json!(number),
        Setting::Flag(flag) => json!(flag),
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => f.write_str(word),
            Self::Whole(number) => write!(f, "{number}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Flag(flag) => write!(f, "{flag}"),
        }
    }
}

/// Hashes JSON, whose keys have a fixed order here, and not YAML: another version of the YAML writer must not make
/// stored runs look changed.
pub(crate) fn hex_digest(value: &Value) -> String {
    sha256_hex(value.to_string().as_bytes())
}
