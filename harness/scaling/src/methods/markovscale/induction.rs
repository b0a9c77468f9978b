//! Fitting a stopping policy: backward induction on paths of labelled questions.
//!
//! A path is a question's draws in one order: the chain as recorded, or several random orders of a parallel pool. Along
//! it the posterior gives the state after each draw, and the labels, pooled over paths, what stopping there is worth
//! ([`StopValue`]). From the horizon backwards, each path knows what it is worth to go on once and then follow the
//! policy found so far; the gain over stopping now, less the price of a draw, is averaged over paths in like states.
//! That is regression on realised later values (Longstaff and Schwartz 2001): no transition model is needed, states may
//! hide as much as they like, and the only estimates are sums over whole questions.
//!
//! **Which states are alike.** Probabilities fall in bins ([`EDGES`], finer near 1), shares of P(none) in the rest in
//! [`LEVELS`] levels. A few hundred questions are far too few for a free decision in each, so at each number of draws
//! and level the set of states to go on in is a range of the probability: below it is hopeless, above it good enough.
//! The range is the one with the largest summed gain (the maximum subarray over the bins), two numbers from all paths
//! together rather than a noisy sign per bin. Sparse sums borrow: from up to half as many draws more, with weights
//! that fall off with the logarithm of their number, and from neighbouring levels, the more the fewer questions a level
//! has of its own.
//!
//! **Few questions.** With the 24 that cross-fitting leaves of a set of 30, sums over labelled paths are mostly noise.
//! So paths of questions imagined by the fitted answer model join in ([`super::paths`]), worth 30 questions in all: a
//! prior at the policy that would be optimal if the model were true. On simulated chains of a hard regime, learning
//! from 24 questions, it is worth 2 to 3 points of accuracy; with 400 questions it changes nothing that can be
//! measured.

use super::config::MarkovScaleConfig;
use super::paths::{Path, imagined, paths};
use super::policy::{Continuation, POLICY_VERSION, StoppingPolicy, level};
use super::value::{Observed, StopValue};
use super::watch::State;
use crate::methods::interface::Budget;
use crate::posterior::{AnswerModel, CalibrationQuestion};

/// Upper edges of the bins of the probability; the last bin ends at 1.
const EDGES: [f64; 29] = [
    0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.925,
    0.95, 0.965, 0.975, 0.985, 0.99, 0.995, 0.9975, 0.999, 1.0,
];
const BINS: usize = EDGES.len();
/// Levels of the share of P(none).
const LEVELS: usize = 4;
/// Draws of up to this many times as many count as neighbours.
const REACH: f64 = 1.5;
/// A level with this many questions of its own borrows half of its neighbour's.
const BORROW: f64 = 10.0;
/// Sums over paths for each level and bin.
type Cells = [[f64; BINS]; LEVELS];

/// The policy, or `None` when no question has a draw.
pub(super) fn fit(
    config: &MarkovScaleConfig,
    model: &AnswerModel,
    questions: &[&CalibrationQuestion],
    budget: Budget,
) -> Option<StoppingPolicy> {
    let mut paths = paths(config, model, questions, budget.0 as usize);
    let horizon = paths.iter().map(|path| path.steps.len()).max()?;
    let value = StopValue::fit(&observed(&paths, horizon));
    let real = paths.len();
    paths.extend(imagined(config, model, questions, horizon));
    let (rows, stop) = induce(&paths, value, config.price, horizon);
    let (expected_accuracy, expected_answers) = achieved(&paths[..real], &stop);
    Some(StoppingPolicy {
        version: POLICY_VERSION,
        draws: config.draws,
        select: config.select,
        price: config.price,
        model: model.clone(),
        value,
        questions: u32::try_from(questions.len()).unwrap_or(u32::MAX),
        expected_accuracy,
        expected_answers,
        levels: LEVELS as u32,
        rows,
    })
}

/// The cell of a state.
fn cell(state: State) -> (usize, usize) {
    (level(state.share(), LEVELS), EDGES.partition_point(|&edge| edge <= state.probability).min(BINS - 1))
}

/// What the value of stopping is fitted to: states after 1, 2, 4, ... draws, averaged within cells.
fn observed(paths: &[Path], horizon: usize) -> Vec<Observed> {
    let stages: Vec<usize> = std::iter::successors(Some(1), |n| Some(n * 2)).take_while(|&n| n <= horizon).collect();
    let mut observed = Vec::new();
    for &draws in &stages {
        let mut sums = [[[0.0f64; 4]; BINS]; LEVELS];
        for path in paths {
            let Some(&(state, right)) = path.steps.get(draws - 1) else { continue };
            let weight = path.weight / stages.len() as f64;
            let (level, bin) = cell(state);
            let values = [1.0, f64::from(u8::from(right)), state.probability, state.none];
            sums[level][bin].iter_mut().zip(values).for_each(|(sum, value)| *sum += weight * value);
        }
        observed.extend(sums.as_flattened().iter().filter(|sums| sums[0] > 0.0).map(
            |&[weight, right, probability, none]| Observed {
                draws,
                state: State { probability: probability / weight, none: none / weight },
                weight,
                right,
            },
        ));
    }
    observed
}

