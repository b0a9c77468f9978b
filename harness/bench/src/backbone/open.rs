//! A planned backbone -> one that answers.

use std::sync::Arc;

use serde_json::json;

use super::Backbone;
#[cfg(feature = "embedded")]
use super::embedded::EmbeddedBackbone;
use super::openai::OpenAiBackbone;
use super::simulated::{Profile, ProfileError, SimulatedBackbone, SimulationError};
use crate::dataset::Dataset;
use crate::experiment::{BackboneKind, BackbonePlan, OpenAiPlan};
use crate::key::{Mode, hex_digest};
use crate::models::{self, ModelError, Models};
use crate::net::ServiceError;
use crate::resources::Resources;

/// Raised when the simulation itself changes, so that stored draws of the old one are not mixed with new ones.
const SIMULATION: u32 = 1;

/// A backbone cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum BackboneError {
    /// Its profile is missing or wrong.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// The dataset cannot be simulated.
    #[error(transparent)]
    Simulation(#[from] SimulationError),
    /// Its draws were imported, and there are fewer than the experiment asks for.
    #[error(
        "its draws were imported and nothing can draw more of them: the run holds fewer than the experiment asks for; \
         lower `pool`, or leave out the methods that use draws which were not imported"
    )]
    Imported,
    /// Its server cannot be asked.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// Its model cannot run in this process.
    #[error(transparent)]
    Model(#[from] ModelError),
}

/// Opens a backbone for a dataset, given whole: a simulated question's difficulty depends on its place among all.
///
/// # Errors
/// When the profile or model cannot be loaded, or the dataset cannot be simulated.
pub fn open(
    backbone: &BackbonePlan,
    run_seed: u64,
    dataset: &Dataset,
    resources: &Resources,
) -> Result<Arc<dyn Backbone>, BackboneError> {
    match &backbone.kind {
        BackboneKind::Simulated { profile } => {
            let profile = Profile::load(profile)?;
            Ok(Arc::new(SimulatedBackbone::new(&profile, run_seed, &backbone.name, dataset)?))
        }
        BackboneKind::Imported { .. } => Err(BackboneError::Imported),
        BackboneKind::Embedded { model } => Ok(embedded(model, resources.models())?),
        BackboneKind::OpenAi(openai) => Ok(Arc::new(OpenAiBackbone::open(openai, resources.services())?)),
    }
}

/// A model in this process, loaded unless it is.
#[cfg(feature = "embedded")]
fn embedded(model: &str, models: &Models) -> Result<Arc<dyn Backbone>, ModelError> {
    Ok(Arc::new(EmbeddedBackbone::open(model, models)?))
}

/// A program without engines refuses every model.
#[cfg(not(feature = "embedded"))]
fn embedded(model: &str, models: &Models) -> Result<Arc<dyn Backbone>, ModelError> {
    match models.engine(model)? {}
}

/// Hashes what a plan merely names and what changes a backbone's draws on a dataset: the parameters of a simulation, the
/// files of a model. With a mode, those that only draws of this mode depend on; without one, those that all draws share.
///
/// # Errors
/// When the profile or model cannot be loaded.
pub fn content_hash(backbone: &BackbonePlan, dataset: &str, mode: Option<Mode>) -> Result<String, BackboneError> {
    match &backbone.kind {
        BackboneKind::Simulated { profile } => {
            let profile = Profile::load(profile)?;
            // Debug output shows every parameter with all its digits.
            let parameters = match mode {
                None => format!("{:?}", profile.parameters(dataset)),
                Some(Mode::Refine) => format!("{:?}", profile.critique),
                Some(Mode::Forced) => format!("{:?}", profile.continuation),
                Some(Mode::Judge) => format!("{:?}", profile.rating),
                Some(Mode::Parallel | Mode::Sequential) => String::new(),
            };
            Ok(hex_digest(&json!([SIMULATION, parameters])))
        }
        // All kinds of draws come from the same files.
        BackboneKind::Imported { content, .. } => Ok(content.clone()),
        // All kinds of draws come from the same weights.
        BackboneKind::Embedded { model } => Ok(models::identity(model)?),
        // Addresses, keys, limits and prices may change; what is asked may not.
        BackboneKind::OpenAi(openai) => {
            let OpenAiPlan { service, api, stop, .. } = &**openai;
            Ok(hex_digest(&json!([api.name(), stop, service.extra])))
        }
    }
}
