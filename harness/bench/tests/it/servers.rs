//! Whole runs against a server that does as it should: every route, every way of replying, every kind of verifier.

use markovscale_scripted_server::{Fault, Reasoning, Rule, Script, Server, When};
use serde_json::Value;

use crate::program::succeed;
use crate::scripted::{Experiment, assert_tokens_add_up, serve};

const DRAWS: u64 = 20 * 8;

fn bodies(server: &Server, path: &str) -> Vec<Value> {
    let requests = server.requests().into_iter().filter(|request| request.path.ends_with(path));
    requests.map(|request| serde_json::from_slice(&request.body).expect("JSON")).collect()
}

#[test]
fn every_way_of_replying_gives_the_same_draws() {
    let draws = |overrides: &[&str], reasoning| {
        let server = serve(Script { reasoning, ..Script::default() });
        let experiment = overrides.iter().fold(Experiment::new(&server), |experiment, field| experiment.set(field));
        assert_eq!(experiment.count("collect"), [DRAWS, 0, DRAWS, 0]);
        let draws = experiment.draws();
        draws.assert_whole(DRAWS);
        assert_tokens_add_up(&draws, &server);
        draws
    };
    let whole = draws(&[], Reasoning::Field);
    assert!(whole.sum("reasoning_tokens") > 0 && whole.sum("cached_tokens") > 0);
    assert_eq!(whole.texts("finish_reason").iter().filter(|reason| *reason == "stop").count() as u64, DRAWS);
    let streamed = draws(&["backbones.0.stream=true"], Reasoning::Field);
    for column in ["completion", "answer", "finish_reason"] {
        assert_eq!(whole.texts(column), streamed.texts(column), "{column}");
    }
    let tags = draws(&[], Reasoning::Tags);
    assert_eq!(whole.texts("answer"), tags.texts("answer"), "reasoning in the text is told from the answer");
    draws(&["backbones.0.api=completions"], Reasoning::None);
    draws(&["backbones.0.api=completions", "backbones.0.stream=true"], Reasoning::None);
}

#[test]
fn several_draws_of_a_request_are_told_apart_where_the_server_gives_them() {
    for honours_n in [true, false] {
        let server = serve(Script { honours_n, record: true, ..Script::default() });
        let experiment = Experiment::new(&server).set("backbones.0.batch=4");
        assert_eq!(experiment.count("collect"), [DRAWS, 0, DRAWS, 0]);
        let draws = experiment.draws();
        draws.assert_whole(DRAWS);
        let counters = server.counters();
        assert_eq!(draws.sum("completion_tokens"), counters.delivered.completion_tokens, "honours_n: {honours_n}");
        let with_n = bodies(&server, "/chat/completions").iter().filter(|body| body["n"].as_u64() > Some(1)).count();
        if honours_n {
            assert_eq!(counters.delivered.replies, 20 + 20 * 4, "one request for four parallel draws");
        } else {
            assert!(with_n <= 16, "a server that ignores `n` is found out: {with_n}");
        }
    }
}

#[test]
fn cut_off_and_filtered_draws_are_kept() {
    let server = serve(Script { filtered: 0.2, ..Script::default() });
    let experiment = Experiment::new(&server).set("backbones.0.sampling.max_tokens=30");
    experiment.count("collect");
    let draws = experiment.draws();
    draws.assert_whole(DRAWS);
    assert_tokens_add_up(&draws, &server);
    let of = |reason: &str| draws.texts("finish_reason").iter().filter(|found| *found == reason).count();
    assert!(of("length") > 10, "{}", of("length"));
    let server = serve(Script { filtered: 0.2, ..Script::default() });
    let experiment = Experiment::new(&server);
    experiment.count("collect");
    let of = |reason: &str| experiment.draws().texts("finish_reason").iter().filter(|found| *found == reason).count();
    assert!(of("filtered") > 10, "{}", of("filtered"));
}

#[test]
fn tokens_that_a_server_does_not_tell_are_estimated_and_marked() {
    let server = serve(Script { usage: false, ..Script::default() });
    let experiment = Experiment::new(&server);
    experiment.count("collect");
    let draws = experiment.draws();
    draws.assert_whole(DRAWS);
    assert!(draws.sum("completion_tokens") > DRAWS);
    assert_eq!(draws.flags("tokens_estimated"), DRAWS);
}

