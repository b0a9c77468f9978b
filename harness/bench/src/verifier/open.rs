//! A planned verifier -> one that scores, what its scores depend on, and how many are made at once.

use std::sync::Arc;

use super::Verifier;
use super::error::VerifierError;
use super::kinds;
use super::process::Opening;
use super::served::{self, ServedVerifier};
use crate::dataset::Dataset;
use crate::experiment::{BackbonePlan, VerifierPlan};
use crate::resources::Resources;

/// Opens the verifier of a backbone's answers to a dataset, given whole. The simulated one has the parameters of the
/// backbone's own profile: how well a verifier tells right from wrong was fitted together with the answers.
///
/// # Errors
/// When the profile or model cannot be loaded, the dataset cannot be simulated, or this verifier cannot score these draws.
pub fn open(
    verifier: &VerifierPlan,
    backbone: &BackbonePlan,
    run_seed: u64,
    dataset: &Dataset,
    resources: &Resources,
) -> Result<Arc<dyn Verifier>, VerifierError> {
    match verifier {
        VerifierPlan::None => Err(VerifierError::None),
        VerifierPlan::Service(verifier) => Ok(Arc::new(ServedVerifier::open(verifier, resources.services())?)),
        VerifierPlan::Process(verifier) => {
            kinds::of(verifier)?.open(verifier, &Opening { backbone, run_seed, dataset, resources })
        }
    }
}

/// The name of a verifier and a hash of what determines its scores; `None` where none scores, or where that is known of the
/// draws.
///
/// # Errors
/// When a judge's prompt cannot be used or a model's files cannot be read.
pub fn identity(verifier: &VerifierPlan) -> Result<Option<(&str, String)>, VerifierError> {
    Ok(match verifier {
        VerifierPlan::None => None,
        VerifierPlan::Service(verifier) => Some((&*verifier.name, served::identity(verifier)?)),
        VerifierPlan::Process(verifier) => {
            kinds::of(verifier)?.identity(verifier)?.map(|identity| (&*verifier.name, identity))
        }
    })
}

/// Scores of a backbone's draws under way at once. A server has limits of its own, and a model batches to fill, whatever the
/// draws came from.
pub fn concurrency(verifier: &VerifierPlan, backbone: &BackbonePlan) -> u32 {
    match verifier {
        VerifierPlan::None => backbone.concurrency,
        VerifierPlan::Service(verifier) => verifier.service.limits.concurrency,
        // What does not exist is refused when it is opened.
        VerifierPlan::Process(verifier) => {
            kinds::of(verifier).map_or(backbone.concurrency, |process| process.concurrency(backbone))
        }
    }
}
