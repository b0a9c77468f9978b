//! Outcomes -> tables and figures. Reads no trace and computes no accuracy: what it prints is what replay handed over.

mod caption;
mod census;
mod comparisons;
mod context;
mod cost;
mod equal_tokens;
mod error;
mod figure;
mod file;
mod frame;
mod latex;
mod markdown;
mod policies;
#[cfg(test)]
mod sample;
mod sheet;
mod terminal;
#[cfg(test)]
mod tests;
mod tidy;
mod write;

pub use census::warnings;
pub use context::{ReportContext, Written};
pub use cost::Cost;
pub use error::ReportError;
pub use figure::font_draws;
pub(crate) use markdown::pipe_table;
pub(crate) use terminal::ruled_table;
pub use terminal::terminal_table;
pub use write::write;
