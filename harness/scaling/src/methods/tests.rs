mod baselines;
mod learned;
mod legacy;

use proptest::prelude::*;

use super::METHODS;
use super::adaptive_sc::{AdaptiveConfig, Criterion};
use super::best_of_n::BestOfNConfig;
use super::common::{Standing, rank_by_score, standing};
use super::config::{MethodConfig, SettingError};
use super::difficulty_adaptive_sc::DifficultyAdaptiveConfig;
use super::early_stopping_sc::EarlyStoppingConfig;
use super::interface::*;
use super::markovscale::{MarkovScaleConfig, Select, StopRule};
use super::mr_thinking::MrThinking;
use super::optscale::OptScaleConfig;
use super::play::{PlayError, play};
use super::self_consistency::SelfConsistencyConfig;
use super::single::Single;
use super::spec::{MethodSpec, ParameterKind, ParameterSpec, Setting};
use super::weighted_self_consistency::WeightedSelfConsistencyConfig;
use crate::posterior::{AnswerModel, Emission, Posterior, simulate};

fn draw(class: Option<u32>, score: Option<f64>) -> Draw {
    let class = class.map(ClassId);
    Draw { class, text: class, score, completion_tokens: Tokens(1), ..Draw::default() }
}

fn cut_off(class: u32) -> Draw {
    Draw { cut_off: true, ..draw(Some(class), Some(1.0)) }
}

fn markovscale(stop: StopRule, select: Select) -> MethodConfig {
    MethodConfig::from(MarkovScaleConfig { stop, select, ..Default::default() })
}

fn majority() -> MethodConfig {
    MethodConfig::from(SelfConsistencyConfig::default())
}

fn adaptive(criterion: Criterion) -> MethodConfig {
    MethodConfig::from(AdaptiveConfig { criterion, ..AdaptiveConfig::default() })
}

/// Every configuration of a method whose words are any, its other parameters being the defaults.
fn every_choice(spec: &'static MethodSpec) -> Vec<MethodConfig> {
    let mut choices: Vec<Vec<(&str, Setting)>> = vec![Vec::new()];
    for ParameterSpec { name, kind, .. } in spec.parameters {
        let ParameterKind::Words(words) = *kind else { continue };
        let with = |chosen: Vec<(&'static str, Setting)>| {
            words.iter().map(move |word| chosen.iter().copied().chain([(*name, Setting::Word(word))]).collect())
        };
        choices = choices.into_iter().flat_map(with).collect();
    }
    choices.into_iter().map(|chosen| MethodConfig::new(spec, chosen).unwrap()).collect()
}

/// Every method under the common rules, with each of its choices, as far as they go together.
fn every_method() -> Vec<MethodConfig> {
    let mut methods: Vec<MethodConfig> = METHODS.iter().flat_map(|spec| every_choice(spec)).collect();
    methods.push(MarkovScaleConfig { scores: false, ..Default::default() }.into());
    methods.retain(|config| config.method().conflict().is_none());
    methods
}

fn model() -> AnswerModel {
    let emission = Emission { mean_right: 1.7, mean_wrong: 0.1, var_noise: 0.4, var_question: 0.6, var_answer: 0.9 };
    AnswerModel {
        alpha: 2.0,
        beta: 0.5,
        memory: 0.3,
        shift: 1.0,
        concentration: 1.2,
        emission: Some(emission),
        missing: None,
    }
}

/// Drives a method over a pool: what it asked for, how many answers it saw, what it chose. A refining chain has a
/// critique after each of these answers, which trusts the score; indices are those of the answers.
fn drive(
    config: &MethodConfig,
    model: Option<&AnswerModel>,
    budget: u32,
    pool: &[Draw],
) -> (Vec<Decision>, usize, Choice) {
    drive_in(config, &QuestionContext { model, ..QuestionContext::default() }, budget, pool)
}

fn drive_in(
    config: &MethodConfig,
    context: &QuestionContext<'_>,
    budget: u32,
    pool: &[Draw],
) -> (Vec<Decision>, usize, Choice) {
    let method = config.build();
    let refine = method.draws() == DrawMode::Refine;
    let stored: Vec<Draw> =
        if refine { pool.iter().flat_map(|draw| [*draw, critique(draw)]).collect() } else { pool.to_vec() };
    let mut session = method.session(context, Budget(budget));
    let mut asked = Vec::new();
    for seen in 0..=stored.len() {
        match session.next(&stored[..seen]) {
            Decision::Stop(Choice::Draw(index)) if refine => {
                assert_eq!(index % 2, 0, "a critique is no answer");
                return (asked, seen.div_ceil(2), Choice::Draw(index / 2));
            }
            Decision::Stop(choice) => return (asked, if refine { seen.div_ceil(2) } else { seen }, choice),
            decision => asked.push(decision),
        }
    }
    panic!("{} wants more than the pool holds", config.label());
}

