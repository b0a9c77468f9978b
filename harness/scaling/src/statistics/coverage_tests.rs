//! Intervals cover as they claim: a small version of `examples/coverage.rs`.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Beta, Distribution};

use super::*;

fn unit(random: &mut ChaCha8Rng) -> f64 {
    (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64
}

/// `draws` outcomes per question, row after row; the chances of a right answer are Beta distributed.
fn outcomes(questions: usize, draws: usize, (alpha, beta): (f64, f64), random: &mut ChaCha8Rng) -> Vec<f64> {
    let chances = Beta::new(alpha, beta).unwrap();
    let mut outcomes = Vec::new();
    for _ in 0..questions {
        let chance = chances.sample(random);
        outcomes.extend((0..draws).map(|_| f64::from(u8::from(unit(random) < chance))));
    }
    outcomes
}

fn means(outcomes: &[f64], draws: usize) -> Vec<f64> {
    outcomes.chunks_exact(draws).map(|row| row.iter().sum::<f64>() / draws as f64).collect()
}

/// Exact, by binomial sums: average over accuracies of 5 to 95 %, and the lowest.
#[test]
fn wilson_covers_at_every_size() {
    for (questions, lowest) in [(30, 0.92), (500, 0.935), (1319, 0.94)] {
        let accuracies: Vec<f64> = (5..=95).map(|percent| f64::from(percent) / 100.0).collect();
        let coverages: Vec<f64> = accuracies.iter().map(|p| coverage_of_wilson(questions, *p)).collect();
        let average = coverages.iter().sum::<f64>() / coverages.len() as f64;
        assert!((0.94..0.96).contains(&average), "{questions}: {average}");
        assert!(coverages.iter().all(|coverage| *coverage > lowest && *coverage < 0.985), "{questions}");
    }
}

fn coverage_of_wilson(questions: usize, p: f64) -> f64 {
    let mut log_term = questions as f64 * (1.0 - p).ln();
    let mut covered = 0.0;
    for right in 0..=questions {
        let interval = wilson(right as f64 / questions as f64, questions).unwrap();
        if interval.low <= p && p <= interval.high {
            covered += log_term.exp();
        }
        log_term += ((questions - right) as f64 / (right + 1) as f64).ln() + (p / (1.0 - p)).ln();
    }
    covered
}

/// Means over 16 draws a question. 95 % give or take three standard errors of the simulation.
#[test]
fn the_question_bootstrap_covers_at_every_size() {
    for (questions, trials) in [(30, 500), (500, 400), (1319, 300)] {
        // All trials share the resamples, so too few of them would shift every interval alike.
        let resampler = Resampler::new(questions, 2000, 5).unwrap();
        for beta in [(1.5, 0.7), (20.0, 10.0)] {
            let mut random = ChaCha8Rng::seed_from_u64(12);
            let truth = beta.0 / (beta.0 + beta.1);
            let covered = (0..trials)
                .filter(|_| {
                    let values = means(&outcomes(questions, 16, beta, &mut random), 16);
                    let interval = accuracy_interval(&values, &resampler).unwrap();
                    interval.low <= truth && truth <= interval.high
                })
                .count();
            let coverage = covered as f64 / f64::from(trials);
            let slack = 3.0 * (0.05 * 0.95 / f64::from(trials)).sqrt();
            assert!((coverage - 0.95).abs() < slack, "{questions} questions, {beta:?}: {coverage}");
        }
    }
}

/// What `two_stage` says of itself: the noise within questions is in there twice.
#[test]
fn resampling_draws_counts_the_noise_within_questions_twice() {
    let (questions, draws) = (200, 4);
    let outcomes = outcomes(questions, draws, (20.0, 20.0), &mut ChaCha8Rng::seed_from_u64(3));
    let values = means(&outcomes, draws);
    let question = Resampler::new(questions, 2000, 1).unwrap().interval(&values).unwrap();
    let both = TwoStageResampler::new(questions, draws, 2000, 1).unwrap().interval(&outcomes).unwrap();
    let mean = values.iter().sum::<f64>() / questions as f64;
    let between: f64 = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / questions as f64;
    let within: f64 = values.iter().map(|value| value * (1.0 - value)).sum::<f64>() / questions as f64;
    let expected = ((between + within / draws as f64) / between).sqrt();
    let found = (both.high - both.low) / (question.high - question.low);
    assert!((found / expected - 1.0).abs() < 0.08, "{found} {expected}");
    assert!(expected > 1.2 && (both.point - question.point).abs() < 1e-12);
}

#[test]
fn two_stage_picks_the_questions_of_the_resampler() {
    // Without noise within questions the two are the same.
    let values: Vec<f64> = (0..40).map(|index| f64::from(index % 7)).collect();
    let rows: Vec<f64> = values.iter().flat_map(|value| [*value; 3]).collect();
    let question = Resampler::new(40, 100, 9).unwrap().means(&values).unwrap();
    let both = TwoStageResampler::new(40, 3, 100, 9).unwrap().means(&rows).unwrap();
    for (question, both) in question.iter().zip(&both) {
        assert!((question - both).abs() < 1e-12);
    }
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| TwoStageResampler::new(40, 3, 100, 9).unwrap().interval(&rows).unwrap())
    };
    assert_eq!(on(1), on(2));
    assert!(TwoStageResampler::new(40, 0, 100, 9).is_err() && TwoStageResampler::new(0, 1, 1, 9).is_err());
    assert!(TwoStageResampler::new(40, 2, 100, 9).unwrap().means(&rows).is_err());
}

