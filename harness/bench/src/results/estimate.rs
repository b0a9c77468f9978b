//! An estimate and its interval.

use markovscale::statistics::Interval;
use serde::Serialize;

use super::cell::Cell;
use super::columns::{Cells, Column, Columns, Misread};

/// A point estimate and its interval. Fills three columns.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// The estimate.
    pub point: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end of the 95 % interval.
    pub high: f64,
}

impl From<Interval> for Estimate {
    fn from(Interval { point, low, high }: Interval) -> Self {
        Self { point, low, high }
    }
}

impl Columns for Estimate {
    fn columns() -> Vec<Column> {
        [f64::columns(), f64::columns(), f64::columns()].concat()
    }

    fn cells(&self, cells: &mut Vec<Cell>) {
        cells.extend([self.point, self.low, self.high].map(Cell::Real));
    }

    fn read(cells: &mut Cells<'_>) -> Result<Self, Misread> {
        Ok(Self { point: f64::read(cells)?, low: f64::read(cells)?, high: f64::read(cells)? })
    }
}
