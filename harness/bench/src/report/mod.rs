//! Outcomes -> tables and figures. Reads no trace and computes no accuracy: what it prints is what replay handed over.

mod caption;
mod comparisons;
mod context;
mod cost;
mod csv;
mod draws;
mod equal_tokens;
mod error;
mod figure;
mod file;
mod files;
mod frame;
mod latex;
mod markdown;
mod order;
mod policies;
mod report_file;
#[cfg(test)]
mod sample;
mod terminal;
#[cfg(test)]
mod tests;
mod text;

pub use context::ReportContext;
pub use cost::Cost;
pub use draws::warnings;
pub use error::ReportError;
pub use figure::font_draws;
pub use files::{FILES, write};
pub use report_file::ReportFile;
pub(crate) use terminal::ruled_table;
pub use terminal::terminal_table;
pub(crate) use text::{percent, pipe_table};
