//! What stands in for running models in a program that was built without the feature `embedded`: every model is refused.

use std::convert::Infallible;

use super::{ModelError, ModelIdentity, is_path, shipped_names};

/// No models.
#[derive(Debug, Default)]
pub struct Models;

impl Models {
    /// Refused: there is no engine.
    ///
    /// # Errors
    /// Always.
    pub(crate) fn engine(&self, model: &str) -> Result<Infallible, ModelError> {
        Err(refusal(model))
    }

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

fn refusal(model: &str) -> ModelError {
    if is_path(model) || shipped_names().contains(&model) {
        ModelError::NotBuilt { model: model.to_owned() }
    } else {
        ModelError::unknown(model)
    }
}
