//! Paired tests, the frontier, and costs of reaching an accuracy.

use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;

fn unit(random: &mut ChaCha8Rng) -> f64 {
    (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64
}

#[test]
fn mcnemar_at_known_values() {
    let outcomes = |only_left: usize, only_right: usize, same: usize| {
        let side = |first: usize, flag: bool| (0..only_left + only_right + same).map(move |i| (i < first) == flag);
        let left: Vec<bool> = side(only_left, true).collect();
        let right: Vec<bool> = (0..left.len()).map(|i| i >= only_left && i < only_left + only_right).collect();
        mcnemar(&left, &right).unwrap()
    };
    // 2 (C(9,0) + C(9,1)) / 2^9 = 20 / 512.
    let found = outcomes(1, 8, 5);
    assert_eq!((found.only_left, found.only_right), (1, 8));
    assert!((found.p_value - 20.0 / 512.0).abs() < 1e-14);
    assert!((outcomes(10, 0, 3).p_value - 2.0 / 1024.0).abs() < 1e-15);
    assert_eq!((outcomes(4, 4, 0).p_value, outcomes(0, 0, 7).p_value), (1.0, 1.0));
    // Where 2^-n is no longer a number above 0: about the normal tail at (1500 - 1300) / sqrt(2800).
    let many = outcomes(1300, 1500, 0).p_value;
    assert!((1.0e-4..2.2e-4).contains(&many), "{many}");
    assert!(mcnemar(&[true], &[]).is_err());
}

#[test]
fn right_and_wrong_are_compared_exactly_and_means_by_flips() {
    // Of 40 questions only the left has 16 right and only the right 4: too many patterns of signs to visit them all.
    let left: Vec<f64> = (0..40).map(|q| f64::from(u8::from(q < 26))).collect();
    let right: Vec<f64> = (0..40).map(|q| f64::from(u8::from((16..30).contains(&q)))).collect();
    let resampler = Resampler::new(40, 200, 1).unwrap();
    let bits = |values: &[f64]| values.iter().map(|&value| value == 1.0).collect::<Vec<bool>>();
    let exact = mcnemar(&bits(&left), &bits(&right)).unwrap();
    assert_eq!((exact.only_left, exact.only_right), (16, 4));
    let found = paired(&left, &right, &resampler, 999, 3).unwrap();
    assert_eq!((found.p_value, found.differing), (exact.p_value, 20));
    let mut mean = left;
    mean[39] = 0.5;
    let differences: Vec<f64> = mean.iter().zip(&right).map(|(left, right)| left - right).collect();
    let found = paired(&mean, &right, &resampler, 999, 3).unwrap();
    assert_eq!(found.p_value, sign_flip(&differences, 999, 3).unwrap());
}

#[test]
fn sign_flips_are_the_same_on_one_thread_and_on_two() {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let differences: Vec<f64> = (0..200).map(|_| unit(&mut random) - 0.45).collect();
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| sign_flip(&differences, 999, 4).unwrap())
    };
    assert_eq!(on(1), on(2));
    assert!(on(1) < 0.1);
    assert_eq!(sign_flip(&[0.0; 9], 99, 0), Ok(1.0));
    assert_eq!(sign_flip(&[], 99, 0), Err(StatisticsError::NoQuestions));
    assert_eq!(sign_flip(&[0.1], 0, 0), Err(StatisticsError::NoResamples));
    assert!(matches!(sign_flip(&[f64::NAN], 9, 0), Err(StatisticsError::NotFinite { index: 0, .. })));
}

/// Under the null the p-values are uniform (Kolmogorov-Smirnov at 0.1 %), and a real difference is found.
#[test]
fn sign_flip_p_values_are_uniform_under_the_null_and_small_under_a_difference() {
    for questions in [30, 200] {
        let trials = 300;
        let p_values = |lift: f64| {
            let mut values: Vec<f64> = (0..trials)
                .map(|trial| {
                    let mut random = ChaCha8Rng::seed_from_u64(7);
                    random.set_stream(trial);
                    // A skewed pair of values per question, exchanged at random.
                    let pair = |random: &mut ChaCha8Rng| unit(random).powi(3) - unit(random).powi(3) + lift;
                    let differences: Vec<f64> = (0..questions).map(|_| pair(&mut random)).collect();
                    sign_flip(&differences, 199, trial).unwrap()
                })
                .collect();
            values.sort_unstable_by(f64::total_cmp);
            values
        };
        let null = p_values(0.0);
        let gap = null.iter().zip(1..).map(|(p, rank)| (p - f64::from(rank) / trials as f64).abs()).fold(0.0, f64::max);
        assert!(gap < 1.95 / (trials as f64).sqrt() + 1.0 / 200.0, "{questions}: {gap}");
        let lifted = p_values(1.5 / f64::from(questions).sqrt());
        assert!(lifted[trials as usize * 8 / 10] < 0.05, "{questions}");
    }
}

