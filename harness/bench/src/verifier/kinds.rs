//! Verifiers that are no servers: one line in [`KINDS`] for each.
//!
//! How each is written in a config stands in `experiment::PROCESSES`.

use std::sync::Arc;

#[cfg(feature = "embedded")]
use super::embedded::EmbeddedVerifier;
use super::process::{Opening, Process};
use super::simulated::Simulated;
use super::{Verifier, VerifierError};
use crate::experiment::{BackbonePlan, EMBEDDED_CONCURRENCY, ProcessVerifier};
use crate::models::{self, ModelError, Models};

/// Every one, in the order of `experiment::PROCESSES`.
const KINDS: &[&dyn Process] = &[&Embedded, &Simulated, &Imported];

/// What a planned verifier does.
///
/// # Errors
/// When this program has no such kind.
pub(super) fn of(plan: &ProcessVerifier) -> Result<&'static dyn Process, VerifierError> {
    let kind = plan.spec.kind;
    KINDS.iter().copied().find(|known| known.kind() == kind).ok_or(VerifierError::Kind { kind })
}

struct Embedded;

impl Process for Embedded {
    fn kind(&self) -> &'static str {
        "embedded"
    }

    fn open(&self, plan: &ProcessVerifier, opening: &Opening<'_>) -> Result<Arc<dyn Verifier>, VerifierError> {
        Ok(embedded(model(plan)?, opening.resources.models())?)
    }

    fn identity(&self, plan: &ProcessVerifier) -> Result<Option<String>, VerifierError> {
        Ok(Some(models::identity(model(plan)?)?))
    }

    fn concurrency(&self, _: &BackbonePlan) -> u32 {
        EMBEDDED_CONCURRENCY
    }
}

fn model(plan: &ProcessVerifier) -> Result<&str, VerifierError> {
    plan.model.as_deref().ok_or(VerifierError::NoModel { kind: plan.spec.kind })
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

struct Imported;

impl Process for Imported {
    fn kind(&self) -> &'static str {
        "imported"
    }

    fn open(&self, _: &ProcessVerifier, _: &Opening<'_>) -> Result<Arc<dyn Verifier>, VerifierError> {
        Err(VerifierError::Imported)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::PROCESSES;

    #[test]
    fn every_kind_that_a_config_may_name_does_something() {
        let kinds: Vec<&str> = KINDS.iter().map(|known| known.kind()).collect();
        assert_eq!(kinds, PROCESSES.iter().map(|spec| spec.kind).collect::<Vec<_>>());
    }
}
