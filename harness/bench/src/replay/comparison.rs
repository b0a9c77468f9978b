//! One row of comparisons, and `comparisons.parquet`.

use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type};
use arrow_array::{Array, ArrayRef, BooleanArray, Float64Array, Int32Array, RecordBatch, StringArray};
use arrow_schema::ArrowError;
use serde::Serialize;

use super::Estimate;
use super::store::write_columns;
use crate::trace::{TraceError, read_table};

/// How one configuration at one budget compares with the reference, on the same questions. Upper bounds have no row.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// The backbone.
    pub backbone: String,
    /// Whether it is simulated; every table must say so.
    pub simulated: bool,
    /// The dataset.
    pub dataset: String,
    /// The configuration's label.
    pub method: String,
    /// Most answers per question.
    pub budget: u32,
    /// Label of the configuration it is compared with.
    pub reference: String,
    /// Number of questions.
    pub questions: u32,
    /// Its accuracy less the reference's at the same budget; `None` for the reference itself.
    pub difference: Option<Difference>,
    /// What it spends until it is as accurate as the reference at its best: one result for all budgets of the
    /// configuration. `None` for the reference itself, and where answers cost no tokens.
    pub reached: Option<Reached>,
    /// Whether no other row of the backbone and dataset costs fewer completion tokens and is as accurate, or costs as
    /// many and is more accurate.
    pub on_frontier: bool,
    /// Share of resamples in which that holds.
    pub frontier_frequency: f64,
}

/// A paired difference in accuracy.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Difference {
    /// Mean over questions, in [-1, 1].
    pub accuracy: Estimate,
    /// Two-sided p-value: exact McNemar's where every outcome is 0 or 1, of the sign-flip test otherwise.
    pub p_value: f64,
    /// The same, corrected by Holm for all differences of the backbone and dataset.
    pub p_holm: f64,
    /// Questions on which the two differ.
    pub differing: u32,
}

/// What it costs to be as accurate as the reference at its best.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Reached {
    /// The reference's highest accuracy over budgets.
    pub target: f64,
    /// Completion tokens per question at which the configuration gets there; `None` where it never does.
    pub tokens: Option<f64>,
    /// Whether its cheapest budget is already there, so that it may need fewer tokens than that.
    pub tokens_at_most: bool,
    /// The same for the reference.
    pub reference_tokens: f64,
    /// Whether the reference's cheapest budget is already there.
    pub reference_at_most: bool,
    /// `tokens / reference_tokens`; infinite where the configuration never gets there.
    pub ratio: Estimate,
    /// Share of resamples in which it never gets there.
    pub never: f64,
}

/// The columns, with their meaning.
pub(super) const COLUMNS: [(&str, &str); 24] = [
    ("backbone", "name of the backbone in the experiment"),
    ("simulated", "true when the backbone is simulated"),
    ("dataset", "name of the question set"),
    ("method", "the method's configuration"),
    ("budget", "most answers per question"),
    ("reference", "the configuration it is compared with, at the same budget and on the same questions"),
    ("questions", "number of questions"),
    ("difference", "accuracy less the reference's, in [-1, 1]; null for the reference itself"),
    ("difference_low", "lower end of its 95 % interval, paired by question"),
    ("difference_high", "upper end of its 95 % interval, paired by question"),
    ("p_value", "two-sided p-value: exact McNemar where every outcome is 0 or 1, else of the sign-flip test"),
    ("p_holm", "the same, Holm-corrected over the backbone and dataset"),
    ("differing", "questions on which the two differ"),
    ("target", "the reference's highest accuracy over budgets; null for the reference and where answers cost nothing"),
    ("tokens", "mean completion tokens at which the method's curve has that accuracy; null where it never does"),
    ("tokens_at_most", "true when its smallest budget already has it, so that fewer tokens may do"),
    ("reference_tokens", "mean completion tokens at which the reference's curve has it"),
    ("reference_at_most", "true when the reference's smallest budget already has it"),
    ("ratio", "tokens over reference_tokens; infinite where the method never gets there"),
    ("ratio_low", "lower end of its 95 % interval"),
    ("ratio_high", "upper end of its 95 % interval, infinite where over 2.5 % of resamples never get there"),
    ("never", "share of resamples in which the method never gets there"),
    ("on_frontier", "true when no method and budget is cheaper and as accurate, or as cheap and more accurate"),
    ("frontier_frequency", "share of resamples in which that holds"),
];

