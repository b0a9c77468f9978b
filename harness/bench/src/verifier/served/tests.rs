use std::sync::LazyLock;

use markovscale::Tokens;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::experiment::{Plan, VerifierPlan, parse};
use crate::routes::{ROUTES, Scale};

const TOKEN: &str = "<extra_0>";

fn plan(verifier: &str) -> Box<VerifierService> {
    let text = format!(
        "name: t\ndatasets: [d]\nbackbones: [{{name: b, kind: simulated, profile: p}}]\nmethods: [single]\nbudgets: [1]\n\
         verifier: {{base_url: \"http://localhost:1/v1\", model: m, {verifier}}}\n"
    );
    let Plan { verifier: VerifierPlan::Service(plan), .. } = parse(&text, "t.yaml", &[]).unwrap() else {
        panic!("no server: {verifier}");
    };
    plan
}

fn verifier(keys: &str) -> ServedVerifier {
    ServedVerifier::open(&plan(keys), &Services::default()).unwrap()
}

/// What is sent for a text that answers `2 + 2?`.
fn sent(keys: &str, text: &str) -> Value {
    let verifier = verifier(keys);
    Value::Object(verifier.body(&verifier.asked("2 + 2?", text)).expect("something to score"))
}

/// What the route of a kind reads in a reply about a text of so many steps.
fn read_by(kind: &str, settings: &Value, reply: &Value, steps: usize) -> Result<Scored, Trouble> {
    let spec = ROUTES.iter().find(|route| route.kind == kind).expect("a kind");
    let route = (spec.open)(settings.as_object().expect("a map")).expect("a route");
    let (text, extra) = (steps_of(steps), serde_json::Map::new());
    route.read(reply, &Asked { model: "m", question: "2 + 2?", text: &text, extra: &extra })
}

/// A text of so many steps.
fn steps_of(steps: usize) -> String {
    "step\n\n".repeat(steps).trim_end().to_owned()
}

fn prm_of(data: &Value, steps: usize, scale: Scale) -> Result<(f64, Vec<f64>), Trouble> {
    let reply = json!({"data": [{"index": 0, "object": "pooling", "data": data}]});
    let settings = json!({"scale": scale, "step_token": TOKEN});
    read_by("prm", &settings, &reply, steps).map(|scored| (scored.score, scored.step_scores))
}

fn read(verifier: &ServedVerifier, reply: &[u8], steps: usize) -> Result<Read<Verdict>, Unreadable> {
    verifier.read(reply, &verifier.asked("2 + 2?", &steps_of(steps)))
}

fn refused<T: std::fmt::Debug>(result: Result<T, Trouble>) -> String {
    match result.unwrap_err() {
        Trouble::Refused(why) => why,
        Trouble::Unreadable(why) => panic!("tried again: {why}"),
    }
}

#[test]
fn a_process_reward_model_is_sent_a_chat_with_a_token_after_every_step() {
    assert_eq!(
        sent("kind: prm", "Two and two.\n\n\nIt is <extra_0>4."),
        json!({
            "model": "m",
            "messages": [
                {"role": "system", "content": "Please reason step by step, and put your final answer within \\boxed{}."},
                {"role": "user", "content": "2 + 2?"},
                {"role": "assistant", "content": "Two and two.<extra_0>It is  4.<extra_0>"},
            ],
        })
    );
    let other = sent("kind: prm, step_token: \"\u{43a}\u{438}\", extra: {truncate_prompt_tokens: 4000}", "A.\n\nB.");
    assert_eq!(other["messages"][2]["content"], "A.\u{43a}\u{438}B.\u{43a}\u{438}");
    assert_eq!(other["truncate_prompt_tokens"], 4000);
}

#[test]
fn pairs_and_cross_encoders_are_sent_in_the_form_of_their_servers() {
    assert_eq!(sent("kind: score", "4"), json!({"model": "m", "text_1": "2 + 2?", "text_2": "4"}));
    assert_eq!(sent("kind: rerank", "4"), json!({"model": "m", "query": "2 + 2?", "documents": ["4"]}));
    let texts = sent("kind: rerank, extra: {texts: true, raw_scores: false, model: null}", "4");
    assert_eq!(texts, json!({"query": "2 + 2?", "texts": ["4"], "raw_scores": false}));
}

