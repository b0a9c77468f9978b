//! What methods learn before a question is scored: the answer model of each mode of drawing, and what a method makes of
//! labelled questions for each budget. Cross-fitted, so that it comes from other questions; `tuning: test_set` fits on
//! the very questions that are scored, to show the size of that leak.

use markovscale::posterior::fit;
use markovscale::{
    AnswerModel, Budget, Calibration, CalibrationQuestion, CrossFit, DrawMode, FitOptions, Fitted, Folds, Learned,
    Method, QuestionContext,
};

use super::{Partition, ReplayError};
use crate::experiment::Tuning;
use crate::key::seed;

/// Questions of the training folds that a fit uses at most: more sharpen a five-parameter model little and cost time.
const QUESTIONS: usize = 250;
/// Draws of a question that the fit of the answer model uses at most, for the same reason.
const DRAWS: usize = 16;

/// What was fitted on one set of questions.
pub(super) struct Parameters {
    /// The answer model of each mode that some calibrated method draws in.
    models: Vec<(DrawMode, AnswerModel)>,
    /// Per configuration, per budget.
    learned: Vec<Vec<Option<Learned>>>,
}

/// Where a question's parameters come from.
pub(super) enum Calibrated {
    /// No method wants any.
    Nothing,
    /// The other folds.
    CrossFit(CrossFit<Parameters>),
    /// The questions themselves; a deliberate leak.
    TestSet(Fitted<Parameters>),
}

impl Calibrated {
    /// What the configuration may know about the question at this index.
    pub(super) fn context(
        &self,
        partition: &Partition<'_>,
        index: usize,
        (config, mode): (usize, DrawMode),
        budget: usize,
    ) -> Result<QuestionContext<'_>, ReplayError> {
        let fitted = match self {
            Self::Nothing => None,
            Self::CrossFit(crossfit) => crossfit.for_question(index),
            Self::TestSet(fitted) => Some(fitted),
        };
        let Some(fitted) = fitted else { return Ok(QuestionContext::uncalibrated()) };
        let pick = |parameters| pick(parameters, config, mode, budget);
        QuestionContext::calibrated(&partition.ids[index], fitted, pick).map_err(|source| failed(partition, source))
    }
}

fn pick(
    parameters: &Parameters,
    config: usize,
    mode: DrawMode,
    budget: usize,
) -> (Option<&AnswerModel>, Option<&Learned>) {
    let model = parameters.models.iter().find(|(of, _)| *of == mode).map(|(_, model)| model);
    let learned = parameters.learned.get(config).and_then(|budgets| budgets.get(budget)).and_then(Option::as_ref);
    (model, learned)
}

fn failed(partition: &Partition<'_>, source: markovscale::CrossFitError) -> ReplayError {
    ReplayError::Calibration { dataset: partition.dataset.to_owned(), source }
}

/// Fits what the plan's methods want.
pub(super) fn calibrate(
    partition: &Partition<'_>,
    methods: &[Box<dyn Method>],
    budgets: &[Budget],
) -> Result<Calibrated, ReplayError> {
    if !methods.iter().any(|method| method.needs_calibration()) {
        return Ok(Calibrated::Nothing);
    }
    let questions: Vec<usize> = (0..partition.pools.len()).collect();
    let fit = |training: &[&usize]| {
        // Evenly spaced over the training questions: a sample that does not look at their content.
        let step = training.len().div_ceil(QUESTIONS).max(1);
        let sample: Vec<usize> = training.iter().step_by(step).map(|index| **index).collect();
        parameters(partition, methods, budgets, &sample)
    };
    match partition.plan.tuning {
        Tuning::CrossFit(folds) => {
            let folds_seed = seed(&[b"folds", &partition.plan.seed.to_le_bytes(), partition.dataset.as_bytes()]);
            let folds = Folds::assign(&partition.ids, folds, folds_seed).map_err(|e| failed(partition, e))?;
            let fitted = CrossFit::fit(folds, &questions, fit).map_err(|e| failed(partition, e))?;
            Ok(Calibrated::CrossFit(fitted))
        }
        Tuning::TestSet => {
            let all: Vec<&usize> = questions.iter().collect();
            Ok(Calibrated::TestSet(Fitted::on_test_set(fit(&all))))
        }
    }
}

/// Fits on the questions at these indices.
fn parameters(
    partition: &Partition<'_>,
    methods: &[Box<dyn Method>],
    budgets: &[Budget],
    sample: &[usize],
) -> Parameters {
    let mut models = Vec::new();
    let mut learned: Vec<Vec<Option<Learned>>> = vec![Vec::new(); methods.len()];
    for mode in DrawMode::ALL {
        let wanting = |method: &dyn Method| method.needs_calibration() && method.draws() == mode;
        if !methods.iter().any(|method| wanting(&**method)) {
            continue;
        }
        let questions: Vec<CalibrationQuestion> = sample.iter().map(|i| labelled(&partition.pools[*i], mode)).collect();
        let questions: Vec<&CalibrationQuestion> = questions.iter().collect();
        let model = fit(&questions, FitOptions { most_draws: Some(DRAWS), ..FitOptions::new(mode) }).model;
        let calibration = Calibration { questions: &questions, model: Some(&model) };
        for (method, learned) in methods.iter().zip(&mut learned).filter(|(method, _)| wanting(&***method)) {
            *learned = budgets.iter().map(|budget| method.learn(&calibration, *budget)).collect();
        }
        models.push((mode, model));
    }
    Parameters { models, learned }
}

/// A question's parallel draws or its first chain, with its label: the class that is right among all its draws.
fn labelled(pool: &super::QuestionPool, mode: DrawMode) -> CalibrationQuestion {
    let draws = match mode {
        DrawMode::Parallel => Some(&pool.parallel),
        chain => pool.chains_of(chain).first(),
    };
    let draws = draws.map(|draws| draws.iter().map(|draw| draw.seen).collect()).unwrap_or_default();
    CalibrationQuestion { draws, right: pool.right_class() }
}
