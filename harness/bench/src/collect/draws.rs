//! Collecting draws.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::{Semaphore, mpsc};

use super::ask::{Ask, Asked, Context, Grades};
use super::known::{Known, Missing, MissingChain, missing};
use super::pass::Pass;
use super::pump::Unit;
use super::{BLOCK, CollectError, Event, Summary, texts};
use crate::backbone::{Backbone, FinishReason, Sampling};
use crate::dataset::Dataset;
use crate::experiment::{BackboneKind, BackbonePlan, Plan};
use crate::key::{Chain, DrawKey, Mode, QuestionId, Round, seed};
use crate::net::StopFlag;
use crate::prompt::{Family, Message, PromptSet};
use crate::trace::{DrawRow, Ledger, Partition, RunFolder, StoredDraw};

/// Makes the backbone that answers a dataset's questions.
pub type OpenBackbone<'a> = dyn Fn(&BackbonePlan, &Dataset) -> Result<Arc<dyn Backbone>, CollectError> + 'a;

/// Everything that collecting draws needs.
pub struct DrawWork<'a> {
    /// The experiment.
    pub plan: &'a Plan,
    /// Its datasets, loaded and limited.
    pub datasets: &'a [Arc<Dataset>],
    /// Its prompts.
    pub prompts: Arc<PromptSet>,
    /// The run, open for writing.
    pub run: &'a RunFolder,
    /// How to open a backbone.
    pub open: &'a OpenBackbone<'a>,
    /// Set when the user asks to stop.
    pub stop: StopFlag,
}

/// Draws what is missing. Failed draws are counted and asked for again by the next run.
///
/// # Errors
/// When files cannot be written or a backbone cannot be set up.
pub fn collect(work: &DrawWork<'_>, on_event: &mut dyn FnMut(Event)) -> Result<Summary, CollectError> {
    let DrawWork { plan, datasets, run, stop, .. } = work;
    Pass::over_grid(plan, datasets, run, stop, on_event, |pass, backbone, dataset| {
        partition(work, pass, backbone, dataset)
    })
}

/// The partition of a backbone's draws on a dataset.
pub(crate) fn draw_partition(backbone: &str, dataset: &str) -> Partition {
    vec![("backbone", Arc::from(backbone)), ("dataset", Arc::from(dataset))]
}

fn partition(
    work: &DrawWork<'_>,
    pass: &mut Pass<'_, DrawRow>,
    backbone: &BackbonePlan,
    dataset: &Arc<Dataset>,
) -> Result<(), CollectError> {
    let name = draw_partition(&backbone.name, &dataset.name);
    let mut lacking = lacking(&pass.ledger, &name, dataset, work.plan)?;
    let total = dataset.questions.len() as u64 * work.plan.draws_per_question();
    let left: u64 = lacking.iter().map(Missing::draws).sum();
    pass.start(backbone, dataset, total, total - left);
    let mut blocks = Blocks::new(dataset, &lacking);
    // A process may have died after finishing a block and before sealing it.
    for block in 0..blocks.left.len() {
        blocks.seal_if_complete(block, &mut pass.ledger, &name)?;
    }
    if left == 0 || work.stop.is_set() {
        return Ok(());
    }
    texts::fill_in(&mut lacking, dataset, &work.prompts, (work.run, &pass.ledger, &name))?;
    let units = units(Arc::new(context(work, backbone, dataset)?), lacking);
    pass.work(units, at_once(backbone), |ledger, questions| {
        for question in questions {
            if let Some(complete) = blocks.count(question) {
                blocks.seal_if_complete(complete, ledger, &name)?;
            }
        }
        Ok(())
    })?;
    Ok(())
}

fn lacking(
    ledger: &Ledger<DrawRow>,
    partition: &Partition,
    dataset: &Dataset,
    plan: &Plan,
) -> Result<Vec<Missing>, CollectError> {
    let sealed = ledger.sealed::<StoredDraw>(partition, &[])?;
    let sealed = sealed.into_iter().map(|row| Known {
        question: row.question,
        draw: row.draw,
        answer: row.answer,
        cut_off: row.cut_off,
    });
    let pending = ledger.pending(partition).map(|row| Known {
        question: row.question.clone(),
        draw: row.draw,
        answer: row.answer.clone(),
        cut_off: &*row.finish_reason == FinishReason::Length.name(),
    });
    Ok(missing(dataset, &plan.drawn(), sealed.chain(pending)))
}

/// How much each block still lacks.
struct Blocks {
    index: HashMap<QuestionId, usize>,
    questions: Vec<Vec<QuestionId>>,
    left: Vec<u64>,
}

impl Blocks {
    fn new(dataset: &Dataset, lacking: &[Missing]) -> Self {
        let ids: Vec<QuestionId> = dataset.questions.iter().map(|q| q.id.clone()).collect();
        let index = ids.iter().enumerate().map(|(i, id)| (id.clone(), i / BLOCK)).collect();
        let left = lacking.chunks(BLOCK).map(|b| b.iter().map(Missing::draws).sum()).collect();
        Self { index, questions: ids.chunks(BLOCK).map(<[_]>::to_vec).collect(), left }
    }

