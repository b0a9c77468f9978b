//! Columns of Arrow from values, and values from columns.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type, Int64Type, TimestampMillisecondType};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray,
    TimestampMillisecondArray,
};
use arrow_schema::ArrowError;
use markovscale::Tokens;

use super::Asking;
use crate::key::{Chain, DrawKey, Mode, QuestionId, Round};
use crate::trace::layout::Partition;
use crate::vocabulary::TokenCounts;

pub(super) fn text<R>(rows: &[R], value: impl Fn(&R) -> Option<&str>) -> ArrayRef {
    Arc::new(rows.iter().map(value).collect::<StringArray>())
}

pub(super) fn count<R>(rows: &[R], value: impl Fn(&R) -> u32) -> ArrayRef {
    Arc::new(rows.iter().map(|r| Some(i32::try_from(value(r)).unwrap_or(i32::MAX))).collect::<Int32Array>())
}

pub(super) fn whole<R>(rows: &[R], value: impl Fn(&R) -> Option<u64>) -> ArrayRef {
    let signed = |r| value(r).map(|v| i64::try_from(v).unwrap_or(i64::MAX));
    Arc::new(rows.iter().map(signed).collect::<Int64Array>())
}

pub(super) fn real<R>(rows: &[R], value: impl Fn(&R) -> Option<f64>) -> ArrayRef {
    Arc::new(rows.iter().map(value).collect::<Float64Array>())
}

pub(super) fn flag<R>(rows: &[R], value: impl Fn(&R) -> bool) -> ArrayRef {
    Arc::new(rows.iter().map(|r| Some(value(r))).collect::<BooleanArray>())
}

pub(super) fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

fn tokens(column: &Int64Array, index: usize) -> Tokens {
    Tokens(unsigned(column.value(index)))
}

pub(super) fn optional(array: &impl Array, index: usize) -> Option<()> {
    array.is_valid(index).then_some(())
}

pub(super) fn wrong_type(name: &str) -> ArrowError {
    ArrowError::SchemaError(format!("column `{name}` has another type than expected"))
}

/// Makes equal neighbours one allocation.
#[derive(Default)]
struct Shared(Option<Arc<str>>);

impl Shared {
    fn get(&mut self, value: &str) -> Arc<str> {
        match &self.0 {
            Some(last) if **last == *value => Arc::clone(last),
            _ => Arc::clone(self.0.insert(Arc::from(value))),
        }
    }
}

/// Reads typed columns of a batch by name, so that a file with more columns still reads.
pub(in crate::trace) struct Reader<'a> {
    pub(in crate::trace) batch: &'a RecordBatch,
}

