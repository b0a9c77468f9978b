//! Is it a chain at all? Four tests of the two-state model, with p-values that need no asymptotics.
//!
//! 1. **Order.** Given its first state and its transition counts, every sequence of a first-order two-state chain is
//!    equally likely, whatever the question's rates: in each state, the run lengths are a uniformly random composition
//!    of the rounds spent there into that number of runs. They are resampled so, chain by chain. Statistic: the number
//!    of right-right-right triples, summed over chains. More than expected: leaving a state becomes rarer the longer
//!    one is in it; fewer: it becomes more frequent.
//! 2. **Stationarity**, one test for each state. The same resampling. Statistic: the state's exits in the early half of
//!    the transitions, less what its early visits would give at the chain's overall exit rate. Positive: the state is
//!    left more often early than late. (Bare counts of exits would make one test of the two: exits from right and from
//!    wrong alternate, so in any stretch of a chain their numbers differ by at most one; and a drift that raises `a`
//!    and lowers `b` hardly changes their sum.)
//! 3. **Memory.** If re-answering is redrawing (`lambda = 0`), all orders of a chain's outcomes from round 1 on are
//!    equally likely (round 0 has another prompt and stays out). They are permuted. Statistic: the number of runs.
//!    Fewer than expected: answers are kept (`lambda > 0`); more: re-answering changes sides.
//! 4. **One rate for all?**, one test for `a` and one for `b`. Statistic: twice the gain in log-likelihood of a
//!    beta-binomial over one shared rate. Parametric bootstrap: chains are simulated from their own first states, with
//!    the rate in question shared by all and the other rate each question's own (its empirical-Bayes mean), so that the
//!    number of visits varies as it does under the null. Where no spread is seen the statistic is exactly 0 and p is 1:
//!    about half of all p-values under the null are 1, and the others are uniform below a half.
//!
//! `p = (1 + number as extreme) / (1 + resamples)`; tests 1 to 3 are two-sided (twice the smaller tail, at most 1),
//! test 4 is one-sided. All six are Holm-corrected together. Several chains of a question are resampled each within
//! itself (in test 4 a question's chains share its counts) and the statistics are summed.
//!
//! Counting is in integers (test 2: multiples of 2^-20, so that equal arrangements are exactly equal) and resample `i`
//! of a test reads ChaCha stream `4 i + test` of the seed, so results do not depend on the number of threads. A test
//! that does not reject has not shown that the model holds: `docs/assumption-tests.md` gives the power against
//! departures of several sizes.

mod homogeneity;
mod order;
mod redraw;
#[cfg(test)]
mod tests;

use rayon::prelude::*;
use serde::Serialize;

use crate::rates::{LabelledChains, RatesError};
use crate::statistics::holm;
use order::OrderChain;
use redraw::RedrawChain;

/// What is tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Assumption {
    /// The next answer depends on the present one only.
    Order,
    /// Right answers are left as often early as late.
    StationaryRight,
    /// Wrong answers are left as often early as late.
    StationaryWrong,
    /// Re-answering is redrawing (`lambda = 0`).
    NoMemory,
    /// All questions have one `a`.
    SharedCorrectToWrong,
    /// All questions have one `b`.
    SharedWrongToCorrect,
}

impl Assumption {
    /// All of them, in the order of the results.
    pub const ALL: [Self; 6] = [
        Self::Order,
        Self::StationaryRight,
        Self::StationaryWrong,
        Self::NoMemory,
        Self::SharedCorrectToWrong,
        Self::SharedWrongToCorrect,
    ];

    /// The null hypothesis in words.
    pub fn null(self) -> &'static str {
        match self {
            Self::Order => "the next answer depends on the present one only (first order)",
            Self::StationaryRight => "right answers are lost as often early as late",
            Self::StationaryWrong => "wrong answers are mended as often early as late",
            Self::NoMemory => "re-answering is redrawing (lambda = 0)",
            Self::SharedCorrectToWrong => "all questions lose right answers at one rate a",
            Self::SharedWrongToCorrect => "all questions mend wrong answers at one rate b",
        }
    }
}

/// One test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AssumptionTest {
    /// What was tested.
    pub assumption: Assumption,
    /// The statistic observed.
    pub statistic: f64,
    /// Its mean under the null, over the resamples.
    pub expected: f64,
    /// The p-value; `None` when no chain can tell (none could have been arranged otherwise).
    pub p_value: Option<f64>,
    /// Holm-corrected over all tests that have a p-value.
    pub corrected: Option<f64>,
    /// Chains (test 4: questions) that can tell.
    pub informative: usize,
}

/// All tests of a set of questions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AssumptionTests {
    /// In the order of [`Assumption::ALL`].
    pub tests: Vec<AssumptionTest>,
    /// Resamples behind each p-value: none can be below `1 / (1 + resamples)`.
    pub resamples: u32,
}

/// How often and from which seed to resample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AssumptionOptions {
    /// Resamples; 10,000 is usual.
    pub resamples: u32,
    /// Seed.
    pub seed: u64,
}

/// Streams of each resample.
const STREAMS: u64 = 4;

