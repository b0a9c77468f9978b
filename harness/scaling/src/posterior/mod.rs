//! The answer posterior: which answer class is right, without labels.
//!
//! What is seen of a question are its answers in order (as equivalence classes) and their verifier scores. Correctness
//! is a function of the answer, so the unknown is *which class is right*: one hypothesis per class seen, and `none` of
//! them. One generative model covers chains and parallel draws:
//!
//! - The question has a fixed point `pi ~ Beta(alpha, beta)`, the chance that a fresh answer is right.
//! - The first answer is right with probability `logistic(logit(pi) - shift)`; it had another prompt than the others.
//! - Each later answer keeps the previous one with probability `memory` and is fresh otherwise, so
//!   `a = (1 - memory)(1 - pi)` and `b = (1 - memory) pi`: the two-state chain of [`crate::chain`] with
//!   `lambda = memory`. Parallel draws are the case `memory = 0, shift = 0`.
//! - A fresh wrong answer takes a Chinese-restaurant seat among the question's wrong answers: class `k` with weight
//!   `m_k / (concentration + m)`, a new class with weight `concentration / (concentration + m)`. A kept answer is no
//!   new evidence: `m_k` grows by the probability that the answer was fresh.
//! - Logit scores are normal around `mean_right` or `mean_wrong`, plus a question effect, plus an answer effect (the
//!   same wrong answer fools the verifier again and again), plus noise; both effects are integrated out. A text that
//!   comes again adds no score: a verifier would only repeat itself (`new_scores`).
//! - A missing answer is wrong under every hypothesis: no class, no seat, no score; still a state of the chain. A model
//!   fitted where answers were missing also knows how often wrong ones are ([`MissingAnswers`]).
//!
//! The posterior of a hypothesis is proportional to P(order and identity of the answers) times P(scores). The first
//! factor is a forward pass over 64 nodes of `pi`; the second is closed form from per-class counts and sums. The
//! two-state law is that of MarkovScale (arXiv 2602.01120); this posterior is the project's own.
//!
//! **Where it fails**, as measured on simulated questions (`docs/posterior-calibration.md`): fitted on questions like
//! those it is asked about, what it states comes true within a point or two, also where the verifier is no better than
//! chance, where answer effects are absent or large, under heavy-tailed scores and under `lambda < 0`. It is
//! over-confident where a verifier loves the most frequent wrong answer (2 to 8 points; [`temper`] mends some of it), late in chains whose rates drift
//! towards keeping (7 points at 64 rounds), in second-order chains (3 points), and where nearly all questions are nearly
//! always right (1 point: the nodes end at 0.99985). With the weak defaults its statements are heuristics: they were up
//! to 28 points too high where questions are hard, the verifier is no better than chance, or it is deceived.

mod emission;
pub mod fit;
mod history;
mod new_scores;
mod temper;
mod update;

pub use fit::{Basis, CalibrationQuestion, Estimate, FitOptions, FitRemark, FittedModel, ModelEstimates, fit};
pub use history::PreparedModel;
pub use temper::temper;
pub use update::Posterior;

use serde::{Deserialize, Serialize};

/// Scores are taken as at least this and at most one minus this, so that a score of exactly 0 or 1 has a finite logit
/// (plus or minus 9.2) and one saturated verifier cannot outweigh all other evidence.
pub const SCORE_FLOOR: f64 = 1e-4;

/// Parameters of the answer model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AnswerModel {
    /// Fixed point `pi_q ~ Beta(alpha, beta)`.
    pub alpha: f64,
    /// See `alpha`.
    pub beta: f64,
    /// Probability that a later answer keeps the previous one; 0 for parallel draws.
    pub memory: f64,
    /// The first answer is right with probability `logistic(logit(pi_q) - shift)`.
    pub shift: f64,
    /// Chinese-restaurant concentration of wrong answers.
    pub concentration: f64,
    /// How verifier scores depend on correctness; `None` without a verifier.
    pub emission: Option<Emission>,
    /// How often wrong answers are missing; `None`: not modelled, a missing answer only counts as wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<MissingAnswers>,
}

/// The share of a question's fresh wrong answers that are missing, `~ Beta(missing, answered)` over questions.
///
/// Without it a hypothesis is not charged for the wrong answers that were *not* missing. A class seen `n` times is then
/// believed too little by a factor `(1 - share)^n`, so where wrong answers are often missing, frequent answers lose to
/// rare ones and to `none` (`docs/posterior-calibration.md`). The share is the question's own, because some questions run
/// into the token limit again and again and others never.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MissingAnswers {
    /// First parameter of the Beta: weight of missing answers.
    pub missing: f64,
    /// Second parameter: weight of wrong answers that are there.
    pub answered: f64,
}

impl MissingAnswers {
    /// One wrong answer in ten, very different between questions. The centre of the fit's weak prior; the weak default
    /// of the model does without.
    pub fn weak_default() -> Self {
        Self { missing: 0.25, answered: 2.25 }
    }
}

/// Normal model of logit scores with question and answer effects.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Emission {
    /// Mean logit score of right answers.
    pub mean_right: f64,
    /// Mean logit score of wrong answers.
    pub mean_wrong: f64,
    /// Variance of the noise of one score.
    pub var_noise: f64,
    /// Variance of the question effect.
    pub var_question: f64,
    /// Variance of the answer effect.
    pub var_answer: f64,
}

impl AnswerModel {
    /// What is assumed when nothing was fitted: a uniform prior of the fixed point, a quarter of the answers kept, no
    /// difference between the first prompt and the others, concentration 1, and [`Emission::weak_default`].
    ///
    /// These are also the centres of the weak priors of [`fit()`], so a fit to nothing gives this model.
    pub fn weak_default() -> Self {
        Self {
            alpha: 1.0,
            beta: 1.0,
            memory: 0.25,
            shift: 0.0,
            concentration: 1.0,
            emission: Some(Emission::weak_default()),
            missing: None,
        }
    }
}

impl Emission {
    /// Means of plus and minus 1 and a total variance of 2: the likelihood ratio of one score `s` is then `s / (1 -
    /// s)`, so under a uniform prior the score of a first answer is itself the probability that it is right.
    ///
    /// Most of the variance is the answer's: how often the verifier errs on an answer is not known, and if its errors
    /// were taken for noise, each repetition of an answer would be counted as a second opinion. With half as much
    /// (0.5, and noise 1) weak defaults over-stated by 0.10 at 64 draws on average over the simulated regimes; with
    /// this by 0.01, and the classes they chose were right more often.
    pub fn weak_default() -> Self {
        Self { mean_right: 1.0, mean_wrong: -1.0, var_noise: 0.3, var_question: 0.5, var_answer: 1.2 }
    }
}

/// The logit of a score, with [`SCORE_FLOOR`] applied; `None` for a score that is not a number.
pub fn logit_score(score: f64) -> Option<f64> {
    if score.is_nan() {
        return None;
    }
    let score = score.clamp(SCORE_FLOOR, 1.0 - SCORE_FLOOR);
    Some((score / (1.0 - score)).ln())
}

#[cfg(test)]
pub(crate) mod simulate;
#[cfg(test)]
mod tests;
