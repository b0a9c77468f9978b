//! Traces + methods -> outcomes. The only place that sees gold answers beside methods.
//!
//! Replay never calls a backbone. Per partition (backbone x dataset) it forms each question's pool once, then plays
//! every method at every budget on it in parallel over questions; sums are taken in question order, so the numbers do
//! not depend on the number of threads.

mod allocation;
mod at_equal_tokens;
mod calibration;
mod compare;
#[cfg(test)]
mod compare_tests;
mod draw_statistics;
mod drive;
#[cfg(test)]
mod equal_tokens_tests;
mod evaluate;
mod exact;
mod learned;
pub(crate) mod live;
mod pool;
mod replayed;
mod scores;
pub(crate) mod sight;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use markovscale::statistics::{Resampler, accuracy_interval};
use markovscale::{Budget, Method, MethodConfig, PlayError, Setting};

use crate::experiment::{Collecting, Drawn, Plan, Prices};
use crate::key::{Mode, seed};
use crate::results::{self, Cell, DrawStatistics, Outcome};
use crate::trace::{self, RunFolder, Snapshot, StoredDraw, TraceError, read_questions};

use at_equal_tokens::Pair;
pub(crate) use calibration::learned_elsewhere;
use compare::Curve;
pub use learned::{LearnedFile, Lesson, Parameters};
pub(crate) use pool::classes_of_texts;
use pool::priced_pools;
pub use pool::{PoolDraw, QuestionPool, pools};
pub use replayed::Replayed;
pub(crate) use scores::Scores;

/// Replay could not go on.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// Files of the run.
    #[error(transparent)]
    Trace(#[from] TraceError),
    /// A question's draws are not what a method asks for.
    #[error("{0}{remedy}", remedy = remedy(.0))]
    Play(#[from] PlayError),
    /// Draws of the partition are missing.
    #[error(
        "{backbone} on {dataset}: {incomplete} of {questions} questions lack draws or scores that the experiment asks \
         for (first: {first}); `markovscale run` with the same config collects them"
    )]
    Incomplete {
        /// The backbone.
        backbone: String,
        /// The dataset.
        dataset: String,
        /// Questions that lack something.
        incomplete: usize,
        /// Questions there are.
        questions: usize,
        /// The first such question's id.
        first: String,
    },
    /// The run does not hold a dataset that the plan names.
    #[error("the run holds no questions of `{0}`; it was collected with another list of datasets")]
    NoDataset(String),
    /// A statistic could not be taken.
    #[error(transparent)]
    Statistics(#[from] markovscale::StatisticsError),
    /// A ranking by the dataset's levels, which it does not have.
    #[error(
        "{dataset} states no levels, by which `{method}: {{difficulty: dataset_level}}` ranks its questions; use `difficulty: \
         judge` or `difficulty: first_score` there"
    )]
    NoLevels {
        /// The dataset.
        dataset: String,
        /// The method.
        method: &'static str,
    },
    /// A file of what methods learned cannot be used.
    #[error("use {}: {message}", path.display())]
    Learned {
        /// The file.
        path: PathBuf,
        /// Why.
        message: String,
    },
    /// Questions could not be dealt into folds, or parameters would have scored a question they saw.
    #[error("cannot calibrate on {dataset}: {source}")]
    Calibration {
        /// The dataset.
        dataset: String,
        /// Why.
        source: markovscale::CrossFitError,
    },
}

fn remedy(error: &PlayError) -> &'static str {
    match error {
        PlayError::PoolTooSmall { .. } | PlayError::OtherPool { .. } => {
            "; `markovscale collect` with the same config continues where it stopped"
        }
        PlayError::NotAllowed { .. } => "",
    }
}

/// What a method spent on a question, in answers and tokens (averages over replicates).
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Spent {
    /// Answers drawn.
    pub answers: f64,
    /// Completion tokens.
    pub completion_tokens: f64,
    /// Prompt tokens.
    pub prompt_tokens: f64,
    /// Verifier tokens.
    pub verifier_tokens: f64,
    /// Longest dependent chain of completion tokens.
    pub depth_tokens: f64,
    /// What the tokens cost, in the currency of the prices.
    pub price: f64,
}

impl Spent {
    /// Prompt, completion and verifier tokens.
    fn all_tokens(&self) -> f64 {
        self.prompt_tokens + self.completion_tokens + self.verifier_tokens
    }

