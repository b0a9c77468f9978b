//! A method's curve over its budgets: mean cost and mean accuracy of every budget, and of every budget in every resample.

use rayon::prelude::*;

use super::frontier::Candidate;
use super::{Resampler, StatisticsError};

/// Points `(cost, accuracy)` in the order of the candidates.
pub(super) struct Curves {
    /// Of the means over all questions.
    pub(super) means: Vec<(f64, f64)>,
    /// Per point: mean costs and mean accuracies of the resamples.
    resampled: Vec<(Vec<f64>, Vec<f64>)>,
}

impl Curves {
    /// # Errors
    /// [`StatisticsError::OutOfRange`] without candidates or where a mean cost is not above 0; otherwise as
    /// [`Resampler::means`].
    pub(super) fn new(candidates: &[Candidate<'_>], resampler: &Resampler) -> Result<Self, StatisticsError> {
        if candidates.is_empty() {
            let (what, expected) = ("the number of budgets of a curve", "at least 1");
            return Err(StatisticsError::OutOfRange { what, found: 0.0, expected });
        }
        let resampled: Vec<(Vec<f64>, Vec<f64>)> = candidates
            .par_iter()
            .map(|point| Ok((resampler.means(point.costs)?, resampler.means(point.accuracies)?)))
            .collect::<Result<_, StatisticsError>>()?;
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let means: Vec<(f64, f64)> = candidates.iter().map(|c| (mean(c.costs), mean(c.accuracies))).collect();
        let costs = means.iter().map(|(cost, _)| cost).chain(resampled.iter().flat_map(|(costs, _)| costs));
        if let Some(&found) = costs.into_iter().find(|cost| **cost <= 0.0) {
            let (what, expected) = ("a mean cost", "above 0, for a ratio to exist");
            return Err(StatisticsError::OutOfRange { what, found, expected });
        }
        Ok(Self { means, resampled })
    }

    /// The points of one resample.
    pub(super) fn resample(&self, index: usize) -> Vec<(f64, f64)> {
        self.resampled.iter().map(|(costs, accuracies)| (costs[index], accuracies[index])).collect()
    }
}
