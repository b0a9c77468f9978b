//! A pilot: a little of the experiment is drawn and scored, to forecast the rest from.

use std::collections::HashSet;

use super::super::prepare::Prepared;
use super::super::unfinished::left;
use super::super::{CommandError, Global, Printer};
use crate::experiment::{Plan, Pool};
use crate::key::QuestionId;

/// What a question of a pilot gets of each kind of draw that the experiment asks for: enough to tell a first answer from a
/// later one, since whole chains would be most of the experiment's price.
const POOL: Pool = Pool { parallel: 2, chains: 1, rounds: 2 };

/// Draws and scores this many questions of each dataset, always the same ones; gives what was left undone.
pub(super) fn run(
    prepared: &Prepared,
    questions: u32,
    global: &Global,
    printer: &Printer,
) -> Result<Option<String>, CommandError> {
    if prepared.plan.imported() {
        return Err(CommandError::usage(
            "all draws of this experiment were imported: there is nothing to draw in a pilot",
        ));
    }
    let Pool { parallel, chains, rounds } = prepared.plan.pool;
    let pool = Pool {
        parallel: POOL.parallel.min(parallel),
        chains: POOL.chains.min(chains),
        rounds: POOL.rounds.min(rounds),
    };
    let plan = Plan { pool, ..prepared.plan.clone() };
    let chosen = prepared.datasets.iter().flat_map(|dataset| dataset.limited(Some(questions)).questions);
    let chosen: HashSet<QuestionId> = chosen.map(|question| question.id).collect();
    let run = prepared.open_run(global, false, "plan --pilot")?;
    let interrupt = prepared.listen(&run, printer)?;
    let drawn = prepared.collect_some(&plan, Some(&chosen), &run, interrupt.flag(), printer)?;
    let scored = match drawn.stopped() {
        true => None,
        false => Some(prepared.score_some(Some(&chosen), &run, interrupt.flag(), printer)?),
    };
    run.finish().map_err(CommandError::other)?;
    let draws = left(&drawn, "draws of the pilot");
    // Scores of other questions that are missing are no business of a pilot.
    let scores = scored.filter(|scored| scored.failed > 0).and_then(|scored| left(&scored, "scores of the pilot"));
    Ok(draws.or(scores))
}
