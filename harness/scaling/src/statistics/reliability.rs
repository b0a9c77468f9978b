//! Do stated probabilities come true? Reliability table, expected calibration error, Brier score.
//!
//! One statement per question: a probability, and whether what it was stated of turned out true. The table groups
//! statements by probability and sets the mean stated against the share that came true.
//!
//! **Expected calibration error** (Naeini, Cooper and Hauskrecht, AAAI 2015) is the sum over bins of
//! `(n_bin / n) |mean stated - share true|`. It is biased upwards: with finite counts the shares differ from the stated
//! means even where every statement is exact, and absolute values cannot cancel. So it never stands alone here: beside
//! it is what exact statements would show with the same probabilities, bins and number of questions, and its interval is
//! the basic bootstrap, which takes the bias out instead of adding it a second time as the percentile interval would.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::Serialize;

use super::bootstrap::pick;
use super::{Interval, StatisticsError, wilson};

/// A probability stated about a question, and whether it came true.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Statement {
    /// The stated probability, in [0, 1].
    pub stated: f64,
    /// Whether what it was stated of is true.
    pub came_true: bool,
}

/// How statements are grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Binning {
    /// This many bins of equal width on [0, 1]: ten are usual, and comparable between methods.
    EqualWidth(usize),
    /// At most this many bins with equally many statements; equal probabilities share a bin.
    EqualMass(usize),
}

/// One row of a reliability table.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ReliabilityBin {
    /// The bin holds probabilities from here ...
    pub low: f64,
    /// ... to here; the upper end belongs to the next bin, except in the last.
    pub high: f64,
    /// Statements in it.
    pub count: usize,
    /// Mean stated probability.
    pub stated: f64,
    /// Share that came true, with Wilson's 95 % interval.
    pub observed: Interval,
}

/// What came of a set of statements.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reliability {
    /// The table, without empty bins.
    pub bins: Vec<ReliabilityBin>,
    /// Statements, one per question.
    pub count: usize,
    /// Mean stated probability over all.
    pub stated: f64,
    /// Share that came true over all, with Wilson's 95 % interval.
    pub observed: Interval,
    /// Expected calibration error as defined, with the basic bootstrap interval over questions (stretched to contain the
    /// point where the bias alone pushes it out).
    pub calibration_error: Interval,
    /// The expected calibration error that exact statements would show: mean and central 95 % range.
    pub if_exact: Interval,
    /// Brier score, mean of `(stated - came true)^2`.
    pub brier: f64,
}

impl Reliability {
    /// Whether the calibration error exceeds what exact statements would show in 97.5 % of samples.
    pub fn is_off(&self) -> bool {
        self.calibration_error.point > self.if_exact.high
    }
}

/// Sets statements against what came true. Resample `i` reads ChaCha stream `i` of the seed.
///
/// # Errors
/// [`StatisticsError::NoQuestions`], [`StatisticsError::NoResamples`]; [`StatisticsError::OutOfRange`] for a probability
/// outside [0, 1] or no bins.
pub fn reliability(
    statements: &[Statement],
    binning: Binning,
    resamples: usize,
    seed: u64,
) -> Result<Reliability, StatisticsError> {
    if statements.is_empty() {
        return Err(StatisticsError::NoQuestions);
    }
    if resamples == 0 {
        return Err(StatisticsError::NoResamples);
    }
    if let Some(statement) = statements.iter().find(|statement| !(0.0..=1.0).contains(&statement.stated)) {
        let (what, expected) = ("a stated probability", "from 0 to 1");
        return Err(StatisticsError::OutOfRange { what, found: statement.stated, expected });
    }
    let edges = edges(statements, binning)?;
    let binned = Binned {
        bin: statements.iter().map(|statement| bin_of(&edges, statement.stated)).collect(),
        statements,
        bins: edges.len() - 1,
    };
    let point = binned.error(&mut (0..statements.len()), |index| statements[index].came_true);
    let stated = statements.iter().map(|statement| statement.stated).sum::<f64>() / statements.len() as f64;
    let squares: f64 = statements.iter().map(|statement| (statement.stated - truth(statement.came_true)).powi(2)).sum();
    Ok(Reliability {
        bins: table(&binned, &edges)?,
        count: statements.len(),
        stated,
        observed: share(statements.iter().filter(|statement| statement.came_true).count(), statements.len())?,
        calibration_error: binned.bootstrap(point, resamples, seed),
        if_exact: binned.if_exact(resamples, seed),
        brier: squares / statements.len() as f64,
    })
}

fn truth(came_true: bool) -> f64 {
    f64::from(u8::from(came_true))
}

