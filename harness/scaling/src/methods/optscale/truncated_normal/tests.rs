use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;

/// Simpson's rule over [from, to].
fn integral(from: f64, to: f64, steps: usize, f: impl Fn(f64) -> f64) -> f64 {
    let width = (to - from) / steps as f64;
    let inner: f64 = (1..steps).map(|i| if i % 2 == 1 { 4.0 } else { 2.0 } * f(from + width * i as f64)).sum();
    (f(from) + inner + f(to)) * width / 3.0
}

fn likelihood(scores: &[f64], fitted: &TruncatedNormal) -> f64 {
    scores.iter().map(|score| fitted.log_density(*score)).sum()
}

fn moments(scores: &[f64]) -> Moments {
    scores.iter().copied().collect()
}

fn fit(scores: &[f64]) -> TruncatedNormal {
    TruncatedNormal::fit(&moments(scores), None).unwrap()
}

proptest! {
    #[test]
    fn the_density_integrates_to_the_distribution(mean in -0.5..1.5f64, deviation in 0.05..1.0f64, at in 0.0..1.0f64) {
        let normal = TruncatedNormal::new(mean, deviation);
        let density = |score: f64| normal.log_density(score).exp();
        prop_assert!((integral(0.0, 1.0, 8000, density) - 1.0).abs() < 1e-8);
        prop_assert!((integral(0.0, at, 8000, density) - normal.below(at)).abs() < 1e-8);
    }

    #[test]
    fn far_tails_stay_finite_and_ordered(mean in -10.0..11.0f64, deviation in 0.001..1.0f64, at in 0.001..0.999f64) {
        let normal = TruncatedNormal::new(mean, deviation);
        prop_assert!(normal.log_below(at) <= 0.0 && !normal.log_below(at).is_nan());
        prop_assert!(normal.log_below(at) <= normal.log_below((at + 0.001).min(1.0)) + 1e-9);
        prop_assert!(normal.log_density(at).is_finite());
        // Mirrored, what is below becomes what is above.
        let mirrored = TruncatedNormal::new(1.0 - mean, deviation);
        prop_assert!((normal.below(at) + mirrored.below(1.0 - at) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn no_point_of_a_grid_is_likelier_than_the_fit(scores in prop::collection::vec(0.0..=1.0f64, 2..20)) {
        let fitted = fit(&scores);
        let found = likelihood(&scores, &fitted);
        for i in 0..60 {
            for j in 0..40 {
                let other = TruncatedNormal::new(-2.0 + f64::from(i) / 12.0, 0.002 * 1.17f64.powi(j));
                prop_assert!(likelihood(&scores, &other) <= found + 1e-4 * scores.len() as f64, "{other:?} {fitted:?}");
            }
        }
    }

    #[test]
    fn any_scores_and_any_prior_give_a_distribution(
        scores in prop::collection::vec(prop_oneof![0.0..=1.0f64, Just(0.0), Just(1.0), Just(f64::NAN), Just(7.0)], 0..20),
        prior in prop::option::of((-5.0..5.0f64, 0.0..2.0f64)),
    ) {
        let prior = prior.map(|(mean, deviation)| ScorePrior { mean, deviation });
        let moments: Moments = scores.iter().copied().collect();
        match TruncatedNormal::fit(&moments, prior) {
            None => prop_assert!(moments.count() == 0 && prior.is_none()),
            Some(fitted) => {
                prop_assert!((LEAST_MEAN..=MOST_MEAN).contains(&fitted.mean()));
                prop_assert!((LEAST_DEVIATION..=MOST_DEVIATION).contains(&fitted.deviation()));
                prop_assert!((0.0..=1.0).contains(&fitted.below(0.9)));
            }
        }
    }

    #[test]
    fn the_posterior_mode_beats_a_grid(
        scores in prop::collection::vec(0.0..=1.0f64, 1..12), mean in 0.2..1.2f64, deviation in 0.05..0.4f64,
    ) {
        let prior = ScorePrior { mean, deviation };
        let fitted = TruncatedNormal::fit(&moments(&scores), Some(prior)).unwrap();
        let log_posterior = |normal: &TruncatedNormal| {
            let distance = |value: f64, centre: f64| 0.5 * ((value - centre) / 0.1).powi(2);
            likelihood(&scores, normal) - distance(normal.mean(), mean) - distance(normal.deviation(), deviation)
        };
        let found = log_posterior(&fitted);
        for i in 0..60 {
            for j in 1..60 {
                let other = TruncatedNormal::new(-0.5 + f64::from(i) / 25.0, f64::from(j) / 100.0);
                prop_assert!(log_posterior(&other) <= found + 1e-4 * scores.len() as f64, "{other:?} {fitted:?}");
            }
        }
    }
}

#[test]
fn standard_moments_are_integrals() {
    for (mean, deviation) in [(0.5, 0.2), (1.2, 0.3), (-0.4, 0.25), (0.9, 1.0)] {
        let normal = TruncatedNormal::new(mean, deviation);
        for (power, found) in (1..).zip(normal.standard_moments()) {
            let z = |score: f64| ((score - mean) / deviation).powi(power);
            let expected = integral(0.0, 1.0, 8000, |score| normal.log_density(score).exp() * z(score));
            assert!((found - expected).abs() < 1e-7 * expected.abs().max(1.0), "{power}: {found} {expected}");
        }
    }
}

#[test]
fn tails_meet_their_series() {
    for x in [20.0, 24.9, 30.0] {
        let square: f64 = 1.0 / (x * x);
        let series = 1.0 - square + 3.0 * square.powi(2) - 15.0 * square.powi(3) + 105.0 * square.powi(4)
            - 945.0 * square.powi(5);
        let expected = -0.5 * x * x - x.ln() - LOG_ROOT_TWO_PI + series.ln();
        assert!((log_tail(x) - expected).abs() < 1e-9, "{x}: {} {expected}", log_tail(x));
    }
    assert!((log_tail(FAR - 1e-9) - log_tail(FAR)).abs() < 1e-6);
    assert!((log_tail(0.0) - 0.5f64.ln()).abs() < 1e-15);
    assert!((log_tail(5.0) - -15.064_998_393_988_724).abs() < 1e-9);
}

#[test]
fn recovers_what_made_the_scores() {
    let truth = TruncatedNormal::new(0.8, 0.2);
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let scores: Vec<f64> = (0..20_000)
        .map(|_| {
            let uniform = (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
            // Bisection of the distribution function.
            let (mut low, mut high) = (0.0, 1.0);
            for _ in 0..50 {
                let middle = 0.5 * (low + high);
                if truth.below(middle) < uniform { low = middle } else { high = middle }
            }
            low
        })
        .collect();
    let fitted = fit(&scores);
    assert!((fitted.mean() - 0.8).abs() < 0.02 && (fitted.deviation() - 0.2).abs() < 0.01, "{fitted:?}");
}

#[test]
fn edges_are_documented_values() {
    assert_eq!(TruncatedNormal::fit(&Moments::default(), None), None);
    let prior = ScorePrior { mean: 0.7, deviation: 0.1 };
    assert_eq!(TruncatedNormal::fit(&Moments::default(), Some(prior)), Some(TruncatedNormal::new(0.7, 0.1)));
    for scores in [&[0.6][..], &[0.6, 0.6, 0.6]] {
        let fitted = fit(scores);
        assert!((fitted.mean() - 0.6).abs() < 1e-12);
        assert_eq!(fitted.deviation(), LEAST_DEVIATION);
    }
    let saturated = fit(&[1.0, 1.0, 1.0]);
    assert!(saturated.below(0.9) == 0.0 && saturated.log_below(0.9) < -1e3);
    let both_ends = fit(&[0.0, 1.0, 0.0, 1.0]);
    assert!((both_ends.below(0.5) - 0.5).abs() < 1e-3);
    // A single score with a prior lies between the two.
    let pulled = TruncatedNormal::fit(&moments(&[0.4]), Some(prior)).unwrap();
    assert!((0.4..0.7).contains(&pulled.mean()), "{pulled:?}");
}
