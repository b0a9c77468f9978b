//! Rows of a CSV or JSON Lines file, one at a time, with every column they have.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use csv::ByteRecord;
use serde_json::{Map, Value};

use super::error::AnswersError;
use crate::dataset::{Problem, excerpt};
use crate::suggest::nearest;
use crate::trace::TraceError;

/// A format of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values with a header.
    Csv,
    /// One JSON object per line.
    JsonLines,
}

impl Format {
    /// The format that a file's name tells.
    pub fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "jsonl" | "ndjson" => Some(Self::JsonLines),
            _ => None,
        }
    }

    /// The same, or what is expected of the name.
    ///
    /// # Errors
    /// When the name ends otherwise.
    pub fn required(path: &Path) -> Result<Self, AnswersError> {
        let expected = ".csv, .jsonl or .ndjson";
        Self::of(path).ok_or_else(|| AnswersError::Format { path: path.to_owned(), expected })
    }
}

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// From 1: of CSV the record after the header, of JSON Lines the line.
    pub number: u64,
    /// Its columns in their order.
    pub cells: Map<String, Value>,
}

/// What a cell can say.
enum Said {
    Text(String),
    Nothing,
    Other(&'static str),
}

impl Row {
    /// The text of a column: `None` where it is empty or null.
    ///
    /// # Errors
    /// When there is no such column, or it holds neither text nor a number.
    pub fn optional(&self, column: &str, path: &Path) -> Result<Option<String>, Box<Problem>> {
        let problem = |found: String, expected: String| Box::new(self.problem(path, column, found, expected));
        let Some(value) = self.cells.get(column) else {
            let there: Vec<&str> = self.cells.keys().map(String::as_str).collect();
            let hint = nearest(column, there.iter().copied()).map(|name| format!(" (is it `{name}`?)"));
            let (found, expected) = (listed(&there), format!("the column `{column}`{}", hint.unwrap_or_default()));
            return Err(problem(found, expected));
        };
        match said(value) {
            Said::Text(text) => Ok(Some(text)),
            Said::Nothing => Ok(None),
            Said::Other(found) => Err(problem(found.to_owned(), "text or a number".to_owned())),
        }
    }

    /// The text of a column that may not be empty.
    ///
    /// # Errors
    /// As [`Row::optional`], and when it is empty or null.
    pub fn required(&self, column: &str, path: &Path) -> Result<String, Box<Problem>> {
        self.optional(column, path)?
            .ok_or_else(|| Box::new(self.problem(path, column, "nothing".to_owned(), "text or a number".to_owned())))
    }

