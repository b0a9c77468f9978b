//! One pass over the grid: what collecting and scoring share, from the loop over partitions to journalling and counting.

use std::sync::Arc;

use tokio::runtime::Runtime;

use super::budget::record_time;
use super::pump::{Unit, pump, runtime};
use super::stop::Stop;
use super::{CollectError, Event, Summary};
use crate::dataset::Dataset;
use crate::experiment::{BackbonePlan, Plan};
use crate::key::QuestionId;
use crate::trace::{Ledger, Row, RunFolder};

/// A pass that is under way.
pub(super) struct Pass<'a, R: Row> {
    runtime: Runtime,
    pub(super) ledger: Ledger<R>,
    summary: Summary,
    run: &'a RunFolder,
    stop: &'a Stop,
    on_event: &'a mut dyn FnMut(Event),
}

impl<'a, R: Row + 'static> Pass<'a, R> {
    /// Visits every partition of the grid, backbone by backbone.
    pub(super) fn over_grid(
        plan: &Plan,
        datasets: &[Arc<Dataset>],
        run: &'a RunFolder,
        stop: &'a Stop,
        on_event: &'a mut dyn FnMut(Event),
        mut partition: impl FnMut(&mut Self, &BackbonePlan, &Arc<Dataset>) -> Result<(), CollectError>,
    ) -> Result<Summary, CollectError> {
        let (ledger, summary) = (Ledger::open(run)?, Summary::default());
        let mut pass = Self { runtime: runtime()?, ledger, summary, run, stop, on_event };
        for backbone in &plan.backbones {
            for dataset in datasets {
                partition(&mut pass, backbone, dataset)?;
                (pass.on_event)(Event::Ended);
            }
        }
        pass.ledger.close()?;
        record_time(stop, run, true)?;
        let lacks = pass.summary.done() < pass.summary.total;
        pass.summary.end(stop, lacks);
        Ok(pass.summary)
    }

    /// Says that a partition begins, with how many rows it will hold and how many are there.
    pub(super) fn start(&mut self, backbone: &BackbonePlan, dataset: &Dataset, total: u64, known: u64) {
        self.summary.start((backbone, dataset), (total, known), self.on_event);
    }

    /// Runs units of work, at most `at_once` together. Rows are journalled and counted as they come; then `finished` hears
    /// the questions of those that did not fail, one entry a row. Gives how many rows were finished.
    pub(super) fn work(
        &mut self,
        units: impl Iterator<Item = Unit<R>> + Send + 'static,
        at_once: usize,
        mut finished: impl FnMut(&mut Ledger<R>, &[QuestionId]) -> Result<(), CollectError>,
    ) -> Result<u64, CollectError> {
        let Self { runtime, ledger, summary, run, stop, on_event } = self;
        let mut total = 0;
        pump(runtime, units, at_once, |rows: Vec<R>| {
            record_time(stop, run, false)?;
            if rows.is_empty() {
                return Ok(());
            }
            summary.tell_failures(&rows, on_event);
            let finishes = rows.iter().filter(|row| !row.failed());
            let questions: Vec<QuestionId> = finishes.map(|row| row.question().clone()).collect();
            ledger.append(rows)?;
            let rows = questions.len() as u64;
            total += rows;
            summary.finish(rows, on_event);
            finished(ledger, &questions)
        })?;
        Ok(total)
    }
}
