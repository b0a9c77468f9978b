//! One backbone on one dataset: its draws, and its chains with labels.

use markovscale::LabelledChains;
use markovscale::methods::common::answered_class;

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
