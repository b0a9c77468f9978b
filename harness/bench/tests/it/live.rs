//! `collect: live` and `solve`, through the built program.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use markovscale_scripted_server::{Script, Server};
use serde_json::Value;

use crate::program::{fail, files, markovscale, succeed};

fn live(folder: &Path, what: &str) -> Command {
    let mut command = markovscale(folder, &[what, "configs/simulated.yaml", "--set", "collect=live"]);
    command.args(["--set", "backbones=[{name: simulated-weak, kind: simulated}]"]);
    command.args(["--set", "methods=[single, {early_stopping_sc: {window: 3}}, adaptive_sc, best_of_n, mr_thinking]"]);
    command.args(["--set", "budgets=[1, 8]"]);
    command
}

#[test]
fn a_live_run_that_is_killed_again_and_again_ends_like_an_undisturbed_one() {
    let undisturbed = tempfile::tempdir().expect("a folder");
    let said: Value = serde_json::from_str(&succeed(live(undisturbed.path(), "run").arg("--json"))).expect("JSON");
    assert_eq!(said["draws"]["total"], said["draws"]["collected"]);
    let report = undisturbed.path().join("reports/simulated/table.md");
    assert!(std::fs::read_to_string(report).expect("a table").contains("Collected live"));

    let disturbed = tempfile::tempdir().expect("a folder");
    let (mut kills, mut window) = (0, 30);
    loop {
        let mut child = live(disturbed.path(), "collect").stderr(Stdio::null()).spawn().expect("the program starts");
        std::thread::sleep(Duration::from_millis(window));
        // However slow the machine, it comes to its end.
        window += window / 8 + 1;
        if let Some(status) = child.try_wait().expect("a child") {
            assert!(status.success(), "{status}");
            break;
        }
        child.kill().expect("SIGKILL");
        child.wait().expect("a child");
        kills += 1;
    }
    assert!(kills >= 2, "only {kills} kills: the test proves little");
    for kind in ["traces", "scores"] {
        let [expected, found] =
            [undisturbed.path(), disturbed.path()].map(|folder| files(&folder.join("runs/simulated").join(kind)));
        assert!(!expected.is_empty() && expected == found, "{kind} differ from the undisturbed run's");
    }
    assert_eq!(files(&disturbed.path().join("runs/simulated/journal")), []);
}

#[test]
fn what_a_live_run_draws_is_an_upper_bound_in_its_plan() {
    let folder = tempfile::tempdir().expect("a folder");
    let said = succeed(&mut live(folder.path(), "plan"));
    assert!(said.contains("at most 8 parallel draws + 1 chains of 8 rounds = at most 16 draws a question"), "{said}");
}

fn solve(arguments: &[&str]) -> Command {
    let folder = std::env::temp_dir();
    let mut all = vec!["solve", "--backbone", "simulated-weak"];
    all.extend(arguments);
    markovscale(&folder, &all)
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("a JSON object a line")).collect()
}

#[test]
fn solve_says_every_round_and_what_it_spent() {
    let method = "markovscale: {stop: map, select: posterior}";
    let arguments = ["--gold", "391", "--method", method, "--budget", "6", "What is 17 * 23?"];
    let lines = lines(&succeed(solve(&arguments).arg("--json")));
    let (start, rest) = lines.split_first().expect("a start");
    let (end, rounds) = rest.split_last().expect("an end");
    assert_eq!((&start["event"], &start["method"]), (&"start".into(), &"markovscale(map, posterior)".into()));
    assert!(start["calibration"].as_str().expect("words").contains("weak defaults"));
    assert!(lines.iter().all(|line| line["simulated"] == true), "simulated, and every line says so");
    let tokens = |name: &str| rounds.iter().map(|round| round[name].as_u64().expect("a count")).sum::<u64>();
    for name in ["prompt_tokens", "completion_tokens", "verifier_tokens"] {
        assert_eq!(end[name], tokens(name), "{name}");
    }
    for (number, round) in rounds.iter().enumerate() {
        let last = number + 1 == rounds.len();
        assert_eq!((&round["event"], &round["round"]), (&"round".into(), &(number + 1).into()));
        assert_eq!(round["decision"], if last { "stop" } else { "go_on" });
        let posterior = &round["posterior"];
        let number = |name: &str| posterior[name].as_f64().expect("a number");
        assert!((number("gain") - (number("fixed_point") - number("belief"))).abs() < 1e-12);
        assert!(!round["completion"].as_str().expect("a text").is_empty());
    }
    let chosen = end["round"].as_u64().expect("a round");
    assert_eq!(end["answer"], rounds[usize::try_from(chosen).expect("a number") - 1]["answer"]);
    // The same for people.
    let said = succeed(&mut solve(&arguments));
    assert!(said.contains("simulated round 1: ") && said.contains("answer (simulated)"), "{said}");
    assert!(said.contains("predicted gain") && said.contains("stops: "), "{said}");
}

