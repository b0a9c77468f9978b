//! The answers of a file of texts: which there is, and which rule found it.

use std::collections::BTreeMap;
use std::path::Path;

use markovscale_answers::{ExtractOptions, Extraction};
use serde::Serialize;
use serde_json::Value;

use super::error::AnswersError;
use super::rows::{Format, Row, Rows, listed};
use crate::dataset::Problem;
use crate::prompt::answer_of;
use crate::suggest::nearest;
use crate::trace::TraceError;

/// Columns that a text is looked for in, the first that is there.
const TEXT_COLUMNS: [&str; 2] = ["completion", "text"];
/// The column that tells whether a text was cut off, as traces have it.
const FINISH_REASON: &str = "finish_reason";

/// What was found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extracted {
    /// The answer as written.
    pub answer: Option<String>,
    /// The name of the rule that found it.
    pub rule: Option<&'static str>,
}

/// Looks for the answer of a text as a run does.
pub fn read_text(text: &str, cut_off: bool, options: ExtractOptions) -> Extracted {
    match answer_of(text, cut_off, options) {
        Some(Extraction { answer, rule }) => {
            Extracted { answer: Some(answer.text().to_owned()), rule: Some(rule.name()) }
        }
        None => Extracted { answer: None, rule: None },
    }
}

/// The texts of a file: rows of CSV or JSON Lines, or one text that is the whole of any other file.
pub struct Texts {
    source: Source,
    column: Option<String>,
}

enum Source {
    Rows(Rows),
    Whole(Option<Row>, std::path::PathBuf),
}

/// A text and the row it stands in.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// The row; of a file that is one text the column `text`.
    pub row: Row,
    /// The text.
    pub text: String,
    /// Whether it was cut off.
    pub cut_off: bool,
}

impl Texts {
    /// Opens a file. `column` names the column of the texts; without it, it is `completion` or `text`.
    ///
    /// # Errors
    /// When the file cannot be read, or its header has no such column.
    pub fn open(path: &Path, column: Option<&str>) -> Result<Self, AnswersError> {
        let column = column.map(str::to_owned);
        if Format::of(path).is_none() {
            let text = read_whole(path)?;
            let cells = serde_json::Map::from_iter([(TEXT_COLUMNS[1].to_owned(), Value::String(text))]);
            return Ok(Self { source: Source::Whole(Some(Row { number: 1, cells }), path.to_owned()), column: None });
        }
        let rows = Rows::open(path)?;
        match (&column, rows.header()) {
            (Some(column), _) => rows.require(column)?,
            (None, Some(header)) if !TEXT_COLUMNS.iter().any(|name| header.iter().any(|there| there == name)) => {
                let near = |name| nearest(name, header.iter().map(String::as_str)).map(str::to_owned);
                return Err(AnswersError::NoColumn {
                    path: path.to_owned(),
                    found: listed(header),
                    expected: "a column `completion` or `text`, or another named with --column".to_owned(),
                    nearest: TEXT_COLUMNS.into_iter().find_map(near),
                });
            }
            _ => {}
        }
        Ok(Self { source: Source::Rows(rows), column })
    }

    /// Whether the file is one text.
    pub fn is_whole(&self) -> bool {
        matches!(self.source, Source::Whole(..))
    }

    fn text(&self, row: Row, path: &Path) -> Result<Text, Problem> {
        let column = self.column.as_deref();
        let there = TEXT_COLUMNS.into_iter().find(|name| row.cells.contains_key(*name));
        let column = column.or(there).unwrap_or(TEXT_COLUMNS[0]);
        let text = row.optional(column, path).map_err(|problem| *problem)?.unwrap_or_default();
        let cut_off = row.cells.get(FINISH_REASON).and_then(Value::as_str) == Some("length");
        Ok(Text { row, text, cut_off })
    }
}

impl Iterator for Texts {
    type Item = Result<Result<Text, Problem>, AnswersError>;

    fn next(&mut self) -> Option<Self::Item> {
        let (row, path) = match &mut self.source {
            Source::Rows(rows) => (rows.next()?, rows.path().to_owned()),
            Source::Whole(row, path) => (Ok(Ok(row.take()?)), path.clone()),
        };
        Some(row.map(|row| row.and_then(|row| self.text(row, &path))))
    }
}

fn read_whole(path: &Path) -> Result<String, AnswersError> {
    let bytes = std::fs::read(path).map_err(TraceError::io("read", path))?;
    String::from_utf8(bytes).map_err(|error| {
        let found = format!("a byte that is not UTF-8 after {} bytes", error.utf8_error().valid_up_to());
        TraceError::Malformed { path: path.to_owned(), expected: "UTF-8 text", found }.into()
    })
}

/// How many answers a rule found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleCount {
    /// The rule; `None` for texts without an answer.
    pub rule: Option<&'static str>,
    /// Texts.
    pub texts: u64,
}

impl RuleCount {
    /// Counts by rule, the commonest first.
    pub fn of(rules: &BTreeMap<Option<&'static str>, u64>) -> Vec<Self> {
        let mut counts: Vec<Self> = rules.iter().map(|(rule, texts)| Self { rule: *rule, texts: *texts }).collect();
        counts.sort_by_key(|count| std::cmp::Reverse(count.texts));
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str, content: &str, column: Option<&str>) -> Vec<(Option<String>, Option<&'static str>)> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(name);
        std::fs::write(&path, content).expect("a file");
        let texts = Texts::open(&path, column).expect("a readable file");
        let extracted = texts.map(|text| {
            let Text { text, cut_off, .. } = text.expect("a readable file").expect("good rows");
            read_text(&text, cut_off, ExtractOptions::default())
        });
        extracted.map(|found| (found.answer, found.rule)).collect()
    }

    #[test]
    fn texts_come_from_a_column_or_are_the_file() {
        let answer = |text: &str, rule| (Some(text.to_owned()), Some(rule));
        assert_eq!(found("a.txt", "First 1,\nthen \\boxed{2}.\n", None), [answer("2", "box")]);
        assert_eq!(found("a.csv", "text\n\"so,\n#### 3\"\n\n", None), [answer("3", "hash_mark")]);
        let lines = r#"{"text": "4", "completion": "The answer is 5."}
{"completion": "nothing"}
{"completion": null}
{"completion": "we get 6", "finish_reason": "length"}
{"completion": "We get 6.", "finish_reason": "stop"}"#;
        let none = (None, None);
        let expected = [answer("5", "phrase"), none.clone(), none.clone(), none, answer("6", "last_number")];
        assert_eq!(found("a.jsonl", lines, None), expected);
        assert_eq!(found("a.csv", "reply,text\nIt is 7.,8\n", Some("reply")), [answer("7", "last_number")]);
    }

    #[test]
    fn a_file_without_texts_says_which_columns_it_has() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.csv");
        std::fs::write(&path, "id,completions\n1,2\n").expect("a file");
        let message = Texts::open(&path, None).err().expect("no text").to_string();
        assert!(message.contains("found the columns `id`, `completions`"), "{message}");
        assert!(message.contains("is it `completions`?"), "{message}");
        assert!(Texts::open(&path, Some("text")).err().expect("no text").is_usage());
    }
}
