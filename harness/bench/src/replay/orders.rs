//! In which orders the draws of a pool are looked at.

use markovscale::Budget;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::partition::Partition;
use super::pool::PoolDraw;
use crate::key::seed;

/// Random orders of a question's parallel draws, the same for every method, so that comparisons are paired. Order `r` of
/// a question comes from its own stream: neither threads nor other questions change it.
pub(super) struct Orders<'a> {
    draws: &'a [PoolDraw],
    seed: u64,
    /// Draws that the largest budget needs.
    most: usize,
}

impl<'a> Orders<'a> {
    pub(super) fn new(partition: &'a Partition<'_>, index: usize, budgets: &[Budget]) -> Self {
        let draws = &partition.pools[index].parallel;
        let most = budgets.iter().map(|budget| budget.0 as usize).max().unwrap_or(0).min(draws.len());
        let id = partition.ids[index].as_bytes();
        let parts: [&[u8]; 4] = [b"orders", &partition.plan.seed.to_le_bytes(), partition.dataset.as_bytes(), id];
        Self { draws, seed: seed(&parts), most }
    }

    /// The order of one replicate.
    pub(super) fn one(&self, replicate: u32) -> Vec<PoolDraw> {
        let mut generator = ChaCha8Rng::seed_from_u64(self.seed);
        generator.set_stream(u64::from(replicate));
        let mut draws = self.draws.to_vec();
        let (front, _) = draws.partial_shuffle(&mut generator, self.most);
        front.to_vec()
    }

    /// The orders of the first replicates.
    pub(super) fn all(&self, replicates: u32) -> Vec<Vec<PoolDraw>> {
        (0..replicates).map(|replicate| self.one(replicate)).collect()
    }
}