    fn add(&mut self, other: &Self) {
        self.answers += other.answers;
        self.completion_tokens += other.completion_tokens;
        self.prompt_tokens += other.prompt_tokens;
        self.verifier_tokens += other.verifier_tokens;
        self.depth_tokens += other.depth_tokens;
        self.price += other.price;
    }

    fn divide(&mut self, count: f64) {
        self.answers /= count;
        self.completion_tokens /= count;
        self.prompt_tokens /= count;
        self.verifier_tokens /= count;
        self.depth_tokens /= count;
        self.price /= count;
    }
}

/// How a method did on one question at one budget.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QuestionResult {
    /// Accuracy in [0, 1], averaged over replicates.
    pub accuracy: f64,
    /// What it spent.
    pub spent: Spent,
}

/// Replays every method of the plan over a run. `on_partition` hears of every partition before it is replayed.
///
/// # Errors
/// When files cannot be read, draws are missing, or a calibration fails.
pub fn replay(plan: &Plan, run: &RunFolder, mut on_partition: impl FnMut(&str, &str)) -> Result<Replayed, ReplayError> {
    let datasets: HashMap<String, _> = read_questions(run.path())?.into_iter().map(|d| (d.name.clone(), d)).collect();
    let mut draws = Snapshot::<StoredDraw>::open(run.path())?;
    let mut scores = Scores::open(plan, run)?;
    let mut replayed = Replayed::default();
    for backbone in &plan.backbones {
        let mut pairs = Vec::with_capacity(plan.datasets.len());
        for dataset in &plan.datasets {
            on_partition(&backbone.name, &dataset.name);
            let questions = datasets.get(&dataset.name).ok_or_else(|| ReplayError::NoDataset(dataset.name.clone()))?;
            let drawn = draws.take(&trace::Partition::of_draws(&backbone.name, &dataset.name))?;
            let scored = scores.take(&backbone.name, &dataset.name)?;
            let prices = Prices { backbone: backbone.price, verifier: plan.verifier.price() };
            let ids: Vec<String> = questions.questions.iter().map(|q| q.id.0.clone()).collect();
            let mut statistics = DrawStatistics {
                backbone: backbone.name.clone(),
                simulated: backbone.simulated(),
                dataset: dataset.name.clone(),
                ..DrawStatistics::default()
            };
            let of = ids.iter().map(String::as_str).collect();
            statistics.count(&of, &drawn, &scored, &prices);
            let partition = Partition {
                plan,
                backbone: &backbone.name,
                simulated: backbone.simulated(),
                dataset: &dataset.name,
                ids,
                levels: questions.questions.iter().map(|q| q.level.map(f64::from)).collect(),
                pools: priced_pools(questions, drawn, scored, prices),
                statistics,
            };
            pairs.push(partition.replay(&mut replayed)?);
            replayed.draws.push(partition.statistics);
        }
        let name = (backbone.name.as_str(), backbone.simulated());
        replayed.equal_tokens.extend(at_equal_tokens::over_datasets(plan, name, &pairs)?);
    }
    Ok(replayed)
}

/// One partition being replayed.
struct Partition<'a> {
    plan: &'a Plan,
    backbone: &'a str,
    simulated: bool,
    dataset: &'a str,
    ids: Vec<String>,
    /// The difficulty that the dataset states, where it does.
    levels: Vec<Option<f64>>,
    pools: Vec<QuestionPool>,
    statistics: DrawStatistics,
}

impl QuestionPool {
    /// Whether it has all draws of a kind, each as `finished` wants it.
    fn holds(&self, drawn: &Drawn, finished: impl Fn(&PoolDraw) -> bool) -> bool {
        let (count, rows) = (drawn.chains as usize, drawn.rows as usize);
        let chains = match drawn.mode {
            Mode::Parallel => return self.parallel.len() >= count && self.parallel.iter().all(finished),
            Mode::Judge => return self.judged.is_some(),
            Mode::Sequential => &self.chains,
            Mode::Refine => &self.refine,
            Mode::Forced => &self.forced,
        };
        let whole = chains.iter().filter(|chain| chain.len() >= rows).count();
        whole >= count && chains.iter().flatten().all(finished)
    }
}

