//! What a file of a report is, and what it is made of.

use super::context::ReportContext;
use super::error::ReportError;
use super::frame::{Section, sections};
use crate::replay::Replayed;

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
