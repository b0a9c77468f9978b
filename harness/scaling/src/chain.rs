//! One chain: re-answering as a two-state Markov chain, in closed form.
//!
//! Round `n` counts from 0: round 0 is the first answer, rounds from 1 on are re-answers, so a chain of `N` answers has
//! `N - 1` transitions. With `p_0` the accuracy of the first answer, `a = P(wrong next | correct now)` and
//! `b = P(correct next | wrong now)`:
//!
//! - recursion `p_{n+1} = (1 - a) p_n + b (1 - p_n)`;
//! - fixed point `pi = b / (a + b)` and memory `lambda = 1 - a - b`;
//! - closed form `p_n = pi + lambda^n (p_0 - pi)`.
//!
//! Source: MarkovScale (arXiv 2602.01120). The same law stands in arXiv 2508.16456 as
//! `Acc_t = Upp - alpha^t (Upp - Acc_0)`, with `CL = 1 - a`, `CS = b`, `Upp = pi` and `alpha = lambda`.

use serde::Serialize;

/// Differences between `p_0` and `pi` up to this size are rounding, not a regime.
const NEUTRAL_GAP: f64 = 1e-12;

/// Why a chain could not be made.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum ChainError {
    /// A probability outside [0, 1], or not a number.
    #[error(
        "{name} of a chain is {found}, expected a probability from 0 to 1; check the counts that it was computed from"
    )]
    NotAProbability {
        /// Which parameter.
        name: &'static str,
        /// Its value.
        found: f64,
    },
}

/// Whether more rounds help: decided by comparing `p_0` with `pi`, never by `b > a` alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Regime {
    /// `p_0 < pi`, that is `b (1 - p_0) > a p_0`.
    Beneficial,
    /// `p_0 = pi`, or `a = b = 0`.
    Neutral,
    /// `p_0 > pi`.
    Detrimental,
}

/// The lowest and the highest accuracy over all rounds from 0 on, limits included.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bounds {
    /// Lowest accuracy, in [0, 1].
    pub lowest: f64,
    /// Highest accuracy, in [0, 1].
    pub highest: f64,
}

/// A two-state chain over {correct, wrong}.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Chain {
    initial: f64,
    correct_to_wrong: f64,
    wrong_to_correct: f64,
}

impl Chain {
    /// A chain from its three probabilities: `initial` is `p_0`, `correct_to_wrong` is `a`, `wrong_to_correct` is `b`.
    ///
    /// # Errors
    /// [`ChainError::NotAProbability`] for a value outside [0, 1] or not a number.
    pub fn new(initial: f64, correct_to_wrong: f64, wrong_to_correct: f64) -> Result<Self, ChainError> {
        Ok(Self {
            initial: probability("the initial accuracy", initial)?,
            correct_to_wrong: probability("the correct-to-wrong rate", correct_to_wrong)?,
            wrong_to_correct: probability("the wrong-to-correct rate", wrong_to_correct)?,
        })
    }

    /// The chain with this fixed point and a memory in [0, 1]: `a = (1 - lambda)(1 - pi)`, `b = (1 - lambda) pi`.
    ///
    /// # Errors
    /// [`ChainError::NotAProbability`] for a value outside [0, 1] or not a number.
    pub fn from_fixed_point(initial: f64, fixed_point: f64, memory: f64) -> Result<Self, ChainError> {
        let fixed_point = probability("the fixed point", fixed_point)?;
        let fresh = 1.0 - probability("the memory", memory)?;
        Self::new(initial, fresh * (1.0 - fixed_point), fresh * fixed_point)
    }

    /// `p_0`, the accuracy of the first answer.
    pub fn initial(&self) -> f64 {
        self.initial
    }

    /// `a = P(wrong next | correct now)`.
    pub fn correct_to_wrong(&self) -> f64 {
        self.correct_to_wrong
    }

    /// `b = P(correct next | wrong now)`.
    pub fn wrong_to_correct(&self) -> f64 {
        self.wrong_to_correct
    }

    /// `a + b`, the rate at which the state is forgotten, in [0, 2].
    fn rate(&self) -> f64 {
        self.correct_to_wrong + self.wrong_to_correct
    }

    /// `lambda = 1 - a - b`: what is left of the gap to the fixed point after one more round, in [-1, 1].
    pub fn memory(&self) -> f64 {
        1.0 - self.rate()
    }

    /// `pi = b / (a + b)`, the accuracy that no further round changes; `None` when `a = b = 0` (frozen).
    pub fn fixed_point(&self) -> Option<f64> {
        (self.rate() > 0.0).then(|| self.wrong_to_correct / self.rate())
    }

    /// `pi - p_0`, and 0 for a frozen chain, which stays where it is.
    fn gap(&self) -> f64 {
        self.fixed_point().map_or(0.0, |fixed_point| fixed_point - self.initial)
    }

    /// `ln |lambda|`, at full precision for a slow chain, where `1 - a - b` has lost its digits.
    fn log_memory(&self) -> f64 {
        let rate = self.rate();
        if rate < 1.0 { (-rate).ln_1p() } else { (rate - 1.0).ln() }
    }

    /// `p_n = pi + lambda^n (p_0 - pi)`, the accuracy at round `n` (0 is the first answer), in [0, 1].
    pub fn accuracy(&self, round: u32) -> f64 {
        if round == 0 {
            return self.initial;
        }
        let size = f64::from(round) * self.log_memory();
        // 1 - lambda^n. expm1 keeps the digits of a slow chain.
        let closed = if self.rate() > 1.0 && round % 2 == 1 { 1.0 + size.exp() } else { -size.exp_m1() };
        (self.initial + closed * self.gap()).clamp(0.0, 1.0)
    }

