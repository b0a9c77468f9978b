//! Reading a partition's draws with their completions, a part at a time: a pool of real completions does not fit memory.

use std::collections::HashSet;
use std::path::PathBuf;

use super::error::TraceError;
use super::folder::RunFolder;
use super::ledger::{Partition, Snapshot, owned_key, sealed};
use super::parts::{partition_folder, parts, read_part};
use super::rows::{DrawRow, Reader, Row, Stored, StoredDraw};
use crate::key::{DrawKey, QuestionId};

/// A partition's draws, sealed parts first, then what is only journalled.
pub struct DrawParts {
    parts: Vec<DrawPart>,
}

/// Some of a partition's draws.
pub enum DrawPart {
    /// A sealed part.
    Sealed {
        /// The file.
        path: PathBuf,
        /// The block of questions it holds draws of.
        block: u32,
    },
    /// Draws of blocks that are not complete yet.
    Journalled(Vec<StoredDraw>),
}

impl DrawParts {
    /// Lists the sealed parts of a partition alone.
    ///
    /// # Errors
    /// When the run cannot be read.
    pub fn sealed(run: &RunFolder, partition: &Partition) -> Result<Self, TraceError> {
        let mut found = Vec::new();
        for path in parts(&partition_folder(run.path(), DrawRow::FOLDER, partition))? {
            let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
            let block = name.split('-').nth(1).and_then(|number| number.parse().ok()).unwrap_or(u32::MAX);
            found.push(DrawPart::Sealed { path, block });
        }
        Ok(Self { parts: found })
    }

    /// Lists the parts of a partition; what is only journalled is taken out of `journalled`.
    ///
    /// # Errors
    /// When the run cannot be read.
    pub fn open(
        run: &RunFolder,
        journalled: &mut Snapshot<StoredDraw>,
        partition: &Partition,
    ) -> Result<Self, TraceError> {
        let mut found = Self::sealed(run, partition)?.parts;
        let journalled = journalled.take_journalled(partition);
        if !journalled.is_empty() {
            // A segment keeps sealed rows until all of its rows are sealed.
            let sealed = sealed::<StoredDraw>(run.path(), partition, &[])?;
            let mut keys: HashSet<(QuestionId, DrawKey)> = sealed.iter().map(owned_key).collect();
            let unique = |row: &StoredDraw| keys.insert((row.question.clone(), row.draw));
            let mut rows: Vec<StoredDraw> = journalled.into_iter().filter(unique).collect();
            rows.sort_by(|a, b| a.key().cmp(&b.key()));
            if !rows.is_empty() {
                found.push(DrawPart::Journalled(rows));
            }
        }
        Ok(Self { parts: found })
    }

    /// How many draws answer their question: critiques and ratings do not, and are never scored.
    ///
    /// # Errors
    /// When a part cannot be read.
    pub fn answers(&self) -> Result<u64, TraceError> {
        self.parts.iter().map(DrawPart::answers).sum()
    }

    /// The parts.
    pub fn iter(&self) -> impl Iterator<Item = &DrawPart> {
        self.parts.iter()
    }
}

impl DrawPart {
    /// The block, for a sealed part.
    pub fn block(&self) -> Option<u32> {
        match self {
            Self::Sealed { block, .. } => Some(*block),
            Self::Journalled(_) => None,
        }
    }

    /// Its draws, completions included, grouped by question.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn read(&self) -> Result<Vec<StoredDraw>, TraceError> {
        let path = match self {
            Self::Journalled(rows) => return Ok(rows.clone()),
            Self::Sealed { path, .. } => path,
        };
        let columns: Vec<&str> = StoredDraw::COLUMNS.iter().copied().chain(["completion"]).collect();
        let mut rows = Vec::new();
        read_part(path, &columns, |batch| {
            let draws = StoredDraw::from_batch(&batch).map_err(|error| TraceError::malformed_rows(path, &error))?;
            rows.extend(draws);
            Ok(())
        })?;
        Ok(rows)
    }

    fn answers(&self) -> Result<u64, TraceError> {
        let path = match self {
            Self::Journalled(rows) => return Ok(rows.iter().filter(|row| row.draw.is_answer()).count() as u64),
            Self::Sealed { path, .. } => path,
        };
        let mut answers = 0;
        read_part(path, &["mode", "chain", "round"], |batch| {
            let keys = Reader { batch: &batch }.draw_keys().map_err(|error| TraceError::Malformed {
                path: path.clone(),
                expected: "draws of a run",
                found: error.to_string(),
            })?;
            answers += keys.iter().filter(|key| key.is_answer()).count() as u64;
            Ok(())
        })?;
        Ok(answers)
    }
}
