//! What makes a stored draw the draw that an experiment asks for.

use std::collections::BTreeMap;

use serde_json::json;

use crate::experiment::{BackbonePlan, Plan, hex_digest};
use crate::prompt::PromptSet;

/// Per partition (`backbone=B/dataset=D`), a hash of what determines its draws: the seed, what answers and how it
/// samples, the prompts' texts.
///
/// Two experiments whose common partitions agree can share a run: methods, budgets, pool sizes, verifiers, further
/// backbones or datasets and a dataset's limit never make a stored draw stale. `content` hashes what a backbone merely names (a
/// simulated backbone's parameters on the dataset).
///
/// # Errors
/// When `content` fails.
pub fn draw_hashes<E>(
    plan: &Plan,
    prompts: &PromptSet,
    content: impl Fn(&BackbonePlan, &str) -> Result<String, E>,
) -> Result<BTreeMap<String, String>, E> {
    let mut hashes = BTreeMap::new();
    for backbone in &plan.backbones {
        for dataset in &plan.datasets {
            let sampling = backbone.sampling_on(dataset);
            let content = content(backbone, &dataset.name)?;
            let identity = json!({
                "seed": plan.seed,
                "model": backbone.model(),
                "content": content,
                "temperature": sampling.temperature,
                "top_p": sampling.top_p,
                "max_tokens": sampling.max_tokens,
                "prompts": [prompts.hash_for(false), prompts.hash_for(true)],
            });
            hashes.insert(format!("backbone={}/dataset={}", backbone.name, dataset.name), hex_digest(&identity));
        }
    }
    Ok(hashes)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;
    use crate::experiment::parse;

    const BASE: &str = "
name: t
seed: 7
datasets: [one, two]
backbones: [{name: b, kind: simulated, profile: p}]
verifier: simulated
pool: {parallel: 8, chains: 1, rounds: 8}
methods: [self_consistency, mr_thinking]
budgets: [1, 2]
";

    fn hashes(set: &[&str], content: &str) -> BTreeMap<String, String> {
        let set: Vec<String> = set.iter().map(|s| (*s).to_owned()).collect();
        let plan = parse(BASE, "t.yaml", &set).unwrap();
        let prompts = PromptSet::load(&plan.prompts).unwrap();
        draw_hashes(&plan, &prompts, |_, _| Ok::<_, Infallible>(content.to_owned())).unwrap()
    }

    #[test]
    fn what_changes_no_draw_changes_no_hash() {
        for set in
            ["pool.parallel=4", "methods=[single]", "budgets=[1]", "tuning.crossfit=3", "name=x", "verifier=none"]
        {
            assert_eq!(hashes(&[set], ""), hashes(&[], ""), "{set}");
        }
    }

    #[test]
    fn what_changes_draws_changes_just_the_hashes_of_those_partitions() {
        for set in ["seed=8", "backbones.0.profile=q", "backbones.0.sampling.temperature=0.1"] {
            assert!(hashes(&[set], "").iter().all(|(name, hash)| hashes(&[], "")[name] != *hash), "{set}");
        }
        assert_ne!(hashes(&[], "another profile"), hashes(&[], ""));
        let limited = hashes(&["datasets.one.max_tokens=9"], "");
        let differing: Vec<&String> =
            limited.iter().filter(|(n, h)| hashes(&[], "")[*n] != **h).map(|(n, _)| n).collect();
        assert_eq!(differing, ["backbone=b/dataset=one"]);
    }
}
