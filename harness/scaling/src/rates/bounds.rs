//! Population bounds: what re-answering is worth over many different questions, after the rounds that were drawn and for
//! ever.
//!
//! | bound | value | reached by |
//! |---|---|---|
//! | upper | mean of `max(p_0q, p_nq)` | a perfect gate |
//! | neutral | mean of `p_0q` | never re-answering |
//! | ungated | mean of `p_nq` | always re-answering |
//! | lower | mean of `min(p_0q, p_nq)` | a gate that is always wrong |
//!
//! `n` is the horizon: the re-answers that were drawn, or endless ones, where `p_nq` is `pi_q` (`p_0q` where `a_q = b_q =
//! 0`). The two are apart because a chain that keeps nearly every answer is far from `pi_q` after 16 rounds, and because
//! the first can be seen and the second only concluded. `upper - ungated` is the gating gap: what knowing when to stop is
//! worth.
//!
//! **Measured and concluded.** Neutral, ungated after the rounds drawn and their difference are what was seen: means over
//! questions of first and of last answers, with the intervals of every other accuracy
//! ([`crate::statistics::accuracy_interval`], [`crate::statistics::difference_interval`]), whatever the chains are like.
//! All others depend on how `p_0q` and `p_nq` go together within a question, of which one to four chains say little. They
//! are means over the population of [`super::population`]: a question is its fixed point, with which its first accuracy is
//! correlated, and its memory; points and intervals are the median and the central 95 % (of shares: 99 %) of the population's posterior. Where
//! the data cannot tell, that is wide. Independent priors of `a_q` and `b_q`, of which bounds were made before, let a
//! question that is always right borrow its `b_q` from hard ones.
//!
//! How often the intervals hold the truth, by number of questions, chains and rounds: `docs/bounds-coverage.md`.

use rayon::prelude::*;
use serde::Serialize;

use super::counts::{LabelledChains, QuestionCounts};
use super::error::RatesError;
use super::population::{Evidence, Kind, Population};
use crate::Interval;
use crate::statistics::{Resampler, accuracy_interval, difference_interval, quantile};

/// What re-answering is worth over a population of questions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PopulationBounds {
    /// Mean of `p_0q`, as measured.
    pub neutral: Interval,
    /// After the re-answers that were drawn.
    pub drawn: HorizonBounds,
    /// The re-answers of the longest chain.
    pub rounds: usize,
    /// After endlessly many.
    pub for_ever: HorizonBounds,
    /// Mean memory `lambda` of the questions that change, within questions: pooled rates confound it with differences
    /// between questions.
    pub memory: Interval,
    /// The margin of help and harm, in accuracy.
    pub margin: f64,
    /// Whether some question has two chains. If not, only how first answers go with later ones *on average* can be told,
    /// and bounds and shares are as wide as that leaves them.
    pub spread_identified: bool,
}

/// The bounds at one horizon.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct HorizonBounds {
    /// Mean of `max(p_0q, p_nq)`.
    pub upper: Interval,
    /// Mean of `p_nq`; after the rounds drawn as measured.
    pub ungated: Interval,
    /// Mean of `min(p_0q, p_nq)`.
    pub lower: Interval,
    /// `upper - ungated`.
    pub gating_gap: Interval,
    /// `ungated - neutral`: what re-answering everywhere changes; after the rounds drawn as measured.
    pub gain: Interval,
    /// Share of questions with `p_nq - p_0q > margin`.
    pub helped: Interval,
    /// Share of questions with `p_0q - p_nq > margin`.
    pub harmed: Interval,
    /// Share of questions in between.
    pub unchanged: Interval,
}

/// The fields of [`HorizonBounds`], at two horizons.
const ASKED: usize = 16;
/// Of the fields, the first that is a share of questions.
const FIRST_SHARE: usize = 5;
/// What an interval leaves out at either end.
const OUTER: f64 = 0.025;
/// The same for shares. Whether a difference passes the margin depends on details of the population that few chains do not
/// show, so the posterior is too sure of them: in simulation its central 95 % held a share in 85 to 95 %.
const OUTER_SHARE: f64 = 0.005;

/// Population bounds with 95 % intervals. `margin` (in accuracy) is how much re-answering must change to count as help or
/// harm; `resamples` and `seed` are for the intervals of what was measured.
///
/// # Errors
/// As [`super::question_rates`]; [`RatesError::NoResamples`].
pub fn population_bounds(
    questions: &[LabelledChains],
    margin: f64,
    resamples: u32,
    seed: u64,
) -> Result<PopulationBounds, RatesError> {
    if !(0.0..=1.0).contains(&margin) {
        let (what, expected) = ("the margin of help and harm", "from 0 to 1");
        return Err(RatesError::OutOfRange { what, found: margin, expected });
    }
    let measured = Measured::new(questions)?;
    let [neutral, ungated, gain] = measured.intervals(resamples, seed)?;
    let counts: Vec<QuestionCounts> = questions.iter().map(QuestionCounts::of).collect();
    let samples = Evidence::new(&counts).sample(seed);
    let sampled: Vec<[f64; ASKED]> =
        samples.par_iter().map(|population| means(population, measured.rounds, margin)).collect();
    let concluded: [Interval; ASKED] = std::array::from_fn(|which| {
        let share = which % (ASKED / 2) >= FIRST_SHARE;
        let values = sampled.iter().map(|means| means[which]).collect();
        if share { to_the_ends(central(values, OUTER_SHARE), measured.first.len()) } else { central(values, OUTER) }
    });
    let memory = |population: &Population| population.memories().iter().map(|(memory, share)| memory * share).sum();
    let horizon = |intervals: &[Interval]| HorizonBounds {
        upper: intervals[0],
        ungated: intervals[1],
        lower: intervals[2],
        gating_gap: intervals[3],
        gain: intervals[4],
        helped: intervals[5],
        harmed: intervals[6],
        unchanged: intervals[7],
    };
    let (drawn, for_ever) = concluded.split_at(ASKED / 2);
    Ok(PopulationBounds {
        neutral,
        drawn: HorizonBounds { ungated, gain, ..horizon(drawn) },
        rounds: measured.rounds,
        memory: central(samples.iter().map(memory).collect(), OUTER),
        for_ever: horizon(for_ever),
        margin,
        spread_identified: counts.iter().any(|counts| counts.chains > 1),
    })
}

