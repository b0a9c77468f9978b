//! Imported and exported draws, as a user meets them: files of the published shape, made here.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use markovscale_bench::dataset::{Dataset, Locations, load};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;

use crate::program::{fail, files, finish, markovscale, succeed};

fn dataset() -> Dataset {
    load("arithmetic-stories", &Locations::new(None)).expect("a built-in set")
}

/// Writes a published pool: `draws` completions a question, each of about `length` bytes, seven in ten right.
fn write_pool(path: &Path, draws: usize, length: usize) {
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    let mut file = BufWriter::new(File::create(path).expect("a file"));
    let mut random = ChaCha8Rng::seed_from_u64(11);
    let filler = "so we add, \\frac{1}{2} é and\n\n".repeat(length / 32 + 1);
    let mut separator = "[\n";
    for question in dataset().questions {
        let mut completion = || {
            let answer = if random.random_bool(0.7) { question.gold.clone() } else { "-3".to_owned() };
            let end = random.random_range(length / 2..=length);
            let end = (0..=end).rev().find(|end| filler.is_char_boundary(*end)).unwrap_or(0);
            format!("{}</think> \\boxed{{{answer}}}", &filler[..end])
        };
        let completions: Vec<String> = (0..draws).map(|_| completion()).collect();
        let tokens: Vec<usize> = completions.iter().map(|text| text.len() / 4).collect();
        let mut numbers = || (0..draws).map(|_| random.random_range(0.0..1.0)).collect::<Vec<f64>>();
        let (scores, last) = (numbers(), numbers());
        let score = json!({
            "problem": [question.text], "completions": [completions], "scores": [scores], "last_scores": [last],
            "completion_tokens": [tokens],
        });
        write!(file, "{separator}{}", json!({"n": draws, "score": score})).expect("written");
        separator = ",\n";
    }
    file.write_all(b"\n]\n").expect("written");
    file.flush().expect("written");
}

/// A folder of both kinds, named as the published one is.
fn pools(folder: &Path, draws: usize, length: usize) -> PathBuf {
    let pool = folder.join("some-7b");
    write_pool(&pool.join("parallel/scored_some7b_par_arithmetic-stories_64.json"), draws, length);
    write_pool(&pool.join("sequential/scored_some7b_seq_arithmetic-stories_64.json"), draws, length);
    pool
}

fn import(folder: &Path, pool: &Path) -> std::process::Command {
    markovscale(folder, &["import", "optscale", pool.to_str().expect("UTF-8")])
}

fn run_folder(folder: &Path) -> PathBuf {
    folder.join("runs/optscale-some-7b")
}

#[test]
fn an_imported_pool_is_replayed_reported_and_fitted_and_never_drawn() {
    let folder = tempfile::tempdir().expect("a folder");
    let pool = pools(folder.path(), 4, 200);
    let output = finish(&mut import(folder.path(), &pool));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && stderr.contains("markovscale replay optscale-some-7b"), "{stderr}");

    let quick = ["--set", "replay={replicates: 4, resamples: 20}"];
    let table = succeed(markovscale(folder.path(), &["replay", "optscale-some-7b"]).args(quick));
    assert!(table.contains("best_of_n") && table.contains("mr_thinking") && !table.contains("simulated"), "{table}");
    succeed(&mut markovscale(folder.path(), &["report", "optscale-some-7b"]));
    let fit = ["--resamples", "5", "--permutations", "50"];
    succeed(markovscale(folder.path(), &["fit", "optscale-some-7b"]).args(fit));
    let last = ["--set", "verifier.name=qwen2.5-math-prm-7b-last", "--set", "methods=[best_of_n]"];
    succeed(markovscale(folder.path(), &["replay", "optscale-some-7b"]).args(quick).args(last));

    let traces = files(&run_folder(folder.path()).join("traces"));
    let experiment = run_folder(folder.path()).join("experiment.yaml");
    let experiment = experiment.to_str().expect("UTF-8");
    for command in ["collect", "score"] {
        let output = succeed(markovscale(folder.path(), &[command, experiment, "--json"]).args(quick));
        let value: serde_json::Value = serde_json::from_str(&output).expect("JSON");
        let counts = &value[if command == "collect" { "draws" } else { "scores" }];
        assert_eq!((&counts["collected"], &counts["found"]), (&json!(0), &counts["total"]), "{output}");
    }
    let wants_more = markovscale(folder.path(), &["run", experiment]).args(["--set", "pool.parallel=5"]).output();
    let wants_more = String::from_utf8_lossy(&wants_more.expect("the program starts").stderr).into_owned();
    assert!(wants_more.contains("imported and nothing can draw more"), "{wants_more}");
    let (code, stderr) = fail(markovscale(folder.path(), &["score", experiment]).args(["--set", "verifier=simulated"]));
    assert!(code == 1 && stderr.contains("the simulated verifier scores simulated draws only"), "{stderr}");
    assert!(files(&run_folder(folder.path()).join("traces")) == traces, "something was drawn");
}

