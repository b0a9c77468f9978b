use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::rates::QuestionCounts;
use crate::rates::sample::{beta, chains, independent, random, sample};

fn options(resamples: u32, seed: u64) -> AssumptionOptions {
    AssumptionOptions { resamples, seed }
}

/// Every sequence with the first state and the transition counts of this one, by trying them all.
fn rearrangements(chain: &[bool]) -> Vec<Vec<bool>> {
    let key = |chain: &[bool]| {
        let counts = QuestionCounts::of(&LabelledChains::new(vec![chain.to_vec()]));
        (chain[0], counts.transitions)
    };
    let all = (0u32..1 << chain.len()).map(|bits| (0..chain.len()).map(|i| bits >> i & 1 == 1).collect::<Vec<bool>>());
    all.filter(|other| key(other) == key(chain)).collect()
}

fn bits(text: &str) -> Vec<bool> {
    text.chars().map(|c| c == '1').collect()
}

#[test]
fn every_rearrangement_is_equally_likely() {
    for text in ["1101100010", "0011011101", "111011100111", "0101100", "1100110011"] {
        let chain = bits(text);
        let all = rearrangements(&chain);
        let prepared = OrderChain::new(&chain).unwrap();
        let mut counts: BTreeMap<Vec<bool>, f64> = all.iter().map(|sequence| (sequence.clone(), 0.0)).collect();
        let draws = 200 * all.len();
        let mut random = random(3, 1);
        for _ in 0..draws {
            *counts.get_mut(&prepared.sequence(&mut random)).expect("a sequence with the same counts") += 1.0;
        }
        // Chi-squared against uniform, 5 standard deviations.
        let chi: f64 = counts.values().map(|count| (count - 200.0f64).powi(2) / 200.0).sum();
        let freedom = all.len() as f64 - 1.0;
        assert!((chi - freedom).abs() < 5.0 * (2.0 * freedom).sqrt() + 1e-9, "{text}: {chi} on {freedom}");
    }
}

#[test]
fn chains_that_cannot_be_rearranged_are_left_out() {
    for text in ["1", "", "1111", "0000", "1110000", "10101010", "01"] {
        assert!(OrderChain::new(&bits(text)).is_none(), "{text}");
    }
    assert!(OrderChain::new(&bits("11011")).is_some());
}

#[test]
fn exact_p_values_of_tiny_chains() {
    let chain = bits("1110110001");
    let triples = |chain: &[bool]| chain.windows(3).filter(|w| w.iter().all(|right| *right)).count();
    let all = rearrangements(&chain);
    let share = |keep: &dyn Fn(usize) -> bool| {
        all.iter().filter(|other| keep(triples(other))).count() as f64 / all.len() as f64
    };
    let observed = triples(&chain);
    let expected = (2.0 * share(&|t| t <= observed).min(share(&|t| t >= observed))).min(1.0);
    let tests = test_assumptions(&[LabelledChains::new(vec![chain.clone()])], options(20_000, 5)).unwrap();
    let order = tests.tests[0];
    assert_eq!(order.statistic, observed as f64);
    assert!((order.p_value.unwrap() - expected).abs() < 0.02, "{order:?} {expected}");
    let mean = all.iter().map(|other| triples(other) as f64).sum::<f64>() / all.len() as f64;
    assert!((order.expected - mean).abs() < 0.03);
    // Memory: all orders of the outcomes from round 1 on.
    let outcomes = &chain[1..];
    let right = outcomes.iter().filter(|r| **r).count();
    let orders: Vec<i64> = (0u32..1 << outcomes.len())
        .filter(|bits| bits.count_ones() as usize == right)
        .map(|bits| redraw::runs(&(0..outcomes.len()).map(|i| bits >> i & 1 == 1).collect::<Vec<bool>>()))
        .collect();
    let found = redraw::runs(outcomes);
    let share =
        |keep: &dyn Fn(i64) -> bool| orders.iter().filter(|runs| keep(**runs)).count() as f64 / orders.len() as f64;
    let expected = (2.0 * share(&|r| r <= found).min(share(&|r| r >= found))).min(1.0);
    assert!((tests.tests[3].p_value.unwrap() - expected).abs() < 0.02);
    assert_eq!(tests.tests[3].statistic, found as f64);
}

proptest! {
    /// Why the stationarity tests compare exits with visits: bare counts of the two states are one number.
    #[test]
    fn exits_of_the_two_states_alternate(chain in prop::collection::vec(any::<bool>(), 2..40), half in 1usize..39) {
        let early = &chain[..chain.len().min(half + 1)];
        let exits = |from: bool| early.windows(2).filter(|w| w[0] == from && w[1] != from).count() as i64;
        prop_assert!((exits(true) - exits(false)).abs() <= 1);
    }

    #[test]
    fn resampling_keeps_the_counts(chain in prop::collection::vec(any::<bool>(), 2..80), seed in any::<u64>()) {
        if let Some(prepared) = OrderChain::new(&chain) {
            let other = prepared.sequence(&mut random(seed, 0));
            let counts = |chain: &[bool]| QuestionCounts::of(&LabelledChains::new(vec![chain.to_vec()]));
            prop_assert_eq!(counts(&other), counts(&chain));
            prop_assert_eq!(order::Statistics::of(&chain), prepared.observed);
        }
    }
}

