//! Language models that run in this process: which there are, what they are made of, and one engine for each.
//!
//! A model is a folder as the Hugging Face hub has them (`config.json`, `model.safetensors`, `tokenizer.json`,
//! `tokenizer_config.json`). Some are part of the program; others are named by the path of their folder.

mod error;
#[cfg(feature = "embedded")]
mod files;
#[cfg(feature = "embedded")]
mod running;
#[cfg(not(feature = "embedded"))]
#[path = "without.rs"]
mod running;
mod shipped;
#[cfg(all(test, feature = "embedded"))]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use error::ModelError;
pub(crate) use error::help;
pub use running::Models;
pub(crate) use running::identity;

/// Part of what identifies a draw or score: raise it when a change of the inference arithmetic changes what models write
/// or how they judge, so that stored draws of the old arithmetic are not mixed with those of the other.
#[cfg(feature = "embedded")]
pub(crate) const ARITHMETIC: u32 = 1;

/// Names of the models that are part of the program.
pub fn shipped_names() -> &'static [&'static str] {
    shipped::NAMES
}

/// Whether a model's name in a config is a path: it contains a separator or starts with a point.
pub fn is_path(name: &str) -> bool {
    name.contains(['/', '\\']) || name.starts_with('.')
}

/// What a model that answered or scored was, for the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelIdentity {
    /// A shipped name or a path.
    pub model: String,
    /// How many parameters it has.
    pub parameters: u64,
    /// Most tokens of a prompt and its completion together.
    pub context_length: u64,
    /// SHA-256 of its files, hexadecimal, by file name.
    pub sha256: BTreeMap<String, String>,
}
