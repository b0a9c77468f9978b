//! Draws against the scripted server.

use markovscale_scripted_server::{Fault, Reasoning, Script, Server, When};

use super::*;
use crate::key::sha256_hex;
use crate::net::estimated_tokens;

fn open(server: &Server, change: impl FnOnce(&mut OpenAiPlan)) -> OpenAiBackbone {
    let mut plan = plan(&server.url());
    change(&mut plan);
    OpenAiBackbone::open(&plan, &Services::default()).unwrap()
}

/// Parallel draws, each time on a runtime of their own, as each pass over the grid has one.
fn draws(backbone: &OpenAiBackbone, count: u32) -> Vec<Completion> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (question, messages) = (question(), messages());
    let requests = (0..count).map(|number| request(&question, &messages, number)).collect();
    runtime.block_on(backbone.complete_all(requests)).into_iter().map(|result| result.unwrap()).collect()
}

fn tokens(draws: &[Completion]) -> (u64, u64) {
    let sum = |of: fn(&Completion) -> u64| draws.iter().map(of).sum();
    (sum(|draw| draw.prompt_tokens.0), sum(|draw| draw.completion_tokens.0))
}

#[test]
fn a_draw_tells_what_it_took_and_the_same_whole_or_streamed() {
    let server = Server::start(Script { reasoning: Reasoning::Field, record: true, ..Script::default() }).unwrap();
    let whole = draws(&open(&server, |_| {}), 1).remove(0);
    let sent = server.requests().into_iter().find(|request| request.method == "POST").unwrap();
    assert_eq!(whole.request_hash.as_deref(), Some(&sha256_hex(&sent.body)[..16]));
    assert!(whole.text.starts_with("<think>\n") && whole.text.contains("\n</think>\n\n"), "{}", whole.text);
    assert!(whole.completion_tokens.0 > 0 && whole.prompt_tokens.0 > 0 && !whole.tokens_estimated);
    assert!(whole.reasoning_tokens.is_some_and(|tokens| tokens.0 > 0));
    let streamed = draws(&open(&server, |plan| plan.stream = true), 1).remove(0);
    let alike = Completion { latency: whole.latency, request_hash: whole.request_hash.clone(), ..streamed };
    assert_eq!(alike, whole);
}

#[test]
fn draws_of_one_request_share_its_tokens_exactly() {
    let server = Server::start(Script::default()).unwrap();
    let backbone = open(&server, |plan| plan.batch = 8);
    let draws = draws(&backbone, 8);
    let counters = server.counters();
    assert_eq!(draws.len(), 8);
    assert_eq!(tokens(&draws), (counters.delivered.prompt_tokens, counters.delivered.completion_tokens));
    assert!(draws[1..].iter().all(|draw| draw.prompt_tokens.0 == 0 && draw.shared_seed == Some(40)));
    assert!(draws.iter().all(|draw| draw.tokens_estimated));
    assert_eq!((draws[0].shared_seed, backbone.batch()), (None, 8));
}

#[test]
fn a_server_that_ignores_n_is_asked_one_by_one_and_that_is_remembered() {
    let server = Server::start(Script { honours_n: false, record: true, ..Script::default() }).unwrap();
    let backbone = open(&server, |plan| plan.batch = 4);
    let first = draws(&backbone, 4);
    assert_eq!(backbone.batch(), 1);
    let again = draws(&backbone, 4);
    let posts = server.requests().into_iter().filter(|request| request.method == "POST").count();
    assert_eq!(posts, 8, "one that asked for four and brought one, three single ones, four single ones");
    assert!(first.iter().chain(&again).all(|draw| draw.shared_seed.is_none() && !draw.tokens_estimated));
    let counters = server.counters();
    let all: Vec<Completion> = first.into_iter().chain(again).collect();
    assert_eq!(tokens(&all), (counters.delivered.prompt_tokens, counters.delivered.completion_tokens));
}

#[test]
fn a_server_that_refuses_n_is_asked_one_by_one() {
    let refusal = Fault::Status { code: 400, retry_after: None, body: Some("{\"error\":\"n must be 1\"}".to_owned()) };
    let server = Server::start(Script::failing(refusal, When::contains("\"n\":3"))).unwrap();
    let backbone = open(&server, |plan| plan.batch = 3);
    assert_eq!(draws(&backbone, 3).len(), 3);
    assert_eq!(backbone.batch(), 1);
}

#[test]
fn tokens_that_are_not_told_are_estimated() {
    let server = Server::start(Script { usage: false, ..Script::default() }).unwrap();
    let draw = draws(&open(&server, |_| {}), 1).remove(0);
    assert!(draw.tokens_estimated);
    assert_eq!(draw.completion_tokens, estimated_tokens(draw.text.chars().count()));
    assert_eq!(draw.prompt_tokens, Tokens(5), "17 characters of two messages, each rounded up");
}

