//! A planned verifier -> one that scores.

use std::sync::Arc;

use super::Verifier;
#[cfg(feature = "embedded")]
use super::embedded::EmbeddedVerifier;
use super::served::ServedVerifier;
use super::simulated::SimulatedVerifier;
use crate::backbone::BackboneError;
use crate::backbone::simulated::Profile;
use crate::dataset::Dataset;
use crate::experiment::{BackboneKind, BackbonePlan, VerifierPlan};
use crate::models::{ModelError, Models};
use crate::net::ServiceError;
use crate::prompt::PromptError;
use crate::resources::Resources;

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
    /// Its prompt cannot be used.
    #[error(transparent)]
    Prompt(#[from] PromptError),
    /// Its model cannot run in this process.
    #[error(transparent)]
    Model(#[from] ModelError),
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
    match (verifier, &backbone.kind) {
        (VerifierPlan::Simulated, BackboneKind::Simulated { profile }) => {
            let profile = Profile::load(profile).map_err(BackboneError::from)?;
            let verifier = SimulatedVerifier::new(&profile, run_seed, &backbone.name, dataset);
            Ok(Arc::new(verifier.map_err(BackboneError::from)?))
        }
        (VerifierPlan::Simulated, _) => Err(VerifierError::NotSimulated),
        (VerifierPlan::Imported { .. }, _) => Err(VerifierError::Imported),
        (VerifierPlan::None, _) => Err(VerifierError::None),
        (VerifierPlan::Embedded { model, .. }, _) => Ok(embedded(model, resources.models())?),
        (VerifierPlan::Service(verifier), _) => Ok(Arc::new(ServedVerifier::open(verifier, resources.services())?)),
    }
}

/// A model in this process, loaded unless it is.
#[cfg(feature = "embedded")]
fn embedded(model: &str, models: &Models) -> Result<Arc<dyn Verifier>, ModelError> {
    Ok(Arc::new(EmbeddedVerifier::open(model, models)?))
}

/// A program without engines refuses every model.
#[cfg(not(feature = "embedded"))]
fn embedded(model: &str, models: &Models) -> Result<Arc<dyn Verifier>, ModelError> {
    match models.engine(model)? {}
}
