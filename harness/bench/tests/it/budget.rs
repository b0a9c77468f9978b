//! Budgets, forecasts and costs as a user meets them.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::program::{fail, files, markovscale, succeed};

const SMALL: [&str; 6] = [
    "--set",
    "datasets=[{name: arithmetic-stories, limit: 40}]",
    "--set",
    "backbones=[{name: simulated-weak, kind: simulated, price: {prompt: 0.15, completion: 0.6}}]",
    "--set",
    "pool={parallel: 16, chains: 1, rounds: 16}",
];

fn small(folder: &Path, what: &str, more: &[&str]) -> Command {
    let mut command = markovscale(folder, &[what, "configs/simulated.yaml"]);
    command.args(SMALL).args(["--set", "budgets=[1, 4, 16]"]).args(more);
    command
}

/// Sealed draws and scores, byte by byte.
fn sealed(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let run = folder.join("runs/simulated");
    [files(&run.join("traces")), files(&run.join("scores"))].concat()
}

fn json(command: &mut Command) -> Value {
    serde_json::from_str(&succeed(command.arg("--json"))).expect("JSON")
}

#[test]
fn a_budget_stops_a_run_which_goes_on_when_it_is_raised_and_ends_the_same() {
    let (undisturbed, folder) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    succeed(&mut small(undisturbed.path(), "run", &[]));
    for tokens in ["50000", "400000", "400000"] {
        let set = format!("budget.tokens={tokens}");
        let (code, stderr) = fail(&mut small(folder.path(), "run", &["--set", &set]));
        assert_eq!(code, 3, "{stderr}");
        assert!(
            stderr.contains("stopped by budget.tokens: ") && stderr.contains("(--set budget.tokens=...)"),
            "{stderr}"
        );
        assert!(!folder.path().join("reports").exists(), "half a run is not reported");
    }
    let (code, stderr) = fail(&mut small(folder.path(), "collect", &["--set", "budget.price=0.0001"]));
    assert_eq!(code, 3, "{stderr}");
    assert!(stderr.contains("stopped by budget.price: ") && stderr.contains("draws are there"), "{stderr}");
    succeed(&mut small(folder.path(), "run", &["--set", "budget={tokens: 900000000, hours: 100}"]));
    assert!(sealed(folder.path()) == sealed(undisturbed.path()), "the traces differ from an undisturbed run's");
    let environment = std::fs::read(folder.path().join("runs/simulated/environment.json")).expect("a file");
    let environment: Value = serde_json::from_slice(&environment).expect("JSON");
    let seconds = environment["sessions"][0]["active_seconds"].as_u64();
    assert!(seconds.is_some_and(|seconds| seconds >= 1), "{environment}");
}

#[test]
fn a_pilot_forecasts_what_the_run_then_spends_and_nothing_is_paid_twice() {
    let (undisturbed, folder) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let plan = succeed(&mut small(folder.path(), "plan", &[]));
    assert!(plan.contains("upper bounds") && plan.contains("--pilot 20"), "{plan}");
    assert!(!folder.path().join("runs").exists(), "a plan without a pilot writes nothing");
    let forecast = json(&mut small(folder.path(), "plan", &["--pilot", "20"]));
    let total = &forecast["total"];
    let there = total["draws"]["there"].as_u64().expect("a number");
    let missing = total["draws"]["missing"].as_u64().expect("a number");
    assert_eq!(there + missing, forecast["draws"].as_u64().expect("a number"));
    let shown = succeed(&mut small(folder.path(), "plan", &[]));
    assert!(shown.contains("20 questions a row") && shown.contains("price"), "{shown}");

    let drawn = json(&mut small(folder.path(), "run", &[]));
    assert_eq!((drawn["draws"]["found"].as_u64(), drawn["draws"]["collected"].as_u64()), (Some(there), Some(missing)));
    assert_eq!(drawn["scores"]["found"], total["scores"]["there"]);
    succeed(&mut small(undisturbed.path(), "run", &[]));
    assert!(sealed(folder.path()) == sealed(undisturbed.path()), "a pilot leaves no trace in the traces");

    let after = json(&mut small(folder.path(), "plan", &[]));
    assert_eq!(after["total"]["draws"]["missing"].as_u64(), Some(0));
    for what in ["prompt_tokens", "completion_tokens", "verifier_tokens", "price"] {
        let spent = |plan: &Value| plan["total"]["spent"][what].as_f64().expect("a number");
        let left = spent(&after) - spent(&forecast);
        let expected = |end: &str| total["left"][what][end].as_f64().expect("a number");
        let (low, high) = (expected("low"), expected("high"));
        assert!(low <= left && left <= high && high < 2.0 * low, "{what}: {left}, forecast {low} to {high}");
    }
}

