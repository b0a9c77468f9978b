//! Each fitted parameter with its uncertainty.
//!
//! From the observed information of the penalised log-likelihood in unconstrained parameters (logarithms of `alpha`,
//! `beta`, `concentration` and the variances, `logit(memory)`, the others as they are), whose inverse is the covariance;
//! standard errors of the parameters themselves by the delta method, 95 % intervals by transforming the ends, so they
//! stay within the parameter's range. Questions are taken as independent and the model as true: where it is not (see
//! [`crate::posterior`]), the intervals are too narrow, and a bootstrap over questions is the honest alternative.

use std::borrow::Borrow;

use super::{CalibrationQuestion, Data, FittedModel, emission, history, information};
use crate::draw::DrawMode;
use crate::posterior::{AnswerModel, MissingAnswers};

/// Standard normal quantile of two-sided 95 % intervals.
const NORMAL_975: f64 = 1.959_963_984_540_054;
/// A parameter whose posterior is nearly as wide as its prior was not learned from the data.
const LEARNED: f64 = 0.8;
/// Half the 95 % point of chi-squared with one degree of freedom.
const LIKELIHOOD_DROP: f64 = 1.920_729;
/// Stands for a variance or a memory of 0, as a logarithm or a logit.
const NOTHING: f64 = -13.8;

/// What an estimate rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The data.
    Data,
    /// Mostly the weak prior: the data do not identify it. No standard error; the interval is the prior's, narrowed by
    /// what little the data say.
    Prior,
    /// The data do not tell it from the lower end of its range, 0 (likelihood ratio, 5 %). No standard error; the
    /// interval starts at 0.
    Boundary,
    /// Held, not fitted.
    Held,
}

impl Basis {
    /// In words, for tables.
    pub fn words(self) -> &'static str {
        match self {
            Self::Data => "from the data",
            Self::Prior => "not identified: mostly the weak prior",
            Self::Boundary => "not told apart from 0",
            Self::Held => "held",
        }
    }
}

/// A fitted parameter with its standard error and 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The fitted value.
    pub value: f64,
    /// Standard error; `None` unless it rests on the data.
    pub standard_error: Option<f64>,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// What it rests on.
    pub basis: Basis,
}

/// The parameters of a fitted [`AnswerModel`] with their uncertainty.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelEstimates {
    /// See [`AnswerModel`], as for the others of the same name.
    pub alpha: Estimate,
    /// See `alpha`.
    pub beta: Estimate,
    /// Mean fixed point over questions, `alpha / (alpha + beta)`: better known than either.
    pub mean_fixed_point: Estimate,
    /// Held at 0 for parallel draws.
    pub memory: Estimate,
    /// Held at 0 for parallel draws.
    pub shift: Estimate,
    /// Chinese-restaurant concentration.
    pub concentration: Estimate,
    /// Mean share of wrong answers that are missing; `None` when none was.
    pub missing: Option<Estimate>,
    /// `None` without scores.
    pub emission: Option<EmissionEstimates>,
}

/// The parameters of a fitted [`Emission`](crate::posterior::Emission) with their uncertainty.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EmissionEstimates {
    /// Mean logit score of right answers.
    pub mean_right: Estimate,
    /// Mean logit score of wrong answers.
    pub mean_wrong: Estimate,
    /// Variance of the noise of one score.
    pub var_noise: Estimate,
    /// Variance of the question effect.
    pub var_question: Estimate,
    /// Variance of the answer effect.
    pub var_answer: Estimate,
}

impl ModelEstimates {
    /// All parameters by name, in a fixed order, for tables.
    pub fn rows(&self) -> Vec<(&'static str, Estimate)> {
        let mut rows = vec![
            ("alpha", self.alpha),
            ("beta", self.beta),
            ("mean_fixed_point", self.mean_fixed_point),
            ("memory", self.memory),
            ("shift", self.shift),
            ("concentration", self.concentration),
        ];
        rows.extend(self.missing.map(|missing| ("missing", missing)));
        if let Some(emission) = &self.emission {
            rows.extend([
                ("mean_right", emission.mean_right),
                ("mean_wrong", emission.mean_wrong),
                ("var_noise", emission.var_noise),
                ("var_question", emission.var_question),
                ("var_answer", emission.var_answer),
            ]);
        }
        rows
    }
}

impl FittedModel {
    /// Standard errors and intervals of the parameters. The questions must be those that the model was fitted on; takes
    /// about a fifth of the time of the fit.
    pub fn estimates<Q: Borrow<CalibrationQuestion>>(&self, questions: &[Q]) -> ModelEstimates {
        let data = Data::new(questions, self.options);
        let model = &self.model;
        let at = [
            model.alpha.ln(),
            model.beta.ln(),
            model.concentration.ln(),
            (model.memory / (1.0 - model.memory)).ln(),
            model.shift,
        ];
        let (histories, priors) = (&data.histories, history::priors());
        let missing = model.missing;
        let parallel = |parameters| AnswerModel { missing, ..history::from_parallel_parameters(parameters) };
        let chains = |parameters| AnswerModel { missing, ..history::from_parameters(parameters) };
        let held = Estimate { value: 0.0, standard_error: None, low: 0.0, high: 0.0, basis: Basis::Held };
        let ([alpha, beta, concentration], mean_fixed_point, [memory, shift]) = match self.options.draws {
            DrawMode::Parallel => {
                let (at, priors) = (first(at), first(priors));
                let spread = Spread::new(history::cost(histories, parallel), at, priors);
                (spread.first_three(), spread.mean_share(), [held; 2])
            }
            DrawMode::Sequential | DrawMode::Refine | DrawMode::Forced => {
                let cost = history::cost(histories, chains);
                let at_zero = not_told_from_zero(&cost, &at, 3);
                let spread = Spread::new(cost, at, priors);
                let memory = spread.estimate(3, Scale::Logit).or_zero(at_zero);
                (spread.first_three(), spread.mean_share(), [memory, spread.estimate(4, Scale::Plain)])
            }
        };
        let (missing, emission) = (self.missing_estimate(&data), self.emission_estimates(&data));
        ModelEstimates { alpha, beta, mean_fixed_point, memory, shift, concentration, missing, emission }
    }

