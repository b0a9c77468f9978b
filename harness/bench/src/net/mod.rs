//! Requests to servers: replicas, limits, retries. Knows nothing of what is asked, and stores nothing.
//!
//! One [`Service`] stands for one server of the experiment for as long as the process works, so that what was learned of
//! it (how much at once, which replica is down) holds for every partition of the grid.

mod balance;
mod client;
mod estimate;
mod identity;
mod json;
mod learned;
mod level;
mod pace;
mod places;
mod retry;
mod service;
mod stop;
#[cfg(test)]
mod tests;
mod trouble;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

pub use estimate::estimated_tokens;
pub use identity::ServiceIdentity;
pub use json::{json, put_extra};
pub use learned::Learned;
pub use service::Service;
pub use stop::StopFlag;

use balance::Patience;

use crate::experiment::ServicePlan;

/// A server cannot be asked at all.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The variable that should hold its key.
    #[error("the environment variable `{variable}`, which must hold the key of {url}, {problem}")]
    Key {
        /// The variable's name.
        variable: String,
        /// The server.
        url: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The HTTP client cannot be set up.
    #[error("cannot set up an HTTP client: {0}")]
    Client(String),
    /// A file that it needs.
    #[error("cannot read {path}: {reason}")]
    File {
        /// The file.
        path: String,
        /// Why.
        reason: String,
    },
}

/// One request, to be made as often as it takes.
#[derive(Debug, Clone)]
pub struct Post {
    /// What comes after the server's address, with a slash at its start.
    pub path: &'static str,
    /// The body, JSON.
    pub body: Vec<u8>,
    /// Requests of one affinity go to one replica, while it is up, so that its prefix cache hits.
    pub affinity: Option<u64>,
    /// About how many tokens it will take, prompt and completion, for a limit of tokens a minute.
    pub expected_tokens: u64,
    /// Whether the reply is a stream of events: then the time limit holds from one piece to the next.
    pub stream: bool,
}

/// A reply that could be read, and what it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replied<T> {
    /// What was read from it.
    pub value: T,
    /// Requests made, this one included.
    pub attempts: u32,
    /// What came of the others, in words and in order.
    pub earlier_attempts: Vec<String>,
    /// Wall time of this one.
    pub latency: Duration,
}

/// A request that failed for good. A failure is data: it is recorded and retried by the next run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} (after {attempts} attempts)")]
pub struct RequestFailure {
    /// What went wrong, without secrets.
    pub message: String,
    /// Requests made.
    pub attempts: u32,
    /// What came of the requests before the last, in words and in order.
    pub earlier_attempts: Vec<String>,
    /// HTTP status of the last reply, where it was one that is no success.
    pub status: Option<u16>,
}

impl RequestFailure {
    /// A failure of the only request.
    pub fn once(message: impl Into<String>) -> Self {
        Self { message: message.into(), attempts: 1, earlier_attempts: Vec::new(), status: None }
    }
}

/// What reading a reply's body gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read<T> {
    /// What was read.
    pub value: T,
    /// Tokens that the reply says it took, for a limit of tokens a minute; `None` where it does not say.
    pub tokens: Option<u64>,
}

/// A body that is not the reply that was asked for (half a JSON, no choices, NaN): worth another try. Holds why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub String);

/// A page that a server gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its body.
    pub body: Vec<u8>,
    /// The time by the server's clock, as HTTP writes it; `None` where it does not tell.
    pub date: Option<String>,
}

/// A page that no server gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Whether a server was there to refuse.
    pub answered: bool,
    /// Why, without secrets.
    pub why: String,
}

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
        let service = Arc::new(Service::with(plan, self.stop.clone(), Patience::from_environment())?);
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
