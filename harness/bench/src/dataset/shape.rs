//! Rows -> questions: which column is what, and how the gold answer stands in a row.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::digest::{normalise, question_id, strip_zero_fraction};
use super::error::Problem;
use super::gold::{after_hash_marks, final_answer};
use super::manifest::{Fields, Manifest, Shape};
use super::question::Question;
use super::table::{Cell, Row, Table, excerpt};
use crate::suggest::nearest;

/// Turns the rows of a dataset's files into questions and collects what is wrong with them.
pub(super) struct QuestionReader<'a> {
    manifest: &'a Manifest,
    questions: Vec<Question>,
    problems: Vec<Problem>,
    /// Where each question text was first seen.
    seen_texts: HashMap<String, (PathBuf, usize)>,
    seen_ids: HashMap<String, (PathBuf, usize)>,
}

/// The columns that one file has for the manifest's fields.
struct Columns<'a> {
    question: &'a str,
    answer: &'a str,
    solution: Option<&'a str>,
    level: Option<&'a str>,
    subject: Option<&'a str>,
    id: Option<&'a str>,
}

/// One file being read.
struct FileReader<'a, 'b> {
    into: &'a mut QuestionReader<'b>,
    path: &'a Path,
}

impl<'a> QuestionReader<'a> {
    pub(super) fn new(manifest: &'a Manifest) -> Self {
        Self {
            manifest,
            questions: Vec::new(),
            problems: Vec::new(),
            seen_texts: HashMap::new(),
            seen_ids: HashMap::new(),
        }
    }

    /// Adds a file's rows.
    pub(super) fn add(&mut self, table: Table, path: &Path) {
        self.problems.extend(table.problems.iter().cloned());
        let mut file = FileReader { into: self, path };
        if let Some(columns) = file.columns(&table) {
            for row in &table.rows {
                file.row(row, &columns);
            }
        }
    }

    /// The questions in row order, and everything wrong with the rows.
    pub(super) fn finish(self) -> (Vec<Question>, Vec<Problem>) {
        (self.questions, self.problems)
    }
}

