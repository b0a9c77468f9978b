//! Finished rows, read in one place: of a partition the sealed parts first, then what only the journal holds, each draw
//! once. Everything else that reads rows is a view of [`Rows`].
//!
//! A row can be in both places: a segment of the journal keeps its rows until all of them are sealed, and a process may
//! die, or a reader come by, between sealing rows and removing their segment. The journal is read before the parts are
//! listed, so that a row which is sealed meanwhile is not missed.

use std::collections::{BTreeSet, HashMap};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
use arrow_schema::{ArrowError, DataType, Field, Schema};

use super::error::TraceError;
use super::layout::{Partition, SegmentNumber, journal_folder, parts, sealed_partitions, segments};
use super::open::{read_batches, read_segment};
use super::rows::{Reader, Row, Stored};
use crate::key::{DrawKey, QuestionId};

/// The name of a row, for readers that need nothing else of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredKey<R> {
    /// The question.
    pub question: QuestionId,
    /// Which draw of it.
    pub draw: DrawKey,
    of: PhantomData<R>,
}

impl<R: Row> Stored for StoredKey<R> {
    type Of = R;
    const COLUMNS: &'static [&'static str] = &["question_id", "mode", "chain", "round"];

    fn from_batch(batch: &RecordBatch) -> Result<Vec<Self>, ArrowError> {
        let keys = Reader { batch }.keys()?.into_iter();
        Ok(keys.map(|(question, draw)| Self { question, draw, of: PhantomData }).collect())
    }

    fn key(&self) -> (&QuestionId, DrawKey) {
        (&self.question, self.draw)
    }
}

impl<R: Row> From<&R> for StoredKey<R> {
    fn from(row: &R) -> Self {
        Self { question: row.question().clone(), draw: row.draw(), of: PhantomData }
    }
}

/// A row of the journal and where it stands.
pub(super) type Journalled<S> = (SegmentNumber, S);

/// The finished rows of a partition: see [`rows`].
pub struct Rows<'a, S> {
    run: &'a Path,
    partition: &'a Partition,
    /// By question and draw, each once.
    journalled: Vec<Journalled<S>>,
    /// Which of those a part holds too, of the parts read so far.
    sealed: Vec<bool>,
}

/// The finished rows of a partition.
///
/// # Errors
/// When the journal cannot be read.
pub fn rows<'a, S: Stored>(run: &'a Path, partition: &'a Partition) -> Result<Rows<'a, S>, TraceError> {
    let mut journalled = Vec::new();
    each_journalled(run, |segment, of, row| {
        if of == partition {
            journalled.push((segment, row));
        }
    })?;
    Ok(Rows::over(run, partition, journalled))
}

impl<'a, S: Stored> Rows<'a, S> {
    /// The rows of a partition, of whose journal this is all.
    pub(super) fn over(run: &'a Path, partition: &'a Partition, mut journalled: Vec<Journalled<S>>) -> Self {
        journalled.sort_by(|(_, a), (_, b)| a.key().cmp(&b.key()));
        journalled.dedup_by(|(_, later), (_, first)| later.key() == first.key());
        let sealed = vec![false; journalled.len()];
        Self { run, partition, journalled, sealed }
    }

    /// Hands every row to `found`, once: sealed parts first, a batch in memory at a time, then what is only journalled, by
    /// question and draw.
    ///
    /// # Errors
    /// When a part cannot be read, or `found` fails.
    pub fn each(mut self, mut found: impl FnMut(S) -> Result<(), TraceError>) -> Result<(), TraceError> {
        self.each_sealed(&mut found)?;
        self.unmarked().try_for_each(|(_, row)| found(row))
    }

    /// The rows that no part holds. Of the parts no more is read than names, and nothing where the journal is empty.
    ///
    /// # Errors
    /// When a part cannot be read.
    pub(super) fn only_journalled(mut self) -> Result<impl Iterator<Item = Journalled<S>>, TraceError> {
        if !self.journalled.is_empty() {
            self.each_sealed(|_: StoredKey<S::Of>| Ok(()))?;
        }
        Ok(self.unmarked())
    }

    /// Hands every sealed row to `found`, as whatever part of it is wanted.
    pub(super) fn each_sealed<T: Stored<Of = S::Of>>(
        &mut self,
        mut found: impl FnMut(T) -> Result<(), TraceError>,
    ) -> Result<(), TraceError> {
        for path in parts(&self.partition.folder(self.run, S::Of::FOLDER))? {
            each_of_part(&path, self.partition, |row: T| {
                if let Ok(place) = self.journalled.binary_search_by(|(_, journalled)| journalled.key().cmp(&row.key()))
                {
                    self.sealed[place] = true;
                }
                found(row)
            })?;
        }
        Ok(())
    }

    fn unmarked(self) -> impl Iterator<Item = Journalled<S>> {
        self.journalled.into_iter().zip(self.sealed).filter_map(|(row, sealed)| (!sealed).then_some(row))
    }
}

