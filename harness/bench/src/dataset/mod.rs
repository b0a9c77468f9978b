//! Manifest -> questions.

mod builtin;
mod digest;
mod error;
mod gold;
mod load;
mod manifest;
mod pull;
mod question;
mod shape;
mod table;

pub use digest::{content_sha256, question_id};
pub use error::{DatasetError, Problem, ProblemList};
pub(crate) use gold::final_answer;
pub use load::{Found, Inspection, Locations, Whereabouts, find, inspect, known_names, load, locate};
pub use manifest::{Fields, HubFile, HubSource, LocalFile, Manifest, Shape, Source};
pub use pull::{Hub, Progress, PullError, Pulled, PulledFile, pull};
pub use question::{Dataset, Question};
pub(crate) use table::excerpt;

#[cfg(test)]
mod tests;