    /// `p_{n+1} - p_n = b - (a + b) p_n`, the gain of one more round after round `n`.
    pub fn gain(&self, round: u32) -> f64 {
        self.wrong_to_correct - self.rate() * self.accuracy(round)
    }

    /// Whether more rounds help.
    pub fn regime(&self) -> Regime {
        let gap = self.gap();
        if gap.abs() <= NEUTRAL_GAP {
            Regime::Neutral
        } else if gap > 0.0 {
            Regime::Beneficial
        } else {
            Regime::Detrimental
        }
    }

    /// The extremes of the accuracy over all rounds.
    ///
    /// For `0 <= lambda < 1` the chain is monotone between `p_0` and `pi`; for `-1 < lambda < 0` it overshoots, so `p_1`
    /// counts as well; for `a = b = 1` it alternates between `p_0` and `p_1` and never comes near `pi`.
    pub fn bounds(&self) -> Bounds {
        let next = self.accuracy(1);
        let mut bounds = Bounds { lowest: self.initial.min(next), highest: self.initial.max(next) };
        if let Some(fixed_point) = self.fixed_point().filter(|_| self.rate() < 2.0) {
            bounds.lowest = bounds.lowest.min(fixed_point);
            bounds.highest = bounds.highest.max(fixed_point);
        }
        bounds
    }

    /// The smallest `n` with `|lambda|^n |p_0 - pi| <= epsilon`; `None` when there is none up to `u32::MAX`.
    ///
    /// A frozen chain has no fixed point to come near (`None`); so has no chain for an `epsilon` that is negative or not
    /// a number.
    pub fn rounds_to_within(&self, epsilon: f64) -> Option<u32> {
        let gap = (self.initial - self.fixed_point()?).abs();
        if gap <= epsilon {
            return Some(0);
        }
        if epsilon.is_nan() || epsilon < 0.0 {
            return None;
        }
        let log_memory = self.log_memory();
        if log_memory == f64::NEG_INFINITY {
            return Some(1);
        }
        let left = |round: f64| gap * (round * log_memory).exp();
        let mut rounds = ((epsilon / gap).ln() / log_memory).ceil().max(1.0);
        if !(rounds <= f64::from(u32::MAX)) {
            return None;
        }
        // The quotient of logarithms may be off by one where it is close to a whole number.
        if rounds > 1.0 && left(rounds - 1.0) <= epsilon {
            rounds -= 1.0;
        } else if left(rounds) > epsilon * (1.0 + 1e-12) {
            rounds += 1.0;
        }
        whole(rounds)
    }

    /// The smallest `n` with `p_n >= target`; `None` when the chain never gets there.
    ///
    /// With `lambda <= 0` the highest accuracy after the first answer is that of round 1 (later odd rounds swing less, and
    /// even rounds stay on the side of `p_0`), so only rounds 0 and 1 can be the first to reach a target.
    pub fn rounds_to_target(&self, target: f64) -> Option<u32> {
        if self.initial >= target {
            return Some(0);
        }
        if self.accuracy(1) >= target {
            return Some(1);
        }
        let fixed_point = self.fixed_point()?;
        // NaN targets fail this comparison too.
        if self.rate() >= 1.0 || self.initial >= fixed_point || !(target < fixed_point) {
            return None;
        }
        let rounds = (((fixed_point - target) / self.gap()).ln() / self.log_memory()).ceil();
        let rounds = whole(rounds.max(1.0))?;
        Some(if self.accuracy(rounds - 1) >= target {
            rounds - 1
        } else if self.accuracy(rounds) < target {
            rounds.saturating_add(1)
        } else {
            rounds
        })
    }

    /// The smallest `n` in `0..=cap` that maximises `p_n - price n`, the price in accuracy per round.
    ///
    /// For `0 < lambda < 1` and `p_0 < pi` this is `ceil(ln(price / ((1 - lambda)(pi - p_0))) / ln lambda)`, never
    /// negative. A price that is negative or not a number counts as 0.
    pub fn best_rounds(&self, price: f64, cap: u32) -> u32 {
        let price = if price > 0.0 { price } else { 0.0 };
        let first_gain = self.gain(0);
        // The gain of the first round is the largest of all, whatever the sign of `lambda`.
        if cap == 0 || self.regime() != Regime::Beneficial || first_gain <= price {
            return 0;
        }
        if self.rate() >= 1.0 {
            return 1;
        }
        if price == 0.0 {
            return cap;
        }
        let exact = (price / first_gain).ln() / self.log_memory();
        // Gains are geometric: a quotient within rounding of a whole number is that number.
        let nearest = exact.round();
        let rounds = if (exact - nearest).abs() <= 1e-9 * nearest.max(1.0) { nearest } else { exact.ceil() };
        whole(rounds.max(0.0)).unwrap_or(cap).min(cap)
    }
}

/// The value as a probability, or why not.
fn probability(name: &'static str, value: f64) -> Result<f64, ChainError> {
    if (0.0..=1.0).contains(&value) { Ok(value) } else { Err(ChainError::NotAProbability { name, found: value }) }
}

/// A whole, non-negative float as a count; `None` beyond `u32::MAX`.
fn whole(value: f64) -> Option<u32> {
    (value <= f64::from(u32::MAX)).then_some(value as u32)
}

#[cfg(test)]
mod tests;
