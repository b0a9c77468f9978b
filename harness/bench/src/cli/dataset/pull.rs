//! `dataset pull`: progress while files arrive, and what arrived.

use indicatif::ProgressBar;
use serde::Serialize;

use super::shared::{command_error, counted};
use crate::cli::{CommandError, Printer};
use crate::dataset::{self, Hub, Locations, Manifest, Progress, PullError, Pulled};

#[derive(Serialize)]
struct Fetched {
    name: String,
    questions: usize,
    files: Vec<FetchedFile>,
}

#[derive(Serialize)]
struct FetchedFile {
    path: String,
    bytes: u64,
    sha256: String,
    pinned: bool,
    downloaded: bool,
}

pub(super) fn run(names: &[String], locations: &Locations, printer: &Printer) -> Result<(), CommandError> {
    // Names are checked before anything is fetched.
    let manifests = names.iter().map(|name| dataset::find(name, locations)).collect::<Result<Vec<_>, _>>();
    let manifests = manifests.map_err(command_error)?;
    let hub = Hub::from_environment().map_err(|error| CommandError::usage(error.to_string()))?;
    let mut fetched = Vec::new();
    let mut failures = Vec::new();
    for manifest in &manifests {
        match pull_one(manifest, locations, &hub, printer) {
            Ok(pulled) => {
                describe_pull(manifest, &pulled, printer);
                fetched.push(fetched_files(manifest, pulled));
            }
            Err(error) => failures.push(error),
        }
    }
    if printer.is_json() {
        printer.json(&fetched);
    }
    // A single failed download is the command's own failure; among others it is a part.
    match (failures.len(), manifests.len()) {
        (0, _) => Ok(()),
        (1, 1) => Err(failures.pop().map_or_else(|| CommandError::usage("nothing was fetched"), pull_error)),
        _ => Err(CommandError::Partly(failures.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))),
    }
}

fn pull_one(manifest: &Manifest, locations: &Locations, hub: &Hub, printer: &Printer) -> Result<Pulled, PullError> {
    let mut bar: Option<ProgressBar> = None;
    let mut report = |progress: Progress<'_>| match progress {
        Progress::Started { file, from, total } => {
            let next = printer.bar(&format!("{} {file}", manifest.name), total.unwrap_or(0), "bytes");
            next.set_position(from);
            if let Some(last) = bar.replace(next) {
                last.finish_and_clear();
            }
            if !printer.has_bars() {
                let size = total.map_or_else(String::new, |total| format!(", {total} bytes"));
                let resumed = if from > 0 { format!(", continued at byte {from}") } else { String::new() };
                printer.note(&format!("fetching {} {file}{size}{resumed}", manifest.name));
            }
        }
        Progress::Position(position) => {
            if let Some(bar) = &bar {
                bar.set_position(position);
            }
        }
        Progress::Retry { reason } => printer.note(&format!("trying again: {reason}")),
    };
    let pulled = dataset::pull(manifest, locations, hub, &mut report);
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    pulled
}

fn describe_pull(manifest: &Manifest, pulled: &Pulled, printer: &Printer) {
    if printer.is_json() {
        return;
    }
    printer.data(&format!("{}: {}", manifest.name, counted(pulled.questions, "question")));
    for file in &pulled.files {
        let state = if file.downloaded { "fetched" } else { "already here" };
        printer.data(&format!("  {state}: {}", file.path.display()));
        let pin = if file.pinned { "as pinned" } else { "not pinned yet: add it to the manifest" };
        printer.data(&format!("  sha256: {} ({pin})", file.sha256));
    }
}

fn fetched_files(manifest: &Manifest, pulled: Pulled) -> Fetched {
    let files = pulled.files.into_iter().map(|file| FetchedFile {
        path: file.path.display().to_string(),
        bytes: file.bytes,
        sha256: file.sha256,
        pinned: file.pinned,
        downloaded: file.downloaded,
    });
    Fetched { name: manifest.name.clone(), questions: pulled.questions, files: files.collect() }
}

fn pull_error(error: PullError) -> CommandError {
    match error {
        PullError::NothingToPull { .. } | PullError::Endpoint { .. } => CommandError::usage(error.to_string()),
        other => CommandError::other(other),
    }
}
