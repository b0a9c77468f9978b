//! One backbone on one dataset, ready to be replayed.

use super::error::ReplayError;
use super::pool::{PoolDraw, QuestionPool};
use crate::experiment::{Drawn, Plan};
use crate::key::Mode;
use crate::results::DrawStatistics;

/// One partition being replayed.
pub(super) struct Partition<'a> {
    pub(super) plan: &'a Plan,
    pub(super) backbone: &'a str,
    pub(super) simulated: bool,
    pub(super) dataset: &'a str,
    pub(super) ids: Vec<String>,
    /// The difficulty that the dataset states, where it does.
    pub(super) levels: Vec<Option<f64>>,
    pub(super) pools: Vec<QuestionPool>,
    pub(super) statistics: DrawStatistics,
}

impl Partition<'_> {
    /// Refuses to replay a partition whose pools are smaller than the plan's: averages over the questions that happen
    /// to be finished would favour the easy ones.
    pub(super) fn check_complete(&self) -> Result<(), ReplayError> {
        let drawn = self.plan.drawn();
        let scores = self.plan.verifier.name().is_some();
        let scored = |draw: &PoolDraw| !scores || draw.seen.critique.is_some() || draw.seen.score.is_some();
        let complete = |question: &QuestionPool| drawn.iter().all(|drawn| question.holds(drawn, scored));
        let lacking: Vec<usize> = (0..self.pools.len()).filter(|i| !complete(&self.pools[*i])).collect();
        self.refuse_lacking(&lacking)
    }

    /// An error when some questions lack something.
    pub(super) fn refuse_lacking(&self, lacking: &[usize]) -> Result<(), ReplayError> {
        match lacking.first() {
            None => Ok(()),
            Some(first) => Err(ReplayError::Incomplete {
                backbone: self.backbone.to_owned(),
                dataset: self.dataset.to_owned(),
                incomplete: lacking.len(),
                questions: self.pools.len(),
                first: self.ids[*first].clone(),
            }),
        }
    }
}

impl QuestionPool {
    /// Whether it has all draws of a kind, each as `finished` wants it.
    fn holds(&self, drawn: &Drawn, finished: impl Fn(&PoolDraw) -> bool) -> bool {
        let (count, rows) = (drawn.chains as usize, drawn.rows as usize);
        let chains = match drawn.mode {
            Mode::Parallel => return self.parallel.len() >= count && self.parallel.iter().all(finished),
            Mode::Judge => return self.judged.is_some(),
            Mode::Sequential => &self.chains,
            Mode::Refine => &self.refine,
            Mode::Forced => &self.forced,
        };
        let whole = chains.iter().filter(|chain| chain.len() >= rows).count();
        whole >= count && chains.iter().flatten().all(finished)
    }
}
