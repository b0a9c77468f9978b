//! Fit of `alpha, beta, memory, shift, concentration` to the order and identity of answers.

use super::super::AnswerModel;
use super::super::history::{Forward, PreparedModel, Seen, prior_mean};
use super::penalty;
use crate::methods::common::answered_class;
use crate::methods::interface::{ClassId, Draw, DrawMode};
use crate::optimise::{Search, minimise};

/// The rough search looks at no more than this many questions; the fine one, which starts near the end, at all.
const ROUGH_QUESTIONS: usize = 150;
const ROUGH: Search = Search { step: 0.7, tolerance: 0.05, iterations: 300 };
// Costs are log-likelihoods: a spread of 0.005 is a hundredth of what separates a parameter from its standard error.
const FINE: Search = Search { step: 0.1, tolerance: 5e-3, iterations: 300 };

/// Deviation of the priors of `ln alpha`, `ln beta`, `ln concentration` and `shift`.
const DEVIATION: f64 = 1.5;
/// Deviation of the prior of `logit(memory)`.
const MEMORY_DEVIATION: f64 = 2.0;

/// Runs up to this length are observed one by one; longer ones are cheaper as a power.
const SHORT_RUN: usize = 6;
/// Longest run raised to one power: at the outermost node (1.5e-4) `memory = 0` leaves 1e-245, still a normal number.
const LONG_RUN: usize = 64;

/// A stretch of a question's answers as the hypothesis that is true sees them.
#[derive(Debug, Clone, Copy)]
struct Step {
    seen: Seen,
    /// Equal to the answer before.
    same: bool,
    /// Answers in this stretch; more than one only where each repeats a right or a missing one.
    times: usize,
}

/// A question's answers as the hypothesis that is true sees them.
#[derive(Debug, Clone)]
pub(super) struct History(Vec<Step>);

impl History {
    pub(super) fn new(draws: &[Draw], right: Option<ClassId>) -> Self {
        let mut classes: Vec<ClassId> = Vec::new();
        let mut last: Option<Option<ClassId>> = None;
        let mut steps: Vec<Step> = Vec::new();
        for draw in draws {
            let class = answered_class(draw);
            let same = last == Some(class);
            last = Some(class);
            let seen = match class {
                None => Seen::Missing,
                Some(class) if Some(class) == right => Seen::Right,
                Some(class) => Seen::Wrong(classes.iter().position(|&known| known == class).unwrap_or_else(|| {
                    classes.push(class);
                    classes.len() - 1
                })),
            };
            match steps.last_mut() {
                Some(step) if same && step.same && step.times < LONG_RUN && !matches!(seen, Seen::Wrong(_)) => {
                    step.times += 1;
                }
                _ => steps.push(Step { seen, same, times: 1 }),
            }
        }
        Self(steps)
    }

    fn answers(&self) -> usize {
        self.0.iter().map(|step| step.times).sum()
    }

    fn right_answers(&self) -> usize {
        self.0.iter().filter(|step| step.seen == Seen::Right).map(|step| step.times).sum()
    }
}

/// Log-likelihood of the answers under the model, summed in the order of the questions.
pub(super) fn log_likelihood<'a>(histories: impl Iterator<Item = &'a History>, model: &AnswerModel) -> f64 {
    let model = PreparedModel::new(model);
    let mean = prior_mean(&model);
    let mut forward = Forward::new(&model);
    let mut total = 0.0;
    for History(steps) in histories {
        forward.restart(&model, mean);
        for step in steps {
            if step.times > SHORT_RUN {
                forward.repeat(&model, step.seen == Seen::Missing, step.times);
            } else {
                (0..step.times).for_each(|_| forward.observe(&model, step.seen, step.same));
            }
        }
        total += forward.log_likelihood();
    }
    total
}

/// The model (without emission) and its log-likelihood.
pub(super) fn fit(histories: &[History], draws: DrawMode) -> (AnswerModel, f64) {
    let weak = AnswerModel::weak_default();
    if histories.is_empty() {
        let model = match draws {
            DrawMode::Parallel => AnswerModel { memory: 0.0, shift: 0.0, ..weak },
            DrawMode::Sequential | DrawMode::Refine | DrawMode::Forced => weak,
        };
        return (model, 0.0);
    }
    // Start with the observed share of right answers as the mean of the fixed point, spread out or concentrated.
    let right: usize = histories.iter().map(History::right_answers).sum();
    let answers: usize = histories.iter().map(History::answers).sum();
    let mean = (right as f64 + 0.5) / (answers as f64 + 1.0);
    let starts = [0.7, 3.0].map(|strength: f64| [(strength * mean).ln(), (strength * (1.0 - mean)).ln(), 0.0]);
    let model = match draws {
        DrawMode::Parallel => search(histories, starts, |[alpha, beta, concentration]| AnswerModel {
            memory: 0.0,
            shift: 0.0,
            ..from_parameters([alpha, beta, concentration, 0.0, 0.0])
        }),
        DrawMode::Sequential | DrawMode::Refine | DrawMode::Forced => {
            search(histories, starts.map(|[alpha, beta, gamma]| [alpha, beta, gamma, -1.0, 0.0]), from_parameters)
        }
    };
    let log_likelihood = log_likelihood(histories.iter(), &model);
    (model, log_likelihood)
}

/// `[ln alpha, ln beta, ln concentration, logit memory, shift]` as a model.
fn from_parameters([alpha, beta, concentration, memory, shift]: [f64; 5]) -> AnswerModel {
    AnswerModel {
        alpha: alpha.exp(),
        beta: beta.exp(),
        memory: 1.0 / (1.0 + (-memory).exp()),
        shift,
        concentration: concentration.exp(),
        emission: None,
    }
}

/// Negative log density of the priors, up to a constant.
fn prior_penalty<const N: usize>(parameters: &[f64; N]) -> f64 {
    let weak = AnswerModel::weak_default();
    let memory = (weak.memory / (1.0 - weak.memory)).ln();
    let priors = [
        (weak.alpha.ln(), DEVIATION),
        (weak.beta.ln(), DEVIATION),
        (weak.concentration.ln(), DEVIATION),
        (memory, MEMORY_DEVIATION),
        (weak.shift, DEVIATION),
    ];
    parameters.iter().zip(priors).map(|(&value, (centre, deviation))| penalty(value, centre, deviation)).sum()
}

/// Rough search from every start over a stride of the questions, then a fine one over all from the better end.
fn search<const N: usize>(
    histories: &[History],
    starts: [[f64; N]; 2],
    model: impl Fn([f64; N]) -> AnswerModel,
) -> AnswerModel {
    let stride = histories.len().div_ceil(ROUGH_QUESTIONS).max(1);
    let rough = |parameters: &[f64; N]| {
        prior_penalty(parameters) - log_likelihood(histories.iter().step_by(stride), &model(*parameters))
    };
    let [first, second] = starts.map(|start| minimise(rough, start, ROUGH));
    let (start, _) = if second.1 < first.1 { second } else { first };
    let all = |parameters: &[f64; N]| prior_penalty(parameters) - log_likelihood(histories.iter(), &model(*parameters));
    model(minimise(all, start, FINE).0)
}
