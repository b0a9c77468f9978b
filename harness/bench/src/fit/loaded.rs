//! One backbone on one dataset: its draws, and its chains with labels.

use markovscale::LabelledChains;
use markovscale::methods::common::answered_class;

use super::changes::Changes;
use crate::dataset::Dataset;
use crate::experiment::BackbonePlan;
use crate::key::seed;
use crate::replay::{PoolDraw, QuestionPool, pools};
use crate::trace::{StoredDraw, StoredScore};

/// The draws of a partition, labelled.
pub(super) struct Loaded<'a> {
    pub(super) backbone: &'a str,
    pub(super) simulated: bool,
    pub(super) dataset: &'a Dataset,
    pub(super) pools: Vec<QuestionPool>,
    pub(super) chains: Vec<LabelledChains>,
    run_seed: u64,
}

impl<'a> Loaded<'a> {
    pub(super) fn new(
        backbone: &'a BackbonePlan,
        dataset: &'a Dataset,
        draws: Vec<StoredDraw>,
        scores: Vec<StoredScore>,
        run_seed: u64,
    ) -> Self {
        let pools = pools(dataset, draws, scores);
        let chains = pools.iter().zip(&dataset.questions).map(|(pool, question)| labelled(pool, question.level));
        let chains = chains.collect();
        Self { backbone: &backbone.name, simulated: backbone.simulated(), dataset, pools, chains, run_seed }
    }

    /// Whether some chain has a second answer.
    pub(super) fn has_chains(&self) -> bool {
        self.chains.iter().flat_map(|question| &question.chains).any(|chain| chain.len() > 1)
    }

    /// Transitions that change sides.
    pub(super) fn changes(&self) -> Changes {
        let mut changes = Changes::default();
        for pool in &self.pools {
            for pair in pool.chains.iter().flat_map(|chain| chain.windows(2)) {
                let [from, to] = [&pair[0], &pair[1]].map(|draw| answered_class(&draw.seen));
                changes.from_missing += u32::from(from.is_none());
                let count = match (pool.is_right(from), pool.is_right(to)) {
                    (false, true) if from.is_none() => &mut changes.missing_to_right,
                    (false, true) => &mut changes.wrong_to_right,
                    (true, false) if to.is_none() => &mut changes.right_to_missing,
                    (true, false) => &mut changes.right_to_wrong,
                    (false, false) | (true, true) => continue,
                };
                *count += 1;
            }
        }
        changes
    }

    /// A seed of its own for each purpose.
    pub(super) fn seed(&self, purpose: &str) -> u64 {
        let parts = [&self.run_seed.to_le_bytes()[..], purpose.as_bytes(), self.dataset.name.as_bytes()];
        seed(&[b"fit", parts[0], parts[1], parts[2], self.backbone.as_bytes()])
    }
}

/// A question's chains as correctness by round; a missing or cut-off answer is wrong.
fn labelled(pool: &QuestionPool, level: Option<u32>) -> LabelledChains {
    let right = |chain: &Vec<PoolDraw>| chain.iter().map(|draw| pool.is_right(answered_class(&draw.seen))).collect();
    LabelledChains { chains: pool.chains.iter().map(right).collect(), level }
}
