//! One engine for each model, shared by all that ask it.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::available_parallelism;

use markovscale_embedded::Engine;
use serde_json::json;

use super::files::{digests, load};
use super::{ARITHMETIC, ModelError, ModelIdentity};
use crate::key::hex_digest;

/// The models of an experiment, each loaded when first asked for and kept as long as this is: all datasets, backbones and
/// verifiers with the same model share its threads and its batches.
#[derive(Debug, Default)]
pub struct Models {
    opened: Mutex<Vec<(ModelIdentity, Arc<Engine>)>>,
}

impl Models {
    /// The engine of a model, given a shipped name or a path.
    ///
    /// # Errors
    /// When there is no such model or it cannot be loaded.
    pub(crate) fn engine(&self, model: &str) -> Result<Arc<Engine>, ModelError> {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, engine)) = opened.iter().find(|(identity, _)| identity.model == model) {
            return Ok(Arc::clone(engine));
        }
        let sha256 = digests(model)?;
        let loaded = load(model)?;
        let identity = ModelIdentity {
            model: model.to_owned(),
            parameters: loaded.parameters(),
            context_length: loaded.context_length() as u64,
            sha256,
        };
        let threads = available_parallelism().map_or(1, usize::from);
        let engine = Arc::new(Engine::start(Arc::new(loaded), threads));
        opened.push((identity, Arc::clone(&engine)));
        Ok(engine)
    }

    /// What the models that were loaded so far are.
    pub fn identities(&self) -> Vec<ModelIdentity> {
        let opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        opened.iter().map(|(identity, _)| identity.clone()).collect()
    }
}

/// A hash of what determines the draws or scores of a model: its files, and how they are computed with.
///
/// # Errors
/// When there is no such model.
pub(crate) fn identity(model: &str) -> Result<String, ModelError> {
    Ok(hex_digest(&json!([ARITHMETIC, digests(model)?])))
}
