//! What the commands of `answers` share.

use std::io::{ErrorKind, Write};

use comfy_table::{CellAlignment, Table};
use serde_json::{Map, Value};

use crate::answers::AnswersError;
use crate::cli::CommandError;
use crate::dataset::Problem;

/// A file or a name that cannot be used is a usage error; what the system refuses is not.
pub(super) fn command_error(error: AnswersError) -> CommandError {
    if error.is_usage() { CommandError::usage(error.to_string()) } else { CommandError::other(error) }
}

/// What went through; a reader of the output that has seen enough is no failure.
pub(super) fn unless_closed(done: Result<(), AnswersError>) -> Result<(), CommandError> {
    match done {
        Ok(()) | Err(AnswersError::Closed) => Ok(()),
        Err(error) => Err(command_error(error)),
    }
}

/// Writes to stdout, many lines at a time.
pub(super) struct Stream<W: Write> {
    stdout: W,
    /// Rows of a JSON document so far.
    rows: u64,
}

impl<W: Write> Stream<W> {
    pub(super) fn new(stdout: W) -> Self {
        Self { stdout, rows: 0 }
    }

    pub(super) fn line(&mut self, text: &str) -> Result<(), AnswersError> {
        self.write(text)?;
        self.write("\n")
    }

    /// One row of a document `{"rows": [...], ...}`.
    pub(super) fn json_row(&mut self, cells: &Map<String, Value>) -> Result<(), AnswersError> {
        self.write(if self.rows == 0 { "{\"rows\": [\n" } else { ",\n" })?;
        self.rows += 1;
        let text = serde_json::to_string(cells).unwrap_or_default();
        self.write(&text)
    }

    /// The end of that document.
    pub(super) fn json_end(&mut self, summary: &impl serde::Serialize) -> Result<(), AnswersError> {
        let text = serde_json::to_string_pretty(summary).unwrap_or_default();
        self.write(if self.rows == 0 { "{\"rows\": [" } else { "\n" })?;
        self.line(&format!("], \"summary\": {text}}}"))
    }

    pub(super) fn write(&mut self, text: &str) -> Result<(), AnswersError> {
        self.stdout.write_all(text.as_bytes()).map_err(closed)
    }

    pub(super) fn flush(&mut self) -> Result<(), AnswersError> {
        self.stdout.flush().map_err(closed)
    }
}

pub(super) fn closed(error: std::io::Error) -> AnswersError {
    match error.kind() {
        ErrorKind::BrokenPipe => AnswersError::Closed,
        _ => crate::trace::TraceError::io("write to", std::path::Path::new("stdout"))(error).into(),
    }
}

/// Rows that could not be read, the first of them in words.
#[derive(Debug, Default)]
pub(super) struct BadRows {
    pub(super) count: u64,
    first: Vec<String>,
}

impl BadRows {
    /// Problems written out; the rest are counted.
    const SHOWN: usize = 10;

    pub(super) fn add(&mut self, problem: &Problem) {
        self.count += 1;
        if self.first.len() < Self::SHOWN {
            self.first.push(problem.to_string());
        }
    }

    /// Rows that were left out are a partial failure.
    pub(super) fn finish(self) -> Result<(), CommandError> {
        let rows = match self.count {
            0 => return Ok(()),
            1 => "1 row".to_owned(),
            count => format!("{count} rows"),
        };
        let more = self.count - self.first.len() as u64;
        let more = if more > 0 { format!("\n  ... and {more} more") } else { String::new() };
        let message = format!("{rows} could not be read and were left out:\n  {}{more}", self.first.join("\n  "));
        Err(CommandError::Partly(message))
    }
}

/// A text on one line of at most `width` characters, without anything that a terminal would obey.
pub(super) fn shown(text: &str, width: usize) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    let line = words.join(" ");
    if line.chars().count() <= width {
        return line;
    }
    let start: String = line.chars().take(width.saturating_sub(3)).collect();
    format!("{start}...")
}

/// A share in percent with one decimal.
pub(super) fn percent(share: f64) -> String {
    format!("{} %", crate::report::percent(share))
}

/// A table whose columns named in `numbers` are set to the right.
pub(super) fn table(header: &[&str], numbers: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::UTF8_BORDERS_ONLY);
    table.set_header(header.iter().copied());
    for (column, name) in table.column_iter_mut().zip(header) {
        if numbers.contains(name) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_fits_a_line_and_obeys_no_terminal() {
        assert_eq!(shown(" a\u{1b}[31m\n b ", 20), "a [31m b");
        assert_eq!(shown("√2345678", 8), "√2345678");
        assert_eq!(shown("√23456789", 8), "√2345...");
    }

    #[test]
    fn rows_are_one_json_document_even_if_there_are_none() {
        for count in 0..3 {
            let mut bytes = Vec::new();
            let mut stream = Stream::new(&mut bytes);
            for row in 0..count {
                stream.json_row(&Map::from_iter([("row".to_owned(), Value::from(row))])).expect("memory");
            }
            stream.json_end(&count).expect("memory");
            let value: Value = serde_json::from_slice(&bytes).expect("JSON");
            assert_eq!(
                (value["rows"].as_array().map(Vec::len), value["summary"].as_u64()),
                (Some(count), Some(count as u64))
            );
        }
    }
}
