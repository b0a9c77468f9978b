//! Running the built program.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The program, in the repository's root, with a run and a report folder of its own.
pub(crate) fn markovscale(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_markovscale"));
    command.current_dir(root()).args(arguments);
    command.arg("--runs-dir").arg(folder.join("runs")).arg("--reports-dir").arg(folder.join("reports"));
    command.env("XDG_CACHE_HOME", folder.join("cache")).env("NO_COLOR", "1").env_remove("COLUMNS");
    command
}

/// Runs it to its end.
pub(crate) fn finish(command: &mut Command) -> Output {
    command.output().expect("the program starts")
}

/// Runs it and gives its stdout, if it ended well.
pub(crate) fn succeed(command: &mut Command) -> String {
    let output = finish(command);
    assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Runs it and gives its exit code and stderr.
pub(crate) fn fail(command: &mut Command) -> (i32, String) {
    let output = finish(command);
    let stderr = String::from_utf8(output.stderr).expect("UTF-8");
    assert!(!output.status.success(), "{command:?} should have failed\n{stderr}");
    (output.status.code().expect("an exit code"), stderr)
}

/// Every file under a folder with its bytes, by relative path.
pub(crate) fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("below").to_string_lossy().into_owned();
                found.push((name, std::fs::read(&path).expect("a file")));
            }
        }
    }
    found.sort();
    found
}
