//! What a simulated regime is made of, and the ranges of its parameters.

use crate::posterior::AnswerModel;

/// A regime: the truth that simulated questions are drawn from.
#[derive(Debug, Clone, PartialEq)]
pub struct Regime {
    /// Its name in tables.
    pub name: String,
    /// The answer model, true up to `departures`. Without an emission draws have no score.
    pub model: AnswerModel,
    /// P(a fresh wrong answer is missing), in [0, 1]. A missing answer is a completion cut off at `lengths.limit`.
    pub missing: f64,
    /// Completion tokens.
    pub lengths: Lengths,
    /// What the answer model does not know of.
    pub departures: Departures,
}

/// Log-normal completion tokens; wrong answers are longer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lengths {
    /// Median tokens of a right answer to the plain prompt, over questions.
    pub first: f64,
    /// Median tokens of a right re-answer, over questions.
    pub later: f64,
    /// How many times longer wrong answers are.
    pub wrong_factor: f64,
    /// Standard deviation of log length between questions.
    pub sd_question: f64,
    /// Standard deviation of log length between draws of a question.
    pub sd_draw: f64,
    /// Longest completion; a missing answer has just this many tokens.
    pub limit: f64,
}

/// Departures from the answer model; [`Departures::default`] is none.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Departures {
    /// Score noise from Student's t with this many degrees of freedom (above 2), scaled to the emission's variance.
    pub noise_freedom: Option<f64>,
    /// The verifier loves one wrong answer: this is added to every logit score of class 1, the wrong class that tends
    /// to be the most frequent.
    pub loved_wrong: f64,
    /// P(a re-answer changes sides: right to wrong, wrong to right), in [0, 1]. `lambda` is then
    /// `(1 - change_sides) memory - change_sides`.
    pub change_sides: f64,
    /// Second-order chains: an answer given twice in a row is kept with probability `memory + second_order`, one given
    /// once with `memory - second_order` (held to [0, 1]). The first re-answer knows only one answer: `memory`.
    pub second_order: f64,
    /// Drift: the probability that a re-answer is fresh halves every this many rounds.
    pub halving_rounds: Option<f64>,
    /// `a_q` and `b_q` drawn independently instead of from one fixed point.
    pub independent_rates: Option<IndependentRates>,
}

/// Rates with priors of their own. The first answer is right with probability `logistic(logit(b / (a + b)) - shift)`;
/// a wrong answer that stays wrong is the same one with probability `memory`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IndependentRates {
    /// `a_q ~ Beta` with these two parameters.
    pub correct_to_wrong: (f64, f64),
    /// `b_q ~ Beta` with these two parameters.
    pub wrong_to_correct: (f64, f64),
}

/// Why nothing can be drawn from a regime.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SimulateError {
    /// A parameter outside its range.
    #[error("regime `{regime}`: {parameter} is {found}, expected {expected}")]
    OutOfRange {
        /// The regime's name.
        regime: String,
        /// Which parameter.
        parameter: &'static str,
        /// Its value.
        found: f64,
        /// Its range.
        expected: &'static str,
    },
}

/// A range and the words for it.
type Range = (fn(f64) -> bool, &'static str);

const POSITIVE: Range = (|value| value > 0.0 && value <= 1e6, "above 0, at most 1e6");
const SPREAD: Range = (|value| (0.0..=1e6).contains(&value), "from 0 to 1e6");
const PROBABILITY: Range = (|value| (0.0..=1.0).contains(&value), "from 0 to 1");
const LOGIT: Range = (|value| value.abs() <= 1e3, "from -1000 to 1000");
const CORRELATION: Range = (|value| value.abs() <= 1.0, "from -1 to 1");
const FREEDOM: Range = (|value| value > 2.0 && value <= 1e6, "above 2, at most 1e6; with fewer there is no variance");
const TOKENS: Range = (|value| (1.0..=1e9).contains(&value), "from 1 to 1e9");

impl Regime {
    /// A regime without departures, without missing answers, and with lengths typical of short reasoning.
    pub fn of(name: &str, model: AnswerModel) -> Self {
        Self {
            name: name.to_owned(),
            model,
            missing: 0.0,
            lengths: Lengths::default(),
            departures: Departures::default(),
        }
    }

    /// # Errors
    /// The first parameter outside its range.
    pub(super) fn check(&self) -> Result<(), SimulateError> {
        let (model, lengths, departures) = (&self.model, &self.lengths, &self.departures);
        let mut checks: Vec<(&'static str, f64, Range)> = vec![
            ("alpha", model.alpha, POSITIVE),
            ("beta", model.beta, POSITIVE),
            ("memory", model.memory, PROBABILITY),
            ("shift", model.shift, LOGIT),
            ("concentration", model.concentration, POSITIVE),
            ("missing", self.missing, PROBABILITY),
            ("lengths.first", lengths.first, TOKENS),
            ("lengths.later", lengths.later, TOKENS),
            ("lengths.wrong_factor", lengths.wrong_factor, POSITIVE),
            ("lengths.sd_question", lengths.sd_question, SPREAD),
            ("lengths.sd_draw", lengths.sd_draw, SPREAD),
            ("lengths.limit", lengths.limit, TOKENS),
            ("departures.loved_wrong", departures.loved_wrong, LOGIT),
            ("departures.change_sides", departures.change_sides, PROBABILITY),
            ("departures.second_order", departures.second_order, CORRELATION),
        ];
        if let Some(emission) = &model.emission {
            checks.extend([
                ("mean_right", emission.mean_right, LOGIT),
                ("mean_wrong", emission.mean_wrong, LOGIT),
                ("var_noise", emission.var_noise, SPREAD),
                ("var_question", emission.var_question, SPREAD),
                ("var_answer", emission.var_answer, SPREAD),
            ]);
        }
        checks.extend(departures.noise_freedom.map(|freedom| ("departures.noise_freedom", freedom, FREEDOM)));
        checks.extend(departures.halving_rounds.map(|rounds| ("departures.halving_rounds", rounds, POSITIVE)));
        if let Some(rates) = &departures.independent_rates {
            let ((first, second), (third, fourth)) = (rates.correct_to_wrong, rates.wrong_to_correct);
            checks.extend(
                [first, second].map(|value| ("departures.independent_rates.correct_to_wrong", value, POSITIVE)),
            );
            checks.extend(
                [third, fourth].map(|value| ("departures.independent_rates.wrong_to_correct", value, POSITIVE)),
            );
        }
        match checks.into_iter().find(|&(_, found, (holds, _))| !holds(found)) {
            None => Ok(()),
            Some((parameter, found, (_, expected))) => {
                Err(SimulateError::OutOfRange { regime: self.name.clone(), parameter, found, expected })
            }
        }
    }
}

impl Default for Lengths {
    /// 2,000 tokens, wrong answers 1.3 times as long, spreads of 0.4, a limit of 10,000: the order of magnitude of the
    /// published math500 run.
    fn default() -> Self {
        Self { first: 2000.0, later: 2000.0, wrong_factor: 1.3, sd_question: 0.4, sd_draw: 0.4, limit: 10_000.0 }
    }
}
