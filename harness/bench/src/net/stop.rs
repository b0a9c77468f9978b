//! The wish to stop.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

/// Set when the user asks to stop: no new request begins, those in flight are finished and kept.
#[derive(Debug, Clone, Default)]
pub struct StopFlag(Arc<AtomicBool>);

impl StopFlag {
    /// Asks to stop.
    pub fn stop(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether stopping was asked for.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// What servers ask before every request: whether no new one may begin. Who answers is named once, and may be named after
/// servers were set up.
#[derive(Clone, Default)]
pub(super) struct Stop(Arc<OnceLock<Box<dyn Fn() -> bool + Send + Sync>>>);

impl Stop {
    /// Names who answers; the first counts.
    pub(super) fn heed(&self, stopped: impl Fn() -> bool + Send + Sync + 'static) {
        let _ = self.0.set(Box::new(stopped));
    }

    /// Whether no new request may begin.
    pub(super) fn is_set(&self) -> bool {
        self.0.get().is_some_and(|stopped| stopped())
    }
}

impl std::fmt::Debug for Stop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Stop").field(&self.is_set()).finish()
    }
}
