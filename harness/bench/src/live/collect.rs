//! `collect: live`: per question just the draws that the configured methods, at the configured budgets, decide to look at.
//!
//! Draws of a question and mode are made in order and shared by all sessions that draw in that mode: each is paid for
//! once, and accounted to every method that looked at it. Decisions depend on draws and scores alone and those on their
//! names alone, so a run that was killed decides the same again over what is stored, and asks only for the rest.

use std::collections::HashMap;
use std::sync::Arc;

use futures::future::join_all;
use markovscale::{Budget, DrawMode, Method, PlayError};
use tokio::sync::mpsc;

use super::LiveError;
use crate::collect::{
    Blocks, CollectError, DrawOne, Event, Pass, Summary, Tally, Task, Work, at_once, key_of, stored_score,
};
use crate::dataset::Dataset;
use crate::experiment::{Aggregate, BackbonePlan, Plan};
use crate::key::{DrawKey, QuestionId};
use crate::replay::live::places;
use crate::replay::{LearnedFile, ReplayError, learned_elsewhere};
use crate::sessions::{ArrivedDraw, Need, RunningSession, SessionGroup};
use crate::trace::{DrawRow, Ledger, Partition, Row, ScoreRow, SteppedScore, StoredDraw, StoredScore, WrittenDraw};

/// Draws and scores what the methods decide to look at. The counts of the summary are of draws; before the end, its
/// total is the most there can be.
///
/// # Errors
/// When files cannot be read or written, a backbone or verifier cannot be set up, or what was learned elsewhere cannot be
/// used. Failed draws and scores are counted and asked for again by the next run.
pub fn collect(work: &Work<'_>, on_event: &mut dyn FnMut(Event)) -> Result<Summary, LiveError> {
    // All of them first: what was learned elsewhere and cannot be used must show before anything is paid for.
    let sessions = work
        .grid()
        .map(|(backbone, dataset)| Ok(Arc::new(Sessions::new(work.setup.plan, (&backbone.name, &dataset.name))?)));
    let mut sessions = sessions.collect::<Result<Vec<_>, ReplayError>>()?.into_iter();
    let mut lacks = false;
    let mut summary = Pass::over_grid(work, on_event, |pass, backbone, dataset| -> Result<(), LiveError> {
        let Some(sessions) = sessions.next() else { return Ok(()) };
        lacks |= partition(work, pass, (backbone, dataset), sessions)?;
        Ok(())
    })?;
    summary.end(&work.setup.stop, lacks);
    if !summary.stopped() {
        summary.total = summary.done();
    }
    Ok(summary)
}

/// Makes the sessions of a plan on one partition.
struct Sessions {
    plan: Plan,
    methods: Vec<Arc<dyn Method>>,
    learned: Option<LearnedFile>,
}

impl Sessions {
    fn new(plan: &Plan, partition: (&str, &str)) -> Result<Self, ReplayError> {
        let methods: Vec<Arc<dyn Method>> = plan.methods.iter().map(|config| config.build()).collect();
        let budgets: Vec<Budget> = plan.budgets.iter().map(|budget| Budget(*budget)).collect();
        let learned = learned_elsewhere(plan, partition, &methods, &budgets)?;
        Ok(Self { plan: plan.clone(), methods, learned })
    }

    /// The sessions of a question that draw in a mode, before their first draw.
    fn group(&self, mode: DrawMode, (dataset, id): (&str, &str)) -> Result<SessionGroup<'_>, ReplayError> {
        let running = places(&self.plan, &self.methods, mode).map(|(place, budget)| {
            let (label, budget) = (self.plan.methods[place].label(), self.plan.budgets[budget]);
            let context = match &self.learned {
                Some(file) => file.context((dataset, id), (&label, mode), budget)?,
                None => markovscale::QuestionContext::uncalibrated(),
            };
            Ok(RunningSession::new(&*self.methods[place], context, Budget(budget)))
        });
        let group = SessionGroup::new(running.collect::<Result<_, ReplayError>>()?);
        Ok(group.scored(self.plan.verifier.name().is_some()))
    }
}

/// What is stored of a question.
#[derive(Debug, Clone, Default)]
struct Have {
    draws: HashMap<DrawKey, StoredDraw>,
    scores: HashMap<DrawKey, StoredScore>,
}

impl Have {
    /// Whether every session of a group comes to its end with what is stored; it may ask for more even so.
    fn suffices(&self, mode: DrawMode, mut group: SessionGroup<'_>) -> Result<bool, PlayError> {
        while let Some(need) = group.needs()? {
            let key = key_of(mode, group.observed().draws().len());
            match (need, self.draws.get(&key)) {
                (Need::Draw, Some(draw)) => group.add(ArrivedDraw::new(draw, self.scores.get(&key))),
                _ => return Ok(false),
            }
        }
        Ok(true)
    }
}

