//! Verifiers behind servers: a stored pool is scored, scored again by another, and replayed with other aggregates.

use std::collections::BTreeMap;
use std::path::Path;

use markovscale_scripted_server::{Fault, Script, Server, When};
use serde_json::{Value, json};

use crate::program::{fail, markovscale, succeed};

const QUESTIONS: usize = 12;
const DRAWS: usize = 3;

/// Imports a pool of texts of three steps each, some right, as the run `pool`.
fn import(folder: &Path) {
    let file = folder.join("pool.jsonl");
    let draw = |question: usize, draw: usize| {
        let answer = if (question + draw).is_multiple_of(2) { question + 7 } else { draw };
        json!({
            "question": format!("What is {question} + 7?"),
            "gold": (question + 7).to_string(),
            "completion": format!("<think>\nI add {question} and 7, attempt {draw}.\n\nThat is easy.</think>\n\n\\boxed{{{answer}}}"),
            "tokens": 20,
        })
    };
    let lines = (0..QUESTIONS).flat_map(|question| (0..DRAWS).map(move |number| draw(question, number).to_string()));
    std::fs::write(&file, lines.collect::<Vec<_>>().join("\n")).expect("written");
    let map = "question=question,gold=gold,completion=completion,completion_tokens=tokens";
    let file = file.to_str().expect("UTF-8");
    succeed(&mut markovscale(
        folder,
        &["import", "jsonl", file, "--dataset", "sums", "--backbone", "b", "--name", "pool", "--map", map],
    ));
}

/// `command` on the run's experiment with this verifier.
fn with_verifier(folder: &Path, command: &str, server: &Server, keys: &str) -> std::process::Command {
    let config = folder.join("runs/pool/experiment.yaml");
    let mut command = markovscale(folder, &[command, config.to_str().expect("UTF-8")]);
    let verifier = format!("verifier={{base_url: \"{}\", model: scripted, {keys}}}", server.url());
    command.args(["--set", &verifier]);
    command
}

/// The paths of what was asked, without the questions about the server itself.
fn posts(server: &Server) -> Vec<String> {
    server.requests().into_iter().filter(|request| request.method == "POST").map(|request| request.path).collect()
}

