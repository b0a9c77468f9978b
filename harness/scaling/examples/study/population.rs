//! One population of simulated questions: what methods learn on it, and how they do on it.

use std::error::Error;

use markovscale::posterior::fit;
use markovscale::simulate::{Regime, SimulatedQuestion, Sizes, questions};
use markovscale::{
    AnswerModel, Budget, Calibration, CalibrationQuestion, Choice, CrossFit, DrawMode, FitOptions, Fitted, Folds,
    Learned, Method, QuestionContext, play,
};
use rayon::prelude::*;

use super::lineup::Entry;

/// The budgets of the study.
pub(crate) const BUDGETS: [Budget; 3] = [Budget(4), Budget(16), Budget(64)];
const SIZES: Sizes = Sizes { parallel: 64, chains: 1, rounds: 64 };
const FOLDS: u32 = 5;
/// As replay does: at most this many training questions, of which the model's fit sees this many draws.
const TRAINING: usize = 250;
const FIT_DRAWS: usize = 16;
/// Added to the seed of a population for another one of the same regime.
const OTHER: u64 = 1 << 32;

type Failed = Box<dyn Error + Send + Sync>;

/// How a method did on one question at one budget.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) right: bool,
    pub(crate) answers: u32,
    pub(crate) tokens: u64,
}

/// By configuration, budget, question.
pub(crate) type Outcomes = Vec<[Vec<Outcome>; BUDGETS.len()]>;

/// What was fitted on some questions: the answer models of parallel draws and of chains, and what each configuration
/// learned for each budget.
struct Parameters {
    models: [Option<AnswerModel>; 2],
    learned: Vec<[Option<Learned>; BUDGETS.len()]>,
}

/// Test questions and their ids.
pub(crate) struct Population {
    regime: Regime,
    seed: u64,
    questions: Vec<SimulatedQuestion>,
    ids: Vec<String>,
}

impl Population {
    /// The questions of this seed.
    pub(crate) fn new(regime: &Regime, count: usize, seed: u64) -> Result<Self, Failed> {
        let questions = questions(regime, count, SIZES, seed)?;
        let ids = (0..count).map(|index| format!("{}-{seed}-{index:04}", regime.name)).collect();
        Ok(Self { regime: regime.clone(), seed, questions, ids })
    }

    /// Every configuration, with parameters fitted on the other folds.
    pub(crate) fn cross_fitted(&self, entries: &[Entry]) -> Result<Outcomes, Failed> {
        let folds = Folds::assign(&self.ids, FOLDS, self.seed)?;
        let crossfit = CrossFit::fit(folds, &self.questions, |training| {
            let step = training.len().div_ceil(TRAINING).max(1);
            let sample: Vec<&SimulatedQuestion> = training.iter().step_by(step).copied().collect();
            Parameters::fit(&sample, entries)
        })?;
        self.play(entries, |index| crossfit.for_question(index))
    }

    /// Every configuration, with parameters fitted on these very questions. The leak.
    pub(crate) fn tuned_on_itself(&self, entries: &[Entry]) -> Result<Outcomes, Failed> {
        let fitted = Fitted::on_test_set(Parameters::fit(&self.questions.iter().collect::<Vec<_>>(), entries));
        self.play(entries, |_| Some(&fitted))
    }

    /// Every configuration, with parameters fitted on as many other questions of the regime.
    pub(crate) fn tuned_on_others(&self, entries: &[Entry]) -> Result<Outcomes, Failed> {
        let others = Self::new(&self.regime, self.questions.len(), self.seed + OTHER)?;
        let parameters = Parameters::fit(&others.questions.iter().collect::<Vec<_>>(), entries);
        let fitted = Fitted::on(&others.ids, parameters);
        self.play(entries, |_| Some(&fitted))
    }

    fn play<'a>(
        &self,
        entries: &[Entry],
        parameters: impl Fn(usize) -> Option<&'a Fitted<Parameters>> + Sync,
    ) -> Result<Outcomes, Failed> {
        let of_entry = |(number, entry): (usize, &Entry)| -> Result<[Vec<Outcome>; BUDGETS.len()], Failed> {
            let method = entry.config.build();
            let mut outcomes: [Vec<Outcome>; BUDGETS.len()] = Default::default();
            for (place, &budget) in BUDGETS.iter().enumerate() {
                let budgets = self.budgets(&*method, budget);
                let of_question = |index: usize| -> Result<Outcome, Failed> {
                    let context = match parameters(index) {
                        None => QuestionContext::uncalibrated(),
                        Some(fitted) => QuestionContext::calibrated(&self.ids[index], fitted, |parameters| {
                            let model = parameters.models[mode_index(method.draws())].as_ref();
                            (model, parameters.learned[number][place].as_ref())
                        })?,
                    };
                    outcome(&self.questions[index], &*method, &context, budgets[index])
                };
                outcomes[place] =
                    (0..self.questions.len()).into_par_iter().map(of_question).collect::<Result<_, _>>()?;
            }
            Ok(outcomes)
        };
        entries.iter().enumerate().map(of_entry).collect()
    }

    /// The budget of each question: its own where a method ranks the population by the scores of first draws, which it
    /// pays for.
    fn budgets(&self, method: &dyn Method, budget: Budget) -> Vec<Budget> {
        let Some(allocation) = method.allocation() else { return vec![budget; self.questions.len()] };
        let first = |question: &SimulatedQuestion| Some(1.0 - question.parallel.first()?.score?);
        let difficulties: Vec<Option<f64>> = self.questions.iter().map(first).collect();
        allocation.budgets(&difficulties, budget, &|index| self.questions[index].parallel.clone())
    }
}

impl Parameters {
    fn fit(questions: &[&SimulatedQuestion], entries: &[Entry]) -> Self {
        let mut parameters = Self { models: [None, None], learned: vec![Default::default(); entries.len()] };
        for mode in [DrawMode::Parallel, DrawMode::Sequential] {
            let labelled = |question: &&SimulatedQuestion| match mode {
                DrawMode::Parallel => Some(question.labelled_parallel()),
                _ => question.labelled_chain(0),
            };
            let labelled: Vec<CalibrationQuestion> = questions.iter().filter_map(labelled).collect();
            let labelled: Vec<&CalibrationQuestion> = labelled.iter().collect();
            let model = fit(&labelled, FitOptions { draws: mode, most_draws: Some(FIT_DRAWS) }).model;
            let calibration = Calibration { questions: &labelled, model: Some(&model) };
            for (entry, learned) in entries.iter().zip(&mut parameters.learned) {
                let method = entry.config.build();
                if method.draws() == mode && method.learns() {
                    *learned = BUDGETS.map(|budget| method.learn(&calibration, budget));
                }
            }
            parameters.models[mode_index(mode)] = Some(model);
        }
        parameters
    }
}

fn mode_index(mode: DrawMode) -> usize {
    usize::from(mode.is_chain())
}

fn outcome(
    question: &SimulatedQuestion,
    method: &dyn Method,
    context: &QuestionContext<'_>,
    budget: Budget,
) -> Result<Outcome, Failed> {
    let draws = if method.draws().is_chain() { &question.chains[0] } else { &question.parallel };
    let played = play(method, context, budget, draws)?;
    let seen = &draws[..played.used];
    let right = match played.choice {
        Choice::Draw(index) => seen[index].class == Some(question.right),
        Choice::Missing => false,
        Choice::AnyRight => seen.iter().any(|draw| draw.class == Some(question.right)),
    };
    let tokens = seen.iter().map(|draw| draw.completion_tokens.0).sum();
    Ok(Outcome { right, answers: u32::try_from(played.used)?, tokens })
}
