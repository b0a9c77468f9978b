//! The answer model from labelled questions: maximum likelihood with weak priors.
//!
//! History part (`alpha, beta, memory, shift, concentration`): the sum over questions of log P(order and identity of
//! the answers | the class that is right). Emission part: nested-normal likelihood of the logit scores. The two share
//! no parameter and are maximised apart.
//!
//! **Weak priors** keep every edge finite (all right, all wrong, one question, no wrong answer): normal with standard
//! deviation 1.5 on the logarithms of `alpha`, `beta`, `concentration` and of the variances, 2 on `logit(memory)`, 1.5
//! on `shift`, 2 on the means; centred on [`AnswerModel::weak_default`]. Together they weigh about as much as a
//! question or two. Estimates are therefore posterior modes, which differ from maximum likelihood by less than its
//! standard error as soon as there are a few dozen questions.
//!
//! **Search.** Nelder-Mead from three starts each: for the history part a rough one over at most 150 questions (fixed
//! points spread out with some memory, concentrated with some memory, in between with much memory), then a fine one over
//! all from the best end; for the emission three sizes of the variances. [`FittedModel::remarks`] says where a search did
//! not settle or the starts led to different places.
//!
//! **Uncertainty** is not computed with the fit, which cross-fitting calls often, but by [`FittedModel::estimates`].
//!
//! A chain with `lambda < 0` is outside the model: it is fitted with a memory near 0, and the remarks say so.

mod emission;
mod estimates;
mod history;
mod information;

use std::borrow::Borrow;
use std::fmt;

pub use estimates::{Basis, EmissionEstimates, Estimate, ModelEstimates};

use super::AnswerModel;
use crate::draw::{ClassId, Draw, DrawMode};
use crate::optimise::{Ending, Minimum};

/// Ends of searches whose costs differ by no more are the same place for all purposes.
const SAME_END: f64 = 0.5;
/// Fitted memory below which the chains are tested for `lambda < 0`.
const LITTLE_MEMORY: f64 = 0.1;
/// One-sided 5 % point of the score test of `memory = 0`.
const NEGATIVE_SCORE: f64 = -1.645;

/// A labelled question: its draws in order, and which of their classes is right.
#[derive(Debug, Clone, PartialEq)]
pub struct CalibrationQuestion {
    /// The draws, oldest first. Several chains of one question are one entry each.
    pub draws: Vec<Draw>,
    /// The right class; `None`: no class seen is right.
    pub right: Option<ClassId>,
}

/// How to fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FitOptions {
    /// A chain's mode fits `memory` and `shift`; `Parallel` holds both at 0.
    pub draws: DrawMode,
    /// Only the first draws of a question count, at most this many; `None` for all. Fitting time is proportional to it.
    pub most_draws: Option<usize>,
}

impl FitOptions {
    /// All draws of this mode.
    pub fn new(draws: DrawMode) -> Self {
        Self { draws, most_draws: None }
    }
}

/// A fitted model and what it rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct FittedModel {
    /// The parameters.
    pub model: AnswerModel,
    /// How it was fitted.
    pub options: FitOptions,
    /// Questions used: those with at least one draw.
    pub questions: usize,
    /// Scored texts used (a text that comes again in a question counts once); without any, `model.emission` is `None`.
    pub scored_draws: usize,
    /// Log-likelihood of the answers at the fitted parameters, priors not included.
    pub log_likelihood: f64,
    /// What a reader should know before trusting it; empty when all went well.
    pub remarks: Vec<FitRemark>,
}

/// What a reader should know about a fit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum FitRemark {
    /// A search ran out of iterations or could not start.
    NotConverged {
        /// `answers` or `scores`.
        part: &'static str,
    },
    /// Most starts led to a worse place than the best did.
    StartsDisagree {
        /// `answers` or `scores`.
        part: &'static str,
        /// Starts that led to the best place.
        agreeing: usize,
        /// Starts.
        starts: usize,
    },
    /// The noise of scores was held at the lower end of its range: texts of one class have all but equal scores.
    ScoresWithoutNoise,
    /// Answers repeat less often than fresh ones would, so `lambda < 0`, which the model cannot say: memory is fitted
    /// as 0.
    NegativeMemory {
        /// Score test of `memory = 0` in standard deviations.
        score: f64,
    },
}

