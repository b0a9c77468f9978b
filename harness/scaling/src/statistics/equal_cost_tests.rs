//! Two curves at equal cost: known areas, relations that must hold, and coverage.

use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;

fn unit(random: &mut ChaCha8Rng) -> f64 {
    (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64
}

/// Per budget: costs and accuracies per question.
type Points = Vec<(Vec<f64>, Vec<f64>)>;

fn candidates(points: &Points) -> Vec<Candidate<'_>> {
    points.iter().map(|(costs, accuracies)| Candidate { costs, accuracies }).collect()
}

fn compare(method: &Points, baseline: &Points, resampler: &Resampler) -> EqualCost {
    let (method, baseline) = (candidates(method), candidates(baseline));
    let (method, baseline) =
        (CostCurve::new(&method, resampler).unwrap(), CostCurve::new(&baseline, resampler).unwrap());
    equal_cost(&method, &baseline, resampler, 199, 4).unwrap()
}

/// The same cost for every question, and right on the first of twenty.
fn flat(points: &[(f64, u32)]) -> Points {
    let row = |right: u32| (0..20).map(|question| f64::from(u8::from(question < right))).collect();
    points.iter().map(|&(cost, right)| (vec![cost; 20], row(right))).collect()
}

#[test]
fn known_areas() {
    let resampler = Resampler::new(20, 200, 1).unwrap();
    // 0.5 everywhere against a line from 0.4 at cost 1 to 0.8 at cost 5: in cost it is 0.3 + 0.1 c, so that the mean over
    // ln cost from 2 to 5 (the common range) is 0.3 + 0.1 (5 - 2) / ln(5 / 2).
    let (constant, line) = (flat(&[(2.0, 10), (8.0, 10)]), flat(&[(5.0, 16), (1.0, 8)]));
    let found = compare(&constant, &line, &resampler);
    assert_eq!((found.method, found.baseline), (CostRange { low: 2.0, high: 8.0 }, CostRange { low: 1.0, high: 5.0 }));
    let common = found.common.unwrap();
    assert_eq!(common.range, CostRange { low: 2.0, high: 5.0 });
    let expected = 0.5 - (0.3 + 0.3 / 2.5f64.ln());
    assert!((common.mean.difference.point - expected).abs() < 1e-12, "{common:?}");
    assert!((common.dearest.difference.point + 0.3).abs() < 1e-12, "{common:?}");
    assert_eq!(common.apart, 0.0);

    // A dip stays a dip: no envelope. Halves of it: 0.5 down to 0.3 and up again, over costs from 1 to 2 and 2 to 3.
    let dip = flat(&[(1.0, 10), (2.0, 6), (3.0, 10)]);
    let common = compare(&dip, &constant, &resampler).common.unwrap();
    // From 2 to 3: 0.3 + 0.2 (c - 2) = -0.1 + 0.2 c.
    let expected = -0.1 + 0.2 / 1.5f64.ln() - 0.5;
    assert!((common.mean.difference.point - expected).abs() < 1e-12, "{common:?}");
}

#[test]
fn a_single_cost_is_compared_there_and_disjoint_costs_not_at_all() {
    let resampler = Resampler::new(20, 200, 1).unwrap();
    // Budgets that cost the same make one point, with their mean accuracy.
    let single = flat(&[(3.0, 10), (3.0, 12)]);
    let line = flat(&[(1.0, 8), (5.0, 16)]);
    let common = compare(&single, &line, &resampler).common.unwrap();
    assert_eq!(common.range, CostRange { low: 3.0, high: 3.0 });
    assert!((common.mean.difference.point - (0.55 - 0.6)).abs() < 1e-12);
    assert_eq!(common.mean.difference.point, common.dearest.difference.point);
    // Touching ends, up to rounding.
    let touching = compare(&flat(&[(5.0 * (1.0 + 1e-12), 20), (9.0, 20)]), &line, &resampler).common.unwrap();
    assert!((touching.mean.difference.point - 0.2).abs() < 1e-9, "{touching:?}");
    let apart = compare(&flat(&[(6.0, 20), (9.0, 20)]), &line, &resampler);
    assert_eq!((apart.common, apart.method.low, apart.baseline.high), (None, 6.0, 5.0));
}

#[test]
fn resamples_without_a_common_cost_are_counted_and_widen() {
    // The ranges share costs 2.95 to 3.05 only because of one dear question: about a third of the resamples lack it.
    let mut method = flat(&[(1.0, 4), (2.95, 4)]);
    method[1].0[19] += 2.0;
    let baseline = flat(&[(3.0, 16), (9.0, 16)]);
    let resampler = Resampler::new(20, 400, 2).unwrap();
    let common = compare(&method, &baseline, &resampler).common.unwrap();
    assert!(common.apart > 0.2 && common.apart < 0.5, "{}", common.apart);
    let Interval { point, low, high } = common.mean.difference;
    assert!((point + 0.6).abs() < 1e-9 && low == -1.0 && high == 1.0, "{common:?}");
}