#[test]
fn equal_methods_differ_by_nothing_for_certain_only_at_many_questions() {
    let values = [1.0; 30];
    let resampler = Resampler::new(30, 500, 3).unwrap();
    let found = paired(&values, &values, &resampler, 999, 1).unwrap();
    assert_eq!((found.difference.point, found.p_value, found.differing), (0.0, 1.0, 0));
    assert!(found.difference.low < -0.1 && found.difference.high > 0.1, "{found:?}");
    assert!(paired(&values, &[1.0; 29], &resampler, 999, 1).is_err());
    assert!(paired(&[1.5; 30], &values, &resampler, 999, 1).is_err());
    assert!(paired(&[], &[], &resampler, 999, 1).is_err());
}

#[test]
fn the_frontier_keeps_ties_and_drops_what_is_beaten() {
    let points = [(1.0, 0.5), (2.0, 0.7), (2.0, 0.6), (3.0, 0.7), (4.0, 0.9), (4.0, 0.9), (0.5, 0.1)];
    assert_eq!(pareto_frontier(&points).unwrap(), [true, true, false, false, true, true, true]);
    // Equal up to the rounding of an average.
    assert_eq!(pareto_frontier(&[(0.1 + 0.2, 0.7), (0.3, 0.7)]).unwrap(), [true, true]);
    assert!(pareto_frontier(&[]).unwrap().is_empty());
    assert!(matches!(
        pareto_frontier(&[(1.0, 0.0), (f64::NAN, 0.1)]),
        Err(StatisticsError::NotFinite { index: 1, .. })
    ));
}

#[test]
fn membership_says_how_sure_a_place_is() {
    let mut random = ChaCha8Rng::seed_from_u64(2);
    let mut outcomes =
        |accuracy: f64| -> Vec<f64> { (0..300).map(|_| f64::from(u8::from(unit(&mut random) < accuracy))).collect() };
    let (cheap, dear, twin, bad) = (outcomes(0.6), outcomes(0.9), outcomes(0.9), outcomes(0.3));
    let (one, ten) = (vec![1.0; 300], vec![10.0; 300]);
    let resampler = Resampler::new(300, 400, 8).unwrap();
    let candidate = |costs, accuracies| Candidate { costs, accuracies };
    let candidates =
        [candidate(&one[..], &cheap[..]), candidate(&ten, &dear), candidate(&ten, &twin), candidate(&ten, &bad)];
    let found = frontier_membership(&candidates, &resampler).unwrap();
    assert!(found[0].member && found[0].frequency == 1.0);
    assert!(!found[3].member && found[3].frequency == 0.0);
    // Two that are equally good share the place.
    assert!(found[1].frequency > 0.02 && found[2].frequency > 0.02, "{found:?}");
    assert!(found[1].frequency + found[2].frequency >= 1.0);
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| frontier_membership(&candidates, &resampler).unwrap())
    };
    assert_eq!(on(1), on(2));
    let short = [candidate(&one[..3], &cheap[..])];
    assert!(matches!(frontier_membership(&short, &resampler), Err(StatisticsError::WrongLength { .. })));
}

#[test]
fn costs_are_read_off_the_envelope() {
    let curve = [(40.0, 0.9), (10.0, 0.6), (20.0, 0.55), (30.0, 0.8), (30.0, 0.7)];
    assert_eq!(cost_to_reach(&curve, 0.5), Reach::AtMost(10.0));
    assert_eq!(cost_to_reach(&curve, 0.6), Reach::AtMost(10.0));
    // Between (10, 0.6) and (30, 0.8): the dip at 20 and the worse point at 30 are never chosen.
    let Reach::At(cost) = cost_to_reach(&curve, 0.7) else { panic!("reached") };
    assert!((cost - 20.0).abs() < 1e-9);
    assert_eq!(cost_to_reach(&curve, 0.9), Reach::At(40.0));
    assert_eq!(cost_to_reach(&curve, 0.91), Reach::Never);
    assert_eq!(cost_to_reach(&[], 0.1), Reach::Never);
}

fn curve<'a>(costs: &'a [Vec<f64>], accuracies: &'a [Vec<f64>]) -> Vec<Candidate<'a>> {
    costs.iter().zip(accuracies).map(|(costs, accuracies)| Candidate { costs, accuracies }).collect()
}

