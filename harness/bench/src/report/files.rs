//! The files of a report: one list, which the program, the documentation and the tests follow.

use std::path::{Path, PathBuf};

use super::context::ReportContext;
use super::error::ReportError;
use super::file::write_file;
use super::report_file::{Render, Report, ReportFile};
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
