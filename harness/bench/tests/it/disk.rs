//! Trouble with files: clear errors, nothing damaged, and the run goes on once the trouble is gone.

use std::path::Path;
use std::process::Command;

use crate::program::{fail, files, markovscale, succeed};

/// A small file system of its own, unmounted when dropped. `None` where this user may not mount.
struct SmallDisk {
    folder: tempfile::TempDir,
}

impl SmallDisk {
    fn new(size: &str) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let options = format!("size={size}");
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(folder.path()).output();
        mount.is_ok_and(|output| output.status.success()).then_some(Self { folder })
    }

    fn remount(&self, options: &str) {
        let status = Command::new("mount").args(["-o", &format!("remount,{options}")]).arg(self.folder.path()).status();
        assert!(status.expect("mount").success());
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.folder.path()).status();
    }
}

fn collect(folder: &Path) -> Command {
    let backbones = "backbones=[{name: r1-distill-qwen-7b, kind: simulated}]";
    markovscale(folder, &["collect", "configs/simulated.yaml", "--set", backbones])
}

#[test]
fn a_full_disk_stops_the_run_with_advice_and_the_run_goes_on_with_more_room() {
    let Some(disk) = SmallDisk::new("1500k") else {
        eprintln!("skipped: this user may not mount a file system to fill");
        return;
    };
    let (code, stderr) = fail(&mut collect(disk.path()));
    assert_eq!(code, 1, "{stderr}");
    assert!(stderr.contains("the disk is full") && stderr.contains("run the same command again"), "{stderr}");
    disk.remount("size=64m");
    let output = succeed(collect(disk.path()).arg("--json"));
    let value: serde_json::Value = serde_json::from_str(&output).expect("JSON");
    assert!(value["draws"]["found"].as_u64() > Some(0), "what was finished is found again: {output}");

    let elsewhere = tempfile::tempdir().expect("a folder");
    succeed(&mut collect(elsewhere.path()));
    let traces = |folder: &Path| files(&folder.join("runs/simulated/traces"));
    assert!(traces(disk.path()) == traces(elsewhere.path()), "the traces differ from an undisturbed run's");
}

#[test]
fn a_read_only_folder_is_named_with_the_remedy() {
    let Some(disk) = SmallDisk::new("1m") else {
        eprintln!("skipped: this user may not mount a read-only file system");
        return;
    };
    disk.remount("ro");
    let (code, stderr) = fail(&mut collect(disk.path()));
    assert_eq!(code, 1, "{stderr}");
    assert!(stderr.contains("read-only") && stderr.contains("--runs-dir"), "{stderr}");
}

#[test]
fn a_file_where_the_runs_folder_should_be_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("runs"), "not a folder").expect("a file");
    let (code, stderr) = fail(&mut collect(folder.path()));
    assert_eq!(code, 1, "{stderr}");
    assert!(stderr.contains("runs") && stderr.contains("--runs-dir"), "{stderr}");
}

#[test]
fn a_second_process_on_the_same_run_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    // The first process is stopped in its tracks, so that it surely still holds the run.
    let mut first = collect(folder.path()).stderr(std::process::Stdio::null()).spawn().expect("the program starts");
    let lock = folder.path().join("runs/simulated/environment.json");
    while !lock.exists() {
        assert!(first.try_wait().expect("a child").is_none(), "the first process ended before it made the run");
        std::thread::yield_now();
    }
    let stop = |signal: &str| {
        let status = Command::new("kill").args([signal, &first.id().to_string()]).status();
        assert!(status.expect("kill").success());
    };
    stop("-STOP");
    let (code, stderr) = fail(&mut collect(folder.path()));
    stop("-CONT");
    assert_eq!(code, 1, "{stderr}");
    assert!(stderr.contains(&format!("in use by process {}", first.id())), "{stderr}");
    assert!(first.wait().expect("a child").success(), "the first process is not disturbed");
}
