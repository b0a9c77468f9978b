//! P(scores | which class is right), closed form: nested normal random effects, integrated out.
//!
//! With noise `v`, question effect `t`, answer effect `c`, and class `k` having `n_k` scored answers with residual sum
//! `s_k` (logit score minus `mean_right` or `mean_wrong`), `d_k = v + n_k c`:
//! `log P = -1/2 [sum r^2 / v - sum_k c s_k^2 / (v d_k) - t L^2 / (1 + t A)]` up to a constant, where `L = sum_k s_k / d_k`
//! and `A = sum_k n_k / d_k`.

use super::Emission;

/// Count, sum and sum of squares of one class's logit scores.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct ScoreSums {
    pub(super) count: f64,
    pub(super) sum: f64,
    pub(super) squares: f64,
}

impl ScoreSums {
    pub(super) fn add(&mut self, logit: f64) {
        self.count += 1.0;
        self.sum += logit;
        self.squares += logit * logit;
    }
}

/// One class's part of the quadratic form.
#[derive(Debug, Clone, Copy, Default)]
struct Part {
    quadratic: f64,
    linear: f64,
}

/// The scores of a question's classes as each hypothesis sees them.
#[derive(Debug, Clone, Default)]
pub(super) struct ScoreEvidence {
    sums: Vec<ScoreSums>,
    if_right: Vec<Part>,
    if_wrong: Vec<Part>,
    /// Of the hypothesis that no class seen is right.
    all_wrong: Part,
    precision: f64,
}

impl ScoreEvidence {
    /// Makes room for a new class.
    pub(super) fn add_class(&mut self) {
        self.sums.push(ScoreSums::default());
        self.if_right.push(Part::default());
        self.if_wrong.push(Part::default());
    }

    /// One more scored answer of the class in this slot. Costs one pass over the classes.
    pub(super) fn add(&mut self, emission: &Emission, slot: usize, logit: f64) {
        let Some(sums) = self.sums.get_mut(slot) else { return };
        sums.add(logit);
        self.if_right[slot] = part(emission, sums, emission.mean_right);
        self.if_wrong[slot] = part(emission, sums, emission.mean_wrong);
        // Summed anew rather than updated: differences would drift.
        self.all_wrong = self.if_wrong.iter().fold(Part::default(), |total, part| Part {
            quadratic: total.quadratic + part.quadratic,
            linear: total.linear + part.linear,
        });
        self.precision =
            self.sums.iter().map(|sums| sums.count / (emission.var_noise + sums.count * emission.var_answer)).sum();
    }

    /// Log-likelihood of the scores, up to a constant, when the class in this slot is right; `None`: when none is.
    pub(super) fn log_likelihood(&self, emission: &Emission, right: Option<usize>) -> f64 {
        let mut total = self.all_wrong;
        if let Some((right, wrong)) = right.and_then(|slot| self.if_right.get(slot).zip(self.if_wrong.get(slot))) {
            total.quadratic += right.quadratic - wrong.quadratic;
            total.linear += right.linear - wrong.linear;
        }
        let shrink = emission.var_question / (1.0 + emission.var_question * self.precision);
        -0.5 * (total.quadratic - shrink * total.linear * total.linear)
    }
}

fn part(emission: &Emission, sums: &ScoreSums, mean: f64) -> Part {
    let residual = sums.sum - sums.count * mean;
    let squares = sums.squares - 2.0 * mean * sums.sum + sums.count * mean * mean;
    let spread = emission.var_noise + sums.count * emission.var_answer;
    let explained = emission.var_answer / (emission.var_noise * spread) * residual * residual;
    Part { quadratic: squares / emission.var_noise - explained, linear: residual / spread }
}
