//! The second stage of the command line: what was typed becomes a checked plan with its questions and prompts loaded.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;

use super::interrupt::Interrupt;
use super::{CommandError, Global, Printer};
use crate::backbone::Backbone;
use crate::collect::{
    CollectError, Event, OpenVerifier, Setup, Stop, Summary, Work, collect_some, draw_hashes, open_meter, score_some,
    verifier_hash,
};
use crate::dataset::{self, Dataset, Locations};
use crate::experiment::{self, BackbonePlan, Collecting, DatasetPlan, Plan};
use crate::key::QuestionId;
use crate::live;
use crate::prompt::PromptSet;
use crate::resources::Resources;
use crate::suggest::name_help;
use crate::trace::{ExperimentHashes, Opening, RunFolder, read_questions, write_questions};
use crate::verifier::Verifier;

use super::progress::Progress;
use super::unfinished::finished;

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
    /// When the run was made by an experiment that draws differently, move it aside and start again
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
    /// The servers and models that the experiment names.
    pub(super) resources: Resources,
}

/// Reads and checks the experiment and everything it names. Every malformed dataset row is listed; none is skipped.
pub(super) fn prepare(args: &ExperimentArgs, global: &Global) -> Result<Prepared, CommandError> {
    let plan = load_plan(&args.config, &args.overrides)?;
    let whole = if plan.imported() { imported_questions(&plan, global)? } else { questions(&plan, args)? };
    let limited = |(dataset, wanted): (&Dataset, &DatasetPlan)| Arc::new(dataset.limited(wanted.limit));
    let datasets = whole.iter().zip(&plan.datasets).map(limited).collect();
    let prompts = PromptSet::load(&plan.prompts).map_err(|e| CommandError::usage(e.to_string()))?;
    Ok(Prepared { plan, datasets, whole, prompts: Arc::new(prompts), resources: Resources::default() })
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
    fn draw_hashes(&self) -> Result<BTreeMap<String, String>, CommandError> {
        draw_hashes(&self.plan, &self.prompts, crate::backbone::content_hash)
            .map_err(|e| CommandError::usage(e.to_string()))
    }

    /// Whether a run's draws are ones that this experiment asks for: another one's tell nothing about it.
    pub(super) fn draws_agree(&self, run: &RunFolder) -> bool {
        let theirs = &run.environment().hashes.draws;
        let agrees = |(name, hash): (&String, &String)| theirs.get(name).is_none_or(|theirs| theirs == hash);
        self.draw_hashes().is_ok_and(|draws| draws.iter().all(agrees))
    }

    /// Opens the experiment's run for writing and records its questions.
    pub(super) fn open_run(&self, global: &Global, force: bool, command: &str) -> Result<RunFolder, CommandError> {
        let mut draws = self.draw_hashes()?;
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

    /// Listens for Ctrl-C, and for the run's budget, from now on.
    pub(super) fn listen(&self, run: &RunFolder, printer: &Printer) -> Result<Interrupt, CommandError> {
        let interrupt = Interrupt::listen(self.resources.stop().clone().into(), *printer)?;
        interrupt.flag().watch(open_meter(run, &self.plan).map_err(CommandError::other)?);
        Ok(interrupt)
    }

    fn whole<'a>(&'a self, limited: &'a Dataset) -> &'a Dataset {
        self.whole.iter().find(|dataset| dataset.name == limited.name).unwrap_or(limited)
    }

    /// Draws what is missing.
    pub(super) fn collect(&self, run: &RunFolder, stop: &Stop, printer: &Printer) -> Result<Summary, CommandError> {
        if self.plan.collecting == Collecting::Live {
            return self.collect_live(run, stop, printer);
        }
        self.collect_some(&self.plan, None, run, stop, printer)
    }

    /// Draws what some questions lack of a plan, which may have smaller pools than the experiment's.
    pub(super) fn collect_some(
        &self,
        plan: &Plan,
        only: Option<&HashSet<QuestionId>>,
        run: &RunFolder,
        stop: &Stop,
        printer: &Printer,
    ) -> Result<Summary, CommandError> {
        let progress = Progress::new(printer, "draws");
        self.pass((plan, run, stop), progress, |work, on_event| collect_some(work, only, on_event))
    }

    /// Makes a pass over the grid of a plan and shows its events.
    fn pass<E: std::error::Error + Send + Sync + 'static>(
        &self,
        (plan, run, stop): (&Plan, &RunFolder, &Stop),
        mut progress: Progress<'_>,
        pass: impl FnOnce(&Work<'_>, &mut dyn FnMut(Event)) -> Result<Summary, E>,
    ) -> Result<Summary, CommandError> {
        let open_verifier = |backbone: &BackbonePlan, dataset: &Dataset| {
            open_verifier(plan, backbone, self.whole(dataset), &self.resources)
        };
        let setup = Setup {
            plan,
            prompts: Arc::clone(&self.prompts),
            backbone: &|backbone, dataset| open_backbone(backbone, plan.seed, self.whole(dataset), &self.resources),
            verifier: plan.verifier.name().map(|name| -> (_, &OpenVerifier<'_>) { (name, &open_verifier) }),
            stop: stop.clone(),
        };
        let work = Work { setup, datasets: &self.datasets, run };
        // What servers and models are is good to know and stops no run.
        let record_answering = || {
            let _ = run.record_answering(self.resources.services().identities(), self.resources.models().identities());
        };
        let summary = pass(&work, &mut |event| {
            // When rows arrive, some server or model has answered. It is recorded early, since a process may be killed.
            if matches!(event, Event::Finished { .. }) {
                record_answering();
            }
            progress.on(event);
        });
        let summary = summary.map_err(CommandError::other)?;
        record_answering();
        self.resources.services().other_models().iter().for_each(|said| progress.note(said));
        Ok(summary)
    }

    /// Draws and scores what the methods decide to look at.
    fn collect_live(&self, run: &RunFolder, stop: &Stop, printer: &Printer) -> Result<Summary, CommandError> {
        let scored = |config: &&markovscale::MethodConfig| config.uses_scores();
        if let (None, Some(config)) = (self.plan.verifier.name(), self.plan.methods.iter().find(scored)) {
            let label = config.label();
            printer.note(&format!(
                "there is no verifier: `{label}` and its like decide by the answers alone, as with `scores: false`"
            ));
        }
        self.pass((&self.plan, run, stop), Progress::at_most(printer, "draws"), live::collect)
    }

    /// Scores what is drawn and not scored; nothing to do without a verifier, nor live, where scores are made with draws.
    pub(super) fn score(&self, run: &RunFolder, stop: &Stop, printer: &Printer) -> Result<Summary, CommandError> {
        if self.plan.collecting == Collecting::Live {
            return Ok(Summary::default());
        }
        self.score_some(None, run, stop, printer)
    }

    /// The same of some questions.
    pub(super) fn score_some(
        &self,
        only: Option<&HashSet<QuestionId>>,
        run: &RunFolder,
        stop: &Stop,
        printer: &Printer,
    ) -> Result<Summary, CommandError> {
        if self.plan.verifier.name().is_none() {
            return Ok(Summary::default());
        }
        let progress = Progress::new(printer, "scores");
        self.pass((&self.plan, run, stop), progress, |work, on_event| score_some(work, only, on_event))
    }
}

/// Sets up a backbone for a dataset, which a simulation needs whole.
pub(super) fn open_backbone(
    backbone: &BackbonePlan,
    seed: u64,
    dataset: &Dataset,
    resources: &Resources,
) -> Result<Arc<dyn Backbone>, CollectError> {
    crate::backbone::open(backbone, seed, dataset, resources).map_err(|error| setup(&backbone.name, dataset, &error))
}

/// Sets up the plan's verifier for a dataset, which a simulation needs whole.
pub(super) fn open_verifier(
    plan: &Plan,
    backbone: &BackbonePlan,
    dataset: &Dataset,
    resources: &Resources,
) -> Result<Arc<dyn Verifier>, CollectError> {
    crate::verifier::open(&plan.verifier, backbone, plan.seed, dataset, resources)
        .map_err(|error| setup(plan.verifier.name().unwrap_or_default(), dataset, &error))
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
    work: impl Fn(&Prepared, &RunFolder, &Stop, &Printer) -> Result<Summary, CommandError>,
) -> Result<(), CommandError> {
    let prepared = prepare(&args.experiment, global)?;
    let run = prepared.open_run(global, args.force, command)?;
    let interrupt = prepared.listen(&run, printer)?;
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
