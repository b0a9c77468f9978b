//! What is known of a run as a whole: `environment.json`.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::error::TraceError;
use super::layout::{FORMAT, Partition};
use super::rows::ScoreRow;
use super::scan::partitions;
use crate::models::ModelIdentity;
use crate::net::ServiceIdentity;

/// What the hash of a verifier is called, before its name.
pub const VERIFIER_ENTRY: &str = "verifier=";

/// What identifies the experiment of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExperimentHashes {
    /// Of everything in the plan.
    pub experiment: String,
    /// Per partition, of what determines its draws: experiments whose common partitions agree may share a run. Per
    /// verifier ([`VERIFIER_ENTRY`] and its name), of what determines its scores.
    pub draws: BTreeMap<String, String>,
}

impl ExperimentHashes {
    /// The first partition that both have and that is drawn differently.
    pub(super) fn conflict(&self, other: &Self) -> Option<&str> {
        let differs = |(name, hash): &(&String, &String)| {
            !name.starts_with(VERIFIER_ENTRY) && other.draws.get(*name).is_some_and(|theirs| theirs != *hash)
        };
        self.draws.iter().find(differs).map(|(name, _)| name.as_str())
    }

    /// Refuses a verifier under whose name the run at `path` holds scores of another. A name without scores is free,
    /// whatever was meant to make them.
    pub(super) fn check_verifiers(&self, older: &Self, path: &Path) -> Result<(), TraceError> {
        for (entry, hash) in &self.draws {
            let Some(name) = entry.strip_prefix(VERIFIER_ENTRY) else { continue };
            if older.draws.get(entry) == Some(hash) {
                continue;
            }
            let of_name = |partition: &Partition| partition.verifier.as_deref() == Some(name);
            if partitions::<ScoreRow>(path)?.iter().any(of_name) {
                return Err(TraceError::OtherVerifier { path: path.to_owned(), name: name.to_owned() });
            }
        }
        Ok(())
    }

    /// These hashes, with those of partitions that only the older experiment had: their draws are still in the run.
    pub(super) fn over(mut self, older: &Self) -> Self {
        for (name, hash) in &older.draws {
            self.draws.entry(name.clone()).or_insert_with(|| hash.clone());
        }
        self
    }
}

/// One process that worked on a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkSession {
    /// Version of markovscale.
    pub version: String,
    /// Commit it was built from, where known.
    pub commit: Option<String>,
    /// What was run.
    pub command: String,
    /// Start, RFC 3339 in UTC.
    pub started: String,
    /// End, RFC 3339 in UTC; absent while it runs or when it was killed.
    pub ended: Option<String>,
    /// Seconds in which it collected or scored, as last recorded; 0 in runs of versions that did not record it.
    #[serde(default)]
    pub active_seconds: u64,
}

/// Contents of `environment.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// Format of the run.
    pub format: u64,
    /// Operating system, processor family and logical cores of the machine that last worked on it.
    pub machine: String,
    /// Hashes of the experiment.
    pub hashes: ExperimentHashes,
    /// Backbones: name and what answered (a model and where, without secrets; `simulated:PROFILE`).
    pub backbones: Vec<(String, String)>,
    /// Every process that worked on the run, oldest first.
    pub sessions: Vec<WorkSession>,
    /// What the servers that answered or scored said of themselves; one that changed stands there once for each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub servers: Vec<ServiceIdentity>,
    /// What the models that answered or scored in the process were; one whose files changed stands there once for each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<ModelIdentity>,
}

/// Reads `environment.json`; `None` when there is none. The format is looked at before anything else is understood.
pub(super) fn read_environment(run: &Path) -> Result<Option<Environment>, TraceError> {
    #[derive(Deserialize)]
    struct FormatOnly {
        format: u64,
    }
    let path = run.join("environment.json");
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(TraceError::io("read", &path)(error)),
    };
    let malformed = |error: serde_json::Error| TraceError::Malformed {
        path: path.clone(),
        expected: "the environment of a run",
        found: error.to_string(),
    };
    let FormatOnly { format } = serde_json::from_str(&text).map_err(malformed)?;
    if format > FORMAT {
        return Err(TraceError::TooNew { path: run.to_owned(), found: format, supported: FORMAT });
    }
    serde_json::from_str(&text).map(Some).map_err(malformed)
}
