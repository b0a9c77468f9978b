//! Rows, whatever file they come from.

use std::path::Path;

use crate::dataset::error::Problem;

/// One value of a row.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::dataset) enum Cell {
    /// Text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number with a point or an exponent.
    Real(f64),
    /// Several of the above.
    List(Vec<Cell>),
    /// Absent or null.
    Missing,
    /// Something that no field can be, in words.
    Other(String),
}

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::dataset) struct Row {
    /// From 1: element, line or record.
    pub(in crate::dataset) number: usize,
    /// Column names and values.
    pub(in crate::dataset) cells: Vec<(String, Cell)>,
}

impl Row {
    /// The value of a column; [`Cell::Missing`] if the row has no such column.
    pub(in crate::dataset) fn cell(&self, column: &str) -> &Cell {
        self.cells.iter().find(|(name, _)| name == column).map_or(&Cell::Missing, |(_, cell)| cell)
    }
}

/// A file's rows.
#[derive(Debug, Default)]
pub(in crate::dataset) struct Table {
    /// Every column that occurs.
    pub(in crate::dataset) columns: Vec<String>,
    /// The rows that could be read.
    pub(in crate::dataset) rows: Vec<Row>,
    /// The rows that could not.
    pub(in crate::dataset) problems: Vec<Problem>,
}

/// Rows as they are read, and what cannot be.
pub(super) struct Reader<'a> {
    pub(super) path: &'a Path,
    pub(super) table: Table,
}

impl Reader<'_> {
    pub(super) fn problem(
        &mut self,
        row: Option<usize>,
        field: Option<&str>,
        found: impl Into<String>,
        expected: &str,
    ) {
        self.table.problems.push(Problem {
            path: self.path.to_owned(),
            row,
            field: field.map(str::to_owned),
            found: found.into(),
            expected: expected.to_owned(),
        });
    }

    pub(super) fn add_column(&mut self, name: &str) {
        if !self.table.columns.iter().any(|column| column == name) {
            self.table.columns.push(name.to_owned());
        }
    }
}
