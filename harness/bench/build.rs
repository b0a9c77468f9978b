//! Tells the program which commit it was built from, so that a run can say it.

use std::path::Path;
use std::process::Command;

fn main() {
    let git = Path::new("../../.git");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", git.join("HEAD").display());
    println!("cargo::rerun-if-changed={}", git.join("refs/heads").display());
    let output = Command::new("git").args(["rev-parse", "--short=12", "HEAD"]).output();
    // Built from a source archive there is no commit to tell.
    if let Some(output) = output.ok().filter(|output| output.status.success()) {
        println!("cargo::rustc-env=MARKOVSCALE_COMMIT={}", String::from_utf8_lossy(&output.stdout).trim());
    }
}
