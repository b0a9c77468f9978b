//! Runs units of asynchronous work, a bounded number at once, and hands their rows to a sink on the calling thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures::future::BoxFuture;
use tokio::runtime::Runtime;
use tokio::sync::{Semaphore, mpsc};

use super::CollectError;

/// Rows on their way to the sink before senders wait; also the largest batch the sink gets.
const CHANNEL: usize = 4096;

/// A unit: given where to send rows, a future that does its work.
pub(crate) type Unit<R> = Box<dyn FnOnce(mpsc::Sender<R>) -> BoxFuture<'static, ()> + Send>;

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

/// A runtime with one worker per core.
pub(crate) fn runtime() -> Result<Runtime, CollectError> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(CollectError::Runtime)
}

/// Runs the units in order, at most `at_once` together. Rows reach `sink` in batches, as soon as there are any. When
/// the sink fails, units end at their next row.
pub(crate) fn pump<R: Send + 'static>(
    runtime: &Runtime,
    units: impl Iterator<Item = Unit<R>> + Send + 'static,
    at_once: usize,
    mut sink: impl FnMut(Vec<R>) -> Result<(), CollectError>,
) -> Result<(), CollectError> {
    let (sender, mut receiver) = mpsc::channel::<R>(CHANNEL);
    let permits = Arc::new(Semaphore::new(at_once.max(1)));
    runtime.spawn(async move {
        for unit in units {
            let Ok(permit) = Arc::clone(&permits).acquire_owned().await else { return };
            if sender.is_closed() {
                return;
            }
            let work = unit(sender.clone());
            tokio::spawn(async move {
                work.await;
                drop(permit);
            });
        }
    });
    let mut batch = Vec::new();
    while runtime.block_on(receiver.recv_many(&mut batch, CHANNEL)) > 0 {
        sink(std::mem::take(&mut batch))?;
    }
    Ok(())
}