/// A critique of this answer that believes its score.
fn critique(draw: &Draw) -> Draw {
    let verdict = draw.score.map_or(Verdict::Unclear, |s| if s > 0.8 { Verdict::Right } else { Verdict::Wrong });
    Draw { critique: Some(verdict), completion_tokens: Tokens(1), ..Draw::default() }
}

/// What a method of this mode must ask for when it asks for the n-th draw.
fn expected_request(mode: DrawMode, n: usize) -> Decision {
    match mode {
        _ if n == 0 => Decision::Draw,
        DrawMode::Parallel => Decision::Draw,
        DrawMode::Sequential => Decision::ReAnswer,
        DrawMode::Refine if n % 2 == 1 => Decision::Critique,
        DrawMode::Refine => Decision::ReAnswer,
        DrawMode::Forced => Decision::Continue,
    }
}

fn choice(config: &MethodConfig, pool: &[Draw]) -> Choice {
    drive(config, Some(&model()), pool.len() as u32, pool).2
}

/// The class a choice stands for.
fn chosen_class(choice: Choice, pool: &[Draw]) -> Option<ClassId> {
    match choice {
        Choice::Draw(index) => pool[index].class,
        Choice::Missing | Choice::AnyRight => None,
    }
}

fn pools() -> impl Strategy<Value = Vec<Draw>> {
    let draw = (prop::option::weighted(0.85, 0..4u32), prop::option::of(0.0..=1.0f64), prop::bool::weighted(0.15))
        .prop_map(|(class, score, cut_off)| Draw { cut_off, ..draw(class, score) });
    prop::collection::vec(draw, 1..12)
}

proptest! {
    #[test]
    fn every_method_obeys_the_common_rules(pool in pools(), budget in 1..12u32) {
        for config in every_method() {
            for model in [None, Some(&model())] {
                let budget = budget.min(pool.len() as u32);
                let (asked, seen, choice) = drive(&config, model, budget, &pool);
                prop_assert!(seen <= budget as usize && seen >= 1);
                for (index, decision) in asked.iter().enumerate() {
                    prop_assert_eq!(*decision, expected_request(config.draws(), index));
                }
                let best = pool[..seen].iter().map(standing).max().unwrap();
                match choice {
                    Choice::Draw(index) => prop_assert_eq!(standing(&pool[..seen][index]), best),
                    Choice::Missing => prop_assert_eq!(best, Standing::Missing),
                    Choice::AnyRight => prop_assert!(config.upper_bound()),
                }
            }
        }
    }

    #[test]
    fn budget_of_one_is_single(pool in pools()) {
        let single = drive(&MethodConfig::from(Single), None, 64, &pool);
        for config in every_method().into_iter().filter(|config| !config.upper_bound()) {
            prop_assert_eq!(&drive(&config, Some(&model()), 1, &pool), &single);
        }
    }

    #[test]
    fn majority_of_two_is_majority_of_one(first in 0..4u32, second in 0..4u32) {
        let pool = [draw(Some(first), None), draw(Some(second), None)];
        let of = |budget| drive(&majority(), None, budget, &pool).2;
        prop_assert_eq!(of(1), of(2));
    }

    #[test]
    fn majority_is_the_count(pool in pools()) {
        let votes = |class: Option<ClassId>, standing_of: Standing| {
            pool.iter().filter(|draw| draw.class == class && standing(draw) == standing_of).count()
        };
        let best = pool.iter().map(standing).max().unwrap();
        let chosen = choice(&majority(), &pool);
        if let Choice::Draw(index) = chosen {
            let count = votes(pool[index].class, best);
            for (other, draw) in pool.iter().enumerate().filter(|(_, draw)| standing(draw) == best) {
                let rival = votes(draw.class, best);
                prop_assert!(rival < count || (rival == count && index <= other));
            }
        }
    }

    #[test]
    fn best_of_n_is_the_head_of_the_ranking(pool in pools()) {
        match choice(&MethodConfig::from(BestOfNConfig::default()), &pool) {
            Choice::Draw(index) => prop_assert_eq!(index, rank_by_score(&pool)[0]),
            other => prop_assert!(other == Choice::Missing && pool.iter().all(|draw| draw.class.is_none())),
        }
    }

    #[test]
    fn selecting_the_posterior_is_its_best_class(pool in pools()) {
        let config = MethodConfig::from(MarkovScaleConfig { min_answers: 99, ..Default::default() });
        let mut posterior = Posterior::new(&model());
        for draw in &pool {
            posterior.observe(draw.class.filter(|_| !draw.cut_off), draw.score);
        }
        if let Some(best) = posterior.best_class() {
            prop_assert_eq!(chosen_class(choice(&config, &pool), &pool), Some(best));
        }
    }
}

