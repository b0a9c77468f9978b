//! Parquet: text, whole-number and floating-point columns; others are named in the problem when a field needs them.

use std::fs::File;
use std::panic;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::rows::{Cell, Reader, Row};

pub(super) fn read(reader: &mut Reader<'_>) {
    let file = match File::open(reader.path) {
        Ok(file) => file,
        Err(error) => return reader.problem(None, None, error.to_string(), "a readable file"),
    };
    // The Parquet library panics on some damaged files (a property test finds them): that is their fault, not ours.
    match panic::catch_unwind(|| batches(file)) {
        Ok((batches, error)) => {
            let mut rows_before = 0;
            for batch in &batches {
                add_batch(batch, rows_before, reader);
                rows_before += batch.num_rows();
            }
            if let Some(error) = error {
                let row = (rows_before > 0).then_some(rows_before + 1);
                reader.problem(row, None, error, "a readable Parquet file");
            }
        }
        Err(_) => reader.problem(None, None, "damaged data", "a readable Parquet file"),
    }
}

/// The batches that can be read, and why there are no more.
fn batches(file: File) -> (Vec<RecordBatch>, Option<String>) {
    let mut batches = Vec::new();
    match ParquetRecordBatchReaderBuilder::try_new(file).and_then(|builder| builder.build()) {
        Ok(reader) => {
            for batch in reader {
                match batch {
                    Ok(batch) => batches.push(batch),
                    Err(error) => return (batches, Some(error.to_string())),
                }
            }
            (batches, None)
        }
        Err(error) => (batches, Some(error.to_string())),
    }
}

fn add_batch(batch: &RecordBatch, rows_before: usize, reader: &mut Reader<'_>) {
    let schema = batch.schema();
    for field in schema.fields() {
        reader.add_column(field.name());
    }
    for index in 0..batch.num_rows() {
        let cells = schema.fields().iter().zip(batch.columns());
        let cells = cells.map(|(field, column)| (field.name().clone(), cell(column.as_ref(), index))).collect();
        reader.table.rows.push(Row { number: rows_before + index + 1, cells });
    }
}

fn cell(column: &dyn Array, index: usize) -> Cell {
    if column.is_null(index) {
        return Cell::Missing;
    }
    match column.data_type() {
        DataType::Utf8 => Cell::Text(column.as_string::<i32>().value(index).to_owned()),
        DataType::LargeUtf8 => Cell::Text(column.as_string::<i64>().value(index).to_owned()),
        DataType::Utf8View => Cell::Text(column.as_string_view().value(index).to_owned()),
        DataType::Int8 => Cell::Integer(column.as_primitive::<Int8Type>().value(index).into()),
        DataType::Int16 => Cell::Integer(column.as_primitive::<Int16Type>().value(index).into()),
        DataType::Int32 => Cell::Integer(column.as_primitive::<Int32Type>().value(index).into()),
        DataType::Int64 => Cell::Integer(column.as_primitive::<Int64Type>().value(index)),
        DataType::UInt8 => Cell::Integer(column.as_primitive::<UInt8Type>().value(index).into()),
        DataType::UInt16 => Cell::Integer(column.as_primitive::<UInt16Type>().value(index).into()),
        DataType::UInt32 => Cell::Integer(column.as_primitive::<UInt32Type>().value(index).into()),
        DataType::UInt64 => {
            let value = column.as_primitive::<UInt64Type>().value(index);
            i64::try_from(value).map_or_else(|_| Cell::Other(format!("the number {value}")), Cell::Integer)
        }
        DataType::Float32 => Cell::Real(column.as_primitive::<Float32Type>().value(index).into()),
        DataType::Float64 => Cell::Real(column.as_primitive::<Float64Type>().value(index)),
        DataType::List(_) => list(column.as_list::<i32>().value(index).as_ref()),
        DataType::LargeList(_) => list(column.as_list::<i64>().value(index).as_ref()),
        other => Cell::Other(format!("a column of type {other}")),
    }
}

/// A list of texts and numbers; a list of one is that one.
fn list(values: &dyn Array) -> Cell {
    let mut cells: Vec<Cell> = (0..values.len()).map(|index| cell(values, index)).collect();
    if cells.len() > 1 { Cell::List(cells) } else { cells.pop().unwrap_or(Cell::Missing) }
}
