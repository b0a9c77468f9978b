//! A reward model or judge behind a server.

use std::sync::Arc;

use futures::future::{BoxFuture, FutureExt};

use super::{Score, ScoreRequest, Verifier};
use crate::backbone::RequestFailure;
use crate::experiment::VerifierService;
use crate::net::{Service, ServiceError, Services};

/// A served verifier.
#[derive(Debug)]
pub struct ServedVerifier {
    #[expect(dead_code, reason = "skeleton")]
    service: Arc<Service>,
}

impl ServedVerifier {
    /// Sets it up; asks nothing of the server yet.
    ///
    /// # Errors
    /// When its key is not in the environment or no HTTP client can be set up.
    pub fn open(plan: &VerifierService, services: &Services) -> Result<Self, ServiceError> {
        Ok(Self { service: services.get(&plan.service)? })
    }
}

impl Verifier for ServedVerifier {
    fn score<'a>(&'a self, _request: ScoreRequest<'a>) -> BoxFuture<'a, Result<Score, RequestFailure>> {
        std::future::ready(Err(RequestFailure::once("servers are not asked yet"))).boxed()
    }
}
