//! Servers of an experiment: keys, addresses, models, clocks, and one tiny draw and score of each.

use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::Finding;
use crate::backbone::{self, Backbone, Request};
use crate::dataset::{Dataset, Question};
use crate::experiment::{BackboneKind, BackbonePlan, OpenAiPlan, Plan, ServicePlan, VerifierPlan};
use crate::key::{Chain, DrawKey, Mode, QuestionId, Round};
use crate::net::{Page, Service};
use crate::prompt::PromptSet;
use crate::resources::Resources;
use crate::suggest::name_help;
use crate::verifier::{self, ScoreRequest};
use crate::vocabulary::Sampling;

/// Longest wait for a tiny draw; a server that loads its model at the first request may need most of it.
const LONGEST_SECONDS: f64 = 120.0;
/// Most tokens of a tiny draw.
const TOKENS: u32 = 16;
/// Difference of clocks that is worth a word: `Retry-After` dates and start times would be off.
const CLOCK: Duration = Duration::from_secs(60);

/// Looks at every server that an experiment names.
pub async fn examine(plan: &Plan, prompts: Option<&PromptSet>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let resources = Resources::default();
    let mut known: Vec<ServicePlan> = Vec::new();
    for backbone in &plan.backbones {
        let BackboneKind::OpenAi(openai) = &backbone.kind else { continue };
        let openai = OpenAiPlan { service: brief(&openai.service), ..(**openai).clone() };
        let reached = server(&backbone.name, &openai.service, Some(backbone), &resources, &mut findings).await;
        known.push(openai.service.clone());
        if let (true, Some(prompts)) = (reached, prompts) {
            let brief = BackbonePlan { kind: BackboneKind::OpenAi(Box::new(openai)), ..backbone.clone() };
            findings.push(draw(&brief, plan.seed, &resources, prompts).await);
        }
    }
    if let VerifierPlan::Service(planned) = &plan.verifier {
        let mut planned = planned.clone();
        planned.service = brief(&planned.service);
        let reached = known.contains(&planned.service)
            || server(&planned.name, &planned.service, None, &resources, &mut findings).await;
        if let (true, Some(backbone)) = (reached, plan.backbones.first()) {
            let remedy = "read what the server says; `kind` must fit what it serves";
            let verifier = VerifierPlan::Service(planned.clone());
            findings.push(score(&planned.name, &verifier, backbone, plan.seed, &resources, remedy).await);
        }
    }
    findings
}

/// The same server, asked once and not for long.
fn brief(service: &ServicePlan) -> ServicePlan {
    let mut service = service.clone();
    service.limits.attempts = 1;
    service.limits.timeout_seconds = service.limits.timeout_seconds.min(LONGEST_SECONDS);
    service.limits.requests_per_minute = None;
    service.limits.tokens_per_minute = None;
    service
}

/// Key, replicas, model and clock of a server. True when a draw can be tried.
async fn server(
    name: &str,
    plan: &ServicePlan,
    backbone: Option<&BackbonePlan>,
    resources: &Resources,
    findings: &mut Vec<Finding>,
) -> bool {
    let service = match resources.services().get(plan) {
        Ok(service) => service,
        Err(error) => {
            let remedy = match &plan.api_key_env {
                Some(variable) => format!("set the variable before you run, e.g. `export {variable}=...`"),
                None => "say in an issue how it came about".to_owned(),
            };
            findings.push(Finding::fail("key", format!("{name}: {error}"), remedy));
            return false;
        }
    };
    if let Some(variable) = &plan.api_key_env {
        findings.push(Finding::ok("key", format!("{name}: `{variable}` is set")));
    }
    let mut reached = false;
    for replica in 0..plan.base_urls.len() {
        reached |= look(name, &service, (replica, backbone), findings).await;
    }
    reached
}

/// One replica. True when it answers at all.
async fn look(
    name: &str,
    service: &Service,
    (replica, backbone): (usize, Option<&BackbonePlan>),
    findings: &mut Vec<Finding>,
) -> bool {
    let plan = service.plan();
    let url = plan.base_urls.get(replica).map(String::as_str).unwrap_or_default();
    let before = SystemTime::now();
    let page = match service.page(replica, "/models").await {
        Ok(page) => page,
        Err(refused) if refused.answered => {
            findings.push(Finding::warn(
                "server",
                format!("{name}: {url} is there but does not list its models: {}", refused.why),
                "see whether the tiny draw works; some servers have no such list",
            ));
            return true;
        }
        Err(refused) => {
            findings.push(Finding::fail(
                "server",
                format!("{name}: {url} cannot be reached: {}", refused.why),
                "start the server, or correct `base_url` (it often ends in `/v1`)",
            ));
            return false;
        }
    };
    findings.push(Finding::ok("server", format!("{name}: {url} answers")));
    findings.push(model(name, plan, url, &page));
    findings.extend(backbone.and_then(|backbone| context(backbone, &plan.model, &page)));
    findings.extend(clock(name, url, &page, before));
    true
}

