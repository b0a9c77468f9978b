//! Why a verifier cannot be set up.

use crate::backbone::BackboneError;
use crate::models::ModelError;
use crate::net::ServiceError;
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