impl<'b> FileReader<'_, 'b> {
    fn problem(&mut self, row: Option<usize>, field: &str, found: impl Into<String>, expected: impl Into<String>) {
        self.into.problems.push(Problem {
            path: self.path.to_owned(),
            row,
            field: Some(field.to_owned()),
            found: found.into(),
            expected: expected.into(),
        });
    }

    fn columns(&mut self, table: &Table) -> Option<Columns<'b>> {
        if table.columns.is_empty() && !table.problems.is_empty() {
            return None;
        }
        let Fields { question, answer, solution, level, subject, id } = &self.into.manifest.fields;
        let question = self.column(question, table, true);
        let answer = self.column(answer, table, true);
        let solution = self.column(solution, table, false);
        let level = self.column(level, table, false);
        let subject = self.column(subject, table, false);
        let id = self.column(id, table, false);
        Some(Columns { question: question?, answer: answer?, solution, level, subject, id })
    }

    /// The first of these names that the file has as a column.
    fn column(&mut self, names: &'b [String], table: &Table, required: bool) -> Option<&'b str> {
        let found = names.iter().find(|name| table.columns.contains(name));
        if let (None, true, Some(first)) = (found, required, names.first()) {
            let has = if table.columns.is_empty() {
                "no columns".to_owned()
            } else {
                format!("the columns {}", table.columns.join(", "))
            };
            let hint = nearest(first, table.columns.iter().map(String::as_str))
                .map(|name| format!(" (the nearest is `{name}`)"))
                .unwrap_or_default();
            self.problem(None, first, has, format!("a column `{}`{hint}", names.join("` or `")));
        }
        found.map(String::as_str)
    }

    fn row(&mut self, row: &Row, columns: &Columns<'_>) {
        let problems_before = self.into.problems.len();
        let text = self.text(row, columns.question);
        let gold = self.gold(row, columns.answer);
        if let Some(solution) = columns.solution {
            self.optional_text(row, solution);
        }
        let level = columns.level.and_then(|column| self.level(row, column));
        let subject = columns.subject.and_then(|column| self.optional_text(row, column));
        if let Some(column) = columns.id {
            self.own_id(row, column);
        }
        let Some(text) = text else { return };
        self.first_occurrence(row, columns.question, &text);
        if let Some(gold) = gold.filter(|_| self.into.problems.len() == problems_before) {
            self.into.questions.push(Question { id: question_id(&text), text, gold, level, subject });
        }
    }

    fn first_occurrence(&mut self, row: &Row, column: &str, text: &str) {
        let here = (self.path.to_owned(), row.number);
        let Some((path, number)) = self.into.seen_texts.insert(text.to_owned(), here) else { return };
        let file = if path == self.path { String::new() } else { format!(" of {}", path.display()) };
        let found = format!("the same question as in row {number}{file}: {}", excerpt(text));
        self.problem(Some(row.number), column, found, "each question once");
    }

    /// Required, non-empty text.
    fn text(&mut self, row: &Row, column: &str) -> Option<String> {
        match row.cell(column) {
            Cell::Text(text) if text.trim().is_empty() => {
                self.problem(Some(row.number), column, "an empty text", "a text");
                None
            }
            Cell::Text(text) => Some(normalise(text).into_owned()),
            other => {
                self.problem(Some(row.number), column, describe(other), "a text");
                None
            }
        }
    }

    fn optional_text(&mut self, row: &Row, column: &str) -> Option<String> {
        match row.cell(column) {
            Cell::Missing => None,
            Cell::Text(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
            other => {
                self.problem(Some(row.number), column, describe(other), "a text or nothing");
                None
            }
        }
    }

    fn gold(&mut self, row: &Row, column: &str) -> Option<String> {
        let cell = row.cell(column);
        let gold = match (self.into.manifest.shape, cell) {
            (Shape::Gsm8k, Cell::Text(text)) => after_hash_marks(text).map(str::to_owned),
            (Shape::Gsm8k, _) => Err("a worked solution that ends in `####` and the final answer"),
            (Shape::Math, cell) => number_or_text(cell),
            (Shape::Competition, cell) => number_or_text(cell).map(|gold| strip_zero_fraction(&gold).to_owned()),
        };
        gold.map_err(|expected| self.problem(Some(row.number), column, describe(cell), expected)).ok()
    }

    fn level(&mut self, row: &Row, column: &str) -> Option<u32> {
        let cell = row.cell(column);
        let level = match cell {
            Cell::Missing => return None,
            Cell::Integer(level) => u32::try_from(*level).ok(),
            Cell::Text(text) => text.trim().trim_start_matches("Level").trim().parse().ok(),
            Cell::Real(_) | Cell::List(_) | Cell::Other(_) => None,
        };
        if level.is_none() {
            self.problem(Some(row.number), column, describe(cell), "a whole number or `Level` and a whole number");
        }
        level
    }

    /// The dataset's own id is not used, but one that occurs twice tells of a file put together wrongly.
    fn own_id(&mut self, row: &Row, column: &str) {
        let id = match row.cell(column) {
            Cell::Missing => return,
            Cell::Text(id) => id.clone(),
            Cell::Integer(id) => id.to_string(),
            other => return self.problem(Some(row.number), column, describe(other), "a text or a whole number"),
        };
        let here = (self.path.to_owned(), row.number);
        // Ids of several files may start again in each.
        if let Some((path, number)) = self.into.seen_ids.insert(id.clone(), here).filter(|(path, _)| path == self.path)
        {
            let found = format!("the id {} of row {number} of {}", excerpt(&id), path.display());
            self.problem(Some(row.number), column, found, "ids that are unique");
        }
    }
}

fn number_or_text(cell: &Cell) -> Result<String, &'static str> {
    match cell {
        Cell::Text(text) if !text.trim().is_empty() => final_answer(&normalise(text)),
        // Several right values, as OlympiadBench keeps them: a list is one answer.
        Cell::List(cells) if !cells.is_empty() => {
            Ok(cells.iter().map(number_or_text).collect::<Result<Vec<_>, _>>()?.join(", "))
        }
        Cell::Integer(number) => Ok(number.to_string()),
        Cell::Real(number) if number.is_finite() => Ok(strip_zero_fraction(&format!("{number:?}")).to_owned()),
        _ => Err("an answer, as text or as a number"),
    }
}

fn describe(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) if text.trim().is_empty() => "an empty text".to_owned(),
        Cell::Text(text) => {
            // Of a worked solution the end is what matters.
            let length = text.trim().chars().count();
            if length <= 40 {
                return format!("the text {}", excerpt(text));
            }
            let end: String = text.trim().chars().skip(length - 40).collect();
            format!("a text that ends in {end:?}")
        }
        Cell::Integer(number) => format!("the number {number}"),
        Cell::Real(number) => format!("the number {number}"),
        Cell::Missing => "nothing".to_owned(),
        Cell::List(cells) => format!("a list of {}", cells.len()),
        Cell::Other(found) => found.clone(),
    }
}