impl Partition<'_> {
    /// Adds what its questions give; returns the pairs that means over datasets are made of.
    fn replay(&self, replayed: &mut Replayed) -> Result<Vec<Pair>, ReplayError> {
        // Live pools are ragged: whether they hold what is wanted shows when they are played.
        if self.plan.collecting == Collecting::Pool {
            self.check_complete()?;
        }
        let resample_seed = seed(&[b"bootstrap", &self.plan.seed.to_le_bytes(), self.dataset.as_bytes()]);
        let resampler = Resampler::new(self.pools.len(), self.plan.replay.resamples as usize, resample_seed)?;
        let budgets: Vec<Budget> = self.plan.budgets.iter().map(|budget| Budget(*budget)).collect();
        let methods: Vec<Arc<dyn Method>> = self.plan.methods.iter().map(MethodConfig::build).collect();
        let calibrated = calibration::calibrate(self, &methods, &budgets)?;
        let results = evaluate::evaluate(self, &calibrated, &methods, &budgets)?;
        for (config, evaluated) in self.plan.methods.iter().zip(&results) {
            for (budget, questions) in budgets.iter().zip(&evaluated.per_budget) {
                replayed.outcomes.push(self.outcome(config, *budget, evaluated.replicates, questions, &resampler)?);
            }
        }
        let curves = Curve::ranked(self.plan, &results);
        replayed.comparisons.extend(compare::compare(self, &curves, &budgets, &resampler)?);
        let pairs = at_equal_tokens::pairs(self, &curves, &resampler)?;
        replayed.equal_tokens.extend(at_equal_tokens::rows(self, &pairs));
        let fits = calibrated.fits();
        if !fits.is_empty() {
            replayed.learned.push(LearnedFile::new(self.backbone, self.simulated, self.dataset, fits));
        }
        Ok(pairs)
    }

    /// Refuses to replay a partition whose pools are smaller than the plan's: averages over the questions that happen
    /// to be finished would favour the easy ones.
    fn check_complete(&self) -> Result<(), ReplayError> {
        let drawn = self.plan.drawn();
        let scores = self.plan.verifier.name().is_some();
        let scored = |draw: &PoolDraw| !scores || draw.seen.critique.is_some() || draw.seen.score.is_some();
        let complete = |question: &QuestionPool| drawn.iter().all(|drawn| question.holds(drawn, scored));
        let lacking: Vec<usize> = (0..self.pools.len()).filter(|i| !complete(&self.pools[*i])).collect();
        self.refuse_lacking(&lacking)
    }

    /// An error when some questions lack something.
    fn refuse_lacking(&self, lacking: &[usize]) -> Result<(), ReplayError> {
        match lacking.first() {
            None => Ok(()),
            Some(first) => Err(ReplayError::Incomplete {
                backbone: self.backbone.to_owned(),
                dataset: self.dataset.to_owned(),
                incomplete: lacking.len(),
                questions: self.pools.len(),
                first: self.ids[*first].clone(),
            }),
        }
    }

    fn outcome(
        &self,
        config: &MethodConfig,
        budget: Budget,
        replicates: Option<u32>,
        questions: &[QuestionResult],
        resampler: &Resampler,
    ) -> Result<Outcome, ReplayError> {
        let accuracies: Vec<f64> = questions.iter().map(|q| q.accuracy).collect();
        let interval = accuracy_interval(&accuracies, resampler)?;
        let mean = |value: fn(&Spent) -> f64| {
            questions.iter().map(|q| value(&q.spent)).sum::<f64>() / (questions.len().max(1) as f64)
        };
        Ok(Outcome {
            backbone: self.backbone.to_owned(),
            simulated: self.simulated,
            dataset: self.dataset.to_owned(),
            method: self.plan.label(config),
            family: config.name().to_owned(),
            parameters: parameters(config),
            draws: config.draws(),
            upper_bound: !self.plan.ranked(config),
            budget: budget.0,
            questions: u32::try_from(questions.len()).unwrap_or(u32::MAX),
            replicates,
            accuracy: interval.into(),
            answers: mean(|s| s.answers),
            completion_tokens: mean(|s| s.completion_tokens),
            prompt_tokens: mean(|s| s.prompt_tokens),
            verifier_tokens: mean(|s| s.verifier_tokens),
            depth_tokens: mean(|s| s.depth_tokens),
            price: mean(|s| s.price),
            cut_off: Some(self.statistics.cut_off_share()),
            filtered: Some(self.statistics.filtered_share()),
        })
    }
}

/// The parameters of a configuration as a table has them.
fn parameters(config: &MethodConfig) -> results::Parameters {
    let cell = |setting: Setting| match setting {
        Setting::Word(word) => Cell::Text(word.to_owned()),
        Setting::Whole(number) => Cell::Whole(i64::from(number)),
        Setting::Number(number) => Cell::Real(number),
        Setting::Flag(flag) => Cell::Flag(flag),
    };
    config.settings().map(|(name, setting)| (name, cell(setting))).collect()
}
