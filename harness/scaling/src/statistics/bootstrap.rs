//! The question bootstrap: percentile intervals of means over questions.
//!
//! Questions are drawn with replacement and kept whole, with all the noise of their draws: where each question has its
//! own pool or its own chains, the spread between question means already holds the noise within questions. Resampling
//! draws on top ([`super::TwoStageResampler`]) counts it twice (Davison and Hinkley, *Bootstrap Methods and their
//! Application*, 1997, section 3.8). `docs/interval-coverage.md` has the coverage of both in simulation.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::{Interval, NORMAL_975, StatisticsError};

/// Partial sums of a dot product, so that the compiler may add in vector registers. Fixed, so sums are reproducible.
const LANES: usize = 8;

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
                let count = &mut counts[pick(&mut random, questions)];
                *count = count.saturating_add(1);
            }
        });
        Ok(Self { questions, counts })
    }

    /// Number of questions.
    pub fn questions(&self) -> usize {
        self.questions
    }

    /// Number of resamples.
    pub fn resamples(&self) -> usize {
        self.counts.len() / self.questions
    }

    /// Mean of the values in every resample, in the order of the resamples: what any statistic of several means is
    /// bootstrapped from.
    ///
    /// # Errors
    /// [`StatisticsError::WrongLength`], [`StatisticsError::NotFinite`].
    pub fn means(&self, values: &[f64]) -> Result<Vec<f64>, StatisticsError> {
        if values.len() != self.questions {
            return Err(StatisticsError::WrongLength { expected: self.questions, found: values.len() });
        }
        all_finite(values)?;
        let questions = self.questions as f64;
        Ok(self.counts.chunks_exact(self.questions).map(|counts| weighted_sum(counts, values) / questions).collect())
    }

    /// Mean of the values, with its 95 % percentile interval (quantiles interpolated linearly between resamples), both
    /// ends moved away from the mean by the factor `t / z sqrt(n / (n - 1))`.
    ///
    /// The plain percentile interval is too narrow for few questions: its variance lacks the factor `n / (n - 1)`, and
    /// it uses the normal where Student's t belongs (Hesterberg, The American Statistician 69(4), 2015, section 5.3, who
    /// moves the quantiles' levels to the same effect). The factor is 1.061 at 30 questions, 1.003 at 500. An end may
    /// lie outside the range of the values; [`super::accuracy_interval`] and [`super::difference_interval`] cut it off.
    ///
    /// # Errors
    /// As [`Self::means`].
    pub fn interval(&self, values: &[f64]) -> Result<Interval, StatisticsError> {
        let mut means = self.means(values)?;
        let point = values.iter().sum::<f64>() / self.questions as f64;
        Ok(percentile(&mut means, point, self.questions))
    }
}

/// Mean of the values with its bootstrap interval; for many value vectors over the same questions share a
/// [`Resampler`].
///
/// # Errors
/// As [`Resampler::new`] and [`Resampler::interval`].
pub fn bootstrap_mean(values: &[f64], resamples: usize, seed: u64) -> Result<Interval, StatisticsError> {
    Resampler::new(values.len(), resamples, seed)?.interval(values)
}

/// The stretched percentile interval around `point` of a mean over `questions`; sorts the resampled means.
pub(super) fn percentile(means: &mut [f64], point: f64, questions: usize) -> Interval {
    means.sort_unstable_by(f64::total_cmp);
    let factor = stretch(questions);
    let away = |quantile: f64| point + factor * (quantile - point);
    // Equal values have equal means up to the order of summation; an interval must contain its point.
    Interval { point, low: away(quantile(means, 0.025)).min(point), high: away(quantile(means, 0.975)).max(point) }
}

/// `t / z sqrt(n / (n - 1))` with Student's t of `n - 1` degrees of freedom at 0.975, by the expansion of Abramowitz and
/// Stegun 26.7.5 (1 % off at 3 questions, 0.1 % at 4); 1 for one question, which has no spread to stretch.
pub(super) fn stretch(questions: usize) -> f64 {
    if questions < 2 {
        return 1.0;
    }
    let (freedom, z) = ((questions - 1) as f64, NORMAL_975);
    let terms = [
        (z.powi(3) + z) / 4.0,
        (5.0 * z.powi(5) + 16.0 * z.powi(3) + 3.0 * z) / 96.0,
        (3.0 * z.powi(7) + 19.0 * z.powi(5) + 17.0 * z.powi(3) - 15.0 * z) / 384.0,
        (79.0 * z.powi(9) + 776.0 * z.powi(7) + 1482.0 * z.powi(5) - 1920.0 * z.powi(3) - 945.0 * z) / 92_160.0,
    ];
    let t = terms.iter().rev().fold(0.0, |sum, term| (sum + term) / freedom) + z;
    t / z * (1.0 + 1.0 / freedom).sqrt()
}

/// A uniform index below `below`: the high half of a 64 by 64 bit product, uniform up to `below / 2^64`, and the same on
/// every platform.
pub(super) fn pick(random: &mut ChaCha8Rng, below: usize) -> usize {
    ((u128::from(random.next_u64()) * below as u128) >> 64) as usize
}

pub(super) fn all_finite(values: &[f64]) -> Result<(), StatisticsError> {
    match values.iter().enumerate().find(|(_, value)| !value.is_finite()) {
        Some((index, &found)) => Err(StatisticsError::NotFinite { index, found }),
        None => Ok(()),
    }
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
pub(crate) fn quantile(sorted: &[f64], probability: f64) -> f64 {
    let position = probability * (sorted.len().saturating_sub(1)) as f64;
    let index = position.floor() as usize;
    match (sorted.get(index), sorted.get(index + 1)) {
        (Some(low), Some(high)) => low + (high - low) * position.fract(),
        (Some(last), None) => *last,
        (None, _) => f64::NAN,
    }
}

#[cfg(test)]
mod tests {
    use super::stretch;

    #[test]
    fn the_stretch_follows_students_t() {
        for (questions, t) in [(4, 3.182_446), (10, 2.262_157), (30, 2.045_230), (500, 1.964_729)] {
            let n = f64::from(questions);
            let expected = t / super::NORMAL_975 * (n / (n - 1.0)).sqrt();
            assert!((stretch(questions as usize) / expected - 1.0).abs() < 1.5e-3, "{questions}");
        }
        assert_eq!((stretch(0), stretch(1)), (1.0, 1.0));
    }
}