#[test]
fn solve_takes_a_question_of_a_dataset_and_plays_every_kind_of_method() {
    let config = ["--config", "configs/simulated.yaml", "--dataset", "arithmetic-stories"];
    let question = ["--question-id", "q-398eab104460514a"];
    for method in
        ["best_of_n", "optscale", "self_refine", "budget_forcing", "markovscale(optimal, posterior, parallel)"]
    {
        let mut command = solve(&["--method", method, "--json", "--budget", "4"]);
        let lines = lines(&succeed(command.args(config).args(question)));
        let end = lines.last().expect("an end");
        assert!(end["event"] == "end" && end["right"].is_boolean(), "{method}: {end}");
    }
}

#[test]
fn solve_refuses_what_one_question_cannot_have() {
    let refused = |arguments: &[&str]| {
        let (code, said) = fail(&mut solve(arguments));
        assert_eq!(code, 2, "{said}");
        said
    };
    let said = refused(&["--gold", "1", "--method", "difficulty_adaptive_sc", "?"]);
    assert!(said.contains("ranks all questions of a dataset"), "{said}");
    assert!(refused(&["?"]).contains("give one with --gold ANSWER"));
    assert!(refused(&["--gold", "1"]).contains("which question?"));
    let said = refused(&["--gold", "1", "--method", "{early_stopping_sc: {window: [2, 3]}}", "?"]);
    assert!(said.contains("names 2 configurations"), "{said}");
    let said = refused(&["--dataset", "arithmetic-stories", "--question-id", "q-0"]);
    assert!(said.contains("has no question `q-0`"), "{said}");
}

#[test]
fn solve_asks_a_server_and_counts_what_it_delivers() {
    let server = Server::start(Script::default()).expect("a server");
    let url = server.url();
    let arguments = ["solve", "--json", "--base-url", &url, "--model", "scripted", "--budget", "5", "--gold", "4"];
    let mut command = markovscale(&std::env::temp_dir(), &arguments);
    let lines = lines(&succeed(command.args(["--method", "self_consistency", "What is 2 + 2?"])));
    let end = lines.last().expect("an end");
    assert_eq!(lines.len(), 7, "a start, five rounds, an end");
    assert!(lines.iter().all(|line| line["simulated"] == false));
    let delivered = server.counters().delivered;
    assert_eq!(end["prompt_tokens"], delivered.prompt_tokens);
    assert_eq!(end["completion_tokens"], delivered.completion_tokens);
    assert!(lines[1]["request_hash"].is_string() && end["price"].is_null());
}

#[test]
fn a_live_run_against_a_server_saves_what_its_methods_do_not_ask_for() {
    let server = Server::start(Script::default()).expect("a server");
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("live.yaml");
    let text = format!(
        "name: live\ndatasets: [{{name: arithmetic-stories, limit: 20}}]\nbackbones:\n  - {{name: b, kind: openai, \
         base_url: '{}', model: scripted}}\nmethods: [single, {{early_stopping_sc: {{window: 2}}}}, mr_thinking]\n\
         budgets: [1, 4]\npool: {{parallel: 16, chains: 1, rounds: 16}}\ncollect: live\n",
        server.url()
    );
    std::fs::write(&config, text).expect("a config");
    let run = |what: &str| {
        let mut command = markovscale(folder.path(), &[what, config.to_str().expect("UTF-8"), "--json"]);
        serde_json::from_str::<Value>(&succeed(&mut command)).expect("JSON")
    };
    let said = run("run");
    let delivered = server.counters().delivered;
    let drawn = said["draws"]["collected"].as_u64().expect("a count");
    assert_eq!(drawn, delivered.choices, "every draw that the server delivered is stored");
    assert!((20 * (2 + 4)..20 * (4 + 4)).contains(&drawn), "{drawn}");
    let spent = |method: &str, name: &str| {
        let outcomes = said["outcomes"].as_array().expect("outcomes");
        let row = outcomes.iter().find(|row| row["method"] == method && row["budget"] == 4).expect("an outcome");
        20.0 * row[name].as_f64().expect("a number")
    };
    // Between them the two methods looked at every draw, and at none together.
    let accounted = ["early_stopping_sc(window=2)", "mr_thinking"].map(|method| spent(method, "completion_tokens"));
    assert!((accounted.iter().sum::<f64>() - delivered.completion_tokens as f64).abs() < 1e-6);
    assert_eq!(run("collect")["draws"]["collected"], 0);
    assert_eq!(server.counters().delivered, delivered, "nothing is asked twice");
}

#[test]
fn solve_at_a_server_needs_no_verifier() {
    let server = Server::start(Script::default()).expect("a server");
    let folder = tempfile::tempdir().expect("a folder");
    let url = server.url();
    for method in ["markovscale: {stop: confidence}", "markovscale: {stop: optimal, draws: parallel}", "mr_thinking"] {
        let arguments =
            ["solve", "--base-url", &url, "--model", "scripted", "--budget", "3", "--method", method, "What is 2 + 3?"];
        let said = succeed(&mut markovscale(folder.path(), &arguments));
        assert!(said.contains("round 1: ") && said.contains("answer"), "{method}: {said}");
        assert_eq!(said.contains("none: the answers alone decide"), method.contains("markovscale"), "{said}");
    }
}
