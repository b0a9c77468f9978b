//! The files of a report: one list, which the program, the documentation and the tests follow.

use std::path::{Path, PathBuf};

use super::context::ReportContext;
use super::error::ReportError;
use super::file::write_file;
use super::frame::{Section, sections};
use super::{comparisons, csv, equal_tokens, figure, latex, markdown, policies};
use crate::replay::Replayed;

/// Every file of a report, in the order in which they are written and listed.
pub const FILES: &[ReportFile] = &[
    markdown::FILE,
    latex::FILE,
    latex::STANDALONE_FILE,
    csv::OUTCOMES,
    comparisons::FILE,
    csv::COMPARISONS,
    equal_tokens::FILE,
    csv::EQUAL_TOKENS,
    policies::FILE,
    figure::FILES,
];

/// A file of a report, or several of a kind.
pub struct ReportFile {
    /// Its name; capitals stand for what differs among several.
    pub name: &'static str,
    /// What it shows.
    pub about: &'static str,
    /// Whether replay found what it shows; where it did not, the file is not written.
    pub(super) needs: fn(&Replayed) -> bool,
    pub(super) render: Render,
}

/// A file's name and contents.
pub(super) type Named = (String, Vec<u8>);

/// How the contents of a file, or of several, are made.
pub(super) enum Render {
    Text(fn(&Report<'_>) -> String),
    Bytes(fn(&Report<'_>) -> Result<Vec<u8>, ReportError>),
    Several(fn(&Report<'_>) -> Result<Vec<Named>, ReportError>),
}

/// What files are made of.
pub(super) struct Report<'r> {
    pub(super) replayed: &'r Replayed,
    pub(super) context: &'r ReportContext,
    /// The outcomes, arranged as tables.
    pub(super) sections: Vec<Section>,
}

impl<'r> Report<'r> {
    pub(super) fn new(replayed: &'r Replayed, context: &'r ReportContext) -> Result<Self, ReportError> {
        Ok(Self { replayed, context, sections: sections(&replayed.outcomes, context)? })
    }
}

/// Writes tables and figures into `folder`, made if missing; gives their paths. Each file appears complete or not at all.
///
/// # Errors
/// Outcomes that are empty, duplicate or impossible; a folder that cannot be written; a figure that cannot be drawn.
pub fn write(replayed: &Replayed, context: &ReportContext, folder: &Path) -> Result<Vec<PathBuf>, ReportError> {
    let report = Report::new(replayed, context)?;
    let mut written = Vec::new();
    for file in FILES.iter().filter(|file| (file.needs)(replayed)) {
        match file.render {
            Render::Text(render) => written.push(write_file(folder, file.name, render(&report).as_bytes())?),
            Render::Bytes(render) => written.push(write_file(folder, file.name, &render(&report)?)?),
            Render::Several(render) => {
                for (name, bytes) in render(&report)? {
                    written.push(write_file(folder, &name, &bytes)?);
                }
            }
        }
    }
    Ok(written)
}
