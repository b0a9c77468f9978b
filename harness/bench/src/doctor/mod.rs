//! Looks whether an experiment could run here: machine, questions, prompts, models, keys, servers. Changes nothing, stores
//! nothing, and never shows a key: a variable that should hold one is named, not read out.

mod machine;
mod models;
mod servers;

use std::path::Path;

use serde::Serialize;

pub use models::examine as models;
pub use servers::examine as servers;

use crate::dataset::{self, Locations};
use crate::experiment::Plan;
use crate::prompt::PromptSet;

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As it should be.
    Ok,
    /// A run works, but something is worth knowing.
    Warn,
    /// A run would fail.
    Fail,
}

impl Verdict {
    /// The word at the start of a line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at: `runs folder`, `disk`, `font`, `dataset`, `prompts`, `key`, `server`, `model`, `clock`, `draw`
    /// or `score`.
    pub check: &'static str,
    /// How it came out.
    pub verdict: Verdict,
    /// What was found, a sentence without a full stop.
    pub found: String,
    /// What to do about it; `None` where nothing is to be done.
    pub remedy: Option<String>,
}

impl Finding {
    /// All is well.
    fn ok(check: &'static str, found: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Ok, found: found.into(), remedy: None }
    }

    /// Worth knowing.
    fn warn(check: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Warn, found: found.into(), remedy: Some(remedy.into()) }
    }

    /// A run would fail.
    fn fail(check: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Fail, found: found.into(), remedy: Some(remedy.into()) }
    }
}

/// Looks at this machine: folders that are written, room on their disk, the font of figures.
pub fn machine(runs: &Path, reports: &Path) -> Vec<Finding> {
    vec![
        machine::folder("runs folder", runs, "--runs-dir"),
        machine::folder("reports folder", reports, "--reports-dir"),
        machine::disk(runs),
        machine::font(),
    ]
}

/// Looks at the questions and prompts of an experiment.
pub fn inputs(plan: &Plan, locations: &Locations) -> Vec<Finding> {
    let mut findings = Vec::new();
    for planned in plan.datasets.iter().filter(|_| !plan.imported()) {
        match dataset::load(&planned.name, locations) {
            Ok(dataset) => {
                let all = dataset.questions.len();
                let asked = planned.limit.map_or(all, |limit| all.min(limit as usize));
                findings.push(Finding::ok("dataset", format!("{}: {asked} of {all} questions", planned.name)));
            }
            Err(error) => findings.push(Finding::fail(
                "dataset",
                format!("{}: {error}", planned.name),
                format!("`markovscale dataset check {}` lists all that is wrong with it", planned.name),
            )),
        }
    }
    findings.push(match PromptSet::load(&plan.prompts) {
        Ok(_) => Finding::ok("prompts", "every prompt is there and has its slots"),
        Err(error) => Finding::fail("prompts", error.to_string(), "correct the file, or name a shipped prompt"),
    });
    findings
}
