//! Models that cannot be loaded say why.

use std::collections::HashMap;

use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView};
use serde_json::{Value, json};

use super::folder;
use crate::{Model, ModelFiles};

struct Files {
    config: Vec<u8>,
    weights: Vec<u8>,
    tokenizer: Vec<u8>,
    tokenizer_config: Vec<u8>,
}

impl Files {
    fn read() -> Self {
        let read = |name: &str| std::fs::read(folder("llama").join(name)).unwrap();
        Self {
            config: read("config.json"),
            weights: read("model.safetensors"),
            tokenizer: read("tokenizer.json"),
            tokenizer_config: read("tokenizer_config.json"),
        }
    }

    fn error(&self) -> String {
        let Self { config, weights, tokenizer, tokenizer_config } = self;
        Model::from_files(ModelFiles { config, weights, tokenizer, tokenizer_config }).unwrap_err().to_string()
    }
}

fn with_config(changes: Value) -> String {
    let mut files = Files::read();
    let mut config: Value = serde_json::from_slice(&files.config).unwrap();
    let (Value::Object(config_keys), Value::Object(changes)) = (&mut config, changes) else { unreachable!() };
    config_keys.extend(changes);
    files.config = config.to_string().into_bytes();
    files.error()
}

/// The error with one tensor replaced: by another type, shape and bytes, or by nothing.
fn with_tensor(name: &str, other: Option<(Dtype, Vec<usize>, Vec<u8>)>) -> String {
    let mut files = Files::read();
    let read = SafeTensors::deserialize(&files.weights).unwrap();
    let mut tensors: HashMap<String, TensorView<'_>> = read.tensors().into_iter().collect();
    tensors.remove(name).unwrap();
    if let Some((kind, shape, bytes)) = &other {
        tensors.insert(name.to_owned(), TensorView::new(*kind, shape.clone(), bytes).unwrap());
    }
    files.weights = safetensors::serialize(tensors, None).unwrap();
    files.error()
}

#[track_caller]
fn says(error: &str, parts: &[&str]) {
    for part in parts {
        assert!(error.contains(part), "{part} is not in: {error}");
    }
}

#[test]
fn what_is_not_understood_is_named_with_what_is() {
    let says_of = |changes, parts: &[&str]| says(&with_config(changes), parts);
    says_of(json!({"architectures": ["GemmaForCausalLM"]}), &["config.json", "GemmaForCausalLM", "LlamaForCausalLM"]);
    says_of(json!({"architectures": null}), &["config.json", "`architectures`"]);
    says_of(json!({"hidden_act": "gelu"}), &["config.json", "`hidden_act`", "gelu", "silu"]);
    says_of(json!({"attention_bias": true}), &["config.json", "`attention_bias`", "true", "false"]);
    says_of(json!({"rope_scaling": {"type": "yarn"}}), &["config.json", "rope_scaling", "yarn", "llama3"]);
    says_of(json!({"num_key_value_heads": 3}), &["`num_key_value_heads`", "3", "`num_attention_heads`, 2"]);
    says_of(json!({"head_dim": 24}), &["`head_dim`", "24", "multiple of 16"]);
    says_of(json!({"hidden_size": -3}), &["`hidden_size`", "-3", "whole number"]);
    says_of(json!({"hidden_size": 1e300}), &["`hidden_size`", "whole number"]);
    says_of(json!({"vocab_size": null}), &["config.json", "no `vocab_size`"]);
    says_of(json!({"vocab_size": 100}), &["tokenizer.json", "271", "99"]);
    says_of(json!({"eos_token_id": "end"}), &["config.json", "`eos_token_id`", "end"]);
    says_of(json!({"rope_theta": 0}), &["`rope_theta`"]);
    says_of(json!({"num_hidden_layers": 3}), &["model.safetensors", "model.layers.2."]);
    says_of(json!({"intermediate_size": 16_777_216}), &["model.safetensors", "mlp.gate_proj.weight", "16777216"]);
    says_of(json!({"tie_word_embeddings": false}), &["model.safetensors", "no tensor `lm_head.weight`"]);
}

#[test]
fn broken_tensors_are_named() {
    let name = "model.layers.1.input_layernorm.weight";
    says(&with_tensor(name, None), &["model.safetensors", "no tensor", name]);
    let ones = |count: usize| 1.0_f32.to_le_bytes().repeat(count);
    says(&with_tensor(name, Some((Dtype::F32, vec![8], ones(8)))), &["model.safetensors", name, "[8]", "[16]"]);
    says(&with_tensor(name, Some((Dtype::I32, vec![16], ones(16)))), &["model.safetensors", name, "I32", "BF16"]);
    let mut nan = ones(16);
    nan[12..16].copy_from_slice(&f32::NAN.to_le_bytes());
    says(&with_tensor(name, Some((Dtype::F32, vec![16], nan))), &["model.safetensors", name, "NaN", "place 3"]);
}

#[test]
fn broken_files_are_named() {
    let broken = |change: fn(&mut Files)| {
        let mut files = Files::read();
        change(&mut files);
        files.error()
    };
    says(&broken(|files| files.config.truncate(20)), &["config.json", "not valid JSON"]);
    says(&broken(|files| files.config = b"[]".to_vec()), &["config.json", "object"]);
    says(&broken(|files| files.weights.truncate(4_000)), &["model.safetensors"]);
    says(&broken(|files| files.weights.clear()), &["model.safetensors"]);
    says(&broken(|files| files.tokenizer.truncate(99)), &["tokenizer.json"]);
    says(&broken(|files| files.tokenizer_config = b"{\"chat_template\": \"{% if\"}".to_vec()), &["chat_template"]);
    let missing = Model::load(&folder("nowhere")).unwrap_err().to_string();
    says(&missing, &["nowhere", "config.json"]);
}