/// Every draw with its scores.
fn exported(folder: &Path) -> Vec<Value> {
    let lines = succeed(&mut markovscale(folder, &["export", "jsonl", "pool"]));
    lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// The accuracy of the best-scored of all draws.
fn best(draws: &[Value], score: impl Fn(&Value) -> f64) -> f64 {
    let mut best: BTreeMap<&str, (f64, bool)> = BTreeMap::new();
    for draw in draws {
        let (score, right) = (score(draw), draw["correct"].as_bool().expect("decided"));
        let entry = best.entry(draw["question_id"].as_str().expect("an id")).or_insert((-1.0, right));
        // The same words get the same score.
        assert!(score.to_bits() != entry.0.to_bits() || right == entry.1, "a tie leaves the best open");
        if score > entry.0 {
            *entry = (score, right);
        }
    }
    best.values().filter(|(_, right)| *right).count() as f64 / best.len() as f64
}

fn replayed(folder: &Path, set: &[&str]) -> f64 {
    let mut command = markovscale(folder, &["replay", "pool", "--json"]);
    command.args(["--set", "methods=[best_of_n]", "--set", "budgets=[3]"]);
    command.args(["--set", "replay={replicates: 4, resamples: 20}"]);
    for set in set {
        command.args(["--set", set]);
    }
    let outcomes: Value = serde_json::from_str(&succeed(&mut command)).expect("JSON");
    outcomes[0]["accuracy"]["point"].as_f64().expect("an accuracy")
}

#[test]
fn a_pool_is_scored_step_by_step_and_the_steps_are_aggregated_when_it_is_replayed() {
    let folder = tempfile::tempdir().expect("a folder");
    import(folder.path());
    // The first attempt at every score gives NaN.
    let script = Script { record: true, ..Script::failing(Fault::NanScores, When::attempts(1)) };
    let server = Server::start(script).expect("a server");
    let said = succeed(with_verifier(folder.path(), "score", &server, "kind: prm").arg("--json"));
    let said: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!((&said["scores"]["collected"], &said["scores"]["failed"]), (&json!(36), &json!(0)), "{said}");
    assert!(server.url().ends_with("/v1"));
    assert!(posts(&server).iter().all(|path| path == "/pooling"), "below the root, whatever the address");

    let draws = exported(folder.path());
    assert_eq!(draws.len(), QUESTIONS * DRAWS);
    let steps = |draw: &Value| -> Vec<f64> {
        let steps = draw["scores"]["prm"]["step_scores"].as_array().expect("steps");
        steps.iter().map(|step| step.as_f64().expect("a number")).collect()
    };
    let (mut tokens, product) = (0, |draw: &Value| steps(draw).iter().product::<f64>());
    for draw in &draws {
        let score = &draw["scores"]["prm"];
        assert_eq!(steps(draw).len(), 3, "the reasoning's two paragraphs are steps: {draw}");
        let mean = steps(draw).iter().sum::<f64>() / 3.0;
        assert!((score["score"].as_f64().expect("a score") - mean).abs() < 1e-12, "{draw}");
        tokens += score["verifier_tokens"].as_u64().expect("tokens");
    }
    assert_eq!(tokens, server.counters().scored.prompt_tokens, "every token that the server counted, and no other");

    let asked = server.counters().requests;
    let smallest = |draw: &Value| steps(draw).into_iter().fold(1.0, f64::min);
    let last = |draw: &Value| steps(draw)[2];
    let stored = |draw: &Value| draw["scores"]["prm"]["score"].as_f64().expect("a score");
    let expected = [best(&draws, stored), best(&draws, last), best(&draws, product), best(&draws, smallest)];
    assert!(expected.iter().any(|accuracy| *accuracy != expected[0]), "{expected:?} would not tell them apart");
    assert_eq!(replayed(folder.path(), &[]), expected[0]);
    for (aggregate, expected) in ["mean", "last", "product", "min"].into_iter().zip(expected) {
        assert_eq!(replayed(folder.path(), &[&format!("verifier.aggregate={aggregate}")]), expected, "{aggregate}");
        // Also of scores that nobody can make anew.
        let imported = format!("verifier={{kind: imported, name: prm, aggregate: {aggregate}}}");
        assert_eq!(replayed(folder.path(), &[&imported]), expected, "{aggregate}");
    }
    succeed(&mut markovscale(folder.path(), &["report", "pool"]));
    let table = std::fs::read_to_string(folder.path().join("reports/pool/table.md")).expect("a table");
    assert!(table.contains("Scores of prm are the smallest of its step scores"), "{table}");
    assert_eq!(server.counters().requests, asked, "replay asks nobody");
}

#[test]
fn a_score_that_fails_ends_with_exit_code_3_and_is_asked_for_again_and_another_verifier_has_another_name() {
    let folder = tempfile::tempdir().expect("a folder");
    import(folder.path());
    let refusing = || {
        let fault = Fault::Status { code: 400, retry_after: None, body: None };
        Script { record: true, ..Script::failing(fault, When::contains("I add 2 and 7, attempt 1")) }
    };
    let server = Server::start(refusing()).expect("a server");
    let judge = "kind: judge, text: whole";
    let (code, stderr) = fail(&mut with_verifier(folder.path(), "score", &server, judge));
    assert!(code == 3 && stderr.contains("1 scores failed; run the same command"), "{code} {stderr}");
    // Without a score for every answer, averages would favour the questions that have them.
    let (_, stderr) = fail(markovscale(folder.path(), &["replay", "pool"]).args(["--set", "methods=[best_of_n]"]));
    assert!(stderr.contains("1 of 12 questions lack draws or scores"), "{stderr}");

    let before = posts(&server).len();
    server.set_script(Script { record: true, ..Script::default() });
    succeed(&mut with_verifier(folder.path(), "score", &server, judge));
    assert_eq!(posts(&server).len(), before + 1, "just the one that failed");
    succeed(&mut with_verifier(folder.path(), "score", &server, judge));
    assert_eq!(posts(&server).len(), before + 1, "a finished pass asks for nothing");

    // Another way of asking under the same name, and under a name of its own.
    let (code, stderr) = fail(&mut with_verifier(folder.path(), "score", &server, "kind: judge"));
    assert!(code == 1 && stderr.contains("called `judge`") && stderr.contains("verifier.name="), "{code} {stderr}");
    succeed(&mut with_verifier(folder.path(), "score", &server, "kind: judge, name: answers"));
    succeed(&mut with_verifier(folder.path(), "score", &server, "kind: rerank"));
    succeed(&mut with_verifier(folder.path(), "score", &server, "kind: score"));
    for draw in exported(folder.path()) {
        let score = |name: &str| draw["scores"][name]["score"].as_f64();
        let scores = ["judge", "answers", "rerank", "score"].map(score);
        assert!(scores.iter().all(|score| score.is_some_and(|score| (0.0..=1.0).contains(&score))), "{draw}");
        // Log-probabilities, not the word.
        assert!(score("judge").is_some_and(|score| score > 0.0 && score < 1.0), "{draw}");
    }
    // What is replayed is whose scores were asked for, without a server.
    drop(server);
    let draws = exported(folder.path());
    for name in ["judge", "answers", "rerank", "score"] {
        let set = format!("verifier={{kind: imported, name: {name}}}");
        let expected = best(&draws, |draw| draw["scores"][name]["score"].as_f64().expect("a score"));
        assert_eq!(replayed(folder.path(), &[&set]), expected, "{name}");
    }
}
