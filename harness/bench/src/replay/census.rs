//! What the draws of a run are like, apart from being right: how many were cut off, filtered, without an answer, counted by
//! an estimate, and what they cost. Stored beside the outcomes as `draws.parquet`.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::ArrowError;
use serde::Serialize;

use super::store::write_columns;
use crate::experiment::{Money, Price};
use crate::trace::{StoredDraw, StoredScore, TraceError, read_table};

/// The draws of a backbone on a dataset: those that were replayed, of every kind.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct DrawCensus {
    /// The backbone's name.
    pub backbone: String,
    /// True when it is simulated.
    pub simulated: bool,
    /// The dataset.
    pub dataset: String,
    /// Draws, critiques and ratings included.
    pub draws: u64,
    /// Of those, draws that the token limit cut off.
    pub cut_off: u64,
    /// Of those, draws that a content filter ended.
    pub filtered: u64,
    /// Draws that should answer the question.
    pub answers: u64,
    /// Of those, draws in which no answer was found.
    pub missing: u64,
    /// Draws whose tokens are an estimate, since the server did not tell.
    pub estimated: u64,
    /// Prompt tokens.
    pub prompt_tokens: u64,
    /// Of those, tokens from a cache.
    pub cached_tokens: u64,
    /// Completion tokens.
    pub completion_tokens: u64,
    /// Of those, reasoning.
    pub reasoning_tokens: u64,
    /// Tokens of their scores.
    pub verifier_tokens: u64,
    /// What draws and scores cost, in the currency of the prices.
    pub price: f64,
}

impl DrawCensus {
    /// The share of draws that the token limit cut off; 0 of none.
    pub fn cut_off_share(&self) -> f64 {
        share(self.cut_off, self.draws)
    }

    /// The share of draws that a content filter ended.
    pub fn filtered_share(&self) -> f64 {
        share(self.filtered, self.draws)
    }

    /// The share of answers that are missing.
    pub fn missing_share(&self) -> f64 {
        share(self.missing, self.answers)
    }

    /// The share of draws whose tokens are an estimate.
    pub fn estimated_share(&self) -> f64 {
        share(self.estimated, self.draws)
    }