#[test]
fn a_chain_of_n_has_n_less_one_transitions() {
    let pool = vec![draw(Some(0), None); 7];
    let (asked, seen, choice) = drive(&MethodConfig::from(MrThinking), None, 7, &pool);
    let transitions = asked.iter().filter(|decision| **decision == Decision::ReAnswer).count();
    assert_eq!((transitions, seen, choice), (6, 7, Choice::Draw(6)));
}

#[test]
fn cut_off_answers_count_only_when_there_is_nothing_else() {
    let pool = [cut_off(1), cut_off(1), draw(None, Some(1.0)), draw(Some(0), Some(0.1))];
    for config in every_method().into_iter().filter(|config| !config.upper_bound()) {
        // Some draw too few to reach the one real answer; of `markovscale` it is made sure.
        if config.method().most_answers().is_none_or(|most| most as usize >= pool.len()) {
            let budget_all = match config.parameters::<MarkovScaleConfig>() {
                Some(parameters) => MarkovScaleConfig { min_answers: 4, ..parameters }.into(),
                None => config.clone(),
            };
            assert_eq!(choice(&budget_all, &pool), Choice::Draw(3), "{}", budget_all.label());
        }
        assert!(matches!(choice(&config, &pool[..1]), Choice::Draw(0)), "{}", config.label());
        assert_eq!(choice(&config, &[draw(None, None)]), Choice::Missing);
    }
}

#[test]
fn gate_stops_at_once_when_the_first_answer_is_trusted() {
    let gate = markovscale(StopRule::Gate, Select::Posterior);
    let surely_right = vec![draw(Some(0), Some(0.999)); 64];
    assert_eq!(drive(&gate, Some(&model()), 64, &surely_right).1, 1);
    let doubtful = vec![draw(Some(0), Some(0.3)); 64];
    let (_, seen, _) = drive(&gate, Some(&model()), 64, &doubtful);
    let mut posterior = Posterior::new(&model());
    posterior.observe(Some(ClassId(0)), Some(0.3));
    let gap = posterior.fixed_point() - posterior.belief();
    let rounds = (1..).find(|&round| 0.3f64.powi(round) * gap <= 0.01).unwrap() as usize;
    assert_eq!(seen, 1 + rounds);
    let forgetful = AnswerModel { memory: 0.0, ..model() };
    assert_eq!(drive(&gate, Some(&forgetful), 64, &doubtful).1, 2, "without memory one round reaches the fixed point");
}

#[test]
fn map_stops_when_no_round_is_worth_its_price() {
    let doubtful = vec![draw(Some(0), Some(0.3)); 64];
    let map = |price, epsilon| {
        MethodConfig::from(MarkovScaleConfig { stop: StopRule::Map, price, epsilon, ..Default::default() })
    };
    assert_eq!(drive(&map(0.9, 0.0), Some(&model()), 64, &doubtful).1, 1);
    assert_eq!(drive(&map(0.0, 0.9), Some(&model()), 64, &doubtful).1, 1);
    assert!(drive(&map(0.001, 0.01), Some(&model()), 64, &doubtful).1 > 1);
    let patient = MethodConfig::from(MarkovScaleConfig { min_answers: 5, price: 0.9, ..Default::default() });
    assert_eq!(drive(&patient, Some(&model()), 64, &doubtful).1, 5);
    assert_eq!(drive(&patient, Some(&model()), 3, &doubtful).1, 3, "the budget is obeyed");
}

#[test]
fn labels_are_unique_and_say_what_differs() {
    let mut labels: Vec<String> = every_method().iter().map(MethodConfig::label).collect();
    let changed = MarkovScaleConfig { stop: StopRule::Gate, epsilon: 0.02, min_answers: 2, ..Default::default() };
    labels.push(MethodConfig::from(changed).label());
    assert!(labels.contains(&"self_consistency".to_owned()) && labels.contains(&"oracle(parallel)".to_owned()));
    assert!(labels.contains(&"markovscale(gate, posterior)".to_owned()));
    assert!(labels.contains(&"markovscale(map, posterior, no_scores)".to_owned()));
    assert_eq!(labels.last().unwrap(), "markovscale(gate, posterior, epsilon=0.02, min_answers=2)");
    let count = labels.len();
    labels.sort();
    labels.dedup();
    assert_eq!(labels.len(), count);
}

