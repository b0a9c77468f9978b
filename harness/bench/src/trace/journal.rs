//! The journal: append-only Arrow IPC streams. A torn tail loses only its unfinished batch.
//!
//! A process writes segments of its own and never appends to an older one (its tail may be torn). A segment is removed
//! when every row in it has been sealed into a Parquet part.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use arrow_array::RecordBatch;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, SchemaRef};

use super::error::TraceError;
use super::layout::{SegmentNumber, segment_path};

/// After this many bytes a new segment begins, so that sealed rows do not stay on disk twice for long.
const SEGMENT_BYTES: usize = 64 << 20;
/// Power loss may cost this much; a killed process costs nothing that was written.
const SYNC_EVERY: Duration = Duration::from_secs(1);

struct Segment {
    number: SegmentNumber,
    path: PathBuf,
    writer: StreamWriter<BufWriter<File>>,
    bytes: usize,
    synced: Instant,
}

/// Writes one kind of row.
pub(super) struct Journal {
    folder: PathBuf,
    kind: &'static str,
    schema: SchemaRef,
    next: SegmentNumber,
    current: Option<Segment>,
    /// Rows of each segment that no sealed part holds yet.
    unsealed: BTreeMap<SegmentNumber, usize>,
}

impl Journal {
    /// Continues the journal of `kind` in `folder`, given its segments and how many of their rows no sealed part holds.
    pub(super) fn after(
        folder: PathBuf,
        kind: &'static str,
        schema: SchemaRef,
        unsealed: BTreeMap<SegmentNumber, usize>,
    ) -> Self {
        let next = unsealed.last_key_value().map_or(0, |(last, _)| last + 1);
        Self { folder, kind, schema, next, current: None, unsealed }
    }

    /// Writes a batch; when this returns, a killed process no longer loses it. `unsealed` of its rows wait to be sealed.
    pub(super) fn append(&mut self, batch: &RecordBatch, unsealed: usize) -> Result<SegmentNumber, TraceError> {
        let mut segment = match self.current.take() {
            Some(segment) if segment.bytes < SEGMENT_BYTES => segment,
            Some(full) => {
                close(full)?;
                self.start()?
            }
            None => self.start()?,
        };
        let written = segment.writer.write(batch).and_then(|()| segment.writer.flush());
        // A failed write leaves a torn tail: nothing may follow it in this segment, so it is not put back.
        written.map_err(|error| journal_error("write to", &segment.path, error))?;
        segment.bytes += batch.get_array_memory_size();
        if segment.synced.elapsed() >= SYNC_EVERY {
            sync(&segment)?;
            segment.synced = Instant::now();
        }
        let number = segment.number;
        *self.unsealed.entry(number).or_default() += unsealed;
        self.current = Some(segment);
        Ok(number)
    }

    /// Says that `rows` rows of a segment are sealed (or superseded) now.
    pub(super) fn settle(&mut self, segment: SegmentNumber, rows: usize) {
        if let Some(left) = self.unsealed.get_mut(&segment) {
            *left = left.saturating_sub(rows);
        }
    }

    /// Removes segments that hold nothing unsealed.
    pub(super) fn remove_settled(&mut self) -> Result<(), TraceError> {
        let settled: Vec<_> = self.unsealed.iter().filter(|(_, left)| **left == 0).map(|(n, _)| *n).collect();
        for number in settled {
            if self.current.as_ref().is_some_and(|segment| segment.number == number) {
                self.current = None;
            }
            let path = segment_path(&self.folder, self.kind, number);
            std::fs::remove_file(&path).map_err(TraceError::io("remove", &path))?;
            self.unsealed.remove(&number);
        }
        Ok(())
    }

    /// Makes what was written survive a power loss too.
    pub(super) fn close(&mut self) -> Result<(), TraceError> {
        self.current.take().map_or(Ok(()), close)
    }

    fn start(&mut self) -> Result<Segment, TraceError> {
        std::fs::create_dir_all(&self.folder).map_err(TraceError::io("create the folder", &self.folder))?;
        let number = self.next;
        let path = segment_path(&self.folder, self.kind, number);
        let file =
            OpenOptions::new().write(true).create_new(true).open(&path).map_err(TraceError::io("create", &path))?;
        self.next += 1;
        let writer = StreamWriter::try_new(BufWriter::new(file), &self.schema)
            .map_err(|error| journal_error("write to", &path, error))?;
        self.unsealed.insert(number, 0);
        Ok(Segment { number, path, writer, bytes: 0, synced: Instant::now() })
    }
}

fn sync(segment: &Segment) -> Result<(), TraceError> {
    segment.writer.get_ref().get_ref().sync_data().map_err(TraceError::io("sync", &segment.path))
}

fn close(mut segment: Segment) -> Result<(), TraceError> {
    segment
        .writer
        .finish()
        .and_then(|()| segment.writer.flush())
        .map_err(|error| journal_error("finish", &segment.path, error))?;
    sync(&segment)
}

fn journal_error(action: &'static str, path: &Path, error: ArrowError) -> TraceError {
    match error {
        ArrowError::IoError(_, source) => TraceError::io(action, path)(source),
        other => TraceError::Encode { path: path.to_owned(), message: other.to_string() },
    }
}