    /// Counts the draws of the questions with these ids, and their scores.
    pub(super) fn count(
        &mut self,
        ids: &HashSet<&str>,
        (draws, price): (&[StoredDraw], &Price),
        (scores, verifier): (&[StoredScore], &Price),
    ) {
        let mut total = Money::default();
        for draw in draws.iter().filter(|draw| ids.contains(draw.question.0.as_str())) {
            self.draws += 1;
            self.cut_off += u64::from(draw.cut_off);
            self.filtered += u64::from(draw.filtered);
            self.estimated += u64::from(draw.tokens_estimated);
            if draw.draw.is_answer() {
                self.answers += 1;
                self.missing += u64::from(draw.answer.is_none());
            }
            self.prompt_tokens += draw.tokens.prompt.0;
            self.cached_tokens += draw.tokens.cached.0;
            self.completion_tokens += draw.tokens.completion.0;
            self.reasoning_tokens += draw.tokens.reasoning.0;
            total += price.price_of(draw.tokens);
        }
        for score in scores.iter().filter(|score| ids.contains(score.question.0.as_str())) {
            self.verifier_tokens += score.verifier_tokens.0;
            total += verifier.price_of(score.tokens());
        }
        self.price = total.units();
    }
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// A column of whole numbers: name, meaning, value.
type Count = (&'static str, &'static str, fn(&DrawCensus) -> u64);

const COUNTS: [Count; 10] = [
    ("draws", "draws replayed, of every kind", |c| c.draws),
    ("cut_off", "of those, draws that the token limit cut off", |c| c.cut_off),
    ("filtered", "of those, draws that a content filter ended", |c| c.filtered),
    ("answers", "draws that should answer the question", |c| c.answers),
    ("missing", "of those, draws in which no answer was found", |c| c.missing),
    ("estimated", "draws whose tokens are an estimate", |c| c.estimated),
    ("prompt_tokens", "prompt tokens of all draws", |c| c.prompt_tokens),
    ("cached_tokens", "of those, tokens from a cache", |c| c.cached_tokens),
    ("completion_tokens", "completion tokens of all draws", |c| c.completion_tokens),
    ("reasoning_tokens", "of those, reasoning", |c| c.reasoning_tokens),
];

/// Writes the census of a run, one row per backbone and dataset.
///
/// # Errors
/// When the file cannot be written.
pub fn write_census(path: &Path, rows: &[DrawCensus]) -> Result<(), TraceError> {
    let text = |value: fn(&DrawCensus) -> &str| -> ArrayRef {
        Arc::new(rows.iter().map(|row| Some(value(row))).collect::<StringArray>())
    };
    let whole = |value: fn(&DrawCensus) -> u64| -> ArrayRef {
        let signed = |row| i64::try_from(value(row)).unwrap_or(i64::MAX);
        Arc::new(rows.iter().map(signed).collect::<Int64Array>())
    };
    let simulated = Arc::new(rows.iter().map(|row| Some(row.simulated)).collect::<BooleanArray>());
    let price = Arc::new(rows.iter().map(|row| row.price).collect::<Float64Array>());
    let mut columns: Vec<(&str, &str, ArrayRef)> = vec![
        ("backbone", "name of the backbone in the experiment", text(|row| &row.backbone)),
        ("simulated", "true when the backbone is simulated", simulated),
        ("dataset", "name of the question set", text(|row| &row.dataset)),
    ];
    columns.extend(COUNTS.iter().map(|(name, meaning, value)| (*name, *meaning, whole(*value))));
    columns.push(("verifier_tokens", "verifier tokens of their scores", whole(|row| row.verifier_tokens)));
    columns.push(("price", "what draws and scores cost, in the currency of the prices", price));
    write_columns(path, columns, &[])
}

/// Reads the census of a run.
///
/// # Errors
/// When the file is missing or not such a table.
pub fn read_census(path: &Path) -> Result<Vec<DrawCensus>, TraceError> {
    let names = ["backbone", "simulated", "dataset"].into_iter();
    let columns: Vec<&str> = names.chain(COUNTS.map(|(name, ..)| name)).chain(["verifier_tokens", "price"]).collect();
    let mut rows = Vec::new();
    read_table(path, &columns, |batch| {
        rows.extend(from_batch(&batch).map_err(|error| TraceError::Malformed {
            path: path.to_owned(),
            expected: "the census of a run's draws",
            found: error.to_string(),
        })?);
        Ok(())
    })?;
    Ok(rows)
}

fn from_batch(batch: &RecordBatch) -> Result<Vec<DrawCensus>, ArrowError> {
    let missing = |name: &str| ArrowError::SchemaError(format!("column `{name}` is missing or of another type"));
    let column = |name: &'static str| batch.column_by_name(name).ok_or_else(|| missing(name));
    let text = |name| column(name)?.as_string_opt::<i32>().ok_or_else(|| missing(name));
    let whole = |name| column(name)?.as_primitive_opt::<Int64Type>().ok_or_else(|| missing(name));
    let (backbone, dataset) = (text("backbone")?, text("dataset")?);
    let simulated = column("simulated")?.as_boolean_opt().ok_or_else(|| missing("simulated"))?;
    let price = column("price")?.as_primitive_opt::<Float64Type>().ok_or_else(|| missing("price"))?;
    let row = |i: usize| -> Result<DrawCensus, ArrowError> {
        let count = |name| Ok::<u64, ArrowError>(u64::try_from(whole(name)?.value(i)).unwrap_or(0));
        Ok(DrawCensus {
            backbone: backbone.value(i).to_owned(),
            simulated: simulated.value(i),
            dataset: dataset.value(i).to_owned(),
            draws: count("draws")?,
            cut_off: count("cut_off")?,
            filtered: count("filtered")?,
            answers: count("answers")?,
            missing: count("missing")?,
            estimated: count("estimated")?,
            prompt_tokens: count("prompt_tokens")?,
            cached_tokens: count("cached_tokens")?,
            completion_tokens: count("completion_tokens")?,
            reasoning_tokens: count("reasoning_tokens")?,
            verifier_tokens: count("verifier_tokens")?,
            price: price.value(i),
        })
    };
    (0..batch.num_rows()).map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_census_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let row = DrawCensus {
            backbone: "b".to_owned(),
            dataset: "d".to_owned(),
            draws: 10,
            cut_off: 1,
            filtered: 2,
            answers: 8,
            missing: 2,
            estimated: 5,
            prompt_tokens: 11,
            cached_tokens: 3,
            completion_tokens: 12,
            reasoning_tokens: 4,
            verifier_tokens: 13,
            price: 0.25,
            simulated: true,
        };
        let path = folder.path().join("draws.parquet");
        write_census(&path, std::slice::from_ref(&row)).unwrap();
        assert_eq!(read_census(&path).unwrap(), std::slice::from_ref(&row));
        let shares = [row.cut_off_share(), row.filtered_share(), row.missing_share(), row.estimated_share()];
        assert_eq!(shares, [0.1, 0.2, 0.25, 0.5]);
        assert_eq!(DrawCensus::default().cut_off_share(), 0.0);
    }
}
