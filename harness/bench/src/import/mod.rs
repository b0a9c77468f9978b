//! Draws made elsewhere -> a run like any other.
//!
//! What is imported is checked whole before anything is written: a first pass over each file finds every key, length and
//! question, a second one writes. So a run never has half of a file, errors come before work, and memory holds numbers
//! and not texts. The run appears under its name when it is complete ([`crate::trace::Staging`]); `import.json` in it says
//! where it came from.

mod contents;
mod error;
mod jsonl;
mod manifest;
mod optscale;
mod questions;
mod rows;
mod run;
mod source;

pub use error::{ImportError, Problem};
pub use jsonl::{FIELDS, Field, FieldMap, JsonlImport, import_jsonl};
pub use manifest::{Manifest, SourceFile};
pub use optscale::{Key, OptscaleImport, import_optscale};
pub use questions::Join;
pub use run::{Imported, Step, Target};
