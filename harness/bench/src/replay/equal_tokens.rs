//! One row of comparisons at equal tokens, and `equal_tokens.parquet`.

use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int32Array, RecordBatch, StringArray};
use arrow_schema::ArrowError;
use markovscale::statistics::Verdict;
use serde::Serialize;

use super::Estimate;
use super::comparison::Columns;
use super::store::write_columns;
use crate::trace::{TraceError, read_table};

/// Which tokens are held equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum TokenAxis {
    /// Completion tokens.
    #[serde(rename = "completion_tokens")]
    Completion,
    /// Prompt, completion and verifier tokens.
    #[serde(rename = "all_tokens")]
    All,
}

impl TokenAxis {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::Completion, Self::All];

    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Completion => "completion_tokens",
            Self::All => "all_tokens",
        }
    }
}

/// How one `markovscale` configuration compares with one other method where both spend as many tokens a question. Upper
/// bounds, and what was tuned on the test set, have no row.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EqualTokens {
    /// The backbone.
    pub backbone: String,
    /// Whether it is simulated; every table must say so.
    pub simulated: bool,
    /// The dataset; `None` for the mean over datasets.
    pub dataset: Option<String>,
    /// Which tokens are held equal.
    pub tokens: TokenAxis,
    /// Label of the `markovscale` configuration.
    pub method: String,
    /// Label of the other.
    pub baseline: String,
    /// Datasets averaged: those on which the two have tokens in common; 1 in a row of one dataset.
    pub datasets: u32,
    /// Questions of those datasets.
    pub questions: u32,
    /// Mean tokens of the method at its cheapest and its dearest budget; `None` in a mean over datasets, and where answers
    /// cost no tokens.
    pub method_tokens: Option<[f64; 2]>,
    /// The same of the other.
    pub baseline_tokens: Option<[f64; 2]>,
    /// The comparison; `None` where the two have no tokens in common, or have none in over 2.5 % of the resamples.
    pub common: Option<AtEqualTokens>,
}

/// Two curves over the tokens that both spend at some budget.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AtEqualTokens {
    /// Fewest and most of those tokens; `None` in a mean over datasets.
    pub tokens: Option<[f64; 2]>,
    /// Accuracy less the other's, mean over those tokens (uniform in their logarithm), in [-1, 1].
    pub difference: Estimate,
    /// The same at the most of them.
    pub dearest: Estimate,
    /// Questions on which the two differ.
    pub differing: u32,
    /// Two-sided p-value of the difference, of the sign-flip test.
    pub p_value: f64,
    /// The same, corrected by Holm for all pairs of the backbone, dataset and kind of tokens.
    pub p_holm: f64,
    /// Share of resamples in which the two have no tokens in common (the mean share in a mean over datasets).
    pub apart: f64,
}

impl AtEqualTokens {
    /// What the interval of the difference says.
    pub fn verdict(&self) -> Verdict {
        Verdict::of(self.difference.low, self.difference.high)
    }
}

/// The columns, with their meaning.
pub(super) const COLUMNS: [(&str, &str); 24] = [
    ("backbone", "name of the backbone in the experiment"),
    ("simulated", "true when the backbone is simulated"),
    ("dataset", "name of the question set; null for the mean over datasets"),
    ("tokens", "which tokens are held equal: completion_tokens, or all_tokens with prompt and verifier tokens"),
    ("method", "the markovscale configuration"),
    ("baseline", "the configuration it is compared with, on the same questions"),
    ("datasets", "datasets averaged: those on which the two have tokens in common"),
    ("questions", "number of questions of those datasets"),
    (
        "method_low",
        "mean tokens per question of the method's cheapest budget; null in a mean and where answers cost nothing",
    ),
    ("method_high", "the same of its dearest budget"),
    ("baseline_low", "mean tokens per question of the baseline's cheapest budget; null like method_low"),
    ("baseline_high", "the same of its dearest budget"),
    (
        "common_low",
        "fewest tokens per question that both curves have; null in a mean and where over 2.5 % of resamples have none",
    ),
    ("common_high", "most tokens per question that both curves have"),
    (
        "difference",
        "accuracy less the baseline's, mean over the common tokens, in [-1, 1]; null where common_low is, but in a mean",
    ),
    ("difference_low", "lower end of its 95 % interval, paired by question"),
    ("difference_high", "upper end of its 95 % interval, paired by question"),
    ("dearest", "accuracy less the baseline's at common_high, in [-1, 1]"),
    ("dearest_low", "lower end of its 95 % interval, paired by question"),
    ("dearest_high", "upper end of its 95 % interval, paired by question"),
    ("differing", "questions on which the two differ"),
    ("p_value", "two-sided p-value of difference, of the sign-flip test"),
    ("p_holm", "the same, Holm-corrected over the backbone, dataset and kind of tokens"),
    ("apart", "share of resamples in which the two have no tokens in common"),
];

/// Columns that are null somewhere.
const NULLABLE: [&str; 17] = [
    "dataset",
    "method_low",
    "method_high",
    "baseline_low",
    "baseline_high",
    "common_low",
    "common_high",
    "difference",
    "difference_low",
    "difference_high",
    "dearest",
    "dearest_low",
    "dearest_high",
    "differing",
    "p_value",
    "p_holm",
    "apart",
];

