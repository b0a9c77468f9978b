//! The run's budget while it is collected: what the run already holds, what is added, and the time it takes.
//!
//! What a failed request cost is not known and not counted.

use std::time::Duration;

use super::meter::Meter;
use super::stop::Stop;
use crate::backbone::Completion;
use crate::experiment::Plan;
use crate::trace::{RunFolder, StoredCost, StoredScoreCost, TraceError, each_stored};
use crate::verifier::Score;

/// Seconds of work that a killed process may forget.
const BEAT_SECONDS: u64 = 30;

/// A meter that has taken up what the run has spent, whoever drew it and when. Rows are only read where tokens or money are
/// limited; draws and scores that were imported are not of the run's spending.
///
/// # Errors
/// When the run cannot be read.
pub fn open_meter(run: &RunFolder, plan: &Plan) -> Result<Meter, TraceError> {
    let meter = Meter::new(plan, Duration::from_secs(run.active_before()));
    if plan.budget.tokens.is_none() && plan.budget.price.is_none() {
        return Ok(meter);
    }
    let imported = |name: &str| plan.backbones.iter().any(|backbone| backbone.name == name && backbone.imported());
    each_stored(run.path(), |partition, draw: StoredCost| {
        let backbone = &*partition.backbone;
        if !imported(backbone) {
            meter.count_draw(backbone, draw.tokens);
        }
    })?;
    let imported = |name: &str| plan.verifier.imported() && plan.verifier.name() == Some(name);
    each_stored(run.path(), |partition, score: StoredScoreCost| {
        let verifier = partition.verifier.as_deref().unwrap_or_default();
        if !imported(verifier) {
            meter.count(score.tokens, &plan.price_of_verifier(verifier));
        }
    })?;
    Ok(meter)
}

/// Counts a draw that was answered.
pub(crate) fn count_draw(stop: &Stop, backbone: &str, completion: &Completion) {
    if let Some(meter) = stop.meter() {
        meter.count_draw(backbone, completion.tokens());
    }
}

/// Counts a score that was given.
pub(crate) fn count_score(stop: &Stop, score: &Score) {
    if let Some(meter) = stop.meter() {
        meter.count_score(score.tokens());
    }
}

/// Records now and then how long this process has worked; at the end of a pass the second that was begun counts whole.
pub(crate) fn record_time(stop: &Stop, run: &RunFolder, ended: bool) -> Result<(), TraceError> {
    let Some(meter) = stop.meter() else { return Ok(()) };
    let worked = meter.worked();
    if ended {
        return run.record_active(worked.as_secs_f64().ceil() as u64);
    }
    if worked.as_secs() < run.active_now() + BEAT_SECONDS {
        return Ok(());
    }
    run.record_active(worked.as_secs())
}
