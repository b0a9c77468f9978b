//! Rows that are all there already, straight into sealed parts: no journal, since a half-written import is thrown away.
//!
//! Memory is bounded by bytes and not by questions: one question of a real pool may hold megabytes of text. Rows are put
//! in order within what is held at once; parts of one block that come later are further generations, as when a pool grows.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::error::TraceError;
use super::folder::RunFolder;
use super::layout::Partition;
use super::parts::write_part;
use super::rows::Row;
use crate::key::DrawKey;

/// Questions sealed together into one Parquet part.
pub const BLOCK: usize = 64;
/// Text held before it is written.
const HELD_BYTES: usize = 12 << 20;
/// What a row takes beside its text.
const ROW_BYTES: usize = 512;

/// Writes one kind of row of a run that nobody else knows yet.
pub struct Bulk<R: Row> {
    run: PathBuf,
    metadata: Vec<(String, String)>,
    held: BTreeMap<Partition, Vec<(Position, R)>>,
    bytes: usize,
}

/// Where a row belongs: its question's place in its dataset, and its draw.
type Position = (usize, DrawKey);

impl<R: Row> Bulk<R> {
    /// Writes to this run.
    pub fn new(run: &RunFolder) -> Self {
        Self { run: run.path().to_owned(), metadata: run.part_metadata(), held: BTreeMap::new(), bytes: 0 }
    }

    /// Takes a row of the question at this place of its dataset; `text` is how many bytes of text it holds.
    ///
    /// # Errors
    /// When a part cannot be written.
    pub fn add(&mut self, question: usize, row: R, text: usize) -> Result<(), TraceError> {
        let position = (question, row.draw());
        self.held.entry(row.partition()).or_default().push((position, row));
        self.bytes += text + ROW_BYTES;
        if self.bytes >= HELD_BYTES { self.flush() } else { Ok(()) }
    }

    /// Writes what is held.
    ///
    /// # Errors
    /// When a part cannot be written.
    pub fn flush(&mut self) -> Result<(), TraceError> {
        self.bytes = 0;
        for (partition, mut rows) in std::mem::take(&mut self.held) {
            rows.sort_by_key(|(position, _)| *position);
            let mut rows = rows.into_iter().peekable();
            while let Some(((question, _), _)) = rows.peek() {
                let block = question / BLOCK;
                let mut of_block = Vec::new();
                while let Some((_, row)) = rows.next_if(|((question, _), _)| question / BLOCK == block) {
                    of_block.push(row);
                }
                let block = u32::try_from(block).unwrap_or(u32::MAX);
                write_part(&self.run, &partition, block, of_block, self.metadata.clone())?;
            }
        }
        Ok(())
    }
}
