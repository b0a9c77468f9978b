//! A run that is killed at random instants, again and again, ends with the traces of an undisturbed one.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use markovscale_bench::key::{DrawKey, QuestionId};
use markovscale_bench::trace::{Partition, Snapshot, StoredDraw, StoredScore};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::program::{files, markovscale, succeed};

const KILLS: usize = 24;
const PARTITIONS: [(&str, &str); 4] = [
    ("r1-distill-qwen-7b", "arithmetic-stories"),
    ("r1-distill-qwen-7b", "algebra-and-counting"),
    ("simulated-weak", "arithmetic-stories"),
    ("simulated-weak", "algebra-and-counting"),
];

fn command(folder: &Path, what: &str) -> Command {
    let backbones = "backbones=[{name: r1-distill-qwen-7b, kind: simulated}, {name: simulated-weak, kind: simulated}]";
    let mut command = markovscale(folder, &[what, "configs/simulated.yaml", "--set", backbones]);
    command.args(["--set", "pool={parallel: 16, chains: 2, rounds: 16}"]);
    command
}

/// Keys of all finished draws and scores of the run, as another process sees them now.
fn finished(folder: &Path) -> BTreeSet<(String, QuestionId, DrawKey)> {
    let run = folder.join("runs/simulated");
    let mut keys = BTreeSet::new();
    if !run.join("environment.json").exists() {
        return keys;
    }
    let mut draws = Snapshot::<StoredDraw>::open(&run).expect("a readable journal");
    let mut scores = Snapshot::<StoredScore>::open(&run).expect("a readable journal");
    for (backbone, dataset) in PARTITIONS {
        let partition = Partition::of_draws(backbone, dataset);
        for row in draws.take(&partition).expect("readable parts") {
            let key = (format!("draw {backbone} {dataset}"), row.question, row.draw);
            assert!(keys.insert(key.clone()), "stored twice: {key:?}");
        }
        for row in scores.take(&partition.scored_by("simulated")).expect("readable parts") {
            let key = (format!("score {backbone} {dataset}"), row.question, row.draw);
            assert!(keys.insert(key.clone()), "stored twice: {key:?}");
        }
    }
    keys
}

#[test]
fn killed_at_random_instants_a_run_loses_nothing_finished_and_ends_the_same() {
    let undisturbed = tempfile::tempdir().expect("a folder");
    succeed(&mut command(undisturbed.path(), "collect"));
    succeed(&mut command(undisturbed.path(), "score"));
    let all = finished(undisturbed.path());

    let disturbed = tempfile::tempdir().expect("a folder");
    let mut instants = ChaCha8Rng::seed_from_u64(20_260_101);
    let mut kills = 0;
    let mut known = BTreeSet::new();
    let mut partial = 0;
    for what in ["collect", "score"] {
        // The window grows with every kill, so that however slow the machine, the pass comes to its end.
        let mut window = 0.06;
        loop {
            let mut child = command(disturbed.path(), what).stderr(Stdio::null()).spawn().expect("the program starts");
            std::thread::sleep(Duration::from_secs_f64(instants.random_range(0.01..window)));
            window *= 1.08;
            if let Some(status) = child.try_wait().expect("a child") {
                assert!(status.success(), "{what} failed: {status}");
                if kills >= if what == "collect" { KILLS / 2 } else { KILLS } {
                    break;
                }
                // Finished too soon to be killed often enough: take the work of one partition away and go on.
                continue_with_less(disturbed.path(), what, &mut known);
                continue;
            }
            child.kill().expect("SIGKILL");
            child.wait().expect("a child");
            kills += 1;
            let now = finished(disturbed.path());
            assert!(now.is_superset(&known), "kill {kills} lost {} finished rows", known.difference(&now).count());
            partial += usize::from(now.len() > known.len() && now.len() < all.len());
            known = now;
        }
    }
    assert!(kills >= 20, "only {kills} kills");
    assert!(partial >= 4, "only {partial} kills came while there was work: the test proves little");
    assert_eq!(finished(disturbed.path()), all);
    for kind in ["traces", "scores"] {
        let [expected, found] =
            [undisturbed.path(), disturbed.path()].map(|folder| files(&folder.join("runs/simulated").join(kind)));
        assert_eq!(names(&expected), names(&found));
        for ((name, expected), (_, found)) in expected.iter().zip(&found) {
            assert!(expected == found, "{kind}/{name} differs from the undisturbed run's");
        }
    }
    // The journals are empty: everything is sealed.
    assert_eq!(files(&disturbed.path().join("runs/simulated/journal")), []);
}

/// Removes a finished partition, so that there is work again in which to be killed.
fn continue_with_less(folder: &Path, what: &str, known: &mut BTreeSet<(String, QuestionId, DrawKey)>) {
    let (backbone, dataset) = PARTITIONS[3];
    let kind = if what == "collect" { "traces" } else { "scores/verifier=simulated" };
    let partition = folder.join("runs/simulated").join(kind).join(format!("backbone={backbone}/dataset={dataset}"));
    std::fs::remove_dir_all(partition).expect("a sealed partition");
    known.clear();
}

fn names(files: &[(String, Vec<u8>)]) -> Vec<&str> {
    files.iter().map(|(name, _)| name.as_str()).collect()
}

#[test]
fn a_run_that_goes_on_says_what_it_found_and_asks_for_the_rest_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = |rounds: &str| {
        let set = format!("pool={{parallel: 16, chains: 1, rounds: {rounds}}}");
        let datasets = "datasets=[{name: arithmetic-stories, limit: 10}]";
        let mut command = command(folder.path(), "collect");
        let output = succeed(command.args(["--json", "--set", &set, "--set", datasets, "--set", "budgets=[1]"]));
        let value: serde_json::Value = serde_json::from_str(&output).expect("JSON");
        let number = |key: &str| value["draws"][key].as_u64().expect("a number");
        (number("total"), number("found"), number("collected"))
    };
    assert_eq!(run("4"), (400, 0, 400));
    assert_eq!(run("4"), (400, 400, 0));
    // A larger pool keeps every draw and continues every chain.
    assert_eq!(run("6"), (440, 400, 40));
}

#[test]
fn ctrl_c_keeps_what_is_finished_and_exits_with_3() {
    let folder = tempfile::tempdir().expect("a folder");
    let large = "pool={parallel: 64, chains: 4, rounds: 64}";
    let mut child =
        command(folder.path(), "collect").args(["--set", large]).stderr(Stdio::piped()).spawn().expect("a child");
    let journal = folder.path().join("runs/simulated/journal");
    while std::fs::read_dir(&journal).map_or(0, Iterator::count) == 0 {
        assert!(child.try_wait().expect("a child").is_none(), "it ended before it could be interrupted");
        std::thread::sleep(Duration::from_millis(2));
    }
    let status = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(status.expect("kill").success());
    let output = child.wait_with_output().expect("an end");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{stderr}");
    assert!(stderr.contains("finished and kept; run the same command to go on"), "{stderr}");
    assert!(!finished(folder.path()).is_empty());
}
