//! Resampling a chain among all sequences with its first state and its transition counts.
//!
//! In a state with `v` visits in `k` runs, the run ends are a uniformly random choice of `k - 1` among the first `v -
//! 1` visits, and the last visit. So the chain is walked round by round: a visit that is not the state's last ends its
//! run with probability (run ends left) / (visits left), by which every composition is equally likely.

use rand_chacha::ChaCha8Rng;

use super::happens;

/// Exits against expectation are kept as multiples of one over this.
pub(super) const SCALE: f64 = (1i64 << 20) as f64;

/// What the order and stationarity tests look at, of one chain or summed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Statistics {
    /// Right-right-right triples.
    triples: i64,
    /// Early exits less expected ones, from right and from wrong, in units of `1 / SCALE`.
    early: [i64; 2],
}

impl Statistics {
    pub(super) fn sum(parts: impl Iterator<Item = Self>) -> Self {
        parts.fold(Self::default(), |sum, part| Self {
            triples: sum.triples + part.triples,
            early: [sum.early[0] + part.early[0], sum.early[1] + part.early[1]],
        })
    }

    /// In the order of the tests.
    pub(super) fn values(self) -> [i64; 3] {
        [self.triples, self.early[0], self.early[1]]
    }

    /// Of a chain as it is.
    pub(super) fn of(chain: &[bool]) -> Self {
        let Some(shape) = Shape::of(chain) else {
            return Self::default();
        };
        let mut walk = Walk::default();
        for round in 1..chain.len() {
            walk.step(&shape, round as u32, chain[round - 1], chain[round - 1] != chain[round]);
        }
        walk.statistics(&shape)
    }
}

/// What all rearrangements of a chain share. States are indexed 0 (right) and 1 (wrong).
#[derive(Debug, Clone, Copy)]
struct Shape {
    first: bool,
    transitions: u32,
    visits: [u32; 2],
    runs: [u32; 2],
    /// Exits over visits that have a successor, times `SCALE`.
    rate: [i64; 2],
}

impl Shape {
    fn of(chain: &[bool]) -> Option<Self> {
        let (&first, &last) = (chain.first()?, chain.last()?);
        let (mut visits, mut runs) = ([0u32; 2], [0u32; 2]);
        for (round, &right) in chain.iter().enumerate() {
            visits[index(right)] += 1;
            runs[index(right)] += u32::from(round == 0 || chain[round - 1] != right);
        }
        let rate = std::array::from_fn(|state| {
            // The last round has no successor, and the run it is in no exit.
            let unfinished = u32::from(index(last) == state);
            let (exits, trials) = (runs[state] - unfinished.min(runs[state]), visits[state] - unfinished);
            if trials == 0 { 0 } else { (f64::from(exits) / f64::from(trials) * SCALE).round() as i64 }
        });
        Some(Self { first, transitions: (chain.len() - 1) as u32, visits, runs, rate })
    }
}

/// Counts along a walk.
#[derive(Debug, Clone, Copy, Default)]
struct Walk {
    /// Length of the present run, if right.
    streak: u32,
    triples: i64,
    early_visits: [i64; 2],
    early_exits: [i64; 2],
}

impl Walk {
    /// The transition into `round`, out of a state.
    #[inline]
    fn step(&mut self, shape: &Shape, round: u32, right: bool, exit: bool) {
        let state = index(right);
        let early = i64::from(2 * round <= shape.transitions);
        self.early_visits[state] += early;
        self.early_exits[state] += early * i64::from(exit);
        // A stay that follows a stay in the right state closes a triple.
        let stays = right && !exit;
        self.triples += i64::from(stays && self.streak > 0);
        self.streak = if stays { self.streak + 1 } else { 0 };
    }

    fn statistics(&self, shape: &Shape) -> Statistics {
        let early = |state: usize| (self.early_exits[state] << 20) - self.early_visits[state] * shape.rate[state];
        Statistics { triples: self.triples, early: [early(0), early(1)] }
    }
}

/// A chain that can be arranged otherwise.
#[derive(Debug, Clone)]
pub(super) struct OrderChain {
    shape: Shape,
    pub(super) observed: Statistics,
}

impl OrderChain {
    /// `None` for a chain whose first state and transition counts leave one sequence only.
    pub(super) fn new(chain: &[bool]) -> Option<Self> {
        let shape = Shape::of(chain)?;
        let free = |state: usize| shape.runs[state] > 1 && shape.visits[state] > shape.runs[state];
        (free(0) || free(1)).then(|| Self { shape, observed: Statistics::of(chain) })
    }

    /// Another sequence with the same first state and transition counts, each with the same probability.
    pub(super) fn resample(&self, random: &mut ChaCha8Rng) -> Statistics {
        let mut walk = Walk::default();
        self.walk(random, |round, right, exit| walk.step(&self.shape, round, right, exit));
        walk.statistics(&self.shape)
    }

    #[inline]
    fn walk(&self, random: &mut ChaCha8Rng, mut visit: impl FnMut(u32, bool, bool)) {
        let mut right = self.shape.first;
        let mut visits_left = self.shape.visits;
        let mut ends_left = self.shape.runs.map(|runs| runs.saturating_sub(1));
        for round in 1..=self.shape.transitions {
            let state = index(right);
            visits_left[state] -= 1;
            // After a state's last visit the chain must leave it.
            let among = visits_left[state];
            let exit = if ends_left[state] == 0 { among == 0 } else { happens(random, ends_left[state], among) };
            ends_left[state] -= u32::from(exit && among > 0);
            visit(round, right, exit);
            right ^= exit;
        }
    }

    /// The rearranged sequence itself.
    #[cfg(test)]
    pub(super) fn sequence(&self, random: &mut ChaCha8Rng) -> Vec<bool> {
        let mut sequence = vec![self.shape.first];
        self.walk(random, |_, right, exit| sequence.push(right ^ exit));
        sequence
    }
}

#[inline]
fn index(right: bool) -> usize {
    usize::from(!right)
}