/// Two methods that differ on few of 30 questions, and on many.
#[test]
fn difference_intervals_cover_at_few_questions() {
    for (changed, better) in [(0.05, 0.5), (0.1, 0.7), (0.4, 0.7), (0.8, 0.6)] {
        let resampler = Resampler::new(30, 400, 5).unwrap();
        let mut random = ChaCha8Rng::seed_from_u64(17);
        let truth = changed * (2.0 * better - 1.0);
        let trials = 400;
        let covered = (0..trials)
            .filter(|_| {
                let pair = |random: &mut ChaCha8Rng| {
                    let (change, wins) = (unit(random) < changed, unit(random) < better);
                    (f64::from(u8::from(change && wins)), f64::from(u8::from(change && !wins)))
                };
                let (left, right): (Vec<f64>, Vec<f64>) = (0..30).map(|_| pair(&mut random)).unzip();
                let interval = difference_interval(&left, &right, &resampler).unwrap();
                interval.low <= truth + 1e-12 && truth <= interval.high + 1e-12
            })
            .count();
        let coverage = covered as f64 / f64::from(trials);
        assert!(coverage > 0.92, "{changed} {better}: {coverage}");
    }
}

/// Means over orders differ by little on many questions: at 30 and 40 the interval covers, and a difference can be found.
#[test]
fn differences_of_means_cover_and_can_be_found_at_few_questions() {
    for questions in [30, 40] {
        let resampler = Resampler::new(questions, 1000, 5).unwrap();
        for (better, least_found) in [(0.5, 0.0), (0.95, 0.9)] {
            let mut random = ChaCha8Rng::seed_from_u64(23);
            let (share, size) = (0.5, 0.05);
            let truth = share * size * (2.0 * better - 1.0);
            let trials = 600;
            let (mut covered, mut found) = (0, 0);
            for _ in 0..trials {
                let pair = |random: &mut ChaCha8Rng| {
                    let (differs, half, better) = (unit(random) < share, size * unit(random), unit(random) < better);
                    let half = if differs { half } else { 0.0 };
                    if better { (0.5 + half, 0.5 - half) } else { (0.5 - half, 0.5 + half) }
                };
                let (left, right): (Vec<f64>, Vec<f64>) = (0..questions).map(|_| pair(&mut random)).unzip();
                let interval = difference_interval(&left, &right, &resampler).unwrap();
                covered += i32::from(interval.low <= truth && truth <= interval.high);
                found += i32::from(interval.low > 0.0 || interval.high < 0.0);
            }
            let share = |count: i32| f64::from(count) / f64::from(trials);
            assert!((0.925..=0.975).contains(&share(covered)), "{questions} {better}: {}", share(covered));
            assert!(share(found) >= least_found, "{questions} {better}: {}", share(found));
        }
    }
}

#[test]
fn the_number_of_questions_that_differ_decides() {
    // The same differences on five questions and on six: Newcombe's interval, then the bootstrap's.
    let resampler = Resampler::new(30, 1000, 2).unwrap();
    let interval = |differing: usize| {
        let left: Vec<f64> = (0..30).map(|q| if q < differing { 0.55 } else { 0.5 }).collect();
        difference_interval(&left, &[0.5; 30], &resampler).unwrap()
    };
    let (five, six) = (interval(5), interval(6));
    assert!(five.low < 0.0 && six.low > 0.0, "{five:?} {six:?}");
    assert!(six.high - six.low < 0.2 * (five.high - five.low), "{five:?} {six:?}");
}
