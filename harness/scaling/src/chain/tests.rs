use proptest::prelude::*;

use super::*;

fn chain(initial: f64, correct_to_wrong: f64, wrong_to_correct: f64) -> Chain {
    Chain::new(initial, correct_to_wrong, wrong_to_correct).unwrap()
}

/// Probabilities with the corners 0 and 1 drawn often.
fn rate() -> impl Strategy<Value = f64> {
    prop_oneof![1 => Just(0.0), 1 => Just(1.0), 1 => Just(0.5), 6 => 0.0..1.0f64, 1 => 0.0..1e-6f64]
}

fn recursion(chain: &Chain, rounds: u32) -> Vec<f64> {
    let mut accuracy = vec![chain.initial()];
    for _ in 0..rounds {
        let now = accuracy[accuracy.len() - 1];
        accuracy.push((1.0 - chain.correct_to_wrong()) * now + chain.wrong_to_correct() * (1.0 - now));
    }
    accuracy
}

#[test]
fn rejects_what_is_no_probability() {
    for bad in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
        assert!(Chain::new(bad, 0.1, 0.1).is_err());
        assert!(Chain::new(0.1, bad, 0.1).is_err());
        assert!(Chain::new(0.1, 0.1, bad).is_err());
        assert!(Chain::from_fixed_point(0.1, 0.1, bad).is_err());
    }
    let error = Chain::new(0.1, 0.1, 1.5).unwrap_err().to_string();
    assert!(error.contains("wrong-to-correct") && error.contains("1.5"), "{error}");
}

#[test]
fn a_slow_chain_keeps_its_digits() {
    // 1 - a - b has lost half its digits here; the closed form must not.
    let slow = chain(0.2, 1e-9, 3e-9);
    let expected = 0.2 + 0.55 * (1.0 - (-4e-9f64 * 1e8).exp());
    assert!((slow.accuracy(100_000_000) - expected).abs() < 1e-9);
}

#[test]
fn frozen_and_alternating_chains() {
    let frozen = chain(0.6, 0.0, 0.0);
    assert_eq!(frozen.fixed_point(), None);
    assert_eq!(frozen.accuracy(1000), 0.6);
    assert_eq!((frozen.rounds_to_within(0.5), frozen.rounds_to_target(0.7)), (None, None));
    assert_eq!(frozen.rounds_to_target(0.6), Some(0));
    let alternating = chain(0.3, 1.0, 1.0);
    assert_eq!((alternating.rounds_to_within(0.1), alternating.rounds_to_within(0.3)), (None, Some(0)));
    assert_eq!((alternating.rounds_to_target(0.7), alternating.rounds_to_target(0.71)), (Some(1), None));
    assert_eq!(alternating.best_rounds(0.0, 64), 1);
}

#[test]
fn limits_that_are_never_reached() {
    let chain = chain(0.5, 0.1, 0.3);
    assert_eq!(chain.rounds_to_target(0.75), None);
    assert_eq!(chain.rounds_to_within(0.0), None);
    assert_eq!(chain.rounds_to_within(-1.0), None);
    assert_eq!(chain.rounds_to_within(f64::NAN), None);
    assert_eq!(chain.rounds_to_target(f64::NAN), None);
    assert_eq!(chain.best_rounds(f64::NAN, 7), 7);
}

#[test]
fn no_memory_needs_one_round() {
    let chain = Chain::from_fixed_point(0.2, 0.8, 0.0).unwrap();
    assert_eq!(chain.rounds_to_within(0.01), Some(1));
    assert!(chain.memory().abs() < 1e-15);
}

proptest! {
    #[test]
    fn closed_form_is_the_recursion(initial in rate(), a in rate(), b in rate()) {
        let chain = chain(initial, a, b);
        let by_recursion = recursion(&chain, 64);
        for (round, expected) in (0u32..).zip(&by_recursion) {
            prop_assert!((chain.accuracy(round) - expected).abs() < 1e-12);
        }
        for round in 0..64u32 {
            let expected = by_recursion[round as usize + 1] - by_recursion[round as usize];
            prop_assert!((chain.gain(round) - expected).abs() < 1e-12);
        }
    }

    #[test]
    fn bounds_hold_and_are_reached(initial in rate(), a in rate(), b in rate()) {
        let chain = chain(initial, a, b);
        let bounds = chain.bounds();
        let by_recursion = recursion(&chain, 2000);
        for accuracy in &by_recursion {
            prop_assert!(bounds.lowest - 1e-9 <= *accuracy && *accuracy <= bounds.highest + 1e-9);
        }
        if a + b > 0.02 && a + b < 1.98 {
            let highest = by_recursion.iter().copied().fold(0.0, f64::max);
            let lowest = by_recursion.iter().copied().fold(1.0, f64::min);
            prop_assert!((highest - bounds.highest).abs() < 1e-9 && (lowest - bounds.lowest).abs() < 1e-9);
        }
    }

    #[test]
    fn rounds_agree_with_looking(initial in rate(), a in rate(), b in rate(), epsilon in 1e-4..0.5f64, target in 0.0..1.0f64,
                                 price in 1e-5..0.1f64) {
        let chain = chain(initial, a, b);
        let by_recursion = recursion(&chain, 3000);
        if let Some(fixed_point) = chain.fixed_point() {
            let looked = by_recursion.iter().position(|p| (p - fixed_point).abs() <= epsilon);
            if let (Some(looked), Some(found)) = (looked, chain.rounds_to_within(epsilon)) {
                // Where rounding decides, both answers are within rounding of epsilon.
                let distance = (by_recursion[looked] - fixed_point).abs();
                prop_assert!(looked as u32 == found || (distance - epsilon).abs() < 1e-9);
            } else if looked.is_some() {
                prop_assert!(false, "{chain:?} comes within {epsilon}");
            }
        }
        let looked = by_recursion.iter().position(|p| *p >= target).map(|round| round as u32);
        let found = chain.rounds_to_target(target);
        let near = by_recursion.iter().any(|p| (p - target).abs() < 1e-12);
        prop_assert!(looked == found || near || found.is_some_and(|round| round > 3000));
        let value = |round: u32| chain.accuracy(round) - price * f64::from(round);
        let best = (0..=64).map(value).fold(f64::MIN, f64::max);
        prop_assert!(value(chain.best_rounds(price, 64)) >= best - 1e-12);
    }

    #[test]
    fn from_fixed_point_inverts(initial in rate(), fixed_point in rate(), memory in 0.0..0.99f64) {
        let chain = Chain::from_fixed_point(initial, fixed_point, memory).unwrap();
        prop_assert!((chain.fixed_point().unwrap() - fixed_point).abs() < 1e-12);
        prop_assert!((chain.memory() - memory).abs() < 1e-12);
    }
}
