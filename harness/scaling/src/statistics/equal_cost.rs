//! Two methods at equal cost: how far apart their curves of accuracy over cost are where both have one.
//!
//! A method's curve has a point per budget, as configured: mean cost and mean accuracy over the questions, ordered by
//! cost. Between two points lies the straight line in cost, which answering a random share of the questions with the
//! dearer budget attains. There is no upper envelope: which points to leave out would be chosen on the questions that
//! the method is scored on. A budget that costs more and does worse stays, as does the dip that it makes. There is no
//! reading beyond the ends.
//!
//! The statistic is the mean of `accuracy of the method - accuracy of the baseline` over the costs that both curves
//! have, uniform in `ln cost`, so that each doubling of cost counts alike: the area between the curves over its width.
//! With it comes the difference at the dearest common cost.

use rayon::prelude::*;

use super::accuracy::{all_shares, difference_interval, differences, differing, few_differ};
use super::bootstrap::{percentile, stretch};
use super::curves::Curves;
use super::frontier::Candidate;
use super::{Interval, Resampler, StatisticsError, sign_flip};

/// Costs that differ by a smaller share are equal up to the rounding of averages.
const TIE: f64 = 1e-9;

/// From the cheapest to the dearest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CostRange {
    /// The cheapest.
    pub low: f64,
    /// The dearest; `low` where there is one cost only.
    pub high: f64,
}

impl CostRange {
    /// The costs in both ranges; a single one where they touch up to rounding.
    fn common(self, other: Self) -> Option<Self> {
        let (low, high) = (self.low.max(other.low), self.high.min(other.high));
        if high >= low * (1.0 + TIE) {
            return Some(Self { low, high });
        }
        (high >= low * (1.0 - TIE)).then_some(Self { low, high: low })
    }
}

/// What an interval says of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// All of it is above 0.
    Win,
    /// It holds 0.
    Tie,
    /// All of it is below 0.
    Loss,
}

impl Verdict {
    /// Of a 95 % interval from `low` to `high`.
    pub fn of(low: f64, high: f64) -> Self {
        match (low > 0.0, high < 0.0) {
            (true, _) => Self::Win,
            (_, true) => Self::Loss,
            _ => Self::Tie,
        }
    }

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Win => "win",
            Self::Tie => "tie",
            Self::Loss => "loss",
        }
    }
}

/// A method's curve, ready to be compared with others over the same questions and resamples.
pub struct CostCurve<'a> {
    points: Vec<Candidate<'a>>,
    /// Mean cost of every point.
    costs: Vec<f64>,
    whole: Knots,
    resampled: Vec<Knots>,
}

impl<'a> CostCurve<'a> {
    /// The curve through one candidate per budget, in any order. Budgets of equal cost (up to 1e-9) make one point, with
    /// the mean of their accuracies.
    ///
    /// # Errors
    /// [`StatisticsError::OutOfRange`] without candidates, where a mean cost is not above 0 or an accuracy outside [0, 1];
    /// otherwise as [`Resampler::means`].
    pub fn new(points: &[Candidate<'a>], resampler: &Resampler) -> Result<Self, StatisticsError> {
        points.iter().try_for_each(|point| all_shares(point.accuracies))?;
        let curves = Curves::new(points, resampler)?;
        Ok(Self {
            points: points.to_vec(),
            costs: curves.means.iter().map(|(cost, _)| *cost).collect(),
            resampled: (0..resampler.resamples()).into_par_iter().map(|i| Knots::new(curves.resample(i))).collect(),
            whole: Knots::new(curves.means),
        })
    }

    /// Mean costs of its cheapest and its dearest point.
    pub fn range(&self) -> CostRange {
        self.whole.range()
    }

    /// What every question adds to the reading `read` of the curve, costs held at their means. A reading is linear in the
    /// accuracies, with weights that are not negative and sum to 1: those of curves that are 1 at one point and 0 elsewhere.
    fn per_question(&self, read: Read, range: CostRange) -> Vec<f64> {
        let mut values = vec![0.0; self.points.first().map_or(0, |point| point.accuracies.len())];
        for (index, point) in self.points.iter().enumerate() {
            let unit = |(place, cost): (usize, &f64)| (*cost, f64::from(u8::from(place == index)));
            let weight = read(&Knots::new(self.costs.iter().enumerate().map(unit).collect()), range);
            if weight > 0.0 {
                values.iter_mut().zip(point.accuracies).for_each(|(value, accuracy)| *value += weight * accuracy);
            }
        }
        // A sum of weights may be above 1 by a rounding.
        values.iter().map(|value| value.clamp(0.0, 1.0)).collect()
    }
}

/// Points `(cost, accuracy)`, strictly ascending by cost.
struct Knots(Vec<(f64, f64)>);

/// A number that is read off a curve over a range of costs.
type Read = fn(&Knots, CostRange) -> f64;

impl Knots {
    fn new(mut points: Vec<(f64, f64)>) -> Self {
        points.sort_by(|left, right| left.0.total_cmp(&right.0));
        let merged = points.chunk_by(|left, right| right.0 - left.0 <= TIE * left.0).map(|equal| {
            let count = equal.len() as f64;
            let sum = |value: fn(&(f64, f64)) -> f64| equal.iter().map(value).sum::<f64>() / count;
            (sum(|point| point.0), sum(|point| point.1))
        });
        Self(merged.collect())
    }

