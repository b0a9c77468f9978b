//! What methods learn before a question is scored: the answer model of each mode of drawing, and what a method makes of
//! labelled questions for each budget. Cross-fitted, so that it comes from other questions; `tuning: test_set` fits on
//! the very questions that are scored, to show the size of that leak.

use std::path::Path;
use std::sync::Arc;

use markovscale::posterior::fit;
use markovscale::{
    Budget, Calibration, CalibrationQuestion, CrossFit, DrawMode, FitOptions, Fitted, Folds, Method, QuestionContext,
};

use super::learned::{self, LearnedFile, Lesson, Parameters};
use super::{Partition, ReplayError};
use crate::experiment::{Plan, Tuning};
use crate::key::seed;

/// Questions of the training folds that a fit uses at most: more sharpen a five-parameter model little and cost time.
const QUESTIONS: usize = 250;
/// Draws of a question that the fit of the answer model uses at most, for the same reason.
const DRAWS: usize = 16;

/// Where a question's parameters come from.
pub(super) enum Calibrated {
    /// No method wants any.
    Nothing,
    /// The other folds.
    CrossFit(CrossFit<Parameters>),
    /// The questions themselves; a deliberate leak.
    TestSet(Fitted<Parameters>),
    /// An earlier run on other questions.
    File(LearnedFile),
}

impl Calibrated {
    /// What a configuration (its label, and the mode it draws in) may know about the question at this index.
    pub(super) fn context(
        &self,
        partition: &Partition<'_>,
        index: usize,
        (method, mode): (&str, DrawMode),
        budget: Budget,
    ) -> Result<QuestionContext<'_>, ReplayError> {
        let id = &partition.ids[index];
        let fitted = match self {
            Self::Nothing => None,
            Self::CrossFit(crossfit) => crossfit.for_question(index),
            Self::TestSet(fitted) => Some(fitted),
            Self::File(file) => file.for_question(id),
        };
        let Some(fitted) = fitted else { return Ok(QuestionContext::uncalibrated()) };
        learned::context(id, fitted, (method, mode), budget.0).map_err(|source| failed(partition, source))
    }

    /// What was fitted, to be stored; nothing that came from a file.
    pub(super) fn fits(self) -> Vec<Fitted<Parameters>> {
        match self {
            Self::Nothing | Self::File(_) => Vec::new(),
            Self::CrossFit(crossfit) => crossfit.into_fits(),
            Self::TestSet(fitted) => vec![fitted],
        }
    }
}

fn failed(partition: &Partition<'_>, source: markovscale::CrossFitError) -> ReplayError {
    ReplayError::Calibration { dataset: partition.dataset.to_owned(), source }
}

/// Fits what the plan's methods want.
pub(super) fn calibrate(
    partition: &Partition<'_>,
    methods: &[Arc<dyn Method>],
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
    match &partition.plan.tuning {
        Tuning::CrossFit(folds) => {
            let folds_seed = seed(&[b"folds", &partition.plan.seed.to_le_bytes(), partition.dataset.as_bytes()]);
            let folds = Folds::assign(&partition.ids, *folds, folds_seed).map_err(|e| failed(partition, e))?;
            let fitted = CrossFit::fit(folds, &questions, fit).map_err(|e| failed(partition, e))?;
            Ok(Calibrated::CrossFit(fitted))
        }
        Tuning::TestSet => {
            let all: Vec<&usize> = questions.iter().collect();
            Ok(Calibrated::TestSet(Fitted::on_test_set(fit(&all))))
        }
        Tuning::From(_) => {
            let learned = learned_elsewhere(partition.plan, (partition.backbone, partition.dataset), methods, budgets)?;
            Ok(learned.map_or(Calibrated::Nothing, Calibrated::File))
        }
    }
}

/// What an earlier run learned for the plan's methods on a backbone's draws of a dataset, where the plan names it: all that
/// is known before draws are made.
pub(crate) fn learned_elsewhere(
    plan: &Plan,
    (backbone, dataset): (&str, &str),
    methods: &[Arc<dyn Method>],
    budgets: &[Budget],
) -> Result<Option<LearnedFile>, ReplayError> {
    let Some(path) = plan.tuning.file(backbone, dataset) else { return Ok(None) };
    if !methods.iter().any(|method| method.needs_calibration()) {
        return Ok(None);
    }
    let file = LearnedFile::read(Path::new(&path))?;
    check_holds(&file, &path, plan, methods, budgets)?;
    Ok(Some(file))
}

/// Refuses a file that lacks what a method needs: a method that quietly goes without would be another method.
fn check_holds(
    file: &LearnedFile,
    path: &str,
    plan: &Plan,
    methods: &[Arc<dyn Method>],
    budgets: &[Budget],
) -> Result<(), ReplayError> {
    let wrong = |message: String| ReplayError::Learned { path: path.into(), message };
    for fit in &file.fits {
        let Parameters { models, learned } = fit.show();
        for (config, method) in plan.methods.iter().zip(methods).filter(|(_, m)| m.needs_calibration()) {
            let (label, mode) = (config.label(), method.draws());
            if !models.iter().any(|(of, _)| *of == mode) {
                return Err(wrong(format!("it holds no answer model of {} draws, which {label} needs", mode.name())));
            }
            // With one draw there is nothing to learn.
            let several = budgets.iter().filter(|budget| budget.0 > 1);
            let lacking = { several }.find(|b| !learned.iter().any(|l| l.method == label && l.budget == b.0));
            if let (true, Some(budget)) = (method.learns(), lacking) {
                return Err(wrong(format!("it holds nothing learned by {label} at budget {}", budget.0)));
            }
        }
    }
    Ok(())
}

/// Fits on the questions at these indices.
fn parameters(
    partition: &Partition<'_>,
    methods: &[Arc<dyn Method>],
    budgets: &[Budget],
    sample: &[usize],
) -> Parameters {
    let (mut models, mut learned) = (Vec::new(), Vec::new());
    for mode in DrawMode::ALL {
        let wanting: Vec<(String, &dyn Method)> = partition
            .plan
            .methods
            .iter()
            .zip(methods)
            .filter(|(_, method)| method.needs_calibration() && method.draws() == mode)
            .map(|(config, method)| (config.label(), &**method))
            .collect();
        if wanting.is_empty() {
            continue;
        }
        let questions: Vec<CalibrationQuestion> = sample.iter().map(|i| labelled(&partition.pools[*i], mode)).collect();
        let questions: Vec<&CalibrationQuestion> = questions.iter().collect();
        let model = fit(&questions, FitOptions { most_draws: Some(DRAWS), ..FitOptions::new(mode) }).model;
        let calibration = Calibration { questions: &questions, model: Some(&model) };
        for (label, method) in wanting {
            let lessons = budgets.iter().filter_map(|budget| {
                let learned = method.learn(&calibration, *budget)?;
                Some(Lesson { method: label.clone(), budget: budget.0, learned })
            });
            learned.extend(lessons);
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
