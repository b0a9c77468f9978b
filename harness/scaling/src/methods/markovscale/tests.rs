use proptest::prelude::*;

use super::policy::{Continuation, PolicyRow};
use super::value::{Observed, StopValue};
use super::watch::State;
use super::*;
use crate::methods::config::MethodConfig;
use crate::methods::interface::{Choice, ClassId, Decision, Draw, Tokens};
use crate::methods::play::play;
use crate::methods::single::Single;
use crate::posterior::{CalibrationQuestion, Emission, FitOptions, Posterior, fit};
use crate::simulate::{self, RIGHT, Regime, SimulatedQuestion, Sizes};

const STOPS: [StopRule; 5] = [StopRule::Gate, StopRule::Map, StopRule::Zero, StopRule::Confidence, StopRule::Optimal];
const SELECTS: [Select; 3] = [Select::Last, Select::BestScore, Select::Posterior];
const MODES: [DrawMode; 2] = [DrawMode::Sequential, DrawMode::Parallel];

fn draw(class: Option<u32>, score: Option<f64>) -> Draw {
    Draw { class: class.map(ClassId), score, completion_tokens: Tokens(1), ..Draw::default() }
}

fn method(stop: StopRule, select: Select, draws: DrawMode) -> MarkovScale {
    MarkovScale::unchecked(MarkovScaleConfig { stop, select, draws, ..Default::default() })
}

fn simulated(regime: &Regime, count: usize, draws: usize, seed: u64) -> Vec<SimulatedQuestion> {
    simulate::questions(regime, count, Sizes { parallel: draws, chains: 1, rounds: draws }, seed).unwrap()
}

fn labelled(questions: &[SimulatedQuestion], mode: DrawMode) -> Vec<CalibrationQuestion> {
    let of = |question: &SimulatedQuestion| match mode {
        DrawMode::Parallel => question.labelled_parallel(),
        _ => question.labelled_chain(0).unwrap(),
    };
    questions.iter().map(of).collect()
}

fn policy(method: &MarkovScale, questions: &[CalibrationQuestion], budget: u32) -> StoppingPolicy {
    let model = fit(questions, FitOptions { most_draws: Some(8), ..FitOptions::new(method.config.draws) }).model;
    let questions: Vec<&CalibrationQuestion> = questions.iter().collect();
    method.policy(&Calibration { questions: &questions, model: Some(&model) }, Budget(budget)).unwrap()
}

/// Accuracy and answers per question.
fn score(
    method: &MarkovScale,
    context: &QuestionContext<'_>,
    budget: u32,
    pools: &[CalibrationQuestion],
) -> (f64, f64) {
    let (mut right, mut used) = (0, 0);
    for pool in pools {
        let played = play(method, context, Budget(budget), &pool.draws).unwrap();
        right += usize::from(matches!(played.choice, Choice::Draw(index) if pool.draws[index].class == Some(RIGHT)));
        used += played.used;
    }
    (right as f64 / pools.len() as f64, used as f64 / pools.len() as f64)
}

