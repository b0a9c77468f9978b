//! The law fitted to a published accuracy curve, and what such a curve cannot tell.
//!
//! Given is how many of a fixed set of questions were answered right at each round of one chain: `p_n = pi + lambda^n
//! (p_0 - pi)`. For each `lambda` the other two parameters are linear, so the profile over a grid of `lambda` finds the
//! least squares and every interval: a parameter's 95 % interval are all its values with which some choice of the
//! others lies within `F(0.95; 1, rounds - 3) * noise` of the best fit.
//!
//! **Noise.** Rounds share their questions, so the noise of a round around the curve is not binomial: what differs
//! between questions is the same in every round. The noise is therefore measured from the residuals (31 to 57 % of
//! binomial variance in the published curves) and multiplied by `(1 + r) / (1 - r)` for their lag-1 autocorrelation `r`
//! where it is positive. These intervals speak of *these questions*; for others like them, the questions' own sampling
//! comes on top, and [`CurveFit::population_initial`] and [`CurveFit::population_fixed_point`] are Wilson intervals
//! over questions.
//!
//! **What a mean curve cannot tell.**
//! - `lambda`, when the gain is within the noise: with `p_0 = pi` every `lambda` gives the same curve. Its interval is
//!   then most of [-1, 1] and is reported as such instead of a point.
//! - `a` and `b` apart: they follow from `pi` and `lambda` and inherit its interval.
//! - Anything that differs between questions, the gating gap above all: the mean of many chains has the same curve
//!   whether re-answering helps all a little or half a lot and harms the rest. All that follows is `max(p_0 - pi, 0) <=
//!   gap <= min(p_0, 1 - pi)`. Nor is the fitted `lambda` then any question's own.

use serde::Serialize;
use statrs::function::beta::inv_beta_reg;

use crate::Interval;
use crate::rates::RatesError;
use crate::statistics::wilson;

/// Fewest rounds: three parameters and five to measure the noise.
const FEWEST_ROUNDS: usize = 8;
/// Steps of `lambda` over [-1, 1].
const STEPS: i32 = 1000;
/// Least noise, as a share of binomial: residuals that happen to vanish do not make a fit certain.
const LEAST_DISPERSION: f64 = 0.1;

/// The range that some quantity must lie in.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Range {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The law fitted to one curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CurveFit {
    /// Questions behind each round.
    pub questions: u32,
    /// Rounds, the first answer included.
    pub rounds: usize,
    /// `p_0` for these questions.
    pub initial: Interval,
    /// `pi` for these questions.
    pub fixed_point: Interval,
    /// `pi - p_0` for these questions.
    pub gain: Interval,
    /// `lambda`.
    pub memory: Interval,
    /// Whether the curve says anything about `lambda`: its interval is shorter than 1.
    pub memory_identified: bool,
    /// `a = (1 - lambda)(1 - pi)`: what is compatible with the curve if it were one chain.
    pub correct_to_wrong: Range,
    /// `b = (1 - lambda) pi`: the same.
    pub wrong_to_correct: Range,
    /// What the curve allows for the gating gap.
    pub gating_gap: Range,
    /// Residual variance as a share of binomial variance.
    pub dispersion: f64,
    /// Lag-1 autocorrelation of the residuals.
    pub autocorrelation: f64,
    /// `p_0` over questions like these: Wilson.
    pub population_initial: Interval,
    /// `pi` over questions like these: Wilson.
    pub population_fixed_point: Interval,
}

