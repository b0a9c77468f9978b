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
//! A chain with `lambda < 0` is outside the model and comes out with a memory near 0.

mod emission;
mod history;

use std::borrow::Borrow;

use super::AnswerModel;
use crate::methods::interface::{ClassId, Draw, DrawMode};

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
    /// Questions used: those with at least one draw.
    pub questions: usize,
    /// Scored answers used; without any, `model.emission` is `None`.
    pub scored_draws: usize,
    /// Log-likelihood of the answers at the fitted parameters, priors not included.
    pub log_likelihood: f64,
}

/// Fits the answer model. Deterministic. Without a single draw the result is [`AnswerModel::weak_default`] (with memory
/// 0 for parallel draws).
///
/// A cut-off draw counts as a missing answer, as it does for every method.
pub fn fit<Q: Borrow<CalibrationQuestion>>(questions: &[Q], options: FitOptions) -> FittedModel {
    let most = options.most_draws.unwrap_or(usize::MAX);
    let questions: Vec<(&[Draw], Option<ClassId>)> = questions
        .iter()
        .map(|question| {
            let question = question.borrow();
            (&question.draws[..question.draws.len().min(most)], question.right)
        })
        .filter(|(draws, _)| !draws.is_empty())
        .collect();
    let histories: Vec<history::History> =
        questions.iter().map(|&(draws, right)| history::History::new(draws, right)).collect();
    let (mut model, log_likelihood) = history::fit(&histories, options.draws);
    let scores: Vec<emission::QuestionScores> =
        questions.iter().filter_map(|&(draws, right)| emission::QuestionScores::new(draws, right)).collect();
    let scored_draws = scores.iter().map(emission::QuestionScores::draws).sum();
    if !questions.is_empty() {
        model.emission = emission::fit(&scores);
    }
    FittedModel { model, questions: questions.len(), scored_draws, log_likelihood }
}

/// Half the squared distance from a prior's centre, in standard deviations: its negative log density up to a constant.
fn penalty(value: f64, centre: f64, deviation: f64) -> f64 {
    0.5 * ((value - centre) / deviation).powi(2)
}

#[cfg(test)]
mod tests;
