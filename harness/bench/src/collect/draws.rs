//! Collecting draws.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use futures::future::join_all;
use markovscale_answers::{Answer, Verdict, equivalent, extract};
use tokio::sync::{Semaphore, mpsc};

use super::known::{Missing, MissingChain, missing};
use super::pass::Pass;
use super::pump::{StopFlag, Unit};
use super::{BLOCK, CollectError, Event, Summary};
use crate::backbone::{Backbone, Completion, Request, RequestFailure, Sampling};
use crate::dataset::{Dataset, Question};
use crate::experiment::{BackbonePlan, Plan, Pool};
use crate::key::{Chain, DrawKey, Mode, QuestionId, Round, seed};
use crate::prompt::{Message, PromptSet};
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
    let pool = work.plan.drawn_pool();
    let lacking = lacking(&pass.ledger, &name, dataset, pool)?;
    let total = dataset.questions.len() as u64 * work.plan.draws_per_question();
    let left: u64 = lacking.iter().map(|m| m.draws(pool.rounds)).sum();
    pass.start(backbone, dataset, total, total - left);
    let mut blocks = Blocks::new(dataset, &lacking, pool);
    // A process may have died after finishing a block and before sealing it.
    for block in 0..blocks.left.len() {
        blocks.seal_if_complete(block, &mut pass.ledger, &name)?;
    }
    if left == 0 || work.stop.is_set() {
        return Ok(());
    }
    let units = units(Arc::new(context(work, backbone, dataset)?), lacking);
    pass.work(units, backbone.concurrency as usize, |ledger, questions| {
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
    pool: Pool,
) -> Result<Vec<Missing>, CollectError> {
    let sealed = ledger.sealed::<StoredDraw>(partition, &[])?;
    let sealed = sealed.into_iter().map(|row| (row.question, row.draw, row.answer));
    let pending = ledger.pending(partition).map(|row| (row.question.clone(), row.draw, row.answer.clone()));
    Ok(missing(dataset, pool, sealed.chain(pending)))
}

/// How much each block still lacks.
struct Blocks {
    index: HashMap<QuestionId, usize>,
    questions: Vec<Vec<QuestionId>>,
    left: Vec<u64>,
}

impl Blocks {
    fn new(dataset: &Dataset, lacking: &[Missing], pool: Pool) -> Self {
        let ids: Vec<QuestionId> = dataset.questions.iter().map(|q| q.id.clone()).collect();
        let index = ids.iter().enumerate().map(|(i, id)| (id.clone(), i / BLOCK)).collect();
        let left = lacking.chunks(BLOCK).map(|b| b.iter().map(|m| m.draws(pool.rounds)).sum()).collect();
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

/// What every draw of a partition shares.
struct Context {
    run_seed: u64,
    backbone: Arc<dyn Backbone>,
    dataset: Arc<Dataset>,
    prompts: Arc<PromptSet>,
    sampling: Sampling,
    rounds: u32,
    requests: Semaphore,
    stop: StopFlag,
    backbone_name: Arc<str>,
    model: Arc<str>,
    dataset_name: Arc<str>,
    simulated: bool,
    plain_hash: Arc<str>,
    re_answer_hash: Arc<str>,
}

fn context(work: &DrawWork<'_>, backbone: &BackbonePlan, dataset: &Arc<Dataset>) -> Result<Context, CollectError> {
    Ok(Context {
        run_seed: work.plan.seed,
        backbone: (work.open)(backbone, dataset)?,
        dataset: Arc::clone(dataset),
        prompts: Arc::clone(&work.prompts),
        sampling: sampling(work.plan, backbone, &dataset.name),
        rounds: work.plan.pool.rounds,
        requests: Semaphore::new(backbone.concurrency.max(1) as usize),
        stop: work.stop.clone(),
        backbone_name: Arc::from(&*backbone.name),
        model: Arc::from(backbone.model()),
        dataset_name: Arc::from(&*dataset.name),
        simulated: backbone.simulated(),
        plain_hash: Arc::from(work.prompts.hash_for(false)),
        re_answer_hash: Arc::from(work.prompts.hash_for(true)),
    })
}

fn sampling(plan: &Plan, backbone: &BackbonePlan, dataset: &str) -> Sampling {
    let planned = plan.datasets.iter().find(|planned| planned.name == dataset);
    planned.map_or(backbone.sampling, |planned| backbone.sampling_on(planned))
}

/// One unit per question that lacks something.
fn units(context: Arc<Context>, lacking: Vec<Missing>) -> impl Iterator<Item = Unit<DrawRow>> + Send + 'static {
    let rounds = context.rounds;
    let lacking = lacking.into_iter().enumerate().filter(move |(_, missing)| missing.draws(rounds) > 0);
    lacking.map(move |(index, missing)| {
        let context = Arc::clone(&context);
        let unit: Unit<DrawRow> = Box::new(move |sender| Box::pin(question(context, index, missing, sender)));
        unit
    })
}

/// Draws everything a question lacks: parallel draws and chains at once, the rounds of a chain one after the other.
async fn question(context: Arc<Context>, index: usize, missing: Missing, sender: mpsc::Sender<DrawRow>) {
    let Some(question) = context.dataset.questions.get(index) else { return };
    let asked = Asked { context: &context, question, grades: Mutex::default(), sender };
    let plain = context.prompts.messages(&question.text, None);
    let parallel = missing.parallel.iter().map(|number| {
        let draw = DrawKey { mode: Mode::Parallel, chain: Chain(*number), round: Round(0) };
        asked.draw(draw, None, &plain)
    });
    let chains = missing.chains.into_iter().map(|chain| asked.chain(chain, &plain));
    futures::join!(join_all(parallel), join_all(chains));
}

/// One question being asked.
struct Asked<'a> {
    context: &'a Context,
    question: &'a Question,
    /// Whether an answer text is right, decided once per text.
    grades: Mutex<HashMap<String, Option<bool>>>,
    sender: mpsc::Sender<DrawRow>,
}

impl Asked<'_> {
    async fn chain(&self, chain: MissingChain, plain: &[Message]) {
        let mut previous = chain.previous_answer;
        for round in chain.from..self.context.rounds {
            let draw = DrawKey { mode: Mode::Sequential, chain: Chain(chain.chain), round: Round(round) };
            // A round whose previous answer is missing is re-asked with the plain question.
            let answered = match &previous {
                Some(answer) => {
                    let messages = self.context.prompts.messages(&self.question.text, Some(answer));
                    self.draw(draw, Some(answer), &messages).await
                }
                None => self.draw(draw, None, plain).await,
            };
            match answered {
                Some(answer) => previous = answer,
                None => return,
            }
        }
    }

    /// Makes one draw and sends its row. `None` when it failed or nobody listens any more, else its answer.
    async fn draw(&self, draw: DrawKey, previous: Option<&str>, messages: &[Message]) -> Option<Option<String>> {
        let context = self.context;
        let permit = context.requests.acquire().await.ok()?;
        if context.stop.is_set() || self.sender.is_closed() {
            return None;
        }
        let seed = draw_seed(context.run_seed, &context.backbone_name, &context.dataset_name, &self.question.id, draw);
        let started = SystemTime::now();
        let request = Request {
            question: self.question,
            draw,
            previous_answer: previous,
            messages,
            seed,
            sampling: &context.sampling,
        };
        let result = context.backbone.complete(request).await;
        drop(permit);
        let row = self.row(draw, previous.is_some(), seed, started, result);
        let answer = row.error.is_none().then(|| row.answer.clone());
        self.sender.send(row).await.ok()?;
        answer
    }

    fn row(
        &self,
        draw: DrawKey,
        re_answer: bool,
        seed: u64,
        started: SystemTime,
        result: Result<Completion, RequestFailure>,
    ) -> DrawRow {
        let context = self.context;
        let (completion, error) = match result {
            Ok(completion) => (completion, None),
            Err(failure) => (Completion::failed(failure.attempts), Some(failure.message)),
        };
        let answer = extract(&completion.text).map(|answer| answer.text().to_owned());
        let correct = if error.is_some() { None } else { answer.as_deref().map_or(Some(false), |a| self.grade(a)) };
        let started_at = started.duration_since(UNIX_EPOCH).ok().and_then(|d| i64::try_from(d.as_millis()).ok());
        DrawRow {
            backbone: Arc::clone(&context.backbone_name),
            model: Arc::clone(&context.model),
            dataset: Arc::clone(&context.dataset_name),
            question: self.question.id.clone(),
            draw,
            prompt_hash: Arc::clone(if re_answer { &context.re_answer_hash } else { &context.plain_hash }),
            answer,
            correct,
            finish_reason: Arc::from(completion.finish_reason.name()),
            prompt_tokens: completion.prompt_tokens,
            cached_tokens: completion.cached_tokens,
            completion_tokens: completion.completion_tokens,
            reasoning_tokens: completion.reasoning_tokens,
            seed,
            temperature: context.sampling.temperature,
            top_p: context.sampling.top_p,
            max_tokens: context.sampling.max_tokens,
            attempts: completion.attempts,
            latency_ms: completion.latency.map(|latency| latency.as_secs_f64() * 1e3),
            // A simulation makes no request, and its rows are the same whenever they are made.
            started_at: started_at.filter(|_| !context.simulated),
            error,
            simulated: context.simulated,
            completion: completion.text,
        }
    }

    /// Whether an answer is right; an undecided one is `None`.
    fn grade(&self, answer: &str) -> Option<bool> {
        let mut grades = self.grades.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(grade) = grades.get(answer) {
            return *grade;
        }
        let grade = match equivalent(&Answer::parse(answer), &Answer::parse(&self.question.gold)) {
            Verdict::Equal => Some(true),
            Verdict::Different => Some(false),
            Verdict::Unknown => None,
        };
        grades.insert(answer.to_owned(), grade);
        grade
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