/// Fits the law to the numbers of questions answered right at round 0, 1, ...
///
/// # Errors
/// [`RatesError::OutOfRange`] for fewer than 8 rounds, no questions, or more right answers than questions.
pub fn fit_curve(right: &[u32], questions: u32) -> Result<CurveFit, RatesError> {
    let out_of_range = |what, found: f64, expected| Err(RatesError::OutOfRange { what, found, expected });
    if right.len() < FEWEST_ROUNDS {
        return out_of_range("the number of rounds of a curve", right.len() as f64, "at least 8");
    }
    if questions == 0 {
        return out_of_range("the number of questions of a curve", 0.0, "at least 1");
    }
    if let Some(&found) = right.iter().find(|right| **right > questions) {
        return out_of_range("a round's number of right answers", f64::from(found), "at most the number of questions");
    }
    let curve: Vec<f64> = right.iter().map(|right| f64::from(*right) / f64::from(questions)).collect();
    let profile: Vec<Profile> =
        (1 - STEPS..STEPS).map(|step| Profile::at(f64::from(step) / f64::from(STEPS), &curve)).collect();
    let Some(best) = profile.iter().min_by(|left, right| left.cost().total_cmp(&right.cost())) else {
        return out_of_range("the number of rounds of a curve", right.len() as f64, "at least 8");
    };
    let freedom = (curve.len() - 3) as f64;
    let noise = Noise::measure(best, &curve, f64::from(questions));
    let limit = best.cost() + f_quantile(freedom) * noise.variance;
    let within: Vec<&Profile> = profile.iter().filter(|profile| profile.cost() <= limit).collect();
    let hull = |point: f64, bounds: (f64, f64), ends: &dyn Fn(&Profile) -> (f64, f64)| {
        let fold = within
            .iter()
            .map(|profile| ends(profile))
            .fold((point, point), |hull, ends| (hull.0.min(ends.0.max(bounds.0)), hull.1.max(ends.1.min(bounds.1))));
        Interval { point, low: fold.0, high: fold.1 }
    };
    let unit = (0.0, 1.0);
    let (fixed_point, initial) = (best.fixed_point.clamp(0.0, 1.0), best.initial.clamp(0.0, 1.0));
    let memory = hull(best.memory, (-1.0, 1.0), &|profile| (profile.memory, profile.memory));
    let rate = |share: &dyn Fn(f64) -> f64| {
        let ends = |profile: &Profile| {
            let (low, high) = profile.reach(profile.fixed_point, profile.variance[0], limit);
            let (first, second) = (share(low.clamp(0.0, 1.0)), share(high.clamp(0.0, 1.0)));
            let fresh = 1.0 - profile.memory;
            (fresh * first.min(second), fresh * first.max(second))
        };
        let interval = hull((1.0 - best.memory) * share(fixed_point), unit, &ends);
        Range { low: interval.low.clamp(0.0, 1.0), high: interval.high.clamp(0.0, 1.0) }
    };
    Ok(CurveFit {
        questions,
        rounds: curve.len(),
        initial: hull(initial, unit, &|p| p.reach(p.initial, p.variance[1], limit)),
        fixed_point: hull(fixed_point, unit, &|p| p.reach(p.fixed_point, p.variance[0], limit)),
        gain: hull(fixed_point - initial, (-1.0, 1.0), &|p| p.reach(p.fixed_point - p.initial, p.variance[2], limit)),
        memory,
        memory_identified: memory.high - memory.low < 1.0,
        correct_to_wrong: rate(&|fixed_point| 1.0 - fixed_point),
        wrong_to_correct: rate(&|fixed_point| fixed_point),
        gating_gap: Range { low: (initial - fixed_point).max(0.0), high: initial.min(1.0 - fixed_point) },
        dispersion: noise.dispersion,
        autocorrelation: noise.autocorrelation,
        population_initial: over_questions(initial, questions)?,
        population_fixed_point: over_questions(fixed_point, questions)?,
    })
}

fn over_questions(accuracy: f64, questions: u32) -> Result<Interval, RatesError> {
    wilson(accuracy, questions as usize).map_err(|_| RatesError::OutOfRange {
        what: "an accuracy",
        found: accuracy,
        expected: "from 0 to 1",
    })
}

/// Least squares at one `lambda`.
#[derive(Debug, Clone, Copy)]
struct Profile {
    memory: f64,
    /// Unconstrained estimates.
    fixed_point: f64,
    initial: f64,
    /// Squared residuals at them.
    squares: f64,
    /// Variances of `pi`, `p_0` and `pi - p_0` for noise of variance 1.
    variance: [f64; 3],
}

