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
mod error;
mod evaluate;
mod exact;
mod learned;
pub(crate) mod live;
mod orders;
mod partition;
mod pool;
mod replayed;
mod result;
mod scores;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

use markovscale::statistics::{Resampler, accuracy_interval};
use markovscale::{Budget, Method, MethodConfig, Setting};

use crate::experiment::{Collecting, Plan, Prices};
use crate::key::seed;
use crate::results::{self, Cell, DrawStatistics, Outcome};
use crate::trace::{self, RunFolder, Snapshot, StoredDraw, read_questions};

use at_equal_tokens::Pair;
pub(crate) use calibration::learned_elsewhere;
use compare::Curve;
pub use error::ReplayError;
pub use learned::{LearnedFile, Lesson, Parameters};
use partition::Partition;
use pool::priced_pools;
pub use pool::{PoolDraw, QuestionPool, pools};
pub use replayed::Replayed;
pub use result::{QuestionResult, Spent};
pub(crate) use scores::Scores;

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
