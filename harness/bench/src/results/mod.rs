//! The tables that replay makes of a run: each column is stated once, and files, CSV and documentation follow from it.

mod cell;
mod columns;
mod comparison;
mod draw_statistics;
mod equal_tokens;
mod estimate;
mod outcome;
mod table;
#[cfg(test)]
pub(crate) mod tests;

pub use cell::Cell;
pub use columns::{Column, Columns, Row};
pub use comparison::{Comparison, Difference, Reached};
pub use draw_statistics::DrawStatistics;
pub use equal_tokens::{AtEqualTokens, EqualTokens, TokenAxis};
pub use estimate::Estimate;
pub use outcome::{Outcome, Parameters};
pub use table::{Table, read_rows, write_rows};
