//! Permuting a chain's outcomes from round 1 on.

use rand_chacha::ChaCha8Rng;

use super::happens;

/// Number of runs.
pub(super) fn runs(outcomes: &[bool]) -> i64 {
    let changes = outcomes.windows(2).filter(|pair| pair[0] != pair[1]).count();
    if outcomes.is_empty() { 0 } else { changes as i64 + 1 }
}

/// A chain whose re-answers have both outcomes.
#[derive(Debug, Clone)]
pub(super) struct RedrawChain {
    right: u32,
    answers: u32,
    pub(super) observed: i64,
}

impl RedrawChain {
    /// `None` for a chain whose re-answers are all right or all wrong: it has one order only.
    pub(super) fn new(chain: &[bool]) -> Option<Self> {
        let outcomes = chain.get(1..)?;
        let right = outcomes.iter().filter(|right| **right).count();
        (right > 0 && right < outcomes.len()).then(|| Self {
            right: right as u32,
            answers: outcomes.len() as u32,
            observed: runs(outcomes),
        })
    }

    /// Number of runs of a uniformly random order: each outcome is right with probability (right left) / (left).
    pub(super) fn resample(&self, random: &mut ChaCha8Rng) -> i64 {
        let mut right_left = self.right;
        let mut last = happens(random, right_left, self.answers);
        right_left -= u32::from(last);
        let mut runs = 1;
        for left in (1..self.answers).rev() {
            let right = happens(random, right_left, left);
            right_left -= u32::from(right);
            runs += i64::from(right != last);
            last = right;
        }
        runs
    }
}
