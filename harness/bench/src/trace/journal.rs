//! The journal: append-only Arrow IPC streams. A torn tail loses only its unfinished batch.
//!
//! A process writes segments of its own and never appends to an older one (its tail may be torn). A segment is removed
//! when every row in it has been sealed into a Parquet part.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use arrow_array::RecordBatch;
use arrow_ipc::reader::StreamReader;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, SchemaRef};

use super::error::TraceError;

/// After this many bytes a new segment begins, so that sealed rows do not stay on disk twice for long.
const SEGMENT_BYTES: usize = 64 << 20;
/// Power loss may cost this much; a killed process costs nothing that was written.
const SYNC_EVERY: Duration = Duration::from_secs(1);

/// The number of a segment.
pub(super) type SegmentNumber = u64;

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
    /// Opens the journal of `kind` in `folder` and hands every complete batch found, with its segment, to `found`.
    pub(super) fn open(
        folder: &Path,
        kind: &'static str,
        schema: SchemaRef,
        mut found: impl FnMut(SegmentNumber, RecordBatch) -> Result<usize, TraceError>,
    ) -> Result<Self, TraceError> {
        let mut unsealed = BTreeMap::new();
        let mut next = 0;
        for (number, path) in segments(folder, kind)? {
            let mut rows = 0;
            read_segment(&path, |batch| {
                rows += found(number, batch)?;
                Ok(())
            })?;
            unsealed.insert(number, rows);
            next = number + 1;
        }
        Ok(Self { folder: folder.to_owned(), kind, schema, next, current: None, unsealed })
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

fn segment_path(folder: &Path, kind: &str, number: SegmentNumber) -> PathBuf {
    folder.join(format!("{kind}-{number:06}.arrows"))
}

/// The segments of a kind, oldest first.
pub(super) fn segments(folder: &Path, kind: &str) -> Result<Vec<(SegmentNumber, PathBuf)>, TraceError> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(TraceError::io("list", folder))? {
        let path = entry.map_err(TraceError::io("list", folder))?.path();
        let number = path
            .file_name()
            .and_then(|name| name.to_str())
            .and_then(|name| name.strip_prefix(kind)?.strip_prefix('-')?.strip_suffix(".arrows")?.parse().ok());
        if let Some(number) = number {
            found.push((number, path));
        }
    }
    found.sort();
    Ok(found)
}

/// Hands every complete batch of a segment to `found`; stops without an error where the stream is torn.
pub(super) fn read_segment(
    path: &Path,
    mut found: impl FnMut(RecordBatch) -> Result<(), TraceError>,
) -> Result<(), TraceError> {
    let file = match File::open(path) {
        Ok(file) => file,
        // A collecting process may seal and remove a segment while a report reads the run.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(TraceError::io("open", path)(error)),
    };
    let Ok(reader) = StreamReader::try_new(BufReader::new(file), None) else {
        return Ok(());
    };
    for batch in reader {
        let Ok(batch) = batch else { break };
        found(batch)?;
    }
    Ok(())
}
