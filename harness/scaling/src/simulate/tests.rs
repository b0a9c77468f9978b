//! Simulated questions have the properties that their regime states.

use super::*;
use crate::posterior::AnswerModel;

const SIZES: Sizes = Sizes { parallel: 4, chains: 1, rounds: 4 };

fn draw(regime: &Regime, count: usize, sizes: Sizes) -> Vec<SimulatedQuestion> {
    questions(regime, count, sizes, 11).unwrap()
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    sum / count
}

fn indicator(holds: bool) -> f64 {
    f64::from(u8::from(holds))
}

fn every_preset() -> Vec<Regime> {
    let mut regimes = Regime::departed();
    regimes.extend(Regime::study());
    regimes.extend([Regime::gsm8k_like(), Regime::math500_like(), Regime::aime_like()]);
    regimes
}

#[test]
fn threads_and_sizes_change_no_draw() {
    for regime in [Regime::hard(), Regime::noisy_verifier()] {
        let on = |threads: usize, sizes: Sizes| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| draw(&regime, 40, sizes))
        };
        let small = on(1, SIZES);
        assert_eq!(small, on(2, SIZES));
        let large = on(2, Sizes { parallel: 9, chains: 3, rounds: 7 });
        for (small, large) in small.iter().zip(&large) {
            assert_eq!(small.parallel, large.parallel[..4]);
            assert_eq!(small.chains[0], large.chains[0][..4]);
        }
        assert_ne!(large[0].chains[0], large[0].chains[1]);
        assert_ne!(small, questions(&regime, 40, SIZES, 12).unwrap());
    }
}

#[test]
fn chains_follow_the_rates_that_are_stated() {
    for regime in every_preset() {
        let sample = draw(&regime, 1200, Sizes { parallel: 1, chains: 1, rounds: 2 });
        // Each is a sum of independent indicators against their probabilities: 4.5 standard deviations.
        let check = |what: &str, pairs: Vec<(bool, f64)>| {
            let off: f64 = pairs.iter().map(|&(found, chance)| indicator(found) - chance).sum();
            let variance: f64 = pairs.iter().map(|&(_, chance)| chance * (1.0 - chance)).sum();
            assert!(off.abs() < 4.5 * variance.sqrt() + 1.0, "{} {what}: {off} {}", regime.name, variance.sqrt());
        };
        let right = |draw: &Draw| draw.class == Some(RIGHT);
        check("parallel", sample.iter().map(|q| (right(&q.parallel[0]), q.initial)).collect());
        check("first", sample.iter().map(|q| (right(&q.chains[0][0]), q.initial)).collect());
        let rates = |from: bool| {
            let rate = move |q: &SimulatedQuestion| if from { q.correct_to_wrong } else { q.wrong_to_correct };
            let left = sample.iter().filter(move |q| q.chain_correctness(0)[0] == from);
            left.map(|q| (q.chain_correctness(0)[1] != from, rate(q))).collect::<Vec<_>>()
        };
        check("correct to wrong", rates(true));
        check("wrong to correct", rates(false));
    }
}

#[test]
fn wrong_answers_are_a_chinese_restaurant() {
    // P(two wrong answers agree) = 1 / (1 + concentration).
    for concentration in [0.5, 3.0] {
        let model = AnswerModel { alpha: 0.05, beta: 50.0, concentration, ..AnswerModel::weak_default() };
        let sample = draw(&Regime::of("wrong", model), 4000, Sizes { parallel: 2, chains: 0, rounds: 0 });
        let wrong = sample.iter().filter(|q| q.parallel.iter().all(|draw| draw.class != Some(RIGHT)));
        let agree = mean(wrong.map(|q| indicator(q.parallel[0].class == q.parallel[1].class)));
        assert!((agree - 1.0 / (1.0 + concentration)).abs() < 0.035, "{concentration}: {agree}");
    }
}

