//! Scoring draws: a pass of its own over what is drawn, so that a pool can be scored later, or again by another verifier.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use markovscale::Tokens;
use tokio::sync::{Semaphore, mpsc};

use super::budget::count_score;
use super::executor::Task;
use super::pass::Pass;
use super::stop::Stop;
use super::texts::GrowingText;
use super::work::{Setup, Work};
use super::{CollectError, Event, Summary};
use crate::dataset::Dataset;
use crate::experiment::BackbonePlan;
use crate::key::{Chain, DrawKey, Mode, QuestionId, draw_seed, score_seed};
use crate::prompt::PromptSet;
use crate::trace::{
    Asking, DrawPart, DrawParts, Ledger, Partition, ScoreRow, Snapshot, StoredDraw, StoredKey, WrittenDraw,
};
use crate::verifier::{self, ScoreRequest, Verifier};

/// Scores every answer that the verifier has not scored yet; without a verifier nothing. Critiques and ratings are never
/// scored.
///
/// # Errors
/// When files cannot be read or written or a verifier cannot be set up.
pub fn score(work: &Work<'_>, on_event: &mut dyn FnMut(Event)) -> Result<Summary, CollectError> {
    score_some(work, None, on_event)
}

/// Scores the answers of some questions: of a pilot. Nothing is sealed.
///
/// # Errors
/// As [`score`].
pub fn score_some(
    work: &Work<'_>,
    only: Option<&HashSet<QuestionId>>,
    on_event: &mut dyn FnMut(Event),
) -> Result<Summary, CollectError> {
    let Some((verifier, _)) = work.setup.verifier else { return Ok(Summary::default()) };
    // Read once for all partitions; no draw is journalled while draws are scored.
    let mut journalled = Snapshot::<WrittenDraw>::open(work.run.path())?;
    let mut summary = Pass::over_grid(work, on_event, |pass, backbone, dataset| {
        partition((work, only, verifier), pass, &mut journalled, backbone, dataset)
    })?;
    summary.end(&work.setup.stop, summary.done() < summary.total);
    Ok(summary)
}

fn partition(
    (work, only, verifier): (&Work<'_>, Option<&HashSet<QuestionId>>, &str),
    pass: &mut Pass<'_, Ledger<ScoreRow>>,
    journalled: &mut Snapshot<WrittenDraw>,
    backbone: &BackbonePlan,
    dataset: &Arc<Dataset>,
) -> Result<(), CollectError> {
    let stop = &work.setup.stop;
    let drawn = Partition::of_draws(&backbone.name, &dataset.name);
    let name = drawn.scored_by(verifier);
    let mut known: HashSet<(QuestionId, DrawKey)> = HashSet::new();
    pass.ledgers.each(&name, |StoredKey { question, draw, .. }: StoredKey<ScoreRow>| {
        known.insert((question, draw));
    })?;
    let parts = DrawParts::open(work.run, journalled, &drawn)?;
    pass.start(backbone, dataset, parts.answers()?, known.len() as u64);
    let mut context = None;
    for part in parts.iter() {
        let draws = parts.read(part)?;
        let mut questions: Vec<QuestionId> = draws.iter().map(|draw| draw.question.clone()).collect();
        questions.dedup();
        let mut left = unscored(&parts, part, draws, &known)?;
        if let Some(only) = only {
            left.retain(|unscored| unscored.question().is_some_and(|question| only.contains(question)));
        }
        if !left.is_empty() && !stop.is_set() {
            let context = match &context {
                Some(context) => Arc::clone(context),
                None => {
                    let Some(opened) = work.setup.scores(backbone, dataset)? else { return Ok(()) };
                    context.insert(Arc::new(opened)).clone()
                }
            };
            let mut expected: usize = left.iter().map(Unscored::answers).sum();
            let at_once = context.at_once;
            pass.work(tasks(context, left), at_once, |tally, ledger, rows| {
                let finished = tally.journal(ledger, rows)?.len();
                tally.finish(finished);
                expected = expected.saturating_sub(finished);
                Ok(())
            })?;
            if expected > 0 {
                // Failed or stopped: this part's scores wait in the journal for the rest.
                continue;
            }
        }
        if let (Some(block), false, None) = (part.block(), stop.is_set(), only) {
            pass.ledgers.seal(&name, block, &questions)?;
        }
    }
    Ok(())
}

/// One task per question that lacks scores.
fn tasks(context: Arc<Context>, left: Vec<Unscored>) -> impl Iterator<Item = Task<ScoreRow>> + Send + 'static {
    left.into_iter().map(move |unscored| {
        let context = Arc::clone(&context);
        let task: Task<ScoreRow> = Box::new(move |sender| Box::pin(question(context, unscored, sender)));
        task
    })
}

