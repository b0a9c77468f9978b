//! Rows out of JSON, JSON Lines, CSV and Parquet files, before anyone asks what they mean.
//!
//! A row that cannot be read becomes a `Problem` and the others are still read, so that one look shows all.

use std::path::Path;

use serde::de::{Deserializer as _, SeqAccess, Visitor};
use serde_json::Value;

mod parquet_file;
mod rows;

use rows::Reader;
pub(super) use rows::{Cell, Row, Table};

/// A file format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// One JSON array of objects.
    Json,
    /// One JSON object per line.
    JsonLines,
    /// Comma-separated values with a header.
    Csv,
    /// Apache Parquet.
    Parquet,
}

impl Format {
    /// The format that a file's extension tells; the error is what is expected.
    pub(super) fn of(path: &Path) -> Result<Self, &'static str> {
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        match extension.to_ascii_lowercase().as_str() {
            "json" => Ok(Self::Json),
            "jsonl" | "ndjson" => Ok(Self::JsonLines),
            "csv" => Ok(Self::Csv),
            "parquet" => Ok(Self::Parquet),
            _ => Err("a name that ends in .json, .jsonl, .csv or .parquet"),
        }
    }
}

/// Reads a file's bytes as rows. `path` is the file: problems name it, and Parquet, which is read by seeking, is read from
/// it again.
pub(super) fn parse(bytes: &[u8], format: Format, path: &Path) -> Table {
    let mut reader = Reader { path, table: Table::default() };
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let format = match format {
        Format::Json | Format::JsonLines => json_form(bytes).unwrap_or(format),
        Format::Csv | Format::Parquet => format,
    };
    match format {
        Format::Json => reader.json(bytes),
        Format::JsonLines => reader.json_lines(bytes),
        Format::Csv => reader.csv(bytes),
        Format::Parquet => parquet_file::read(&mut reader),
    }
    reader.table
}

impl Reader<'_> {
    fn json(&mut self, bytes: &[u8]) {
        if let Err(error) = std::str::from_utf8(bytes) {
            let line = bytes[..error.valid_up_to()].iter().filter(|&&byte| byte == b'\n').count() + 1;
            return self.problem(None, None, format!("bytes that are not UTF-8 on line {line}"), "UTF-8 text");
        }
        // Elements are collected outside the parser, so that a syntax error knows the row it is in.
        let mut elements = Vec::new();
        let mut parser = serde_json::Deserializer::from_slice(bytes);
        let outcome = parser.deserialize_seq(Elements(&mut elements)).and_then(|()| parser.end());
        let next = elements.len() + 1;
        for (index, element) in elements.into_iter().enumerate() {
            self.json_row(index + 1, element);
        }
        if let Err(error) = outcome {
            let row = if error.is_data() && next == 1 { None } else { Some(next) };
            self.problem(row, None, format!("JSON that does not parse ({error})"), "one array of objects");
        }
    }

    fn json_lines(&mut self, bytes: &[u8]) {
        for (index, line) in bytes.split(|&byte| byte == b'\n').enumerate() {
            let number = index + 1;
            match std::str::from_utf8(line) {
                Err(error) => {
                    let found = format!("a byte that is not UTF-8 at column {}", error.valid_up_to() + 1);
                    self.problem(Some(number), None, found, "UTF-8 text");
                }
                Ok(text) if text.trim().is_empty() => {}
                Ok(text) => match serde_json::from_str(text) {
                    Ok(value) => self.json_row(number, value),
                    Err(error) => {
                        let found = format!("JSON that does not parse ({error}): {}", excerpt(text));
                        self.problem(Some(number), None, found, "one object per line");
                    }
                },
            }
        }
    }

    fn json_row(&mut self, number: usize, value: Value) {
        let Value::Object(object) = value else {
            return self.problem(Some(number), None, describe(&value), "an object");
        };
        let mut cells = Vec::with_capacity(object.len());
        for (name, value) in object {
            self.add_column(&name);
            let cell = json_cell(value);
            cells.push((name, cell));
        }
        self.table.rows.push(Row { number, cells });
    }

    fn csv(&mut self, bytes: &[u8]) {
        let mut records = csv::ReaderBuilder::new().from_reader(bytes);
        let header = match records.byte_headers() {
            Ok(header) => header.clone(),
            Err(error) => return self.problem(None, None, error.to_string(), "a header line"),
        };
        let columns: Vec<String> = header.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
        for column in &columns {
            self.add_column(column);
        }
        for (index, record) in records.byte_records().enumerate() {
            let number = index + 1;
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    self.problem(Some(number), None, error.to_string(), "as many fields as the header has");
                    continue;
                }
            };
            let mut cells = Vec::with_capacity(columns.len());
            for (column, value) in columns.iter().zip(&record) {
                match std::str::from_utf8(value) {
                    Ok("") => cells.push((column.clone(), Cell::Missing)),
                    Ok(text) => cells.push((column.clone(), Cell::Text(text.to_owned()))),
                    Err(_) => {
                        let found = format!("bytes that are not UTF-8: {}", excerpt(&String::from_utf8_lossy(value)));
                        cells.push((column.clone(), Cell::Other(found)));
                    }
                }
            }
            self.table.rows.push(Row { number, cells });
        }
    }
}

/// A value of a JSON object. A list of texts and numbers is one; a list of one is that one.
fn json_cell(value: Value) -> Cell {
    match value {
        Value::String(text) => Cell::Text(text),
        Value::Null => Cell::Missing,
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Cell::Integer(whole),
            (None, Some(real)) => Cell::Real(real),
            (None, None) => Cell::Other(format!("the number {number}")),
        },
        Value::Array(values)
            if !values.is_empty() && values.iter().all(|value| value.is_string() || value.is_number()) =>
        {
            let mut cells: Vec<Cell> = values.into_iter().map(json_cell).collect();
            if cells.len() > 1 { Cell::List(cells) } else { cells.pop().unwrap_or(Cell::Missing) }
        }
        other => Cell::Other(describe(&other)),
    }
}

/// What a JSON file holds, whatever its name says: hubs name files `.json` that have one object a line, and the reverse. `None`
/// for anything else.
fn json_form(bytes: &[u8]) -> Option<Format> {
    let bytes = bytes.trim_ascii_start();
    match bytes.first()? {
        b'[' if serde_json::from_slice::<Vec<serde::de::IgnoredAny>>(bytes).is_ok() => Some(Format::Json),
        // One object alone may be a whole data set of another form.
        b'{' => {
            let (line, rest) = bytes.split_at(bytes.iter().position(|&byte| byte == b'\n')?);
            let more = rest.trim_ascii_start().first() == Some(&b'{');
            (more && serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok()).then_some(Format::JsonLines)
        }
        _ => None,
    }
}

/// Collects the elements of a JSON array as far as it can be parsed.
struct Elements<'a>(&'a mut Vec<Value>);

impl<'de> Visitor<'de> for Elements<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an array of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<(), A::Error> {
        while let Some(element) = sequence.next_element()? {
            self.0.push(element);
        }
        Ok(())
    }
}

fn describe(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => format!("{flag}"),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) => format!("the text {}", excerpt(text)),
        Value::Array(_) => "an array".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

/// The start of a text, quoted, short enough for an error.
pub(crate) fn excerpt(text: &str) -> String {
    /// Characters shown.
    const SHOWN: usize = 40;
    let start: String = text.trim().chars().take(SHOWN).collect();
    let more = if text.trim().chars().count() > SHOWN { "..." } else { "" };
    format!("{:?}", format!("{start}{more}"))
}
