//! A language model behind an OpenAI-compatible server.

use std::sync::Arc;

use futures::future::{BoxFuture, FutureExt};

use super::{Backbone, Completion, Request, RequestFailure};
use crate::experiment::OpenAiPlan;
use crate::net::{Service, ServiceError, Services};

/// A served language model.
#[derive(Debug)]
pub struct OpenAiBackbone {
    #[expect(dead_code, reason = "skeleton")]
    service: Arc<Service>,
}

impl OpenAiBackbone {
    /// Sets it up; asks nothing of the server yet.
    ///
    /// # Errors
    /// When its key is not in the environment or no HTTP client can be set up.
    pub fn open(plan: &OpenAiPlan, services: &Services) -> Result<Self, ServiceError> {
        Ok(Self { service: services.get(&plan.service)? })
    }
}

impl Backbone for OpenAiBackbone {
    fn complete<'a>(&'a self, _request: Request<'a>) -> BoxFuture<'a, Result<Completion, RequestFailure>> {
        std::future::ready(Err(RequestFailure::once("servers are not asked yet"))).boxed()
    }
}