impl<'a> Reader<'a> {
    pub(in crate::trace) fn column(&self, name: &str) -> Result<&'a ArrayRef, ArrowError> {
        self.batch.column_by_name(name).ok_or_else(|| ArrowError::SchemaError(format!("column `{name}` is missing")))
    }

    pub(in crate::trace) fn text(&self, name: &str) -> Result<&'a StringArray, ArrowError> {
        self.column(name)?.as_string_opt::<i32>().ok_or_else(|| wrong_type(name))
    }

    /// A text column whose values repeat: equal neighbours share one allocation.
    pub(in crate::trace) fn shared(&self, name: &str) -> Result<Vec<Arc<str>>, ArrowError> {
        let mut shared = Shared::default();
        Ok(self.text(name)?.iter().map(|value| shared.get(value.unwrap_or_default())).collect())
    }

    /// The same for a column of names that may be null, and that files of older versions do not have: all null then.
    pub(in crate::trace) fn shared_or_absent(&self, name: &str) -> Result<Vec<Option<Arc<str>>>, ArrowError> {
        if self.batch.column_by_name(name).is_none() {
            return Ok(vec![None; self.batch.num_rows()]);
        }
        let mut shared = Shared::default();
        Ok(self.text(name)?.iter().map(|value| Some(shared.get(value?))).collect())
    }

    /// How servers were asked; empty in files of versions that did not record it.
    pub(in crate::trace) fn asking(&self) -> Result<Vec<Asking>, ArrowError> {
        let rows = self.batch.num_rows();
        if self.batch.column_by_name("request_hash").is_none() {
            return Ok(vec![Asking::default(); rows]);
        }
        let (hash, earlier) = (self.text("request_hash")?, self.text("earlier_attempts")?);
        let estimated = self.flag("tokens_estimated")?;
        let owned = |column: &StringArray, i: usize| column.is_valid(i).then(|| column.value(i).to_owned());
        let asking = |i: usize| Asking {
            request_hash: owned(hash, i),
            earlier_attempts: owned(earlier, i),
            tokens_estimated: estimated.value(i),
        };
        Ok((0..rows).map(asking).collect())
    }

    pub(in crate::trace) fn flag(&self, name: &str) -> Result<&'a BooleanArray, ArrowError> {
        self.column(name)?.as_boolean_opt().ok_or_else(|| wrong_type(name))
    }

    pub(in crate::trace) fn count(&self, name: &str) -> Result<&'a Int32Array, ArrowError> {
        self.column(name)?.as_primitive_opt::<Int32Type>().ok_or_else(|| wrong_type(name))
    }

    pub(in crate::trace) fn whole(&self, name: &str) -> Result<&'a Int64Array, ArrowError> {
        self.column(name)?.as_primitive_opt::<Int64Type>().ok_or_else(|| wrong_type(name))
    }

    pub(in crate::trace) fn real(&self, name: &str) -> Result<&'a Float64Array, ArrowError> {
        self.column(name)?.as_primitive_opt::<Float64Type>().ok_or_else(|| wrong_type(name))
    }

    /// Milliseconds since the epoch.
    pub(in crate::trace) fn time(&self, name: &str) -> Result<&'a TimestampMillisecondArray, ArrowError> {
        self.column(name)?.as_primitive_opt::<TimestampMillisecondType>().ok_or_else(|| wrong_type(name))
    }

    /// A column that files of older versions do not have, and readers may leave out.
    pub(in crate::trace) fn if_there<T>(
        &self,
        name: &str,
        read: impl FnOnce(&Self, &str) -> Result<T, ArrowError>,
    ) -> Result<Option<T>, ArrowError> {
        self.batch.column_by_name(name).map(|_| read(self, name)).transpose()
    }

    /// The tokens of draws; reasoning is 0 where the server did not tell.
    pub(in crate::trace) fn token_counts(&self) -> Result<Vec<TokenCounts>, ArrowError> {
        let (prompt, cached) = (self.whole("prompt_tokens")?, self.whole("cached_tokens")?);
        let (completion, reasoning) = (self.whole("completion_tokens")?, self.whole("reasoning_tokens")?);
        let of_row = |i: usize| TokenCounts {
            prompt: tokens(prompt, i),
            cached: tokens(cached, i),
            completion: tokens(completion, i),
            reasoning: optional(reasoning, i).map_or(Tokens(0), |()| tokens(reasoning, i)),
        };
        Ok((0..self.batch.num_rows()).map(of_row).collect())
    }

    /// The tokens of scores, read and written together, and of those the written: 0 in files of versions before it was
    /// told apart.
    pub(in crate::trace) fn verifier_tokens(&self) -> Result<Vec<(Tokens, Tokens)>, ArrowError> {
        let (all, written) = (self.whole("verifier_tokens")?, self.if_there("written_tokens", Self::whole)?);
        let of_row = |i: usize| (tokens(all, i), written.map_or(Tokens(0), |written| tokens(written, i)));
        Ok((0..self.batch.num_rows()).map(of_row).collect())
    }

    /// The partition of each row of a journal; a part's rows have theirs in its folders' names.
    pub(in crate::trace) fn partitions(&self) -> Result<Vec<Partition>, ArrowError> {
        let mut verifier = self.if_there("verifier", Self::shared)?.map(Vec::into_iter);
        let rows = self.shared("backbone")?.into_iter().zip(self.shared("dataset")?);
        let mut verifier = || verifier.as_mut().and_then(Iterator::next);
        Ok(rows.map(|(backbone, dataset)| Partition { verifier: verifier(), backbone, dataset }).collect())
    }

    pub(in crate::trace) fn keys(&self) -> Result<Vec<(QuestionId, DrawKey)>, ArrowError> {
        let question = self.text("question_id")?;
        let keys = self.draw_keys()?.into_iter().enumerate();
        Ok(keys.map(|(i, key)| (QuestionId(question.value(i).to_owned()), key)).collect())
    }

    fn draw_keys(&self) -> Result<Vec<DrawKey>, ArrowError> {
        let mode = self.text("mode")?;
        let (chain, round) = (self.count("chain")?, self.count("round")?);
        let key = |i: usize| {
            let mode = Mode::from_name(mode.value(i))
                .ok_or_else(|| ArrowError::ParseError(format!("row {}: unknown mode `{}`", i + 1, mode.value(i))))?;
            let (chain, round) = (Chain(chain.value(i).unsigned_abs()), Round(round.value(i).unsigned_abs()));
            Ok(DrawKey { mode, chain, round })
        };
        (0..self.batch.num_rows()).map(key).collect()
    }
}