#[test]
fn faults_of_replies_are_overcome_and_told() {
    let faults = [
        (Fault::HalfJson, "the reply's JSON ends in the middle"),
        (Fault::CloseMidBody, "connection closed before the reply was whole"),
        (Fault::EmptyChoices, "the reply has no choices"),
        (Fault::ErrorInBody, "the reply is an error: scripted to fail in the body"),
        (Fault::WrongType, "the reply is an HTML page"),
    ];
    for (fault, told) in faults {
        for stream in [false, true] {
            let server = Server::start(Script::failing(fault.clone(), When::attempts(1))).unwrap();
            let draw = draws(&open(&server, |plan| plan.stream = stream), 1).remove(0);
            assert_eq!(draw.attempts, 2, "{fault:?}");
            assert!(draw.earlier_attempts[0].starts_with(told), "{fault:?}: {:?}", draw.earlier_attempts);
        }
    }
    let server = Server::start(Script::failing(Fault::DuplicateChunks, When::attempts(1))).unwrap();
    let doubled = draws(&open(&server, |plan| plan.stream = true), 1).remove(0);
    let plain = draws(&open(&server, |plan| plan.stream = true), 1).remove(0);
    assert_eq!((doubled.text, doubled.completion_tokens), (plain.text, plain.completion_tokens));
}

fn status(code: u16, body: &str) -> Fault {
    Fault::Status { code, retry_after: None, body: Some(body.to_owned()) }
}

/// One draw of a round, whatever comes of it.
fn round(backbone: &OpenAiBackbone, round: u32) -> Result<Completion, RequestFailure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (question, messages) = (question(), messages());
    let draw = DrawKey { mode: Mode::Sequential, chain: Chain(0), round: Round(round) };
    runtime.block_on(backbone.complete(Request { draw, ..request(&question, &messages, 0) }))
}

#[test]
fn a_prompt_that_is_refused_for_good_is_an_outcome_and_no_failure() {
    let filtered =
        r#"{"error":{"message":"the prompt triggered the content management policy","code":"content_filter"}}"#;
    for (code, words) in [(400, filtered), (403, r#"{"error":"Your input was flagged"}"#)] {
        let server = Server::start(Script::failing(status(code, words), When::probability(1.0))).unwrap();
        let draw = round(&open(&server, |_| {}), 0).unwrap();
        assert_eq!((draw.finish_reason, draw.attempts, &*draw.text), (FinishReason::Filtered, 1, ""));
        assert!(draw.earlier_attempts[0].contains(&code.to_string()), "{:?}", draw.earlier_attempts);
    }
    let long = r#"{"object":"error","message":"This model's maximum context length is 4096 tokens","code":400}"#;
    let server = Server::start(Script::failing(status(400, long), When::probability(1.0))).unwrap();
    let backbone = open(&server, |_| {});
    assert_eq!(round(&backbone, 3).unwrap().finish_reason, FinishReason::Length, "a chain has outgrown the model");
    let first = round(&backbone, 0).unwrap_err();
    assert!(first.message.contains("4096"), "{first}");
}

#[test]
fn n_that_is_refused_by_any_status_falls_back_to_single_requests() {
    for (code, words) in [(500, "Only one completion choice is allowed"), (501, "no"), (413, "n"), (422, "{}")] {
        let server = Server::start(Script::failing(status(code, words), When::contains("\"n\":3"))).unwrap();
        let backbone = open(&server, |plan| plan.batch = 3);
        let draws = draws(&backbone, 6);
        assert!(draws.len() == 6 && draws.iter().all(|draw| !draw.tokens_estimated), "{code}");
        assert_eq!(backbone.batch(), 1, "{code}");
    }
}

#[test]
fn a_refused_key_stops_what_asks_after_a_few_draws() {
    for (code, words) in [(401, r#"{"error":{"message":"Incorrect API key"}}"#), (403, "forbidden")] {
        let server =
            Server::start(Script { record: true, ..Script::failing(status(code, words), When::probability(1.0)) })
                .unwrap();
        let services = Services::default();
        let backbone = OpenAiBackbone::open(&plan(&server.url()), &services).unwrap();
        let failures: Vec<RequestFailure> = (0..20).map(|_| round(&backbone, 0).unwrap_err()).collect();
        assert_eq!(server.requests().iter().filter(|request| request.method == "POST").count(), 5, "{code}");
        assert!(services.stop().is_set() && services.stop().halted().is_some_and(|why| why.contains("key")), "{code}");
        assert!(failures[19].message.contains("stopped"), "{}", failures[19]);
    }
}

#[test]
fn a_field_that_the_model_refuses_is_named_with_what_leaves_it_out() {
    let words =
        r#"{"error":{"message":"Unsupported value: 'temperature' does not support 0.7","param":"temperature"}}"#;
    let server = Server::start(Script::failing(status(400, words), When::probability(1.0))).unwrap();
    let failure = round(&open(&server, |_| {}), 0).unwrap_err();
    assert!(failure.message.ends_with("`extra: {temperature: null}`"), "{failure}");
    let server =
        Server::start(Script::failing(status(404, "{\"detail\":\"Not Found\"}"), When::probability(1.0))).unwrap();
    let root = server.url().trim_end_matches("/v1").to_owned();
    let failure = round(&open(&server, |plan| plan.service.base_urls = vec![root.clone()]), 0).unwrap_err();
    assert!(failure.message.contains(&format!("`base_url: {root}/v1`")), "{failure}");
}

#[test]
fn the_model_that_a_reply_names_is_kept() {
    let server = Server::start(Script::default()).unwrap();
    let draw = round(&open(&server, |_| {}), 0).unwrap();
    assert_eq!(draw.model.as_deref(), Some("scripted"));
}
