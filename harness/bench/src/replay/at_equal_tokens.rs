//! Compares every `markovscale` configuration with every other method where both spend as many tokens: the area between
//! their curves over budgets.
//!
//! Nothing that saw the right answers takes part. It rests on the partition's one set of resampled questions, as all
//! comparisons do.

use markovscale::statistics::{
    Candidate, CommonCost, CostCurve, CostRange, EqualCost, Resampler, StatisticsError, equal_cost, holm, mean_contrast,
};
use rayon::prelude::*;

use super::compare::{Curve, FLIPS, Point, flips_seed};
use super::{Partition, ReplayError};
use crate::experiment::Plan;
use crate::results::{AtEqualTokens, EqualTokens, TokenAxis};

/// The method that is compared with the others.
const METHOD: &str = "markovscale";

/// Most resamples without common tokens, as a share: what a 95 % interval leaves out at each end.
const APART: f64 = 0.025;

/// One comparison in a partition, with what its mean over datasets is made of.
#[derive(Debug)]
pub(super) struct Pair {
    tokens: TokenAxis,
    method: String,
    baseline: String,
    questions: usize,
    /// `None` where a mean cost is 0, as of a backbone that reports no tokens.
    found: Option<EqualCost>,
}

impl Pair {
    /// The comparison where the two have tokens in common, whichever questions are drawn. Where they lack them in more
    /// resamples than an interval leaves out, nothing is known: curves that only touch, as those of methods that draw one
    /// answer, once from a chain and once not.
    fn common(&self) -> Option<&CommonCost> {
        self.found.as_ref()?.common.as_ref().filter(|common| common.apart <= APART)
    }
}

impl TokenAxis {
    fn candidate(self, point: &Point) -> Candidate<'_> {
        let costs = match self {
            Self::Completion => &point.completion_tokens,
            Self::All => &point.all_tokens,
        };
        Candidate { costs, accuracies: &point.accuracies }
    }
}

/// Compares the ranked configurations, in their order; the same pairs in the same order for every dataset.
pub(super) fn pairs(
    partition: &Partition<'_>,
    curves: &[Curve],
    resampler: &Resampler,
) -> Result<Vec<Pair>, ReplayError> {
    let (own, others): (Vec<&Curve>, Vec<&Curve>) = curves.iter().partition(|curve| curve.method == METHOD);
    if own.is_empty() || others.is_empty() {
        return Ok(Vec::new());
    }
    let seed = flips_seed(partition.plan, partition.dataset);
    let mut pairs = Vec::with_capacity(TokenAxis::ALL.len() * own.len() * others.len());
    for tokens in TokenAxis::ALL {
        let (own, others) = (priced_curves(&own, tokens, resampler)?, priced_curves(&others, tokens, resampler)?);
        let both: Vec<_> = own.iter().flat_map(|method| others.iter().map(move |other| (method, other))).collect();
        let compared = both
            .par_iter()
            .map(|((method, own), (baseline, other))| {
                let found = match (own, other) {
                    (Some(own), Some(other)) => Some(equal_cost(own, other, resampler, FLIPS, seed)?),
                    _ => None,
                };
                let (method, baseline) = ((*method).to_owned(), (*baseline).to_owned());
                Ok(Pair { tokens, method, baseline, questions: resampler.questions(), found })
            })
            .collect::<Result<Vec<Pair>, StatisticsError>>()?;
        pairs.extend(compared);
    }
    Ok(pairs)
}

/// Labels with their curves over one kind of tokens.
type Priced<'a> = Vec<(&'a str, Option<CostCurve<'a>>)>;

fn priced_curves<'a>(
    side: &[&'a Curve],
    tokens: TokenAxis,
    resampler: &Resampler,
) -> Result<Priced<'a>, StatisticsError> {
    let priced = |curve: &&'a Curve| {
        let points: Vec<Candidate<'a>> = curve.points.iter().map(|point| tokens.candidate(point)).collect();
        let priced = match CostCurve::new(&points, resampler) {
            Ok(priced) => Some(priced),
            // Accuracies are shares, and there are points: what is out of range is a mean cost of 0.
            Err(StatisticsError::OutOfRange { .. }) => None,
            Err(error) => return Err(error),
        };
        Ok((curve.label.as_str(), priced))
    };
    side.iter().map(priced).collect()
}