#[test]
fn a_judge_is_sent_the_prompt_and_what_it_does_not_take_can_be_left_out() {
    let body = sent("kind: judge", "It is 4.");
    let prompt = body["messages"][0]["content"].as_str().unwrap();
    assert!(prompt.contains("2 + 2?") && prompt.contains("It is 4.") && prompt.contains("yes"), "{prompt}");
    assert_eq!((&body["temperature"], &body["top_logprobs"]), (&json!(0), &json!(20)));
    assert_eq!((&body["logprobs"], &body["max_tokens"]), (&json!(true), &json!(1024)));
    let without = sent("kind: judge, extra: {logprobs: null, top_logprobs: null, temperature: null, seed: 3}", "4");
    let keys: Vec<&str> = without.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["model", "messages", "max_tokens", "seed"]);
}

#[test]
fn pooling_stands_at_the_root_of_a_server_and_other_routes_below_its_address() {
    let urls = |keys: &str| {
        let plan = plan(keys);
        service_of(&plan, &*plan.open().unwrap()).base_urls
    };
    assert_eq!(urls("kind: prm"), ["http://localhost:1"]);
    for keys in ["kind: judge", "kind: score", "kind: rerank"] {
        assert_eq!(urls(keys), ["http://localhost:1/v1"], "{keys}");
    }
}

#[test]
fn step_scores_come_as_pairs_or_numbers_or_one_for_all() {
    let of = |data: Value, steps: usize| prm_of(&data, steps, Scale::Probability).unwrap();
    assert_eq!(of(json!([[0.75, 0.25], [0.5, 0.5]]), 2), (0.375, vec![0.25, 0.5]));
    assert_eq!(of(json!([[0.2501, 0.7501]]), 1), (0.7501, vec![0.7501]), "rounded probabilities are not logits");
    assert_eq!(of(json!([0.25, 0.75]), 2), (0.5, vec![0.25, 0.75]));
    assert_eq!(of(json!([[0.25], [0.75]]), 2), (0.5, vec![0.25, 0.75]));
    assert_eq!(of(json!(0.25), 7), (0.25, vec![]));
    assert_eq!(of(json!([1.0000001]), 1), (1.0, vec![1.0]), "single precision rounds beyond 1");
    let (softmax, _) = of(json!([[-1.0, 2.0]]), 1);
    assert!((softmax - 3f64.exp() / (1.0 + 3f64.exp())).abs() < 1e-12, "{softmax}");
    let (logit, steps) = prm_of(&json!([0.0, 700.0, -700.0]), 3, Scale::Logit).unwrap();
    assert!((logit - 0.5).abs() < 1e-12 && steps[0] == 0.5 && steps[1] == 1.0 && steps[2] < 1e-300, "{steps:?}");
}

#[test]
fn pairs_that_servers_rounded_are_probabilities_and_what_could_be_either_is_refused() {
    let of = |wrong: f64, right: f64| prm_of(&json!([[wrong, right]]), 1, Scale::Probability);
    // Rounded to bf16, at the edge of what that can do: 0.3333 and 0.6667, 0.0469 and 0.9532, almost 1, and 1.
    for (wrong, right) in [(0.333984375, 0.66796875), (0.046875, 0.953125), (0.00390625, 0.99609375), (0.0014, 1.0)] {
        assert_eq!(of(wrong, right), Ok((right, vec![right])), "{wrong} {right}");
        assert_eq!(of(right, wrong), Ok((wrong, vec![wrong])), "{right} {wrong}");
    }
    // Rounded to f16, and to two decimals that sum.
    assert_eq!(of(0.0487976, 0.951172).unwrap().0, 0.951172);
    assert_eq!(of(0.33, 0.67).unwrap().0, 0.67);
    // One unit of bf16 further: neither is known.
    for (wrong, right) in [(0.0478515625, 0.95703125), (0.3359375, 0.66796875), (0.3, 0.68), (0.0, 0.98)] {
        let why = refused(of(wrong, right));
        assert!(why.contains(&format!("[{wrong}, {right}]")) && why.contains("logits"), "{why}");
    }
    // Far from 1 they are logits, whatever their range.
    for (wrong, right) in [(0.25_f64, 0.5_f64), (0.9, 0.8), (-0.5, 1.5), (0.0, 0.0)] {
        let expected = 1.0 / (1.0 + (wrong - right).exp());
        assert!((of(wrong, right).unwrap().0 - expected).abs() < 1e-12, "{wrong} {right}");
    }
}