fn share(successes: usize, trials: usize) -> Result<Interval, StatisticsError> {
    wilson(successes as f64 / trials as f64, trials)
}

/// Ends of the bins in ascending order, from 0 to 1.
fn edges(statements: &[Statement], binning: Binning) -> Result<Vec<f64>, StatisticsError> {
    let (Binning::EqualWidth(bins) | Binning::EqualMass(bins)) = binning;
    if bins == 0 {
        return Err(StatisticsError::OutOfRange { what: "the number of bins", found: 0.0, expected: "at least 1" });
    }
    let mut edges = vec![0.0];
    match binning {
        Binning::EqualWidth(bins) => edges.extend((1..bins).map(|bin| bin as f64 / bins as f64)),
        Binning::EqualMass(bins) => {
            let mut sorted: Vec<f64> = statements.iter().map(|statement| statement.stated).collect();
            sorted.sort_unstable_by(f64::total_cmp);
            edges.extend((1..bins).map(|bin| sorted[bin * sorted.len() / bins]).filter(|&edge| edge > 0.0));
        }
    }
    edges.push(1.0);
    edges.dedup();
    Ok(edges)
}

fn bin_of(edges: &[f64], stated: f64) -> usize {
    // Inner edges alone: 1 itself belongs to the last bin.
    edges[1..edges.len() - 1].partition_point(|&edge| edge <= stated)
}

/// Statements with their bins, which resampling leaves as they are.
struct Binned<'a> {
    statements: &'a [Statement],
    bin: Vec<usize>,
    bins: usize,
}

impl Binned<'_> {
    /// `sum over bins |sum (stated - came true)| / n` over these statements: the calibration error.
    fn error(&self, indices: &mut dyn Iterator<Item = usize>, mut came_true: impl FnMut(usize) -> bool) -> f64 {
        let mut gaps = vec![0.0; self.bins];
        for index in indices {
            gaps[self.bin[index]] += self.statements[index].stated - truth(came_true(index));
        }
        gaps.iter().map(|gap: &f64| gap.abs()).sum::<f64>() / self.statements.len() as f64
    }

    /// The basic bootstrap interval `[2 e - q(97.5 %), 2 e - q(2.5 %)]`, held to [0, 1].
    fn bootstrap(&self, point: f64, resamples: usize, seed: u64) -> Interval {
        let count = self.statements.len();
        let errors = resampled(resamples, seed, 0, |random| {
            let mut picks = (0..count).map(|_| pick(random, count));
            self.error(&mut picks, |index| self.statements[index].came_true)
        });
        let (low, high) = (2.0 * point - at(&errors, 0.975), 2.0 * point - at(&errors, 0.025));
        Interval { point, low: low.clamp(0.0, point), high: high.clamp(point, 1.0) }
    }

    fn if_exact(&self, resamples: usize, seed: u64) -> Interval {
        let errors = resampled(resamples, seed, 1, |random| {
            self.error(&mut (0..self.statements.len()), |index| {
                ((random.next_u64() >> 11) as f64 / (1u64 << 53) as f64) < self.statements[index].stated
            })
        });
        let point = errors.iter().sum::<f64>() / errors.len() as f64;
        Interval { point, low: at(&errors, 0.025).min(point), high: at(&errors, 0.975).max(point) }
    }
}

/// A statistic of every resample, sorted. Two purposes of one seed read different halves of a stream.
fn resampled(
    resamples: usize,
    seed: u64,
    purpose: u128,
    statistic: impl Fn(&mut ChaCha8Rng) -> f64 + Sync,
) -> Vec<f64> {
    let mut values: Vec<f64> = (0..resamples)
        .into_par_iter()
        .map(|resample| {
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            random.set_stream(resample as u64);
            random.set_word_pos(purpose << 64);
            statistic(&mut random)
        })
        .collect();
    values.sort_unstable_by(f64::total_cmp);
    values
}

/// The order statistic nearest to this quantile; there is always at least one resample.
fn at(sorted: &[f64], probability: f64) -> f64 {
    let index = (probability * (sorted.len() - 1) as f64).round() as usize;
    sorted.get(index).copied().unwrap_or(f64::NAN)
}