/// Hands the rows of one sealed part to `found`.
pub(super) fn each_of_part<S: Stored>(
    path: &Path,
    partition: &Partition,
    mut found: impl FnMut(S) -> Result<(), TraceError>,
) -> Result<(), TraceError> {
    let malformed = |error: ArrowError| TraceError::malformed_rows(path, &error);
    read_batches(path, S::COLUMNS, S::BATCH, |batch| {
        let batch = with_partition(batch, partition, S::COLUMNS).map_err(malformed)?;
        S::from_batch(&batch).map_err(malformed)?.into_iter().try_for_each(&mut found)
    })
}

/// Hands every finished row of the journal to `found`, with its segment and partition.
pub(super) fn each_journalled<S: Stored>(
    run: &Path,
    mut found: impl FnMut(SegmentNumber, &Partition, S),
) -> Result<(), TraceError> {
    for (segment, path) in segments(&journal_folder(run), S::Of::KIND)? {
        read_segment(&path, |batch| {
            let decoded = decode::<S>(&batch).map_err(|error| TraceError::malformed_rows(&path, &error))?;
            for (partition, row) in decoded {
                found(segment, &partition, row);
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// The finished rows of a batch of the journal: a row that records a failure is asked for again, and is not there yet.
fn decode<S: Stored>(batch: &RecordBatch) -> Result<Vec<(Partition, S)>, ArrowError> {
    let read = Reader { batch };
    let (error, partitions) = (read.text("error")?, read.partitions()?);
    let indices: Vec<usize> = S::COLUMNS.iter().filter_map(|name| batch.schema().index_of(name).ok()).collect();
    let rows = S::from_batch(&batch.project(&indices)?)?;
    let finished = partitions.into_iter().zip(rows).enumerate().filter(|(i, _)| error.is_null(*i));
    Ok(finished.map(|(_, row)| row).collect())
}

/// A part's rows with those of the wanted columns that its folders' names hold.
fn with_partition(batch: RecordBatch, partition: &Partition, wanted: &[&str]) -> Result<RecordBatch, ArrowError> {
    let mut levels = partition.levels().filter(|(name, _)| wanted.contains(name)).peekable();
    if levels.peek().is_none() {
        return Ok(batch);
    }
    let mut fields: Vec<Arc<Field>> = batch.schema().fields().iter().cloned().collect();
    let mut columns: Vec<ArrayRef> = batch.columns().to_vec();
    for (name, value) in levels {
        fields.push(Arc::new(Field::new(name, DataType::Utf8, false)));
        columns.push(Arc::new(StringArray::from_iter_values(std::iter::repeat_n(value, batch.num_rows()))));
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}

/// The partitions of a run that hold finished rows of this kind, in name order.
///
/// # Errors
/// When a folder or the journal cannot be read.
pub fn partitions<R: Row>(run: &Path) -> Result<Vec<Partition>, TraceError> {
    let mut found = BTreeSet::new();
    each_journalled::<StoredKey<R>>(run, |_, partition, _| {
        if !found.contains(partition) {
            found.insert(partition.clone());
        }
    })?;
    found.extend(sealed_partitions(run, R::FOLDER)?);
    Ok(found.into_iter().collect())
}

/// A run's rows of one kind as they are now, sealed or journalled, for reading beside a process that may be writing. The
/// journal is read once for all partitions.
pub struct Snapshot<S> {
    run: PathBuf,
    journalled: HashMap<Partition, Vec<Journalled<S>>>,
}

impl<S: Stored> Snapshot<S> {
    /// Reads the journal; sealed parts are read partition by partition.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn open(run: &Path) -> Result<Self, TraceError> {
        let mut journalled: HashMap<Partition, Vec<Journalled<S>>> = HashMap::new();
        each_journalled(run, |segment, partition, row| match journalled.get_mut(partition) {
            Some(rows) => rows.push((segment, row)),
            None => drop(journalled.insert(partition.clone(), vec![(segment, row)])),
        })?;
        Ok(Self { run: run.to_owned(), journalled })
    }

    /// The rows of a partition; the second time without what is only journalled.
    pub(super) fn rows<'s>(&'s mut self, partition: &'s Partition) -> Rows<'s, S> {
        Rows::over(&self.run, partition, self.journalled.remove(partition).unwrap_or_default())
    }

    /// Takes the rows of a partition, each draw once.
    ///
    /// # Errors
    /// When a part cannot be read.
    pub fn take(&mut self, partition: &Partition) -> Result<Vec<S>, TraceError> {
        let mut rows = Vec::new();
        self.rows(partition).each(|row| {
            rows.push(row);
            Ok(())
        })?;
        Ok(rows)
    }
}

/// Hands every finished row of a run to `found`, a batch in memory at a time.
///
/// # Errors
/// When the journal or a part cannot be read.
pub fn each_stored<S: Stored>(run: &Path, mut found: impl FnMut(&Partition, S)) -> Result<(), TraceError> {
    let mut snapshot = Snapshot::open(run)?;
    for partition in partitions::<S::Of>(run)? {
        snapshot.rows(&partition).each(|row| {
            found(&partition, row);
            Ok(())
        })?;
    }
    Ok(())
}
