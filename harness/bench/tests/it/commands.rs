//! The commands as a user meets them.

use markovscale_bench::results::{Outcome, read_rows};

use crate::program::{fail, files, finish, markovscale, root, succeed};

const SMALL: [&str; 4] = [
    "--set",
    "datasets=[{name: arithmetic-stories, limit: 12}]",
    "--set",
    "backbones=[{name: simulated-weak, kind: simulated}]",
];

fn small(folder: &std::path::Path, what: &str) -> std::process::Command {
    let mut command = markovscale(folder, &[what, "configs/simulated.yaml"]);
    command.args(SMALL);
    command
}

#[test]
fn run_ends_with_a_table_and_the_paths_of_figures_and_traces() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = finish(&mut small(folder.path(), "run"));
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{stderr}");
    assert!(stdout.contains("self_consistency") && stdout.contains("simulated"), "{stdout}");
    for file in ["table.md", "table.tex", "outcomes.csv", "comparisons.md", "comparisons.csv", "equal-tokens.md"] {
        assert!(
            stderr.contains(file) && folder.path().join("reports/simulated").join(file).exists(),
            "{file}: {stderr}"
        );
    }
    assert!(stderr.contains(".svg") && stderr.contains(".png") && stderr.contains("traces"), "{stderr}");
    assert!(!stdout.contains('\u{1b}') && !stderr.contains('\u{1b}'), "no escape codes outside a terminal");
}

#[test]
fn the_parts_of_run_give_what_run_gives() {
    let (whole, parts) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    succeed(&mut small(whole.path(), "run"));
    succeed(&mut small(parts.path(), "collect"));
    succeed(&mut small(parts.path(), "score"));
    succeed(&mut markovscale(parts.path(), &["replay", "simulated"]));
    succeed(&mut markovscale(parts.path(), &["report", "simulated"]));
    let stored = ["outcomes", "comparisons", "equal_tokens"].map(|file| format!("runs/simulated/{file}.parquet"));
    let shown = ["table.md", "outcomes.csv", "comparisons.md", "equal-tokens.md"]
        .map(|file| format!("reports/simulated/{file}"));
    for file in stored.iter().chain(&shown) {
        let [whole, parts] = [&whole, &parts].map(|folder| std::fs::read(folder.path().join(file)).expect("a file"));
        assert!(whole == parts, "{file} differs");
    }
}

#[test]
fn json_is_one_document_and_stderr_stays_silent() {
    let folder = tempfile::tempdir().expect("a folder");
    for arguments in [vec!["run"], vec!["plan"]] {
        let mut command = small(folder.path(), arguments[0]);
        let output = finish(command.arg("--json"));
        let text = String::from_utf8_lossy(&output.stdout);
        serde_json::from_str::<serde_json::Value>(&text)
            .unwrap_or_else(|error| panic!("{arguments:?}: {error}\n{text}"));
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn configuration_errors_exit_with_2_and_show_the_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("bad.yaml");
    std::fs::write(&config, "name: bad\ndatasets: [arithmetic-stories]\nbudgetss: [1]\n").expect("a file");
    let (code, stderr) = fail(&mut markovscale(folder.path(), &["run", config.to_str().expect("UTF-8")]));
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("bad.yaml:3") && stderr.contains("budgetss") && stderr.contains("`budgets`"), "{stderr}");
    let (code, stderr) = fail(&mut markovscale(folder.path(), &["run", "configs/simulatd.yaml"]));
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("simulated.yaml"), "the nearest file is named: {stderr}");
    let (code, stderr) = fail(&mut markovscale(folder.path(), &["reprot", "configs/simulated.yaml"]));
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("'report'"), "{stderr}");
    assert!(!folder.path().join("runs").exists(), "nothing is written before the configuration holds");
}

#[test]
fn a_missing_benchmark_says_which_file_to_put_where() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = markovscale(folder.path(), &["plan", "configs/paper.yaml"]);
    let (code, stderr) = fail(&mut command);
    assert_eq!(code, 2, "{stderr}");
    assert!(
        stderr.contains("gsm8k") && stderr.contains("--dataset-dir") && stderr.contains("dataset pull"),
        "{stderr}"
    );
}

#[test]
fn both_shipped_experiments_have_more_than_twenty_configurations() {
    let folder = tempfile::tempdir().expect("a folder");
    let configurations = |arguments: &[&str]| {
        let output = succeed(markovscale(folder.path(), arguments).arg("--json"));
        let value: serde_json::Value = serde_json::from_str(&output).expect("JSON");
        value["configurations"].as_u64().expect("a number")
    };
    assert!(configurations(&["plan", "configs/simulated.yaml"]) > 20);
    let datasets = root().join("../shared/datasets");
    if !datasets.exists() {
        eprintln!("skipped for paper.yaml: no ../shared/datasets");
        return;
    }
    assert!(configurations(&["plan", "configs/paper.yaml", "--dataset-dir", "../shared/datasets"]) > 20);
}

#[test]
fn replaying_an_unfinished_run_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    succeed(&mut small(folder.path(), "collect"));
    let (code, stderr) = fail(&mut markovscale(folder.path(), &["replay", "simulated"]));
    assert_eq!(code, 1, "{stderr}");
    assert!(stderr.contains("lack draws or scores"), "{stderr}");
    let (_, stderr) = fail(&mut markovscale(folder.path(), &["report", "simulated"]));
    assert!(stderr.contains("markovscale replay"), "{stderr}");
}

#[test]
fn one_thread_and_two_give_the_same_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    succeed(&mut small(folder.path(), "run"));
    let outcomes = || {
        ["outcomes.parquet", "comparisons.parquet", "equal_tokens.parquet"]
            .map(|file| std::fs::read(folder.path().join("runs/simulated").join(file)).expect("a file"))
    };
    let first = outcomes();
    succeed(markovscale(folder.path(), &["replay", "simulated"]).env("RAYON_NUM_THREADS", "1"));
    assert!(first == outcomes());
}

/// A committed run of format 1: whatever the program learns to write, it must go on reading this.
#[test]
fn a_run_of_format_1_is_still_read_and_replays_to_the_same_outcomes() {
    let folder = tempfile::tempdir().expect("a folder");
    let source = root().join("harness/bench/tests/data/format-1");
    let run = folder.path().join("runs/format-1");
    for (name, bytes) in files(&source) {
        let path = run.join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, bytes).expect("a file");
    }
    let expected = read_rows::<Outcome>(&source.join("outcomes.parquet")).expect("outcomes of format 1");
    succeed(&mut markovscale(folder.path(), &["replay", "format-1"]));
    let replayed = read_rows::<Outcome>(&run.join("outcomes.parquet")).expect("outcomes");
    assert_eq!(replayed.len(), expected.len());
    for (replayed, expected) in replayed.iter().zip(&expected) {
        // What is read must not change; the model fitted to it may improve and move `markovscale`.
        assert_eq!((&replayed.method, replayed.budget), (&expected.method, expected.budget));
        if replayed.family != "markovscale" {
            assert_eq!(replayed.completion_tokens, expected.completion_tokens, "{}", replayed.method);
            assert_eq!(replayed.accuracy.point, expected.accuracy.point, "{}", replayed.method);
        }
    }
    succeed(&mut markovscale(folder.path(), &["report", "format-1"]));
}
