//! The ledger of one kind of row: what is journalled, what is sealed, what is therefore finished.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use super::error::TraceError;
use super::folder::RunFolder;
use super::journal::Journal;
use super::layout::{Partition, SegmentNumber, journal_folder, segments};
use super::parts::write_part;
use super::rows::{Row, Stored};
use super::scan::{Journalled, Rows, each_journalled};
use crate::key::QuestionId;

type PendingRows<R> = HashMap<Partition, HashMap<QuestionId, Vec<Pending<R>>>>;

struct Pending<R> {
    segment: SegmentNumber,
    row: R,
}

/// Journals rows as they come and seals them into Parquet, a block of questions at a time.
pub struct Ledger<R: Row> {
    run: PathBuf,
    journal: Journal,
    pending: PendingRows<R>,
    metadata: Vec<(String, String)>,
}

impl<R: Row> Ledger<R> {
    /// Opens the ledger of a run and takes up what an earlier process journalled but did not seal.
    ///
    /// # Errors
    /// When the journal cannot be read or holds rows of another shape.
    pub fn open(run: &RunFolder) -> Result<Self, TraceError> {
        let folder = journal_folder(run.path());
        let mut unsealed: BTreeMap<SegmentNumber, usize> = BTreeMap::new();
        unsealed.extend(segments(&folder, R::KIND)?.into_iter().map(|(segment, _)| (segment, 0)));
        let mut journalled: HashMap<Partition, Vec<Journalled<R>>> = HashMap::new();
        each_journalled(run.path(), |segment, partition, row| {
            journalled.entry(partition.clone()).or_default().push((segment, row));
        })?;
        let mut pending = PendingRows::new();
        for (partition, rows) in journalled {
            // A row may be sealed already: the process died between sealing and removing the segment.
            let rows = Rows::over(run.path(), &partition, rows).only_journalled()?;
            let mut of_partition: HashMap<QuestionId, Vec<Pending<R>>> = HashMap::new();
            for (segment, row) in rows {
                *unsealed.entry(segment).or_default() += 1;
                of_partition.entry(row.question().clone()).or_default().push(Pending { segment, row });
            }
            pending.insert(partition, of_partition);
        }
        let mut journal = Journal::after(folder, R::KIND, R::schema(), unsealed);
        journal.remove_settled()?;
        Ok(Self { run: run.path().to_owned(), journal, pending, metadata: run.part_metadata() })
    }

    /// Journals rows. When this returns they are finished: no later run asks for them again.
    ///
    /// # Errors
    /// When the rows cannot be written (disk full, say); what was journalled before stays.
    pub fn append(&mut self, rows: Vec<R>) -> Result<(), TraceError> {
        let encode =
            |error: arrow_schema::ArrowError| TraceError::Encode { path: self.run.clone(), message: error.to_string() };
        let batch = R::to_batch(&rows).map_err(encode)?;
        let finished = rows.iter().filter(|row| !row.failed()).count();
        let segment = self.journal.append(&batch, finished)?;
        for row in rows.into_iter().filter(|row| !row.failed()) {
            let questions = self.pending.entry(row.partition()).or_default();
            questions.entry(row.question().clone()).or_default().push(Pending { segment, row });
        }
        Ok(())
    }

    /// Journalled, unsealed rows of a partition.
    pub fn pending(&self, partition: &Partition) -> impl Iterator<Item = &R> {
        self.pending.get(partition).into_iter().flat_map(|q| q.values().flatten().map(|pending| &pending.row))
    }

    /// Seals the pending rows of these questions, in this order, draws in key order, into a part of this block.
    ///
    /// # Errors
    /// When the part cannot be written; the rows then stay in the journal.
    pub fn seal(&mut self, partition: &Partition, block: u32, questions: &[QuestionId]) -> Result<(), TraceError> {
        let Some(pending) = self.pending.get_mut(partition) else { return Ok(()) };
        let mut rows = Vec::new();
        let mut settled: BTreeMap<SegmentNumber, usize> = BTreeMap::new();
        for question in questions {
            let mut of_question = pending.remove(question).unwrap_or_default();
            of_question.sort_by_key(|pending| pending.row.draw());
            for Pending { segment, row } in of_question {
                *settled.entry(segment).or_default() += 1;
                rows.push(row);
            }
        }
        if rows.is_empty() {
            return Ok(());
        }
        write_part(&self.run, partition, block, rows, self.metadata.clone())?;
        for (segment, rows) in settled {
            self.journal.settle(segment, rows);
        }
        self.journal.remove_settled()
    }

    /// Hands every finished row of a partition to `found`, once: sealed ones first, a batch in memory at a time.
    ///
    /// # Errors
    /// When a part cannot be read.
    pub fn each<S: Stored<Of = R> + for<'r> From<&'r R>>(
        &self,
        partition: &Partition,
        mut found: impl FnMut(S),
    ) -> Result<(), TraceError> {
        Rows::<S>::over(&self.run, partition, Vec::new()).each(|row| {
            found(row);
            Ok(())
        })?;
        self.pending(partition).for_each(|row| found(S::from(row)));
        Ok(())
    }

    /// Makes what was journalled survive a power loss.
    ///
    /// # Errors
    /// When syncing fails.
    pub fn close(&mut self) -> Result<(), TraceError> {
        self.journal.close()
    }
}