#[test]
fn no_more_is_asked_at_once_than_is_allowed() {
    let server = serve(Script { latency_ms: 10, capacity: Some(6), ..Script::default() });
    let experiment = Experiment::new(&server).set("backbones.0.limits={concurrency: 40, attempts: 50}");
    assert_eq!(experiment.count("collect"), [DRAWS, 0, DRAWS, 0]);
    let counters = server.counters();
    assert!(counters.most_at_once <= 40 && counters.refused[&429] > 0, "{counters:?}");
    assert_tokens_add_up(&experiment.draws(), &server);
}

fn verifier(kind: &str, server: &Server) -> String {
    let url = if kind == "judge" { server.url() } else { server.url().replace("/v1", "") };
    let limits = "{concurrency: 16, timeout_seconds: 5, attempts: 12}";
    format!("verifier={{kind: {kind}, base_url: '{url}', model: scripted, limits: {limits}}}")
}

#[test]
fn every_kind_of_verifier_scores_every_answer() {
    for kind in ["prm", "score", "rerank", "judge"] {
        let (model, verifying) = (serve(Script::default()), serve(Script::default()));
        let experiment = Experiment::new(&model).set(&verifier(kind, &verifying)).set("methods=[best_of_n]");
        let drawn = experiment.count("collect")[0];
        let [total, found, made, failed] = experiment.count("score");
        assert_eq!((total, found, made, failed), (drawn, 0, drawn, 0), "{kind}");
        let scores = experiment.scores();
        scores.assert_whole(total);
        assert!(scores.reals("score").iter().all(|score| (0.0..=1.0).contains(score)), "{kind}");
        let counters = verifying.counters();
        let billed = counters.scored.prompt_tokens + counters.scored.completion_tokens;
        assert_eq!(scores.sum("verifier_tokens"), billed, "{kind}");
        assert_eq!(counters.delivered.replies, 0, "{kind}: scores only");
        assert_eq!(experiment.count("score"), [total, total, 0, 0], "{kind}: nothing is scored again");
    }
}

#[test]
fn verifiers_that_fail_now_and_then_score_the_same() {
    let rule =
        |fault, share| Rule { fault, when: When { probability: Some(share), attempts: Some(6), ..When::default() } };
    let status = |code| Fault::Status { code, retry_after: None, body: None };
    for kind in ["prm", "score", "rerank", "judge"] {
        let model = serve(Script::default());
        let (calm, failing) = (serve(Script::default()), serve(Script::default()));
        let rules = vec![
            rule(Fault::NanScores, 0.1),
            rule(status(429), 0.1),
            rule(Fault::HalfJson, 0.1),
            rule(Fault::EmptyChoices, 0.1),
            rule(Fault::CloseMidBody, 0.05),
            rule(Fault::WrongType, 0.05),
        ];
        failing.set_script(Script { rules, ..Script::default() });
        let [undisturbed, disturbed] = [&calm, &failing].map(|verifying| {
            let experiment = Experiment::new(&model).set(&verifier(kind, verifying)).set("methods=[best_of_n]");
            experiment.count("collect");
            let [total, _, made, failed] = experiment.count("score");
            assert_eq!((made, failed), (total, 0), "{kind}");
            experiment.scores()
        });
        undisturbed.assert_same(&disturbed);
        let counters = failing.counters();
        assert!(counters.faults["nan_scores"] > 3, "{kind}: {counters:?}");
        let billed = counters.scored.prompt_tokens + counters.scored.completion_tokens;
        assert_eq!(disturbed.sum("verifier_tokens"), billed, "{kind}");
    }
}

#[test]
fn a_run_is_collected_scored_replayed_and_reported() {
    let server = serve(Script::default());
    let experiment =
        Experiment::new(&server).set(&verifier("prm", &server)).set("methods=[single, best_of_n, mr_thinking]");
    succeed(&mut experiment.command("run"));
    let table = std::fs::read_to_string(experiment.folder().join("reports/scripted/table.md")).expect("a table");
    assert!(table.contains("best\\_of\\_n") && !table.contains("simulated"), "{table}");
}
