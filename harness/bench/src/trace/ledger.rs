//! The ledger of one kind of row: what is journalled, what is sealed, what is therefore finished.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::TraceError;
use super::folder::{RunFolder, journal_folder};
use super::journal::{Journal, SegmentNumber, read_segment, segments};
use super::parts::{part_path, partition_folder, parts, read_part, write_part};
use super::rows::{Row, Stored};
use crate::key::{DrawKey, QuestionId};

/// The values of the partition folders, outermost first, e.g. `backbone=B`, `dataset=D`.
pub type Partition = Vec<(&'static str, Arc<str>)>;

struct Pending<R> {
    segment: SegmentNumber,
    row: R,
}

/// Journals rows as they come and seals them into Parquet, a block of questions at a time.
pub struct Ledger<R: Row> {
    run: PathBuf,
    journal: Journal,
    pending: HashMap<Partition, HashMap<QuestionId, Vec<Pending<R>>>>,
    metadata: Vec<(String, String)>,
}

impl<R: Row> Ledger<R> {
    /// Opens the ledger of a run and takes up what an earlier process journalled but did not seal.
    ///
    /// # Errors
    /// When the journal cannot be read or holds rows of another shape.
    pub fn open(run: &RunFolder) -> Result<Self, TraceError> {
        let mut pending: HashMap<Partition, HashMap<QuestionId, Vec<Pending<R>>>> = HashMap::new();
        let folder = journal_folder(run.path());
        let mut sealed = SealedKeys::new(run.path(), R::FOLDER);
        let mut seen: HashSet<(Partition, QuestionId, DrawKey)> = HashSet::new();
        let journal = Journal::open(&folder, R::KIND, R::schema(), |segment, batch| {
            let rows = decode::<R>(&folder, &batch)?;
            let mut kept = 0;
            for row in rows {
                let partition = row.partition();
                // A row may be sealed already: the process died between sealing and removing the segment.
                if row.failed()
                    || sealed.contains(&partition, row.question(), row.draw())?
                    || !seen.insert((partition.clone(), row.question().clone(), row.draw()))
                {
                    continue;
                }
                kept += 1;
                let rows = pending.entry(partition).or_default().entry(row.question().clone()).or_default();
                rows.push(Pending { segment, row });
            }
            Ok(kept)
        })?;
        let mut ledger = Self { run: run.path().to_owned(), journal, pending, metadata: run.part_metadata() };
        ledger.journal.remove_settled()?;
        Ok(ledger)
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
        let path = part_path(&partition_folder(&self.run, R::FOLDER, partition), block)?;
        let batch = R::to_batch(&rows)
            .map_err(|error| TraceError::Encode { path: path.clone(), message: error.to_string() })?;
        drop(rows);
        let mut metadata = self.metadata.clone();
        metadata.extend(partition.iter().map(|(name, value)| ((*name).to_owned(), value.to_string())));
        write_part(&path, &batch, &metadata)?;
        for (segment, rows) in settled {
            self.journal.settle(segment, rows);
        }
        self.journal.remove_settled()
    }

    /// Reads the sealed rows of a partition, the columns of `S` and `also` only.
    ///
    /// # Errors
    /// When a part cannot be read.
    pub fn sealed<S: Stored<Of = R>>(&self, partition: &Partition, also: &[&str]) -> Result<Vec<S>, TraceError> {
        sealed(&self.run, partition, also)
    }

    /// Makes what was journalled survive a power loss.
    ///
    /// # Errors
    /// When syncing fails.
    pub fn close(&mut self) -> Result<(), TraceError> {
        self.journal.close()
    }
}

/// A run's rows of one kind as they are now, sealed or journalled, for reading beside a process that may be writing.
pub struct Snapshot<S: Stored> {
    run: PathBuf,
    journalled: HashMap<Partition, Vec<S>>,
}

impl<S: Stored> Snapshot<S> {
    /// Reads the journal; sealed parts are read partition by partition.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn open(run: &Path) -> Result<Self, TraceError> {
        let folder = journal_folder(run);
        let mut journalled: HashMap<Partition, Vec<S>> = HashMap::new();
        for (_, path) in segments(&folder, S::Of::KIND)? {
            read_segment(&path, |batch| {
                let rows = decode::<S::Of>(&path, &batch)?;
                let values = S::from_batch(&batch).map_err(|e| TraceError::malformed_rows(&path, &e))?;
                for (row, value) in rows.iter().zip(values).filter(|(row, _)| !row.failed()) {
                    journalled.entry(row.partition()).or_default().push(value);
                }
                Ok(())
            })?;
        }
        Ok(Self { run: run.to_owned(), journalled })
    }

    /// Takes the rows of a partition that no sealed part holds.
    pub(super) fn take_journalled(&mut self, partition: &Partition) -> Vec<S> {
        self.journalled.remove(partition).unwrap_or_default()
    }

    /// Takes the rows of a partition, each draw once.
    ///
    /// # Errors
    /// When a part cannot be read.
    pub fn take(&mut self, partition: &Partition) -> Result<Vec<S>, TraceError> {
        let mut rows: Vec<S> = sealed(&self.run, partition, &[])?;
        let journalled = self.take_journalled(partition);
        if !journalled.is_empty() {
            let known: HashSet<(QuestionId, DrawKey)> = rows.iter().map(owned_key).collect();
            rows.extend(journalled.into_iter().filter(|row| !known.contains(&owned_key(row))));
        }
        Ok(rows)
    }
}

pub(super) fn owned_key<S: Stored>(row: &S) -> (QuestionId, DrawKey) {
    let (question, draw) = row.key();
    (question.clone(), draw)
}

pub(super) fn sealed<S: Stored>(run: &Path, partition: &Partition, also: &[&str]) -> Result<Vec<S>, TraceError> {
    let columns: Vec<&str> = S::COLUMNS.iter().chain(also).copied().collect();
    let mut rows = Vec::new();
    for path in parts(&partition_folder(run, S::Of::FOLDER, partition))? {
        read_part(&path, &columns, |batch| {
            rows.extend(S::from_batch(&batch).map_err(|e| TraceError::malformed_rows(&path, &e))?);
            Ok(())
        })?;
    }
    Ok(rows)
}

/// Keys of sealed rows, read per partition when first asked for.
struct SealedKeys<'a> {
    run: &'a Path,
    kind: &'static str,
    keys: HashMap<Partition, HashSet<(QuestionId, DrawKey)>>,
}

impl<'a> SealedKeys<'a> {
    fn new(run: &'a Path, kind: &'static str) -> Self {
        Self { run, kind, keys: HashMap::new() }
    }

    fn contains(&mut self, partition: &Partition, id: &QuestionId, draw: DrawKey) -> Result<bool, TraceError> {
        if !self.keys.contains_key(partition) {
            let mut keys = HashSet::new();
            for path in parts(&partition_folder(self.run, self.kind, partition))? {
                read_part(&path, &["question_id", "mode", "chain", "round"], |batch| {
                    keys.extend(
                        super::rows::Reader { batch: &batch }
                            .keys()
                            .map_err(|e| TraceError::malformed_rows(&path, &e))?,
                    );
                    Ok(())
                })?;
            }
            self.keys.insert(partition.clone(), keys);
        }
        Ok(self.keys.get(partition).is_some_and(|keys| keys.contains(&(id.clone(), draw))))
    }
}

fn decode<R: Row>(path: &Path, batch: &arrow_array::RecordBatch) -> Result<Vec<R>, TraceError> {
    R::from_batch(batch).map_err(|e| TraceError::malformed_rows(path, &e))
}
