//! `markovscale solve`: one question, live, step by step.

mod setup;
mod show;

use std::path::PathBuf;
use std::sync::Arc;

use markovscale::{Budget, MethodConfig, QuestionContext};

use super::prepare::{open_backbone, open_verifier};
use super::{CommandError, Global, Printer};
use crate::collect::{self, OneByOne, OpenVerifier, runtime};
use crate::dataset::Dataset;
use crate::experiment::BackbonePlan;
use crate::live::{LiveError, Solver};
use crate::prompt::PromptSet;
use crate::replay::learned_elsewhere;
use crate::resources::Resources;

use setup::Setup;
use show::Show;

/// Arguments of `solve`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Each round is shown as it comes: answer, score, what the method makes of it, its decision and why. Nothing is stored;
with --json every round is a line of its own (docs/live.md has the shape), texts included, so that nothing paid for is
lost when the output is kept.

A simulated backbone draws right and wrong answers around a gold answer, so it needs one: --gold, or a dataset's question.

Examples:
  markovscale solve --base-url http://localhost:8000/v1 --model Qwen/Qwen3-8B 'What is 17 * 23?'
  markovscale solve --config configs/paper.yaml --method 'markovscale: {stop: confidence}' 'What is 17 * 23?'

Example:
  markovscale solve --backbone simulated-strong --gold 391 'What is 17 * 23?'")]
pub(super) struct Args {
    /// The question; or name one of a dataset with --dataset and --question-id
    question: Option<String>,
    /// An experiment whose backbones, verifier, prompts and methods are used
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Override a field of the experiment; may be repeated
    #[arg(long = "set", value_name = "PATH=VALUE", requires = "config")]
    overrides: Vec<String>,
    /// A backbone of the experiment (default its first); without an experiment, a shipped model or a simulated profile
    #[arg(long, value_name = "NAME")]
    backbone: Option<String>,
    /// Address of an OpenAI-compatible server, such as http://localhost:8000/v1
    #[arg(long, value_name = "URL", conflicts_with_all = ["config", "backbone"], requires = "model")]
    base_url: Option<String>,
    /// The model's name on that server
    #[arg(long, value_name = "NAME", requires = "base_url")]
    model: Option<String>,
    /// The environment variable that holds the server's key; never the key itself
    #[arg(long, value_name = "VAR", requires = "base_url")]
    api_key_env: Option<String>,
    /// Softmax temperature
    #[arg(long, value_name = "T")]
    temperature: Option<f64>,
    /// Nucleus mass
    #[arg(long, value_name = "P")]
    top_p: Option<f64>,
    /// Most completion tokens of one draw
    #[arg(long, value_name = "N")]
    max_tokens: Option<u32>,
    /// A method as configs write it, such as `markovscale: {stop: confidence}`, or the label of one of the experiment's
    /// (default the experiment's first; without one `markovscale: {stop: confidence}`)
    #[arg(long, value_name = "METHOD")]
    method: Option<String>,
    /// Most answers
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=4096))]
    budget: u32,
    /// What another run learned: RUN/learned/backbone=B/dataset=D.json, which `markovscale replay` writes
    #[arg(long, value_name = "FILE")]
    learned: Option<PathBuf>,
    /// The right answer: a simulated backbone needs it, and with it the end says whether the answer is right
    #[arg(long, value_name = "ANSWER", conflicts_with = "dataset")]
    gold: Option<String>,
    /// Take the question from this dataset
    #[arg(long, value_name = "NAME", requires = "question_id", conflicts_with = "question")]
    dataset: Option<String>,
    /// The question's id in it
    #[arg(long, value_name = "ID", requires = "dataset")]
    question_id: Option<String>,
    /// Folder with local dataset files
    #[arg(long, value_name = "DIR")]
    dataset_dir: Option<PathBuf>,
    /// Seed of draws (default the experiment's, or 0)
    #[arg(long, value_name = "SEED")]
    seed: Option<u64>,
}

/// Answers one question.
pub(super) fn run(args: &Args, _global: &Global, printer: &Printer) -> Result<(), CommandError> {
    let setup = Setup::new(args)?;
    let show = Show::new(&setup, printer);
    let method = setup.config.build();
    let budget = Budget(args.budget);
    let methods = vec![method];
    let partition = (&*setup.backbone.name, &*setup.dataset.name);
    let learned = learned_elsewhere(&setup.plan, partition, &methods, &[budget]).map_err(CommandError::other)?;
    let question = &setup.dataset.questions[setup.question];
    let context = match &learned {
        Some(file) => {
            let label = (&*setup.config.label(), setup.config.draws());
            file.context((&setup.dataset.name, &question.id.0), label, budget.0).map_err(CommandError::other)?
        }
        None => QuestionContext::uncalibrated(),
    };
    let one_by_one = one_by_one(&setup)?;
    let solver = Solver {
        one_by_one: &one_by_one,
        method: &*methods[0],
        context,
        budget,
        prices: setup.prices(),
        aggregate: setup.plan.aggregate,
    };
    show.start();
    let runtime = runtime().map_err(CommandError::other)?;
    match runtime.block_on(solver.solve(setup.question, &mut |round| show.round(round))) {
        Ok(solved) => {
            show.end(&solved, solver.prices.known());
            Ok(())
        }
        Err(error) => {
            show.failed(&error);
            Err(match error {
                LiveError::Failed { .. } => {
                    CommandError::Partly(format!("{error}; the rounds before it are shown above"))
                }
                error => CommandError::other(error),
            })
        }
    }
}

fn one_by_one(setup: &Setup) -> Result<OneByOne, CommandError> {
    let Setup { plan, backbone, dataset, .. } = setup;
    let resources = Resources::default();
    let prompts = Arc::new(PromptSet::load(&plan.prompts).map_err(|error| CommandError::usage(error.to_string()))?);
    let open_verifier = |backbone: &BackbonePlan, dataset: &Dataset| open_verifier(plan, backbone, dataset, &resources);
    let verifier = plan.verifier.name().filter(|_| setup.config.uses_scores());
    let asked = collect::Setup {
        plan,
        prompts,
        backbone: &|backbone, dataset| open_backbone(backbone, plan.seed, dataset, &resources),
        verifier: verifier.map(|name| -> (_, &OpenVerifier<'_>) { (name, &open_verifier) }),
        stop: resources.stop().clone().into(),
    };
    OneByOne::open(&asked, backbone, dataset).map_err(CommandError::other)
}

/// Why a method cannot answer one question by itself; `None` when it can.
fn refusal(config: &MethodConfig) -> Option<&'static str> {
    match config {
        MethodConfig::DifficultyAdaptiveSc(_) => {
            Some("it ranks all questions of a dataset by difficulty before it answers one; `markovscale run` does that")
        }
        MethodConfig::Oracle { .. } => Some("it is an upper bound that knows the gold answer, and answers nothing"),
        _ => None,
    }
}
