//! Parquet: text, whole-number and floating-point columns; others are named in the problem when a field needs them.

use std::fs::File;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::{Cell, Reader, Row};

pub(super) fn read(reader: &mut Reader<'_>) {
    let file = match File::open(reader.path) {
        Ok(file) => file,
        Err(error) => return reader.problem(None, None, error.to_string(), "a readable file"),
    };
    let batches = match ParquetRecordBatchReaderBuilder::try_new(file).and_then(|builder| builder.build()) {
        Ok(batches) => batches,
        Err(error) => return reader.problem(None, None, error.to_string(), "a Parquet file"),
    };
    let mut rows_before = 0;
    for batch in batches {
        match batch {
            Ok(batch) => {
                add_batch(&batch, rows_before, reader);
                rows_before += batch.num_rows();
            }
            Err(error) => {
                return reader.problem(Some(rows_before + 1), None, error.to_string(), "readable Parquet rows");
            }
        }
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
        other => Cell::Other(format!("a column of type {other}")),
    }
}
