use proptest::prelude::*;

use super::sample::{Rates, dependent, independent, sample};
use super::*;
use crate::Interval;
use crate::optimise::{Search, minimise};

fn counts(questions: &[LabelledChains]) -> Vec<QuestionCounts> {
    questions.iter().map(QuestionCounts::of).collect()
}

fn contains(interval: Interval, truth: f64) -> bool {
    (interval.low..=interval.high).contains(&truth)
}

fn fixed_point(rates: &Rates) -> f64 {
    rates[2] / (rates[1] + rates[2])
}

#[test]
fn counts_transitions() {
    let chains = vec![vec![true, true, false, true], vec![false, false], vec![], vec![true]];
    let counts = QuestionCounts::of(&LabelledChains::new(chains));
    assert_eq!((counts.chains, counts.first_right), (3, 2));
    let expected = TransitionCounts { right_to_right: 1, right_to_wrong: 1, wrong_to_right: 1, wrong_to_wrong: 1 };
    assert_eq!(counts.transitions, expected);
    assert_eq!(LabelledChains::new(vec![vec![true; 9], vec![true; 2]]).first_rounds(4).chains[0].len(), 4);
}

#[test]
fn pooled_rates_cover_the_truth_when_questions_are_alike() {
    let (mut covered, repeats) = ([0; 4], 200);
    for seed in 0..repeats {
        let questions = sample(&[[0.4, 0.1, 0.3]; 60], 1, 16, seed);
        let rates = pooled_rates(&counts(&questions), 200, seed).unwrap();
        let truths =
            [(rates.initial, 0.4), (rates.correct_to_wrong, 0.1), (rates.wrong_to_correct, 0.3), (rates.memory, 0.6)];
        for (covered, (rate, truth)) in covered.iter_mut().zip(truths) {
            *covered += u64::from(contains(rate.estimate.unwrap(), truth));
        }
    }
    assert!(covered.iter().all(|covered| (0.89..=0.99).contains(&(*covered as f64 / repeats as f64))), "{covered:?}");
}

#[test]
fn a_state_never_visited_has_no_rate_and_one_never_left_no_certainty() {
    let always = counts(&vec![LabelledChains::new(vec![vec![true; 10]]); 8]);
    let rates = pooled_rates(&always, 50, 1).unwrap();
    let a = rates.correct_to_wrong.estimate.unwrap();
    assert!(a.point == 0.0 && a.high > 0.2, "{a:?}");
    assert_eq!((rates.wrong_to_correct.estimate, rates.wrong_to_correct.undefined_resamples), (None, 50));
    assert!(rates.fixed_point.estimate.is_none() && rates.memory.estimate.is_none());
    let mut one = vec![LabelledChains::new(vec![vec![true; 10]]); 8];
    one.push(LabelledChains::new(vec![vec![false, true]]));
    let rates = pooled_rates(&counts(&one), 200, 1).unwrap();
    assert!((20..180).contains(&rates.wrong_to_correct.undefined_resamples), "{rates:?}");
    assert_eq!(pooled_rates(&[], 10, 1), Err(RatesError::NoChains));
    assert_eq!(pooled_rates(&always, 0, 1), Err(RatesError::NoResamples));
}

#[test]
fn levels_are_groups_in_order() {
    let question = |level, right| LabelledChains { chains: vec![vec![right; 4]], level };
    let questions = [question(Some(5), false), question(Some(1), true), question(None, true), question(Some(5), true)];
    let groups = rates_by_level(&questions, 20, 1).unwrap();
    let found: Vec<(u32, usize)> = groups.iter().map(|(level, rates)| (*level, rates.questions)).collect();
    assert_eq!(found, [(1, 1), (5, 2)]);
}