/// What a question lacks scores of.
#[derive(Default)]
struct Unscored {
    /// Draws that stand for themselves.
    draws: Vec<StoredDraw>,
    /// Forced chains, from their first round on: what is scored is the text up to a round. `true` where it is to be.
    forced: BTreeMap<Chain, BTreeMap<DrawKey, (StoredDraw, bool)>>,
}

impl Unscored {
    fn question(&self) -> Option<&QuestionId> {
        let of_chains = self.forced.values().flat_map(BTreeMap::values).map(|(draw, _)| draw);
        self.draws.iter().chain(of_chains).next().map(|draw| &draw.question)
    }

    fn answers(&self) -> usize {
        self.draws.len() + self.forced.values().flat_map(BTreeMap::values).filter(|(_, wanted)| *wanted).count()
    }
}

/// The answers of a part without a score, grouped by question, in the order stored.
fn unscored(
    parts: &DrawParts,
    part: &DrawPart,
    draws: Vec<StoredDraw>,
    known: &HashSet<(QuestionId, DrawKey)>,
) -> Result<Vec<Unscored>, CollectError> {
    let mut groups: Vec<(QuestionId, Unscored)> = Vec::new();
    for draw in draws.into_iter().filter(|draw| draw.draw.is_answer()) {
        let wanted = !known.contains(&(draw.question.clone(), draw.draw));
        let forced = draw.draw.mode == Mode::Forced;
        if !wanted && !forced {
            continue;
        }
        if groups.last().is_none_or(|(question, _)| *question != draw.question) {
            groups.push((draw.question.clone(), Unscored::default()));
        }
        let Some((_, group)) = groups.last_mut() else { continue };
        if forced {
            group.forced.entry(draw.draw.chain).or_default().insert(draw.draw, (draw, wanted));
        } else {
            group.draws.push(draw);
        }
    }
    for (_, group) in &mut groups {
        group.forced.retain(|_, rounds| rounds.values().any(|(_, wanted)| *wanted));
    }
    groups.retain(|(_, group)| group.answers() > 0);
    complete_forced(parts, part, &mut groups)?;
    Ok(groups.into_iter().map(|(_, group)| group).collect())
}

/// Adds the earlier rounds of forced chains that stand in other parts: a pool that was enlarged has its later rounds in a
/// part of their own, of the same block.
fn complete_forced(
    parts: &DrawParts,
    part: &DrawPart,
    groups: &mut [(QuestionId, Unscored)],
) -> Result<(), CollectError> {
    let begins = |rounds: &BTreeMap<DrawKey, _>| rounds.keys().next().is_some_and(|first| first.round.0 == 0);
    let mut broken: HashMap<QuestionId, &mut Unscored> = groups
        .iter_mut()
        .filter(|(_, group)| group.forced.values().any(|rounds| !begins(rounds)))
        .map(|(question, group)| (question.clone(), group))
        .collect();
    if broken.is_empty() {
        return Ok(());
    }
    let block = part.block();
    for other in parts.iter().filter(|other| other.block().is_some() && (block.is_none() || other.block() == block)) {
        for draw in parts.read(other)?.into_iter().filter(|draw| draw.draw.mode == Mode::Forced) {
            let group = broken.get_mut(&draw.question);
            if let Some(rounds) = group.and_then(|group| group.forced.get_mut(&draw.draw.chain)) {
                rounds.entry(draw.draw).or_insert((draw, false));
            }
        }
    }
    Ok(())
}

/// What every score of a partition shares.
pub(super) struct Context {
    verifier: Arc<dyn Verifier>,
    verifier_name: Arc<str>,
    backbone: Arc<str>,
    dataset_name: Arc<str>,
    dataset: Arc<Dataset>,
    prompts: Arc<PromptSet>,
    index: HashMap<QuestionId, usize>,
    run_seed: u64,
    requests: Semaphore,
    at_once: usize,
    stop: Stop,
    simulated: bool,
}

