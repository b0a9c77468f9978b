//! `import jsonl`: one draw a line, with a field map; the other end of `export jsonl`.

mod census;
mod fields;
mod record;
mod request;
mod resolve;
#[cfg(test)]
mod tests;
mod writer;

use std::io::{BufRead, Read};
use std::path::Path;
use std::sync::Arc;

use self::census::Census;
pub use self::fields::{FIELDS, Field, FieldMap};
use self::record::{Lines, Record};
pub use self::request::JsonlImport;
use self::resolve::{Defaults, Resolver};
use self::writer::Writer;
use super::error::ImportError;
use super::manifest::Manifest;
use super::run::{Imported, Making, Step};
use super::source::{Fingerprint, pass, stepping};
use crate::dataset::Dataset;
use crate::export;

/// A longer line is not one draw, but a file of another kind.
const LONGEST_LINE: u64 = 64 << 20;

/// Imports lines as a run of its own.
///
/// # Errors
/// When a line, a question set or a name is not as it should be, or the run cannot be written. Nothing is left then.
pub fn import_jsonl(import: &JsonlImport<'_>, on_step: &mut dyn FnMut(Step<'_>)) -> Result<Imported, ImportError> {
    let map = import.map()?;
    let lines = Lines { path: import.path, map: &map };
    let defaults =
        Defaults { backbone: import.backbone, model: import.model, dataset: import.dataset, sampling: import.sampling };
    let resolver = Resolver::new(import.path, defaults, import.locations, map.has("gold"));
    let mut census = Census::new(resolver, import.verifier.unwrap_or("imported"));
    let fingerprint = each_record(&lines, false, on_step, |line, record| census.count(line, &record))?;
    if census.draws == 0 {
        return Err(ImportError::at(import.path, "", "no lines", "one draw a line"));
    }
    let mut warnings = Vec::new();
    let contents = census.contents(import, &fingerprint, &mut warnings);
    let plan = contents.plan(import.target.overrides, &mut warnings)?;
    let datasets: Vec<Arc<Dataset>> = census.answered().into_iter().map(Arc::new).collect();
    let file = census.source_file(import.path, &fingerprint, &datasets);
    let manifest = Manifest::new("jsonl", "text", vec![file], warnings);
    let making = Making {
        target: &import.target,
        plan: &plan,
        datasets: &datasets,
        manifest: &manifest,
        command: "import jsonl",
    };
    census.resolver.again();
    let run = making.make(|run| {
        let mut writer = Writer::new(&mut census, run);
        let again = each_record(&lines, true, on_step, |line, record| writer.write(line, record))?;
        if again != fingerprint {
            return Err(ImportError::Changed { path: import.path.to_owned() });
        }
        writer.finish()
    })?;
    Ok(Imported {
        run,
        name: plan.name,
        questions: datasets.iter().map(|dataset| dataset.questions.len() as u64).sum(),
        draws: census.draws,
        scores: census.scores.values().sum(),
        source: manifest,
    })
}

impl JsonlImport<'_> {
    /// The field map: the one that was given, or that of an exported file, which says of itself that it is one.
    fn map(&self) -> Result<FieldMap, ImportError> {
        if let Some(map) = &self.map {
            return Ok(map.clone());
        }
        let file = std::fs::File::open(self.path).map_err(ImportError::read(self.path))?;
        let mut reader = std::io::BufReader::new(file);
        let mut first = Vec::new();
        next_line(self.path, 1, &mut reader, &mut first)?;
        let line: serde_json::Value = serde_json::from_slice(&first).unwrap_or_default();
        match line.get(export::MARK).and_then(serde_json::Value::as_u64) {
            Some(format) if format <= export::FORMAT => Ok(FieldMap::exported()),
            Some(format) => {
                let expected = format!("at most {}; update markovscale", export::FORMAT);
                Err(ImportError::at(self.path, "line 1", format!("an export of format {format}"), expected))
            }
            None => Err(ImportError::Usage(format!(
                "{} was not written by `markovscale export jsonl`; say which field is where with --map, for example \
                 --map question=problem,gold=answer,completion=output.text",
                self.path.display()
            ))),
        }
    }
}

/// Hands every line to `found`, with its number.
fn each_record(
    lines: &Lines<'_>,
    writes: bool,
    on_step: &mut dyn FnMut(Step<'_>),
    mut found: impl FnMut(usize, Record) -> Result<(), ImportError>,
) -> Result<Fingerprint, ImportError> {
    let ((), fingerprint) = stepping(lines.path, writes, on_step, |on_bytes| {
        pass(lines.path, on_bytes, |reader| {
            let mut text = Vec::new();
            for number in 1.. {
                if !next_line(lines.path, number, reader, &mut text)? {
                    break;
                }
                if !text.trim_ascii().is_empty() {
                    found(number, lines.record(number, &text)?)?;
                }
            }
            Ok(())
        })
    })?;
    Ok(fingerprint)
}

/// Reads a line into `text`; false at the end of the file.
fn next_line(path: &Path, number: usize, reader: &mut impl BufRead, text: &mut Vec<u8>) -> Result<bool, ImportError> {
    text.clear();
    let read = reader.by_ref().take(LONGEST_LINE + 1).read_until(b'\n', text).map_err(ImportError::read(path))?;
    if read as u64 > LONGEST_LINE {
        let found = format!("a line of more than {} MiB", LONGEST_LINE >> 20);
        return Err(ImportError::at(path, format!("line {number}"), found, "one draw a line")
            .remedy("is it one JSON document instead of JSON Lines?"));
    }
    if number == 1 && text.starts_with(b"\xef\xbb\xbf") {
        text.drain(..3);
    }
    Ok(read > 0)
}
