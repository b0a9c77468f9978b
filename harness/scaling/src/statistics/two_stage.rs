//! The bootstrap over questions *and* draws: questions are resampled first, then replicates within each.
//!
//! When is it right? Its variance is about `between / n + 2 within / (n R)`, for `R` replicates (draws or recorded
//! chains) of variance `within` in each of `n` questions; the variance of the mean over questions is
//! `between / n + within / (n R)`. It counts the noise within questions twice, so it over-covers: the more alike the
//! questions and the fewer the replicates, the more. [`Resampler`](super::Resampler), which keeps questions whole, does not
//! (Davison and Hinkley 1997, section 3.8), and every interval of the harness is that one. This one answers another
//! question: how far would a *shorter* record, or a statistic that is not a mean of question means, have strayed.
//!
//! Replicates that are random orders of one pool are not draws from the model: resampling them only adds the noise of
//! averaging over finitely many orders. Give it draws or chains.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::bootstrap::{all_finite, percentile, pick};
use super::{Interval, StatisticsError};

/// Addresses of resampled questions and replicates. The same for every method asked, so comparisons are paired by
/// question and by replicate: the interval of a difference is that of the elementwise difference of two matrices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TwoStageResampler {
    questions: usize,
    replicates: usize,
    resamples: usize,
    seed: u64,
}

impl TwoStageResampler {
    /// Resamples of `questions` questions with `replicates` replicates each. Resample `i` reads ChaCha stream `i` of the
    /// seed, first its questions (the same as [`Resampler::new`](super::Resampler::new) of this seed), then replicates.
    ///
    /// # Errors
    /// [`StatisticsError::NoQuestions`], [`StatisticsError::NoResamples`]; [`StatisticsError::OutOfRange`] without
    /// replicates.
    pub fn new(questions: usize, replicates: usize, resamples: usize, seed: u64) -> Result<Self, StatisticsError> {
        if questions == 0 {
            return Err(StatisticsError::NoQuestions);
        }
        if resamples == 0 {
            return Err(StatisticsError::NoResamples);
        }
        if replicates == 0 {
            let what = "the number of replicates of a question";
            return Err(StatisticsError::OutOfRange { what, found: 0.0, expected: "at least 1" });
        }
        Ok(Self { questions, replicates, resamples, seed })
    }

    /// Mean over questions of the mean over replicates in every resample. `values` holds one row of replicates per
    /// question, row after row. Takes `questions x replicates` picks per resample.
    ///
    /// # Errors
    /// [`StatisticsError::WrongLength`], [`StatisticsError::NotFinite`].
    pub fn means(&self, values: &[f64]) -> Result<Vec<f64>, StatisticsError> {
        let expected = self.questions * self.replicates;
        if values.len() != expected {
            return Err(StatisticsError::WrongLength { expected, found: values.len() });
        }
        all_finite(values)?;
        let mean = |resample: usize| {
            let mut random = ChaCha8Rng::seed_from_u64(self.seed);
            random.set_stream(resample as u64);
            let picked: Vec<usize> = (0..self.questions).map(|_| pick(&mut random, self.questions)).collect();
            let mut sum = 0.0;
            for question in picked {
                let row = &values[question * self.replicates..][..self.replicates];
                sum += (0..self.replicates).map(|_| row[pick(&mut random, self.replicates)]).sum::<f64>();
            }
            sum / expected as f64
        };
        Ok((0..self.resamples).into_par_iter().map(mean).collect())
    }

    /// Mean with its 95 % interval, stretched for few questions as in [`Resampler`](super::Resampler::interval).
    ///
    /// # Errors
    /// As [`Self::means`].
    pub fn interval(&self, values: &[f64]) -> Result<Interval, StatisticsError> {
        let mut means = self.means(values)?;
        let point = values.iter().sum::<f64>() / values.len() as f64;
        Ok(percentile(&mut means, point, self.questions))
    }
}