#[test]
fn a_method_at_half_the_cost_has_a_ratio_of_a_half() {
    let mut random = ChaCha8Rng::seed_from_u64(5);
    let accuracies: Vec<Vec<f64>> = [0.5, 0.7, 0.8]
        .map(|accuracy| (0..200).map(|_| f64::from(u8::from(unit(&mut random) < accuracy))).collect())
        .to_vec();
    let tokens: Vec<Vec<f64>> =
        [100.0, 400.0, 1600.0].map(|mean| (0..200).map(|_| mean * (0.5 + unit(&mut random))).collect()).to_vec();
    let halves: Vec<Vec<f64>> = tokens.iter().map(|row| row.iter().map(|tokens| tokens / 2.0).collect()).collect();
    let resampler = Resampler::new(200, 400, 6).unwrap();
    let (cheap, reference) = (curve(&halves, &accuracies), curve(&tokens, &accuracies));
    for target in [Target::BestOfReference, Target::Accuracy(0.65)] {
        let found = reach_ratio(&cheap, &reference, target, &resampler).unwrap();
        let ratio = found.ratio.unwrap();
        assert!((ratio.point - 0.5).abs() < 1e-12 && (ratio.low - 0.5).abs() < 1e-9 && (ratio.high - 0.5).abs() < 1e-9);
        assert_eq!((found.method_never, found.reference_never), (0.0, 0.0));
    }
    // A method without its largest budget does not always reach what the reference does: the upper end is infinite.
    let found = reach_ratio(&cheap[..2], &reference, Target::BestOfReference, &resampler).unwrap();
    assert_eq!((found.method, found.ratio.unwrap().point), (Reach::Never, f64::INFINITY));
    assert!(found.method_never > 0.9 && found.ratio.unwrap().high == f64::INFINITY);
    let back = reach_ratio(&reference, &cheap[..2], Target::Accuracy(0.78), &resampler).unwrap();
    assert_eq!((back.reference, back.ratio.unwrap().point, back.ratio.unwrap().low), (Reach::Never, 0.0, 0.0));
    // Neither: no point, and every resample is counted somewhere.
    let neither = reach_ratio(&cheap, &reference, Target::Accuracy(1.0), &resampler).unwrap();
    assert_eq!((neither.ratio, neither.both_never), (None, 1.0));
    assert!(reach_ratio(&cheap, &[], Target::BestOfReference, &resampler).is_err());
    assert!(reach_ratio(&cheap, &reference, Target::Accuracy(1.1), &resampler).is_err());
    let free = [Candidate { costs: &[0.0; 200], accuracies: &accuracies[0] }];
    assert!(matches!(
        reach_ratio(&free, &reference, Target::BestOfReference, &resampler),
        Err(StatisticsError::OutOfRange { .. })
    ));
}

proptest! {
    #[test]
    fn sign_flip_is_mcnemar_on_outcomes(outcomes in prop::collection::vec((any::<bool>(), any::<bool>()), 1..14)) {
        let (left, right): (Vec<bool>, Vec<bool>) = outcomes.into_iter().unzip();
        let difference = |(left, right): (&bool, &bool)| f64::from(i8::from(*left) - i8::from(*right));
        let differences: Vec<f64> = left.iter().zip(&right).map(difference).collect();
        let exact = mcnemar(&left, &right).unwrap().p_value;
        prop_assert!((sign_flip(&differences, 1 << 14, 0).unwrap() - exact).abs() < 1e-12);
    }

    #[test]
    fn swapping_the_sides_mirrors_a_difference(
        pairs in prop::collection::vec((0.0..=1.0f64, 0.0..=1.0f64), 2..40), seed in any::<u64>()
    ) {
        let (left, right): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
        let resampler = Resampler::new(left.len(), 100, seed).unwrap();
        let (there, back) =
            (paired(&left, &right, &resampler, 99, seed).unwrap(), paired(&right, &left, &resampler, 99, seed).unwrap());
        prop_assert!((there.difference.point + back.difference.point).abs() < 1e-12);
        prop_assert!((there.difference.low + back.difference.high).abs() < 1e-9);
        prop_assert_eq!(there.p_value, back.p_value);
        let Interval { point, low, high } = there.difference;
        prop_assert!(-1.0 <= low && low <= point && point <= high && high <= 1.0);
    }

    #[test]
    fn nothing_beats_the_frontier(points in prop::collection::vec((0..6u8, 0..6u8), 1..20)) {
        let points: Vec<(f64, f64)> = points.into_iter().map(|(c, a)| (f64::from(c), f64::from(a))).collect();
        let members = pareto_frontier(&points).unwrap();
        for (point, member) in points.iter().zip(members) {
            let beaten = points.iter().any(|p| p.0 <= point.0 && p.1 >= point.1 && p != point);
            prop_assert_eq!(member, !beaten);
        }
    }

    #[test]
    fn reaching_more_never_costs_less(
        curve in prop::collection::vec((1.0..100.0f64, 0.0..=1.0f64), 1..8), low in 0.0..=1.0f64, more in 0.0..=1.0f64
    ) {
        let high = low + (1.0 - low) * more;
        let cost = |accuracy| match cost_to_reach(&curve, accuracy) {
            Reach::AtMost(cost) | Reach::At(cost) => cost,
            Reach::Never => f64::INFINITY,
        };
        prop_assert!(cost(low) <= cost(high) + 1e-9);
        let best = curve.iter().fold(0.0, |best: f64, point| best.max(point.1));
        prop_assert_eq!(cost(high).is_finite(), high <= best);
    }
}
