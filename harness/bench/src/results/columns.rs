//! What a column is, and how the fields of a row fill columns.

use std::borrow::Cow;

use markovscale::DrawMode;

use super::cell::Cell;
use super::table::Table;
use crate::trace::Kind;

/// A column of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its name.
    pub name: Cow<'static, str>,
    /// What it holds.
    pub kind: Kind,
    /// Whether it may be null.
    pub nullable: bool,
    /// What its numbers count or measure; empty where it has none.
    pub unit: &'static str,
    /// What it means.
    pub meaning: Cow<'static, str>,
}

impl Column {
    /// A column that may not be null.
    pub fn new(
        name: impl Into<Cow<'static, str>>,
        kind: Kind,
        unit: &'static str,
        meaning: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { name: name.into(), kind, nullable: false, unit, meaning: meaning.into() }
    }

    /// Its line in a table of the documentation.
    pub fn documentation(&self) -> String {
        let null = if self.nullable { ", may be null" } else { "" };
        format!("| `{}` | {}{null} | {} | {} |", self.name, self.kind.type_name(), self.unit, self.meaning)
    }
}

/// What a row of a file holds that does not belong there; in words, with the column.
#[derive(Debug)]
pub struct Misread(pub(super) String);

/// A value that fills one or more columns: a number one, an [`super::Estimate`] three.
pub trait Columns: Sized {
    /// Its columns, in order. Those of a plain value have no name: the field that holds it gives one.
    fn columns() -> Vec<Column>;

    /// Its cells, one per column, added to a row's.
    fn cells(&self, cells: &mut Vec<Cell>);

    /// The value of these cells.
    ///
    /// # Errors
    /// When a cell is null that must not be, or holds no such value.
    fn read(cells: &mut Cells<'_>) -> Result<Self, Misread>;
}

/// A row of a table that is kept in a file.
pub trait Row: Columns {
    /// What a file of such rows holds.
    const TABLE: &'static str;

    /// Adds columns that follow from the fields, or that are not the same in every run.
    fn extend(_table: &mut Table, _rows: &[&Self]) {}

    /// Reads back what [`Row::extend`] added and no field holds, from cells and the names of their columns.
    fn restore<'c>(&mut self, _cells: impl Iterator<Item = (&'c str, &'c Cell)>) {}

    /// What stands for a column that older versions did not write; `None` where a file must have it.
    fn absent(_column: &str) -> Option<Cell> {
        None
    }
}

/// The cells of a row, in the order of its columns.
pub struct Cells<'a> {
    columns: &'a [Column],
    cells: std::vec::IntoIter<Cell>,
}

impl<'a> Cells<'a> {
    pub(super) fn new(columns: &'a [Column], cells: Vec<Cell>) -> Self {
        Self { columns, cells: cells.into_iter() }
    }

    fn name(&self) -> &str {
        let next = self.columns.len().saturating_sub(self.cells.len());
        self.columns.get(next).map_or("", |column| &column.name)
    }

    fn take(&mut self) -> Cell {
        self.cells.next().unwrap_or(Cell::Null)
    }

    fn misread(&self, found: &Cell, expected: &str) -> Misread {
        let name = self.name();
        Misread(match found {
            Cell::Null => format!("column `{name}` has a null that does not belong there"),
            found => format!("column `{name}` holds `{found}`, expected {expected}"),
        })
    }

    pub(super) fn plain<T>(&mut self, expected: &str, value: impl FnOnce(&Cell) -> Option<T>) -> Result<T, Misread> {
        let found = self.cells.as_slice().first().cloned().unwrap_or(Cell::Null);
        let value = value(&found).ok_or_else(|| self.misread(&found, expected))?;
        self.take();
        Ok(value)
    }
}

/// A plain value: what it is called, its kind of column, to a cell and back.
macro_rules! plain {
    ($type:ty, $expected:expr, $kind:expr, $to:expr, $from:expr) => {
        impl Columns for $type {
            fn columns() -> Vec<Column> {
                vec![Column::new("", $kind, "", "")]
            }

            fn cells(&self, cells: &mut Vec<Cell>) {
                let cell: fn(&Self) -> Cell = $to;
                cells.push(cell(self));
            }

            fn read(cells: &mut Cells<'_>) -> Result<Self, Misread> {
                let value: fn(&Cell) -> Option<Self> = $from;
                cells.plain(&$expected, value)
            }
        }
    };
}

/// A value that is one of a few words.
macro_rules! word {
    ($type:ty) => {
        plain!(
            $type,
            <$type>::ALL.map(<$type>::name).join(" or "),
            Kind::Text,
            |value| Cell::Text(value.name().to_owned()),
            |cell| match cell {
                Cell::Text(text) => <$type>::ALL.into_iter().find(|value| value.name() == text),
                _ => None,
            }
        );
    };
}
pub(super) use {plain, word};