#[test]
fn identical_methods_tie_at_exactly_zero() {
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let points = simulated(&mut random, 30, &[(100.0, 0.5), (400.0, 0.7), (900.0, 0.75)]);
    let resampler = Resampler::new(30, 200, 5).unwrap();
    let common = compare(&points, &points, &resampler).common.unwrap();
    for contrast in [&common.mean, &common.dearest] {
        let Interval { point, low, high } = contrast.difference;
        assert_eq!((point, Verdict::of(low, high)), (0.0, Verdict::Tie));
        // Not a claim of certainty: thirty questions may lack what tells the two apart.
        assert!(low < 0.0 && high > 0.0);
    }
    assert_eq!((common.p_value, common.apart), (1.0, 0.0));
    let mean = mean_contrast(&[&common, &common], 99, 1).unwrap();
    assert_eq!((mean.mean.point, mean.p_value), (0.0, 1.0));
}

/// Replicates of 8 draws: costs within a factor of three of their mean, dearer on hard questions.
fn simulated(random: &mut ChaCha8Rng, questions: usize, points: &[(f64, f64)]) -> Points {
    let hard: Vec<f64> = (0..questions).map(|_| unit(random)).collect();
    simulated_on(random, &hard, points)
}

fn simulated_on(random: &mut ChaCha8Rng, hard: &[f64], points: &[(f64, f64)]) -> Points {
    let accuracy = |random: &mut ChaCha8Rng, chance: f64| (0..8).filter(|_| unit(random) < chance).count() as f64 / 8.0;
    let row = |&(cost, mean): &(f64, f64)| {
        let costs = hard.iter().map(|hard| cost * (0.5 + hard) * (0.75 + 0.5 * unit(random))).collect();
        let accuracies = hard.iter().map(|hard| accuracy(random, mean + 0.4 * (0.5 - hard))).collect();
        (costs, accuracies)
    };
    points.iter().map(row).collect()
}

/// Costs and accuracies whose expected curves are known. 95 % give or take three standard errors of the simulation.
#[test]
fn intervals_cover_and_the_mean_over_sets_too() {
    let (trials, sizes) = (240, [40, 90]);
    let method = [(120.0, 0.55), (350.0, 0.72), (800.0, 0.75)];
    let baseline = [(100.0, 0.5), (400.0, 0.68), (1000.0, 0.78)];
    // The true curves, as of a question that is the average of all.
    let at = |points: &[(f64, f64)]| -> Points { points.iter().map(|&(c, a)| (vec![c; 8], vec![a; 8])).collect() };
    let truth = compare(&at(&method), &at(&baseline), &Resampler::new(8, 1, 0).unwrap()).common.unwrap();
    let truth = [truth.mean.difference.point, truth.dearest.difference.point];
    assert!(truth[0] > 0.01, "{truth:?}");
    let resamplers = sizes.map(|questions| Resampler::new(questions, 600, questions as u64).unwrap());
    let mut covered = [0; 6];
    for trial in 0..trials {
        let mut random = ChaCha8Rng::seed_from_u64(11);
        random.set_stream(trial);
        let sets: Vec<CommonCost> = resamplers
            .iter()
            .map(|resampler| {
                let hard: Vec<f64> = (0..resampler.questions()).map(|_| unit(&mut random)).collect();
                let method = simulated_on(&mut random, &hard, &method);
                compare(&method, &simulated_on(&mut random, &hard, &baseline), resampler).common.unwrap()
            })
            .collect();
        let whole = mean_contrast(&sets.iter().collect::<Vec<_>>(), 19, 0).unwrap();
        let intervals = sets.iter().flat_map(|set| [set.mean.difference, set.dearest.difference]);
        for (place, Interval { low, high, .. }) in intervals.chain([whole.mean, whole.dearest]).enumerate() {
            covered[place] += usize::from(low <= truth[place % 2] && truth[place % 2] <= high);
        }
    }
    let slack = 3.0 * (0.05 * 0.95 / trials as f64).sqrt();
    for covered in covered {
        let coverage = covered as f64 / trials as f64;
        assert!((coverage - 0.95).abs() < slack, "{coverage}");
    }
}

