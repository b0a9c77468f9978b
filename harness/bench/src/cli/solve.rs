//! `markovscale solve`: one question, live, step by step.

mod args;
mod setup;
mod show;

use std::sync::Arc;

use markovscale::{Budget, QuestionContext};

use super::prepare::{open_backbone, open_verifier};
use super::{CommandError, Global, Printer};
use crate::collect::{self, DrawOne, OpenVerifier, runtime};
use crate::dataset::Dataset;
use crate::experiment::BackbonePlan;
use crate::live::{LiveError, Solver};
use crate::prompt::PromptSet;
use crate::replay::learned_elsewhere;
use crate::resources::Resources;

pub(super) use args::Args;
use setup::Setup;
use show::Show;

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
    let draw_one = draw_one(&setup)?;
    let solver = Solver {
        draw_one: &draw_one,
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

fn draw_one(setup: &Setup) -> Result<DrawOne, CommandError> {
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
    DrawOne::open(&asked, backbone, dataset).map_err(CommandError::other)
}
