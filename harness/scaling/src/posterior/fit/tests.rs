use super::super::simulate::questions;
use super::super::{Emission, Posterior};
use super::*;
use crate::draw::Tokens;
use crate::simulate::{self, Regime, SimulatedQuestion, Sizes};
use rayon::prelude::*;

const SEQUENTIAL: FitOptions = FitOptions { draws: DrawMode::Sequential, most_draws: None };
const PARALLEL: FitOptions = FitOptions { draws: DrawMode::Parallel, most_draws: None };

fn truth() -> AnswerModel {
    let emission = Emission { mean_right: 1.5, mean_wrong: -0.3, var_noise: 0.4, var_question: 0.6, var_answer: 0.9 };
    AnswerModel {
        alpha: 1.6,
        beta: 0.7,
        memory: 0.4,
        shift: 0.5,
        concentration: 1.5,
        emission: Some(emission),
        missing: None,
    }
}

fn draw(class: Option<u32>, score: Option<f64>) -> Draw {
    Draw { class: class.map(ClassId), score, completion_tokens: Tokens(1), ..Draw::default() }
}

fn all_finite(model: &AnswerModel) -> bool {
    let mut values = vec![model.alpha, model.beta, model.memory, model.shift, model.concentration];
    values.extend(
        model.emission.iter().flat_map(|e| [e.mean_right, e.mean_wrong, e.var_noise, e.var_question, e.var_answer]),
    );
    let variances = model.emission.iter().flat_map(|e| [e.var_noise, e.var_question, e.var_answer]);
    values.iter().all(|value| value.is_finite())
        && model.alpha > 0.0
        && model.beta > 0.0
        && model.concentration > 0.0
        && variances.into_iter().all(|variance| (0.01..=100.0).contains(&variance))
}

/// The same questions under a deterministic verifier: each class has a few texts, and a text has one score.
fn deterministic(questions: &[CalibrationQuestion], texts: u32) -> Vec<CalibrationQuestion> {
    let question = |question: &CalibrationQuestion| {
        let mut scores: Vec<((u32, u32), Option<f64>)> = Vec::new();
        let mut draws = question.draws.clone();
        for (index, draw) in (0..).zip(&mut draws) {
            let Some(class) = draw.class else { continue };
            let text = (class.0, index * 7 % texts);
            let score = scores.iter().find(|(known, _)| *known == text).map_or(draw.score, |(_, score)| *score);
            scores.push((text, score));
            draw.score = score;
            (draw.text, draw.completion_tokens) = (Some(ClassId(class.0 * texts + text.1)), Tokens(40));
        }
        CalibrationQuestion { draws, right: question.right }
    };
    questions.iter().map(question).collect()
}

#[test]
fn recovers_what_made_the_chains() {
    let truth = truth();
    let fitted = fit(&questions(&truth, 500, 16, 3), SEQUENTIAL).model;
    let close = |found: f64, expected: f64, tolerance: f64| (found - expected).abs() <= tolerance;
    assert!(close(fitted.alpha / (fitted.alpha + fitted.beta), 1.6 / 2.3, 0.05), "{fitted:?}");
    assert!(close((fitted.alpha + fitted.beta).ln(), 2.3f64.ln(), 0.35), "{fitted:?}");
    assert!(close(fitted.memory, 0.4, 0.03) && close(fitted.shift, 0.5, 0.25), "{fitted:?}");
    assert!(close(fitted.concentration.ln(), 1.5f64.ln(), 0.3), "{fitted:?}");
    let (found, expected) = (fitted.emission.unwrap(), truth.emission.unwrap());
    assert!(close(found.mean_right, expected.mean_right, 0.2) && close(found.mean_wrong, expected.mean_wrong, 0.2));
    assert!(close(found.var_noise, expected.var_noise, 0.05), "{found:?}");
    assert!(close(found.var_question, expected.var_question, 0.25), "{found:?}");
    assert!(close(found.var_answer, expected.var_answer, 0.25), "{found:?}");
}

#[test]
fn recovers_what_made_the_parallel_draws() {
    let truth = AnswerModel { memory: 0.0, shift: 0.0, emission: None, ..truth() };
    let fitted = fit(&questions(&truth, 500, 16, 4), PARALLEL);
    let model = fitted.model;
    assert_eq!((model.memory, model.shift, model.emission, fitted.scored_draws), (0.0, 0.0, None, 0));
    assert!((model.alpha / (model.alpha + model.beta) - 1.6 / 2.3).abs() < 0.05, "{model:?}");
    assert!((model.concentration.ln() - 1.5f64.ln()).abs() < 0.3, "{model:?}");
}

