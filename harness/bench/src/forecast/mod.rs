//! What a run will still draw, and what that will cost, from what it already holds.
//!
//! Draws are priced by kind: a first answer, a re-answer, a critique and so on, each as the questions that have such draws
//! show it. A forced text is asked for again with all that was written before, so its prompts grow by what a round adds.
//! Intervals are bootstrapped over questions; sums over partitions take these as independent. A server's speed may change:
//! the time assumes the concurrency that the stored draws were made with.

mod kinds;
mod sample;
mod spent;

use std::path::Path;

use markovscale::StatisticsError;
use markovscale::statistics::{Interval, bootstrap_mean};
use serde::Serialize;

use crate::collect::{Known, Missing, missing};
use crate::dataset::Dataset;
use crate::experiment::{BackbonePlan, Plan};
use crate::results::Estimate;
use crate::trace::{Partition, Snapshot, StoredCost, StoredScoreCost, TraceError};

pub use spent::Spent;

use kinds::Lacking;
use sample::Sample;

/// Bootstrap resamples of an interval.
const RESAMPLES: usize = 2_000;

/// A forecast could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ForecastError {
    /// Files of the run.
    #[error(transparent)]
    Trace(#[from] TraceError),
    /// An interval could not be taken.
    #[error(transparent)]
    Statistics(#[from] StatisticsError),
}

/// How many rows are there, and how many are not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Progress {
    /// Rows of the experiment that the run holds.
    pub there: u64,
    /// Rows that it lacks.
    pub missing: u64,
}

/// What is expected to be spent, with 95 % intervals.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Expected {
    /// Prompt tokens.
    pub prompt_tokens: Estimate,
    /// Completion tokens.
    pub completion_tokens: Estimate,
    /// Verifier tokens; `None` when draws are to be scored and none is yet.
    pub verifier_tokens: Option<Estimate>,
    /// What they cost; without the verifier's tokens where those are not known.
    pub price: Estimate,
    /// Seconds; `None` where no draw tells how long it took.
    pub seconds: Option<Estimate>,
}

/// A backbone on a dataset, or all of them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Forecast {
    /// The backbone.
    pub backbone: String,
    /// The dataset.
    pub dataset: String,
    /// Draws.
    pub draws: Progress,
    /// Scores.
    pub scores: Progress,
    /// What the run has spent on them, draws beyond the experiment's pool included.
    pub spent: Spent,
    /// Most completion tokens of what is missing: every draw at its limit.
    pub most_completion_tokens: u64,
    /// What is missing will cost this; `None` where the run holds no draw to tell from.
    pub left: Option<Expected>,
    /// Questions that the forecast rests on.
    pub questions: usize,
    /// Whether some kind of draw was never made and is priced as a first answer.
    pub borrowed: bool,
    /// Requests in flight at once while the stored draws were made; `None` where they do not tell.
    pub concurrency: Option<f64>,
}

/// Forecasts every backbone x dataset of the plan. `run` is its folder, where there is one.
///
/// # Errors
/// When the run cannot be read.
pub fn forecast(
    plan: &Plan,
    datasets: &[impl AsRef<Dataset>],
    run: Option<&Path>,
) -> Result<Vec<Forecast>, ForecastError> {
    let mut draws = run.map(Snapshot::<StoredCost>::open).transpose()?;
    let mut scores = run.map(Snapshot::<StoredScoreCost>::open).transpose()?;
    let mut forecasts = Vec::new();
    for backbone in &plan.backbones {
        for dataset in datasets.iter().map(AsRef::as_ref) {
            let drawn = match &mut draws {
                Some(draws) => draws.take(&Partition::of_draws(&backbone.name, &dataset.name))?,
                None => Vec::new(),
            };
            let scored = match (&mut scores, plan.verifier.name()) {
                (Some(scores), Some(verifier)) => {
                    scores.take(&Partition::of_scores(verifier, &backbone.name, &dataset.name))?
                }
                _ => Vec::new(),
            };
            forecasts.push(partition(plan, backbone, dataset, &drawn, &scored)?);
        }
    }
    Ok(forecasts)
}

