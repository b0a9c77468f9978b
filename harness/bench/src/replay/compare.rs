//! Compares what every configuration did with a reference, on the same questions: paired differences at equal budget, the
//! Pareto frontier of accuracy against completion tokens, and the tokens it takes to be as accurate as the reference.
//!
//! Nothing that saw the right answers takes part. All of it rests on the partition's one set of resampled questions, so
//! that every number is paired with the intervals of the outcomes.

use markovscale::statistics::{
    Candidate, Membership, Reach, ReachRatio, Resampler, StatisticsError, Target, frontier_membership, holm, paired,
    reach_ratio,
};
use markovscale::{Budget, MethodConfig};
use rayon::prelude::*;

use super::evaluate::Evaluated;
use super::{Partition, QuestionResult, ReplayError};
use crate::experiment::Plan;
use crate::key::seed;
use crate::results::{Comparison, Difference, Estimate, Reached};

/// Sign flips of a test: its smallest p-value is 1 in 10,000, which resolves a family of 500 tests under Holm.
pub(super) const FLIPS: usize = 9_999;

/// A configuration: one point per budget.
pub(super) struct Curve {
    pub(super) label: String,
    /// The method's name.
    pub(super) method: &'static str,
    pub(super) points: Vec<Point>,
}

/// A configuration at one budget: its values per question.
pub(super) struct Point {
    pub(super) accuracies: Vec<f64>,
    pub(super) completion_tokens: Vec<f64>,
    /// Prompt, completion and verifier tokens.
    pub(super) all_tokens: Vec<f64>,
}

impl Point {
    fn new(questions: &[QuestionResult]) -> Self {
        Self {
            accuracies: questions.iter().map(|question| question.accuracy).collect(),
            completion_tokens: questions.iter().map(|question| question.spent.completion_tokens).collect(),
            all_tokens: questions.iter().map(|question| question.spent.all_tokens()).collect(),
        }
    }

    fn candidate(&self) -> Candidate<'_> {
        Candidate { costs: &self.completion_tokens, accuracies: &self.accuracies }
    }
}

impl Curve {
    fn new(plan: &Plan, config: &MethodConfig, evaluated: &Evaluated) -> Self {
        let points = evaluated.per_budget.iter().map(|questions| Point::new(questions)).collect();
        Self { label: plan.label(config), method: config.name(), points }
    }

    /// Of the plan's configurations that may be ranked, in its order.
    pub(super) fn ranked(plan: &Plan, evaluated: &[Evaluated]) -> Vec<Self> {
        let ranked = plan.methods.iter().zip(evaluated).filter(|(config, _)| plan.ranked(config));
        ranked.map(|(config, evaluated)| Self::new(plan, config, evaluated)).collect()
    }

    fn candidates(&self) -> Vec<Candidate<'_>> {
        self.points.iter().map(Point::candidate).collect()
    }
}

/// Compares the ranked configurations, in their order and ascending by budget; nothing where there are none.
pub(super) fn compare(
    partition: &Partition<'_>,
    curves: &[Curve],
    budgets: &[Budget],
    resampler: &Resampler,
) -> Result<Vec<Comparison>, ReplayError> {
    let plan = partition.plan;
    let Some(reference) = plan.reference().map(|config| plan.label(config)) else { return Ok(Vec::new()) };
    let Some(against) = curves.iter().find(|curve| curve.label == reference) else { return Ok(Vec::new()) };

    let others: Vec<Option<Compared>> = curves
        .par_iter()
        .map(|curve| {
            (!std::ptr::eq(curve, against)).then(|| compared(partition, curve, against, resampler)).transpose()
        })
        .collect::<Result<_, _>>()?;
    let candidates: Vec<Candidate<'_>> = curves.iter().flat_map(Curve::candidates).collect();
    let mut memberships = frontier_membership(&candidates, resampler)?.into_iter();

    let mut comparisons = Vec::with_capacity(candidates.len());
    for (curve, other) in curves.iter().zip(&others) {
        for ((place, budget), Membership { member, frequency }) in budgets.iter().enumerate().zip(&mut memberships) {
            comparisons.push(Comparison {
                backbone: partition.backbone.to_owned(),
                simulated: partition.simulated,
                dataset: partition.dataset.to_owned(),
                method: curve.label.clone(),
                budget: budget.0,
                reference: reference.clone(),
                questions: u32::try_from(resampler.questions()).unwrap_or(u32::MAX),
                difference: other.as_ref().map(|other| other.differences[place]),
                reached: other.as_ref().and_then(|other| other.reached),
                on_frontier: member,
                frontier_frequency: frequency,
            });
        }
    }
    correct(&mut comparisons);
    Ok(comparisons)
}

