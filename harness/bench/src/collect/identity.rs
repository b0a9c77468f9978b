//! What makes a stored draw the draw that an experiment asks for.

use std::collections::BTreeMap;

use serde_json::json;
use sha2::{Digest, Sha256};

use crate::experiment::Plan;
use crate::prompt::PromptSet;

/// Per partition (`backbone=B/dataset=D`), a hash of what determines its draws and their scores: the seed, what answers
/// and how it samples, the prompts' texts, the verifier.
///
/// Two experiments whose common partitions agree can share a run: methods, budgets, pool sizes, further backbones or
/// datasets and a dataset's limit never make a stored draw stale. `content` hashes what a backbone merely names (a
/// simulated backbone's profile).
///
/// # Errors
/// When `content` fails.
pub fn draw_hashes<E>(
    plan: &Plan,
    prompts: &PromptSet,
    content: impl Fn(&crate::experiment::BackbonePlan) -> Result<String, E>,
) -> Result<BTreeMap<String, String>, E> {
    let mut hashes = BTreeMap::new();
    for backbone in &plan.backbones {
        let content = content(backbone)?;
        for dataset in &plan.datasets {
            let sampling = backbone.sampling_on(dataset);
            let identity = json!({
                "seed": plan.seed,
                "model": backbone.model(),
                "content": content,
                "temperature": sampling.temperature,
                "top_p": sampling.top_p,
                "max_tokens": sampling.max_tokens,
                "prompts": [prompts.hash_for(false), prompts.hash_for(true)],
                "verifier": plan.verifier.name(),
            });
            let digest = Sha256::digest(identity.to_string().as_bytes());
            let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
            hashes.insert(format!("backbone={}/dataset={}", backbone.name, dataset.name), hex);
        }
    }
    Ok(hashes)
}
