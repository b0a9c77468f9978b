//! Blocks of questions, each sealed once nothing of it is lacking.

use super::{BLOCK, CollectError};
use crate::dataset::Dataset;
use crate::key::QuestionId;
use crate::trace::{Ledger, Partition, Row};

/// How much each block of a dataset's questions still lacks.
pub(crate) struct Blocks {
    questions: Vec<Vec<QuestionId>>,
    left: Vec<u64>,
}

impl Blocks {
    /// The blocks, given how much each question lacks, by its place.
    pub(crate) fn new(dataset: &Dataset, lacking: impl IntoIterator<Item = (usize, u64)>) -> Self {
        let ids: Vec<QuestionId> = dataset.questions.iter().map(|question| question.id.clone()).collect();
        let questions: Vec<Vec<QuestionId>> = ids.chunks(BLOCK).map(<[_]>::to_vec).collect();
        let mut left = vec![0; questions.len()];
        for (question, lacks) in lacking {
            left[question / BLOCK] += lacks;
        }
        Self { questions, left }
    }

    /// The blocks that lack nothing: a process may have died after finishing one and before sealing it.
    pub(crate) fn complete(&self) -> Vec<usize> {
        (0..self.left.len()).filter(|block| self.left[*block] == 0).collect()
    }

    /// Whether anything is lacking.
    pub(crate) fn lacks(&self) -> bool {
        self.left.iter().any(|left| *left > 0)
    }

    /// Counts one thing that a question lacked; gives its block if that is complete now.
    pub(crate) fn count(&mut self, question: usize) -> Option<usize> {
        let block = question / BLOCK;
        let left = self.left.get_mut(block)?;
        *left = left.saturating_sub(1);
        (*left == 0).then_some(block)
    }

    /// Seals a block's rows.
    pub(crate) fn seal<R: Row>(
        &self,
        block: usize,
        ledger: &mut Ledger<R>,
        partition: &Partition,
    ) -> Result<(), CollectError> {
        let number = u32::try_from(block).unwrap_or(u32::MAX);
        Ok(ledger.seal(partition, number, &self.questions[block])?)
    }
}
