//! A table as columns of cells, to Parquet and back.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef, BooleanArray, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};

use super::cell::Cell;
use super::columns::{Cells, Column, Misread, Row};
use crate::trace::{Kind, TraceError, read_all_columns, write_table};

/// Columns with their cells, all of the same number.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    columns: Vec<Column>,
    cells: Vec<Vec<Cell>>,
}

impl Table {
    /// The table of some rows.
    pub fn of<R: Row>(rows: &[&R]) -> Self {
        let columns = R::columns();
        let mut cells: Vec<Vec<Cell>> = columns.iter().map(|_| Vec::with_capacity(rows.len())).collect();
        for row in rows {
            let mut own = Vec::with_capacity(columns.len());
            row.cells(&mut own);
            cells.iter_mut().zip(own).for_each(|(column, cell)| column.push(cell));
        }
        let mut table = Self { columns, cells };
        R::extend(&mut table, rows);
        table
    }

    /// The columns, in order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The cells of each column.
    pub fn cells(&self) -> impl Iterator<Item = (&Column, &[Cell])> {
        self.columns.iter().zip(self.cells.iter().map(Vec::as_slice))
    }

    /// Adds a column after the one of that name, or at the end.
    pub fn add_after(&mut self, name: &str, column: Column, cells: Vec<Cell>) {
        let place = self.columns.iter().position(|column| column.name == name).map_or(self.columns.len(), |at| at + 1);
        self.columns.insert(place, column);
        self.cells.insert(place, cells);
    }

    /// Adds a column before all others.
    pub fn add_first(&mut self, column: Column, cells: Vec<Cell>) {
        self.columns.insert(0, column);
        self.cells.insert(0, cells);
    }

    /// Adds a column at the end.
    pub fn add_last(&mut self, column: Column, cells: Vec<Cell>) {
        self.columns.push(column);
        self.cells.push(cells);
    }

    /// The cells of every row.
    pub fn rows(&self) -> impl Iterator<Item = Vec<&Cell>> {
        let count = self.cells.first().map_or(0, Vec::len);
        (0..count).map(|row| self.cells.iter().map(|column| &column[row]).collect())
    }

    fn batch(&self) -> Result<RecordBatch, arrow_schema::ArrowError> {
        let fields: Vec<Field> = self.columns.iter().map(field).collect();
        let arrays = self.cells().map(|(column, cells)| array(column.kind, cells)).collect();
        RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
    }
}

fn field(column: &Column) -> Field {
    let said = [("meaning", &*column.meaning), ("unit", column.unit)];
    let metadata: HashMap<String, String> =
        said.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    Field::new(&*column.name, column.kind.data_type(), column.nullable).with_metadata(metadata)
}

/// Cells as Arrow has them. What does not fit its column's kind is null, which a column that may not be null refuses.
fn array(kind: Kind, cells: &[Cell]) -> ArrayRef {
    let text = |cell: &Cell| match cell {
        Cell::Null => None,
        cell => Some(cell.to_string()),
    };
    let flag = |cell: &Cell| match cell {
        Cell::Flag(flag) => Some(*flag),
        _ => None,
    };
    let whole = |cell: &Cell| match cell {
        Cell::Whole(number) => Some(*number),
        _ => None,
    };
    let real = |cell: &Cell| match cell {
        Cell::Real(number) => Some(*number),
        Cell::Whole(number) => Some(*number as f64),
        _ => None,
    };
    match kind {
        Kind::Flag => Arc::new(cells.iter().map(flag).collect::<BooleanArray>()),
        Kind::Count => Arc::new(
            cells.iter().map(|cell| whole(cell).and_then(|number| i32::try_from(number).ok())).collect::<Int32Array>(),
        ),
        Kind::Whole => Arc::new(cells.iter().map(whole).collect::<Int64Array>()),
        Kind::Real => Arc::new(cells.iter().map(real).collect::<Float64Array>()),
        _ => Arc::new(cells.iter().map(text).collect::<StringArray>()),
    }
}

/// The cells of a column of a file; `None` where it is of a type that no table has.
fn cells(array: &ArrayRef) -> Option<Vec<Cell>> {
    let of = |cell: &dyn Fn(usize) -> Cell| {
        (0..array.len()).map(|row| if array.is_null(row) { Cell::Null } else { cell(row) }).collect()
    };
    Some(match array.data_type() {
        DataType::Utf8 => of(&|row| Cell::Text(array.as_string::<i32>().value(row).to_owned())),
        DataType::Boolean => of(&|row| Cell::Flag(array.as_boolean().value(row))),
        DataType::Int32 => of(&|row| Cell::Whole(array.as_primitive::<Int32Type>().value(row).into())),
        DataType::Int64 => of(&|row| Cell::Whole(array.as_primitive::<Int64Type>().value(row))),
        DataType::Float64 => of(&|row| Cell::Real(array.as_primitive::<Float64Type>().value(row))),
        _ => return None,
    })
}

/// Writes rows as a Parquet file, with the meaning of each column.
///
/// # Errors
/// When the file cannot be written.
pub fn write_rows<R: Row>(path: &Path, rows: &[R]) -> Result<(), TraceError> {
    let batch = Table::of(&rows.iter().collect::<Vec<_>>())
        .batch()
        .map_err(|error| TraceError::Encode { path: path.to_owned(), message: error.to_string() })?;
    write_table(path, &batch, &[])
}

/// Reads the rows of a file.
///
/// # Errors
/// When the file is missing, lacks a column, or has one of another type or with a null that does not belong there.
pub fn read_rows<R: Row>(path: &Path) -> Result<Vec<R>, TraceError> {
    let mut rows = Vec::new();
    read_all_columns(path, |batch| {
        rows.extend(from_batch::<R>(&batch).map_err(|Misread(found)| TraceError::Malformed {
            path: path.to_owned(),
            expected: R::TABLE,
            found,
        })?);
        Ok(())
    })?;
    Ok(rows)
}

fn from_batch<R: Row>(batch: &RecordBatch) -> Result<Vec<R>, Misread> {
    let columns = R::columns();
    let wanted = columns.iter().map(|column| {
        let name = &*column.name;
        match (batch.column_by_name(name), R::absent(name)) {
            (Some(array), _) if *array.data_type() == column.kind.data_type() => {
                cells(array).ok_or_else(|| Misread(format!("column `{name}` is of type {}", array.data_type())))
            }
            (Some(array), _) => Err(Misread(format!(
                "column `{name}` is of type {}, expected {}",
                array.data_type(),
                column.kind.data_type()
            ))),
            (None, Some(cell)) => Ok(vec![cell; batch.num_rows()]),
            (None, None) => Err(Misread(format!("column `{name}` is missing"))),
        }
    });
    let wanted = wanted.collect::<Result<Vec<_>, _>>()?;
    let schema = batch.schema();
    let others: Vec<(&str, Vec<Cell>)> = schema
        .fields()
        .iter()
        .zip(batch.columns())
        .filter(|(field, _)| columns.iter().all(|column| column.name != *field.name()))
        .filter_map(|(field, array)| Some((field.name().as_str(), cells(array)?)))
        .collect();
    (0..batch.num_rows())
        .map(|row| {
            let own = wanted.iter().map(|cells| cells[row].clone()).collect();
            let mut found = R::read(&mut Cells::new(&columns, own))?;
            found.restore(others.iter().map(|(name, cells)| (*name, &cells[row])));
            Ok(found)
        })
        .collect()
}
