//! The answer posterior: which answer class is right, without labels (spec: theory, section 3).

use serde::{Deserialize, Serialize};

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