#[test]
fn newton_finds_the_beta_binomial_maximum() {
    let ln_beta = statrs::function::beta::ln_beta;
    for seed in 0..6 {
        let all = counts(&sample(&independent(60, seed), 2, 16, seed));
        let trials: Vec<Trials> = all.iter().map(|counts| counts.wrong_to_correct()).collect();
        let found = beta_binomial::Exceedances::of(trials.iter().copied()).maximise().unwrap();
        // The same by gamma functions and another search.
        let likelihood = |alpha: f64, beta: f64| -> f64 {
            let of = |t: &Trials| {
                ln_beta(alpha + f64::from(t.events), beta + f64::from(t.trials - t.events)) - ln_beta(alpha, beta)
            };
            trials.iter().map(of).sum()
        };
        let search = Search { step: 0.5, tolerance: 1e-10, iterations: 1000 };
        let (_, cost) = minimise(|[alpha, beta]| -likelihood(alpha.exp(), beta.exp()), [0.0, 0.0], search);
        let newton = likelihood(found.mean / found.theta, (1.0 - found.mean) / found.theta);
        assert!((newton + cost).abs() < 1e-5, "{newton} {cost}");
    }
}

#[test]
fn without_overdispersion_one_rate_and_its_own_interval() {
    let all = counts(&sample(&[[0.5, 0.2, 0.4]; 80], 2, 32, 5));
    let fit = question_rates(&all, 0.02).unwrap();
    assert!(fit.correct_to_wrong.strength > 60.0, "{fit:?}");
    for question in fit.questions.iter().flatten() {
        assert!((question.correct_to_wrong.mean - 0.2).abs() < 0.08 && question.correct_to_wrong.low > 0.05);
        assert!(
            question.correct_to_wrong.high - question.correct_to_wrong.low > 0.01,
            "not more certain than the pool"
        );
    }
}

#[test]
fn per_question_intervals_cover() {
    for (name, rates) in [("dependent", dependent(300, 3)), ("independent", independent(300, 3))] {
        let fit = question_rates(&counts(&sample(&rates, 2, 24, 8)), 0.02).unwrap();
        let mut covered = [0.0; 4];
        for (truth, found) in rates.iter().zip(fit.questions.iter().flatten()) {
            let interval = |belief: Belief| Interval { point: belief.mean, low: belief.low, high: belief.high };
            let pairs = [
                (interval(found.initial), truth[0]),
                (interval(found.correct_to_wrong), truth[1]),
                (interval(found.wrong_to_correct), truth[2]),
                (found.fixed_point, fixed_point(truth)),
            ];
            for (covered, (interval, truth)) in covered.iter_mut().zip(pairs) {
                *covered += f64::from(u8::from(contains(interval, truth))) / rates.len() as f64;
            }
        }
        assert!(covered.iter().all(|covered| (0.86..=0.995).contains(covered)), "{name}: {covered:?}");
    }
}

/// Truths at the horizon "for ever", in the order of [`intervals`].
fn truths(rates: &[Rates]) -> [f64; 8] {
    let mean = |of: &dyn Fn(&Rates) -> f64| rates.iter().map(of).sum::<f64>() / rates.len() as f64;
    let share = |of: &dyn Fn(f64) -> bool| mean(&|r| f64::from(u8::from(of(fixed_point(r) - r[0]))));
    [
        mean(&|r| r[0].max(fixed_point(r))),
        mean(&fixed_point),
        mean(&|r| r[0].min(fixed_point(r))),
        mean(&|r| (r[0] - fixed_point(r)).max(0.0)),
        mean(&|r| fixed_point(r) - r[0]),
        share(&|change| change > 0.02),
        share(&|change| change < -0.02),
        share(&|change| change.abs() <= 0.02),
    ]
}

fn intervals(bounds: &HorizonBounds) -> [Interval; 8] {
    let HorizonBounds { upper, ungated, lower, gating_gap, gain, helped, harmed, unchanged } = *bounds;
    [upper, ungated, lower, gating_gap, gain, helped, harmed, unchanged]
}

/// Questions that are always right beside hard ones: what is known of the hard ones' repairs says nothing of the others.
fn with_always_right(questions: usize, seed: u64) -> Vec<Rates> {
    let hard = dependent(questions, seed);
    let rates =
        |(index, rates): (usize, &Rates)| if index % 5 < 2 { [1.0, 0.0, 0.5] } else { [0.4 * rates[2], 0.2, 0.05] };
    hard.iter().enumerate().map(rates).collect()
}

