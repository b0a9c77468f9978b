//! Folders, disk and font.

use std::path::{Path, PathBuf};

use super::Finding;
use crate::report;

/// Free bytes below which a run may well not end.
const LITTLE: u64 = 1 << 30;
/// Free bytes below which it will not.
const TOO_LITTLE: u64 = 32 << 20;

/// Whether a folder can be written, or made. Nothing is left behind.
pub(super) fn folder(check: &'static str, folder: &Path, option: &str) -> Finding {
    let there = existing(folder);
    let elsewhere = || format!("allow writing there, or name another folder with `{option}`");
    if !there.is_dir() {
        return Finding::fail(check, format!("{} is a file", there.display()), elsewhere());
    }
    let probe = there.join(format!(".markovscale-doctor-{}", std::process::id()));
    let written = std::fs::write(&probe, b"may be deleted").and_then(|()| std::fs::remove_file(&probe));
    match written {
        Ok(()) if there == folder => Finding::ok(check, format!("{} can be written", folder.display())),
        Ok(()) => Finding::ok(check, format!("{} can be made in {}", folder.display(), there.display())),
        Err(error) => Finding::fail(check, format!("{} cannot be written: {error}", there.display()), elsewhere()),
    }
}

/// Room on the disk that holds a folder.
pub(super) fn disk(folder: &Path) -> Finding {
    let there = existing(folder);
    match free(&there) {
        Ok(free) => room(&there, free),
        Err(error) => Finding::warn(
            "disk",
            format!("how much room {} has cannot be told: {error}", there.display()),
            "look yourself; a million draws of 1,000 tokens take about 1.5 GB",
        ),
    }
}

fn room(there: &Path, free: u64) -> Finding {
    let found = format!("{:.1} GB free at {}", free as f64 / 1e9, there.display());
    let remedy = "make room, or name a folder on another disk with `--runs-dir`";
    match free {
        0..TOO_LITTLE => Finding::fail("disk", found, remedy),
        TOO_LITTLE..LITTLE => Finding::warn("disk", found, remedy),
        _ => Finding::ok("disk", found),
    }
}

#[cfg(unix)]
fn free(folder: &Path) -> Result<u64, String> {
    let status = rustix::fs::statvfs(folder).map_err(|error| error.to_string())?;
    Ok(status.f_bavail.saturating_mul(status.f_frsize))
}

#[cfg(not(unix))]
fn free(_: &Path) -> Result<u64, String> {
    Err("not known how on this system".to_owned())
}

/// How many files and connections may be open: every request in flight has one.
pub(super) fn files() -> Finding {
    const FEW: u64 = 1024;
    match crate::net::open_files() {
        Some(most) if most < FEW => Finding::warn(
            "open files",
            format!("at most {most} files and connections may be open"),
            "raise it (`ulimit -Hn`), or keep `limits.concurrency` well below it",
        ),
        Some(most) => Finding::ok("open files", format!("{most} files and connections may be open")),
        None => Finding::ok("open files", "as many files and connections may be open as the system can hold"),
    }
}

/// Whether the font that comes with the program draws letters.
pub(super) fn font() -> Finding {
    match report::font_draws() {
        Ok(()) => Finding::ok("font", "the shipped font draws; no font of the system is needed"),
        Err(error) => Finding::fail(
            "font",
            format!("the shipped font does not draw: {error}"),
            "build the program again; the file in `harness/bench/assets/fonts` may be damaged",
        ),
    }
}

/// The folder itself, or the nearest one above it that exists.
fn existing(folder: &Path) -> PathBuf {
    let whole = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let there = whole.ancestors().find(|ancestor| ancestor.exists()).unwrap_or(&whole);
    if there == whole { folder.to_owned() } else { there.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn folders_are_tried_and_left_as_they_were() {
        let place = tempfile::tempdir().unwrap();
        let (new, file) = (place.path().join("a/b"), place.path().join("file"));
        std::fs::write(&file, "x").unwrap();
        assert_eq!(folder("runs folder", place.path(), "--runs-dir").verdict, Verdict::Ok);
        let made = folder("runs folder", &new, "--runs-dir");
        assert!(made.verdict == Verdict::Ok && made.found.contains("can be made in"), "{made:?}");
        let refused = folder("runs folder", &file.join("runs"), "--runs-dir");
        assert_eq!(refused.verdict, Verdict::Fail);
        assert!(refused.found.ends_with("is a file") && refused.remedy.unwrap().contains("--runs-dir"));
        assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 1, "nothing is left behind");
    }

    #[test]
    fn little_room_is_told_before_a_run_stops_for_it() {
        let verdict = |free| room(Path::new("runs"), free).verdict;
        assert_eq!([10 << 30, 500 << 20, 1 << 20].map(verdict), [Verdict::Ok, Verdict::Warn, Verdict::Fail]);
        let here = disk(Path::new("."));
        assert!(here.found.contains("GB free"), "{here:?}");
    }

    #[test]
    fn the_shipped_font_draws() {
        assert_eq!(font().verdict, Verdict::Ok);
    }
}
