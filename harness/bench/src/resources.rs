//! What an experiment asks: servers, and the models that run in this process instead of behind one.

use crate::models::Models;
use crate::net::{Services, StopFlag};

/// The servers and models of an experiment, each set up when first asked for and shared by all that ask it.
#[derive(Debug, Default)]
pub struct Resources {
    services: Services,
    models: Models,
}

impl Resources {
    /// The servers.
    pub fn services(&self) -> &Services {
        &self.services
    }

    /// The models that run in this process.
    pub fn models(&self) -> &Models {
        &self.models
    }

    /// Once it is set, what is in flight is finished and what waits is refused.
    pub fn stop(&self) -> &StopFlag {
        self.services.stop()
    }
}
