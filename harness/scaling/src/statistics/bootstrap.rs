//! The question bootstrap: percentile intervals of means over questions.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::{Interval, StatisticsError, wilson};

/// Partial sums of a dot product, so that the compiler may add in vector registers. Fixed, so sums are reproducible.
const LANES: usize = 8;
/// Fewer expected right (or wrong) questions than this, and the percentile bootstrap of a proportion is too narrow.
const FEW: f64 = 5.0;

/// Resampled questions, drawn once and shared by many value vectors. Comparisons over it are paired by question.
#[derive(Debug, Clone)]
pub struct Resampler {
    questions: usize,
    /// How often each question occurs, one row of `questions` counts per resample.
    counts: Vec<u16>,
}

impl Resampler {
    /// Resamples `questions` questions with replacement, `resamples` times. Resample `i` reads ChaCha stream `i` of the
    /// seed. Takes `2 * questions * resamples` bytes.
    ///
    /// # Errors
    /// [`StatisticsError::NoQuestions`], [`StatisticsError::NoResamples`].
    pub fn new(questions: usize, resamples: usize, seed: u64) -> Result<Self, StatisticsError> {
        if questions == 0 {
            return Err(StatisticsError::NoQuestions);
        }
        if resamples == 0 {
            return Err(StatisticsError::NoResamples);
        }
        let mut counts = vec![0u16; questions * resamples];
        counts.par_chunks_mut(questions).enumerate().for_each(|(resample, counts)| {
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            random.set_stream(resample as u64);
            for _ in 0..questions {
                // High half of a 64 by 64 bit product: uniform up to questions / 2^64, and the same on every platform.
                let picked = (u128::from(random.next_u64()) * questions as u128) >> 64;
                let count = &mut counts[picked as usize];
                *count = count.saturating_add(1);
            }
        });
        Ok(Self { questions, counts })
    }

    /// Number of questions.
    pub fn questions(&self) -> usize {
        self.questions
    }

    /// Mean of the values, with its 95 % percentile interval (quantiles interpolated linearly between resamples).
    ///
    /// # Errors
    /// [`StatisticsError::WrongLength`], [`StatisticsError::NotFinite`].
    pub fn interval(&self, values: &[f64]) -> Result<Interval, StatisticsError> {
        if values.len() != self.questions {
            return Err(StatisticsError::WrongLength { expected: self.questions, found: values.len() });
        }
        if let Some((index, &found)) = values.iter().enumerate().find(|(_, value)| !value.is_finite()) {
            return Err(StatisticsError::NotFinite { index, found });
        }
        let questions = self.questions as f64;
        let mut means: Vec<f64> =
            self.counts.chunks_exact(self.questions).map(|counts| weighted_sum(counts, values) / questions).collect();
        means.sort_unstable_by(f64::total_cmp);
        let point = values.iter().sum::<f64>() / questions;
        // Equal values have equal means up to the order of summation; an interval must contain its point.
        Ok(Interval { point, low: quantile(&means, 0.025).min(point), high: quantile(&means, 0.975).max(point) })
    }
}

/// Mean of the values with its bootstrap interval; for many value vectors over the same questions share a [`Resampler`].
///
/// # Errors
/// As [`Resampler::new`] and [`Resampler::interval`].
pub fn bootstrap_mean(values: &[f64], resamples: usize, seed: u64) -> Result<Interval, StatisticsError> {
    Resampler::new(values.len(), resamples, seed)?.interval(values)
}

/// The 95 % interval of an accuracy, from one value in [0, 1] per question (1 right, 0 wrong, or a mean over replicates).
///
/// The percentile bootstrap is degenerate where hardly any question differs: when all are right it has no width at all,
/// which would claim certainty. So where fewer than five questions are expected on either side (`n p < 5` or
/// `n (1 - p) < 5`), and wherever the bootstrap has no width, the interval is the hull of the bootstrap's and Wilson's.
///
/// # Errors
/// As [`Resampler::interval`]; [`StatisticsError::OutOfRange`] for a value outside [0, 1].
pub fn accuracy_interval(values: &[f64], resampler: &Resampler) -> Result<Interval, StatisticsError> {
    if let Some(&found) = values.iter().find(|value| !(0.0..=1.0).contains(*value)) {
        return Err(StatisticsError::OutOfRange { what: "an accuracy", found, expected: "from 0 to 1" });
    }
    let interval = resampler.interval(values)?;
    let questions = values.len() as f64;
    let few = questions * interval.point.min(1.0 - interval.point) < FEW;
    if !few && interval.high - interval.low > 1e-12 {
        return Ok(interval);
    }
    let wilson = wilson(interval.point.clamp(0.0, 1.0), values.len())?;
    Ok(Interval { low: interval.low.min(wilson.low), high: interval.high.max(wilson.high), ..interval })
}

fn weighted_sum(counts: &[u16], values: &[f64]) -> f64 {
    let mut sums = [0.0; LANES];
    let (count_chunks, value_chunks) = (counts.chunks_exact(LANES), values.chunks_exact(LANES));
    let rest: f64 =
        count_chunks.remainder().iter().zip(value_chunks.remainder()).map(|(&c, &v)| f64::from(c) * v).sum();
    for (counts, values) in count_chunks.zip(value_chunks) {
        for lane in 0..LANES {
            sums[lane] += f64::from(counts[lane]) * values[lane];
        }
    }
    sums.iter().sum::<f64>() + rest
}

/// Quantile of sorted values, linear between order statistics (type 7 of Hyndman and Fan).
fn quantile(sorted: &[f64], probability: f64) -> f64 {
    let position = probability * (sorted.len().saturating_sub(1)) as f64;
    let index = position.floor() as usize;
    match (sorted.get(index), sorted.get(index + 1)) {
        (Some(low), Some(high)) => low + (high - low) * position.fract(),
        (Some(last), None) => *last,
        (None, _) => f64::NAN,
    }
}