fn pools() -> impl Strategy<Value = Vec<Draw>> {
    let draw = (prop::option::weighted(0.85, 0..4u32), prop::option::of(0.0..=1.0f64), prop::bool::weighted(0.15))
        .prop_map(|(class, score, cut_off)| Draw { cut_off, ..draw(class, score) });
    prop::collection::vec(draw, 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// What is explained is what was decided, and explaining changes nothing.
    #[test]
    fn explanations_agree_with_decisions(pool in pools(), budget in 1..12u32) {
        let budget = Budget(budget.min(pool.len() as u32));
        for (stop, mode) in STOPS.into_iter().flat_map(|stop| MODES.map(|mode| (stop, mode))) {
            let method = method(stop, Select::Posterior, mode);
            let mut session = method.session(&QuestionContext::uncalibrated(), budget);
            prop_assert!(session.explain(&[]).is_none());
            let mut used = 0;
            let choice = loop {
                let decision = session.next(&pool[..used]);
                if let Some(explained) = session.explain(&pool[..used]) {
                    prop_assert_eq!(explained.reason.stops(), matches!(decision, Decision::Stop(_)), "{}", explained.reason);
                    prop_assert!((explained.gain - (explained.fixed_point - explained.belief)).abs() < 1e-12);
                    prop_assert!(explained.best_probability + explained.none < 1.0 + 1e-9);
                    if let Some(best) = explained.best {
                        prop_assert!(pool[..used].iter().any(|draw| draw.class == Some(best)));
                    }
                }
                match decision {
                    Decision::Stop(choice) => break choice,
                    _ => used += 1,
                }
            };
            let played = play(&method, &QuestionContext::uncalibrated(), budget, &pool).unwrap();
            prop_assert_eq!((played.choice, played.used), (choice, used));
        }
    }

    #[test]
    fn every_stop_obeys_budget_and_minimum_and_returns_an_answer(
        pool in pools(),
        budget in 1..12u32,
        least in 1..4u32,
    ) {
        let budget = budget.min(pool.len() as u32);
        for mode in MODES {
            for select in SELECTS {
                for stop in STOPS {
                    let config =
                        MarkovScaleConfig { stop, select, draws: mode, min_answers: least, ..Default::default() };
                    let method = MarkovScale::unchecked(config);
                    let played = play(&method, &QuestionContext::uncalibrated(), Budget(budget), &pool).unwrap();
                    prop_assert!(played.used <= budget as usize && played.used >= least.min(budget) as usize);
                    let answered = pool[..played.used].iter().any(|draw| draw.class.is_some() && !draw.cut_off);
                    if answered {
                        prop_assert!(matches!(played.choice, Choice::Draw(i) if !pool[i].cut_off));
                    }
                }
            }
        }
    }

    #[test]
    fn scores_that_are_not_looked_at_change_nothing(pool in pools(), budget in 1..12u32) {
        let unscored: Vec<Draw> = pool.iter().map(|draw| Draw { score: None, ..*draw }).collect();
        let budget = budget.min(pool.len() as u32);
        let model = AnswerModel { memory: 0.0, ..AnswerModel::weak_default() };
        for mode in MODES {
            for stop in STOPS {
                let config = MarkovScaleConfig { stop, draws: mode, scores: false, ..Default::default() };
                let method = MarkovScale::unchecked(config);
                prop_assert!(!method.uses_scores());
                let played = [&pool, &unscored].map(|pool| {
                    let questions = [CalibrationQuestion { draws: pool.clone(), right: Some(ClassId(0)) }];
                    let calibration = Calibration { questions: &[&questions[0]], model: Some(&model) };
                    let learned = method.learn(&calibration, Budget(budget));
                    let context =
                        QuestionContext { learned: learned.as_ref(), model: Some(&model) };
                    play(&method, &context, Budget(budget), pool).unwrap()
                });
                prop_assert_eq!(played[0], played[1], "{:?} {:?}", stop, mode);
            }
        }
    }

    #[test]
    fn a_learned_policy_obeys_the_same_rules(pool in pools(), budget in 1..12u32) {
        let questions = [CalibrationQuestion { draws: pool.clone(), right: Some(ClassId(0)) }];
        let budget = budget.min(pool.len() as u32);
        for mode in MODES {
            for select in SELECTS {
                let method = method(StopRule::Optimal, select, mode);
                let learned = method.learn(&Calibration { questions: &[&questions[0]], model: None }, Budget(budget));
                let context = QuestionContext { learned: learned.as_ref(), ..QuestionContext::default() };
                let played = play(&method, &context, Budget(budget), &pool).unwrap();
                prop_assert!((1..=budget as usize).contains(&played.used));
                let single = play(&method, &context, Budget(1), &pool).unwrap();
                prop_assert_eq!(single, play(&*MethodConfig::from(Single).build(), &context, Budget(1), &pool).unwrap());
            }
        }
    }

    #[test]
    fn confidence_stops_at_the_first_answer_that_is_probable_enough(pool in pools()) {
        let method = method(StopRule::Confidence, Select::Posterior, DrawMode::Parallel);
        let played = play(&method, &QuestionContext::uncalibrated(), Budget(pool.len() as u32), &pool).unwrap();
        let mut posterior = Posterior::new(&weak_default(DrawMode::Parallel));
        let reached = pool.iter().position(|draw| {
            posterior.observe(draw.class.filter(|_| !draw.cut_off), draw.score);
            posterior.best_class().is_some_and(|best| posterior.probability(best) >= 0.95)
        });
        prop_assert_eq!(played.used, reached.map_or(pool.len(), |index| index + 1));
    }
}

#[test]
fn stops_that_need_a_chain_are_refused_on_parallel_draws() {
    for stop in STOPS {
        let made = MarkovScale::new(MarkovScaleConfig { stop, draws: DrawMode::Parallel, ..Default::default() });
        assert_eq!(made.is_ok(), matches!(stop, StopRule::Confidence | StopRule::Optimal), "{stop:?}");
        assert!(MarkovScale::new(MarkovScaleConfig { stop, ..Default::default() }).is_ok());
        assert!(MarkovScale::new(MarkovScaleConfig { stop, draws: DrawMode::Refine, ..Default::default() }).is_err());
    }
    let refused = MarkovScaleConfig { draws: DrawMode::Parallel, ..Default::default() }.check().unwrap_err();
    assert!(refused.to_string().contains("`confidence`, `optimal` and `value` work on parallel draws"), "{refused}");
}

#[test]
fn labels_name_the_draws_when_they_are_parallel() {
    let label = |draws, confidence| {
        let config = MarkovScaleConfig { stop: StopRule::Confidence, draws, confidence, ..Default::default() };
        MethodConfig::from(config).label()
    };
    assert_eq!(label(DrawMode::Sequential, 0.95), "markovscale(confidence, posterior)");
    assert_eq!(label(DrawMode::Parallel, 0.9), "markovscale(confidence, posterior, parallel, confidence=0.9)");
}

#[test]
fn zero_reads_the_score_as_the_probability_and_nothing_else_that_is_fitted() {
    let zero = method(StopRule::Zero, Select::Posterior, DrawMode::Sequential);
    let misleading = AnswerModel { alpha: 50.0, emission: None, ..AnswerModel::weak_default() };
    let with_model = QuestionContext { model: Some(&misleading), ..QuestionContext::default() };
    for (score, most) in [(0.999, 1), (0.01, 64)] {
        let pool = vec![draw(Some(0), Some(score)); 64];
        let used = |context| play(&zero, &context, Budget(64), &pool).unwrap().used;
        assert_eq!(used(with_model), used(QuestionContext::uncalibrated()));
        assert!((used(with_model) == 1) == (most == 1), "{score}: {}", used(with_model));
    }
    let unscored = vec![draw(Some(0), None); 64];
    assert!(play(&zero, &with_model, Budget(64), &unscored).unwrap().used < 64, "agreement alone convinces in the end");
    assert!(!zero.needs_calibration());
}

#[test]
fn a_policy_is_its_table_and_survives_being_saved() {
    let questions = labelled(&simulated(&Regime::hard(), 60, 8, 3), DrawMode::Sequential);
    let method = method(StopRule::Optimal, Select::Posterior, DrawMode::Sequential);
    let policy = policy(&method, &questions, 8);
    assert_eq!((policy.horizon(), policy.questions()), (8, 60));
    let rows = policy.table();
    assert_eq!(rows.len(), 7 * 4);
    for PolicyRow { draws, share_from, share_below, continuation } in rows {
        let share = 0.5 * (share_from + share_below);
        for step in 0..100 {
            let probability = f64::from(step) / 100.0;
            let goes_on = continuation.is_some_and(|Continuation { from, below }| (from..below).contains(&probability));
            assert_eq!(policy.stops_at(draws, probability, share * (1.0 - probability)), !goes_on);
        }
    }
    let saved = serde_json::to_string(&policy).unwrap();
    assert_eq!(serde_json::from_str::<StoppingPolicy>(&saved).unwrap(), policy);
    let refused = |from: &str, to: &str| {
        let text = saved.replacen(from, to, 1);
        assert_ne!(text, saved);
        serde_json::from_str::<StoppingPolicy>(&text).unwrap_err().to_string()
    };
    assert!(refused("\"version\":1", "\"version\":2").contains("update it"));
    assert!(refused("\"levels\":4", "\"levels\":3").contains("one entry for each level"));
    assert!(refused("\"below\":", "\"below\":7").contains("two probabilities"));
    assert!(refused("\"price\"", "\"prize\"").contains("unknown field"));
}

#[test]
fn a_policy_made_for_something_else_is_not_followed() {
    let questions = labelled(&simulated(&Regime::hard(), 40, 8, 3), DrawMode::Sequential);
    let policy = policy(&method(StopRule::Optimal, Select::Posterior, DrawMode::Sequential), &questions, 8);
    let learned = Learned::new(policy);
    let context = QuestionContext { learned: Some(&learned), ..QuestionContext::default() };
    for question in &questions {
        let used = |stop, select, context| {
            play(&method(stop, select, DrawMode::Sequential), context, Budget(8), &question.draws).unwrap()
        };
        let plain = QuestionContext::uncalibrated();
        let confidence = used(StopRule::Confidence, Select::Last, &plain);
        assert_eq!(used(StopRule::Optimal, Select::Last, &context), confidence, "another select");
        assert_eq!(used(StopRule::Optimal, Select::Last, &plain), confidence, "no policy at all");
    }
}

/// Where no draw will ever be right, the policy gives up and `confidence` cannot.
#[test]
fn hopeless_questions_are_given_up() {
    let emission = Emission { mean_right: 1.5, mean_wrong: -1.0, var_noise: 0.5, var_question: 0.3, var_answer: 0.3 };
    // Half of the questions are always solved, the others never, with a new answer each time.
    let model = AnswerModel {
        alpha: 0.15,
        beta: 0.15,
        memory: 0.0,
        shift: 0.0,
        concentration: 30.0,
        missing: None,
        emission: Some(emission),
    };
    let (train, test) =
        (simulated(&Regime::of("a", model.clone()), 150, 16, 1), simulated(&Regime::of("a", model), 150, 16, 2));
    for mode in MODES {
        // After n wrong answers the next is right with probability 0.15 / (0.3 + n): less than the price from n = 5 on.
        let config = MarkovScaleConfig { stop: StopRule::Optimal, draws: mode, price: 0.03, ..Default::default() };
        let optimal = MarkovScale::unchecked(config);
        let policy = policy(&optimal, &labelled(&train, mode), 16);
        assert!(policy.table().iter().any(|row| row.continuation.is_some_and(|range| range.from > 0.0)));
        let learned = Learned::new(policy);
        let context = QuestionContext { learned: Some(&learned), ..QuestionContext::default() };
        let hopeless: Vec<CalibrationQuestion> =
            labelled(&test, mode).into_iter().filter(|question| question.right.is_none()).collect();
        assert!(hopeless.len() > 20);
        let (_, used) = score(&optimal, &context, 16, &hopeless);
        let (_, confident) = score(&method(StopRule::Confidence, Select::Posterior, mode), &context, 16, &hopeless);
        assert!(used < 8.0 && confident > 15.0, "{}: {used} of {confident}", mode.name());
    }
}

/// On questions that it did not see, accuracy less the price of the draws is at least that of `confidence`, and of
/// drawing to the end.
#[test]
fn the_policy_is_worth_more_than_confidence_and_than_the_whole_budget() {
    for regime in [Regime::easy(), Regime::hard()] {
        let (train, test) = (simulated(&regime, 250, 16, 5), simulated(&regime, 1500, 16, 6));
        for mode in MODES {
            let optimal = MarkovScale::unchecked(MarkovScaleConfig {
                stop: StopRule::Optimal,
                draws: mode,
                price: 0.005,
                ..Default::default()
            });
            let learned = Learned::new(policy(&optimal, &labelled(&train, mode), 16));
            let own: &StoppingPolicy = learned.get().unwrap();
            let context = QuestionContext { model: Some(own.model()), learned: Some(&learned) };
            let test = labelled(&test, mode);
            let worth = |(accuracy, answers): (f64, f64)| accuracy - 0.005 * answers;
            let of = |confidence| {
                MarkovScale::unchecked(MarkovScaleConfig {
                    stop: StopRule::Confidence,
                    draws: mode,
                    confidence,
                    ..Default::default()
                })
            };
            let found = worth(score(&optimal, &context, 16, &test));
            for confidence in [0.8, 0.95, 1.0] {
                let rival = worth(score(&of(confidence), &context, 16, &test));
                // 0.01 is about one standard error of the paired difference.
                assert!(found > rival - 0.01, "{} {}: {found} {rival}", regime.name, mode.name());
            }
        }
    }
}

#[test]
fn learning_does_not_depend_on_threads() {
    for mode in MODES {
        let questions = labelled(&simulated(&Regime::middle(), 40, 8, 9), mode);
        let learn = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| policy(&method(StopRule::Optimal, Select::BestScore, mode), &questions, 8))
        };
        let (one, two) = (learn(1), learn(2));
        assert_eq!(one, two);
        assert_eq!(serde_json::to_string(&one).unwrap(), serde_json::to_string(&two).unwrap());
    }
}

