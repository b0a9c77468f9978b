//! What ends a pass early: the user, or the budget of the run.

use std::sync::{Arc, OnceLock};

use super::meter::{Meter, Reached};
use crate::net::StopFlag;

/// Set when the user asks to stop or a budget is spent: no new request begins, those in flight are finished and kept.
#[derive(Debug, Clone, Default)]
pub struct Stop {
    flag: StopFlag,
    meter: Arc<OnceLock<Meter>>,
}

impl Stop {
    /// Asks to stop.
    pub fn stop(&self) {
        self.flag.stop();
    }

    /// Whether the user asked to stop.
    pub fn is_asked(&self) -> bool {
        self.flag.is_asked()
    }

    /// Whether no new request may begin.
    pub fn is_set(&self) -> bool {
        self.flag.is_set()
    }

    /// Why nothing more can be asked, where a server refuses everybody.
    pub fn halted(&self) -> Option<&str> {
        self.flag.halted()
    }

    /// Lets a run's budget stop its passes too, and requests that wait for their turn. A second meter is ignored.
    pub fn watch(&self, meter: Meter) {
        if self.meter.set(meter).is_ok() {
            let meter = Arc::clone(&self.meter);
            self.flag.stop_when(move || meter.get().is_some_and(|meter| meter.reached().is_some()));
        }
    }

    /// The run's meter, where there is one.
    pub fn meter(&self) -> Option<&Meter> {
        self.meter.get()
    }

    /// The limit of the budget that is reached.
    pub fn over_budget(&self) -> Option<Reached> {
        self.meter().and_then(Meter::reached)
    }
}

/// Stops what this flag stops: the servers of an experiment heed the flag, its passes this.
impl From<StopFlag> for Stop {
    fn from(flag: StopFlag) -> Self {
        Self { flag, meter: Arc::default() }
    }
}