impl fmt::Display for FitRemark {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotConverged { part } => {
                write!(formatter, "the search for the parameters of {part} did not settle; more questions may help")
            }
            Self::StartsDisagree { part, agreeing, starts } => write!(
                formatter,
                "only {agreeing} of {starts} starts found the best parameters of {part}; a better place may exist"
            ),
            Self::ScoresWithoutNoise => write!(
                formatter,
                "the scores of different texts of one answer are all but equal; their noise is held at {}",
                emission::VARIANCES.0
            ),
            Self::NegativeMemory { score } => write!(
                formatter,
                "answers repeat less often than fresh answers would (lambda < 0, {score:.1} standard deviations); \
                 memory is fitted as 0 and the chain's overshooting is not modelled"
            ),
        }
    }
}

/// Fits the answer model. Deterministic. Without a single draw the result is [`AnswerModel::weak_default`] (with memory
/// 0 for parallel draws).
///
/// A cut-off draw counts as a missing answer, as it does for every method; a critique is no answer and is passed over.
pub fn fit<Q: Borrow<CalibrationQuestion>>(questions: &[Q], options: FitOptions) -> FittedModel {
    let data = Data::new(questions, options);
    let answers = history::fit(&data.histories, options.draws);
    let mut remarks = answers.remarks("answers");
    let mut model = answers.value;
    let log_likelihood = history::log_likelihood(data.histories.iter(), &model);
    if options.draws.is_chain() && model.memory < LITTLE_MEMORY {
        let score = history::memory_score(&data.histories, &model);
        remarks.extend((score < NEGATIVE_SCORE).then_some(FitRemark::NegativeMemory { score }));
    }
    if !data.histories.is_empty() {
        let scores = emission::fit(&data.scores);
        remarks.extend(scores.iter().flat_map(|scores| scores.remarks("scores")));
        let exact = scores.as_ref().is_some_and(|scores| scores.value.var_noise <= emission::VARIANCES.0);
        remarks.extend(exact.then_some(FitRemark::ScoresWithoutNoise));
        model.emission = scores.map(|scores| scores.value);
    }
    let scored_draws = data.scores.iter().map(emission::QuestionScores::draws).sum();
    FittedModel { model, options, questions: data.histories.len(), scored_draws, log_likelihood, remarks }
}

/// What the two parts of the likelihood need of the questions.
struct Data {
    histories: Vec<history::History>,
    scores: Vec<emission::QuestionScores>,
}

impl Data {
    fn new<Q: Borrow<CalibrationQuestion>>(questions: &[Q], options: FitOptions) -> Self {
        let most = options.most_draws.unwrap_or(usize::MAX);
        let used = questions.iter().map(|question| {
            let question: &CalibrationQuestion = question.borrow();
            (&question.draws[..question.draws.len().min(most)], question.right)
        });
        let used: Vec<(&[Draw], Option<ClassId>)> = used.filter(|(draws, _)| !draws.is_empty()).collect();
        Self {
            histories: used.iter().map(|&(draws, right)| history::History::new(draws, right)).collect(),
            scores: used.iter().filter_map(|&(draws, right)| emission::QuestionScores::new(draws, right)).collect(),
        }
    }
}

/// What a search from several starts found.
#[derive(Debug, Clone, Copy)]
struct Fitted<T> {
    value: T,
    ending: Ending,
    starts: usize,
    /// Starts that led to the best place.
    agreeing: usize,
}

impl<T> Fitted<T> {
    /// The best of several ends (the first of equal ones); there is at least one.
    fn best<const N: usize, const STARTS: usize>(
        ends: &[Minimum<N>; STARTS],
        value: impl FnOnce([f64; N]) -> T,
    ) -> Self {
        let best = ends.iter().skip(1).fold(ends[0], |best, end| if end.cost < best.cost { *end } else { best });
        let agreeing = ends.iter().filter(|end| end.cost <= best.cost + SAME_END).count();
        Self { value: value(best.point), ending: best.ending, starts: STARTS, agreeing }
    }

    fn remarks(&self, part: &'static str) -> Vec<FitRemark> {
        let (agreeing, starts) = (self.agreeing, self.starts);
        let unsettled = (self.ending != Ending::Converged).then_some(FitRemark::NotConverged { part });
        let disagree = (2 * agreeing < starts).then_some(FitRemark::StartsDisagree { part, agreeing, starts });
        unsettled.into_iter().chain(disagree).collect()
    }
}

/// Half the squared distance from a prior's centre, in standard deviations: its negative log density up to a constant.
fn penalty(value: f64, centre: f64, deviation: f64) -> f64 {
    0.5 * ((value - centre) / deviation).powi(2)
}

#[cfg(test)]
mod tests;