    /// Something wrong with a column of this row.
    pub fn problem(&self, path: &Path, column: &str, found: String, expected: String) -> Problem {
        Problem {
            path: path.to_owned(),
            row: usize::try_from(self.number).ok(),
            field: Some(column.to_owned()),
            found,
            expected,
        }
    }
}

fn said(value: &Value) -> Said {
    match value {
        Value::String(text) if text.trim().is_empty() => Said::Nothing,
        Value::String(text) => Said::Text(text.clone()),
        Value::Number(number) => Said::Text(number.to_string()),
        Value::Bool(flag) => Said::Text(flag.to_string()),
        Value::Null => Said::Nothing,
        Value::Array(_) => Said::Other("an array"),
        Value::Object(_) => Said::Other("an object"),
    }
}

/// Column names in words.
pub(super) fn listed(names: &[impl AsRef<str>]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{}`", name.as_ref())).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

/// The rows of a file. A row that cannot be read is a [`Problem`], and reading goes on after it; an error of the file
/// itself ends it.
pub struct Rows {
    path: PathBuf,
    number: u64,
    source: Source,
}

enum Source {
    Csv { records: csv::Reader<BufReader<File>>, columns: Vec<String>, record: ByteRecord },
    Lines { reader: BufReader<File>, line: Vec<u8> },
}

impl Rows {
    /// Opens a file and reads its header, if its format has one.
    ///
    /// # Errors
    /// When its name tells no format, or it cannot be read.
    pub fn open(path: &Path) -> Result<Self, AnswersError> {
        let format = Format::required(path)?;
        let mut reader = BufReader::new(File::open(path).map_err(TraceError::io("open", path))?);
        let start = reader.fill_buf().map_err(TraceError::io("read", path))?;
        if start.starts_with(b"\xef\xbb\xbf") {
            reader.consume(3);
        }
        let source = match format {
            Format::JsonLines => Source::Lines { reader, line: Vec::new() },
            Format::Csv => {
                let mut records = csv::Reader::from_reader(reader);
                let header = records.byte_headers().map_err(|error| csv_error(path, error))?;
                let columns = header.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
                Source::Csv { records, columns, record: ByteRecord::new() }
            }
        };
        let rows = Self { path: path.to_owned(), number: 0, source };
        rows.check_header()?;
        Ok(rows)
    }

    /// A column that is there twice would be read once.
    fn check_header(&self) -> Result<(), AnswersError> {
        let Some(columns) = self.header() else { return Ok(()) };
        let twice = columns.iter().enumerate().find(|(at, name)| columns[..*at].contains(name));
        match twice {
            None => Ok(()),
            Some((_, name)) => Err(AnswersError::NoColumn {
                path: self.path.clone(),
                found: listed(columns),
                expected: format!("the column `{name}` once"),
                nearest: None,
            }),
        }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The columns of every row, where a header tells them.
    pub fn header(&self) -> Option<&[String]> {
        match &self.source {
            Source::Csv { columns, .. } => Some(columns),
            Source::Lines { .. } => None,
        }
    }

    /// Refuses a file whose header lacks a column; a file without a header is checked row by row.
    ///
    /// # Errors
    /// When it does.
    pub fn require(&self, column: &str) -> Result<(), AnswersError> {
        match self.header() {
            Some(columns) if !columns.iter().any(|name| name == column) => Err(AnswersError::NoColumn {
                path: self.path.clone(),
                found: listed(columns),
                expected: format!("a column `{column}`"),
                nearest: nearest(column, columns.iter().map(String::as_str)).map(str::to_owned),
            }),
            _ => Ok(()),
        }
    }

    /// Every column that occurs, in order of first appearance; reads the whole file where no header tells.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn all_columns(path: &Path) -> Result<Vec<String>, AnswersError> {
        let rows = Self::open(path)?;
        if let Some(header) = rows.header() {
            return Ok(header.to_vec());
        }
        let mut columns = Map::new();
        for row in rows {
            for (name, _) in row?.map(|row| row.cells).unwrap_or_default() {
                columns.entry(name).or_insert(Value::Null);
            }
        }
        Ok(columns.into_iter().map(|(name, _)| name).collect())
    }

    fn problem(&self, found: String, expected: &str) -> Problem {
        let row = usize::try_from(self.number).ok();
        Problem { path: self.path.clone(), row, field: None, found, expected: expected.to_owned() }
    }

    fn next_line(&mut self) -> Result<Option<Result<Row, Problem>>, AnswersError> {
        loop {
            let Source::Lines { reader, line } = &mut self.source else { return Ok(None) };
            line.clear();
            if reader.read_until(b'\n', line).map_err(TraceError::io("read", &self.path))? == 0 {
                return Ok(None);
            }
            self.number += 1;
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let read = match serde_json::from_slice(line) {
                Ok(Value::Object(cells)) => Ok(Row { number: self.number, cells }),
                Ok(_) => Err("JSON that is no object".to_owned()),
                Err(error) => {
                    Err(format!("JSON that does not parse ({error}): {}", excerpt(&String::from_utf8_lossy(line))))
                }
            };
            return Ok(Some(read.map_err(|found| self.problem(found, "one object per line"))));
        }
    }

    fn next_record(&mut self) -> Result<Option<Result<Row, Problem>>, AnswersError> {
        let Source::Csv { records, columns, record } = &mut self.source else { return Ok(None) };
        let read = records.read_byte_record(record);
        self.number += 1;
        match read {
            Ok(false) => return Ok(None),
            Ok(true) => {}
            Err(error) => match error.kind() {
                csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                    let expected = format!("{expected_len}, as in the header");
                    return Ok(Some(Err(self.problem(format!("{len} fields"), &expected))));
                }
                _ => return Err(csv_error(&self.path, error)),
            },
        }
        let mut cells = Map::with_capacity(columns.len());
        for (name, field) in columns.iter().zip(record.iter()) {
            match std::str::from_utf8(field) {
                Ok(text) => cells.insert(name.clone(), Value::String(text.to_owned())),
                Err(_) => {
                    let found = format!("bytes that are not UTF-8: {}", excerpt(&String::from_utf8_lossy(field)));
                    let field = Some(name.clone());
                    return Ok(Some(Err(Problem { field, ..self.problem(found, "UTF-8 text") })));
                }
            };
        }
        Ok(Some(Ok(Row { number: self.number, cells })))
    }
}

impl Iterator for Rows {
    type Item = Result<Result<Row, Problem>, AnswersError>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = match &self.source {
            Source::Csv { .. } => self.next_record(),
            Source::Lines { .. } => self.next_line(),
        };
        next.transpose()
    }
}

fn csv_error(path: &Path, error: csv::Error) -> AnswersError {
    match error.into_kind() {
        csv::ErrorKind::Io(source) => TraceError::io("read", path)(source).into(),
        other => {
            let (expected, found) = ("comma-separated values", format!("{other:?}"));
            TraceError::Malformed { path: path.to_owned(), expected, found }.into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, content: &[u8]) -> Vec<Result<Row, Problem>> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(name);
        std::fs::write(&path, content).expect("a file");
        Rows::open(&path).expect("a readable file").map(|row| row.expect("a readable file")).collect()
    }

    fn texts(row: &Row) -> Vec<(&str, &str)> {
        row.cells.iter().map(|(name, value)| (name.as_str(), value.as_str().expect("text"))).collect()
    }

    #[test]
    fn both_formats_give_the_same_rows_and_bad_rows_do_not_end_the_file() {
        let csv = read("a.csv", b"\xef\xbb\xbfgold, answer\n1,\"2,\n3\"\n4\n5,6\n\xff,7\n8,9\n");
        let good: Vec<_> = csv.iter().filter_map(|row| row.as_ref().ok()).map(|row| (row.number, texts(row))).collect();
        let row = |number, gold, answer| (number, vec![("gold", gold), ("answer", answer)]);
        assert_eq!(good, [row(1, "1", "2,\n3"), row(3, "5", "6"), row(5, "8", "9")]);
        let bad: Vec<String> = csv.iter().filter_map(|row| row.as_ref().err()).map(ToString::to_string).collect();
        assert!(
            bad[0].contains("row 2") && bad[0].ends_with("found 1 fields; expected 2, as in the header"),
            "{bad:?}"
        );
        assert!(bad[1].contains("row 4, field `gold`") && bad[1].contains("UTF-8"), "{bad:?}");

        let lines = read("a.jsonl", b"{\"gold\": \"1\"}\n\n[1]\n{\"gold\": \n{\"gold\": \"2\"}");
        let good: Vec<_> = lines.iter().filter_map(|row| row.as_ref().ok()).map(|r| (r.number, texts(r))).collect();
        assert_eq!(good, [(1, vec![("gold", "1")]), (5, vec![("gold", "2")])]);
        let bad: Vec<String> = lines.iter().filter_map(|row| row.as_ref().err()).map(ToString::to_string).collect();
        assert!(bad[0].contains("row 3") && bad[1].contains("row 4"), "{bad:?}");
    }

    #[test]
    fn cells_are_texts_numbers_or_nothing() {
        let rows = read("a.jsonl", br#"{"gold": 0.5, "answer": null, "note": [1], "empty": " "}"#);
        let row = rows[0].as_ref().expect("a row");
        let path = Path::new("a.jsonl");
        assert_eq!(row.required("gold", path).expect("a number"), "0.5");
        assert_eq!(row.optional("answer", path).expect("null"), None);
        assert_eq!(row.optional("empty", path).expect("blank"), None);
        let messages =
            ["note", "answers", "empty"].map(|column| row.required(column, path).expect_err(column).to_string());
        insta::assert_snapshot!(messages.join("\n"));
    }

    #[test]
    fn a_header_is_checked_before_any_row() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.csv");
        std::fs::write(&path, "gld,answer\n").expect("a file");
        let message = Rows::open(&path).expect("a file").require("gold").expect_err("no gold").to_string();
        assert!(message.ends_with("found the columns `gld`, `answer`; expected a column `gold` (is it `gld`?)"));
        std::fs::write(&path, "gold,answer,gold\n").expect("a file");
        assert!(Rows::open(&path).err().expect("twice").to_string().contains("`gold` once"));
        assert!(Rows::open(Path::new("a.xlsx")).err().expect("no format").is_usage());
    }
}
