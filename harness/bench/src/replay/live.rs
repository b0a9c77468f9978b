//! Replays a live run: one order, the one in which draws were made, and just the decisions that were made then.
//!
//! The stored draws are shown to the sessions one by one, as they came ([`crate::sessions`]). Pools are ragged, so a
//! question lacks something only when a session wants a draw or a score that is not there.

use std::sync::Arc;

use markovscale::{Budget, DrawMode, Method, PlayError, Played};

use super::allocation::scores_seen;
use super::evaluate::Asked;
use super::pool::{PoolDraw, QuestionPool};
use super::{QuestionResult, ReplayError, drive};
use crate::experiment::Plan;
use crate::sessions::{ArrivedDraw, Need, RunningSession, SessionGroup};

/// The configurations of a plan that draw in a mode, each at every budget: `(method, budget)` by their places.
pub(crate) fn places(plan: &Plan, methods: &[Arc<dyn Method>], mode: DrawMode) -> impl Iterator<Item = (usize, usize)> {
    let drawing = methods.iter().enumerate().filter(move |(_, method)| method.draws() == mode);
    let drawing: Vec<usize> = drawing.map(|(place, _)| place).collect();
    let budgets = plan.budgets.len();
    drawing.into_iter().flat_map(move |method| (0..budgets).map(move |budget| (method, budget)))
}

impl QuestionPool {
    /// The draws that were made live in a mode: parallel ones, or the first chain.
    fn live(&self, mode: DrawMode) -> &[PoolDraw] {
        match mode {
            DrawMode::Parallel => &self.parallel,
            chain => self.chains_of(chain).first().map_or(&[], Vec::as_slice),
        }
    }

    fn arrived(&self, draw: &PoolDraw) -> ArrivedDraw {
        let answer = self.text(&draw.seen).map(str::to_owned);
        ArrivedDraw { answer, draw: draw.seen, scored: draw.seen.score.is_some() }
    }
}

impl Asked<'_> {
    /// Results per method, per budget; `None` where the question lacks draws or scores.
    pub(super) fn play_live(
        &self,
        methods: &[Arc<dyn Method>],
    ) -> Result<Option<Vec<Vec<QuestionResult>>>, ReplayError> {
        let Self { partition, budgets, index, .. } = *self;
        let pool = &partition.pools[index];
        let nothing = QuestionResult { accuracy: 0.0, spent: super::Spent::default() };
        let mut results = vec![vec![nothing; budgets.len()]; methods.len()];
        for mode in DrawMode::ALL {
            let places: Vec<(usize, usize)> = places(partition.plan, methods, mode).collect();
            let running = places
                .iter()
                .map(|(method, budget)| self.running(&*methods[*method], *method, budgets[*budget]))
                .collect::<Result<Vec<_>, _>>()?;
            let draws = pool.live(mode);
            let group = SessionGroup::new(running).scored(partition.plan.verifier.name().is_some());
            let Some(played) = played(group, draws.iter().map(|draw| pool.arrived(draw)))? else {
                return Ok(None);
            };
            for ((method, budget), Played { choice, used }) in places.into_iter().zip(played) {
                let seen: Vec<_> = draws[..used].iter().map(|draw| draw.seen).collect();
                let scores = scores_seen(&*methods[method], used);
                results[method][budget] = QuestionResult {
                    accuracy: f64::from(u8::from(drive::is_right(choice, &seen, pool))),
                    spent: drive::spent(draws[..used].iter().copied(), mode.is_chain(), scores),
                };
            }
        }
        Ok(Some(results))
    }

    fn running<'a>(
        &'a self,
        method: &'a dyn Method,
        place: usize,
        budget: Budget,
    ) -> Result<RunningSession<'a>, ReplayError> {
        let label = self.partition.plan.methods[place].label();
        let context = self.calibrated.context(self.partition, self.index, (&label, method.draws()), budget)?;
        Ok(RunningSession::new(method, context, budget))
    }
}

/// What sessions did with draws as they came; `None` when some session wants a draw or a score that is not there.
fn played(
    mut group: SessionGroup<'_>,
    mut arrived: impl Iterator<Item = ArrivedDraw>,
) -> Result<Option<Vec<Played>>, PlayError> {
    while let Some(need) = group.needs()? {
        match (need, arrived.next()) {
            (Need::Draw, Some(arrived)) => group.add(arrived),
            _ => return Ok(None),
        }
    }
    Ok(group.running().iter().map(RunningSession::stopped).collect())
}