#[test]
fn what_cannot_be_imported_exits_with_2_and_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let pool = folder.path().join("some-7b");
    let file = pool.join("scored_par_arithmetic-stories.json");
    write_pool(&file, 2, 64);
    let text = std::fs::read_to_string(&file).expect("a file");
    std::fs::write(&file, text.replacen("\"last_scores\"", "\"first_scores\"", 1)).expect("a file");
    let (code, stderr) = fail(&mut import(folder.path(), &pool));
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("question 1 (index 0), score.last_scores: found no such key"), "{stderr}");
    assert!(!folder.path().join("runs").exists(), "{stderr}");
}

#[test]
fn an_import_that_is_killed_leaves_no_half_run_and_the_next_one_is_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let pool = pools(folder.path(), 8, 2_000);
    let run = run_folder(folder.path());
    let mut kills = 0;
    let mut delay = 5;
    while kills < 6 {
        let mut child = import(folder.path(), &pool).stderr(Stdio::null()).spawn().expect("the program starts");
        std::thread::sleep(Duration::from_millis(delay));
        delay = delay * 3 / 2;
        if child.try_wait().expect("a child").is_some() {
            break;
        }
        child.kill().expect("killed");
        child.wait().expect("an end");
        if run.exists() {
            // Killed after it was complete.
            break;
        }
        let replay = fail(&mut markovscale(folder.path(), &["replay", "optscale-some-7b"])).1;
        assert!(replay.contains("there is no run"), "{replay}");
        kills += 1;
    }
    assert!(kills > 0, "it was never killed in time");
    if !run.exists() {
        succeed(&mut import(folder.path(), &pool));
    }
    let left: Vec<_> = std::fs::read_dir(folder.path().join("runs")).expect("a folder").collect();
    assert_eq!(left.len(), 1, "only the run is there: {left:?}");
    let undisturbed = tempfile::tempdir().expect("a folder");
    succeed(&mut import(undisturbed.path(), &pool));
    for kind in ["traces", "scores"] {
        let (a, b) = (files(&run.join(kind)), files(&run_folder(undisturbed.path()).join(kind)));
        assert!(!a.is_empty() && a == b, "{kind} differ from an undisturbed import's");
    }
}

/// The most memory that a process has held, in kilobytes; 0 where the system does not tell.
fn most_memory(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|rest| rest.trim().trim_end_matches("kB").trim().parse().ok()).unwrap_or(0)
}