    /// Counts one finished draw; gives the block if it is complete now.
    fn count(&mut self, question: &QuestionId) -> Option<usize> {
        let block = *self.index.get(question)?;
        let left = self.left.get_mut(block)?;
        *left = left.saturating_sub(1);
        (*left == 0).then_some(block)
    }

    fn seal_if_complete(
        &self,
        block: usize,
        ledger: &mut Ledger<DrawRow>,
        partition: &Partition,
    ) -> Result<(), CollectError> {
        if self.left[block] == 0 {
            let number = u32::try_from(block).unwrap_or(u32::MAX);
            ledger.seal(partition, number, &self.questions[block])?;
        }
        Ok(())
    }
}

fn context(work: &DrawWork<'_>, backbone: &BackbonePlan, dataset: &Arc<Dataset>) -> Result<Context, CollectError> {
    Ok(Context {
        run_seed: work.plan.seed,
        backbone: (work.open)(backbone, dataset)?,
        dataset: Arc::clone(dataset),
        prompts: Arc::clone(&work.prompts),
        sampling: sampling(work.plan, backbone, &dataset.name),
        requests: Semaphore::new(at_once(backbone)),
        stop: work.stop.clone(),
        backbone_name: Arc::from(&*backbone.name),
        model: Arc::from(backbone.model()),
        dataset_name: Arc::from(&*dataset.name),
        simulated: backbone.simulated(),
        hashes: Family::ALL.map(|family| Arc::from(work.prompts.hash(family))),
    })
}

fn sampling(plan: &Plan, backbone: &BackbonePlan, dataset: &str) -> Sampling {
    let planned = plan.datasets.iter().find(|planned| planned.name == dataset);
    planned.map_or(backbone.sampling, |planned| backbone.sampling_on(planned))
}

/// Strands under way at once. A few more than a server is asked at once, so that its next request waits already when a
/// place becomes free; the server's own limit holds all the same.
fn at_once(backbone: &BackbonePlan) -> usize {
    let concurrency = backbone.concurrency.max(1) as usize;
    match backbone.kind {
        BackboneKind::OpenAi(_) => concurrency + concurrency / 8 + 1,
        BackboneKind::Simulated { .. } | BackboneKind::Imported { .. } => concurrency,
    }
}

/// What a question lacks, strand by strand: each makes one request at a time, so that as many strands as requests are
/// under way, however large a pool is and however slow a few chains are.
fn units(context: Arc<Context>, lacking: Vec<Missing>) -> impl Iterator<Item = Unit<DrawRow>> + Send + 'static {
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
    grades: Grades,
}

/// The strands of a question; chains come first, since they take longest.
fn strands(context: &Arc<Context>, index: usize, missing: Missing) -> Vec<Unit<DrawRow>> {
    let Some(question) = context.dataset.questions.get(index) else { return Vec::new() };
    let plain = context.prompts.messages(&question.text, None);
    let topic = Arc::new(Topic { context: Arc::clone(context), index, plain, grades: Grades::default() });
    let keys: Vec<DrawKey> = missing.parallel.into_iter().map(parallel).collect();
    let chains = missing.chains.into_iter().map(Strand::Chain);
    let draws = keys.chunks(context.backbone.batch().max(1)).map(|keys| Strand::Draws(keys.to_vec()));
    let unit = |strand| {
        let topic = Arc::clone(&topic);
        let unit: Unit<DrawRow> = Box::new(move |sender| Box::pin(follow(topic, strand, sender)));
        unit
    };
    chains.chain(draws).map(unit).collect()
}

fn parallel(number: u32) -> DrawKey {
    DrawKey { mode: Mode::Parallel, chain: Chain(number), round: Round(0) }
}

async fn follow(topic: Arc<Topic>, strand: Strand, sender: mpsc::Sender<DrawRow>) {
    let Topic { context, index, plain, grades } = &*topic;
    let Some(question) = context.dataset.questions.get(*index) else { return };
    let asked = Asked::sharing(Arc::clone(grades), context, question, sender);
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

/// The seed of a draw: a hash of its name, so that neither order nor interruption matters. 63 bits, since several
/// servers and readers know only signed integers.
pub(super) fn draw_seed(run_seed: u64, backbone: &str, dataset: &str, question: &QuestionId, draw: DrawKey) -> u64 {
    let parts: [&[u8]; 7] = [
        &run_seed.to_le_bytes(),
        backbone.as_bytes(),
        dataset.as_bytes(),
        question.0.as_bytes(),
        draw.mode.name().as_bytes(),
        &draw.chain.0.to_le_bytes(),
        &draw.round.0.to_le_bytes(),
    ];
    seed(&parts) >> 1
}
