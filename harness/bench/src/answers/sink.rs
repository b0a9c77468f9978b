//! Rows as they came with what was found about them, into a file.

use std::io::{BufWriter, Write};
use std::path::Path;

use serde_json::{Map, Value};

use super::error::AnswersError;
use super::rows::{Format, Row, Rows};
use crate::trace::{TraceError, write_atomically};

/// Writes rows of one file. Its own columns stand last; a column of the input that has the name of one is kept as
/// `input_NAME`.
pub struct Sink<'a> {
    writer: Writer<'a>,
    path: &'a Path,
    added: &'static [&'static str],
    /// Columns of the input: as it calls them.
    columns: Vec<String>,
}

enum Writer<'a> {
    Csv(Box<csv::Writer<&'a mut dyn Write>>),
    JsonLines(&'a mut dyn Write),
}

impl Sink<'_> {
    /// Writes a row, and what was found in the order of the sink's own columns.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn row(&mut self, row: &Row, found: &[Value]) -> Result<(), AnswersError> {
        let failed = TraceError::io("write", self.path);
        match &mut self.writer {
            Writer::JsonLines(file) => {
                let cells = merged(&row.cells, self.added, found);
                let written = serde_json::to_writer(&mut *file, &cells).map_err(std::io::Error::from);
                written.and_then(|()| file.write_all(b"\n")).map_err(failed)?;
            }
            Writer::Csv(file) => {
                let cells = self.columns.iter().map(|name| row.cells.get(name).map(field).unwrap_or_default());
                let record: Vec<String> = cells.chain(found.iter().map(field)).collect();
                file.write_record(&record).map_err(|error| failed(error.into()))?;
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<(), AnswersError> {
        let failed = TraceError::io("write", self.path);
        match self.writer {
            Writer::Csv(mut file) => file.flush().map_err(failed)?,
            Writer::JsonLines(file) => file.flush().map_err(failed)?,
        }
        Ok(())
    }
}

/// Writes a file of rows by its name's format: `rows` hands them to the sink. The file is written whole or not at all, and
/// may be the input itself. `input` tells the columns that a header must name; `None` where all of them are `added`.
///
/// # Errors
/// When its name tells no format, it cannot be written, or `rows` fails.
pub fn write_rows(
    path: &Path,
    input: Option<&Path>,
    added: &'static [&'static str],
    rows: impl FnOnce(&mut Sink<'_>) -> Result<(), AnswersError>,
) -> Result<(), AnswersError> {
    let format = Format::required(path)?;
    let columns = match (format, input) {
        (Format::Csv, Some(input)) => Rows::all_columns(input)?,
        _ => Vec::new(),
    };
    write_atomically(path, |file| {
        let mut buffered = BufWriter::new(file);
        let writer: Writer<'_> = match format {
            Format::JsonLines => Writer::JsonLines(&mut buffered),
            Format::Csv => {
                let mut writer = csv::Writer::from_writer(&mut buffered as &mut dyn Write);
                let kept = columns.iter().map(|name| renamed(name, added, |other| columns.iter().any(|c| c == other)));
                let header: Vec<String> = kept.chain(added.iter().map(|name| (*name).to_owned())).collect();
                writer.write_record(&header).map_err(|error| TraceError::io("write", path)(error.into()))?;
                Writer::Csv(Box::new(writer))
            }
        };
        let mut sink = Sink { writer, path, added, columns };
        rows(&mut sink)?;
        sink.finish()
    })
}

/// The cells of a row and then what was found.
pub fn merged(cells: &Map<String, Value>, added: &[&str], found: &[Value]) -> Map<String, Value> {
    let mut all = Map::with_capacity(cells.len() + added.len());
    for (name, value) in cells {
        all.insert(renamed(name, added, |other| cells.contains_key(other)), value.clone());
    }
    all.extend(added.iter().zip(found).map(|(name, value)| ((*name).to_owned(), value.clone())));
    all
}

/// What a column of the input is called in the output.
fn renamed(name: &str, added: &[&str], exists: impl Fn(&str) -> bool) -> String {
    let mut name = name.to_owned();
    if added.contains(&&*name) {
        name.insert_str(0, "input_");
        while exists(&name) {
            name.insert_str(0, "input_");
        }
    }
    name
}

/// A value as a field of CSV.
fn field(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn written(input: (&str, &str), output: &str) -> String {
        let folder = tempfile::tempdir().expect("a folder");
        let (from, to) = (folder.path().join(input.0), folder.path().join(output));
        std::fs::write(&from, input.1).expect("a file");
        write_rows(&to, Some(&from), &["verdict", "rule"], |sink| {
            for row in Rows::open(&from)? {
                sink.row(&row?.expect("good rows"), &[json!("equal"), Value::Null])?;
            }
            Ok(())
        })
        .expect("a written file");
        std::fs::read_to_string(to).expect("a file")
    }

    #[test]
    fn columns_of_the_input_are_kept_in_either_format() {
        let csv = ("a.csv", "gold,note\n\"1,5\",n\n");
        let lines = ("a.jsonl", "{\"gold\": 1}\n{\"gold\": 2, \"note\": [3]}\n");
        assert_eq!(written(csv, "b.csv"), "gold,note,verdict,rule\n\"1,5\",n,equal,\n");
        assert_eq!(written(csv, "b.jsonl"), "{\"gold\":\"1,5\",\"note\":\"n\",\"verdict\":\"equal\",\"rule\":null}\n");
        assert_eq!(written(lines, "b.csv"), "gold,note,verdict,rule\n1,,equal,\n2,[3],equal,\n");
    }

    #[test]
    fn a_column_with_one_of_our_names_is_kept_under_another_and_the_input_may_be_the_output() {
        let again = ("a.csv", "gold,verdict,input_verdict\n1,old,older\n");
        let expected = "gold,input_input_verdict,input_verdict,verdict,rule\n1,old,older,equal,\n";
        assert_eq!(written(again, "a.csv"), expected);
        assert_eq!(
            written(("a.jsonl", "{\"rule\": 1}"), "a.jsonl"),
            "{\"input_rule\":1,\"verdict\":\"equal\",\"rule\":null}\n"
        );
    }

    #[test]
    fn a_failure_leaves_no_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.csv");
        let failed = write_rows(&path, None, &["rule"], |_| Err(AnswersError::Closed));
        assert!(matches!(failed, Err(AnswersError::Closed)));
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0);
    }
}
