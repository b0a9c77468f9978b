//! `outcomes.parquet`.

use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type};
use arrow_array::{Array, ArrayRef, BooleanArray, Float64Array, Int32Array, RecordBatch, StringArray};
use arrow_schema::{ArrowError, Field, Schema};

use markovscale::DrawMode;

use super::{Estimate, Outcome};
use crate::trace::{TraceError, read_table, write_table};

/// Writes the outcomes of a run, one row per backbone, dataset, method and budget.
///
/// # Errors
/// When the file cannot be written.
pub fn write_outcomes(path: &Path, outcomes: &[Outcome]) -> Result<(), TraceError> {
    let text = |value: fn(&Outcome) -> &str| -> ArrayRef {
        Arc::new(outcomes.iter().map(|o| Some(value(o))).collect::<StringArray>())
    };
    let flag = |value: fn(&Outcome) -> bool| -> ArrayRef {
        Arc::new(outcomes.iter().map(|o| Some(value(o))).collect::<BooleanArray>())
    };
    let count = |value: fn(&Outcome) -> Option<u32>| -> ArrayRef {
        let signed = |o| value(o).and_then(|v| i32::try_from(v).ok());
        Arc::new(outcomes.iter().map(signed).collect::<Int32Array>())
    };
    let real = |value: fn(&Outcome) -> f64| -> ArrayRef {
        Arc::new(outcomes.iter().map(|o| Some(value(o))).collect::<Float64Array>())
    };
    let share = |value: fn(&Outcome) -> Option<f64>| -> ArrayRef {
        Arc::new(outcomes.iter().map(value).collect::<Float64Array>())
    };
    let columns: Vec<(&str, &str, ArrayRef)> = vec![
        ("backbone", "name of the backbone in the experiment", text(|o| &o.backbone)),
        ("simulated", "true when the backbone is simulated", flag(|o| o.simulated)),
        ("dataset", "name of the question set", text(|o| &o.dataset)),
        ("method", "the method's configuration", text(|o| &o.method)),
        ("family", "the method's name", text(|o| &o.family)),
        ("draws", "parallel, sequential, refine or forced", text(|o| o.draws.name())),
        ("upper_bound", "true for oracle, which no ranking may contain", flag(|o| o.upper_bound)),
        ("budget", "most answers per question", count(|o| Some(o.budget))),
        ("questions", "number of questions", count(|o| Some(o.questions))),
        ("replicates", "orders or chains averaged per question; null where exact", count(|o| o.replicates)),
        ("accuracy", "mean accuracy in [0, 1]", real(|o| o.accuracy.point)),
        (
            "accuracy_low",
            "lower end of the 95 % interval (over questions; Wilson's where all are 0 or 1)",
            real(|o| o.accuracy.low),
        ),
        ("accuracy_high", "upper end of the 95 % interval", real(|o| o.accuracy.high)),
        ("answers", "mean answers drawn per question", real(|o| o.answers)),
        ("completion_tokens", "mean completion tokens per question", real(|o| o.completion_tokens)),
        ("prompt_tokens", "mean prompt tokens per question", real(|o| o.prompt_tokens)),
        ("verifier_tokens", "mean verifier tokens per question", real(|o| o.verifier_tokens)),
        ("depth_tokens", "mean longest dependent chain of completion tokens", real(|o| o.depth_tokens)),
        ("all_tokens", "mean prompt, completion and verifier tokens per question", real(Outcome::all_tokens)),
        ("price", "mean price per question, in the currency of the config's prices", real(|o| o.price)),
        ("cut_off", "share of the backbone's draws on the dataset that the token limit cut off", share(|o| o.cut_off)),
        ("filtered", "share of them that a content filter ended", share(|o| o.filtered)),
    ];
    write_columns(path, columns, &["replicates", "cut_off", "filtered"])
}

/// Writes a table of columns: name, meaning, values. Only the `nullable` ones may hold nulls.
pub(super) fn write_columns(
    path: &Path,
    columns: Vec<(&str, &str, ArrayRef)>,
    nullable: &[&str],
) -> Result<(), TraceError> {
    let field = |(name, meaning, column): &(&str, &str, ArrayRef)| {
        let metadata = std::collections::HashMap::from([("meaning".to_owned(), (*meaning).to_owned())]);
        Field::new(*name, column.data_type().clone(), nullable.contains(name)).with_metadata(metadata)
    };
    let schema = Schema::new(columns.iter().map(field).collect::<Vec<_>>());
    let arrays = columns.into_iter().map(|(_, _, column)| column).collect();
    let batch = RecordBatch::try_new(Arc::new(schema), arrays)
        .map_err(|error| TraceError::Encode { path: path.to_owned(), message: error.to_string() })?;
    write_table(path, &batch, &[])
}