    fn missing_estimate(&self, data: &Data) -> Option<Estimate> {
        let fitted = self.model.missing?;
        let model = |[missing, answered]: [f64; 2]| AnswerModel {
            missing: Some(MissingAnswers { missing: missing.exp(), answered: answered.exp() }),
            ..self.model.clone()
        };
        let at = [fitted.missing.ln(), fitted.answered.ln()];
        Some(Spread::new(history::cost(&data.histories, model), at, history::missing_priors()).mean_share())
    }

    fn emission_estimates(&self, data: &Data) -> Option<EmissionEstimates> {
        let fitted = self.model.emission?;
        let logs = [fitted.var_noise, fitted.var_question, fitted.var_answer].map(f64::ln);
        let at = [fitted.mean_right, fitted.mean_wrong, logs[0], logs[1], logs[2]];
        let cost = |parameters: &[f64; 5]| emission::cost(&data.scores, *parameters);
        let spread = Spread::new(cost, at, emission::priors());
        let variance = |axis: usize| spread.estimate(axis, Scale::Log).or_zero(not_told_from_zero(&cost, &at, axis));
        Some(EmissionEstimates {
            mean_right: spread.estimate(0, Scale::Plain),
            mean_wrong: spread.estimate(1, Scale::Plain),
            var_noise: spread.estimate(2, Scale::Log),
            var_question: variance(3),
            var_answer: variance(4),
        })
    }
}

fn first<T: Copy, const N: usize, const M: usize>(values: [T; N]) -> [T; M] {
    std::array::from_fn(|index| values[index])
}

/// Whether the likelihood cannot tell this parameter from 0, the others as fitted.
fn not_told_from_zero<const N: usize>(cost: &impl Fn(&[f64; N]) -> f64, at: &[f64; N], axis: usize) -> bool {
    let mut zero = *at;
    zero[axis] = NOTHING;
    cost(&zero) - cost(at) < LIKELIHOOD_DROP
}

/// How a parameter follows from its unconstrained form.
#[derive(Debug, Clone, Copy)]
enum Scale {
    Plain,
    Log,
    Logit,
}

impl Scale {
    fn value(self, unconstrained: f64) -> f64 {
        match self {
            Self::Plain => unconstrained,
            Self::Log => unconstrained.exp(),
            Self::Logit => 1.0 / (1.0 + (-unconstrained).exp()),
        }
    }

    /// Derivative of the value.
    fn slope(self, unconstrained: f64) -> f64 {
        let value = self.value(unconstrained);
        match self {
            Self::Plain => 1.0,
            Self::Log => value,
            Self::Logit => value * (1.0 - value),
        }
    }

    fn estimate(self, at: f64, deviation: f64, prior_deviation: f64) -> Estimate {
        let learned = deviation < LEARNED * prior_deviation;
        Estimate {
            value: self.value(at),
            standard_error: learned.then_some(deviation * self.slope(at)),
            low: self.value(at - NORMAL_975 * deviation),
            high: self.value(at + NORMAL_975 * deviation),
            basis: if learned { Basis::Data } else { Basis::Prior },
        }
    }
}

impl Estimate {
    /// The estimate of a parameter that may be nothing.
    fn or_zero(self, at_zero: bool) -> Self {
        if at_zero { Self { standard_error: None, low: 0.0, basis: Basis::Boundary, ..self } } else { self }
    }
}

/// Where the parameters are, unconstrained, and their covariance.
struct Spread<const N: usize> {
    at: [f64; N],
    covariance: [[f64; N]; N],
    priors: [(f64, f64); N],
}

impl<const N: usize> Spread<N> {
    fn new(cost: impl Fn(&[f64; N]) -> f64, at: [f64; N], priors: [(f64, f64); N]) -> Self {
        let mut information = information::hessian(cost, &at);
        for (axis, (_, deviation)) in priors.iter().enumerate() {
            information[axis][axis] += 1.0 / (deviation * deviation);
        }
        // Not positive definite where the search did not settle; then nothing but the prior is claimed.
        let covariance = information::inverse(information).unwrap_or_else(|| {
            let mut prior = [[0.0; N]; N];
            priors.iter().enumerate().for_each(|(axis, (_, deviation))| prior[axis][axis] = deviation * deviation);
            prior
        });
        Self { at, covariance, priors }
    }

    fn estimate(&self, axis: usize, scale: Scale) -> Estimate {
        scale.estimate(self.at[axis], self.covariance[axis][axis].max(0.0).sqrt(), self.priors[axis].1)
    }

    /// `alpha, beta, concentration`.
    fn first_three(&self) -> [Estimate; 3] {
        std::array::from_fn(|axis| self.estimate(axis, Scale::Log))
    }

    /// Mean of the Beta whose parameters come first: `logit(alpha / (alpha + beta)) = ln alpha - ln beta`.
    fn mean_share(&self) -> Estimate {
        let variance = self.covariance[0][0] + self.covariance[1][1] - 2.0 * self.covariance[0][1];
        let prior = (self.priors[0].1.powi(2) + self.priors[1].1.powi(2)).sqrt();
        Scale::Logit.estimate(self.at[0] - self.at[1], variance.max(0.0).sqrt(), prior)
    }
}
