//! `markovscale doctor`, before a run that works and before ones that would not.

use markovscale_scripted_server::{Fault, Script, When};
use serde_json::Value;

use crate::program::{fail, files, finish, markovscale, succeed};
use crate::scripted::{Experiment, serve};

/// Verdict and words of every finding of a kind.
fn found(output: &str, check: &str) -> Vec<(String, String)> {
    let value: Value = serde_json::from_str(output).expect("JSON");
    let findings = value["findings"].as_array().expect("a list").iter();
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap_or_default().to_owned();
    findings
        .filter(|finding| finding["check"] == check)
        .map(|finding| (text(finding, "verdict"), format!("{}; {}", text(finding, "found"), text(finding, "remedy"))))
        .collect()
}

fn examine(experiment: &Experiment) -> (Option<i32>, String) {
    let output = finish(experiment.command("doctor").arg("--json"));
    (output.status.code(), String::from_utf8(output.stdout).expect("UTF-8"))
}

#[test]
fn all_is_well_with_a_server_that_works() {
    let server = serve(Script::default());
    let experiment = Experiment::new(&server);
    let text = succeed(&mut experiment.command("doctor"));
    let checks: Vec<&str> = text.lines().map(|line| line.split_whitespace().next().unwrap_or_default()).collect();
    assert!(checks.len() >= 9 && checks.iter().all(|verdict| *verdict == "ok"), "{text}");
    let before: Vec<String> = files(experiment.folder()).into_iter().map(|(name, _)| name).collect();
    assert_eq!(before, ["datasets/sums.yaml", "experiment.yaml", "sums.jsonl"], "nothing is written");
}

#[test]
fn a_machine_can_be_looked_at_without_an_experiment() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = succeed(&mut markovscale(folder.path(), &["doctor"]));
    assert_eq!(text.lines().count(), 5, "{text}");
}

#[test]
fn what_is_wrong_is_told_with_a_remedy() {
    let server = serve(Script { clock_offset_seconds: 7200, ..Script::default() });
    let (code, output) = examine(&Experiment::new(&server).set("backbones.0.model=scriptde"));
    assert_eq!(code, Some(1), "{output}");
    let model = found(&output, "model");
    assert!(model[0].0 == "fail" && model[0].1.contains("`scripted`"), "{model:?}");
    assert!(found(&output, "clock")[0].0 == "warn", "{output}");
    assert!(found(&output, "draw")[0].1.contains("404"), "{output}");

    let (code, output) = examine(&Experiment::at("http://127.0.0.1:9/v1", 2));
    let server = found(&output, "server");
    assert!(code == Some(1) && server[0].0 == "fail" && server[0].1.contains("base_url"), "{server:?}");
    assert_eq!(found(&output, "draw"), [], "nothing is drawn where nobody is");
}

#[test]
fn a_server_that_fails_is_asked_once() {
    let broken = Fault::Status { code: 500, retry_after: None, body: None };
    let when = When { path: Some("/completions".to_owned()), ..When::default() };
    let server = serve(Script::failing(broken, when));
    let (code, output) = examine(&Experiment::new(&server));
    assert_eq!((code, found(&output, "draw")[0].0.as_str()), (Some(1), "fail"), "{output}");
    assert_eq!(server.counters().refused[&500], 1);
}

#[test]
fn missing_token_counts_and_questions_are_told() {
    let server = serve(Script { usage: false, ..Script::default() });
    let experiment = Experiment::new(&server);
    std::fs::write(experiment.folder().join("sums.jsonl"), "{\"question\": \"\"}\n").expect("questions");
    let (code, output) = examine(&experiment);
    assert_eq!(code, Some(1));
    assert_eq!(found(&output, "dataset")[0].0, "fail", "{output}");
    let draw = found(&output, "draw");
    assert!(draw[0].0 == "warn" && draw[0].1.contains("tokenizer"), "{draw:?}");
}

#[test]
fn a_wrong_config_is_exit_code_2() {
    let server = serve(Script::default());
    let (code, stderr) = fail(&mut Experiment::new(&server).set("pool.paralel=1").command("doctor"));
    assert_eq!(code, 2, "{stderr}");
}