#[test]
fn a_run_taken_as_a_power_is_the_same_likelihood() {
    let mut draws = vec![draw(Some(0), None); 150];
    draws.extend(vec![draw(Some(1), None); 40]);
    draws.extend(vec![draw(None, None); 70]);
    draws.extend(vec![draw(Some(0), None); 9]);
    for model in [truth(), AnswerModel { memory: 0.0, shift: 0.0, ..truth() }] {
        let model = AnswerModel { emission: None, ..model };
        for right in [Some(ClassId(0)), Some(ClassId(1)), None] {
            let history = history::History::new(&draws, right);
            let found = history::log_likelihood(std::iter::once(&history), &model);
            let answers: Vec<Option<ClassId>> = draws.iter().map(|draw| draw.class).collect();
            let (expected, _) = super::super::tests::slow_history(&answers, right, &model);
            assert!((found - expected).abs() < 1e-8, "{found} {expected}");
        }
    }
}

#[test]
fn is_a_maximum() {
    let sample = questions(&truth(), 120, 8, 5);
    let penalised = |model: &AnswerModel| {
        let weak = AnswerModel::weak_default();
        let logit = |memory: f64| (memory / (1.0 - memory)).ln();
        let histories: Vec<history::History> =
            sample.iter().map(|question| history::History::new(&question.draws, question.right)).collect();
        let logs = [(model.alpha, weak.alpha), (model.beta, weak.beta), (model.concentration, weak.concentration)];
        let penalties: f64 = logs.iter().map(|(value, centre)| penalty(value.ln(), centre.ln(), 1.5)).sum();
        history::log_likelihood(histories.iter(), model)
            - penalties
            - penalty(model.shift, 0.0, 1.5)
            - penalty(logit(model.memory), logit(weak.memory), 2.0)
    };
    let best = fit(&sample, SEQUENTIAL).model;
    let top = penalised(&best);
    for factor in [0.9, 1.1] {
        let moved = [
            AnswerModel { alpha: best.alpha * factor, ..best.clone() },
            AnswerModel { beta: best.beta * factor, ..best.clone() },
            AnswerModel { memory: best.memory * factor, ..best.clone() },
            AnswerModel { concentration: best.concentration * factor, ..best.clone() },
            AnswerModel { shift: best.shift + factor - 1.0, ..best.clone() },
        ];
        for moved in moved {
            assert!(penalised(&moved) < top + 5e-3, "{moved:?} is better than {best:?}");
        }
    }
}

#[test]
fn edges_stay_finite() {
    let right = CalibrationQuestion { draws: vec![draw(Some(0), Some(1.0)); 9], right: Some(ClassId(0)) };
    let wrong = CalibrationQuestion { draws: vec![draw(Some(0), Some(0.0)); 9], right: None };
    let missing = CalibrationQuestion { draws: vec![draw(None, None); 9], right: None };
    let empty = CalibrationQuestion { draws: Vec::new(), right: None };
    let unscored = CalibrationQuestion { draws: vec![draw(Some(0), Some(f64::NAN)); 2], right: Some(ClassId(9)) };
    let samples = [vec![right.clone(); 100], vec![wrong; 100], vec![missing; 50], vec![right], vec![empty, unscored]];
    for options in [SEQUENTIAL, PARALLEL] {
        for sample in &samples {
            let fitted = fit(sample, options);
            assert!(all_finite(&fitted.model) && fitted.log_likelihood.is_finite(), "{fitted:?}");
            let mut posterior = Posterior::new(&fitted.model);
            posterior.observe(Some(ClassId(0)), Some(1.0));
            assert!((0.0..=1.0).contains(&posterior.belief()));
        }
    }
    assert_eq!(fit::<CalibrationQuestion>(&[], SEQUENTIAL).model, AnswerModel::weak_default());
    assert_eq!(fit::<CalibrationQuestion>(&[], PARALLEL).model.memory, 0.0);
}