/// Runs all tests.
///
/// # Errors
/// [`RatesError::NoChains`], [`RatesError::NoTransitions`], [`RatesError::NoResamples`].
pub fn test_assumptions(
    questions: &[LabelledChains],
    options: AssumptionOptions,
) -> Result<AssumptionTests, RatesError> {
    if options.resamples == 0 {
        return Err(RatesError::NoResamples);
    }
    let chains: Vec<&[bool]> = questions.iter().flat_map(|q| &q.chains).map(Vec::as_slice).collect();
    let answered = questions.iter().filter(|q| q.chains.iter().any(|chain| !chain.is_empty())).count();
    if answered == 0 {
        return Err(RatesError::NoChains);
    }
    if chains.iter().all(|chain| chain.len() < 2) {
        return Err(RatesError::NoTransitions { questions: answered });
    }
    let mut tests = order_tests(&chains, options).to_vec();
    tests.push(memory_test(&chains, options));
    tests.extend(homogeneity::tests(questions, options));
    let p_values: Vec<f64> = tests.iter().filter_map(|test| test.p_value).collect();
    let mut corrected = holm(&p_values).into_iter();
    for test in &mut tests {
        test.corrected = test.p_value.and_then(|_| corrected.next());
    }
    Ok(AssumptionTests { tests, resamples: options.resamples })
}

/// The statistics of one resample, summed over chains, per resample in order.
fn resampled<const N: usize>(
    options: AssumptionOptions,
    test: u64,
    statistics: impl Fn(&mut rand_chacha::ChaCha8Rng) -> [i64; N] + Sync,
) -> Vec<[i64; N]> {
    use rand::SeedableRng;
    let seeded = rand_chacha::ChaCha8Rng::seed_from_u64(options.seed);
    (0..u64::from(options.resamples))
        .into_par_iter()
        .map(|resample| {
            let mut random = seeded.clone();
            random.set_stream(STREAMS * resample + test);
            statistics(&mut random)
        })
        .collect()
}

fn order_tests(chains: &[&[bool]], options: AssumptionOptions) -> [AssumptionTest; 3] {
    let prepared: Vec<OrderChain> = chains.iter().filter_map(|chain| OrderChain::new(chain)).collect();
    let observed = order::Statistics::sum(chains.iter().map(|chain| order::Statistics::of(chain))).values();
    let movable = order::Statistics::sum(prepared.iter().map(|chain| chain.observed)).values();
    let resampled = resampled(options, 0, |random| {
        order::Statistics::sum(prepared.iter().map(|chain| chain.resample(random))).values()
    });
    let kinds = [Assumption::Order, Assumption::StationaryRight, Assumption::StationaryWrong];
    std::array::from_fn(|which| {
        let values: Vec<i64> = resampled.iter().map(|values| values[which]).collect();
        let unit = if which == 0 { 1.0 } else { order::SCALE };
        // Chains that cannot be arranged otherwise add the same to every resample.
        let fixed = observed[which] - movable[which];
        two_sided(kinds[which], movable[which], fixed, &values, unit, prepared.len())
    })
}

fn memory_test(chains: &[&[bool]], options: AssumptionOptions) -> AssumptionTest {
    let prepared: Vec<RedrawChain> = chains.iter().filter_map(|chain| RedrawChain::new(chain)).collect();
    let all: i64 = chains.iter().map(|chain| redraw::runs(chain.get(1..).unwrap_or(&[]))).sum();
    let observed: i64 = prepared.iter().map(|chain| chain.observed).sum();
    let resampled = resampled(options, 1, |random| [prepared.iter().map(|chain| chain.resample(random)).sum::<i64>()]);
    let values: Vec<i64> = resampled.iter().map(|[runs]| *runs).collect();
    two_sided(Assumption::NoMemory, observed, all - observed, &values, 1.0, prepared.len())
}

fn two_sided(
    assumption: Assumption,
    observed: i64,
    fixed: i64,
    resampled: &[i64],
    unit: f64,
    informative: usize,
) -> AssumptionTest {
    let count = |extreme: &dyn Fn(i64) -> bool| resampled.iter().filter(|value| extreme(**value)).count() as f64;
    let resamples = resampled.len() as f64;
    let tail = count(&|value| value <= observed).min(count(&|value| value >= observed));
    let p_value = (2.0 * (1.0 + tail) / (1.0 + resamples)).min(1.0);
    let total: i128 = resampled.iter().map(|value| i128::from(*value)).sum();
    AssumptionTest {
        assumption,
        statistic: (observed + fixed) as f64 / unit,
        expected: (total as f64 / resamples + fixed as f64) / unit,
        p_value: (informative > 0).then_some(p_value),
        corrected: None,
        informative,
    }
}

/// Whether an event of probability `share / among` happens: exact up to `among / 2^32`.
#[inline]
fn happens(random: &mut rand_chacha::ChaCha8Rng, share: u32, among: u32) -> bool {
    use rand::Rng;
    (u64::from(random.next_u32()) * u64::from(among)) >> 32 < u64::from(share)
}
