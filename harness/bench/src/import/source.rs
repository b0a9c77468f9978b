//! A file being read once from end to end: hashed, and counted for the progress bar.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::error::ImportError;
use super::run::Step;
use crate::key::hex;

/// Bytes read from the system at once, and told to the progress bar.
const CHUNK: usize = 1 << 18;

/// Hashes and counts what passes through.
pub(super) struct Passing<'a> {
    file: File,
    hash: Sha256,
    bytes: u64,
    on_bytes: &'a mut dyn FnMut(u64),
}

impl Read for Passing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.hash.update(&buffer[..read]);
        self.bytes += read as u64;
        (self.on_bytes)(read as u64);
        Ok(read)
    }
}

/// What a file was, byte for byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fingerprint {
    /// SHA-256 of all bytes, in hex.
    pub(super) sha256: String,
    /// How many.
    pub(super) bytes: u64,
}

/// Reads a file through `read`, which must read to its end.
pub(super) fn pass<T>(
    path: &Path,
    on_bytes: &mut dyn FnMut(u64),
    read: impl FnOnce(&mut BufReader<Passing<'_>>) -> Result<T, ImportError>,
) -> Result<(T, Fingerprint), ImportError> {
    let file = File::open(path).map_err(ImportError::read(path))?;
    let passing = Passing { file, hash: Sha256::new(), bytes: 0, on_bytes };
    let mut reader = BufReader::with_capacity(CHUNK, passing);
    let value = read(&mut reader)?;
    let Passing { hash, bytes, .. } = reader.into_inner();
    Ok((value, Fingerprint { sha256: hex(&hash.finalize()), bytes }))
}

/// Tells of a pass over a file.
pub(super) fn stepping<T>(
    path: &Path,
    writes: bool,
    on_step: &mut dyn FnMut(Step<'_>),
    work: impl FnOnce(&mut dyn FnMut(u64)) -> Result<T, ImportError>,
) -> Result<T, ImportError> {
    let bytes = std::fs::metadata(path).map_err(ImportError::read(path))?.len();
    on_step(Step::Pass { path, bytes, writes });
    let done = work(&mut |bytes| on_step(Step::Read(bytes)));
    on_step(Step::Done);
    done
}
