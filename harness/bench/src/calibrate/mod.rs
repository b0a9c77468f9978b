//! Fits the simulated backbone and verifier to published measurements, and says how well it went.
//!
//! Published curves -> parameters, by simulated method of moments: the backbone's own generative model runs without
//! text on common random numbers, and its expected curves are compared with the published ones. What this does not do:
//! read any benchmark question; the published files are all it needs.

mod fit;
mod published;
mod simulate;
mod table;
mod write;

pub use fit::{fit, fit_evaluations};
pub use published::{
    BUDGETS, METHODS, Published, PublishedDataset, PublishedError, PublishedMethod, ROUNDS, ScoreMoments,
};
pub use simulate::{Noise, Simulated, simulate};
pub use table::{Cell, MomentRow, Quantity, cells, moment_rows, within_summary};
pub use write::{FitRecord, profile_yaml};

#[cfg(test)]
mod tests;