/// Rows of the policy, and after how many draws it stops on each path.
fn induce(
    paths: &[Path],
    value: StopValue,
    price: f64,
    horizon: usize,
) -> (Vec<Vec<Option<Continuation>>>, Vec<usize>) {
    let worth = |path: &Path, draws: usize| value.accuracy(draws, path.steps[draws - 1].0);
    // What each path is worth from the number of draws under consideration on, and where it will stop.
    let mut payoff: Vec<f64> = paths.iter().map(|path| worth(path, path.steps.len())).collect();
    let mut stop: Vec<usize> = paths.iter().map(|path| path.steps.len()).collect();
    let mut rows: Vec<Vec<Option<Continuation>>> = vec![Vec::new(); horizon.saturating_sub(1)];
    let mut sums: Vec<(Cells, Cells)> = vec![([[0.0; BINS]; LEVELS], [[0.0; BINS]; LEVELS]); horizon];
    for draws in (1..horizon).rev() {
        let (gains, weights) = &mut sums[draws];
        for (path, later) in paths.iter().zip(&payoff).filter(|(path, _)| path.steps.len() > draws) {
            let (level, bin) = cell(path.steps[draws - 1].0);
            gains[level][bin] += path.weight * (later - price - worth(path, draws));
            weights[level][bin] += path.weight;
        }
        rows[draws - 1] = ranges(&sums, draws);
        for (index, path) in paths.iter().enumerate().filter(|(_, path)| path.steps.len() > draws) {
            let state = path.steps[draws - 1].0;
            let range = rows[draws - 1][level(state.share(), LEVELS)];
            if range.is_some_and(|range| range.from <= state.probability && state.probability < range.below) {
                payoff[index] -= price;
            } else {
                payoff[index] = worth(path, draws);
                stop[index] = draws;
            }
        }
    }
    (rows, stop)
}

/// Accuracy and answers per question when paths stop after these many draws.
fn achieved(paths: &[Path], stop: &[usize]) -> (f64, f64) {
    let total: f64 = paths.iter().map(|path| path.weight).sum();
    let mean = |of: &dyn Fn(&Path, usize) -> f64| {
        paths.iter().zip(stop).map(|(path, &draws)| path.weight * of(path, draws)).sum::<f64>() / total
    };
    (mean(&|path, draws| f64::from(u8::from(path.steps[draws - 1].1))), mean(&|_, draws| draws as f64))
}

/// The range to go on in for each level after this many draws, from the sums of this and the next few numbers of draws.
fn ranges(sums: &[(Cells, Cells)], draws: usize) -> Vec<Option<Continuation>> {
    let mut pooled = ([[0.0; BINS]; LEVELS], [[0.0; BINS]; LEVELS]);
    let mut total = 0.0;
    for (neighbour, (gains, weights)) in sums.iter().enumerate().skip(draws) {
        let kernel = 1.0 - (neighbour as f64 / draws as f64).ln() / REACH.ln();
        if kernel <= 0.0 {
            break;
        }
        total += kernel;
        add(&mut pooled.0, gains, kernel);
        add(&mut pooled.1, weights, kernel);
    }
    let own: [f64; LEVELS] = std::array::from_fn(|level| pooled.1[level].iter().sum::<f64>() / total);
    (0..LEVELS)
        .map(|level| {
            let borrow = BORROW / (BORROW + own[level]);
            let mut gains = [0.0; BINS];
            let mut weights = [0.0; BINS];
            for other in 0..LEVELS {
                let factor = borrow.powi(level.abs_diff(other) as i32);
                for bin in 0..BINS {
                    gains[bin] += factor * pooled.0[other][bin];
                    weights[bin] += factor * pooled.1[other][bin];
                }
            }
            range(&gains, &weights)
        })
        .collect()
}

fn add(total: &mut Cells, cells: &Cells, factor: f64) {
    for (total, value) in total.as_flattened_mut().iter_mut().zip(cells.as_flattened()) {
        *total += factor * value;
    }
}