/// Columns that are null for the reference.
const NULLABLE: [&str; 15] = [
    "difference",
    "difference_low",
    "difference_high",
    "p_value",
    "p_holm",
    "differing",
    "target",
    "tokens",
    "tokens_at_most",
    "reference_tokens",
    "reference_at_most",
    "ratio",
    "ratio_low",
    "ratio_high",
    "never",
];

/// Writes the comparisons of a run, one row per backbone, dataset, method and budget.
///
/// # Errors
/// When the file cannot be written.
pub fn write_comparisons(path: &Path, rows: &[Comparison]) -> Result<(), TraceError> {
    let text = |value: fn(&Comparison) -> &str| -> ArrayRef {
        Arc::new(rows.iter().map(|row| Some(value(row))).collect::<StringArray>())
    };
    let flag = |value: fn(&Comparison) -> Option<bool>| -> ArrayRef {
        Arc::new(rows.iter().map(value).collect::<BooleanArray>())
    };
    let count = |value: fn(&Comparison) -> Option<u32>| -> ArrayRef {
        let signed = |row| value(row).and_then(|count| i32::try_from(count).ok());
        Arc::new(rows.iter().map(signed).collect::<Int32Array>())
    };
    let real = |value: fn(&Comparison) -> Option<f64>| -> ArrayRef {
        Arc::new(rows.iter().map(value).collect::<Float64Array>())
    };
    let values: [ArrayRef; COLUMNS.len()] = [
        text(|row| &row.backbone),
        flag(|row| Some(row.simulated)),
        text(|row| &row.dataset),
        text(|row| &row.method),
        count(|row| Some(row.budget)),
        text(|row| &row.reference),
        count(|row| Some(row.questions)),
        real(|row| row.difference.map(|difference| difference.accuracy.point)),
        real(|row| row.difference.map(|difference| difference.accuracy.low)),
        real(|row| row.difference.map(|difference| difference.accuracy.high)),
        real(|row| row.difference.map(|difference| difference.p_value)),
        real(|row| row.difference.map(|difference| difference.p_holm)),
        count(|row| row.difference.map(|difference| difference.differing)),
        real(|row| row.reached.map(|reached| reached.target)),
        real(|row| row.reached.and_then(|reached| reached.tokens)),
        flag(|row| row.reached.map(|reached| reached.tokens_at_most)),
        real(|row| row.reached.map(|reached| reached.reference_tokens)),
        flag(|row| row.reached.map(|reached| reached.reference_at_most)),
        real(|row| row.reached.map(|reached| reached.ratio.point)),
        real(|row| row.reached.map(|reached| reached.ratio.low)),
        real(|row| row.reached.map(|reached| reached.ratio.high)),
        real(|row| row.reached.map(|reached| reached.never)),
        flag(|row| Some(row.on_frontier)),
        real(|row| Some(row.frontier_frequency)),
    ];
    let columns = COLUMNS.into_iter().zip(values).map(|((name, meaning), values)| (name, meaning, values));
    write_columns(path, columns.collect(), &NULLABLE)
}

/// Reads the comparisons of a run.
///
/// # Errors
/// When the file is missing or not such a table.
pub fn read_comparisons(path: &Path) -> Result<Vec<Comparison>, TraceError> {
    let mut rows = Vec::new();
    read_table(path, &COLUMNS.map(|(name, _)| name), |batch| {
        rows.extend(from_batch(&batch).map_err(|error| TraceError::Malformed {
            path: path.to_owned(),
            expected: "the comparisons of a run",
            found: error.to_string(),
        })?);
        Ok(())
    })?;
    Ok(rows)
}