/// Whether the server lists the model.
fn model(name: &str, plan: &ServicePlan, url: &str, page: &Page) -> Finding {
    let listed: Option<Value> = serde_json::from_slice(&page.body).ok();
    let models: Option<Vec<&str>> = listed
        .as_ref()
        .and_then(|listed| listed.get("data")?.as_array())
        .map(|entries| entries.iter().filter_map(|entry| entry.get("id")?.as_str()).collect());
    match models {
        Some(models) if models.contains(&&*plan.model) => {
            Finding::ok("model", format!("{name}: {url} serves `{}`", plan.model))
        }
        Some(models) if !models.is_empty() => {
            let found = format!("{name}: {url} does not list `{}`", plan.model);
            Finding::fail("model", found, format!("correct `model`; {}", name_help(&plan.model, &models)))
        }
        _ => Finding::warn(
            "model",
            format!("{name}: {url} does not say which models it serves"),
            "see whether the tiny draw works; the address may be of something else",
        ),
    }
}

/// Whether the completions that are asked for fit into the model's context; `None` where the server does not say how long
/// that is. The prompt is not known yet: a small one is assumed.
fn context(backbone: &BackbonePlan, model: &str, page: &Page) -> Option<Finding> {
    const PROMPT: u64 = 256;
    let listed: Value = serde_json::from_slice(&page.body).ok()?;
    let entry = listed["data"].as_array()?.iter().find(|entry| entry["id"] == *model)?.clone();
    let places = ["/max_model_len", "/meta/n_ctx", "/context_length", "/max_context_length", "/context_window"];
    let longest = places.iter().find_map(|place| entry.pointer(place)?.as_u64())?;
    let asked = u64::from(backbone.sampling.max_tokens);
    let name = &backbone.name;
    let found = format!("{name}: the server takes {longest} tokens, prompt and completion; `max_tokens` is {asked}");
    let remedy = format!(
        "lower `sampling.max_tokens` to {} or less, or serve the model with a longer context",
        longest.saturating_sub(PROMPT).max(longest / 2)
    );
    Some(match asked {
        _ if asked >= longest => Finding::fail("context", format!("{found}: no prompt fits beside it"), remedy),
        _ if asked + PROMPT > longest => Finding::warn("context", format!("{found}: only short prompts fit"), remedy),
        _ => Finding::ok("context", found),
    })
}

/// How far the server's clock is from this one; `None` where it does not tell.
fn clock(name: &str, url: &str, page: &Page, before: SystemTime) -> Option<Finding> {
    let there = DateTime::parse_from_rfc2822(page.date.as_deref()?).ok()?.to_utc();
    let here = DateTime::<Utc>::from(before);
    let off = there.signed_duration_since(here).abs().to_std().unwrap_or_default();
    Some(if off < CLOCK {
        Finding::ok("clock", format!("{name}: clock of {url} agrees with this machine's within {} s", CLOCK.as_secs()))
    } else {
        Finding::warn(
            "clock",
            format!("{name}: clock of {url} is {} s away from this machine's ({here:.0})", off.as_secs()),
            "set the clock that is wrong; times in traces and pauses that a server asks for by date would be off",
        )
    })
}

/// One tiny draw.
async fn draw(plan: &BackbonePlan, seed: u64, resources: &Resources, prompts: &PromptSet) -> Finding {
    let remedy = "read what the server says; its log may say more";
    let opened = match backbone::open(plan, seed, &nothing(), resources) {
        Ok(opened) => opened,
        Err(error) => return Finding::fail("draw", format!("{}: {error}", plan.name), remedy),
    };
    let question = question();
    let messages = prompts.messages(&question.text, None);
    let sampling = Sampling { max_tokens: TOKENS.min(plan.sampling.max_tokens), ..plan.sampling };
    let request = Request {
        question: &question,
        draw: KEY,
        previous_answer: None,
        critique: None,
        continue_text: None,
        messages: &messages,
        seed,
        sampling: &sampling,
    };
    let opened: &dyn Backbone = &*opened;
    match opened.complete(request).await {
        Err(failure) => Finding::fail("draw", format!("{}: {}", plan.name, failure.message), remedy),
        Ok(completion) => {
            let found = format!(
                "{}: a draw of {} tokens in {:.0} ms",
                plan.name,
                completion.completion_tokens.0,
                completion.latency.unwrap_or_default().as_secs_f64() * 1e3
            );
            if completion.text.trim().is_empty() {
                let remedy =
                    "ask the server by hand: a chat template, `stop`, or a reasoning parser may take the whole text";
                return Finding::warn("draw", format!("{found}; it holds no text"), remedy);
            }
            if completion.tokens_estimated {
                let remedy = "token counts will be estimates and marked so; name a `tokenizer` to have them counted";
                Finding::warn("draw", format!("{found}; the server does not tell tokens"), remedy)
            } else {
                Finding::ok("draw", found)
            }
        }
    }
}