/// The interval of a share, up to 0 (or 1) where its end is a share that cannot be told from it: so small that as many
/// questions would contain none of that kind in more than 2.5 % of samples.
fn to_the_ends(interval: Interval, questions: usize) -> Interval {
    let none = |share: f64| (1.0 - share).powf(questions as f64) > OUTER;
    Interval {
        low: if none(interval.low) { 0.0 } else { interval.low },
        high: if none(1.0 - interval.high) { 1.0 } else { interval.high },
        ..interval
    }
}

/// Median and central part of sampled values, all but `outer` at either end.
fn central(mut values: Vec<f64>, outer: f64) -> Interval {
    values.sort_unstable_by(f64::total_cmp);
    let [low, point, high] = [outer, 0.5, 1.0 - outer].map(|level| quantile(&values, level));
    Interval { point, low, high }
}

/// Means over a population: the values after `rounds` re-answers, then those for ever.
fn means(population: &Population, rounds: usize, margin: f64) -> [f64; ASKED] {
    let left = |memory: f64| memory.powi(i32::try_from(rounds).unwrap_or(i32::MAX));
    // What a thousandth of the questions keep, or what is left of a thousandth of the gap, moves no bound.
    let memories = population.memories().into_iter().filter(|(_, share)| *share > 1e-3);
    let mut memories: Vec<(f64, f64)> = memories.map(|(memory, share)| (left(memory), share)).collect();
    if memories.iter().all(|(left, _)| left.abs() < 1e-3) {
        memories = vec![(0.0, 1.0)];
    }
    let total: f64 = memories.iter().map(|(_, share)| share).sum();
    let mut sums = [0.0; ASKED];
    for Kind { share, initial, fixed_point } in population.kinds() {
        let (drawn, for_ever) = sums.split_at_mut(ASKED / 2);
        add(for_ever, share, initial, fixed_point, margin);
        for (left, of_memory) in &memories {
            add(drawn, share * of_memory / total, initial, fixed_point + left * (initial - fixed_point), margin);
        }
    }
    sums
}

/// Adds a kind's values, in the order of the fields of [`HorizonBounds`].
fn add(sums: &mut [f64], share: f64, first: f64, then: f64, margin: f64) {
    let change = then - first;
    let holds = |holds: bool| if holds { share } else { 0.0 };
    let values = [
        share * first.max(then),
        share * then,
        share * first.min(then),
        share * (-change).max(0.0),
        share * change,
        holds(change > margin),
        holds(-change > margin),
        holds(change.abs() <= margin),
    ];
    sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
}

/// Shares of right first and last answers, of the questions with a chain.
struct Measured {
    first: Vec<f64>,
    last: Vec<f64>,
    rounds: usize,
}

impl Measured {
    fn new(questions: &[LabelledChains]) -> Result<Self, RatesError> {
        let (mut first, mut last, mut rounds) = (Vec::new(), Vec::new(), 0);
        for question in questions {
            let ends = question.chains.iter().filter_map(|chain| Some((*chain.first()?, *chain.last()?)));
            let ends: Vec<(bool, bool)> = ends.collect();
            if ends.is_empty() {
                continue;
            }
            let share = |count: usize| count as f64 / ends.len() as f64;
            first.push(share(ends.iter().filter(|(first, _)| *first).count()));
            last.push(share(ends.iter().filter(|(_, last)| *last).count()));
            rounds = rounds.max(question.chains.iter().map(Vec::len).max().unwrap_or(0).saturating_sub(1));
        }
        match (first.len(), rounds) {
            (0, _) => Err(RatesError::NoChains),
            (questions, 0) => Err(RatesError::NoTransitions { questions }),
            _ => Ok(Self { first, last, rounds }),
        }
    }

    /// Neutral, ungated, gain.
    fn intervals(&self, resamples: u32, seed: u64) -> Result<[Interval; 3], RatesError> {
        let intervals = || {
            let resampler = Resampler::new(self.first.len(), resamples as usize, seed)?;
            Ok([
                accuracy_interval(&self.first, &resampler)?,
                accuracy_interval(&self.last, &resampler)?,
                difference_interval(&self.last, &self.first, &resampler)?,
            ])
        };
        // Shares are within [0, 1] and there are some, so only a missing resample can be wrong.
        intervals().map_err(|_: crate::statistics::StatisticsError| RatesError::NoResamples)
    }
}
