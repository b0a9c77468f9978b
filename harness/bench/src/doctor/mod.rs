//! Looks whether an experiment could run here: machine, questions, prompts, models, keys, servers. Changes nothing, stores
//! nothing, and never shows a key: a variable that should hold one is named, not read out.

mod finding;
mod machine;
mod models;
mod servers;

use std::path::Path;

pub use finding::{Finding, Verdict};
pub use models::examine as models;
pub use servers::examine as servers;

use crate::dataset::{self, Locations};
use crate::experiment::Plan;
use crate::prompt::PromptSet;

/// Looks at this machine: folders that are written, room on their disk, the font of figures.
pub fn machine(runs: &Path, reports: &Path) -> Vec<Finding> {
    vec![
        machine::folder("runs folder", runs, "--runs-dir"),
        machine::folder("reports folder", reports, "--reports-dir"),
        machine::disk(runs),
        machine::files(),
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