/// The rows of a partition.
pub(super) fn rows(partition: &Partition<'_>, pairs: &[Pair]) -> Vec<EqualTokens> {
    let ends = |range: CostRange| [range.low, range.high];
    let row = |pair: &Pair| EqualTokens {
        backbone: partition.backbone.to_owned(),
        simulated: partition.simulated,
        dataset: Some(partition.dataset.to_owned()),
        tokens: pair.tokens,
        method: pair.method.clone(),
        baseline: pair.baseline.clone(),
        datasets: 1,
        questions: count(pair.questions),
        method_tokens: pair.found.as_ref().map(|found| ends(found.method)),
        baseline_tokens: pair.found.as_ref().map(|found| ends(found.baseline)),
        common: pair.common().map(|common| AtEqualTokens {
            tokens: Some(ends(common.range)),
            difference: common.mean.difference.into(),
            dearest: common.dearest.difference.into(),
            differing: count(common.mean.differing),
            p_value: common.p_value,
            p_holm: 1.0,
            apart: common.apart,
        }),
    };
    corrected(pairs.iter().map(row).collect())
}

/// The rows of a backbone's mean over its datasets, each dataset counting alike; none where there is one dataset. A pair
/// is averaged over the datasets on which it has tokens in common.
pub(super) fn over_datasets(
    plan: &Plan,
    (backbone, simulated): (&str, bool),
    datasets: &[Vec<Pair>],
) -> Result<Vec<EqualTokens>, ReplayError> {
    let (Some(first), 2..) = (datasets.first(), datasets.len()) else { return Ok(Vec::new()) };
    let seed = flips_seed(plan, "");
    let row = |(place, pair): (usize, &Pair)| {
        let common: Vec<(&Pair, &CommonCost)> = datasets
            .iter()
            .filter_map(|pairs| pairs.get(place))
            .filter_map(|pair| Some((pair, pair.common()?)))
            .collect();
        let sets: Vec<&CommonCost> = common.iter().map(|(_, common)| *common).collect();
        let mean = if sets.is_empty() { None } else { Some(mean_contrast(&sets, FLIPS, seed)?) };
        Ok(EqualTokens {
            backbone: backbone.to_owned(),
            simulated,
            dataset: None,
            tokens: pair.tokens,
            method: pair.method.clone(),
            baseline: pair.baseline.clone(),
            datasets: count(sets.len()),
            questions: count(common.iter().map(|(pair, _)| pair.questions).sum()),
            method_tokens: None,
            baseline_tokens: None,
            common: mean.map(|mean| AtEqualTokens {
                tokens: None,
                difference: mean.mean.into(),
                dearest: mean.dearest.into(),
                differing: count(sets.iter().map(|set| set.mean.differing).sum()),
                p_value: mean.p_value,
                p_holm: 1.0,
                apart: sets.iter().map(|set| set.apart).sum::<f64>() / sets.len() as f64,
            }),
        })
    };
    let rows: Vec<EqualTokens> =
        first.par_iter().enumerate().map(|(place, pair)| row((place, pair))).collect::<Result<_, StatisticsError>>()?;
    Ok(corrected(rows))
}

/// Corrects the p-values of each kind of tokens together, as [`super::compare`] does: where no question differs there is no
/// test to count.
fn corrected(mut rows: Vec<EqualTokens>) -> Vec<EqualTokens> {
    for tokens in TokenAxis::ALL {
        let mut tests: Vec<&mut AtEqualTokens> = rows
            .iter_mut()
            .filter(|row| row.tokens == tokens)
            .filter_map(|row| row.common.as_mut())
            .filter(|common| common.differing > 0)
            .collect();
        let p_values = holm(&tests.iter().map(|test| test.p_value).collect::<Vec<_>>());
        tests.iter_mut().zip(p_values).for_each(|(test, p_holm)| test.p_holm = p_holm);
    }
    rows
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
