//! What stands in for running models in a program that was built without the feature `embedded`: every model is refused.

use std::sync::Arc;

use super::{ModelError, ModelIdentity, is_path, shipped_names};
use crate::backbone::Backbone;
use crate::verifier::Verifier;

/// No models.
#[derive(Debug, Default)]
pub struct Models;

impl Models {
    /// None.
    pub fn identities(&self) -> Vec<ModelIdentity> {
        Vec::new()
    }
}

/// Refused.
///
/// # Errors
/// Always.
pub(crate) fn identity(model: &str) -> Result<String, ModelError> {
    Err(refusal(model))
}

/// Refused.
///
/// # Errors
/// Always.
pub(crate) fn open_backbone(model: &str, _: &Models) -> Result<Arc<dyn Backbone>, ModelError> {
    Err(refusal(model))
}

/// Refused.
///
/// # Errors
/// Always.
pub(crate) fn open_verifier(model: &str, _: &Models) -> Result<Arc<dyn Verifier>, ModelError> {
    Err(refusal(model))
}

fn refusal(model: &str) -> ModelError {
    if is_path(model) || shipped_names().contains(&model) {
        ModelError::NotBuilt { model: model.to_owned() }
    } else {
        ModelError::unknown(model)
    }
}
