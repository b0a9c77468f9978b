//! The traces open in polars, pandas and DuckDB.

use std::path::PathBuf;
use std::process::Command;

use crate::program::{markovscale, root, succeed};

/// The interpreter of the virtual environment that `.ci/run` makes, or the one named in the environment.
fn python() -> Option<PathBuf> {
    let named = std::env::var_os("MARKOVSCALE_PYTHON").map(PathBuf::from);
    let candidates = named.into_iter().chain([root().join(".venv/bin/python")]);
    let works = |path: &PathBuf| {
        let imports = Command::new(path).args(["-c", "import polars, pandas, pyarrow, duckdb"]).output();
        imports.is_ok_and(|output| output.status.success())
    };
    candidates.into_iter().find(works)
}

#[test]
fn python_readers_open_the_traces_and_agree_with_the_program() {
    let Some(python) = python() else {
        assert!(std::env::var_os("CI").is_none(), "CI must have the Python readers: see .ci/run");
        eprintln!("skipped: no Python with polars, pandas, pyarrow and duckdb (.ci/run makes .venv with them)");
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let small = "datasets=[{name: arithmetic-stories, limit: 70}, {name: algebra-and-counting, limit: 20}]";
    succeed(&mut markovscale(folder.path(), &["run", "configs/simulated.yaml", "--set", small]));
    let script = root().join("harness/bench/tests/read_traces.py");
    let output = Command::new(python).arg(script).arg(folder.path().join("runs/simulated")).output().expect("Python");
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{stdout}\n{stderr}");
    // 3 backbones x 90 questions x (16 parallel draws + 2 chains of 16 rounds).
    assert!(stdout.contains("draws 12960"), "{stdout}");
}
