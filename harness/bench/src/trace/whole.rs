//! Reading rows whole, a few at a time: for what takes a run somewhere else, where the parts that replay reads are not
//! enough and all of it does not fit memory.

use std::collections::{BTreeSet, HashSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_schema::{ArrowError, DataType, Field, Schema};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::columns::PARTITION_COLUMNS;
use super::error::TraceError;
use super::folder::journal_folder;
use super::journal::{read_segment, segments};
use super::ledger::Partition;
use super::parts::{partition_folder, parts};
use super::rows::Row;
use crate::key::{DrawKey, QuestionId};

/// Rows decoded at once. Completions are large.
const ROWS: usize = 128;

/// The partitions of a run that hold rows of this kind, in name order.
///
/// # Errors
/// When a folder or the journal cannot be read.
pub fn partitions<R: Row>(run: &Path) -> Result<Vec<Partition>, TraceError> {
    let mut found = BTreeSet::new();
    let mut folders: Vec<(PathBuf, Partition)> = vec![(run.join(R::FOLDER), Vec::new())];
    while let Some((folder, partition)) = folders.pop() {
        if !parts(&folder)?.is_empty() {
            found.insert(partition.clone());
        }
        if !folder.is_dir() {
            continue;
        }
        for entry in std::fs::read_dir(&folder).map_err(TraceError::io("list", &folder))? {
            let path = entry.map_err(TraceError::io("list", &folder))?.path();
            let level = path.file_name().and_then(|name| name.to_str()?.split_once('=')).and_then(|(name, value)| {
                let name = PARTITION_COLUMNS.into_iter().find(|column| *column == name)?;
                Some((name, Arc::from(value)))
            });
            if let Some(level) = level {
                let mut partition = partition.clone();
                partition.push(level);
                folders.push((path, partition));
            }
        }
    }
    each_journalled::<R>(run, |row| {
        found.insert(row.partition());
        Ok(())
    })?;
    Ok(found.into_iter().collect())
}

/// Hands every finished row of a partition to `found`, each once: sealed parts first, then what is only journalled.
///
/// # Errors
/// When a file cannot be read, or `found` fails.
pub fn each_row<R: Row>(
    run: &Path,
    partition: &Partition,
    mut found: impl FnMut(R) -> Result<(), TraceError>,
) -> Result<(), TraceError> {
    let mut journalled: Vec<R> = Vec::new();
    each_journalled::<R>(run, |row| {
        if row.partition() == *partition {
            journalled.push(row);
        }
        Ok(())
    })?;
    // A segment keeps sealed rows until all of its rows are sealed.
    let mut sealed: HashSet<(QuestionId, DrawKey)> = HashSet::new();
    for path in parts(&partition_folder(run, R::FOLDER, partition))? {
        each_batch(&path, |batch| {
            for row in R::from_batch(&with_partition(&batch, partition)?)? {
                if !journalled.is_empty() {
                    sealed.insert((row.question().clone(), row.draw()));
                }
                found(row).map_err(|error| ArrowError::ExternalError(Box::new(error)))?;
            }
            Ok(())
        })
        .map_err(|error| told(&path, error))?;
    }
    journalled.sort_by(|a, b| (a.question(), a.draw()).cmp(&(b.question(), b.draw())));
    for row in journalled {
        if sealed.insert((row.question().clone(), row.draw())) {
            found(row)?;
        }
    }
    Ok(())
}

fn each_journalled<R: Row>(run: &Path, mut found: impl FnMut(R) -> Result<(), TraceError>) -> Result<(), TraceError> {
    for (_, path) in segments(&journal_folder(run), R::KIND)? {
        read_segment(&path, |batch| {
            for row in R::from_batch(&batch).map_err(|error| told(&path, error))? {
                if !row.failed() {
                    found(row)?;
                }
            }
            Ok(())
        })?;
    }
    Ok(())
}

fn each_batch(path: &Path, mut found: impl FnMut(RecordBatch) -> Result<(), ArrowError>) -> Result<(), ArrowError> {
    let file = File::open(path).map_err(|error| ArrowError::IoError(error.to_string(), error))?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)?.with_batch_size(ROWS).build()?;
    for batch in reader {
        found(batch?)?;
    }
    Ok(())
}

/// A part's rows with the columns that its folders' names hold.
fn with_partition(batch: &RecordBatch, partition: &Partition) -> Result<RecordBatch, ArrowError> {
    let mut fields: Vec<Arc<Field>> = batch.schema().fields().iter().cloned().collect();
    let mut columns: Vec<ArrayRef> = batch.columns().to_vec();
    for (name, value) in partition {
        fields.push(Arc::new(Field::new(*name, DataType::Utf8, false)));
        columns.push(Arc::new(StringArray::from_iter_values(std::iter::repeat_n(&**value, batch.num_rows()))));
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}

fn told(path: &Path, error: ArrowError) -> TraceError {
    match error {
        ArrowError::IoError(_, source) => TraceError::io("read", path)(source),
        ArrowError::ExternalError(inner) => match inner.downcast::<TraceError>() {
            Ok(error) => *error,
            Err(inner) => TraceError::malformed_rows(path, &inner),
        },
        other => TraceError::malformed_rows(path, &other),
    }
}