#[test]
fn bounds_hold_the_truth() {
    type Make = fn(usize, u64) -> Vec<Rates>;
    let makes = [("dependent", dependent as Make), ("independent", independent), ("always right", with_always_right)];
    for (name, make) in makes {
        for (questions, chains, answers) in [(40, 1, 16), (120, 4, 24)] {
            let rates = make(questions, 4);
            let bounds = population_bounds(&sample(&rates, chains, answers, 2), 0.02, 100, 1).unwrap();
            let truth = truths(&make(20_000, 77));
            for (which, (interval, truth)) in intervals(&bounds.for_ever).into_iter().zip(truth).enumerate() {
                let held = (interval.low - 0.01..=interval.high + 0.01).contains(&truth);
                assert!(held, "{name} {questions} x {chains} x {answers}, {which}: {interval:?} {truth}");
            }
            assert!(contains(bounds.neutral, rates.iter().map(|r| r[0]).sum::<f64>() / questions as f64), "{name}");
            assert_eq!((bounds.rounds, bounds.spread_identified), (answers - 1, chains > 1));
        }
    }
}

/// What was wrong: always-right questions were believed to fall as often as hard ones do, and to come back as seldom.
#[test]
fn a_question_that_is_always_right_does_not_borrow_from_hard_ones() {
    let rates = with_always_right(100, 1);
    let bounds = population_bounds(&sample(&rates, 4, 40, 3), 0.02, 200, 1).unwrap();
    let truth = truths(&rates);
    assert!((bounds.for_ever.ungated.point - truth[1]).abs() < 0.05, "{bounds:?} {truth:?}");
    assert!((bounds.drawn.ungated.point - bounds.for_ever.ungated.point).abs() < 0.05, "{bounds:?}");
    // The gain for ever agrees with what 40 rounds measure.
    assert!(bounds.for_ever.gain.low <= bounds.drawn.gain.high && bounds.for_ever.gain.high >= bounds.drawn.gain.low);
}

#[test]
fn bounds_are_wide_where_the_data_cannot_tell() {
    let width = |interval: Interval| interval.high - interval.low;
    let of = |chains: usize, answers: usize| {
        population_bounds(&sample(&dependent(60, 2), chains, answers, 2), 0.02, 50, 1).unwrap()
    };
    let (one, four) = (of(1, 32), of(4, 32));
    assert!(width(one.for_ever.gating_gap) > 1.5 * width(four.for_ever.gating_gap), "{one:?} {four:?}");
    // Sticky chains of 4 answers tell little of where they settle.
    let sticky: Vec<Rates> = dependent(60, 2).iter().map(|r| [r[0], r[1] / 8.0, r[2] / 8.0]).collect();
    let short = population_bounds(&sample(&sticky, 1, 4, 2), 0.02, 50, 1).unwrap();
    assert!(width(short.for_ever.ungated) > 1.3 * width(short.drawn.ungated), "{short:?}");
}

/// First answers as hard as later ones: knowing where to re-answer is worth nothing, and none is invented.
#[test]
fn no_gating_gap_is_invented_where_first_answers_follow_the_fixed_point() {
    let rates: Vec<Rates> = dependent(300, 9).iter().map(|r| [fixed_point(r), r[1], r[2]]).collect();
    for chains in [1, 2] {
        let bounds = population_bounds(&sample(&rates, chains, 32, 5), 0.02, 50, 1).unwrap();
        assert!(bounds.for_ever.gating_gap.low < 1e-3, "{chains}: {bounds:?}");
        assert!(bounds.for_ever.gating_gap.point < 0.05, "{chains}: {bounds:?}");
    }
}

#[test]
fn help_and_harm_are_told_where_they_can_be() {
    let rates: Vec<Rates> = (0..90).map(|q| if q % 3 == 0 { [0.9, 0.6, 0.1] } else { [0.1, 0.1, 0.6] }).collect();
    let chains = sample(&rates, 6, 30, 1);
    let fit = question_rates(&counts(&chains), 0.02).unwrap();
    let told = |effect| fit.questions.iter().flatten().filter(|q| q.effect == effect).count();
    assert_eq!((told(Effect::Helps), told(Effect::Harms)), (60, 30));
    let bounds = population_bounds(&chains, 0.02, 50, 1).unwrap().for_ever;
    assert!((bounds.helped.point - 2.0 / 3.0).abs() < 0.06 && contains(bounds.helped, 2.0 / 3.0), "{bounds:?}");
    assert!((bounds.gating_gap.point - 0.25).abs() < 0.05 && contains(bounds.upper, 0.871), "{bounds:?}");
}