#[test]
fn a_deterministic_verifier_does_not_make_the_fit_diverge() {
    for (texts, seed) in [(1, 1), (2, 2), (5, 3)] {
        let sample = deterministic(&questions(&truth(), 200, 24, seed), texts);
        let fitted = fit(&sample, SEQUENTIAL);
        assert!(all_finite(&fitted.model), "{texts} texts a class: {fitted:?}");
        let expected = truth().emission.unwrap();
        let found = fitted.model.emission.unwrap();
        assert!((found.mean_right - expected.mean_right).abs() < 0.3, "{texts}: {found:?}");
        assert!((found.mean_wrong - expected.mean_wrong).abs() < 0.3, "{texts}: {found:?}");
        // With one text a class noise and answer effect are one; their sum is not.
        let total = |e: &Emission| e.var_noise + e.var_answer;
        assert!((total(&found) / total(&expected) - 1.0).abs() < 0.35, "{texts}: {found:?}");
        if texts > 1 {
            assert!((found.var_noise / expected.var_noise - 1.0).abs() < 0.35, "{texts}: {found:?}");
        }
        let distinct: usize = sample.iter().map(distinct_texts).sum();
        assert_eq!(fitted.scored_draws, distinct);
    }
}

fn distinct_texts(question: &CalibrationQuestion) -> usize {
    let mut texts: Vec<ClassId> = question.draws.iter().filter_map(|draw| draw.text).collect();
    texts.sort_unstable();
    texts.dedup();
    texts.len()
}

#[test]
fn equal_scores_everywhere_are_held_at_the_bound_and_said_to_be() {
    let scored = |index: u32| CalibrationQuestion {
        draws: (0..8)
            .map(|n| Draw { text: Some(ClassId(n)), ..draw(Some(index % 2), Some(0.7 - 0.4 * f64::from(index % 2))) })
            .collect(),
        right: Some(ClassId(0)),
    };
    let fitted = fit(&(0..100).map(scored).collect::<Vec<_>>(), PARALLEL);
    assert!(all_finite(&fitted.model), "{fitted:?}");
    assert!(fitted.remarks.contains(&FitRemark::ScoresWithoutNoise), "{fitted:?}");
}

#[test]
fn a_text_that_comes_again_adds_no_score() {
    let model = truth();
    let text = |text: u32, score: f64| Draw { text: Some(ClassId(text)), ..draw(Some(0), Some(score)) };
    let after = |draws: &[Draw]| {
        let mut posterior = Posterior::new(&model);
        draws.iter().for_each(|draw| posterior.observe_draw(draw));
        posterior.belief()
    };
    let unscored = |draw: Draw| Draw { score: None, ..draw };
    let (first, other) = (text(1, 0.9), text(2, 0.9));
    assert_eq!(after(&[first, first, first]), after(&[first, unscored(first), unscored(first)]));
    assert!(after(&[first, other]) > after(&[first, first]));
    // A cut-off text was never scored as an answer.
    let cut = Draw { cut_off: true, ..first };
    assert_eq!(after(&[cut, first]), after(&[draw(None, None), first]));
}

#[test]
fn a_cut_off_draw_is_a_missing_one_and_later_draws_can_be_left_out() {
    let cut = Draw { cut_off: true, ..draw(Some(1), Some(0.9)) };
    let question =
        |second: Draw| CalibrationQuestion { draws: vec![draw(Some(0), Some(0.7)), second], right: Some(ClassId(1)) };
    assert_eq!(fit(&[question(cut)], SEQUENTIAL), fit(&[question(draw(None, None))], SEQUENTIAL));
    let first = FitOptions { most_draws: Some(1), ..SEQUENTIAL };
    assert_eq!(fit(&[question(cut)], first), fit(&[question(draw(Some(1), None))], first));
}

#[test]
fn crossfitted_models_are_the_same_on_any_number_of_threads() {
    let sample = questions(&truth(), 30, 6, 2);
    let ids: Vec<String> = (0..sample.len()).map(|index| format!("q{index}")).collect();
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let folds = crate::Folds::assign(&ids, 3, 1).unwrap();
            let fitted = crate::CrossFit::fit(folds, &sample, |training| fit(training, SEQUENTIAL).model).unwrap();
            (0..ids.len())
                .map(|index| fitted.for_question(index).map(|fitted| fitted.show().clone()))
                .collect::<Vec<_>>()
        })
    };
    assert_eq!(on(1), on(3));
}

