//! Ctrl-C, and the signals of schedulers (SIGTERM, SIGHUP): while collecting, the first one finishes what is in flight and keeps it; otherwise, or again, it ends at once.

use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{CommandError, Printer};
use crate::collect::Stop;

/// What shells expect of a program that Ctrl-C ended: 128 + SIGINT.
const INTERRUPTED: i32 = 130;

/// Listens for Ctrl-C from now on.
pub(super) struct Interrupt {
    flag: Stop,
    collecting: Arc<AtomicBool>,
}

impl Interrupt {
    /// Starts listening, on a thread of its own; what collects and asks watches this flag.
    pub(super) fn listen(flag: Stop, printer: Printer) -> Result<Self, CommandError> {
        let collecting = Arc::new(AtomicBool::new(true));
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(CommandError::other)?;
        let (stop, gently) = (flag.clone(), Arc::clone(&collecting));
        std::thread::spawn(move || {
            runtime.block_on(async {
                let mut signals = Signals::listen();
                while signals.next().await {
                    if stop.is_asked() || !gently.load(Ordering::Relaxed) {
                        process::exit(INTERRUPTED);
                    }
                    stop.stop();
                    printer.note("stopping: requests in flight are finished and kept; Ctrl-C again quits at once");
                }
            });
        });
        Ok(Self { flag, collecting })
    }

    /// The flag that collecting watches.
    pub(super) fn flag(&self) -> &Stop {
        &self.flag
    }

    /// Collecting is over: Ctrl-C ends the program from now on.
    pub(super) fn collected(&self) {
        self.collecting.store(false, Ordering::Relaxed);
    }
}

/// What asks the program to end: Ctrl-C, SIGTERM (schedulers send it before they kill) and SIGHUP (a terminal that closes).
#[cfg(unix)]
struct Signals([Option<tokio::signal::unix::Signal>; 2]);

#[cfg(unix)]
impl Signals {
    fn listen() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        Self([SignalKind::terminate(), SignalKind::hangup()].map(|kind| signal(kind).ok()))
    }

    /// Waits for the next; false when none can come.
    async fn next(&mut self) -> bool {
        async fn of(signal: &mut Option<tokio::signal::unix::Signal>) -> bool {
            match signal {
                Some(signal) => signal.recv().await.is_some(),
                None => std::future::pending().await,
            }
        }
        let [terminate, hangup] = &mut self.0;
        tokio::select! {
            pressed = tokio::signal::ctrl_c() => pressed.is_ok(),
            came = of(terminate) => came,
            came = of(hangup) => came,
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn listen() -> Self {
        Self
    }

    async fn next(&mut self) -> bool {
        tokio::signal::ctrl_c().await.is_ok()
    }
}