/// The range of bins with the largest summed gain; `None` when no range gains. Ties go to the shorter range at lower
/// probabilities. A range that reaches the lowest bin seen reaches down to 0: nothing says that less is hopeless.
fn range(gains: &[f64; BINS], weights: &[f64; BINS]) -> Option<Continuation> {
    let mut best: Option<(f64, usize, usize)> = None;
    let (mut sum, mut start) = (0.0, 0);
    for (bin, gain) in gains.iter().enumerate() {
        if sum <= 0.0 {
            (sum, start) = (0.0, bin);
        }
        sum += gain;
        if sum > best.map_or(0.0, |(most, ..)| most) {
            best = Some((sum, start, bin));
        }
    }
    let (_, start, end) = best?;
    let lowest = weights.iter().position(|&weight| weight > 0.0).unwrap_or(0);
    let from = if start <= lowest { 0.0 } else { EDGES[start - 1] };
    Some(Continuation { from, below: EDGES[end] })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A path through probabilities at which nothing else is right.
    fn walk(probabilities: &[f64], weight: f64) -> Path {
        let step = |&probability: &f64| (State { probability, none: 1.0 - probability }, false);
        Path { steps: probabilities.iter().map(step).collect(), weight }
    }

    fn on(range: Option<Continuation>, probability: f64) -> bool {
        range.is_some_and(|range| range.from <= probability && probability < range.below)
    }

    /// By hand, at a price of 0.05: from 0.4 one more draw leads to 0.9 (gain 0.5); from 0.07 nothing follows, so it is
    /// hopeless; 0.9 becomes 0.92 (gain 0.02, not worth it). After two draws 0.9 and 0.07 stay what they are, and 0.6
    /// becomes 0.8. So 0.55, which becomes 0.6 (alone a bare even), is worth two draws: 0.8 - 0.1 > 0.55.
    #[test]
    fn a_problem_solved_by_hand() {
        let paths = [
            walk(&[0.4, 0.9, 0.9], 1.0),
            walk(&[0.07, 0.07, 0.07], 1.0),
            walk(&[0.91, 0.92, 0.92], 1.0),
            walk(&[0.55, 0.6, 0.8], 1.0),
        ];
        let (rows, stop) = induce(&paths, StopValue::STATED, 0.05, 3);
        assert_eq!(stop, [2, 1, 1, 3]);
        for (probability, goes_on) in [(0.07, false), (0.4, true), (0.55, true), (0.91, false)] {
            assert_eq!(on(rows[0][LEVELS - 1], probability), goes_on, "{probability}");
        }
        assert!(on(rows[1][LEVELS - 1], 0.6) && !on(rows[1][LEVELS - 1], 0.07) && !on(rows[1][LEVELS - 1], 0.9));
    }

    /// Every range of bins, tried one by one.
    fn brute_force(gains: &[f64; BINS]) -> f64 {
        let sums = (0..BINS).flat_map(|start| (start..BINS).map(move |end| (start, end)));
        sums.map(|(start, end)| gains[start..=end].iter().sum::<f64>()).fold(0.0, f64::max)
    }

    fn bin_of(probability: f64) -> usize {
        cell(State { probability, none: 1.0 - probability }).1
    }

    proptest! {
        #[test]
        fn the_range_has_the_largest_sum(values in prop::collection::vec(-10..10i32, BINS)) {
            let gains: [f64; BINS] = std::array::from_fn(|bin| f64::from(values[bin]));
            let found = range(&gains, &[1.0; BINS]);
            let lower = |bin: usize| if bin == 0 { 0.0 } else { EDGES[bin - 1] };
            let sum: f64 = (0..BINS).filter(|&bin| on(found, lower(bin))).map(|bin| gains[bin]).sum();
            prop_assert_eq!(sum, brute_force(&gains));
        }

        /// Backward induction against dynamic programming by brute force: after two draws the best range of all, and
        /// after one the best range given that one.
        #[test]
        fn induction_is_dynamic_programming(
            walks in prop::collection::vec(prop::array::uniform3(0.0..1.0f64), 1..12),
            price in 0.0..0.3f64,
        ) {
            let paths: Vec<Path> = walks.iter().map(|walk_| walk(walk_, 1.0)).collect();
            let (rows, _) = induce(&paths, StopValue::STATED, price, 3);
            let worth = |walk: &[f64; 3], draws: usize| walk[draws - 1].clamp(1e-3, 1.0 - 1e-3);
            let mut later: Vec<f64> = walks.iter().map(|walk| worth(walk, 3)).collect();
            for draws in [2, 1] {
                let gain = |(walk, later): (&[f64; 3], &f64)| later - price - worth(walk, draws);
                let mut gains = [0.0; BINS];
                for pair in walks.iter().zip(&later) {
                    gains[bin_of(pair.0[draws - 1])] += gain(pair);
                }
                let goes_on = |walk: &[f64; 3]| on(rows[draws - 1][LEVELS - 1], walk[draws - 1]);
                let found: f64 = walks.iter().zip(&later).filter(|(walk, _)| goes_on(walk)).map(gain).sum();
                prop_assert!((found - brute_force(&gains)).abs() < 1e-9);
                later = walks
                    .iter()
                    .zip(&later)
                    .map(|(walk, later)| if goes_on(walk) { later - price } else { worth(walk, draws) })
                    .collect();
            }
        }
    }
}