#[test]
fn states_probabilities_that_come_true() {
    // Fitted on some questions, asked about others: among posteriors near 0.8, about 0.8 are right.
    let truth = truth();
    let model = fit(&questions(&truth, 400, 8, 6), SEQUENTIAL).model;
    let (mut stated, mut true_ones, mut count) = (0.0, 0.0, 0.0);
    for question in questions(&truth, 1500, 6, 7) {
        let mut posterior = Posterior::new(&model);
        question.draws.iter().for_each(|draw| posterior.observe(draw.class, draw.score));
        let best = posterior.best_class().unwrap();
        stated += posterior.probability(best);
        true_ones += f64::from(u8::from(Some(best) == question.right));
        count += 1.0;
    }
    assert!((stated - true_ones).abs() / count < 0.03, "stated {}, true {}", stated / count, true_ones / count);
}

/// The true value of each row of [`ModelEstimates::rows`].
fn true_rows(truth: &AnswerModel) -> Vec<f64> {
    let mean = truth.alpha / (truth.alpha + truth.beta);
    let mut rows = vec![truth.alpha, truth.beta, mean, truth.memory, truth.shift, truth.concentration];
    rows.extend(
        truth.emission.iter().flat_map(|e| [e.mean_right, e.mean_wrong, e.var_noise, e.var_question, e.var_answer]),
    );
    rows
}

/// The rows of [`ModelEstimates::rows`] of fits to samples of 120 questions x 8 answers.
fn fits(samples: u64) -> Vec<Vec<(&'static str, Estimate)>> {
    let fitted = |seed: u64| {
        let sample = questions(&truth(), 120, 8, 1000 + seed);
        fit(&sample, SEQUENTIAL).estimates(&sample).rows()
    };
    (0..samples).into_par_iter().map(fitted).collect()
}