/// What comes back from a question that is being asked.
enum Came {
    Draw(DrawRow),
    Score(ScoreRow),
    /// A method asked for what its draws do not have.
    Refused(PlayError),
    /// The question at this place has all it needs.
    Whole(usize),
}

/// Where draws and scores are journalled.
type Both = (Ledger<DrawRow>, Ledger<ScoreRow>);

/// The names of a partition's draws and scores.
struct Names {
    draws: Partition,
    scores: Option<Partition>,
}

/// Collects a partition. Whether some question was left without all it wants.
fn partition(
    work: &Work<'_>,
    pass: &mut Pass<'_, Both>,
    (backbone, dataset): (&BackbonePlan, &Arc<Dataset>),
    sessions: Arc<Sessions>,
) -> Result<bool, LiveError> {
    let draws = Partition::of_draws(&backbone.name, &dataset.name);
    let names = Names { scores: work.setup.verifier.map(|(name, _)| draws.scored_by(name)), draws };
    let mut have = stored(&pass.ledgers, &names, dataset, work.setup.plan.aggregate)?;
    let known: u64 = have.iter().map(|have| have.draws.len() as u64).sum();
    let total = dataset.questions.len() as u64 * work.setup.plan.draws_per_question();
    pass.start(backbone, dataset, total.max(known), known);
    let lacking = lacking(&sessions, dataset, &have)?;
    let mut blocks = Blocks::new(dataset, lacking.iter().map(|question| (*question, 1)));
    for block in blocks.complete() {
        seal(&mut pass.ledgers, &blocks, block, &names)?;
    }
    if lacking.is_empty() || work.setup.stop.is_set() {
        return Ok(!lacking.is_empty());
    }
    fill_in(&pass.ledgers.0, &names, dataset, &lacking, &mut have)?;
    let draw_one = DrawOne::open(&work.setup, backbone, dataset)?;
    let asking = Arc::new(Asking { sessions, draw_one });
    let asked: Vec<(usize, Have)> =
        lacking.into_iter().map(|index| (index, std::mem::take(&mut have[index]))).collect();
    let tasks = asked.into_iter().map(move |(index, have)| {
        let asking = Arc::clone(&asking);
        let task: Task<Came> = Box::new(move |sender| Box::pin(question(asking, index, have, sender)));
        task
    });
    pass.work(tasks, at_once(backbone), |tally, ledgers, came| keep(tally, ledgers, came, &mut blocks, &names))?;
    Ok(blocks.lacks())
}

/// What is stored of each question, without texts.
fn stored(
    (draws, scores): &Both,
    names: &Names,
    dataset: &Dataset,
    aggregate: Option<Aggregate>,
) -> Result<Vec<Have>, LiveError> {
    let index: HashMap<&QuestionId, usize> =
        dataset.questions.iter().enumerate().map(|(i, question)| (&question.id, i)).collect();
    let mut have = vec![Have::default(); dataset.questions.len()];
    draws.each(&names.draws, |draw: StoredDraw| {
        if let Some(place) = index.get(&draw.question) {
            have[*place].draws.insert(draw.draw, draw);
        }
    })?;
    let Some(name) = &names.scores else { return Ok(have) };
    let mut add = |score: StoredScore| {
        if let Some(place) = index.get(&score.question) {
            have[*place].scores.insert(score.draw, score);
        }
    };
    match aggregate {
        None => scores.each(name, add)?,
        Some(aggregate) => scores.each(name, |score: SteppedScore| add(score.aggregated(aggregate)))?,
    }
    Ok(have)
}

/// The questions, by their places, in which some session wants more than is stored.
fn lacking(sessions: &Sessions, dataset: &Dataset, have: &[Have]) -> Result<Vec<usize>, LiveError> {
    let mut lacking = Vec::new();
    for (index, (question, have)) in dataset.questions.iter().zip(have).enumerate() {
        let mut whole = true;
        for mode in DrawMode::ALL {
            // Also where something lacks already: what cannot be used must show before anything is paid for.
            let group = sessions.group(mode, (&dataset.name, &question.id.0))?;
            whole = whole && have.suffices(mode, group)?;
        }
        if !whole {
            lacking.push(index);
        }
    }
    Ok(lacking)
}