#[test]
fn departures_are_where_they_should_be() {
    let logits = |regime: &Regime, class: u32| {
        let sample = draw(regime, 1500, Sizes { parallel: 6, chains: 0, rounds: 0 });
        let scores = sample.iter().flat_map(|q| &q.parallel).filter(|draw| draw.class == Some(ClassId(class)));
        mean(scores.filter_map(|draw| crate::posterior::logit_score(draw.score?)))
    };
    let (plain, loved) = (Regime::middle(), Regime::deceptive_verifier());
    assert!((logits(&loved, 1) - logits(&plain, 1) - 2.5).abs() < 0.1);
    assert!((logits(&loved, 0) - logits(&plain, 0)).abs() < 1e-9 && (logits(&plain, 0) - 1.5).abs() < 0.12);

    let keeps = |regime: &Regime, round: usize, same: bool| {
        let sample = draw(regime, 1000, Sizes { parallel: 0, chains: 1, rounds: 32 });
        let class = |q: &SimulatedQuestion, round: usize| q.chains[0][round].class;
        let now = sample.iter().filter(|q| (class(q, round - 2) == class(q, round - 1)) == same);
        mean(now.map(|q| indicator(class(q, round) == class(q, round - 1))))
    };
    let named = |name: &str| Regime::departed().into_iter().find(|regime| regime.name == name).unwrap();
    let second = named("second_order");
    assert!(keeps(&second, 3, true) > keeps(&second, 3, false) + 0.3);
    let drift = named("drifting_rates");
    assert!(keeps(&drift, 31, true) > 0.9 && keeps(&drift, 3, true) < 0.85);
    let flips = draw(&named("negative_lambda"), 500, Sizes { parallel: 0, chains: 1, rounds: 2 });
    assert!(flips.iter().all(|q| (1.0 - q.correct_to_wrong - q.wrong_to_correct + 0.3).abs() < 1e-9));
}

#[test]
fn missing_answers_are_cut_off_and_wrong_ones_are_longer() {
    let sample = draw(&Regime::hard(), 800, Sizes { parallel: 4, chains: 1, rounds: 4 });
    let all: Vec<&Draw> = sample.iter().flat_map(|q| q.parallel.iter().chain(&q.chains[0])).collect();
    assert!(all.iter().all(|draw| draw.cut_off == draw.class.is_none() && draw.score.is_some() != draw.cut_off));
    assert!(all.iter().filter(|draw| draw.cut_off).all(|draw| draw.completion_tokens.0 == 16_000));
    assert!(all.iter().all(|draw| draw.text.map(|text| text.0 / 3) == draw.class.map(|class| class.0)));
    assert!(all.iter().any(|draw| draw.text == Some(ClassId(1))) && all.iter().all(|draw| draw.critique.is_none()));
    let wrong = all.iter().filter(|draw| draw.class != Some(RIGHT));
    let missing = mean(wrong.map(|draw| indicator(draw.class.is_none())));
    assert!((missing - 0.1).abs() < 0.02, "{missing}");
    let log = |right: bool| {
        let answered = all.iter().filter(|draw| draw.class.is_some_and(|class| (class == RIGHT) == right));
        mean(answered.map(|draw| (draw.completion_tokens.0 as f64).ln()))
    };
    assert!(log(false) - log(true) > 0.1, "{} {}", log(false), log(true));
}

#[test]
fn labels_say_whether_the_right_class_was_drawn() {
    for question in draw(&Regime::hard(), 60, Sizes { parallel: 3, chains: 2, rounds: 3 }) {
        let labelled = question.labelled_chain(1).unwrap();
        assert_eq!(labelled.right.is_some(), question.chain_correctness(1).contains(&true));
        assert_eq!(labelled.draws, question.chains[1]);
        assert_eq!(question.labelled_parallel().draws, question.parallel);
        assert!(question.labelled_chain(2).is_none() && question.chain_correctness(2).is_empty());
    }
}

#[test]
fn refuses_what_no_distribution_has() {
    let refused = |change: &dyn Fn(&mut Regime)| {
        let mut regime = Regime::middle();
        change(&mut regime);
        questions(&regime, 1, SIZES, 1).unwrap_err().to_string()
    };
    let message = refused(&|regime| regime.model.alpha = 0.0);
    assert_eq!(message, "regime `middle`: alpha is 0, expected above 0, at most 1e6");
    assert!(refused(&|regime| regime.missing = f64::NAN).contains("missing is NaN"));
    assert!(refused(&|regime| regime.departures.noise_freedom = Some(2.0)).contains("above 2"));
    assert!(refused(&|regime| regime.lengths.limit = 0.0).contains("lengths.limit"));
    let none = AnswerModel { emission: None, ..AnswerModel::weak_default() };
    let unscored = questions(&Regime::of("unscored", none), 2, SIZES, 1).unwrap();
    assert!(unscored.iter().flat_map(|q| &q.parallel).all(|draw| draw.score.is_none()));
}
