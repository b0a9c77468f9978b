use proptest::prelude::*;

use super::*;
use crate::methods::common::rank_by_score;
use crate::{ClassId, Draw, Tokens};

#[test]
fn wilson_at_known_values() {
    // 10 of 10: 1 / (1 + z^2 / 10).
    let all = wilson(1.0, 10).unwrap();
    assert!((all.low - 0.722_467).abs() < 1e-6 && all.high == 1.0);
    let half = wilson(0.5, 100).unwrap();
    assert!((half.low - 0.403_832).abs() < 1e-6 && (half.high - 0.596_168).abs() < 1e-6);
    assert!(wilson(0.5, 0).is_err() && wilson(1.5, 3).is_err() && wilson(f64::NAN, 3).is_err());
}

#[test]
fn bootstrap_is_the_same_on_one_two_and_three_threads() {
    let values: Vec<f64> = (0..137).map(|index| f64::from(index * index % 17) / 16.0).collect();
    let on = |threads: usize| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap()
            .install(|| bootstrap_mean(&values, 500, 42).unwrap())
    };
    let one = on(1);
    assert_eq!((&one, &one), (&on(2), &on(3)));
    assert_ne!(on(1), bootstrap_mean(&values, 500, 43).unwrap());
}

#[test]
fn bootstrap_has_the_width_of_the_standard_error() {
    let values: Vec<f64> = (0..1000).map(|index| f64::from(u8::from(index % 10 < 3))).collect();
    let interval = bootstrap_mean(&values, 4000, 1).unwrap();
    let expected = 2.0 * NORMAL_975 * (0.3 * 0.7 / 999.0f64).sqrt();
    assert!((interval.point - 0.3).abs() < 1e-12);
    assert!(((interval.high - interval.low) / expected - 1.0).abs() < 0.06, "{interval:?}");
}

#[test]
fn accuracy_intervals_are_never_certain() {
    let resampler = Resampler::new(30, 1000, 3).unwrap();
    let all = accuracy_interval(&[1.0; 30], &resampler).unwrap();
    assert_eq!((all.point, all.high), (1.0, 1.0));
    assert!((all.low - wilson(1.0, 30).unwrap().low).abs() < 1e-12);
    let none = accuracy_interval(&[0.0; 30], &resampler).unwrap();
    assert!(none.low == 0.0 && none.high > 0.11);
    let same = accuracy_interval(&[0.5; 30], &resampler).unwrap();
    assert!(same.low < 0.34 && same.high > 0.66);
    let mut values = [1.0; 30];
    values[4] = 0.0;
    let one_wrong = accuracy_interval(&values, &resampler).unwrap();
    assert_eq!(one_wrong, wilson(29.0 / 30.0, 30).unwrap());
    // Nearly equal values near the ceiling: they count for at most three times as many questions.
    let near: Vec<f64> = (0..30).map(|index| if index % 2 == 0 { 0.95 } else { 1.0 }).collect();
    let near = accuracy_interval(&near, &resampler).unwrap();
    assert!((near.low - wilson(0.975, 90).unwrap().low).abs() < 1e-12 && near.low < 0.95);
}

#[test]
fn bad_input_is_an_error() {
    assert_eq!(bootstrap_mean(&[], 10, 0), Err(StatisticsError::NoQuestions));
    assert_eq!(bootstrap_mean(&[1.0], 0, 0), Err(StatisticsError::NoResamples));
    assert!(matches!(bootstrap_mean(&[f64::NAN], 9, 0), Err(StatisticsError::NotFinite { index: 0, .. })));
    let resampler = Resampler::new(2, 10, 0).unwrap();
    assert_eq!(resampler.interval(&[1.0]), Err(StatisticsError::WrongLength { expected: 2, found: 1 }));
    assert!(accuracy_interval(&[1.0, 2.0], &resampler).is_err());
    assert!(pass_at_k(3, 4, 1).is_err() && pass_at_k(3, 1, 0).is_err() && pass_at_k(3, 1, 4).is_err());
    for order in [&[0, 0][..], &[0], &[0, 2], &[0, 1, 1]] {
        assert!(matches!(best_of_k_curve(&[1.0, 0.0], order), Err(StatisticsError::NotAPermutation { .. })));
    }
}

#[test]
fn holm_at_known_values() {
    let corrected = holm(&[0.01, 0.04, 0.03, 0.005]);
    for (found, expected) in corrected.iter().zip([0.03, 0.06, 0.06, 0.02]) {
        assert!((found - expected).abs() < 1e-12);
    }
    assert_eq!(holm(&[0.9, 0.8]), vec![1.0, 1.0]);
    assert!(holm(&[]).is_empty());
    let with_gap = holm(&[0.01, f64::NAN]);
    assert!((with_gap[0] - 0.02).abs() < 1e-12 && with_gap[1].is_nan());
}

fn draws() -> impl Strategy<Value = Vec<(bool, Draw)>> {
    let draw =
        (any::<bool>(), 0..4u8, prop_oneof![Just(None), (0..4u8).prop_map(Some)]).prop_map(|(right, kind, score)| {
            let class = if kind == 0 { None } else { Some(ClassId(u32::from(!right))) };
            let score = score.map(|score| f64::from(score) / 3.0);
            (
                right && class.is_some(),
                Draw { class, score, completion_tokens: Tokens(1), cut_off: kind == 1, ..Draw::default() },
            )
        });
    prop::collection::vec(draw, 1..9)
}

proptest! {
    #[test]
    fn curve_is_the_mean_over_all_subsets(pool in draws()) {
        let (correct, draws): (Vec<bool>, Vec<Draw>) = pool.into_iter().unzip();
        let correct: Vec<f64> = correct.into_iter().map(|correct| f64::from(u8::from(correct))).collect();
        let curve = best_of_k_curve(&correct, &rank_by_score(&draws)).unwrap();
        let mut sums = vec![(0.0, 0.0); draws.len()];
        for mask in 1u32..1 << draws.len() {
            let members: Vec<usize> = (0..draws.len()).filter(|&index| mask >> index & 1 == 1).collect();
            let subset: Vec<Draw> = members.iter().map(|&index| draws[index]).collect();
            let best = members[rank_by_score(&subset)[0]];
            let (sum, count) = &mut sums[members.len() - 1];
            *sum += correct[best];
            *count += 1.0;
        }
        for (found, (sum, count)) in curve.iter().zip(sums) {
            prop_assert!((found - sum / count).abs() < 1e-12);
        }
    }

    #[test]
    fn pass_at_k_is_the_share_of_subsets(draws in 1..9usize, right in 0..9usize, subset in 1..9usize) {
        prop_assume!(right <= draws && subset <= draws);
        let masks = (0u32..1 << draws).filter(|mask| mask.count_ones() as usize == subset);
        let (mut hits, mut all) = (0.0, 0.0);
        for mask in masks {
            all += 1.0;
            hits += f64::from(u8::from(mask & ((1 << right) - 1) != 0));
        }
        prop_assert!((pass_at_k(draws, right, subset).unwrap() - hits / all).abs() < 1e-12);
    }

    #[test]
    fn an_interval_contains_its_point(values in prop::collection::vec(0.0..=1.0f64, 1..40), seed in any::<u64>()) {
        let resampler = Resampler::new(values.len(), 200, seed).unwrap();
        for interval in [resampler.interval(&values).unwrap(), accuracy_interval(&values, &resampler).unwrap()] {
            prop_assert!(interval.low <= interval.point && interval.point <= interval.high);
        }
    }
}
