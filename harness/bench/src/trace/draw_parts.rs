//! Reading a partition's draws with their completions, a part at a time: a pool of real completions does not fit memory.

use std::path::PathBuf;

use super::error::TraceError;
use super::folder::RunFolder;
use super::layout::{Partition, block_of, parts};
use super::rows::{DrawRow, Row, StoredDraw, WrittenDraw};
use super::scan::{Snapshot, StoredKey, each_of_part};
use crate::key::DrawKey;

/// A partition's draws, sealed parts first, then what is only journalled.
pub struct DrawParts {
    partition: Partition,
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
    /// Draws of blocks that are not complete yet, grouped by question.
    Journalled(Vec<StoredDraw>),
}

impl DrawParts {
    /// Lists the parts of a partition; what is only journalled is taken out of `journalled`.
    ///
    /// # Errors
    /// When the run cannot be read.
    pub fn open(
        run: &RunFolder,
        journalled: &mut Snapshot<WrittenDraw>,
        partition: &Partition,
    ) -> Result<Self, TraceError> {
        let journalled: Vec<StoredDraw> =
            journalled.rows(partition).only_journalled()?.map(|(_, WrittenDraw(draw))| draw).collect();
        let sealed = parts(&partition.folder(run.path(), DrawRow::FOLDER))?.into_iter();
        let mut parts: Vec<DrawPart> = sealed.map(|path| DrawPart::Sealed { block: block_of(&path), path }).collect();
        if !journalled.is_empty() {
            parts.push(DrawPart::Journalled(journalled));
        }
        Ok(Self { partition: partition.clone(), parts })
    }

    /// How many draws answer their question: critiques and ratings do not, and are never scored.
    ///
    /// # Errors
    /// When a part cannot be read.
    pub fn answers(&self) -> Result<u64, TraceError> {
        let mut answers = 0;
        let mut count = |draw: DrawKey| answers += u64::from(draw.is_answer());
        for part in &self.parts {
            match part {
                DrawPart::Journalled(draws) => draws.iter().for_each(|row| count(row.draw)),
                DrawPart::Sealed { path, .. } => each_of_part(path, &self.partition, |key: StoredKey<DrawRow>| {
                    count(key.draw);
                    Ok(())
                })?,
            }
        }
        Ok(answers)
    }

    /// The parts.
    pub fn iter(&self) -> impl Iterator<Item = &DrawPart> {
        self.parts.iter()
    }

    /// The draws of a part, completions included, grouped by question.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn read(&self, part: &DrawPart) -> Result<Vec<StoredDraw>, TraceError> {
        let path = match part {
            DrawPart::Journalled(draws) => return Ok(draws.clone()),
            DrawPart::Sealed { path, .. } => path,
        };
        let mut draws = Vec::new();
        each_of_part(path, &self.partition, |WrittenDraw(draw)| {
            draws.push(draw);
            Ok(())
        })?;
        Ok(draws)
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
}
