//! Fit of `alpha, beta, memory, shift, concentration` to the order and identity of answers.

use super::super::history::{Forward, PreparedModel, Seen, prior_mean};
use super::super::{AnswerModel, MissingAnswers};
use super::{Fitted, penalty};
use crate::draw::answered_class;
use crate::draw::{ClassId, Draw, DrawMode};
use crate::optimise::{Ending, Search, minimum};

/// The rough search looks at no more than this many questions; the fine one, which starts near the end, at all.
const ROUGH_QUESTIONS: usize = 150;
const ROUGH: Search = Search { step: 0.7, tolerance: 0.05, iterations: 300 };
// Costs are log-likelihoods: a spread of 0.005 is a hundredth of what separates a parameter from its standard error.
const FINE: Search = Search { step: 0.1, tolerance: 5e-3, iterations: 300 };

/// `(alpha + beta, ln concentration, logit memory)` of a start.
type Start = (f64, f64, f64);
/// Step of the slope at `memory = 0`.
const SLOPE_STEP: f64 = 1e-3;

/// The search for how often wrong answers are missing.
const MISSING: Search = Search { step: 0.7, tolerance: 0.02, iterations: 150 };
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
        for draw in draws.iter().filter(|draw| draw.critique.is_none()) {
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
    log_likelihoods(histories, model).sum()
}

/// Log-likelihood of each question's answers under the model.
fn log_likelihoods<'a>(histories: impl Iterator<Item = &'a History>, model: &AnswerModel) -> impl Iterator<Item = f64> {
    let model = PreparedModel::new(model);
    let mean = prior_mean(&model);
    let mut forward = Forward::new(&model);
    histories.map(move |History(steps)| {
        forward.restart(&model, mean);
        for step in steps {
            let counted = step.seen == Seen::Missing && model.missing.is_some();
            if step.times > SHORT_RUN && !counted {
                forward.repeat(&model, step.seen == Seen::Missing, step.times);
            } else {
                (0..step.times).for_each(|_| forward.observe(&model, step.seen, step.same));
            }
        }
        forward.log_likelihood()
    })
}

/// How far the chains are from never keeping an answer, in standard deviations: the score test of `memory = 0` with the
/// other parameters as fitted, from each question's slope of the log-likelihood. Well below 0, answers repeat less often
/// than fresh ones would: `lambda < 0`.
pub(super) fn memory_score(histories: &[History], fitted: &AnswerModel) -> f64 {
    let at = |memory: f64| {
        log_likelihoods(histories.iter(), &AnswerModel { memory, ..fitted.clone() }).collect::<Vec<f64>>()
    };
    let (mut sum, mut squares) = (0.0, 0.0);
    for (none, some) in at(0.0).iter().zip(at(SLOPE_STEP)) {
        let slope = (some - none) / SLOPE_STEP;
        sum += slope;
        squares += slope * slope;
    }
    if squares > 0.0 { sum / squares.sqrt() } else { 0.0 }
}

/// The model (without emission).
pub(super) fn fit(histories: &[History], draws: DrawMode) -> Fitted<AnswerModel> {
    let weak = AnswerModel::weak_default();
    if histories.is_empty() {
        let model = match draws {
            DrawMode::Parallel => AnswerModel { memory: 0.0, shift: 0.0, ..weak },
            DrawMode::Sequential | DrawMode::Refine | DrawMode::Forced => weak,
        };
        return Fitted { value: model, ending: Ending::Converged, starts: 0, agreeing: 0 };
    }
    // Start with the observed share of right answers as the mean of the fixed point, spread out or concentrated.
    let right: usize = histories.iter().map(History::right_answers).sum();
    let answers: usize = histories.iter().map(History::answers).sum();
    let mean = (right as f64 + 0.5) / (answers as f64 + 1.0);
    let starts =
        [(0.7, 0.0, -1.0), (3.0, 0.0, -1.0), (1.5, 1.5, 1.5)].map(|(strength, concentration, memory): Start| {
            [(strength * mean).ln(), (strength * (1.0 - mean)).ln(), concentration, memory, 0.0]
        });
    let parallel = |[alpha, beta, concentration, _, _]: [f64; 5]| [alpha, beta, concentration];
    match draws {
        DrawMode::Parallel => {
            let missing = fit_missing(histories, &from_parallel_parameters(parallel(starts[0])));
            let model = |parameters| AnswerModel { missing, ..from_parallel_parameters(parameters) };
            search(histories, starts.map(parallel), model)
        }
        DrawMode::Sequential | DrawMode::Refine | DrawMode::Forced => {
            let missing = fit_missing(histories, &from_parameters(starts[0]));
            search(histories, starts, |parameters| AnswerModel { missing, ..from_parameters(parameters) })
        }
    }
}

