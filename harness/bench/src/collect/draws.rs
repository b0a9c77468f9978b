//! Collecting draws.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use markovscale_answers::Grader;
use tokio::sync::{Semaphore, mpsc};

use super::ask::{Ask, Asked, Context};
use super::blocks::Blocks;
use super::executor::Task;
use super::missing::{Known, Missing, MissingChain, missing};
use super::pass::Pass;
use super::work::{Setup, Work};
use super::{CollectError, Event, Summary, texts};
use crate::dataset::Dataset;
use crate::experiment::{BackboneKind, BackbonePlan, Plan};
use crate::key::{Chain, DrawKey, Mode, QuestionId, Round};
use crate::prompt::Family;
use crate::trace::{DrawRow, Ledger, Partition, StoredDraw};
use crate::vocabulary::Message;

/// Draws what is missing. Failed draws are counted and asked for again by the next run.
///
/// # Errors
/// When files cannot be written or a backbone cannot be set up.
pub fn collect(work: &Work<'_>, on_event: &mut dyn FnMut(Event)) -> Result<Summary, CollectError> {
    collect_some(work, None, on_event)
}

/// Draws what is missing of some questions: a pilot. Nothing is sealed, so that the files of a run that goes on after its
/// pilot are those of one that had none.
///
/// # Errors
/// As [`collect`].
pub fn collect_some(
    work: &Work<'_>,
    only: Option<&HashSet<QuestionId>>,
    on_event: &mut dyn FnMut(Event),
) -> Result<Summary, CollectError> {
    let draw = |pass: &mut Pass<'_, _>, backbone: &_, dataset: &_| partition(work, only, pass, backbone, dataset);
    let mut summary = Pass::over_grid(work, on_event, draw)?;
    summary.end(&work.setup.stop, summary.done() < summary.total);
    Ok(summary)
}

fn partition(
    work: &Work<'_>,
    only: Option<&HashSet<QuestionId>>,
    pass: &mut Pass<'_, Ledger<DrawRow>>,
    backbone: &BackbonePlan,
    dataset: &Arc<Dataset>,
) -> Result<(), CollectError> {
    let Setup { plan, prompts, stop, .. } = &work.setup;
    let name = Partition::of_draws(&backbone.name, &dataset.name);
    let mut lacking = lacking(&pass.ledgers, &name, dataset, plan)?;
    let wanted = |question: &QuestionId| only.is_none_or(|only| only.contains(question));
    for (missing, _) in lacking.iter_mut().zip(&dataset.questions).filter(|(_, question)| !wanted(&question.id)) {
        *missing = Missing::default();
    }
    let questions = dataset.questions.iter().filter(|question| wanted(&question.id)).count() as u64;
    let total = questions * plan.draws_per_question();
    let left: u64 = lacking.iter().map(Missing::draws).sum();
    pass.start(backbone, dataset, total, total - left);
    let mut blocks = Blocks::new(dataset, lacking.iter().map(Missing::draws).enumerate());
    for block in blocks.complete().into_iter().filter(|_| only.is_none()) {
        blocks.seal(block, &mut pass.ledgers, &name)?;
    }
    if left == 0 || stop.is_set() {
        return Ok(());
    }
    texts::fill_in(&mut lacking, dataset, prompts, (&pass.ledgers, &name))?;
    let tasks = tasks(Arc::new(work.setup.draws(backbone, dataset)?), lacking);
    let index: HashMap<&QuestionId, usize> = dataset.questions.iter().enumerate().map(|(i, q)| (&q.id, i)).collect();
    pass.work(tasks, at_once(backbone), |tally, ledger, rows| {
        let questions = tally.journal(ledger, rows)?;
        tally.finish(questions.len());
        for question in questions.iter().filter_map(|question| index.get(question)) {
            if let Some(complete) = blocks.count(*question).filter(|_| only.is_none()) {
                blocks.seal(complete, ledger, &name)?;
            }
        }
        Ok(())
    })
}

fn lacking(
    ledger: &Ledger<DrawRow>,
    partition: &Partition,
    dataset: &Dataset,
    plan: &Plan,
) -> Result<Vec<Missing>, CollectError> {
    let mut known = Vec::new();
    ledger.each(partition, |StoredDraw { question, draw, answer, cut_off, .. }| {
        known.push(Known { question, draw, answer, cut_off });
    })?;
    Ok(missing(dataset, &plan.drawn(), known.into_iter()))
}

