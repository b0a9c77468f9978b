//! One pass over the grid: what every way of collecting and scoring shares, from the loop over partitions to journalling
//! and counting.

use std::sync::Arc;

use tokio::runtime::Runtime;

use super::budget::record_time;
use super::executor::{Task, execute, runtime};
use super::work::Work;
use super::{CollectError, Event, Summary};
use crate::dataset::Dataset;
use crate::experiment::BackbonePlan;
use crate::key::QuestionId;
use crate::trace::{Ledger, Row, RunFolder, TraceError};

/// What a pass writes to: one ledger, or one for draws and one for scores.
pub(crate) trait Ledgers: Sized {
    /// Opens them.
    fn open(run: &RunFolder) -> Result<Self, TraceError>;
    /// Makes what they hold survive a power loss.
    fn close(&mut self) -> Result<(), TraceError>;
}

impl<R: Row> Ledgers for Ledger<R> {
    fn open(run: &RunFolder) -> Result<Self, TraceError> {
        Ledger::open(run)
    }

    fn close(&mut self) -> Result<(), TraceError> {
        Ledger::close(self)
    }
}

impl<A: Ledgers, B: Ledgers> Ledgers for (A, B) {
    fn open(run: &RunFolder) -> Result<Self, TraceError> {
        Ok((A::open(run)?, B::open(run)?))
    }

    fn close(&mut self) -> Result<(), TraceError> {
        self.0.close()?;
        self.1.close()
    }
}

/// A pass that is under way.
pub(crate) struct Pass<'a, L> {
    runtime: Runtime,
    pub(crate) ledgers: L,
    tally: Tally<'a>,
    work: &'a Work<'a>,
}

/// What a pass has done so far, and who hears of it.
pub(crate) struct Tally<'a> {
    summary: Summary,
    on_event: &'a mut dyn FnMut(Event),
}

impl Tally<'_> {
    /// Journals rows and reports those that record a failure. Gives the questions of the others, one entry a row.
    pub(crate) fn journal<R: Row>(
        &mut self,
        ledger: &mut Ledger<R>,
        rows: Vec<R>,
    ) -> Result<Vec<QuestionId>, CollectError> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        self.summary.tell_failures(&rows, self.on_event);
        let finished = rows.iter().filter(|row| !row.failed()).map(|row| row.question().clone()).collect();
        ledger.append(rows)?;
        Ok(finished)
    }

    /// Counts rows that are finished and journalled.
    pub(crate) fn finish(&mut self, rows: usize) {
        self.summary.finish(rows as u64, self.on_event);
    }
}

impl<'a, L: Ledgers> Pass<'a, L> {
    /// Visits every partition of the grid.
    pub(crate) fn over_grid<E: From<CollectError>>(
        work: &'a Work<'a>,
        on_event: &'a mut dyn FnMut(Event),
        mut partition: impl FnMut(&mut Self, &BackbonePlan, &Arc<Dataset>) -> Result<(), E>,
    ) -> Result<Summary, E> {
        let (ledgers, tally) = (L::open(work.run), Tally { summary: Summary::default(), on_event });
        let mut pass = Self { runtime: runtime()?, ledgers: ledgers.map_err(CollectError::from)?, tally, work };
        for (backbone, dataset) in work.grid() {
            partition(&mut pass, backbone, dataset)?;
            (pass.tally.on_event)(Event::Ended);
        }
        pass.ledgers.close().map_err(CollectError::from)?;
        record_time(&work.setup.stop, work.run, true).map_err(CollectError::from)?;
        Ok(pass.tally.summary)
    }

    /// Reports that a partition begins, with how many rows it will hold and how many are there.
    pub(crate) fn start(&mut self, backbone: &BackbonePlan, dataset: &Dataset, total: u64, known: u64) {
        self.tally.summary.start((backbone, dataset), (total, known), self.tally.on_event);
    }

    /// Runs tasks of work, at most `at_once` together, and hands what they send to `keep` as it comes, to be journalled and
    /// counted.
    pub(crate) fn work<T: Send + 'static>(
        &mut self,
        tasks: impl Iterator<Item = Task<T>> + Send + 'static,
        at_once: usize,
        mut keep: impl FnMut(&mut Tally<'a>, &mut L, Vec<T>) -> Result<(), CollectError>,
    ) -> Result<(), CollectError> {
        let Self { runtime, ledgers, tally, work } = self;
        execute(runtime, tasks, at_once, |rows| {
            record_time(&work.setup.stop, work.run, false)?;
            if rows.is_empty() { Ok(()) } else { keep(tally, ledgers, rows) }
        })
    }
}