#[test]
fn a_report_sets_accuracy_against_any_cost() {
    let folder = tempfile::tempdir().expect("a folder");
    succeed(&mut small(folder.path(), "collect", &["--set", "methods=[single, self_consistency]"]));
    succeed(&mut markovscale(folder.path(), &["replay", "simulated", "--set", "verifier=none"]));
    let report = folder.path().join("reports/simulated");
    let read = |name: &str| std::fs::read_to_string(report.join(name)).expect("a file");
    for (cost, figure, words) in [
        ("price", "accuracy-vs-price.svg", "price (currency of the config)"),
        ("depth", "accuracy-vs-depth.svg", "completion tokens in sequence"),
    ] {
        succeed(&mut markovscale(folder.path(), &["report", "simulated", "--cost", cost]));
        assert!(read(figure).contains(&format!("{words} per question (log scale)")), "{figure}");
        assert!(read("table.md").contains(&format!("mean {words} per question")), "{cost}");
    }
    let table = read("table.md");
    let all = markovscale(folder.path(), &["report", "simulated", "--cost", "all_tokens", "--json"]).output();
    assert!(all.expect("the program starts").status.success());
    assert!(read("accuracy-vs-all-tokens.svg").contains("prompt, completion and verifier tokens per question"));
    assert!(table.contains("## Draws") && table.contains("Cut off") && table.contains("Price"), "{table}");
    let header = read("outcomes.csv").lines().next().expect("a header").to_owned();
    assert!(header.contains("all_tokens,price,cut_off,filtered"), "{header}");
    let place = |name: &str| header.split(',').position(|column| column == name).expect("a column");
    let (prompt, completion) = (place("prompt_tokens"), place("completion_tokens"));
    let (all, price) = (place("all_tokens"), place("price"));
    for line in read("outcomes.csv").lines().skip(1) {
        // No method of this test has a comma in its name.
        let cells: Vec<&str> = line.split(',').collect();
        let number = |column: usize| cells[column].parse::<f64>().expect("a number");
        let expected = (0.15 * number(prompt) + 0.6 * number(completion)) / 1e6;
        assert!((number(price) / expected - 1.0).abs() < 1e-9, "{line}");
        assert!((number(all) / (number(prompt) + number(completion)) - 1.0).abs() < 1e-12, "{line}");
    }

    let free = "backbones=[{name: simulated-weak, kind: simulated}]";
    succeed(&mut markovscale(folder.path(), &["replay", "simulated", "--set", free, "--set", "verifier=none"]));
    let (code, stderr) = fail(&mut markovscale(folder.path(), &["report", "simulated", "--cost", "price"]));
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("nothing is drawn anew"), "{stderr}");
}

#[test]
fn draws_cut_off_are_told_and_warned_of() {
    let folder = tempfile::tempdir().expect("a folder");
    let set = "backbones=[{name: simulated-weak, kind: simulated, sampling: {max_tokens: 150}}]";
    let mut command = small(folder.path(), "run", &["--set", set, "--set", "methods=[single, self_consistency]"]);
    let output = command.output().expect("the program starts");
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{stderr}");
    assert!(stderr.contains("warning: simulated-weak (simulated) on arithmetic-stories: "), "{stderr}");
    assert!(stderr.contains("raise `max_tokens`"), "{stderr}");
    assert!(stdout.contains("Draws cut off by the token limit: arithmetic-stories "), "{stdout}");
    let table = std::fs::read_to_string(folder.path().join("reports/simulated/table.md")).expect("a file");
    assert!(table.contains("Draws cut off by the token limit: arithmetic-stories "), "{table}");
}