/// One tiny score. `remedy`: what to do where there is none.
pub(super) async fn score(
    name: &str,
    plan: &VerifierPlan,
    backbone: &BackbonePlan,
    seed: u64,
    resources: &Resources,
    remedy: &str,
) -> Finding {
    let opened = match verifier::open(plan, backbone, seed, &nothing(), resources) {
        Ok(opened) => opened,
        Err(error) => return Finding::fail("score", format!("{name}: {error}"), remedy),
    };
    let request = ScoreRequest {
        question: &question(),
        draw: KEY,
        completion: "2 and 3 make 5.\n\nThe answer is \\boxed{5}.",
        completion_tokens: markovscale::Tokens(16),
        answer: Some("5"),
        seed,
    };
    match opened.score(request).await {
        Err(failure) => Finding::fail("score", format!("{name}: {}", failure.message), remedy),
        Ok(score) => Finding::ok(
            "score",
            format!(
                "{name}: a score of {:.2} in {:.0} ms",
                score.score,
                score.latency.unwrap_or_default().as_secs_f64() * 1e3
            ),
        ),
    }
}

pub(super) const KEY: DrawKey = DrawKey { mode: Mode::Parallel, chain: Chain(0), round: Round(0) };

/// A dataset of no questions: servers need none to be set up.
pub(super) fn nothing() -> Dataset {
    Dataset { name: "doctor".to_owned(), revision: String::new(), questions: Vec::new() }
}

pub(super) fn question() -> Question {
    Question {
        id: QuestionId("q-doctor".to_owned()),
        text: "What is 2 + 3?".to_owned(),
        gold: "5".to_owned(),
        level: None,
        subject: None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;
    use crate::experiment::parse;

    fn openai(plan: &Plan) -> &ServicePlan {
        match &plan.backbones[0].kind {
            BackboneKind::OpenAi(openai) => &openai.service,
            other => panic!("{other:?}"),
        }
    }

    fn plan() -> Plan {
        let text = "name: t\ndatasets: [arithmetic-stories]\nbackbones: [{name: b, kind: openai, base_url: \
                    'http://localhost:8000/v1', model: qwen}]\npool: {parallel: 1, chains: 1, rounds: 1}\n\
                    methods: [single]\nbudgets: [1]\n";
        parse(text, "t.yaml", &[]).unwrap()
    }

    fn page(body: &str, date: Option<&str>) -> Page {
        Page { body: body.as_bytes().to_vec(), date: date.map(str::to_owned) }
    }

    #[test]
    fn a_model_that_is_not_listed_is_named_with_the_nearest() {
        let plan = plan();
        let of = |body: &str| model("b", openai(&plan), "http://x", &page(body, None));
        assert_eq!(of(r#"{"data": [{"id": "qwen"}]}"#).verdict, Verdict::Ok);
        let missing = of(r#"{"data": [{"id": "qwen2"}]}"#);
        assert_eq!(missing.verdict, Verdict::Fail);
        assert!(missing.remedy.unwrap().contains("qwen2"));
        assert_eq!(of("<html>").verdict, Verdict::Warn);
    }

    #[test]
    fn max_tokens_are_compared_with_what_the_server_takes() {
        let mut backbone = plan().backbones[0].clone();
        let mut of = |asked: u32, body: &str| {
            backbone.sampling.max_tokens = asked;
            context(&backbone, "qwen", &page(body, None)).map(|finding| finding.verdict)
        };
        let vllm = r#"{"data": [{"id": "other", "max_model_len": 9}, {"id": "qwen", "max_model_len": 4096}]}"#;
        assert_eq!(of(16_384, vllm), Some(Verdict::Fail));
        assert_eq!(of(4_096, vllm), Some(Verdict::Fail));
        assert_eq!(of(4_000, vllm), Some(Verdict::Warn));
        assert_eq!(of(2_048, vllm), Some(Verdict::Ok));
        assert_eq!(
            of(9_000, r#"{"data": [{"id": "qwen", "meta": {"n_ctx": 8192, "n_ctx_train": 32768}}]}"#),
            Some(Verdict::Fail)
        );
        assert_eq!(of(9_000, r#"{"data": [{"id": "qwen"}]}"#), None);
        assert_eq!(of(9_000, "<html>"), None);
    }

    #[test]
    fn a_clock_that_is_off_is_told() {
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        let of = |date| clock("b", "http://x", &page("", Some(date)), at);
        assert_eq!(of("Sun, 06 Nov 1994 08:49:30 GMT").unwrap().verdict, Verdict::Ok);
        let off = of("Sun, 06 Nov 1994 09:49:37 GMT").unwrap();
        assert!(off.verdict == Verdict::Warn && off.found.contains("3600 s away"), "{off:?}");
        assert_eq!(clock("b", "http://x", &page("", None), at), None);
    }

    #[test]
    fn a_look_is_brief_whatever_the_plan_allows() {
        let brief = brief(openai(&plan()));
        assert_eq!((brief.limits.attempts, brief.limits.timeout_seconds), (1, LONGEST_SECONDS));
    }
}