proptest! {
    #[test]
    fn a_probability_rounded_to_bf16_is_read_as_it_is(p in 0.0_f64..=1.0) {
        let bf16 = |p: f64| {
            let bits = (p as f32).to_bits();
            f64::from(f32::from_bits((bits + 0x7fff + ((bits >> 16) & 1)) & 0xffff_0000))
        };
        let (wrong, right) = (bf16(1.0 - p), bf16(p));
        prop_assert_eq!(prm_of(&json!([[wrong, right]]), 1, Scale::Probability), Ok((right, vec![right])));
    }
}

#[test]
fn step_scores_that_are_none_are_refused_with_what_was_found() {
    let of = |data: Value, steps: usize| prm_of(&data, steps, Scale::Probability);
    let count = refused(of(json!([0.5, 0.5]), 3));
    assert!(count.contains("scores 2 steps, but 3 were sent") && count.contains(TOKEN), "{count}");
    assert!(refused(of(json!([1.5]), 1)).contains("1.5, which is no probability"));
    assert!(refused(of(json!([-0.1]), 1)).contains("`verifier.scale: logit`"));
    assert!(refused(of(json!([[0.1, 0.2, 0.3]]), 1)).contains("3 numbers for a step"));
    for data in [json!([null]), json!([[0.1, null]]), json!(["x"]), json!(null), json!({"a": 1})] {
        assert!(matches!(of(data.clone(), 1), Err(Trouble::Unreadable(_))), "{data}");
    }
}

#[test]
fn cross_encoders_reply_in_three_forms() {
    let of = |kind: &str, reply: &Value, scale: Scale| {
        read_by(kind, &json!({"scale": scale}), reply, 0).map(|scored| scored.score)
    };
    let score = |reply: &Value| of("score", reply, Scale::Probability);
    let rerank = |reply: &Value| of("rerank", reply, Scale::Probability);
    assert_eq!(score(&json!({"data": [{"index": 0, "score": 0.5}]})), Ok(0.5));
    assert_eq!(rerank(&json!({"results": [{"index": 0, "relevance_score": 0.5}]})), Ok(0.5));
    assert_eq!(rerank(&json!([{"index": 0, "score": 0.5}])), Ok(0.5));
    assert!(refused(score(&json!({"data": [{"score": 7.5}]}))).contains("7.5"));
    let logit = of("rerank", &json!([{"score": 7.5}]), Scale::Logit).unwrap();
    assert!((logit - 1.0 / (1.0 + (-7.5f64).exp())).abs() < 1e-12);
    for reply in [json!({}), json!([]), json!({"results": []}), json!({"data": [{"score": null}]})] {
        assert!(matches!(score(&reply), Err(Trouble::Unreadable(_))), "{reply}");
        assert!(matches!(rerank(&reply), Err(Trouble::Unreadable(_))), "{reply}");
    }
}

/// A token as a server lists it, with the candidates at its place.
fn token(text: &str, candidates: &[(&str, f64)]) -> Value {
    let listed: Vec<Value> = candidates.iter().map(|(text, p)| json!({"token": text, "logprob": p.ln()})).collect();
    json!({"token": text, "logprob": -0.1, "top_logprobs": listed})
}

fn read_judge(reply: &Value) -> Result<Scored, Trouble> {
    read_by("judge", &json!({"prompt": "grade"}), reply, 0)
}

fn judged(message: &Value, tokens: &[Value]) -> Result<f64, Trouble> {
    let logprobs = if tokens.is_empty() { Value::Null } else { json!({"content": tokens}) };
    let choice = json!({"index": 0, "message": message, "logprobs": logprobs, "finish_reason": "stop"});
    read_judge(&json!({"choices": [choice]})).map(|scored| scored.score)
}

#[test]
fn a_judges_content_may_come_in_parts() {
    let thinking = json!({"type": "thinking", "thinking": [{"type": "text", "text": "No error that I see.\nno"}]});
    for content in [
        json!([{"type": "text", "text": "yes"}]),
        json!([thinking, {"type": "text", "text": "Verdict: yes"}]),
        json!(["ye", {"text": "s"}]),
    ] {
        assert_eq!(judged(&json!({"content": content}), &[]), Ok(1.0), "{content}");
    }
    let only_thought = judged(&json!({"content": [thinking]}), &[]).unwrap_err();
    assert!(format!("{only_thought:?}").contains("only reasoning"), "{only_thought:?}");
}

