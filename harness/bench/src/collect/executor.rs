//! Runs tasks of asynchronous work, a bounded number at once, and hands their rows to a sink on the calling thread.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use tokio::runtime::Runtime;
use tokio::sync::{Semaphore, mpsc};

use super::CollectError;

/// Rows on their way to the sink before senders wait; also the largest batch the sink gets.
const CHANNEL: usize = 4096;
/// The sink is called this often even when no rows come, so that time is kept.
const TICK: Duration = Duration::from_secs(1);

/// A task: given where to send rows, a future that does its work.
pub(crate) type Task<R> = Box<dyn FnOnce(mpsc::Sender<R>) -> BoxFuture<'static, ()> + Send>;

/// A runtime with one worker per core.
pub(crate) fn runtime() -> Result<Runtime, CollectError> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(CollectError::Runtime)
}

/// Runs the tasks in order, at most `at_once` together. Rows reach `sink` in batches, as soon as there are any; a batch
/// without rows says that time passes. When the sink fails, tasks end at their next row.
pub(crate) fn execute<R: Send + 'static>(
    runtime: &Runtime,
    tasks: impl Iterator<Item = Task<R>> + Send + 'static,
    at_once: usize,
    mut sink: impl FnMut(Vec<R>) -> Result<(), CollectError>,
) -> Result<(), CollectError> {
    let (sender, mut receiver) = mpsc::channel::<R>(CHANNEL);
    let permits = Arc::new(Semaphore::new(at_once.max(1)));
    runtime.spawn(async move {
        for task in tasks {
            let Ok(permit) = Arc::clone(&permits).acquire_owned().await else { return };
            if sender.is_closed() {
                return;
            }
            let work = task(sender.clone());
            tokio::spawn(async move {
                work.await;
                drop(permit);
            });
        }
    });
    let mut batch = Vec::new();
    loop {
        // The timer must be made inside the runtime.
        let received = async { tokio::time::timeout(TICK, receiver.recv_many(&mut batch, CHANNEL)).await };
        if runtime.block_on(received) == Ok(0) {
            return Ok(());
        }
        sink(std::mem::take(&mut batch))?;
    }
}