/// A mean over sets is as precise as independent sets make it, and each set counts alike.
#[test]
fn a_mean_over_sets_is_narrower_than_each() {
    let mut random = ChaCha8Rng::seed_from_u64(8);
    let (low, high) = ([(100.0, 0.4), (500.0, 0.5)], [(100.0, 0.5), (500.0, 0.6)]);
    let sets: Vec<CommonCost> = [60, 60, 60, 60]
        .iter()
        .zip(0..)
        .map(|(&questions, seed)| {
            let hard: Vec<f64> = (0..questions).map(|_| unit(&mut random)).collect();
            let (method, baseline) = (simulated_on(&mut random, &hard, &high), simulated_on(&mut random, &hard, &low));
            compare(&method, &baseline, &Resampler::new(questions, 500, seed).unwrap()).common.unwrap()
        })
        .collect();
    let whole = mean_contrast(&sets.iter().collect::<Vec<_>>(), 999, 0).unwrap();
    let width = |interval: Interval| interval.high - interval.low;
    let each = sets.iter().map(|set| width(set.mean.difference)).sum::<f64>() / 4.0;
    assert!((width(whole.mean) / each - 0.5).abs() < 0.08, "{} {each}", width(whole.mean));
    let point = sets.iter().map(|set| set.mean.difference.point).sum::<f64>() / 4.0;
    assert!((whole.mean.point - point).abs() < 1e-12 && whole.p_value < 0.01);
    assert_eq!(Verdict::of(whole.mean.low, whole.mean.high), Verdict::Win);
    assert_eq!(mean_contrast(&[], 9, 0), Err(StatisticsError::NoQuestions));
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let resampler = Resampler::new(20, 50, 1).unwrap();
    let free = flat(&[(0.0, 3)]);
    assert!(matches!(
        CostCurve::new(&candidates(&free), &resampler),
        Err(StatisticsError::OutOfRange { what: "a mean cost", .. })
    ));
    let mut broken = flat(&[(1.0, 3)]);
    broken[0].1[0] = 1.5;
    assert!(matches!(CostCurve::new(&candidates(&broken), &resampler), Err(StatisticsError::OutOfRange { .. })));
    assert!(CostCurve::new(&[], &resampler).is_err());
    let points = flat(&[(1.0, 3)]);
    let own = candidates(&points);
    let (one, other) = (CostCurve::new(&own, &resampler).unwrap(), Resampler::new(20, 51, 1).unwrap());
    assert!(matches!(equal_cost(&one, &one, &other, 9, 0), Err(StatisticsError::WrongLength { .. })));
}

fn points(questions: usize) -> impl Strategy<Value = Points> {
    let row = (1.0..1000.0f64).prop_flat_map(move |cost| {
        let costs = prop::collection::vec((0.5..1.5f64).prop_map(move |factor| cost * factor), questions);
        (costs, prop::collection::vec(0.0..=1.0f64, questions))
    });
    prop::collection::vec(row, 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn swapping_the_sides_mirrors_everything(method in points(12), baseline in points(12), seed in any::<u64>()) {
        let resampler = Resampler::new(12, 60, seed).unwrap();
        let (there, back) = (compare(&method, &baseline, &resampler), compare(&baseline, &method, &resampler));
        prop_assert_eq!((there.method, there.baseline), (back.baseline, back.method));
        prop_assert_eq!(there.common.is_some(), back.common.is_some());
        if let (Some(there), Some(back)) = (there.common, back.common) {
            prop_assert_eq!((there.range, there.p_value, there.apart), (back.range, back.p_value, back.apart));
            for (there, back) in [(&there.mean, &back.mean), (&there.dearest, &back.dearest)] {
                prop_assert_eq!(there.difference.point, -back.difference.point);
                prop_assert!((there.difference.low + back.difference.high).abs() < 1e-9);
                let Interval { point, low, high } = there.difference;
                prop_assert!(-1.0 <= low && low <= point && point <= high && high <= 1.0);
            }
        }
    }

    #[test]
    fn the_unit_of_cost_does_not_matter(method in points(12), baseline in points(12), unit in 1e-6..1e6f64) {
        let resampler = Resampler::new(12, 60, 7).unwrap();
        let scaled = |points: &Points| -> Points {
            points.iter().map(|(c, a)| (c.iter().map(|cost| cost * unit).collect(), a.clone())).collect()
        };
        let one = compare(&method, &baseline, &resampler);
        let other = compare(&scaled(&method), &scaled(&baseline), &resampler);
        prop_assert_eq!(one.common.is_some(), other.common.is_some());
        if let (Some(one), Some(other)) = (one.common, other.common) {
            for (one, other) in [(&one.mean, &other.mean), (&one.dearest, &other.dearest)] {
                let (one, other) = (one.difference, other.difference);
                let gaps = [one.point - other.point, one.low - other.low, one.high - other.high];
                prop_assert!(gaps.iter().all(|gap| gap.abs() < 1e-6), "{:?} {:?}", one, other);
            }
            prop_assert!((one.range.high * unit / other.range.high - 1.0).abs() < 1e-9);
        }
    }

    /// Straight lines in cost: splitting a segment at one of its own points changes nothing.
    #[test]
    fn a_point_on_the_line_changes_nothing(share in 0.01..0.99f64, first in 0.0..=1.0f64, last in 0.0..=1.0f64) {
        let row = |cost: f64, accuracy: f64| (vec![cost; 3], vec![accuracy; 3]);
        let (low, high) = (10.0, 700.0);
        let ends = vec![row(low, first), row(high, last)];
        let between = row(low + share * (high - low), first + share * (last - first));
        let three = vec![ends[1].clone(), between, ends[0].clone()];
        let baseline = vec![row(20.0, 0.3), row(500.0, 0.6)];
        let resampler = Resampler::new(3, 10, 1).unwrap();
        let found = [&ends, &three].map(|points| compare(points, &baseline, &resampler).common.unwrap());
        prop_assert!((found[0].mean.difference.point - found[1].mean.difference.point).abs() < 1e-9);
        prop_assert!((found[0].dearest.difference.point - found[1].dearest.difference.point).abs() < 1e-9);
    }
}
