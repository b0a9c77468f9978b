//! What is to be imported.

use std::path::Path;

use super::fields::FieldMap;
use crate::dataset::Locations;
use crate::import::run::Target;
use crate::vocabulary::Sampling;

/// Lines to import.
#[derive(Debug, Clone)]
pub struct JsonlImport<'a> {
    /// The file.
    pub path: &'a Path,
    /// The run to be made.
    pub target: Target<'a>,
    /// Where questions are looked for.
    pub locations: &'a Locations,
    /// Where lines keep their fields; `None` for a file that `export jsonl` wrote.
    pub map: Option<FieldMap>,
    /// The backbone, where lines do not say.
    pub backbone: Option<&'a str>,
    /// The model that answered, where lines do not say.
    pub model: Option<&'a str>,
    /// The data set, where lines do not say.
    pub dataset: Option<&'a str>,
    /// The verifier behind the field `score`, and whose scores are used first.
    pub verifier: Option<&'a str>,
    /// Sampling parameters, where lines do not say.
    pub sampling: Sampling,
}