/// Seed of the sign flips on the questions of a dataset.
pub(super) fn flips_seed(plan: &Plan, dataset: &str) -> u64 {
    seed(&[b"flips", &plan.seed.to_le_bytes(), dataset.as_bytes()])
}

/// How a curve compares with the reference's: a difference per budget, not yet corrected, and what it takes to reach it.
struct Compared {
    differences: Vec<Difference>,
    reached: Option<Reached>,
}

fn compared(
    partition: &Partition<'_>,
    curve: &Curve,
    reference: &Curve,
    resampler: &Resampler,
) -> Result<Compared, StatisticsError> {
    let flips_seed = flips_seed(partition.plan, partition.dataset);
    let difference = |(own, other): (&Point, &Point)| {
        let found = paired(&own.accuracies, &other.accuracies, resampler, FLIPS, flips_seed)?;
        Ok(Difference {
            accuracy: found.difference.into(),
            p_value: found.p_value,
            p_holm: 1.0,
            differing: u32::try_from(found.differing).unwrap_or(u32::MAX),
        })
    };
    let differences = curve.points.iter().zip(&reference.points).map(difference).collect::<Result<_, _>>()?;
    let ratio = reach_ratio(&curve.candidates(), &reference.candidates(), Target::BestOfReference, resampler);
    let reached = match ratio {
        Ok(ratio) => reached(&ratio),
        // Both curves have points, and the target is an accuracy: what is out of range is a mean cost of 0, as of a
        // backbone that reports no tokens. Then there is no ratio.
        Err(StatisticsError::OutOfRange { .. }) => None,
        Err(error) => return Err(error),
    };
    Ok(Compared { differences, reached })
}

/// `None` only where the reference does not reach its own best, which cannot be.
fn reached(found: &ReachRatio) -> Option<Reached> {
    let tokens = |reach: Reach| match reach {
        Reach::AtMost(tokens) => Some((tokens, true)),
        Reach::At(tokens) => Some((tokens, false)),
        Reach::Never => None,
    };
    let (reference_tokens, reference_at_most) = tokens(found.reference)?;
    let own = tokens(found.method);
    Some(Reached {
        target: found.target,
        tokens: own.map(|(tokens, _)| tokens),
        tokens_at_most: own.is_some_and(|(_, at_most)| at_most),
        reference_tokens,
        reference_at_most,
        ratio: found.ratio.map(Estimate::from)?,
        never: found.method_never + found.both_never,
    })
}

/// Corrects the p-values of a partition together. Where no question differs there is no test to count: whatever the
/// signs, its p-value would be 1 (Tarone, Biometrics 46, 1990, 515-522).
fn correct(comparisons: &mut [Comparison]) {
    let mut tests: Vec<&mut Difference> =
        comparisons.iter_mut().filter_map(|row| row.difference.as_mut()).filter(|test| test.differing > 0).collect();
    let corrected = holm(&tests.iter().map(|test| test.p_value).collect::<Vec<_>>());
    for (test, corrected) in tests.iter_mut().zip(corrected) {
        test.p_holm = corrected;
    }
}
