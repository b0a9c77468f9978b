//! The second stage of the command line: what was typed becomes a checked plan with its questions and prompts loaded.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;

use super::interrupt::Interrupt;
use super::{CommandError, Global, Printer};
use crate::collect::{
    CollectError, DrawWork, Event, ScoreWork, StopFlag, Summary, collect, draw_hashes, score, verifier_hash,
};
use crate::dataset::{self, Dataset, Locations};
use crate::experiment::schema::name_help;
use crate::experiment::{self, DatasetPlan, Plan};
use crate::net::Services;
use crate::prompt::PromptSet;
use crate::trace::{ExperimentHashes, Opening, RunFolder, read_questions, write_questions};

use super::progress::Progress;

/// Arguments that name an experiment.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct ExperimentArgs {
    /// The experiment's YAML file
    pub(super) config: PathBuf,
    /// Override a field, e.g. `pool.parallel=8` or `datasets=[gsm8k]`; may be repeated
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub(super) overrides: Vec<String>,
    /// Folder with local dataset files
    #[arg(long, value_name = "DIR")]
    pub(super) dataset_dir: Option<PathBuf>,
}

/// Arguments of commands that write to a run.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct RunArgs {
    #[command(flatten)]
    pub(super) experiment: ExperimentArgs,
    /// When the run was made by an experiment that draws differently, move it aside and start anew
    #[arg(long)]
    pub(super) force: bool,
}

/// An experiment ready to run.
pub(super) struct Prepared {
    pub(super) plan: Plan,
    /// The questions to ask, limited as planned.
    pub(super) datasets: Vec<Arc<Dataset>>,
    /// The same datasets whole, which simulations need.
    whole: Vec<Dataset>,
    pub(super) prompts: Arc<PromptSet>,
    /// The servers that the experiment names.
    pub(super) services: Services,
}

/// Reads and checks the experiment and everything it names. Every malformed dataset row is listed; none is skipped.
pub(super) fn prepare(args: &ExperimentArgs, global: &Global) -> Result<Prepared, CommandError> {
    let plan = load_plan(&args.config, &args.overrides)?;
    let whole = if plan.imported() { imported_questions(&plan, global)? } else { questions(&plan, args)? };
    let limited = |(dataset, wanted): (&Dataset, &DatasetPlan)| Arc::new(dataset.limited(wanted.limit));
    let datasets = whole.iter().zip(&plan.datasets).map(limited).collect();
    let prompts = PromptSet::load(&plan.prompts).map_err(|e| CommandError::usage(e.to_string()))?;
    Ok(Prepared { plan, datasets, whole, prompts: Arc::new(prompts), services: Services::default() })
}

/// The questions of the experiment's datasets.
fn questions(plan: &Plan, args: &ExperimentArgs) -> Result<Vec<Dataset>, CommandError> {
    let locations = Locations::new(args.dataset_dir.clone());
    let mut whole = Vec::new();
    let mut problems = Vec::new();
    for wanted in &plan.datasets {
        match dataset::load(&wanted.name, &locations) {
            Ok(dataset) => whole.push(dataset),
            Err(error) => problems.push(error.to_string()),
        }
    }
    if !problems.is_empty() {
        return Err(CommandError::usage(problems.join("\n\n")));
    }
    Ok(whole)
}

/// The questions that were imported with the draws: the run is the only place that surely has them.
fn imported_questions(plan: &Plan, global: &Global) -> Result<Vec<Dataset>, CommandError> {
    let path = global.runs_dir.join(&plan.name);
    let run = RunFolder::open_for_reading(&path).map_err(|error| {
        let how =
            "its draws are imported, so there must be a run that holds them; `markovscale import --help` says how";
        CommandError::usage(format!("{error}\n  {how}"))
    })?;
    let there = read_questions(run.path()).map_err(CommandError::other)?;
    let wanted = plan.datasets.iter().map(|wanted| {
        there.iter().find(|dataset| dataset.name == wanted.name).cloned().ok_or_else(|| {
            let known: Vec<&str> = there.iter().map(|dataset| dataset.name.as_str()).collect();
            let help = name_help(&wanted.name, &known);
            CommandError::usage(format!("{} holds no questions of `{}`; {help}", path.display(), wanted.name))
        })
    });
    wanted.collect()
}

/// Reads and checks an experiment alone.
pub(super) fn load_plan(config: &Path, overrides: &[String]) -> Result<Plan, CommandError> {
    experiment::load(config, overrides).map_err(|error| CommandError::Config(miette::Report::new(error)))
}

impl Prepared {
    /// Opens the experiment's run for writing and records its questions.
    pub(super) fn open_run(&self, global: &Global, force: bool, command: &str) -> Result<RunFolder, CommandError> {
        let mut draws = draw_hashes(&self.plan, &self.prompts, crate::backbone::content_hash)
            .map_err(|e| CommandError::usage(e.to_string()))?;
        draws.extend(verifier_hash(&self.plan).map_err(|e| CommandError::usage(e.to_string()))?);
        let backbones = self.plan.backbones.iter().map(|b| (b.name.clone(), b.model())).collect();
        let run = RunFolder::open_for_writing(&Opening {
            runs_dir: &global.runs_dir,
            name: &self.plan.name,
            experiment: &self.plan.to_yaml(),
            hashes: ExperimentHashes { experiment: self.plan.hash(), draws },
            backbones,
            command,
            // What was imported cannot be drawn anew.
            force: force && !self.plan.imported(),
        })
        .map_err(CommandError::other)?;
        // An imported run has its questions, and may have more than this experiment asks about.
        if !self.plan.imported() {
            write_questions(run.path(), &self.datasets).map_err(CommandError::other)?;
        }
        Ok(run)
    }