    fn range(&self) -> CostRange {
        let end = |point: Option<&(f64, f64)>| point.map_or(f64::NAN, |point| point.0);
        CostRange { low: end(self.0.first()), high: end(self.0.last()) }
    }

    /// Accuracy at the upper end of the range.
    fn at_dearest(&self, range: CostRange) -> f64 {
        let after = self.0.partition_point(|point| point.0 < range.high);
        match (after.checked_sub(1).and_then(|before| self.0.get(before)), self.0.get(after)) {
            (Some(low), Some(high)) => low.1 + (high.1 - low.1) * (range.high - low.0) / (high.0 - low.0),
            // Beyond an end by a rounding.
            (Some(end), None) | (None, Some(end)) => end.1,
            (None, None) => f64::NAN,
        }
    }

    /// Mean accuracy over the range, uniform in `ln cost`; of a single cost, the accuracy there.
    fn mean_over(&self, range: CostRange) -> f64 {
        let log = |low: f64, high: f64| ((high - low) / low).ln_1p();
        if range.high <= range.low {
            return self.at_dearest(range);
        }
        let area: f64 = self
            .0
            .windows(2)
            .map(|ends| {
                let ((from, start), (to, end)) = (ends[0], ends[1]);
                let (low, high) = (from.max(range.low), to.min(range.high));
                if high <= low {
                    return 0.0;
                }
                // The integral of `start + slope (c - from)` over dc / c.
                let slope = (end - start) / (to - from);
                (start - slope * from) * log(low, high) + slope * (high - low)
            })
            .sum();
        area / log(range.low, range.high)
    }
}

/// A difference in accuracy, and what its mean over sets of questions is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Contrast {
    /// The method's accuracy less the baseline's, in [-1, 1].
    pub difference: Interval,
    /// Questions on which the two differ.
    pub differing: usize,
    /// The difference per question, costs held at their means.
    per_question: Vec<f64>,
    /// The same per resample, stretched for few questions; not a number where the curves have no cost in common.
    resampled: Vec<f64>,
}

/// Two curves over the costs that both have.
#[derive(Debug, Clone, PartialEq)]
pub struct CommonCost {
    /// Those costs.
    pub range: CostRange,
    /// Mean difference over them, uniform in `ln cost`.
    pub mean: Contrast,
    /// Difference at the dearest of them.
    pub dearest: Contrast,
    /// Two-sided p-value of the mean difference, not yet corrected for other tests ([`super::holm()`]): the sign-flip test
    /// of what each question adds to it, costs held at their means.
    pub p_value: f64,
    /// Share of resamples in which the curves have no cost in common: there the difference counts as -1 for the lower end
    /// of an interval and as 1 for the upper, because nothing is known of it.
    pub apart: f64,
}

/// A method compared with a baseline at equal cost.
#[derive(Debug, Clone, PartialEq)]
pub struct EqualCost {
    /// Costs of the method's curve.
    pub method: CostRange,
    /// Costs of the baseline's curve.
    pub baseline: CostRange,
    /// The comparison; `None` where no cost is in both ranges.
    pub common: Option<CommonCost>,
}

/// Compares two curves over the same questions and resamples. Each resample draws questions with all that belongs to
/// them, costs and accuracies of both methods, and takes both curves and their common costs anew.
///
/// Intervals are percentile intervals, stretched as in [`Resampler::interval`]. Where fewer than six questions
/// differ the bootstrap is too narrow: then the interval also holds that of [`difference_interval`] with costs
/// held at their means. A curve of a single cost is compared with the other at that cost.
///
/// # Errors
/// [`StatisticsError::WrongLength`] when the curves do not come from as many questions and resamples; otherwise as
/// [`sign_flip`].
pub fn equal_cost(
    method: &CostCurve<'_>,
    baseline: &CostCurve<'_>,
    resampler: &Resampler,
    flips: usize,
    seed: u64,
) -> Result<EqualCost, StatisticsError> {
    for curve in [method, baseline] {
        if curve.resampled.len() != resampler.resamples() {
            let (expected, found) = (resampler.resamples(), curve.resampled.len());
            return Err(StatisticsError::WrongLength { expected, found });
        }
    }
    let ranges = EqualCost { method: method.range(), baseline: baseline.range(), common: None };
    let Some(range) = ranges.method.common(ranges.baseline) else { return Ok(ranges) };
    let mean = contrast((method, baseline), Knots::mean_over, range, resampler)?;
    let dearest = contrast((method, baseline), Knots::at_dearest, range, resampler)?;
    let apart = mean.resampled.iter().filter(|value| value.is_nan()).count() as f64 / mean.resampled.len() as f64;
    let p_value = sign_flip(&mean.per_question, flips, seed)?;
    Ok(EqualCost { common: Some(CommonCost { range, mean, dearest, p_value, apart }), ..ranges })
}