/// How often wrong answers are missing, the other parameters at a start; `None` when none is missing. For parallel draws
/// the two parts of the likelihood share no parameter; in chains only through repeated missing answers, which may have
/// been kept, so the error of taking them one after the other is small.
fn fit_missing(histories: &[History], others: &AnswerModel) -> Option<MissingAnswers> {
    if !histories.iter().any(|History(steps)| steps.iter().any(|step| step.seen == Seen::Missing)) {
        return None;
    }
    let model = |[missing, answered]: [f64; 2]| AnswerModel {
        missing: Some(MissingAnswers { missing: missing.exp(), answered: answered.exp() }),
        ..others.clone()
    };
    let cost = |parameters: &[f64; 2]| {
        let penalties = parameters.iter().zip(missing_priors());
        penalties.map(|(&value, (centre, deviation))| penalty(value, centre, deviation)).sum::<f64>()
            - log_likelihood(histories.iter(), &model(*parameters))
    };
    model(minimum(cost, missing_priors().map(|(centre, _)| centre), MISSING).point).missing
}

/// Centres and deviations of the priors of the logarithms of [`MissingAnswers`].
pub(super) fn missing_priors() -> [(f64, f64); 2] {
    let weak = MissingAnswers::weak_default();
    [(weak.missing.ln(), DEVIATION), (weak.answered.ln(), DEVIATION)]
}

/// Negative log-likelihood at `[ln alpha, ln beta, ln concentration]`, and also `[logit memory, shift]` for chains.
pub(super) fn cost<const N: usize>(
    histories: &[History],
    model: impl Fn([f64; N]) -> AnswerModel,
) -> impl Fn(&[f64; N]) -> f64 {
    move |parameters| -log_likelihood(histories.iter(), &model(*parameters))
}

/// `[ln alpha, ln beta, ln concentration]` as a model of parallel draws (without emission).
pub(super) fn from_parallel_parameters([alpha, beta, concentration]: [f64; 3]) -> AnswerModel {
    AnswerModel { memory: 0.0, shift: 0.0, ..from_parameters([alpha, beta, concentration, 0.0, 0.0]) }
}

/// `[ln alpha, ln beta, ln concentration, logit memory, shift]` as a model.
pub(super) fn from_parameters([alpha, beta, concentration, memory, shift]: [f64; 5]) -> AnswerModel {
    AnswerModel {
        alpha: alpha.exp(),
        beta: beta.exp(),
        memory: 1.0 / (1.0 + (-memory).exp()),
        shift,
        concentration: concentration.exp(),
        emission: None,
        missing: None,
    }
}

/// Centres and deviations of the priors, in the order of [`from_parameters`].
pub(super) fn priors() -> [(f64, f64); 5] {
    let weak = AnswerModel::weak_default();
    let memory = (weak.memory / (1.0 - weak.memory)).ln();
    [
        (weak.alpha.ln(), DEVIATION),
        (weak.beta.ln(), DEVIATION),
        (weak.concentration.ln(), DEVIATION),
        (memory, MEMORY_DEVIATION),
        (weak.shift, DEVIATION),
    ]
}

/// Negative log density of the priors, up to a constant.
fn prior_penalty<const N: usize>(parameters: &[f64; N]) -> f64 {
    parameters.iter().zip(priors()).map(|(&value, (centre, deviation))| penalty(value, centre, deviation)).sum()
}

/// Rough search from every start over a stride of the questions, then a fine one over all from the best end.
fn search<const N: usize, const STARTS: usize>(
    histories: &[History],
    starts: [[f64; N]; STARTS],
    model: impl Fn([f64; N]) -> AnswerModel,
) -> Fitted<AnswerModel> {
    let stride = histories.len().div_ceil(ROUGH_QUESTIONS).max(1);
    let rough = |parameters: &[f64; N]| {
        prior_penalty(parameters) - log_likelihood(histories.iter().step_by(stride), &model(*parameters))
    };
    let roughly = Fitted::best(&starts.map(|start| minimum(rough, start, ROUGH)), |best| best);
    let all = |parameters: &[f64; N]| prior_penalty(parameters) - log_likelihood(histories.iter(), &model(*parameters));
    let fine = minimum(all, roughly.value, FINE);
    Fitted { value: model(fine.point), ending: fine.ending, starts: roughly.starts, agreeing: roughly.agreeing }
}
