//! Turns collecting events into a bar on a terminal, or plain lines elsewhere.

use std::time::{Duration, Instant};

use indicatif::{HumanCount, ProgressBar};

use super::Printer;
use crate::collect::Event;

/// Without a terminal, long partitions say how far they are this often.
const SAY_EVERY: Duration = Duration::from_secs(10);

/// Shows the progress of one pass over the grid.
pub(super) struct Progress<'a> {
    printer: &'a Printer,
    unit: &'static str,
    /// Said before totals that are upper bounds.
    most: &'static str,
    bar: Option<ProgressBar>,
    label: String,
    total: u64,
    known: u64,
    done: u64,
    started: Instant,
    said: Instant,
}

impl<'a> Progress<'a> {
    /// For rows called `unit` ("draws", "scores").
    pub(super) fn new(printer: &'a Printer, unit: &'static str) -> Self {
        let now = Instant::now();
        let label = String::new();
        Self { printer, unit, most: "", bar: None, label, total: 0, known: 0, done: 0, started: now, said: now }
    }

    /// Says something beside the bar.
    pub(super) fn note(&self, said: &str) {
        self.printer.note(said);
    }

    /// For rows of which nobody knows how many there will be, only how many at most.
    pub(super) fn at_most(printer: &'a Printer, unit: &'static str) -> Self {
        Self { most: "at most ", ..Self::new(printer, unit) }
    }

    /// Takes one event.
    pub(super) fn on(&mut self, event: Event) {
        match event {
            Event::Started { backbone, dataset, total, known } => {
                self.label = format!("{backbone} x {dataset}");
                (self.total, self.known, self.done) = (total, known, 0);
                (self.started, self.said) = (Instant::now(), Instant::now());
                if known > 0 {
                    let (known, total) = (HumanCount(known), HumanCount(total));
                    self.printer.note(&format!("{}: {known} of {}{total} {} found", self.label, self.most, self.unit));
                }
                let label = if self.most.is_empty() { self.label.clone() } else { format!("{} (at most)", self.label) };
                let bar = self.printer.bar(&label, total - known, self.unit);
                self.bar = Some(bar);
            }
            Event::Finished { rows } => {
                self.done += rows;
                if let Some(bar) = &self.bar {
                    bar.inc(rows);
                }
                if !self.printer.has_bars() && self.said.elapsed() >= SAY_EVERY {
                    self.said = Instant::now();
                    self.say_rate();
                }
            }
            Event::Failed { what, why } => {
                let line = format!("failed: {what}: {why}");
                match &self.bar {
                    Some(bar) if self.printer.has_bars() => bar.println(line),
                    _ => self.printer.note(&line),
                }
            }
            Event::Ended => {
                if let Some(bar) = self.bar.take() {
                    bar.finish_and_clear();
                }
                self.say_end();
            }
        }
    }

    fn say_rate(&self) {
        let rate = self.done as f64 / self.started.elapsed().as_secs_f64().max(1e-9);
        let left = self.total - self.known - self.done;
        self.printer.note(&format!(
            "{}: {} of {}{} {} ({rate:.0}/s, {}{:.0} s left)",
            self.label,
            HumanCount(self.known + self.done),
            self.most,
            HumanCount(self.total),
            self.unit,
            self.most,
            left as f64 / rate.max(1e-9),
        ));
    }

    fn say_end(&self) {
        self.printer.note(&format!(
            "{}: {} {} ({:.1} s)",
            self.label,
            HumanCount(self.known + self.done),
            self.unit,
            self.started.elapsed().as_secs_f64(),
        ));
    }
}
