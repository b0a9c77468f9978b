//! A planned verifier -> one that scores.

use std::sync::Arc;

use super::Verifier;
use super::simulated::SimulatedVerifier;
use crate::backbone::BackboneError;
use crate::backbone::simulated::Profile;
use crate::dataset::Dataset;
use crate::experiment::{BackboneKind, BackbonePlan};

/// Opens the simulated verifier of a backbone's answers to a dataset, given whole. It has the parameters of the
/// backbone's own profile: how well a verifier tells right from wrong was fitted together with the answers.
///
/// # Errors
/// When the profile cannot be loaded or the dataset cannot be simulated.
pub fn open(backbone: &BackbonePlan, run_seed: u64, dataset: &Dataset) -> Result<Arc<dyn Verifier>, BackboneError> {
    let BackboneKind::Simulated { profile } = &backbone.kind;
    let profile = Profile::load(profile)?;
    Ok(Arc::new(SimulatedVerifier::new(&profile, run_seed, &backbone.name, dataset)?))
}