fn table(binned: &Binned<'_>, edges: &[f64]) -> Result<Vec<ReliabilityBin>, StatisticsError> {
    let mut rows = Vec::new();
    for (bin, ends) in edges.windows(2).enumerate() {
        let inside = || binned.statements.iter().zip(&binned.bin).filter(move |(_, of)| **of == bin).map(|pair| pair.0);
        let count = inside().count();
        if count > 0 {
            let stated = inside().map(|statement| statement.stated).sum::<f64>() / count as f64;
            let observed = share(inside().filter(|statement| statement.came_true).count(), count)?;
            rows.push(ReliabilityBin { low: ends[0], high: ends[1], count, stated, observed });
        }
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEN: Binning = Binning::EqualWidth(10);

    fn unit(random: &mut ChaCha8Rng) -> f64 {
        (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Statements over the whole range that come true with `chance(stated)`.
    fn statements(count: usize, seed: u64, chance: impl Fn(f64) -> f64) -> Vec<Statement> {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        (0..count)
            .map(|_| {
                let stated = unit(&mut random);
                Statement { stated, came_true: unit(&mut random) < chance(stated) }
            })
            .collect()
    }

    #[test]
    fn is_the_definition_on_a_small_example() {
        let make = |stated, came_true| Statement { stated, came_true };
        let all = [make(0.12, false), make(0.18, true), make(0.95, true), make(1.0, true), make(0.0, false)];
        let found = reliability(&all, TEN, 50, 1).unwrap();
        // Bins: [0.0), [0.12, 0.18), [0.95, 1.0]; gaps 0, |0.30 - 1|, |1.95 - 2|.
        assert!((found.calibration_error.point - (0.70 + 0.05) / 5.0).abs() < 1e-12);
        assert_eq!(found.bins.iter().map(|bin| bin.count).collect::<Vec<_>>(), [1, 2, 2]);
        assert_eq!((found.bins[1].low, found.bins[1].high, found.bins[2].high), (0.1, 0.2, 1.0));
        let brier = (0.12f64.powi(2) + 0.82f64.powi(2) + 0.05f64.powi(2)) / 5.0;
        assert!((found.brier - brier).abs() < 1e-12 && (found.observed.point - 0.6).abs() < 1e-12);
    }

    #[test]
    fn exact_statements_are_not_off_and_wrong_ones_are() {
        let off = |chance: &dyn Fn(f64) -> f64| {
            (0..100).filter(|&seed| reliability(&statements(400, seed, chance), TEN, 200, 3).unwrap().is_off()).count()
        };
        assert!(off(&|stated| stated) <= 9, "about 2.5 of 100 are expected: {}", off(&|stated| stated));
        assert!(off(&|stated| (stated - 0.15f64).max(0.0)) > 95);
    }

    #[test]
    fn the_interval_holds_the_error_of_endless_questions() {
        // Stated half as far from 1/2 as true: |gap| = |stated - 1/2| / 2, on average 1/8.
        let inside = (0..100).filter(|&seed| {
            let sample = statements(500, 1000 + seed, |stated| (0.5 + 1.5 * (stated - 0.5)).clamp(0.0, 1.0));
            let error = reliability(&sample, TEN, 400, 5).unwrap().calibration_error;
            // |stated - 1/2| / 2 up to 5/6 and down to 1/6, then 1 - stated: mean 2 (1/36 + 1/72) = 1/12.
            (error.low..=error.high).contains(&(1.0 / 12.0))
        });
        let inside = inside.count();
        assert!((88..=99).contains(&inside), "{inside}");
    }

    #[test]
    fn equal_mass_bins_hold_equally_many_and_ties_stay_together() {
        let found = reliability(&statements(1000, 2, |stated| stated), Binning::EqualMass(10), 20, 1).unwrap();
        assert!(found.bins.len() == 10 && found.bins.iter().all(|bin| bin.count == 100));
        let tied = vec![Statement { stated: 0.7, came_true: true }; 30];
        let found = reliability(&tied, Binning::EqualMass(10), 20, 1).unwrap();
        assert!(found.bins.len() == 1 && (found.calibration_error.point - 0.3).abs() < 1e-12);
        let certain = vec![Statement { stated: 1.0, came_true: true }; 30];
        let found = reliability(&certain, Binning::EqualMass(10), 20, 1).unwrap();
        assert!(found.bins.len() == 1 && found.calibration_error.high.abs() < 1e-12);
    }

    #[test]
    fn threads_change_nothing_and_bad_input_is_refused() {
        let sample = statements(200, 4, |stated| stated);
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| reliability(&sample, TEN, 300, 9).unwrap())
        };
        assert_eq!(on(1), on(2));
        assert_eq!(reliability(&[], TEN, 9, 1), Err(StatisticsError::NoQuestions));
        assert_eq!(reliability(&sample, TEN, 0, 1), Err(StatisticsError::NoResamples));
        assert!(reliability(&sample, Binning::EqualMass(0), 9, 1).is_err());
        let bad = [Statement { stated: f64::NAN, came_true: true }];
        assert!(matches!(reliability(&bad, TEN, 9, 1), Err(StatisticsError::OutOfRange { .. })));
    }
}
