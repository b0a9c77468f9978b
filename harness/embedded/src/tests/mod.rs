//! Tests against fixtures that tests/fixtures.py makes.

mod broken;
mod exact;

use std::path::PathBuf;

use serde_json::Value;

use crate::{Message, Model, Role};

pub(crate) fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

pub(crate) fn model(name: &str) -> Model {
    Model::load(&folder(name)).unwrap()
}

/// Texts of tokens without a pattern.
pub(crate) fn texts(count: usize, length: usize) -> Vec<Vec<u32>> {
    let mut state = 1_u64;
    let mut token = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u32 % 272
    };
    (0..count).map(|_| (0..length).map(|_| token()).collect()).collect()
}

#[test]
fn logits_are_those_of_transformers() {
    for name in ["llama", "qwen2", "verifier"] {
        let expected = std::fs::read(folder(name).join("expected.json")).unwrap();
        let expected: Value = serde_json::from_slice(&expected).unwrap();
        let numbers = |key: &str| -> Vec<f32> { serde_json::from_value(expected[key].clone()).unwrap() };
        let tokens: Vec<u32> = serde_json::from_value(expected["tokens"].clone()).unwrap();
        let logits = model(name).forward(1).all(&[&tokens]).unwrap();
        let first: Vec<f32> = logits.iter().map(|logits| logits[0]).collect();
        for (ours, theirs) in [(logits.last().unwrap(), numbers("last")), (&first, numbers("first_of_each"))] {
            assert_eq!(ours.len(), theirs.len());
            let largest = theirs.iter().fold(0.0_f32, |largest, number| largest.max(number.abs()));
            for (a, b) in ours.iter().zip(&theirs) {
                assert!((a - b).abs() < 3e-5 * largest.max(1.0), "{name}: {a} and {b}");
            }
        }
    }
}

#[test]
fn parameters_are_counted_once() {
    // By hand: embedding, per layer queries to down and two norms, the last norm.
    let layer = 32 * 16 + 2 * 16 * 16 + 16 * 32 + 3 * 16 * 24 + 2 * 16;
    assert_eq!(model("llama").parameters(), 272 * 16 + 2 * layer + 16);
    assert_eq!(model("llama").context_length(), 96);
    let layer = layer + 2 * 16 * 16 + 3 * 32;
    assert_eq!(model("qwen2").parameters(), 2 * 272 * 16 + layer + 16);
    assert!(model("verifier").is_verifier() && !model("llama").is_verifier());
}

#[test]
fn the_files_that_are_read_are_told() {
    let files = |name: &str| Model::files(&folder(name)).unwrap();
    let always = ["config.json", "tokenizer.json", "tokenizer_config.json"];
    assert_eq!(files("none"), [&always[..], &["model.safetensors"]].concat());
    assert_eq!(files("llama"), [&always[..], &["generation_config.json", "model.safetensors"]].concat());
    let shards = (1..=3).map(|shard| format!("model-0000{shard}-of-00003.safetensors"));
    let sharded = ["generation_config.json", "model.safetensors.index.json"].map(str::to_owned);
    assert_eq!(files("qwen2"), always.map(str::to_owned).into_iter().chain(sharded).chain(shards).collect::<Vec<_>>());
}

#[test]
fn a_dialogue_becomes_tokens_by_the_template() {
    let model = model("llama");
    let user = Message { role: Role::User, content: " the sum " };
    let assistant = Message { role: Role::Assistant, content: "is" };
    let ids = |text: &str| model.encode(text).unwrap().get_ids().to_vec();
    assert_eq!(model.prompt(&[user], None).unwrap(), ids("<|user|>the sum<|assistant|>"));
    let turns = [user, assistant, user];
    let expected = "<|user|>the sum<|assistant|>is<|end|><|user|>the sum<|assistant|>the";
    assert_eq!(model.prompt(&turns, Some("the")).unwrap(), ids(expected));
    assert_eq!(ids("<|user|>")[..], [1]);
    let system = Message { role: Role::System, content: "" };
    let refused = model.prompt(&[system], None).unwrap_err().to_string();
    assert!(refused.contains("no system messages"), "{refused}");
}

#[test]
fn ends_are_those_of_all_files() {
    // Both of config.json's list; `<|end|>` of tokenizer_config.json is the first.
    assert_eq!(model("llama").ends, [0, 1]);
    assert_eq!(model("qwen2").ends, [0]);
}
