//! Bodies, replies as real servers write them, and draws against the scripted server.

use serde_json::{Value, json};

mod replies;
mod served;

use super::*;
use crate::dataset::Question;
use crate::experiment::{Api, Limits, Price, ServicePlan};
use crate::key::{Chain, DrawKey, QuestionId, Round};
use crate::vocabulary::{Message, Role, Sampling};

const SAMPLING: Sampling = Sampling { temperature: 0.7, top_p: 0.95, max_tokens: 100 };

fn plan(url: &str) -> OpenAiPlan {
    OpenAiPlan {
        service: ServicePlan {
            base_urls: vec![url.to_owned()],
            model: "scripted".to_owned(),
            api_key_env: None,
            extra: serde_json::Map::new(),
            limits: Limits::declared(),
            price: Price::default(),
        },
        api: Api::Chat,
        stream: false,
        stop: Vec::new(),
        batch: 1,
        tokenizer: None,
    }
}

fn question() -> Question {
    Question {
        id: QuestionId("q".to_owned()),
        text: "1 + 1?".to_owned(),
        gold: "2".to_owned(),
        level: None,
        subject: None,
    }
}

fn messages() -> Vec<Message> {
    vec![
        Message { role: Role::System, content: "Be brief.".to_owned() },
        Message { role: Role::User, content: "1 + 1?".to_owned() },
    ]
}

fn request<'a>(question: &'a Question, messages: &'a [Message], number: u32) -> Request<'a> {
    Request {
        question,
        draw: DrawKey { mode: Mode::Parallel, chain: Chain(number), round: Round(0) },
        previous_answer: None,
        critique: None,
        messages,
        continue_text: None,
        seed: 40 + u64::from(number),
        sampling: &SAMPLING,
    }
}

fn sent(plan: &OpenAiPlan, count: usize, continue_text: Option<&str>) -> Value {
    let (question, messages) = (question(), messages());
    let request = Request { continue_text, ..request(&question, &messages, 2) };
    serde_json::from_slice(&body::body(plan, &request, count)).unwrap()
}

#[test]
fn a_chat_is_asked_for_with_the_draws_seed_and_sampling() {
    let expected = json!({
        "model": "scripted",
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "1 + 1?"}],
        "temperature": 0.7, "top_p": 0.95, "max_tokens": 100, "seed": 42,
    });
    assert_eq!(sent(&plan("http://host/v1"), 1, None), expected);
}

#[test]
fn a_text_is_gone_on_with_where_it_ends() {
    let chat = sent(&plan("http://host/v1"), 1, Some("<think>\nSo 2\nWait"));
    assert_eq!(chat["messages"][2], json!({"role": "assistant", "content": "<think>\nSo 2\nWait"}));
    assert_eq!((&chat["continue_final_message"], &chat["add_generation_prompt"]), (&json!(true), &json!(false)));
    let plain = OpenAiPlan { api: Api::Completions, ..plan("http://host/v1") };
    let plain = sent(&plain, 1, Some(" So 2"));
    assert_eq!(plain["prompt"], "Be brief.\n\n1 + 1? So 2");
    assert!(plain.get("messages").is_none() && plain.get("continue_final_message").is_none());
}

#[test]
fn stops_batches_streams_and_extra_fields_are_sent() {
    let mut plan = plan("http://host/v1");
    plan.stop = vec!["END".to_owned()];
    plan.stream = true;
    let extra = json!({"top_k": 20, "max_tokens": null, "max_completion_tokens": 50, "temperature": 0});
    plan.service.extra = extra.as_object().unwrap().clone();
    let sent = sent(&plan, 4, None);
    assert_eq!(sent["stop"], json!(["END"]));
    assert_eq!((&sent["n"], &sent["stream"]), (&json!(4), &json!(true)));
    assert_eq!(sent["stream_options"], json!({"include_usage": true}));
    assert_eq!((&sent["top_k"], &sent["max_completion_tokens"]), (&json!(20), &json!(50)));
    assert_eq!(sent["temperature"], 0, "the plan's extra fields win");
    assert!(sent.get("max_tokens").is_none(), "a null takes a field out");
}

#[test]
fn the_rounds_of_a_chain_have_one_affinity_and_parallel_draws_none() {
    let (question, messages) = (question(), messages());
    let of = |mode, chain, round| {
        let draw = DrawKey { mode, chain: Chain(chain), round: Round(round) };
        affinity(&Request { draw, ..request(&question, &messages, 0) })
    };
    assert_eq!(of(Mode::Parallel, 0, 0), None);
    assert_eq!(of(Mode::Sequential, 1, 0), of(Mode::Sequential, 1, 7));
    assert_ne!(of(Mode::Sequential, 1, 0), of(Mode::Sequential, 2, 0));
    assert_ne!(of(Mode::Sequential, 1, 0), of(Mode::Refine, 1, 0));
}
