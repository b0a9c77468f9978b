//! Paths that a stopping policy is fitted on: labelled questions in the orders that a session could see them, and
//! questions that the answer model imagines.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::config::MarkovScaleConfig;
use super::watch::{State, Watch};
use crate::methods::common::answered_class;
use crate::methods::interface::{Choice, ClassId, Draw};
use crate::posterior::{AnswerModel, CalibrationQuestion, Posterior, PreparedModel};
use crate::simulate::{self, Regime, Sizes};

/// Random orders of a parallel pool: about this many draws of a question in all, within these bounds.
const ORDERED_DRAWS: usize = 128;
const FEWEST_ORDERS: usize = 2;
const MOST_ORDERS: usize = 8;
/// Questions imagined by the model, and how many real ones they weigh.
const IMAGINED: usize = 150;
const IMAGINED_WEIGHT: f64 = 30.0;
/// Where the random orders come from; part of the method, not of an experiment.
const ORDER_SEED: u64 = 0x706f_6c69_6379;

/// A question's draws in one order, as the policy sees them.
pub(super) struct Path {
    /// State and label of what would be returned, after each draw.
    pub(super) steps: Vec<(State, bool)>,
    /// The paths of one question weigh one together.
    pub(super) weight: f64,
}

/// The paths of every question, in the order of the questions whatever the threads.
pub(super) fn paths(
    config: &MarkovScaleConfig,
    model: &AnswerModel,
    questions: &[&CalibrationQuestion],
    budget: usize,
) -> Vec<Path> {
    let prepared = PreparedModel::new(model);
    let orders =
        if config.draws.is_chain() { 1 } else { (ORDERED_DRAWS / budget.max(1)).clamp(FEWEST_ORDERS, MOST_ORDERS) };
    let paths_of = |(index, question): (usize, &&CalibrationQuestion)| -> Vec<Path> {
        let mut draws = question.draws.clone();
        (0..orders)
            .map(|order| {
                let most = draws.len().min(budget);
                let drawn = if config.draws.is_chain() {
                    &draws[..most]
                } else {
                    let mut random = ChaCha8Rng::seed_from_u64(ORDER_SEED);
                    random.set_stream((index * orders + order) as u64);
                    draws.partial_shuffle(&mut random, most).0
                };
                path(config, &prepared, question.right, drawn, 1.0 / orders as f64)
            })
            .collect()
    };
    let nested: Vec<Vec<Path>> = questions.par_iter().enumerate().map(paths_of).collect();
    nested.into_iter().flatten().filter(|path| !path.steps.is_empty()).collect()
}

/// Paths of questions that the answer model imagines, worth [`IMAGINED_WEIGHT`] questions in all: the prior that a few
/// calibration questions correct and many outweigh. None when the model cannot be drawn from.
pub(super) fn imagined(
    config: &MarkovScaleConfig,
    model: &AnswerModel,
    questions: &[&CalibrationQuestion],
    horizon: usize,
) -> Vec<Path> {
    let regime = Regime { missing: missing_share(questions), ..Regime::of("policy", model.clone()) };
    let chain = config.draws.is_chain();
    let sizes = Sizes {
        parallel: if chain { 0 } else { horizon },
        chains: usize::from(chain),
        rounds: if chain { horizon } else { 0 },
    };
    let Ok(drawn) = simulate::questions(&regime, IMAGINED, sizes, ORDER_SEED) else {
        return Vec::new();
    };
    let prepared = PreparedModel::new(model);
    let weight = IMAGINED_WEIGHT / drawn.len().max(1) as f64;
    drawn
        .par_iter()
        .map(|question| {
            let draws = question.chains.first().unwrap_or(&question.parallel);
            path(config, &prepared, Some(question.right), draws, weight)
        })
        .collect()
}

/// Share of missing answers among wrong ones.
fn missing_share(questions: &[&CalibrationQuestion]) -> f64 {
    let (mut wrong, mut missing) = (0u32, 0u32);
    for question in questions {
        for class in question.draws.iter().map(answered_class) {
            missing += u32::from(class.is_none());
            wrong += u32::from(class.is_none() || class != question.right);
        }
    }
    f64::from(missing) / f64::from(wrong.max(1))
}

fn path(
    config: &MarkovScaleConfig,
    model: &PreparedModel,
    right: Option<ClassId>,
    draws: &[Draw],
    weight: f64,
) -> Path {
    let mut watch = Watch::new(config.select, Posterior::prepared(model.clone()));
    let steps = draws.iter().enumerate().map(|(index, draw)| {
        watch.see(index, draw);
        let class = match watch.choice() {
            Choice::Draw(chosen) => draws[chosen].class,
            Choice::Missing | Choice::AnyRight => None,
        };
        (watch.state(&draws[..=index]), class.is_some() && class == right)
    });
    Path { steps: steps.collect(), weight }
}
