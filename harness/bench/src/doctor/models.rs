//! Models of an experiment that run in this process: each is loaded, draws a little, scores a little.

use std::time::Instant;

use super::Finding;
use super::servers::{KEY, nothing, question, score};
use crate::backbone::{self, Backbone, Request};
use crate::experiment::{BackboneKind, BackbonePlan, Plan};
use crate::key::{Chain, DrawKey, Round};
use crate::prompt::PromptSet;
use crate::resources::Resources;
use crate::vocabulary::Sampling;

/// Draws of the sample: enough to keep several threads busy.
const DRAWS: u32 = 64;
/// Most tokens of one of them.
const TOKENS: u32 = 64;

const REMEDY: &str = "name a shipped model, or the folder of one that this program understands";

/// Looks at every model that an experiment runs in this process.
pub async fn examine(plan: &Plan, prompts: Option<&PromptSet>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let resources = Resources::default();
    for backbone in &plan.backbones {
        let BackboneKind::Embedded { model } = &backbone.kind else { continue };
        match backbone::open(backbone, plan.seed, &nothing(), &resources) {
            Err(error) => findings.push(Finding::fail("model", format!("{}: {error}", backbone.name), REMEDY)),
            Ok(opened) => {
                findings.push(loaded(&backbone.name, model, &resources));
                if let Some(prompts) = prompts {
                    findings.push(draw(backbone, &*opened, plan.seed, prompts).await);
                }
            }
        }
    }
    if let (Some(model), Some(name), Some(backbone)) =
        (plan.verifier.model(), plan.verifier.name(), plan.backbones.first())
    {
        let scored = score(name, &plan.verifier, backbone, plan.seed, &resources, REMEDY).await;
        if resources.models().identities().iter().any(|identity| identity.model == model) {
            findings.push(loaded(name, model, &resources));
        }
        findings.push(scored);
    }
    findings
}

/// What a loaded model is.
fn loaded(name: &str, model: &str, resources: &Resources) -> Finding {
    let identities = resources.models().identities();
    let found = identities.iter().find(|identity| identity.model == model).map_or(String::new(), |identity| {
        let millions = identity.parameters as f64 / 1e6;
        format!(", {millions:.1} million parameters, a context of {} tokens", identity.context_length)
    });
    Finding::ok("model", format!("{name}: `{model}` runs in this process{found}"))
}

/// Draws of one question, and how fast they come.
async fn draw(plan: &BackbonePlan, opened: &dyn Backbone, seed: u64, prompts: &PromptSet) -> Finding {
    let question = question();
    let messages = prompts.messages(&question.text, None);
    let sampling = Sampling { max_tokens: TOKENS.min(plan.sampling.max_tokens), ..plan.sampling };
    let request = |number: u32| Request {
        question: &question,
        draw: DrawKey { chain: Chain(number), round: Round(0), ..KEY },
        previous_answer: None,
        critique: None,
        continue_text: None,
        messages: &messages,
        seed: seed.wrapping_add(u64::from(number)),
        sampling: &sampling,
    };
    let started = Instant::now();
    let drawn = opened.complete_all((0..DRAWS).map(request).collect()).await;
    let seconds = started.elapsed().as_secs_f64().max(1e-9);
    let mut tokens = 0;
    for result in drawn {
        match result {
            Ok(completion) => tokens += completion.completion_tokens.0,
            Err(failure) => {
                let remedy = "a prompt may be too long for the model: `prompts: {answer: terse}` is the shortest";
                return Finding::fail("draw", format!("{}: {}", plan.name, failure.message), remedy);
            }
        }
    }
    let (speed, milliseconds) = (tokens as f64 / seconds, seconds * 1e3);
    let found =
        format!("{}: {DRAWS} draws of {tokens} tokens in {milliseconds:.0} ms ({speed:.0} tokens/s)", plan.name);
    Finding::ok("draw", found)
}