impl Profile {
    fn at(memory: f64, curve: &[f64]) -> Self {
        let (mut level, mut start, mut cross) = (0.0, 0.0, 0.0);
        let (mut with_level, mut with_start) = (0.0, 0.0);
        let mut left = 1.0;
        for accuracy in curve {
            let gone = 1.0 - left;
            level += gone * gone;
            start += left * left;
            cross += gone * left;
            with_level += gone * accuracy;
            with_start += left * accuracy;
            left *= memory;
        }
        let determinant = (level * start - cross * cross).max(f64::MIN_POSITIVE);
        let fixed_point = (start * with_level - cross * with_start) / determinant;
        let initial = (level * with_start - cross * with_level) / determinant;
        let variance = [start / determinant, level / determinant, (start + level + 2.0 * cross) / determinant];
        let mut profile = Self { memory, fixed_point, initial, squares: 0.0, variance };
        profile.squares = profile.residuals(curve).map(|residual| residual * residual).sum();
        profile
    }

    fn residuals<'a>(&self, curve: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
        let Self { memory, fixed_point, initial, .. } = *self;
        let mut left = 1.0;
        curve.iter().map(move |accuracy| {
            let expected = fixed_point + left * (initial - fixed_point);
            left *= memory;
            accuracy - expected
        })
    }

    /// Squared residuals with `pi` held in [0, 1].
    fn cost(&self) -> f64 {
        let outside = self.fixed_point - self.fixed_point.clamp(0.0, 1.0);
        self.squares + outside * outside / self.variance[0]
    }

    /// Values of a parameter, at this `lambda`, with squared residuals up to the limit.
    fn reach(&self, estimate: f64, variance: f64, limit: f64) -> (f64, f64) {
        let reach = ((limit - self.squares).max(0.0) * variance).sqrt();
        (estimate - reach, estimate + reach)
    }
}

/// The noise of a round around the curve.
struct Noise {
    dispersion: f64,
    autocorrelation: f64,
    /// What one round's squared residual is expected to be, with autocorrelation made up for.
    variance: f64,
}

impl Noise {
    fn measure(fit: &Profile, curve: &[f64], questions: f64) -> Self {
        let residuals: Vec<f64> = fit.residuals(curve).collect();
        let squares: f64 = residuals.iter().map(|residual| residual * residual).sum();
        let neighbours: f64 = residuals.windows(2).map(|pair| pair[0] * pair[1]).sum();
        let autocorrelation = if squares > 0.0 { neighbours / squares } else { 0.0 };
        let mean = curve.iter().sum::<f64>() / curve.len() as f64;
        // Where every answer is right (or none), as if one question in two rounds were not.
        let binomial = (mean * (1.0 - mean)).max(0.25 / (questions + 1.0)) / questions;
        let dispersion = squares / (curve.len() - 3) as f64 / binomial;
        let kept = autocorrelation.clamp(0.0, 0.9);
        let variance = dispersion.max(LEAST_DISPERSION) * binomial * (1.0 + kept) / (1.0 - kept);
        Self { dispersion, autocorrelation, variance }
    }
}