#[test]
fn nothing_is_learned_from_nothing() {
    let optimal = method(StopRule::Optimal, Select::Posterior, DrawMode::Sequential);
    let empty = CalibrationQuestion { draws: Vec::new(), right: None };
    assert_eq!(optimal.learn(&Calibration { questions: &[], model: None }, Budget(8)), None);
    assert_eq!(optimal.learn(&Calibration { questions: &[&empty], model: None }, Budget(8)), None);
    let absurd = AnswerModel { alpha: f64::NAN, memory: 7.0, ..AnswerModel::weak_default() };
    let one = CalibrationQuestion { draws: vec![draw(Some(1), Some(0.3)); 8], right: None };
    assert!(optimal.learn(&Calibration { questions: &[&one], model: Some(&absurd) }, Budget(8)).is_some());
    assert!(optimal.learns() && !method(StopRule::Map, Select::Posterior, DrawMode::Sequential).learns());
}

#[test]
fn the_value_of_stopping_starts_at_what_is_stated_and_follows_the_labels() {
    let stated = |probability: f64| State { probability, none: 0.5 * (1.0 - probability) };
    let nothing = StopValue::fit(&[]);
    for probability in [0.01, 0.3, 0.5, 0.9] {
        assert!((nothing.accuracy(4, stated(probability)) - probability).abs() < 1e-6);
        assert!((StopValue::STATED.accuracy(64, stated(probability)) - probability).abs() < 1e-12);
    }
    // Over-confident: of what is stated as 0.9, 0.7 is right, whatever the number of draws.
    let observed: Vec<Observed> = [1, 4, 16]
        .into_iter()
        .flat_map(|draws| {
            [(0.1, 0.3), (0.5, 0.5), (0.9, 0.7)].map(|(probability, right)| Observed {
                draws,
                state: stated(probability),
                weight: 100.0,
                right: 100.0 * right,
            })
        })
        .collect();
    let map = StopValue::fit(&observed);
    for draws in [1, 4, 16] {
        assert!((map.accuracy(draws, stated(0.9)) - 0.7).abs() < 0.03, "{map:?}");
        assert!(map.accuracy(draws, stated(0.95)) > map.accuracy(draws, stated(0.9)));
    }
}

#[test]
fn a_policy_that_reads_scores_is_not_followed_without_them() {
    let questions = labelled(&simulated(&Regime::middle(), 40, 8, 5), DrawMode::Parallel);
    let method = method(StopRule::Optimal, Select::Posterior, DrawMode::Parallel);
    let policy = policy(&method, &questions, 8);
    let blind = MarkovScaleConfig { scores: false, ..*method.config() };
    assert!(policy.suits(method.config()) && !policy.suits(&blind));
    let own = self::policy(&MarkovScale::unchecked(blind), &questions, 8);
    assert!(own.suits(&blind) && own.model().emission.is_none());
}

#[test]
fn the_highest_score_cannot_be_returned_unseen() {
    let config = MarkovScaleConfig { select: Select::BestScore, scores: false, ..Default::default() };
    assert_eq!(MarkovScale::new(config).unwrap_err(), MarkovScaleError::UnseenScores);
    assert!(MarkovScale::new(MarkovScaleConfig { select: Select::Last, ..config }).is_ok());
}