#[test]
fn unseen_rounds_are_predicted_by_question_but_not_by_drifting_pooled_rates() {
    let rates: Vec<Rates> = (0..200).map(|q| if q % 2 == 0 { [1.0, 0.02, 0.3] } else { [1.0, 0.5, 0.05] }).collect();
    let prediction = predict_unseen_rounds(&sample(&rates, 2, 24, 3), 300, 1).unwrap();
    assert_eq!((prediction.fitted_rounds, prediction.rounds.len()), (12, 12));
    assert!(contains(prediction.error, 0.0) && prediction.within >= 10, "{prediction:?}");
    let pooled = prediction.pooled_error.unwrap();
    assert!(pooled.point.abs() > 4.0 * prediction.error.point.abs(), "{pooled:?} {:?}", prediction.error);
    assert!(matches!(
        predict_unseen_rounds(&[LabelledChains::new(vec![vec![true; 3]])], 9, 1),
        Err(RatesError::TooFewRounds { rounds: 3 })
    ));
}

#[test]
fn frozen_chains_stay_where_they_are() {
    let question = |right| LabelledChains::new(vec![vec![right; 8]]);
    let questions: Vec<LabelledChains> = (0..20).map(|q| question(q < 14)).collect();
    let bounds = population_bounds(&questions, 0.02, 30, 1).unwrap();
    assert_eq!((bounds.drawn.ungated, bounds.drawn.gain.point), (bounds.neutral, 0.0));
    let for_ever = bounds.for_ever;
    assert!((for_ever.ungated.point - 0.7).abs() < 0.1 && for_ever.gating_gap.point < 0.05, "{for_ever:?}");
    let prediction = predict_unseen_rounds(&questions, 30, 1).unwrap();
    assert!(prediction.rounds.iter().all(|round| round.z.abs() < 1.0), "{prediction:?}");
    assert!(question_rates(&counts(&[LabelledChains::new(vec![vec![true]])]), 0.1).is_err());
    assert!(question_rates(&counts(&questions), 1.5).is_err());
}

#[test]
fn the_same_on_one_two_and_three_threads() {
    let questions = sample(&dependent(40, 1), 2, 12, 1);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let all = counts(&questions);
        pool.install(|| {
            (
                pooled_rates(&all, 50, 3).unwrap(),
                question_rates(&all, 0.02).unwrap(),
                population_bounds(&questions, 0.02, 12, 3).unwrap(),
                predict_unseen_rounds(&questions, 50, 3).unwrap(),
            )
        })
    };
    let one = on(1);
    assert_eq!((&one, &one), (&on(2), &on(3)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_chains_give_finite_ordered_numbers(
        chains in prop::collection::vec(prop::collection::vec(prop::collection::vec(any::<bool>(), 0..9), 0..4), 1..7)
    ) {
        let questions: Vec<LabelledChains> = chains.into_iter().map(LabelledChains::new).collect();
        let all = counts(&questions);
        if let Ok(fit) = question_rates(&all, 0.02) {
            prop_assert_eq!(fit.questions.len(), questions.len());
            for q in fit.questions.iter().flatten() {
                for belief in [q.initial, q.correct_to_wrong, q.wrong_to_correct] {
                    prop_assert!(0.0 <= belief.low && belief.low <= belief.high && belief.high <= 1.0);
                }
                prop_assert!((0.0..=1.0 + 1e-9).contains(&(q.helps + q.harms)) && q.gain.abs() <= 1.0);
            }
            let bounds = population_bounds(&questions, 0.02, 5, 1).unwrap();
            for horizon in [bounds.drawn, bounds.for_ever] {
                for Interval { point, low, high } in intervals(&horizon) {
                    prop_assert!(-1.0 - 1e-9 <= low && low <= point && point <= high && high <= 1.0 + 1e-9);
                }
                prop_assert!(horizon.lower.point <= horizon.upper.point + 1e-12 && horizon.gating_gap.low >= 0.0);
            }
        }
        let _ = predict_unseen_rounds(&questions, 5, 1);
    }
}