#[test]
fn the_probability_of_yes_is_taken_where_the_verdict_stands() {
    let near = |found: Result<f64, Trouble>, expected: f64| {
        let found = found.unwrap();
        assert!((found - expected).abs() < 1e-12, "{found}, expected {expected}");
    };
    // Spellings of a word are summed, everything else at that place is left out.
    let place = token("Yes", &[("Yes", 0.4), (" yes", 0.1), ("\u{2581}YES", 0.1), ("No", 0.2), ("Maybe", 0.2)]);
    near(judged(&json!({"content": "Yes"}), std::slice::from_ref(&place)), 0.75);
    // The first word is the verdict, whatever follows it.
    let later = token(" yes", &[(" yes", 0.9), (" no", 0.1)]);
    near(judged(&json!({"content": "Yes. It says yes"}), &[place.clone(), token(".", &[]), later.clone()]), 0.75);
    // After a reasoning, the last one, whether the tags are there or the server took the reasoning out.
    let thought = [token("<think>", &[]), place.clone(), token("</think>", &[]), token("\n", &[]), later.clone()];
    near(judged(&json!({"content": "<think>Yes</think>\nyes"}), &thought), 0.9);
    near(judged(&json!({"content": "yes", "reasoning_content": "Yes"}), &[place.clone(), later.clone()]), 0.9);
    near(judged(&json!({"content": "Checked.\nVerdict: yes"}), &[place, later]), 0.9);
    // Only one of the words among the candidates.
    near(judged(&json!({"content": "no"}), &[token("no", &[("no", 0.9), ("not", 0.1)])]), 0.0);
}

#[test]
fn without_log_probabilities_the_written_answer_is_graded() {
    for (content, expected) in [("Yes.", 1.0), ("no", 0.0), ("0.7", 0.7), ("Grade: 7/10", 0.7), ("70%", 0.7)] {
        assert_eq!(judged(&json!({"content": content}), &[]), Ok(expected), "{content}");
    }
    // Listed without candidates, or cut into pieces.
    assert_eq!(judged(&json!({"content": "yes"}), &[token("yes", &[])]), Ok(1.0));
    assert_eq!(judged(&json!({"content": "NO"}), &[token("N", &[("N", 1.0)]), token("O", &[])]), Ok(0.0));
}

#[test]
fn what_a_judge_did_not_decide_is_refused_with_what_it_wrote() {
    let why = refused(judged(&json!({"content": "Well, who\n knows?"}), &[]));
    assert!(why.contains("it wrote `Well, who knows?`"), "{why}");
    let reply = json!({"choices": [{
        "message": {"content": null, "reasoning_content": "Let me see"}, "finish_reason": "length"
    }]});
    let why = refused(read_judge(&reply));
    assert!(why.contains("only reasoning, `Let me see`") && why.contains("max_tokens"), "{why}");
    for reply in [json!({"choices": []}), json!({}), json!({"choices": [{"message": "x"}]})] {
        assert!(matches!(read_judge(&reply), Err(Trouble::Unreadable(_))), "{reply}");
    }
}

#[test]
fn tokens_are_those_of_the_reply_or_none() {
    let counted = |counts: Value| usage(&json!({"usage": counts})).map(|usage| (usage.total, usage.written));
    assert_eq!(counted(json!({"prompt_tokens": 7, "completion_tokens": 2, "total_tokens": 9})), Some((9, 2)));
    assert_eq!(counted(json!({"prompt_tokens": 7, "total_tokens": 7})), Some((7, 0)));
    assert_eq!(counted(json!({"total_tokens": 7})), Some((7, 0)));
    assert_eq!((counted(json!({"prompt_tokens": 0, "total_tokens": 0})), counted(json!(null))), (None, None));
    assert_eq!(counted(json!({"prompt_tokens": -7})), None);
}

#[test]
fn a_text_that_says_nothing_is_scored_without_asking() {
    let question = crate::dataset::Question {
        id: crate::key::QuestionId("q".to_owned()),
        text: "2 + 2?".to_owned(),
        gold: "4".to_owned(),
        level: None,
        subject: None,
    };
    let draw = crate::key::DrawKey {
        mode: crate::key::Mode::Parallel,
        chain: crate::key::Chain(0),
        round: crate::key::Round(0),
    };
    let score = |keys: &str, completion: &str, answer: Option<&str>| {
        let request =
            ScoreRequest { question: &question, draw, completion, completion_tokens: Tokens(1), answer, seed: 1 };
        futures::executor::block_on(verifier(keys).score(request))
    };
    for (keys, completion) in [("kind: prm", " \n"), ("kind: judge", "<think>\n</think>"), ("kind: prm", TOKEN)] {
        let score = score(keys, completion, None).unwrap();
        assert_eq!((score.score, score.attempts, score.verifier_tokens), (0.0, 0, Tokens(0)), "{keys}");
    }
    // A draw that was imported with its answer and without its text.
    let failure = score("kind: judge", "", Some("4")).unwrap_err();
    assert!(failure.attempts == 0 && failure.message.contains("but its answer"), "{failure}");
}