/// Writes the comparisons at equal tokens of a run, one row per backbone, dataset, kind of tokens, method and baseline.
///
/// # Errors
/// When the file cannot be written.
pub fn write_equal_tokens(path: &Path, rows: &[EqualTokens]) -> Result<(), TraceError> {
    let text = |value: fn(&EqualTokens) -> Option<&str>| -> ArrayRef {
        Arc::new(rows.iter().map(value).collect::<StringArray>())
    };
    let count = |value: fn(&EqualTokens) -> Option<u32>| -> ArrayRef {
        let signed = |row| value(row).and_then(|count| i32::try_from(count).ok());
        Arc::new(rows.iter().map(signed).collect::<Int32Array>())
    };
    let end = |value: fn(&EqualTokens) -> Option<[f64; 2]>, place: usize| -> ArrayRef {
        Arc::new(rows.iter().map(|row| value(row).map(|ends| ends[place])).collect::<Float64Array>())
    };
    let real = |value: fn(&AtEqualTokens) -> f64| -> ArrayRef {
        Arc::new(rows.iter().map(|row| row.common.as_ref().map(value)).collect::<Float64Array>())
    };
    let common = |row: &EqualTokens| row.common.and_then(|common| common.tokens);
    let values: [ArrayRef; COLUMNS.len()] = [
        text(|row| Some(&row.backbone)),
        Arc::new(rows.iter().map(|row| Some(row.simulated)).collect::<BooleanArray>()),
        text(|row| row.dataset.as_deref()),
        text(|row| Some(row.tokens.name())),
        text(|row| Some(&row.method)),
        text(|row| Some(&row.baseline)),
        count(|row| Some(row.datasets)),
        count(|row| Some(row.questions)),
        end(|row| row.method_tokens, 0),
        end(|row| row.method_tokens, 1),
        end(|row| row.baseline_tokens, 0),
        end(|row| row.baseline_tokens, 1),
        end(common, 0),
        end(common, 1),
        real(|common| common.difference.point),
        real(|common| common.difference.low),
        real(|common| common.difference.high),
        real(|common| common.dearest.point),
        real(|common| common.dearest.low),
        real(|common| common.dearest.high),
        count(|row| row.common.map(|common| common.differing)),
        real(|common| common.p_value),
        real(|common| common.p_holm),
        real(|common| common.apart),
    ];
    let columns = COLUMNS.into_iter().zip(values).map(|((name, meaning), values)| (name, meaning, values));
    write_columns(path, columns.collect(), &NULLABLE)
}

/// Reads the comparisons at equal tokens of a run.
///
/// # Errors
/// When the file is missing or not such a table.
pub fn read_equal_tokens(path: &Path) -> Result<Vec<EqualTokens>, TraceError> {
    let mut rows = Vec::new();
    read_table(path, &COLUMNS.map(|(name, _)| name), |batch| {
        rows.extend(from_batch(&batch).map_err(|error| TraceError::Malformed {
            path: path.to_owned(),
            expected: "the comparisons at equal tokens of a run",
            found: error.to_string(),
        })?);
        Ok(())
    })?;
    Ok(rows)
}

fn from_batch(batch: &RecordBatch) -> Result<Vec<EqualTokens>, ArrowError> {
    let columns = Columns(batch);
    (0..batch.num_rows())
        .map(|i| {
            let tokens = columns.text("tokens", i)?;
            let known = TokenAxis::ALL.into_iter().find(|axis| axis.name() == tokens);
            Ok(EqualTokens {
                backbone: columns.text("backbone", i)?,
                simulated: columns.known("simulated", columns.flag("simulated", i)?)?,
                dataset: columns.words("dataset", i)?,
                tokens: known.ok_or_else(|| {
                    let expected = TokenAxis::ALL.map(TokenAxis::name).join(" or ");
                    ArrowError::SchemaError(format!("column `tokens` holds `{tokens}`, expected {expected}"))
                })?,
                method: columns.text("method", i)?,
                baseline: columns.text("baseline", i)?,
                datasets: columns.known("datasets", columns.count("datasets", i)?)?,
                questions: columns.known("questions", columns.count("questions", i)?)?,
                method_tokens: ends(&columns, ["method_low", "method_high"], i)?,
                baseline_tokens: ends(&columns, ["baseline_low", "baseline_high"], i)?,
                common: common(&columns, i)?,
            })
        })
        .collect()
}

fn ends(columns: &Columns<'_>, [low, high]: [&str; 2], row: usize) -> Result<Option<[f64; 2]>, ArrowError> {
    Ok(columns.real(low, row)?.zip(columns.real(high, row)?).map(|(low, high)| [low, high]))
}

fn common(columns: &Columns<'_>, row: usize) -> Result<Option<AtEqualTokens>, ArrowError> {
    if columns.real("difference", row)?.is_none() {
        return Ok(None);
    }
    let real = |name| columns.known(name, columns.real(name, row)?);
    Ok(Some(AtEqualTokens {
        tokens: ends(columns, ["common_low", "common_high"], row)?,
        difference: columns.estimate(["difference", "difference_low", "difference_high"], row)?,
        dearest: columns.estimate(["dearest", "dearest_low", "dearest_high"], row)?,
        differing: columns.known("differing", columns.count("differing", row)?)?,
        p_value: real("p_value")?,
        p_holm: real("p_holm")?,
        apart: real("apart")?,
    }))
}
