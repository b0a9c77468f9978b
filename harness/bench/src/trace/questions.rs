//! `questions.parquet`: the questions of a run, so that a run folder can be replayed without the data sets it came from.

use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{Array, ArrayRef, Int32Array, RecordBatch, StringArray};
use arrow_schema::{ArrowError, DataType, Field, Schema};

use super::error::TraceError;
use super::open::read_table;
use super::parts::write_table;
use crate::dataset::{Dataset, Question};
use crate::key::QuestionId;

const COLUMNS: [&str; 7] = ["dataset", "revision", "question_id", "question", "gold", "level", "subject"];

/// Writes the questions of a run.
///
/// # Errors
/// When the file cannot be written.
pub fn write_questions(run: &Path, datasets: &[Arc<Dataset>]) -> Result<(), TraceError> {
    let rows: Vec<(&Dataset, &Question)> =
        datasets.iter().flat_map(|d| d.questions.iter().map(move |q| (&**d, q))).collect();
    let text = |cell: for<'a> fn(&'a Dataset, &'a Question) -> Option<&'a str>| -> ArrayRef {
        Arc::new(rows.iter().map(|(dataset, question)| cell(dataset, question)).collect::<StringArray>())
    };
    let level = |question: &Question| question.level.and_then(|level| i32::try_from(level).ok());
    let columns: Vec<ArrayRef> = vec![
        text(|d, _| Some(&d.name)),
        text(|d, _| Some(&d.revision)),
        text(|_, q| Some(&q.id.0)),
        text(|_, q| Some(&q.text)),
        text(|_, q| Some(&q.gold)),
        Arc::new(rows.iter().map(|(_, q)| level(q)).collect::<Int32Array>()),
        text(|_, q| q.subject.as_deref()),
    ];
    let fields: Vec<Field> = COLUMNS
        .iter()
        .zip(&columns)
        .map(|(name, column)| Field::new(*name, column.data_type().clone(), matches!(*name, "level" | "subject")))
        .collect();
    debug_assert!(fields.iter().all(|f| matches!(f.data_type(), DataType::Utf8 | DataType::Int32)));
    let path = run.join("questions.parquet");
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
        .map_err(|error| TraceError::Encode { path: path.clone(), message: error.to_string() })?;
    write_table(&path, &batch, &[])
}

/// Reads the questions of a run, data sets in the order they were written.
///
/// # Errors
/// When the file is missing or not such a table.
pub fn read_questions(run: &Path) -> Result<Vec<Dataset>, TraceError> {
    let path = run.join("questions.parquet");
    let mut datasets: Vec<Dataset> = Vec::new();
    read_table(&path, &COLUMNS, |batch| {
        add(&mut datasets, &batch).map_err(|error| TraceError::Malformed {
            path: path.clone(),
            expected: "the questions of a run",
            found: error.to_string(),
        })
    })?;
    Ok(datasets)
}

fn add(datasets: &mut Vec<Dataset>, batch: &RecordBatch) -> Result<(), ArrowError> {
    let missing = |name: &str| ArrowError::SchemaError(format!("column `{name}` is missing or of another type"));
    let text = |name: &'static str| -> Result<&StringArray, ArrowError> {
        batch.column_by_name(name).and_then(|c| c.as_string_opt::<i32>()).ok_or_else(|| missing(name))
    };
    let (set, revision, id) = (text("dataset")?, text("revision")?, text("question_id")?);
    let (question, gold, subject) = (text("question")?, text("gold")?, text("subject")?);
    let level = batch
        .column_by_name("level")
        .and_then(|c| c.as_primitive_opt::<Int32Type>())
        .ok_or_else(|| missing("level"))?;
    for i in 0..batch.num_rows() {
        if datasets.last().is_none_or(|d| d.name != set.value(i)) {
            let (name, revision) = (set.value(i).to_owned(), revision.value(i).to_owned());
            datasets.push(Dataset { name, revision, questions: Vec::new() });
        }
        let question = Question {
            id: QuestionId(id.value(i).to_owned()),
            text: question.value(i).to_owned(),
            gold: gold.value(i).to_owned(),
            level: level.is_valid(i).then(|| level.value(i).unsigned_abs()),
            subject: subject.is_valid(i).then(|| subject.value(i).to_owned()),
        };
        if let Some(dataset) = datasets.last_mut() {
            dataset.questions.push(question);
        }
    }
    Ok(())
}