#[test]
fn a_reply_that_is_cut_short_or_holds_nan_is_asked_for_again() {
    for body in
        ["", "{\"data\": [{\"sco", "{\"data\": [{\"score\": NaN}]}", "{\"data\": [{\"score\": 1e999}]}", "<html>"]
    {
        let Unreadable(why) = read(&verifier("kind: score"), body.as_bytes(), 0).unwrap_err();
        assert!(why.starts_with("the reply") && why.len() < 200, "{why}");
    }
}

/// JSON with the names that replies have, in any arrangement.
fn any_reply() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (0.0..=1.0).prop_map(|p: f64| json!(p)),
        any::<i64>().prop_map(Value::from),
        "(yes|no|</think>|[0-9./%]{0,4}|.{0,5})".prop_map(Value::from),
    ];
    let key = prop_oneof![
        Just("data"),
        Just("score"),
        Just("results"),
        Just("relevance_score"),
        Just("choices"),
        Just("message"),
        Just("content"),
        Just("logprobs"),
        Just("token"),
        Just("logprob"),
        Just("top_logprobs"),
        Just("usage"),
        Just("prompt_tokens"),
        Just("completion_tokens"),
    ];
    leaf.prop_recursive(5, 40, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..4)
                .prop_map(|fields| fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()),
        ]
    })
}

/// One of every kind. Each has an HTTP client, which takes a while to set up.
static EVERY_KIND: LazyLock<Vec<ServedVerifier>> = LazyLock::new(|| {
    let kinds = ["kind: prm", "kind: prm, scale: logit", "kind: score", "kind: rerank, scale: logit", "kind: judge"];
    kinds.map(verifier).into()
});

/// Whatever was replied, a score is a probability, and there are as many step scores as steps, or none.
fn check(body: &[u8], steps: usize) {
    for verifier in EVERY_KIND.iter() {
        if let Ok(Read { value: Ok(scored), .. }) = read(verifier, body, steps) {
            assert!((0.0..=1.0).contains(&scored.score), "{:?}: {}", verifier.plan, scored.score);
            assert!(scored.step_scores.iter().all(|score| (0.0..=1.0).contains(score)), "{:?}", verifier.plan);
            assert!([0, steps].contains(&scored.step_scores.len()), "{:?}", verifier.plan);
        }
    }
}

proptest! {
    #[test]
    fn any_json_is_a_probability_or_an_error(reply in any_reply(), steps in 0usize..4) {
        check(reply.to_string().as_bytes(), steps);
        let data = json!({"data": [{"data": reply, "score": reply}], "results": [{"relevance_score": reply}]});
        check(data.to_string().as_bytes(), steps);
        let choice = json!({"choices": [{"message": {"content": "yes"}, "logprobs": {"content": reply}}], "usage": reply});
        check(choice.to_string().as_bytes(), steps);
    }

    #[test]
    fn any_bytes_are_an_error_and_no_panic(body in prop::collection::vec(any::<u8>(), 0..60), steps in 0usize..4) {
        check(&body, steps);
    }

    #[test]
    fn as_many_numbers_as_steps_are_their_scores(pairs in prop::collection::vec((-50.0..50.0f64, -50.0..50.0f64), 1..6)) {
        let data = json!(pairs.iter().map(|(wrong, right)| [*wrong, *right]).collect::<Vec<_>>());
        let (score, steps) = prm_of(&data, pairs.len(), Scale::Probability).unwrap();
        prop_assert_eq!(steps.len(), pairs.len());
        prop_assert!((0.0..=1.0).contains(&score));
        for ((wrong, right), step) in pairs.iter().zip(steps) {
            prop_assert_eq!(step > 0.5, right > wrong || (*wrong, *right) == (0.0, 1.0));
        }
    }
}

#[test]
fn a_refusal_still_says_how_many_tokens_it_took() {
    let body = json!({"usage": {"prompt_tokens": 5}, "data": [{"score": 7}]}).to_string();
    let refusal = read(&verifier("kind: score"), body.as_bytes(), 0).unwrap();
    assert!(refusal.value.unwrap_err().contains("no probability"));
    assert_eq!(refusal.tokens, Some(5));
}