fn contrast(
    (method, baseline): (&CostCurve<'_>, &CostCurve<'_>),
    read: Read,
    range: CostRange,
    resampler: &Resampler,
) -> Result<Contrast, StatisticsError> {
    let point = read(&method.whole, range) - read(&baseline.whole, range);
    let factor = stretch(resampler.questions());
    let resampled = method.resampled.iter().zip(&baseline.resampled).map(|(method, baseline)| {
        let range = method.range().common(baseline.range());
        range.map_or(f64::NAN, |range| point + factor * (read(method, range) - read(baseline, range) - point))
    });
    let resampled: Vec<f64> = resampled.collect();
    let (left, right) = (method.per_question(read, range), baseline.per_question(read, range));
    let per_question = differences(&left, &right)?;
    let mut difference = interval(point, &resampled);
    if few_differ(&per_question) {
        let wide = difference_interval(&left, &right, resampler)?;
        difference = Interval {
            point,
            low: difference.low.min(point + wide.low - wide.point).max(-1.0),
            high: difference.high.max(point + wide.high - wide.point).min(1.0),
        };
    }
    let differing = differing(&per_question);
    Ok(Contrast { difference, differing, per_question, resampled })
}

/// The percentile interval of resampled differences, stretched before.
fn interval(point: f64, resampled: &[f64]) -> Interval {
    let known = |unknown: f64| {
        let mut values: Vec<f64> =
            resampled.iter().map(|value| if value.is_nan() { unknown } else { *value }).collect();
        percentile(&mut values, point, 1)
    };
    Interval { point, low: known(-1.0).low.max(-1.0), high: known(1.0).high.min(1.0) }
}

/// A mean of comparisons over sets of questions, each set counting alike.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeanContrast {
    /// Mean of [`CommonCost::mean`].
    pub mean: Interval,
    /// Mean of [`CommonCost::dearest`].
    pub dearest: Interval,
    /// Two-sided p-value of the first: sign flips of what each question of each set adds to it.
    pub p_value: f64,
}

/// The mean of comparisons over sets of questions. Questions are resampled within their set: resample `i` of the mean is
/// the mean of the sets' resamples `i`, which must come from different seeds. Where in some set fewer than six questions
/// differ, the interval also holds the one that adds up the squares of the sets' own half-widths
/// (Zou and Donner, Statistics in Medicine 27, 2008, 1693-1702).
///
/// # Errors
/// [`StatisticsError::NoQuestions`] without a set; [`StatisticsError::WrongLength`] when the sets do not have equally many
/// resamples; otherwise as [`sign_flip`].
pub fn mean_contrast(sets: &[&CommonCost], flips: usize, seed: u64) -> Result<MeanContrast, StatisticsError> {
    let Some(first) = sets.first() else { return Err(StatisticsError::NoQuestions) };
    let expected = first.mean.resampled.len();
    if let Some(found) = sets.iter().map(|set| set.mean.resampled.len()).find(|found| *found != expected) {
        return Err(StatisticsError::WrongLength { expected, found });
    }
    let questions: usize = sets.iter().map(|set| set.mean.per_question.len()).sum();
    let share = |set: &&CommonCost| questions as f64 / (sets.len() * set.mean.per_question.len()) as f64;
    let added = |set: &&CommonCost| {
        let share = share(set);
        set.mean.per_question.iter().map(move |difference| difference * share).collect::<Vec<f64>>()
    };
    Ok(MeanContrast {
        mean: averaged(&sets.iter().map(|set| &set.mean).collect::<Vec<_>>()),
        dearest: averaged(&sets.iter().map(|set| &set.dearest).collect::<Vec<_>>()),
        p_value: sign_flip(&sets.iter().flat_map(added).collect::<Vec<_>>(), flips, seed)?,
    })
}

fn averaged(sets: &[&Contrast]) -> Interval {
    let count = sets.len() as f64;
    let mean = |value: &dyn Fn(&Contrast) -> f64| sets.iter().map(|set| value(set)).sum::<f64>() / count;
    let point = mean(&|set| set.difference.point);
    let resamples = sets.first().map_or(0, |set| set.resampled.len());
    let resampled: Vec<f64> = (0..resamples).map(|i| mean(&|set| set.resampled[i])).collect();
    let Interval { low, high, .. } = interval(point, &resampled);
    if !sets.iter().any(|set| few_differ(&set.per_question)) {
        return Interval { point, low, high };
    }
    let root = |half: fn(&Interval) -> f64| mean(&|set| half(&set.difference).powi(2)) * count;
    let below = root(|interval| interval.point - interval.low).sqrt() / count;
    let above = root(|interval| interval.high - interval.point).sqrt() / count;
    Interval { point, low: low.min(point - below).max(-1.0), high: high.max(point + above).min(1.0) }
}
