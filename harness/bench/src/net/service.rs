//! One server with its replicas.

use super::{Post, Read, Replied, ServiceError, Unreadable};
use crate::backbone::RequestFailure;
use crate::experiment::ServicePlan;

/// A server of the experiment.
#[derive(Debug)]
pub struct Service {
    plan: ServicePlan,
}

impl Service {
    /// Sets up a server; asks nothing of it yet.
    ///
    /// # Errors
    /// When its key is not in the environment or no HTTP client can be set up.
    pub fn new(plan: &ServicePlan) -> Result<Self, ServiceError> {
        Ok(Self { plan: plan.clone() })
    }

    /// Its plan.
    pub fn plan(&self) -> &ServicePlan {
        &self.plan
    }

    /// Posts a request until a reply can be read by `read`, up to the plan's number of attempts.
    ///
    /// # Errors
    /// When every attempt failed, or one failed in a way that no other can mend.
    pub async fn post<T>(
        &self,
        _post: Post,
        _read: impl Fn(&[u8]) -> Result<Read<T>, Unreadable>,
    ) -> Result<Replied<T>, RequestFailure> {
        Err(RequestFailure::once("servers are not asked yet"))
    }
}
