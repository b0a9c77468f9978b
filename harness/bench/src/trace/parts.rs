//! Sealed parts: Parquet files written once, by write, sync, rename, sync of the folder.

use std::fs::File;
use std::path::Path;

use arrow_array::RecordBatch;
use arrow_schema::ArrowError;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::schema::types::ColumnPath;

use super::columns::PARTITION_COLUMNS;
use super::error::TraceError;
use super::layout::{FORMAT, Partition, part_path};
use super::rows::Row;

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

/// Writes rows of a partition as a new part of a block. Partition columns are left out: the folder names hold them.
pub(super) fn write_part<R: Row>(
    run: &Path,
    partition: &Partition,
    block: u32,
    rows: Vec<R>,
    mut metadata: Vec<(String, String)>,
) -> Result<(), TraceError> {
    let path = part_path(&partition.folder(run, R::FOLDER), block)?;
    let encode = |error: ArrowError| TraceError::Encode { path: path.clone(), message: error.to_string() };
    let batch = R::to_batch(&rows).map_err(encode)?;
    drop(rows);
    let schema = batch.schema();
    let is_kept = |i: &usize| !PARTITION_COLUMNS.contains(&schema.field(*i).name().as_str());
    let kept: Vec<usize> = (0..schema.fields().len()).filter(is_kept).collect();
    metadata.extend(partition.levels().map(|(name, value)| (name.to_owned(), value.to_owned())));
    write_table(&path, &batch.project(&kept).map_err(encode)?, &metadata)
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