plain!(String, "a text", Kind::Text, |text| Cell::Text(text.clone()), |cell| match cell {
    Cell::Text(text) => Some(text.clone()),
    _ => None,
});
plain!(bool, "true or false", Kind::Flag, |flag| Cell::Flag(*flag), |cell| match cell {
    Cell::Flag(flag) => Some(*flag),
    _ => None,
});
plain!(u32, "a whole number, at least 0", Kind::Count, |count| Cell::Whole(i64::from(*count)), |cell| match cell {
    Cell::Whole(count) => u32::try_from(*count).ok(),
    _ => None,
});
plain!(
    u64,
    "a whole number, at least 0",
    Kind::Whole,
    |count| Cell::Whole(i64::try_from(*count).unwrap_or(i64::MAX)),
    |cell| match cell {
        Cell::Whole(count) => u64::try_from(*count).ok(),
        _ => None,
    }
);
plain!(f64, "a number", Kind::Real, |number| Cell::Real(*number), |cell| match cell {
    Cell::Real(number) => Some(*number),
    _ => None,
});
word!(DrawMode);

/// The ends of a range.
impl Columns for [f64; 2] {
    fn columns() -> Vec<Column> {
        [f64::columns(), f64::columns()].concat()
    }

    fn cells(&self, cells: &mut Vec<Cell>) {
        cells.extend(self.map(Cell::Real));
    }

    fn read(cells: &mut Cells<'_>) -> Result<Self, Misread> {
        Ok([f64::read(cells)?, f64::read(cells)?])
    }
}

/// All columns are null where there is nothing, and only there.
impl<T: Columns> Columns for Option<T> {
    fn columns() -> Vec<Column> {
        T::columns().into_iter().map(|column| Column { nullable: true, ..column }).collect()
    }

    fn cells(&self, cells: &mut Vec<Cell>) {
        match self {
            Some(value) => value.cells(cells),
            None => cells.extend(T::columns().iter().map(|_| Cell::Null)),
        }
    }

    fn read(cells: &mut Cells<'_>) -> Result<Self, Misread> {
        let count = T::columns().len();
        if cells.cells.as_slice().iter().take(count).any(|cell| *cell != Cell::Null) {
            return T::read(cells).map(Some);
        }
        for _ in 0..count {
            cells.take();
        }
        Ok(None)
    }
}

/// Adds a field's columns under the names that the row gives them.
pub(super) fn named(all: &mut Vec<Column>, own: Vec<Column>, names: &[(&'static str, &'static str, &'static str)]) {
    let mut names = names.iter();
    all.extend(own.into_iter().map(|column| match names.next() {
        Some((name, unit, meaning)) => {
            Column { name: Cow::Borrowed(name), unit, meaning: Cow::Borrowed(meaning), ..column }
        }
        None => column,
    }));
}

/// Declares a row and, with each field, its columns. `field: Type = [unit] "meaning";` is a column of that name, and its
/// documentation. A field of several columns lists them: `field: Type { name [unit] "meaning"; ... };`. A field whose type
/// names its columns itself ends after the type.
macro_rules! row {
    (
        $(#[$attribute:meta])*
        pub struct $row:ident {
            $(
                $(#[$about:meta])*
                $field:ident: $type:ty
                    $(= [$unit:literal] $meaning:literal)?
                    $({ $($column:ident [$each_unit:literal] $each_meaning:literal;)+ })?
                ;
            )+
        }
    ) => {
        $(#[$attribute])*
        pub struct $row {
            $(
                $(#[$about])*
                $(#[doc = $meaning])?
                pub $field: $type,
            )+
        }

        impl $crate::results::columns::Columns for $row {
            fn columns() -> Vec<$crate::results::columns::Column> {
                let mut all = Vec::new();
                $(
                    $crate::results::columns::named(
                        &mut all,
                        <$type as $crate::results::columns::Columns>::columns(),
                        &[
                            $((stringify!($field), $unit, $meaning),)?
                            $($((stringify!($column), $each_unit, $each_meaning),)+)?
                        ],
                    );
                )+
                all
            }

            fn cells(&self, cells: &mut Vec<$crate::results::cell::Cell>) {
                $($crate::results::columns::Columns::cells(&self.$field, cells);)+
            }

            fn read(
                cells: &mut $crate::results::columns::Cells<'_>,
            ) -> Result<Self, $crate::results::columns::Misread> {
                Ok(Self { $($field: $crate::results::columns::Columns::read(cells)?,)+ })
            }
        }
    };
}
pub(super) use row;