fn partition(
    plan: &Plan,
    backbone: &BackbonePlan,
    dataset: &Dataset,
    drawn: &[StoredCost],
    scored: &[StoredScoreCost],
) -> Result<Forecast, ForecastError> {
    let known = drawn.iter().map(|draw| Known {
        question: draw.question.clone(),
        draw: draw.draw,
        answer: None,
        cut_off: false,
    });
    let lacking: Vec<Missing> = missing(dataset, &plan.drawn(), known);
    let sample = Sample::new(dataset, (drawn, &backbone.price), (scored, &plan.verifier.price()));
    let questions = dataset.questions.len() as u64;
    let missing_draws: u64 = lacking.iter().map(Missing::draws).sum();
    let scores = match plan.verifier.name() {
        None => Progress::default(),
        Some(_) => {
            let total = questions * plan.answers_per_question();
            let there = sample.scored.min(total);
            Progress { there, missing: total - there }
        }
    };
    let limit = plan.sampling(backbone, &dataset.name).max_tokens;
    let wanted = Lacking::new(&lacking, plan.verifier.name().is_some(), sample.unscored());
    let expectation = sample.expect(&wanted);
    let left = match &expectation {
        None => None,
        Some(expectation) => Some(Expected {
            prompt_tokens: total(&expectation.prompt, questions)?,
            completion_tokens: total(&expectation.completion, questions)?,
            verifier_tokens: match &expectation.verifier {
                Some(verifier) => Some(total(verifier, questions)?),
                None => None,
            },
            price: total(&expectation.price, questions)?,
            seconds: match (&expectation.seconds, sample.concurrency) {
                (Some(seconds), Some(concurrency)) => {
                    let seconds: Vec<f64> = seconds.iter().map(|seconds| seconds / concurrency).collect();
                    Some(total(&seconds, questions)?)
                }
                _ => None,
            },
        }),
    };
    Ok(Forecast {
        backbone: backbone.name.clone(),
        dataset: dataset.name.clone(),
        draws: Progress { there: questions * plan.draws_per_question() - missing_draws, missing: missing_draws },
        scores,
        spent: sample.spent,
        most_completion_tokens: missing_draws * u64::from(limit),
        left,
        questions: sample.questions(),
        borrowed: expectation.is_some_and(|expectation| expectation.borrowed),
        concurrency: sample.concurrency,
    })
}

/// The sum over all questions, from values per question of some of them.
fn total(values: &[f64], questions: u64) -> Result<Estimate, ForecastError> {
    let Interval { point, low, high } = bootstrap_mean(values, RESAMPLES, 0)?;
    let scale = questions as f64;
    // What is left cannot be less than nothing.
    Ok(Estimate { point: point * scale, low: (low * scale).max(0.0), high: high * scale })
}

/// The sum of forecasts. What is expected is `None` where one of them that lacks draws has no expectation.
pub fn sum(forecasts: &[Forecast]) -> Forecast {
    let count = |of: fn(&Forecast) -> u64| forecasts.iter().map(of).sum();
    let spent = |of: fn(&Spent) -> f64| forecasts.iter().map(|forecast| of(&forecast.spent)).sum();
    let open = || forecasts.iter().filter(|forecast| forecast.draws.missing + forecast.scores.missing > 0);
    let left: Option<Vec<Expected>> = open().map(|forecast| forecast.left).collect();
    let left = left.map(|left| {
        let all = |of: fn(&Expected) -> Estimate| add(left.iter().map(of));
        let known = |of: fn(&Expected) -> Option<Estimate>| {
            left.iter().map(of).collect::<Option<Vec<Estimate>>>().map(|known| add(known.into_iter()))
        };
        Expected {
            prompt_tokens: all(|of| of.prompt_tokens),
            completion_tokens: all(|of| of.completion_tokens),
            verifier_tokens: known(|of| of.verifier_tokens),
            price: all(|of| of.price),
            seconds: known(|of| of.seconds),
        }
    });
    Forecast {
        backbone: String::new(),
        dataset: String::new(),
        draws: Progress { there: count(|f| f.draws.there), missing: count(|f| f.draws.missing) },
        scores: Progress { there: count(|f| f.scores.there), missing: count(|f| f.scores.missing) },
        spent: Spent {
            prompt_tokens: spent(|s| s.prompt_tokens),
            completion_tokens: spent(|s| s.completion_tokens),
            verifier_tokens: spent(|s| s.verifier_tokens),
            price: spent(|s| s.price),
        },
        most_completion_tokens: count(|f| f.most_completion_tokens),
        left,
        questions: forecasts.iter().map(|forecast| forecast.questions).sum(),
        borrowed: forecasts.iter().any(|forecast| forecast.borrowed),
        concurrency: None,
    }
}

/// A sum of independent estimates: the distances to the ends add up as variances do.
fn add(estimates: impl Iterator<Item = Estimate>) -> Estimate {
    let (mut point, mut below, mut above) = (0.0, 0.0, 0.0);
    for estimate in estimates {
        point += estimate.point;
        below += (estimate.point - estimate.low).powi(2);
        above += (estimate.high - estimate.point).powi(2);
    }
    Estimate { point, low: (point - below.sqrt()).max(0.0), high: point + above.sqrt() }
}

#[cfg(test)]
mod tests;