/// Reads the texts of the draws of questions that are asked for more: chains go on from them, and verifiers read them.
fn fill_in(
    ledger: &Ledger<DrawRow>,
    names: &Names,
    dataset: &Dataset,
    lacking: &[usize],
    have: &mut [Have],
) -> Result<(), LiveError> {
    let places: HashMap<&QuestionId, usize> =
        lacking.iter().map(|index| (&dataset.questions[*index].id, *index)).collect();
    let mut sealed: usize = lacking.iter().map(|index| have[*index].draws.len()).sum();
    for row in ledger.pending(&names.draws) {
        if let Some(place) = places.get(&row.question) {
            have[*place].draws.insert(row.draw, WrittenDraw::from(row).0);
            sealed = sealed.saturating_sub(1);
        }
    }
    // Sealed ones are wanted only when an experiment has grown.
    if sealed == 0 {
        return Ok(());
    }
    ledger.each(&names.draws, |WrittenDraw(draw)| {
        if let Some(place) = places.get(&draw.question) {
            have[*place].draws.insert(draw.draw, draw);
        }
    })?;
    Ok(())
}

/// Journals what came and seals blocks that are whole.
fn keep(
    tally: &mut Tally<'_>,
    ledgers: &mut Both,
    came: Vec<Came>,
    blocks: &mut Blocks,
    names: &Names,
) -> Result<(), CollectError> {
    let (mut draws, mut scores, mut whole, mut refused) = (Vec::new(), Vec::new(), Vec::new(), None);
    for came in came {
        match came {
            Came::Draw(row) => draws.push(row),
            Came::Score(row) => scores.push(row),
            Came::Refused(error) => refused = Some(error),
            Came::Whole(index) => whole.push(index),
        }
    }
    // Draws first: no score may be found later whose draw is not there.
    let finished = tally.journal(&mut ledgers.0, draws)?;
    tally.journal(&mut ledgers.1, scores)?;
    tally.finish(finished.len());
    // After what was paid for is kept: it is a fault of the method, so that asking more would be for nothing.
    if let Some(error) = refused {
        return Err(error.into());
    }
    for index in whole {
        if let Some(block) = blocks.count(index) {
            seal(ledgers, blocks, block, names)?;
        }
    }
    Ok(())
}

fn seal((draws, scores): &mut Both, blocks: &Blocks, block: usize, names: &Names) -> Result<(), CollectError> {
    blocks.seal(block, draws, &names.draws)?;
    names.scores.as_ref().map_or(Ok(()), |name| blocks.seal(block, scores, name))
}

/// What the questions of a partition share while they are asked.
struct Asking {
    sessions: Arc<Sessions>,
    draw_one: DrawOne,
}

/// Asks a question in all modes at once, the draws of a mode one after the other.
async fn question(asking: Arc<Asking>, index: usize, have: Have, sender: mpsc::Sender<Came>) {
    let modes = DrawMode::ALL.map(|mode| ask_in(&asking, index, mode, &have, &sender));
    if join_all(modes).await.into_iter().all(|whole| whole.is_some()) {
        // Nobody listens any more when the pass has failed.
        let _ = sender.send(Came::Whole(index)).await;
    }
}

/// Makes the draws and scores that the sessions of a mode want. `None` when something failed, or when asked to stop.
async fn ask_in(asking: &Asking, index: usize, mode: DrawMode, have: &Have, sender: &mpsc::Sender<Came>) -> Option<()> {
    let dataset = asking.draw_one.dataset();
    let id = &dataset.questions.get(index)?.id;
    // It could be made before, over what was stored.
    let mut group = asking.sessions.group(mode, (&dataset.name, &id.0)).ok()?;
    let mut draws: Vec<StoredDraw> = Vec::new();
    loop {
        let need = match group.needs() {
            Ok(Some(need)) => need,
            Ok(None) => return Some(()),
            Err(error) => {
                sender.send(Came::Refused(error)).await.ok()?;
                return None;
            }
        };
        match need {
            Need::Draw => {
                let key = key_of(mode, draws.len());
                let draw = match have.draws.get(&key) {
                    Some(draw) => draw.clone(),
                    None => {
                        let row = asking.draw_one.draw(index, mode, &draws).await?;
                        let (failed, draw) = (row.failed(), WrittenDraw::from(&row).0);
                        sender.send(Came::Draw(row)).await.ok()?;
                        (!failed).then_some(draw)?
                    }
                };
                group.add(ArrivedDraw::new(&draw, have.scores.get(&key)));
                draws.push(draw);
            }
            Need::Score(place) => {
                let row = asking.draw_one.score(&draws, place).await?;
                let (failed, score) = (row.failed(), stored_score(&row, asking.sessions.plan.aggregate).score);
                sender.send(Came::Score(row)).await.ok()?;
                (!failed).then_some(())?;
                group.score(place, score);
            }
        }
    }
}