    fn whole<'a>(&'a self, limited: &'a Dataset) -> &'a Dataset {
        self.whole.iter().find(|dataset| dataset.name == limited.name).unwrap_or(limited)
    }

    /// Draws what is missing.
    pub(super) fn collect(&self, run: &RunFolder, stop: &StopFlag, printer: &Printer) -> Result<Summary, CommandError> {
        let work = DrawWork {
            plan: &self.plan,
            datasets: &self.datasets,
            prompts: Arc::clone(&self.prompts),
            run,
            open: &|backbone, dataset| {
                crate::backbone::open(backbone, self.plan.seed, self.whole(dataset), &self.services)
                    .map_err(|error| setup(&backbone.name, dataset, &error))
            },
            stop: stop.clone(),
        };
        let mut progress = Progress::new(printer, "draws");
        self.heed(stop);
        let summary = collect(&work, &mut |event| self.hear(run, event, &mut progress)).map_err(CommandError::other)?;
        self.record_servers(run);
        Ok(summary)
    }

    fn heed(&self, stop: &StopFlag) {
        let stop = stop.clone();
        self.services.heed(move || stop.is_set());
    }

    /// Shows an event. When rows arrive, some server has answered: what it says of itself is recorded early, since a
    /// process may be killed.
    fn hear(&self, run: &RunFolder, event: Event, progress: &mut Progress) {
        if matches!(event, Event::Finished { .. }) {
            self.record_servers(run);
        }
        progress.on(event);
    }

    /// Records what servers say of themselves, when that is new. It is good to know and stops no run.
    fn record_servers(&self, run: &RunFolder) {
        let _ = run.record_servers(self.services.identities());
    }

    /// Scores what is drawn and not scored; nothing to do without a verifier.
    pub(super) fn score(&self, run: &RunFolder, stop: &StopFlag, printer: &Printer) -> Result<Summary, CommandError> {
        let Some(verifier) = self.plan.verifier.name() else { return Ok(Summary::default()) };
        let work = ScoreWork {
            plan: &self.plan,
            datasets: &self.datasets,
            prompts: Arc::clone(&self.prompts),
            run,
            verifier,
            open: &|backbone, dataset| {
                crate::verifier::open(
                    &self.plan.verifier,
                    backbone,
                    self.plan.seed,
                    self.whole(dataset),
                    &self.services,
                )
                .map_err(|error| setup(verifier, dataset, &error))
            },
            stop: stop.clone(),
        };
        let mut progress = Progress::new(printer, "scores");
        self.heed(stop);
        let summary = score(&work, &mut |event| self.hear(run, event, &mut progress)).map_err(CommandError::other)?;
        self.record_servers(run);
        Ok(summary)
    }
}

fn setup(name: &str, dataset: &Dataset, error: &dyn std::fmt::Display) -> CollectError {
    CollectError::Setup { name: name.to_owned(), dataset: dataset.name.clone(), reason: error.to_string() }
}

/// One pass over the grid by a command of its own: what `collect` and `score` share.
pub(super) fn pass(
    args: &RunArgs,
    global: &Global,
    printer: &Printer,
    (command, unit): (&str, &str),
    work: impl Fn(&Prepared, &RunFolder, &StopFlag, &Printer) -> Result<Summary, CommandError>,
) -> Result<(), CommandError> {
    let prepared = prepare(&args.experiment, global)?;
    let run = prepared.open_run(global, args.force, command)?;
    let interrupt = Interrupt::listen(*printer)?;
    let summary = work(&prepared, &run, interrupt.flag(), printer)?;
    let path = run.path().to_owned();
    run.finish().map_err(CommandError::other)?;
    if printer.is_json() {
        printer.json(&json!({"run": path, unit: counts(&summary)}));
    } else {
        printer.note(&format!("run: {}", path.display()));
    }
    finished(&summary, unit)
}

/// What a pass did, for `--json`.
pub(super) fn counts(summary: &Summary) -> serde_json::Value {
    json!({"total": summary.total, "found": summary.known, "collected": summary.finished, "failed": summary.failed})
}

/// An unfinished pass is exit code 3, with what failed.
pub(super) fn finished(summary: &Summary, unit: &str) -> Result<(), CommandError> {
    if summary.interrupted {
        let done = summary.known + summary.finished;
        return Err(CommandError::Partly(format!(
            "interrupted with {done} of {} {unit} finished and kept; run the same command to go on",
            summary.total
        )));
    }
    if summary.failed == 0 {
        return Ok(());
    }
    let listed = summary.failures.join("\n  ");
    let more = summary.failed - summary.failures.len() as u64;
    let more = if more > 0 { format!("\n  and {more} more") } else { String::new() };
    Err(CommandError::Partly(format!(
        "{} {unit} failed; run the same command to try them again:\n  {listed}{more}",
        summary.failed
    )))
}

/// A run named by its name under the runs folder, by its path, or by its experiment's YAML file.
pub(super) fn find_run(named: &Path, global: &Global) -> Result<RunFolder, CommandError> {
    let is_config = named.extension().is_some_and(|e| e == "yaml" || e == "yml");
    let path = if is_config {
        global.runs_dir.join(load_plan(named, &[])?.name)
    } else if named.join("environment.json").exists() {
        named.to_owned()
    } else {
        global.runs_dir.join(named)
    };
    RunFolder::open_for_reading(&path).map_err(CommandError::other)
}
