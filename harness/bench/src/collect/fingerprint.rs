//! What makes a stored draw the draw that an experiment asks for.

use std::collections::BTreeMap;

use serde_json::json;

use crate::experiment::{BackbonePlan, Plan};
use crate::key::{Mode, hex_digest};
use crate::prompt::{Family, PromptSet};
use crate::trace::VERIFIER_ENTRY;
use crate::verifier::{self, VerifierError};

/// Per partition (`backbone=B/dataset=D`), a hash of what determines its draws: the seed, what answers and how it
/// samples, the prompts' texts.
///
/// Two experiments whose common partitions agree can share a run: methods, budgets, pool sizes, verifiers, further
/// backbones or datasets and a dataset's limit never make a stored draw stale. `content` hashes what a backbone merely names (a
/// simulated backbone's parameters on the dataset), or what only draws of a mode depend on.
///
/// What only critiques, continuations or ratings depend on has an entry of its own (`backbone=B/dataset=D/mode=M`), and
/// only where they are drawn: a method that needs them can join a run later, and changing their prompts concerns nobody
/// else.
///
/// # Errors
/// When `content` fails.
pub fn draw_hashes<E>(
    plan: &Plan,
    prompts: &PromptSet,
    content: impl Fn(&BackbonePlan, &str, Option<Mode>) -> Result<String, E>,
) -> Result<BTreeMap<String, String>, E> {
    let mut hashes = BTreeMap::new();
    for backbone in &plan.backbones {
        for dataset in &plan.datasets {
            let sampling = backbone.sampling_on(dataset);
            let shared = content(backbone, &dataset.name, None)?;
            let identity = json!({
                "seed": plan.seed,
                "model": backbone.model(),
                "content": shared,
                "temperature": sampling.temperature,
                "top_p": sampling.top_p,
                "max_tokens": sampling.max_tokens,
                "prompts": [prompts.hash(Family::Answer), prompts.hash(Family::ReAnswer)],
            });
            let partition = format!("backbone={}/dataset={}", backbone.name, dataset.name);
            for drawn in plan.drawn() {
                let families = own_prompts(drawn.mode);
                if !families.is_empty() {
                    let content = content(backbone, &dataset.name, Some(drawn.mode))?;
                    let texts: Vec<&str> = families.iter().map(|family| prompts.hash(*family)).collect();
                    let identity = json!({"content": content, "prompts": texts});
                    hashes.insert(format!("{partition}/mode={}", drawn.mode.name()), hex_digest(&identity));
                }
            }
            hashes.insert(partition, hex_digest(&identity));
        }
    }
    Ok(hashes)
}

/// The entry of a model that scores among those hashes, `verifier=NAME` and what determines its scores: scores of another
/// model or prompt are never stored under one name. `None` where none scores.
///
/// # Errors
/// When a judge's prompt cannot be used or a model's files cannot be read.
pub fn verifier_hash(plan: &Plan) -> Result<Option<(String, String)>, VerifierError> {
    let identity = verifier::identity(&plan.verifier)?;
    Ok(identity.map(|(name, hash)| (format!("{VERIFIER_ENTRY}{name}"), hash)))
}

/// The prompts that only draws of a mode use.
fn own_prompts(mode: Mode) -> &'static [Family] {
    match mode {
        Mode::Parallel | Mode::Sequential => &[],
        Mode::Refine => &[Family::Critique, Family::Refine],
        Mode::Forced => &[Family::Continuation],
        Mode::Judge => &[Family::Judge],
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::convert::Infallible;

    use markovscale::{DrawMode, MethodConfig, Oracle};

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
        draw_hashes(&plan, &prompts, |_, _, _| Ok::<_, Infallible>(content.to_owned())).unwrap()
    }

    /// Hashes of the base plan with critique-and-revise and forced chains drawn too.
    fn with_all_chains(change: impl Fn(&mut Plan)) -> BTreeMap<String, String> {
        let mut plan = parse(BASE, "t.yaml", &[]).unwrap();
        plan.methods.extend([DrawMode::Refine, DrawMode::Forced].map(|draws| MethodConfig::from(Oracle { draws })));
        change(&mut plan);
        let prompts = PromptSet::load(&plan.prompts).unwrap();
        let content = |_: &BackbonePlan, _: &str, mode: Option<Mode>| Ok::<_, Infallible>(format!("{mode:?}"));
        draw_hashes(&plan, &prompts, content).unwrap()
    }

    #[test]
    fn hashes_of_stored_runs_stay_what_they_were() {
        let expected = "511354ba4ad8eb1c9087f5587ea70fa044900881a71443b1625eefc7edeac85a";
        assert_eq!(hashes(&[], "")["backbone=b/dataset=one"], expected);
    }

    #[test]
    fn further_kinds_of_chains_add_hashes_and_change_none() {
        let (without, with) = (hashes(&[], "None"), with_all_chains(|_| {}));
        assert!(without.iter().all(|(name, hash)| with.get(name) == Some(hash)));
        let added: Vec<&str> = with.keys().filter(|name| !without.contains_key(*name)).map(|n| &n[11..]).collect();
        assert_eq!(
            added,
            [
                "dataset=one/mode=forced",
                "dataset=one/mode=refine",
                "dataset=two/mode=forced",
                "dataset=two/mode=refine"
            ]
        );
        let changed = |change: &dyn Fn(&mut Plan)| {
            let now = with_all_chains(change);
            let changed = with.iter().filter(|(name, hash)| now.get(*name) != Some(hash));
            changed.map(|(name, _)| name.rsplit('/').next().unwrap().to_owned()).collect::<BTreeSet<String>>()
        };
        let only = |name: &str| BTreeSet::from([name.to_owned()]);
        assert_eq!(changed(&|plan| plan.prompts.continuation = "Hold on".to_owned()), only("mode=forced"));
        assert_eq!(changed(&|plan| plan.prompts.critique = plan.prompts.re_answer.clone()), only("mode=refine"));
        assert!(changed(&|plan| plan.prompts.judge = "plain".to_owned()).is_empty(), "nobody asks for ratings");
    }

    #[test]
    fn a_served_verifier_is_known_by_what_it_is_asked() {
        let base = "verifier={kind: judge, base_url: http://localhost:1, model: m}";
        let hash = |changes: &[&str]| {
            let set: Vec<String> = std::iter::once(&base).chain(changes).map(|s| (*s).to_owned()).collect();
            verifier_hash(&parse(BASE, "t.yaml", &set).unwrap()).unwrap()
        };
        let (name, first) = hash(&[]).unwrap();
        assert_eq!(name, "verifier=judge");
        for same in ["verifier.base_url=http://localhost:2", "verifier.limits={attempts: 2}", "verifier.price.prompt=1"]
        {
            assert_eq!(hash(&[same]).unwrap().1, first, "{same}");
        }
        for other in ["verifier.model=n", "verifier.extra={max_tokens: 4}", "verifier.text=whole"] {
            assert_ne!(hash(&[other]).unwrap().1, first, "{other}");
        }
        assert_ne!(hash(&["verifier.kind=score"]).unwrap().1, first);
        assert!(verifier_hash(&parse(BASE, "t.yaml", &[]).unwrap()).unwrap().is_none());
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
