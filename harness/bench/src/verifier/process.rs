//! What every verifier that is no server does.

use std::sync::Arc;

use super::{Verifier, VerifierError};
use crate::dataset::Dataset;
use crate::experiment::{BackbonePlan, ProcessVerifier};
use crate::resources::Resources;

/// Whose answers to which questions are scored.
#[derive(Debug, Clone, Copy)]
pub(super) struct Opening<'a> {
    /// Who answered.
    pub(super) backbone: &'a BackbonePlan,
    /// The run's seed.
    pub(super) run_seed: u64,
    /// The questions, all of the dataset.
    pub(super) dataset: &'a Dataset,
    /// What is shared by all that is opened.
    pub(super) resources: &'a Resources,
}

/// A kind of verifier that is no server.
pub(super) trait Process: Sync {
    /// Its name in configs.
    fn kind(&self) -> &'static str;

    /// The verifier of a backbone's answers to a dataset.
    ///
    /// # Errors
    /// When it cannot be set up, or cannot score these draws.
    fn open(&self, plan: &ProcessVerifier, opening: &Opening<'_>) -> Result<Arc<dyn Verifier>, VerifierError>;

    /// A hash of what determines its scores; `None` where that is known of the draws.
    ///
    /// # Errors
    /// When a model's files cannot be read.
    fn identity(&self, _: &ProcessVerifier) -> Result<Option<String>, VerifierError> {
        Ok(None)
    }

    /// Scores under way at once.
    fn concurrency(&self, backbone: &BackbonePlan) -> u32 {
        backbone.concurrency
    }
}
