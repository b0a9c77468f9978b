//! The scores of a run as a plan wants them.

use crate::experiment::{Aggregate, Plan};
use crate::trace::{Partition, RunFolder, Snapshot, SteppedScore, StoredScore, TraceError};

/// The scores of a plan's verifier; none without one.
pub(crate) struct Scores<'a> {
    verifier: Option<&'a str>,
    rows: Rows,
}

/// Step scores are read only where something is to be made of them.
enum Rows {
    Stored(Snapshot<StoredScore>),
    Stepped(Snapshot<SteppedScore>, Aggregate),
}

impl<'a> Scores<'a> {
    /// Reads what is journalled.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub(crate) fn open(plan: &'a Plan, run: &RunFolder) -> Result<Self, TraceError> {
        let rows = match plan.aggregate {
            None => Rows::Stored(Snapshot::open(run.path())?),
            Some(aggregate) => Rows::Stepped(Snapshot::open(run.path())?, aggregate),
        };
        Ok(Self { verifier: plan.verifier.name(), rows })
    }

    /// Takes the scores of a backbone's draws on a dataset.
    ///
    /// # Errors
    /// When a part cannot be read.
    pub(crate) fn take(&mut self, backbone: &str, dataset: &str) -> Result<Vec<StoredScore>, TraceError> {
        let Some(verifier) = self.verifier else { return Ok(Vec::new()) };
        let partition = Partition::of_scores(verifier, backbone, dataset);
        match &mut self.rows {
            Rows::Stored(rows) => rows.take(&partition),
            Rows::Stepped(rows, aggregate) => {
                let stepped = rows.take(&partition)?.into_iter();
                Ok(stepped.map(|score| score.aggregated(*aggregate)).collect())
            }
        }
    }
}
