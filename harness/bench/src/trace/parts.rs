//! Sealed parts: Parquet files written once, by write, sync, rename, sync of the folder.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::RecordBatch;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::arrow::{ArrowWriter, ProjectionMask};
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::schema::types::ColumnPath;

use super::columns::PARTITION_COLUMNS;
use super::environment::FORMAT;
use super::error::TraceError;

/// Writes a file so that it is either whole or absent: a hidden file beside it, sync, rename, sync of the folder.
///
/// # Errors
/// When the folder cannot be created or any step fails; an older file of that name is then still whole.
pub fn write_atomically<E: From<TraceError>>(
    path: &Path,
    write: impl FnOnce(&mut File) -> Result<(), E>,
) -> Result<(), E> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(TraceError::io("create the folder", folder))?;
    let name = path.file_name().and_then(|n| n.to_str()).unwrap_or("file");
    // Hidden and of another extension: no glob for parts may meet an unfinished one.
    let temporary = folder.join(format!(".{name}.tmp"));
    let mut file = File::create(&temporary).map_err(TraceError::io("create", &temporary))?;
    let written = write(&mut file).and_then(|()| Ok(file.sync_all().map_err(TraceError::io("sync", &temporary))?));
    if let Err(error) = written {
        let _ = std::fs::remove_file(&temporary);
        return Err(error);
    }
    std::fs::rename(&temporary, path).map_err(TraceError::io("rename into place", path))?;
    Ok(File::open(folder).and_then(|f| f.sync_all()).map_err(TraceError::io("sync the folder", folder))?)
}

/// Writes one part. Partition columns are left out: the folder names hold them.
pub(super) fn write_part(path: &Path, batch: &RecordBatch, metadata: &[(String, String)]) -> Result<(), TraceError> {
    let schema = batch.schema();
    let kept: Vec<usize> =
        (0..schema.fields().len()).filter(|i| !PARTITION_COLUMNS.contains(&schema.field(*i).name().as_str())).collect();
    let batch = batch
        .project(&kept)
        .map_err(|error| TraceError::Encode { path: path.to_owned(), message: error.to_string() })?;
    write_table(path, &batch, metadata)
}

/// Writes a Parquet file, zstd-compressed, each column's meaning in the file's metadata as `column.NAME`.
///
/// # Errors
/// When the rows cannot be encoded or the file cannot be written.
pub fn write_table(path: &Path, batch: &RecordBatch, metadata: &[(String, String)]) -> Result<(), TraceError> {
    let encode =
        |error: &dyn std::fmt::Display| TraceError::Encode { path: path.to_owned(), message: error.to_string() };
    let level = ZstdLevel::try_new(3).map_err(|e| encode(&e))?;
    let mut pairs = vec![KeyValue::new("markovscale.format".to_owned(), FORMAT.to_string())];
    pairs.extend(metadata.iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone())));
    pairs.extend(batch.schema().fields().iter().filter_map(|field| {
        let meaning = field.metadata().get("meaning")?;
        Some(KeyValue::new(format!("column.{}", field.name()), meaning.clone()))
    }));
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_column_dictionary_enabled(ColumnPath::from("completion"), false)
        .set_column_dictionary_enabled(ColumnPath::from("seed"), false)
        .set_key_value_metadata(Some(pairs))
        .build();
    write_atomically(path, |file| {
        let failed = |error: ParquetError| match error {
            ParquetError::External(inner) => match inner.downcast::<std::io::Error>() {
                Ok(source) => TraceError::io("write", path)(*source),
                Err(other) => encode(&other),
            },
            other => encode(&other),
        };
        let mut writer = ArrowWriter::try_new(&mut *file, batch.schema(), Some(properties)).map_err(failed)?;
        writer.write(batch).map_err(failed)?;
        writer.close().map_err(failed)?;
        Ok(())
    })
}

/// Hands the batches of a Parquet file to `found`, with the named columns only.
///
/// # Errors
/// When the file cannot be opened, is no Parquet file, or `found` fails.
pub fn read_part(
    path: &Path,
    columns: &[&str],
    mut found: impl FnMut(RecordBatch) -> Result<(), TraceError>,
) -> Result<(), TraceError> {
    let malformed = |error: &dyn std::fmt::Display| TraceError::Malformed {
        path: path.to_owned(),
        expected: "a Parquet part of a run",
        found: error.to_string(),
    };
    let file = File::open(path).map_err(TraceError::io("open", path))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| malformed(&e))?;
    let mask = ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied());
    let reader = builder.with_projection(mask).with_batch_size(8192).build().map_err(|e| malformed(&e))?;
    for batch in reader {
        found(batch.map_err(|e| malformed(&e))?)?;
    }
    Ok(())
}

/// The parts in a partition's folder, in name order.
pub(super) fn parts(folder: &Path) -> Result<Vec<PathBuf>, TraceError> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(TraceError::io("list", folder))? {
        let path = entry.map_err(TraceError::io("list", folder))?.path();
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        if name.starts_with("part-") && name.ends_with(".parquet") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The name of a new part of a block: blocks that grow (a larger pool) get further generations, old parts stay.
pub(super) fn part_path(folder: &Path, block: u32) -> Result<PathBuf, TraceError> {
    let prefix = format!("part-{block:05}-");
    let same_block = |path: &PathBuf| path.file_name().and_then(|n| n.to_str()).is_some_and(|n| n.starts_with(&prefix));
    let generation = parts(folder)?.iter().filter(|path| same_block(path)).count();
    Ok(folder.join(format!("{prefix}{generation:02}.parquet")))
}

/// A partition's folder: `RUN/traces/backbone=B/dataset=D`.
pub(super) fn partition_folder(run: &Path, kind: &str, partition: &[(&'static str, Arc<str>)]) -> PathBuf {
    partition.iter().fold(run.join(kind), |folder, (name, value)| folder.join(format!("{name}={value}")))
}
