//! One pass over the grid: what collecting and scoring share, from the loop over partitions to journalling and counting.

use std::sync::Arc;

use tokio::runtime::Runtime;

use super::budget::record_time;
use super::pump::{Unit, pump, runtime};
use super::{CollectError, Event, Summary};
use crate::dataset::Dataset;
use crate::experiment::{BackbonePlan, Plan};
use crate::key::{DrawKey, QuestionId};
use crate::net::StopFlag;
use crate::trace::{Ledger, Row, RunFolder};

/// A pass that is under way.
pub(super) struct Pass<'a, R: Row> {
    runtime: Runtime,
    pub(super) ledger: Ledger<R>,
    summary: Summary,
    run: &'a RunFolder,
    stop: &'a StopFlag,
    on_event: &'a mut dyn FnMut(Event),
}

impl<'a, R: Row + 'static> Pass<'a, R> {
    /// Visits every partition of the grid, backbone by backbone.
    pub(super) fn over_grid(
        plan: &Plan,
        datasets: &[Arc<Dataset>],
        run: &'a RunFolder,
        stop: &'a StopFlag,
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
        pass.summary.interrupted = stop.is_asked();
        // A budget that the last draw used up stopped nothing.
        pass.summary.over_budget = stop.over_budget().filter(|_| pass.summary.done() < pass.summary.total);
        Ok(pass.summary)
    }

    /// Says that a partition begins, with how many rows it will hold and how many are there.
    pub(super) fn start(&mut self, backbone: &BackbonePlan, dataset: &Dataset, total: u64, known: u64) {
        self.summary.total += total;
        self.summary.known += known;
        let (backbone, dataset) = (backbone.name.clone(), dataset.name.clone());
        (self.on_event)(Event::Started { backbone, dataset, total, known });
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
            let mut questions = Vec::with_capacity(rows.len());
            for row in &rows {
                match row.failure() {
                    Some(why) => {
                        let what = describe(row);
                        summary.fail(&what, why);
                        on_event(Event::Failed { what, why: why.to_owned() });
                    }
                    None => questions.push(row.question().clone()),
                }
            }
            ledger.append(rows)?;
            let rows = questions.len() as u64;
            total += rows;
            summary.finished += rows;
            on_event(Event::Finished { rows });
            finished(ledger, &questions)
        })?;
        Ok(total)
    }
}

/// A row in words: its backbone and dataset, its question, its draw.
pub(crate) fn describe(row: &impl Row) -> String {
    let partition = row.partition();
    let of_draw = partition.iter().filter(|(name, _)| *name != "verifier").map(|(_, value)| &**value);
    let DrawKey { mode, chain, round } = row.draw();
    format!(
        "{} question {}, {} chain {} round {}",
        of_draw.collect::<Vec<_>>().join(" "),
        row.question(),
        mode.name(),
        chain.0,
        round.0
    )
}