#[test]
fn p_values_are_uniform_under_nulls() {
    // Heterogeneous questions with memory: tests 1 and 2 must hold; independent redraws: test 3; shared rates: test 4.
    let tables = 150;
    let mut rejected = [0.0; 6];
    let mut below = [0.0; 6];
    for table in 0..tables {
        let mixed = sample(&independent(40, table), 1, 32, table);
        let chains_of = |questions: &[LabelledChains]| -> Vec<Vec<bool>> {
            questions.iter().flat_map(|question| question.chains.clone()).collect()
        };
        let mixed = chains_of(&mixed);
        let mixed = order_tests(&mixed.iter().map(Vec::as_slice).collect::<Vec<_>>(), options(79, table));
        let redrawn: Vec<Vec<bool>> = (0..15)
            .map(|question| {
                let mut random = random(!table, question);
                let rate = beta(1.0, 1.0, &mut random);
                chains([0.5, 1.0 - rate, rate], 1, 20, &mut random).chains.remove(0)
            })
            .collect();
        let redrawn = memory_test(&redrawn.iter().map(Vec::as_slice).collect::<Vec<_>>(), options(79, table));
        // `a` is shared while `b` is each question's own, and the other way round.
        let shared = |which: usize| {
            let mut rates = independent(15, table);
            rates.iter_mut().for_each(|rates| rates[which] = 0.25);
            homogeneity::tests(&sample(&rates, 1, 20, table + 7), options(79, table))[which - 1]
        };
        let tests = [mixed[0], mixed[1], mixed[2], redrawn, shared(1), shared(2)];
        for (test, which) in tests.iter().zip(0..) {
            rejected[which] += f64::from(u8::from(test.p_value.unwrap() <= 0.05)) / tables as f64;
            below[which] += f64::from(u8::from(test.p_value.unwrap() <= 0.2)) / tables as f64;
        }
    }
    // Three binomial standard deviations. Two-sided p-values over few counts are a little conservative.
    for (rejected, below) in rejected.iter().zip(below) {
        assert!((rejected - 0.05).abs() < 0.054, "{rejected}");
        assert!((below - 0.2).abs() < 0.1, "{below}");
    }
}

#[test]
fn planted_violations_are_found() {
    let p = |questions: &[LabelledChains], which: usize| {
        test_assumptions(questions, options(499, 1)).unwrap().tests[which].p_value.unwrap()
    };
    let planted = |leave: &dyn Fn(bool, usize, usize, u64) -> f64| -> Vec<LabelledChains> {
        let of = |question: u64| {
            let mut random = random(77, question);
            let (mut right, mut run) = (true, 0);
            let chain = (0..48).map(|round| {
                if crate::rates::sample::unit(&mut random) < leave(right, run, round, question) {
                    right = !right;
                    run = 0;
                } else {
                    run += 1;
                }
                right
            });
            LabelledChains::new(vec![chain.collect()])
        };
        (0..100).map(of).collect()
    };
    // Second order: leaving is rarer the longer one stayed.
    assert!(p(&planted(&|_, run, _, _| if run > 0 { 0.15 } else { 0.4 }), 0) < 0.005);
    // Drift of each state alone.
    assert!(p(&planted(&|right, _, round, _| if right && round < 24 { 0.4 } else { 0.2 }), 1) < 0.005);
    assert!(p(&planted(&|right, _, round, _| if !right && round < 24 { 0.2 } else { 0.4 }), 2) < 0.005);
    // Memory.
    assert!(p(&planted(&|_, _, _, _| 0.35), 3) < 0.005);
    // Heterogeneity.
    let spread = planted(&|_, _, _, question| if question % 2 == 0 { 0.2 } else { 0.4 });
    assert!(p(&spread, 4) < 0.005 && p(&spread, 5) < 0.005);
    let tests = test_assumptions(&spread, options(499, 1)).unwrap();
    assert!(tests.tests.iter().all(|test| test.corrected >= test.p_value));
}

#[test]
fn the_same_on_one_two_and_three_threads() {
    let questions = sample(&independent(30, 1), 2, 20, 1);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| test_assumptions(&questions, options(200, 9)).unwrap())
    };
    let one = on(1);
    assert_eq!((&one, &one), (&on(2), &on(3)));
    assert_ne!(on(1), test_assumptions(&questions, options(200, 10)).unwrap());
}

#[test]
fn what_cannot_be_tested_is_said() {
    let all_right = vec![LabelledChains::new(vec![vec![true; 20]]); 5];
    let tests = test_assumptions(&all_right, options(99, 1)).unwrap().tests;
    assert!(tests.iter().all(|test| test.p_value.is_none() && test.corrected.is_none()));
    assert!(matches!(test_assumptions(&[], options(9, 1)), Err(RatesError::NoChains)));
    let single = [LabelledChains::new(vec![vec![true]])];
    assert!(matches!(test_assumptions(&single, options(9, 1)), Err(RatesError::NoTransitions { questions: 1 })));
    assert!(matches!(test_assumptions(&all_right, options(0, 1)), Err(RatesError::NoResamples)));
}
