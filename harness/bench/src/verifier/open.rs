//! A planned verifier -> one that scores, what its scores depend on, and how many are made at once.

use std::sync::Arc;

use super::Verifier;
use super::process::{self, Opening};
use super::served::{self, ServedVerifier};
use crate::backbone::BackboneError;
use crate::dataset::Dataset;
use crate::experiment::{BackbonePlan, VerifierPlan};
use crate::models::ModelError;
use crate::net::ServiceError;
use crate::resources::Resources;
use crate::routes::RouteError;

/// A verifier cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum VerifierError {
    /// The simulation behind it cannot be set up.
    #[error(transparent)]
    Backbone(#[from] BackboneError),
    /// The simulated verifier was asked about draws that are no simulation's.
    #[error(
        "the simulated verifier scores simulated draws only: it knows from the simulation which are right; use the scores \
         that were imported (`verifier: {{kind: imported, name: NAME}}`), or another verifier"
    )]
    NotSimulated,
    /// Its scores were imported, and some draws have none.
    #[error(
        "its scores were imported and nothing can make more of them: some of the draws that the run holds have no score of \
         this name"
    )]
    Imported,
    /// Its server cannot be asked.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// Its route cannot be set up.
    #[error(transparent)]
    Route(#[from] RouteError),
    /// Its model cannot run in this process.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A kind that a config may name and that does nothing.
    #[error("this program has no verifier of `kind: {kind}`")]
    Kind {
        /// The kind.
        kind: &'static str,
    },
    /// A model scores and none is named.
    #[error("a verifier of `kind: {kind}` needs `verifier.model`")]
    NoModel {
        /// The kind.
        kind: &'static str,
    },
    /// Nobody scores.
    #[error("the experiment has no verifier")]
    None,
}

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
            process::of(verifier)?.open(verifier, &Opening { backbone, run_seed, dataset, resources })
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
            process::of(verifier)?.identity(verifier)?.map(|identity| (&*verifier.name, identity))
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
            process::of(verifier).map_or(backbone.concurrency, |process| process.concurrency(backbone))
        }
    }
}
