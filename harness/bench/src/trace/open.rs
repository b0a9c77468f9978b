//! Opens stored rows for reading: a Parquet file, or a segment of the journal. No other module opens either.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use arrow_array::RecordBatch;
use arrow_ipc::reader::StreamReader;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::schema::types::SchemaDescriptor;

use super::error::TraceError;

/// Rows of a few columns that are decoded at once.
pub(super) const BATCH: usize = 8192;
/// Rows with their completions, which are large, that are decoded at once.
pub(super) const WITH_TEXTS: usize = 128;

/// Hands the batches of a Parquet file to `found`, with the named columns only.
///
/// # Errors
/// When the file cannot be opened, is no Parquet file, or `found` fails.
pub fn read_table(
    path: &Path,
    columns: &[&str],
    found: impl FnMut(RecordBatch) -> Result<(), TraceError>,
) -> Result<(), TraceError> {
    read_batches(path, columns, BATCH, found)
}

/// The same with every column.
///
/// # Errors
/// As [`read_table`].
pub fn read_all_columns(
    path: &Path,
    found: impl FnMut(RecordBatch) -> Result<(), TraceError>,
) -> Result<(), TraceError> {
    read(path, |_| ProjectionMask::all(), BATCH, found)
}

/// As [`read_table`], with at most `rows` rows in a batch.
pub(super) fn read_batches(
    path: &Path,
    columns: &[&str],
    rows: usize,
    found: impl FnMut(RecordBatch) -> Result<(), TraceError>,
) -> Result<(), TraceError> {
    read(path, |schema| ProjectionMask::columns(schema, columns.iter().copied()), rows, found)
}

fn read(
    path: &Path,
    columns: impl FnOnce(&SchemaDescriptor) -> ProjectionMask,
    rows: usize,
    mut found: impl FnMut(RecordBatch) -> Result<(), TraceError>,
) -> Result<(), TraceError> {
    let malformed = |error: &dyn std::fmt::Display| TraceError::Malformed {
        path: path.to_owned(),
        expected: "a Parquet part of a run",
        found: error.to_string(),
    };
    let file = File::open(path).map_err(TraceError::io("open", path))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| malformed(&e))?;
    let mask = columns(builder.parquet_schema());
    let reader = builder.with_projection(mask).with_batch_size(rows).build().map_err(|e| malformed(&e))?;
    for batch in reader {
        found(batch.map_err(|e| malformed(&e))?)?;
    }
    Ok(())
}

/// Hands every complete batch of a journal segment to `found`; stops without an error where the stream is torn.
pub(super) fn read_segment(
    path: &Path,
    mut found: impl FnMut(RecordBatch) -> Result<(), TraceError>,
) -> Result<(), TraceError> {
    let file = match File::open(path) {
        Ok(file) => file,
        // A collecting process may seal and remove a segment while a report reads the run.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(TraceError::io("open", path)(error)),
    };
    let Ok(reader) = StreamReader::try_new(BufReader::new(file), None) else {
        return Ok(());
    };
    for batch in reader {
        let Ok(batch) = batch else { break };
        found(batch)?;
    }
    Ok(())
}