/// How often each parameter's interval holds the truth.
fn coverage(fits: &[Vec<(&'static str, Estimate)>]) -> Vec<(&'static str, f64)> {
    let share = |(row, value): (usize, f64)| {
        let held = |rows: &&Vec<(&str, Estimate)>| (rows[row].1.low..=rows[row].1.high).contains(&value);
        (fits[0][row].0, fits.iter().filter(held).count() as f64 / fits.len() as f64)
    };
    true_rows(&truth()).into_iter().enumerate().map(share).collect()
}

#[test]
fn intervals_hold_the_truth_and_errors_are_the_spread_of_estimates() {
    let fits = fits(40);
    assert!(fits.iter().flatten().all(|(_, row)| row.basis == Basis::Data && row.low < row.value));
    // The standard deviation of one share is 0.034, of their mean (correlated) about 0.012.
    let shares = coverage(&fits);
    let mean = shares.iter().map(|(_, share)| share).sum::<f64>() / shares.len() as f64;
    assert!((0.91..=0.99).contains(&mean), "{mean} {shares:?}");
    assert!(shares.iter().all(|&(_, share)| share >= 0.82), "{shares:?}");
    // Mean fixed point, memory, shift, mean score of right answers.
    for row in [2, 3, 4, 6] {
        let values: Vec<f64> = fits.iter().map(|rows| rows[row].1.value).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let spread = (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / 39.0).sqrt();
        let stated = fits.iter().filter_map(|rows| rows[row].1.standard_error).sum::<f64>() / 40.0;
        assert!((0.7..1.4).contains(&(stated / spread)), "row {row}: stated {stated}, found {spread}");
    }
}

/// `cargo test -p markovscale -- --ignored coverage_of_every_parameter --nocapture`
#[test]
#[ignore = "takes a minute; prints the coverage of each parameter's interval"]
fn coverage_of_every_parameter() {
    for (name, share) in coverage(&fits(600)) {
        eprintln!("{name}: {share:.3}");
    }
}

#[test]
fn what_the_data_do_not_say_has_no_standard_error() {
    // All right: neither the concentration nor the scores of wrong answers can be known.
    let right = CalibrationQuestion { draws: vec![draw(Some(0), Some(0.8)); 9], right: Some(ClassId(0)) };
    let sample = vec![right; 100];
    let estimates = fit(&sample, SEQUENTIAL).estimates(&sample);
    assert_eq!((estimates.concentration.basis, estimates.concentration.standard_error), (Basis::Prior, None));
    assert!(estimates.concentration.low < 0.2 && estimates.concentration.high > 5.0, "{:?}", estimates.concentration);
    let emission = estimates.emission.unwrap();
    assert!(emission.mean_wrong.basis == Basis::Prior && emission.mean_right.basis == Basis::Data, "{emission:?}");

    let fresh = AnswerModel { memory: 0.0, ..truth() };
    let sample = questions(&fresh, 150, 8, 12);
    let fitted = fit(&sample, SEQUENTIAL);
    let memory = fitted.estimates(&sample).memory;
    assert_eq!((memory.basis, memory.low, memory.standard_error), (Basis::Boundary, 0.0, None), "{memory:?}");
    assert!(memory.high < 0.15, "{memory:?}");
    let held = fit(&sample, PARALLEL).estimates(&sample);
    assert_eq!((held.memory.basis, held.shift.high, held.rows().len()), (Basis::Held, 0.0, 11));
    let nothing: [CalibrationQuestion; 0] = [];
    assert!(fit(&nothing, SEQUENTIAL).estimates(&nothing).rows().iter().all(|(_, row)| row.standard_error.is_none()));
}

#[test]
fn learns_how_often_wrong_answers_are_missing() {
    // Half of the questions never run into the limit, in the others four wrong answers in ten do.
    let sizes = Sizes { parallel: 20, chains: 1, rounds: 20 };
    let drawn = |seed: u64| {
        let never = Regime { missing: 0.0, ..Regime::middle() };
        let often = Regime { missing: 0.4, ..Regime::middle() };
        let mut drawn = simulate::questions(&never, 200, sizes, seed).unwrap();
        drawn.extend(simulate::questions(&often, 200, sizes, seed + 1).unwrap());
        drawn
    };
    for (options, labelled) in [
        (PARALLEL, SimulatedQuestion::labelled_parallel as fn(&SimulatedQuestion) -> CalibrationQuestion),
        (SEQUENTIAL, |question: &SimulatedQuestion| question.labelled_chain(0).unwrap()),
    ] {
        let sample: Vec<CalibrationQuestion> = drawn(1).iter().map(labelled).collect();
        let fitted = fit(&sample, options);
        let share = fitted.estimates(&sample).missing.unwrap();
        // Two kinds of questions are no Beta, so the mean is near 0.2 only.
        assert!((share.value - 0.2).abs() < 0.06 && share.basis == Basis::Data, "{share:?}");
        assert!((fitted.model.memory - if options == PARALLEL { 0.0 } else { 0.25 }).abs() < 0.03, "{fitted:?}");
        // Stated minus true, of the best class, on other questions: without the share the posterior believes too little.
        let gap = |model: &AnswerModel| {
            let asked = drawn(7);
            let gaps = asked.iter().map(|question| {
                let (question, mut posterior) = (labelled(question), Posterior::new(model));
                question.draws.iter().for_each(|draw| posterior.observe(draw.class, draw.score));
                let best = posterior.best_class().unwrap();
                posterior.probability(best) - f64::from(u8::from(Some(best) == question.right))
            });
            gaps.sum::<f64>() / asked.len() as f64
        };
        let (with, without) = (gap(&fitted.model), gap(&AnswerModel { missing: None, ..fitted.model.clone() }));
        assert!(with.abs() < 0.05 && without < with - 0.01, "{with} {without}");
    }
    assert_eq!(fit(&questions(&truth(), 30, 6, 2), SEQUENTIAL).model.missing, None);
}

#[test]
fn chains_that_overshoot_are_fitted_without_memory_and_said_to() {
    let mut regime = Regime::of("overshooting", AnswerModel { memory: 0.0, ..truth() });
    let chains = |regime: &Regime, seed: u64| -> Vec<CalibrationQuestion> {
        let drawn = simulate::questions(regime, 150, Sizes { parallel: 0, chains: 1, rounds: 10 }, seed).unwrap();
        drawn.iter().filter_map(|question| question.labelled_chain(0)).collect()
    };
    let negative = |fitted: &FittedModel| {
        fitted.remarks.iter().any(|remark| matches!(remark, FitRemark::NegativeMemory { score } if *score < -1.645))
    };
    let false_alarms = (0..10).filter(|&seed| negative(&fit(&chains(&regime, seed), SEQUENTIAL))).count();
    assert!(false_alarms <= 3, "0.5 of 10 is expected: {false_alarms}");
    regime.departures.change_sides = 0.3;
    let fitted = fit(&chains(&regime, 3), SEQUENTIAL);
    assert!(negative(&fitted) && fitted.model.memory < 0.05, "{fitted:?}");
    assert!(fitted.remarks[0].to_string().contains("lambda < 0"), "{}", fitted.remarks[0]);
}

#[test]
fn ordinary_fits_need_no_remark() {
    for seed in 0..6 {
        let fitted = fit(&questions(&truth(), 200, 8, 50 + seed), SEQUENTIAL);
        assert_eq!(fitted.remarks, [], "{fitted:?}");
    }
}