fn from_batch(batch: &RecordBatch) -> Result<Vec<Comparison>, ArrowError> {
    let columns = Columns(batch);
    (0..batch.num_rows())
        .map(|i| {
            Ok(Comparison {
                backbone: columns.text("backbone", i)?,
                simulated: columns.known("simulated", columns.flag("simulated", i)?)?,
                dataset: columns.text("dataset", i)?,
                method: columns.text("method", i)?,
                budget: columns.known("budget", columns.count("budget", i)?)?,
                reference: columns.text("reference", i)?,
                questions: columns.known("questions", columns.count("questions", i)?)?,
                difference: columns.difference(i)?,
                reached: columns.reached(i)?,
                on_frontier: columns.known("on_frontier", columns.flag("on_frontier", i)?)?,
                frontier_frequency: columns.known("frontier_frequency", columns.real("frontier_frequency", i)?)?,
            })
        })
        .collect()
}

/// The columns of a batch, row by row.
pub(super) struct Columns<'a>(pub(super) &'a RecordBatch);

impl Columns<'_> {
    fn column(&self, name: &str) -> Result<&ArrayRef, ArrowError> {
        self.0.column_by_name(name).ok_or_else(|| wrong(name))
    }

    pub(super) fn text(&self, name: &str, row: usize) -> Result<String, ArrowError> {
        self.known(name, self.words(name, row)?)
    }

    /// A text that may be null.
    pub(super) fn words(&self, name: &str, row: usize) -> Result<Option<String>, ArrowError> {
        let column = self.column(name)?.as_string_opt::<i32>().ok_or_else(|| wrong(name))?;
        Ok(column.is_valid(row).then(|| column.value(row).to_owned()))
    }

    pub(super) fn flag(&self, name: &str, row: usize) -> Result<Option<bool>, ArrowError> {
        let column = self.column(name)?.as_boolean_opt().ok_or_else(|| wrong(name))?;
        Ok(column.is_valid(row).then(|| column.value(row)))
    }

    pub(super) fn count(&self, name: &str, row: usize) -> Result<Option<u32>, ArrowError> {
        let column = self.column(name)?.as_primitive_opt::<Int32Type>().ok_or_else(|| wrong(name))?;
        Ok(column.is_valid(row).then(|| column.value(row).unsigned_abs()))
    }

    pub(super) fn real(&self, name: &str, row: usize) -> Result<Option<f64>, ArrowError> {
        let column = self.column(name)?.as_primitive_opt::<Float64Type>().ok_or_else(|| wrong(name))?;
        Ok(column.is_valid(row).then(|| column.value(row)))
    }

    /// A value that must not be null.
    pub(super) fn known<T>(&self, name: &str, value: Option<T>) -> Result<T, ArrowError> {
        value.ok_or_else(|| ArrowError::SchemaError(format!("column `{name}` has a null that does not belong there")))
    }

    pub(super) fn estimate(&self, names: [&str; 3], row: usize) -> Result<Estimate, ArrowError> {
        let [point, low, high] = names.map(|name| self.real(name, row).and_then(|value| self.known(name, value)));
        Ok(Estimate { point: point?, low: low?, high: high? })
    }

    fn difference(&self, row: usize) -> Result<Option<Difference>, ArrowError> {
        if self.real("difference", row)?.is_none() {
            return Ok(None);
        }
        Ok(Some(Difference {
            accuracy: self.estimate(["difference", "difference_low", "difference_high"], row)?,
            p_value: self.known("p_value", self.real("p_value", row)?)?,
            p_holm: self.known("p_holm", self.real("p_holm", row)?)?,
            differing: self.known("differing", self.count("differing", row)?)?,
        }))
    }

    fn reached(&self, row: usize) -> Result<Option<Reached>, ArrowError> {
        let Some(target) = self.real("target", row)? else { return Ok(None) };
        Ok(Some(Reached {
            target,
            tokens: self.real("tokens", row)?,
            tokens_at_most: self.known("tokens_at_most", self.flag("tokens_at_most", row)?)?,
            reference_tokens: self.known("reference_tokens", self.real("reference_tokens", row)?)?,
            reference_at_most: self.known("reference_at_most", self.flag("reference_at_most", row)?)?,
            ratio: self.estimate(["ratio", "ratio_low", "ratio_high"], row)?,
            never: self.known("never", self.real("never", row)?)?,
        }))
    }
}

fn wrong(name: &str) -> ArrowError {
    ArrowError::SchemaError(format!("column `{name}` is missing or of another type"))
}
