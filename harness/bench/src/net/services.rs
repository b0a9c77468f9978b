//! The servers of an experiment.

use std::sync::{Arc, Mutex, PoisonError};

use super::balance::Timeouts;
use super::error::ServiceError;
use super::identity::ServiceIdentity;
use super::service::Service;
use super::stop::StopFlag;
use crate::experiment::ServicePlan;

/// The servers of an experiment, each set up when first asked for.
#[derive(Debug, Default)]
pub struct Services {
    known: Mutex<Vec<(ServicePlan, Arc<Service>)>>,
    stop: StopFlag,
}

impl Services {
    /// The server of a plan; the same one whenever the plan is the same.
    ///
    /// # Errors
    /// When its key is not in the environment or no HTTP client can be set up.
    pub fn get(&self, plan: &ServicePlan) -> Result<Arc<Service>, ServiceError> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, service)) = known.iter().find(|(of, _)| of == plan) {
            return Ok(Arc::clone(service));
        }
        let service = Arc::new(Service::with(plan, self.stop.clone(), Timeouts::from_environment())?);
        known.push((plan.clone(), Arc::clone(&service)));
        Ok(service)
    }

    /// What they heed before every request: once it is set they finish what is in flight and refuse what waits.
    pub fn stop(&self) -> &StopFlag {
        &self.stop
    }

    /// What the replicas that were asked so far are.
    pub fn identities(&self) -> Vec<ServiceIdentity> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut identities: Vec<ServiceIdentity> = known.iter().flat_map(|(_, service)| service.identities()).collect();
        identities.dedup();
        identities
    }
}