impl Setup<'_> {
    /// What every draw of a backbone on a dataset shares.
    pub(super) fn draws(&self, backbone: &BackbonePlan, dataset: &Arc<Dataset>) -> Result<Context, CollectError> {
        Ok(Context {
            run_seed: self.plan.seed,
            backbone: (self.backbone)(backbone, dataset)?,
            dataset: Arc::clone(dataset),
            prompts: Arc::clone(&self.prompts),
            sampling: self.plan.sampling(backbone, &dataset.name),
            requests: Semaphore::new(at_once(backbone)),
            stop: self.stop.clone(),
            backbone_name: Arc::from(&*backbone.name),
            model: Arc::from(backbone.model()),
            dataset_name: Arc::from(&*dataset.name),
            simulated: backbone.simulated(),
            hashes: Family::ALL.map(|family| Arc::from(self.prompts.hash(family))),
        })
    }
}

/// Strands under way at once. A few more than a server is asked at once, so that its next request waits already when a
/// place becomes free; the server's own limit holds all the same.
pub(crate) fn at_once(backbone: &BackbonePlan) -> usize {
    let concurrency = backbone.concurrency.max(1) as usize;
    match backbone.kind {
        BackboneKind::OpenAi(_) => concurrency + concurrency / 8 + 1,
        BackboneKind::Embedded { .. } | BackboneKind::Simulated { .. } | BackboneKind::Imported { .. } => concurrency,
    }
}

/// What a question lacks, strand by strand: each makes one request at a time, so that as many strands as requests are
/// under way, however large a pool is and however slow a few chains are.
fn tasks(context: Arc<Context>, lacking: Vec<Missing>) -> impl Iterator<Item = Task<DrawRow>> + Send + 'static {
    let lacking = lacking.into_iter().enumerate().filter(|(_, missing)| missing.draws() > 0);
    lacking.flat_map(move |(index, missing)| strands(&context, index, missing))
}

/// One of the things that a question lacks and that do not wait for each other.
enum Strand {
    /// Parallel draws that are asked for together.
    Draws(Vec<DrawKey>),
    /// A chain, whose rounds are asked for one after the other.
    Chain(MissingChain),
}

/// What the strands of a question share.
struct Topic {
    context: Arc<Context>,
    index: usize,
    plain: Vec<Message>,
    grader: Arc<Grader>,
}

/// The strands of a question; chains come first, since they take longest.
fn strands(context: &Arc<Context>, index: usize, missing: Missing) -> Vec<Task<DrawRow>> {
    let Some(question) = context.dataset.questions.get(index) else { return Vec::new() };
    let plain = context.prompts.messages(&question.text, None);
    let grader = Arc::new(Grader::new(&question.gold));
    let topic = Arc::new(Topic { context: Arc::clone(context), index, plain, grader });
    let keys: Vec<DrawKey> = missing.parallel.into_iter().map(parallel).collect();
    let chains = missing.chains.into_iter().map(Strand::Chain);
    let draws = keys.chunks(context.backbone.batch().max(1)).map(|keys| Strand::Draws(keys.to_vec()));
    let task = |strand| {
        let topic = Arc::clone(&topic);
        let task: Task<DrawRow> = Box::new(move |sender| Box::pin(follow(topic, strand, sender)));
        task
    };
    chains.chain(draws).map(task).collect()
}

fn parallel(number: u32) -> DrawKey {
    DrawKey { mode: Mode::Parallel, chain: Chain(number), round: Round(0) }
}

async fn follow(topic: Arc<Topic>, strand: Strand, sender: mpsc::Sender<DrawRow>) {
    let Topic { context, index, plain, grader } = &*topic;
    let Some(question) = context.dataset.questions.get(*index) else { return };
    let asked = Asked::sharing(Arc::clone(grader), context, question, sender);
    match strand {
        Strand::Chain(chain) => asked.chain(chain, plain).await,
        Strand::Draws(keys) => match &keys[..] {
            [key] => {
                asked.draw(Ask::first(*key, plain)).await;
            }
            keys => asked.draw_all(keys, plain).await,
        },
    }
}
