//! What ends asking early: the user, or the budget of the run.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use super::meter::{Meter, Reached};

/// Set when the user asks to stop or a budget is spent: no new request begins, those in flight are finished and kept.
#[derive(Debug, Clone, Default)]
pub struct StopFlag(Arc<Ends>);

#[derive(Debug, Default)]
struct Ends {
    asked: AtomicBool,
    meter: OnceLock<Meter>,
}

impl StopFlag {
    /// Asks to stop.
    pub fn stop(&self) {
        self.0.asked.store(true, Ordering::Relaxed);
    }

    /// Whether the user asked to stop.
    pub fn is_asked(&self) -> bool {
        self.0.asked.load(Ordering::Relaxed)
    }

    /// Whether no new request may begin.
    pub fn is_set(&self) -> bool {
        self.is_asked() || self.over_budget().is_some()
    }

    /// Lets a run's budget stop its passes too. A second meter is ignored.
    pub fn watch(&self, meter: Meter) {
        let _ = self.0.meter.set(meter);
    }

    /// The run's meter, where there is one.
    pub fn meter(&self) -> Option<&Meter> {
        self.0.meter.get()
    }

    /// The limit of the budget that is reached.
    pub fn over_budget(&self) -> Option<Reached> {
        self.meter().and_then(Meter::reached)
    }
}
