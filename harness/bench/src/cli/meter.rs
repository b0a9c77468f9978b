//! Shows how far the passes over a long file are: a bar on a terminal, plain lines elsewhere.

use std::time::{Duration, Instant};

use indicatif::{HumanBytes, ProgressBar};

use super::Printer;
use crate::import::Step;

/// Without a terminal, long files say how far they are this often.
const SAY_EVERY: Duration = Duration::from_secs(10);

/// The progress of an import.
pub(super) struct Meter<'a> {
    printer: &'a Printer,
    bar: Option<ProgressBar>,
    label: String,
    bytes: u64,
    done: u64,
    said: Instant,
}

impl<'a> Meter<'a> {
    /// Nothing begun yet.
    pub(super) fn new(printer: &'a Printer) -> Self {
        Self { printer, bar: None, label: String::new(), bytes: 0, done: 0, said: Instant::now() }
    }

    /// Takes one step.
    pub(super) fn on(&mut self, step: Step<'_>) {
        match step {
            Step::Pass { path, bytes, writes } => {
                let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
                self.label = format!("{} {name}", if writes { "importing" } else { "checking" });
                (self.bytes, self.done, self.said) = (bytes, 0, Instant::now());
                self.bar = Some(self.printer.bar(&self.label, bytes, "bytes"));
            }
            Step::Read(bytes) => {
                self.done += bytes;
                if let Some(bar) = &self.bar {
                    bar.inc(bytes);
                }
                if !self.printer.has_bars() && self.said.elapsed() >= SAY_EVERY {
                    self.said = Instant::now();
                    let (done, bytes) = (HumanBytes(self.done), HumanBytes(self.bytes));
                    self.printer.note(&format!("{}: {done} of {bytes}", self.label));
                }
            }
            Step::Done => {
                if let Some(bar) = self.bar.take() {
                    bar.finish_and_clear();
                }
            }
        }
    }
}