/// Imports a file of so many bytes a draw and gives its size and the most memory it took, in kilobytes.
fn memory_of_import(draws: usize, length: usize) -> (u64, u64) {
    let folder = tempfile::tempdir().expect("a folder");
    let pool = folder.path().join("some-7b");
    let file = pool.join("scored_par_arithmetic-stories.json");
    write_pool(&file, draws, length);
    let size = std::fs::metadata(&file).expect("a file").len() >> 10;
    let mut child = import(folder.path(), &pool).stderr(Stdio::null()).spawn().expect("the program starts");
    let mut most = 0;
    let status = loop {
        most = most.max(most_memory(child.id()));
        if let Some(status) = child.try_wait().expect("a child") {
            break status;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    assert!(status.success());
    (size, most)
}

#[test]
fn memory_does_not_grow_with_the_file() {
    let (small, least) = memory_of_import(3, 20_000);
    let (large, most) = memory_of_import(8, 20_000);
    if most == 0 {
        eprintln!("skipped: this system does not tell a process's memory");
        return;
    }
    assert!(large - small > 20_000, "{small} kB and {large} kB are too much alike to tell");
    assert!(most < least + 12_000 && most < 150_000, "{least} kB for {small} kB, {most} kB for {large} kB");
}

#[test]
#[ignore = "writes 200 MB; `cargo test --test it -- --ignored two_hundred`"]
fn two_hundred_megabytes_take_less_than_a_hundred_and_fifty() {
    let (size, most) = memory_of_import(16, 60_000);
    eprintln!("{most} kB for a file of {size} kB");
    assert!(size > 200_000 && most < 150_000, "{most} kB for a file of {size} kB");
}

#[test]
fn an_exported_run_comes_back_draw_for_draw() {
    let folder = tempfile::tempdir().expect("a folder");
    let small = [
        "--set",
        "datasets=[{name: arithmetic-stories, limit: 12}, {name: algebra-and-counting, limit: 9}]",
        "--set",
        "backbones=[{name: simulated-weak, kind: simulated}]",
        "--set",
        "methods=[self_consistency, self_refine, budget_forcing, mr_thinking, difficulty_adaptive_sc]",
        "--set",
        "pool={parallel: 4, chains: 2, rounds: 4}",
        "--set",
        "budgets=[1, 2, 4]",
    ];
    for command in ["collect", "score"] {
        succeed(markovscale(folder.path(), &[command, "configs/simulated.yaml"]).args(small));
    }
    let exported = succeed(&mut markovscale(folder.path(), &["export", "jsonl", "simulated"]));
    let file = folder.path().join("simulated.jsonl");
    let file = file.to_str().expect("UTF-8");
    succeed(&mut markovscale(folder.path(), &["export", "jsonl", "simulated", "--output", file]));
    assert!(std::fs::read_to_string(file).expect("a file") == exported, "stdout and file differ");
    succeed(&mut markovscale(folder.path(), &["import", "jsonl", file, "--name", "copy"]));
    let again = succeed(&mut markovscale(folder.path(), &["export", "jsonl", "copy"]));
    // Refinements, texts, ratings and answers of 21 questions.
    assert_eq!(exported.lines().count(), 21 * (4 + 2 * 4 + 2 * 7 + 2 * 4 + 1));
    assert!(again == exported, "the draws differ");
    let quick = ["--set", "replay={replicates: 4, resamples: 20}", "--set", "methods=[self_consistency, mr_thinking]"];
    let outcomes = |run: &str| {
        let output = succeed(markovscale(folder.path(), &["replay", run, "--json"]).args(quick));
        let value: Vec<serde_json::Value> = serde_json::from_str(&output).expect("JSON");
        // The seed of a copy is another, and with it the orders of parallel draws; chains have none.
        value.into_iter().filter(|outcome| outcome["method"] == "mr_thinking").collect::<Vec<_>>()
    };
    let points = |run: &str| outcomes(run).iter().map(|o| o["accuracy"]["point"].clone()).collect::<Vec<_>>();
    assert_eq!(points("copy"), points("simulated"));
    assert!(outcomes("copy").iter().all(|outcome| outcome["simulated"] == true), "a copied simulation is still one");
}

#[test]
fn a_map_names_the_nearest_field() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("draws.jsonl");
    std::fs::write(&file, "{\"doc\": {\"question\": \"1 + 1?\", \"target\": \"2\"}, \"prediction\": \"2\"}\n")
        .expect("a file");
    let file = file.to_str().expect("UTF-8");
    let import = |map: &str| {
        let names = ["--name", "mine", "--dataset", "mine", "--backbone", "b", "--map", map];
        let mut command = markovscale(folder.path(), &["import", "jsonl", file]);
        command.args(names);
        command
    };
    let (code, stderr) = fail(&mut import("question=doc.qestion,gold=doc.target,answer=prediction"));
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("line 1, field `question`") && stderr.contains("did you mean `question`?"), "{stderr}");
    let (_, stderr) = fail(&mut import("question=doc.question,gold=doc.target,anwser=prediction"));
    assert!(stderr.contains("did you mean `answer`?"), "{stderr}");
    succeed(&mut import("question=doc.question,gold=doc.target,answer=prediction"));
    let quick = ["--set", "replay={replicates: 2, resamples: 5}"];
    succeed(markovscale(folder.path(), &["replay", "mine"]).args(quick));
}
