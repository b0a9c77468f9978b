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

    /// Servers whose replies named another model than the one that was asked for, or several, in words with what to do.
    pub fn other_models(&self) -> Vec<String> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.iter().filter_map(|(plan, service)| other_models(&plan.model, &service.stats().models())).collect()
    }

    /// What the replicas that were asked so far are.
    pub fn identities(&self) -> Vec<ServiceIdentity> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut identities: Vec<ServiceIdentity> = known.iter().flat_map(|(_, service)| service.identities()).collect();
        identities.dedup();
        identities
    }
}

/// What is to be said of the models that answered where one was asked for; `None` where that one alone did.
fn other_models(asked: &str, answered: &[String]) -> Option<String> {
    let named = |models: &[String]| models.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match answered {
        [] => None,
        [one] if one == asked => None,
        [one] => Some(format!(
            "the replies of `{asked}` name the model `{one}`, which the column `model` records; is it another name of the same?"
        )),
        several => Some(format!(
            "several models answered as `{asked}`: {}; the column `model` says which answered what. Draws of several models are \
             no draws of one backbone: pin one (a dated name, no fallback at the gateway), or give each a backbone",
            named(several)
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_model_than_was_asked_for_is_named() {
        let of =
            |answered: &[&str]| other_models("m", &answered.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!((of(&[]), of(&["m"])), (None, None));
        assert!(of(&["m-2024-08-06"]).is_some_and(|said| said.contains("`m-2024-08-06`")));
        let several = of(&["m", "fallback-7b"]).unwrap_or_default();
        assert!(several.contains("`m`, `fallback-7b`") && several.contains("pin one"), "{several}");
    }
}