impl Setup<'_> {
    /// What every score of a backbone's draws on a dataset shares; `None` without a verifier.
    pub(super) fn scores(
        &self,
        backbone: &BackbonePlan,
        dataset: &Arc<Dataset>,
    ) -> Result<Option<Context>, CollectError> {
        let Some((name, open)) = self.verifier else { return Ok(None) };
        let at_once = verifier::concurrency(&self.plan.verifier, backbone).max(1) as usize;
        Ok(Some(Context {
            verifier: open(backbone, dataset)?,
            verifier_name: Arc::from(name),
            backbone: Arc::from(&*backbone.name),
            dataset_name: Arc::from(&*dataset.name),
            index: dataset.questions.iter().enumerate().map(|(i, q)| (q.id.clone(), i)).collect(),
            dataset: Arc::clone(dataset),
            prompts: Arc::clone(&self.prompts),
            run_seed: self.plan.seed,
            requests: Semaphore::new(at_once),
            at_once,
            stop: self.stop.clone(),
            simulated: self.plan.verifier.simulated(),
        }))
    }
}

async fn question(context: Arc<Context>, unscored: Unscored, sender: mpsc::Sender<ScoreRow>) {
    let Unscored { draws, forced } = unscored;
    let alone = draws.iter().map(|draw| one(&context, draw, &draw.completion, draw.tokens.completion, &sender));
    let chains = forced.into_values().map(|rounds| chain(&context, rounds, &sender));
    futures::join!(futures::future::join_all(alone), futures::future::join_all(chains));
}

/// Scores the rounds of a forced chain that want it, one after the other while the text grows.
async fn chain(
    context: &Context,
    rounds: BTreeMap<DrawKey, (StoredDraw, bool)>,
    sender: &mpsc::Sender<ScoreRow>,
) -> Option<()> {
    let mut text = GrowingText::default();
    for (draw, wanted) in rounds.into_values() {
        text.add_draw(&draw, &context.prompts);
        if wanted {
            one(context, &draw, text.text(), text.tokens(), sender).await?;
        }
    }
    Some(())
}

async fn one(
    context: &Context,
    draw: &StoredDraw,
    completion: &str,
    completion_tokens: Tokens,
    sender: &mpsc::Sender<ScoreRow>,
) -> Option<()> {
    let row = scored(context, draw, (completion, completion_tokens), || sender.is_closed()).await?;
    sender.send(row).await.ok()
}

/// Scores a draw, given the text to score and its tokens. `None` when it was stopped, or nobody wants the row any more.
pub(super) async fn scored(
    context: &Context,
    draw: &StoredDraw,
    (completion, completion_tokens): (&str, Tokens),
    unwanted: impl Fn() -> bool,
) -> Option<ScoreRow> {
    let permit = context.requests.acquire().await.ok()?;
    if context.stop.is_set() || unwanted() {
        return None;
    }
    let question = context.dataset.questions.get(*context.index.get(&draw.question)?)?;
    let (run_seed, backbone, dataset) = (context.run_seed, &context.backbone, &context.dataset_name);
    let of_draw = draw_seed(run_seed, backbone, dataset, &draw.question, draw.draw);
    let request = ScoreRequest {
        question,
        draw: draw.draw,
        completion,
        completion_tokens,
        answer: draw.answer.as_deref(),
        seed: score_seed(of_draw, &context.verifier_name),
    };
    let result = context.verifier.score(request).await;
    if let Ok(score) = &result {
        count_score(&context.stop, score);
    }
    drop(permit);
    // What failed once stopping was asked for may have failed for that alone; the next pass asks for it.
    if result.is_err() && context.stop.is_set() {
        return None;
    }
    let mut row = ScoreRow {
        verifier: Arc::clone(&context.verifier_name),
        backbone: Arc::clone(&context.backbone),
        dataset: Arc::clone(&context.dataset_name),
        question: draw.question.clone(),
        draw: draw.draw,
        score: None,
        step_scores: Vec::new(),
        verifier_tokens: Tokens(0),
        error: None,
        simulated: context.simulated,
        written_tokens: Tokens(0),
        attempts: 0,
        latency_ms: None,
        asking: Asking::default(),
    };
    match result {
        Ok(score) => {
            row.asking = Asking::new(score.request_hash, &score.earlier_attempts, score.tokens_estimated);
            row.score = Some(score.score);
            row.step_scores = score.step_scores;
            row.verifier_tokens = score.verifier_tokens;
            row.written_tokens = score.written_tokens;
            row.attempts = score.attempts;
            row.latency_ms = score.latency.map(|latency| latency.as_secs_f64() * 1e3);
        }
        Err(failure) => {
            row.asking = Asking::new(None, &failure.earlier_attempts, false);
            row.attempts = failure.attempts;
            row.error = Some(failure.message);
        }
    }
    Some(row)
}