/// Reads the outcomes of a run.
///
/// # Errors
/// When the file is missing or not such a table.
pub fn read_outcomes(path: &Path) -> Result<Vec<Outcome>, TraceError> {
    let mut outcomes = Vec::new();
    read_table(path, &COLUMNS, |batch| {
        outcomes.extend(from_batch(&batch).map_err(|error| TraceError::Malformed {
            path: path.to_owned(),
            expected: "the outcomes of a run",
            found: error.to_string(),
        })?);
        Ok(())
    })?;
    Ok(outcomes)
}

const COLUMNS: [&str; 21] = [
    "backbone",
    "simulated",
    "dataset",
    "method",
    "family",
    "draws",
    "upper_bound",
    "budget",
    "questions",
    "replicates",
    "accuracy",
    "accuracy_low",
    "accuracy_high",
    "answers",
    "completion_tokens",
    "prompt_tokens",
    "verifier_tokens",
    "depth_tokens",
    "price",
    "cut_off",
    "filtered",
];

fn from_batch(batch: &RecordBatch) -> Result<Vec<Outcome>, ArrowError> {
    let missing = |name: &str| ArrowError::SchemaError(format!("column `{name}` is missing or of another type"));
    let column = |name: &'static str| batch.column_by_name(name).ok_or_else(|| missing(name));
    let text = |name| column(name)?.as_string_opt::<i32>().ok_or_else(|| missing(name));
    let flag = |name| column(name)?.as_boolean_opt().ok_or_else(|| missing(name));
    let count = |name| column(name)?.as_primitive_opt::<Int32Type>().ok_or_else(|| missing(name));
    let real = |name| column(name)?.as_primitive_opt::<Float64Type>().ok_or_else(|| missing(name));
    let (backbone, dataset, method, family) = (text("backbone")?, text("dataset")?, text("method")?, text("family")?);
    let (simulated, upper_bound, draws) = (flag("simulated")?, flag("upper_bound")?, text("draws")?);
    let (budget, questions, replicates) = (count("budget")?, count("questions")?, count("replicates")?);
    let (point, low, high) = (real("accuracy")?, real("accuracy_low")?, real("accuracy_high")?);
    let (answers, completion, prompt) = (real("answers")?, real("completion_tokens")?, real("prompt_tokens")?);
    let (verifier, depth) = (real("verifier_tokens")?, real("depth_tokens")?);
    // Outcomes of versions before these columns had neither prices nor this count.
    let (price, cut_off, filtered) = (real("price").ok(), real("cut_off").ok(), real("filtered").ok());
    let given = |column: Option<&Float64Array>, i: usize| {
        column.filter(|column| column.is_valid(i)).map(|column| column.value(i))
    };
    let row = |i: usize| Outcome {
        backbone: backbone.value(i).to_owned(),
        simulated: simulated.value(i),
        dataset: dataset.value(i).to_owned(),
        method: method.value(i).to_owned(),
        family: family.value(i).to_owned(),
        draws: DrawMode::ALL.into_iter().find(|m| m.name() == draws.value(i)).unwrap_or(DrawMode::Sequential),
        upper_bound: upper_bound.value(i),
        budget: budget.value(i).unsigned_abs(),
        questions: questions.value(i).unsigned_abs(),
        replicates: replicates.is_valid(i).then(|| replicates.value(i).unsigned_abs()),
        accuracy: Estimate { point: point.value(i), low: low.value(i), high: high.value(i) },
        answers: answers.value(i),
        completion_tokens: completion.value(i),
        prompt_tokens: prompt.value(i),
        verifier_tokens: verifier.value(i),
        depth_tokens: depth.value(i),
        price: given(price, i).unwrap_or(0.0),
        cut_off: given(cut_off, i),
        filtered: given(filtered, i),
    };
    Ok((0..batch.num_rows()).map(row).collect())
}
