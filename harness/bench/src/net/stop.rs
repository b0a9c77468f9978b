//! What ends asking early.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

/// Set when the user asks to stop or a limit is reached: no new request begins, those in flight are finished and kept.
#[derive(Debug, Clone, Default)]
pub struct StopFlag(Arc<Ends>);

#[derive(Default)]
struct Ends {
    asked: AtomicBool,
    limit: OnceLock<Box<dyn Fn() -> bool + Send + Sync>>,
    halted: OnceLock<String>,
}

impl fmt::Debug for Ends {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ends").field("asked", &self.asked).finish_non_exhaustive()
    }
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
        self.is_asked() || self.0.halted.get().is_some() || self.0.limit.get().is_some_and(|reached| reached())
    }

    /// Stops, since nothing more can be asked. The first reason is kept.
    pub fn halt(&self, why: String) {
        let _ = self.0.halted.set(why);
    }

    /// Why nothing more can be asked.
    pub fn halted(&self) -> Option<&str> {
        self.0.halted.get().map(String::as_str)
    }

    /// Stops also once a limit is reached. A second limit is ignored.
    pub fn stop_when(&self, reached: impl Fn() -> bool + Send + Sync + 'static) {
        let _ = self.0.limit.set(Box::new(reached));
    }
}