/// On questions that the model describes, stopping early keeps most of what 64 rounds of the posterior reach.
#[test]
fn map_beats_the_last_answer_with_fewer_draws() {
    let model = model();
    let (mut map_right, mut last_right, mut map_draws) = (0, 0, 0);
    let questions = simulate::questions(&model, 600, 16, 8);
    for question in &questions {
        let (_, seen, chosen) =
            drive(&markovscale(StopRule::Map, Select::Posterior), Some(&model), 16, &question.draws);
        map_right += u32::from(question.right.is_some() && chosen_class(chosen, &question.draws) == question.right);
        map_draws += seen;
        let last = choice(&MethodConfig::from(MrThinking), &question.draws);
        last_right += u32::from(question.right.is_some() && chosen_class(last, &question.draws) == question.right);
    }
    assert!(map_right + 12 >= last_right, "{map_right} {last_right}");
    assert!(map_draws < 600 * 8, "{map_draws}");
}

#[test]
fn a_method_can_be_made_of_its_settings_and_told_apart_again() {
    for config in every_method() {
        let again = MethodConfig::new(config.spec(), config.settings()).unwrap();
        assert_eq!((again.label(), again.draws()), (config.label(), config.draws()));
        assert_eq!(again, config);
        let parameters = config.spec().parameters;
        assert_eq!(config.settings().count(), parameters.len());
        for (parameter, default) in parameters.iter().zip(config.spec().defaults()) {
            assert!(parameter.kind.allows(default), "{}.{}", config.name(), parameter.name);
            assert!(!parameter.about.is_empty());
        }
    }
    let mut names: Vec<&str> = METHODS.iter().map(|spec| spec.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), METHODS.len());
}

#[test]
fn what_no_parameter_takes_is_refused() {
    let spec = MethodConfig::from(MarkovScaleConfig::default()).spec();
    let made = |name, value| MethodConfig::new(spec, [(name, value)]);
    let unknown = made("stopp", Setting::Word("map")).unwrap_err();
    assert!(unknown.to_string().contains("`stop`"), "{unknown}");
    for (name, value) in [
        ("stop", Setting::Word("never")),
        ("stop", Setting::Flag(true)),
        ("draws", Setting::Word("refine")),
        ("epsilon", Setting::Number(1.5)),
        ("epsilon", Setting::Number(f64::NAN)),
        ("confidence", Setting::Number(0.0)),
        ("min_answers", Setting::Whole(0)),
    ] {
        let error = made(name, value).unwrap_err();
        assert!(matches!(error, SettingError::NotAllowed { parameter, .. } if parameter == name), "{error}");
    }
    assert!(made("epsilon", Setting::Number(0.0)).is_ok());
}

/// Says that it draws in one mode, and asks for what another has.
struct Confused(DrawMode, Decision);

impl Method for Confused {
    fn draws(&self) -> DrawMode {
        self.0
    }

    fn uses_scores(&self) -> bool {
        false
    }

    fn session<'a>(&'a self, _question: &QuestionContext<'a>, _budget: Budget) -> Box<dyn Session + 'a> {
        Box::new(Confused(self.0, self.1))
    }
}

impl Session for Confused {
    fn next(&mut self, seen: &[Draw]) -> Decision {
        match seen.len() {
            0 => Decision::Draw,
            1 => self.1,
            _ => Decision::Stop(Choice::Draw(0)),
        }
    }
}

#[test]
fn play_refuses_what_the_draws_of_a_method_do_not_allow() {
    let requests = [Decision::Draw, Decision::ReAnswer, Decision::Critique, Decision::Continue];
    let answer = draw(Some(0), None);
    for mode in DrawMode::ALL {
        let second = if mode == DrawMode::Refine { critique(&answer) } else { answer };
        for request in requests {
            let played = play(&Confused(mode, request), &QuestionContext::uncalibrated(), Budget(4), &[answer, second]);
            if request == expected_request(mode, 1) {
                assert_eq!(played.unwrap().used, 2);
            } else {
                let error = played.unwrap_err();
                assert!(matches!(error, PlayError::NotAllowed { seen: 1, .. }), "{mode:?} {request:?}: {error}");
            }
        }
    }
}
