//! `markovscale doctor`.

use std::path::PathBuf;

use serde_json::json;

use super::prepare::load_plan;
use super::{CommandError, Global, Printer};
use crate::dataset::Locations;
use crate::doctor::{self, Finding, Verdict};
use crate::prompt::PromptSet;

const AFTER: &str = "\
Every line begins with `ok`, `warn` or `fail`. Exit code 1 when anything failed, 0 otherwise.

Example:
  markovscale doctor configs/quickstart.yaml";

/// Arguments of `doctor`.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Args {
    /// The experiment's YAML file; without one, only this machine is looked at
    config: Option<PathBuf>,
    /// Override a field, e.g. `pool.parallel=8`; may be repeated
    #[arg(long = "set", value_name = "PATH=VALUE", requires = "config")]
    overrides: Vec<String>,
    /// Folder with local dataset files
    #[arg(long, value_name = "DIR")]
    dataset_dir: Option<PathBuf>,
}

/// Looks whether an experiment could run here.
pub(super) fn run(args: &Args, global: &Global, printer: &Printer) -> Result<(), CommandError> {
    let plan = args.config.as_deref().map(|config| load_plan(config, &args.overrides)).transpose()?;
    let mut findings = doctor::machine(&global.runs_dir, &global.reports_dir);
    if let Some(plan) = &plan {
        findings.extend(doctor::inputs(plan, &Locations::new(args.dataset_dir.clone())));
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(CommandError::other)?;
        let prompts = PromptSet::load(&plan.prompts).ok();
        findings.extend(runtime.block_on(doctor::models(plan, prompts.as_ref())));
        findings.extend(runtime.block_on(doctor::servers(plan, prompts.as_ref())));
    }
    let failed = findings.iter().filter(|finding| finding.verdict == Verdict::Fail).count();
    if printer.is_json() {
        printer.json(&json!({"failed": failed, "findings": findings}));
    } else {
        findings.iter().for_each(|finding| printer.data(&line(finding)));
    }
    match failed {
        0 => Ok(()),
        1 => Err(CommandError::other("1 check failed")),
        _ => Err(CommandError::other(format!("{failed} checks failed"))),
    }
}

/// `ok    disk  64.2 GB free at runs`, with the remedy below.
fn line(finding: &Finding) -> String {
    let mut line = format!("{:<5} {:<14} {}", finding.verdict.word(), finding.check, finding.found);
    if let Some(remedy) = &finding.remedy {
        line.push_str(&format!("\n{:21}{remedy}", ""));
    }
    line
}