/// The 0.95 quantile of F(1, freedom).
fn f_quantile(freedom: f64) -> f64 {
    let share = inv_beta_reg(0.5, 0.5 * freedom, 0.95);
    freedom * share / (1.0 - share)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rates::sample::{Rates, beta, random, sample};

    fn curve(rates: &[Rates], rounds: usize, seed: u64) -> Vec<u32> {
        let questions = sample(rates, 1, rounds, seed);
        (0..rounds).map(|round| questions.iter().map(|q| u32::from(q.chains[0][round])).sum()).collect()
    }

    #[test]
    fn quantile_of_f() {
        // t(61) at 0.975 is 1.99962.
        assert!((f_quantile(61.0) - 1.999_62f64.powi(2)).abs() < 1e-3, "{}", f_quantile(61.0));
    }

    #[test]
    fn intervals_contain_the_truth_of_these_questions() {
        // Different questions, each with its own fixed point; shared memory, so that the mean curve follows the law.
        let (mut covered, mut dispersion, repeats) = ([0; 4], 0.0, 120);
        for seed in 0..repeats {
            let rates: Vec<Rates> = (0..300u64)
                .map(|question| {
                    let fixed_point = beta(2.0, 1.0, &mut random(seed, question));
                    [0.6 * fixed_point, 0.5 * (1.0 - fixed_point), 0.5 * fixed_point]
                })
                .collect();
            let fit = fit_curve(&curve(&rates, 64, seed), 300).unwrap();
            dispersion += fit.dispersion / repeats as f64;
            let mean = |of: &dyn Fn(&Rates) -> f64| rates.iter().map(of).sum::<f64>() / 300.0;
            let (initial, fixed_point) = (mean(&|r| r[0]), mean(&|r| r[2] / (r[1] + r[2])));
            let truths = [
                (fit.initial, initial),
                (fit.fixed_point, fixed_point),
                (fit.gain, fixed_point - initial),
                (fit.memory, 0.5),
            ];
            for (covered, (interval, truth)) in covered.iter_mut().zip(truths) {
                *covered += u64::from((interval.low..=interval.high).contains(&truth));
            }
        }
        // Rounds share questions: of Beta(2, 1), three quarters of the variance are left within them.
        assert!((0.65..0.85).contains(&dispersion), "{dispersion}");
        // 95 % less three binomial standard deviations.
        assert!(covered.iter().all(|covered| *covered as f64 >= 0.89 * repeats as f64), "{covered:?} of {repeats}");
    }

    #[test]
    fn a_flat_curve_does_not_identify_the_memory() {
        let rates = vec![[0.7, 0.3 * 0.6, 0.7 * 0.6]; 200];
        let fit = fit_curve(&curve(&rates, 64, 3), 200).unwrap();
        assert!(!fit.memory_identified && fit.memory.high - fit.memory.low > 1.0, "{fit:?}");
        assert!(fit.gain.low < 0.0 && fit.gain.high > 0.0 && fit.correct_to_wrong.high > 0.5);
    }

    #[test]
    fn a_clear_rise_identifies_the_memory() {
        let fit = fit_curve(&curve(&vec![[0.1, 0.05, 0.15]; 1000], 64, 1), 1000).unwrap();
        assert!(fit.memory_identified && (fit.memory.point - 0.8).abs() < 0.05, "{fit:?}");
        assert!((fit.gain.point - 0.65).abs() < 0.05 && fit.gain.low > 0.5);
    }

    #[test]
    fn one_curve_has_many_gating_gaps() {
        // All questions alike, or half helped and half harmed: the same mean curve, and gaps at both ends of the range.
        let memory: f64 = 0.5;
        let mean = |questions: &[(f64, f64)], round: i32| {
            questions.iter().map(|(p0, pi)| pi + memory.powi(round) * (p0 - pi)).sum::<f64>() / questions.len() as f64
        };
        let gap = |questions: &[(f64, f64)]| {
            questions.iter().map(|(p0, pi)| p0.max(*pi) - pi).sum::<f64>() / questions.len() as f64
        };
        let (alike, mixed) = ([(0.5, 0.7); 2], [(1.0, 0.4), (0.0, 1.0)]);
        assert!((0..64).all(|round| (mean(&alike, round) - mean(&mixed, round)).abs() < 1e-12));
        assert!(gap(&alike) == 0.0 && (gap(&mixed) - 0.3).abs() < 1e-12);
        let right: Vec<u32> = (0..64).map(|round| (1000.0 * mean(&alike, round)).round() as u32).collect();
        let fit = fit_curve(&right, 1000).unwrap();
        assert!(fit.gating_gap.low < 1e-3 && (fit.gating_gap.high - 0.3).abs() < 2e-3, "{fit:?}");
    }

    #[test]
    fn edges_and_errors() {
        for right in [0, 5] {
            let fit = fit_curve(&[right; 20], 5).unwrap();
            assert!(fit.fixed_point.low <= fit.fixed_point.point && !fit.memory_identified, "{fit:?}");
            assert!(fit.population_fixed_point.high - fit.population_fixed_point.low > 0.3);
        }
        assert!(fit_curve(&[1; 7], 5).is_err() && fit_curve(&[1; 9], 0).is_err() && fit_curve(&[6; 9], 5).is_err());
    }
}
