//! The names and places of a run's files on disk.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::columns::PARTITION_COLUMNS;
use super::error::TraceError;

/// The format that this version writes. Older formats are read; newer ones are refused.
pub const FORMAT: u64 = 1;

/// Rows that belong together: the draws of a backbone on a dataset, or a verifier's scores of them. Each has a folder of
/// its own, named after it: `traces/backbone=B/dataset=D`, `scores/verifier=V/backbone=B/dataset=D`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Partition {
    /// The verifier's name, for scores.
    pub verifier: Option<Arc<str>>,
    /// The backbone's name.
    pub backbone: Arc<str>,
    /// The dataset's name.
    pub dataset: Arc<str>,
}

impl Partition {
    /// The draws of a backbone on a dataset.
    pub fn of_draws(backbone: &str, dataset: &str) -> Self {
        Self { verifier: None, backbone: Arc::from(backbone), dataset: Arc::from(dataset) }
    }

    /// A verifier's scores of a backbone's draws on a dataset.
    pub fn of_scores(verifier: &str, backbone: &str, dataset: &str) -> Self {
        Self { verifier: Some(Arc::from(verifier)), ..Self::of_draws(backbone, dataset) }
    }

    /// A verifier's scores of these draws.
    #[must_use]
    pub fn scored_by(&self, verifier: &str) -> Self {
        Self { verifier: Some(Arc::from(verifier)), ..self.clone() }
    }

    /// The draws that these scores are of.
    #[must_use]
    pub fn draws(&self) -> Self {
        Self { verifier: None, ..self.clone() }
    }

    /// The folders' names and values, outermost first.
    pub fn levels(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let values = [self.verifier.as_deref(), Some(&*self.backbone), Some(&*self.dataset)];
        PARTITION_COLUMNS.into_iter().zip(values).filter_map(|(name, value)| Some((name, value?)))
    }

    /// Its folder among the sealed parts of a kind of row.
    pub(super) fn folder(&self, run: &Path, kind: &str) -> PathBuf {
        self.levels().fold(run.join(kind), |folder, (name, value)| folder.join(format!("{name}={value}")))
    }
}

/// `backbone=B/dataset=D`, as its folders are named.
impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut levels = self.levels();
        levels.try_for_each(|(name, value)| {
            let slash = if name == "dataset" { "" } else { "/" };
            write!(f, "{name}={value}{slash}")
        })
    }
}

/// The partitions that have sealed parts of a kind of row.
pub(super) fn sealed_partitions(run: &Path, kind: &str) -> Result<Vec<Partition>, TraceError> {
    let mut found = Vec::new();
    let mut folders = vec![(run.join(kind), [None, None, None])];
    while let Some((folder, values)) = folders.pop() {
        if let [verifier, Some(backbone), Some(dataset)] = &values
            && !parts(&folder)?.is_empty()
        {
            let (verifier, backbone, dataset) = (verifier.clone(), Arc::clone(backbone), Arc::clone(dataset));
            found.push(Partition { verifier, backbone, dataset });
        }
        for path in entries(&folder)?.into_iter().filter(|path| path.is_dir()) {
            let name = path.file_name().and_then(|name| name.to_str()?.split_once('='));
            let level = name.and_then(|(name, _)| PARTITION_COLUMNS.iter().position(|column| *column == name));
            if let (Some(level), Some((_, value))) = (level, name) {
                let mut values = values.clone();
                values[level] = Some(Arc::from(value));
                folders.push((path, values));
            }
        }
    }
    Ok(found)
}

/// The parts in a partition's folder, in name order.
pub(super) fn parts(folder: &Path) -> Result<Vec<PathBuf>, TraceError> {
    let is_part = |name: &str| name.starts_with("part-") && name.ends_with(".parquet");
    let mut found = entries(folder)?;
    found.retain(|path| path.file_name().and_then(|name| name.to_str()).is_some_and(is_part));
    found.sort();
    Ok(found)
}

/// The name of a new part of a block: blocks that grow (a larger pool) get further generations, old parts stay.
pub(super) fn part_path(folder: &Path, block: u32) -> Result<PathBuf, TraceError> {
    let generation = parts(folder)?.iter().filter(|path| block_of(path) == block).count();
    Ok(folder.join(format!("part-{block:05}-{generation:02}.parquet")))
}

/// The block of questions that a part holds rows of.
pub(super) fn block_of(part: &Path) -> u32 {
    let name = part.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.split('-').nth(1).and_then(|number| number.parse().ok()).unwrap_or(u32::MAX)
}

/// The number of a journal segment.
pub(super) type SegmentNumber = u64;

/// Where the journal of a run lies.
pub(super) fn journal_folder(run: &Path) -> PathBuf {
    run.join("journal")
}

/// A segment of the journal of a kind of row.
pub(super) fn segment_path(folder: &Path, kind: &str, number: SegmentNumber) -> PathBuf {
    folder.join(format!("{kind}-{number:06}.arrows"))
}

/// The segments of a kind, oldest first.
pub(super) fn segments(folder: &Path, kind: &str) -> Result<Vec<(SegmentNumber, PathBuf)>, TraceError> {
    let number = |path: &Path| -> Option<SegmentNumber> {
        let name = path.file_name()?.to_str()?;
        name.strip_prefix(kind)?.strip_prefix('-')?.strip_suffix(".arrows")?.parse().ok()
    };
    let mut found: Vec<_> = entries(folder)?.into_iter().filter_map(|path| Some((number(&path)?, path))).collect();
    found.sort();
    Ok(found)
}

/// What is in a folder; nothing in one that is not there.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, TraceError> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let entries = std::fs::read_dir(folder).map_err(TraceError::io("list", folder))?;
    entries.map(|entry| Ok(entry.map_err(TraceError::io("list", folder))?.path())).collect()
}
