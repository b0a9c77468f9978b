//! The known relations between methods, and what each baseline does that no other does.

use super::super::budget_forcing::BudgetForcing;
use super::super::difficulty_adaptive_sc::{DifficultySource, partition, rank};
use super::super::learned::Learned;
use super::super::optscale::{
    OptScale, OptScaleSettings, OptScaleTarget, PriorSource, ScorePrior, SettingsSource, warm_up,
};
use super::super::self_refine::SelfRefine;
use super::*;
use crate::posterior::CalibrationQuestion;

fn early_stopping(window: u32) -> MethodConfig {
    MethodConfig::from(EarlyStoppingConfig { window, ..EarlyStoppingConfig::default() })
}

fn difficulty_adaptive() -> MethodConfig {
    MethodConfig::from(DifficultyAdaptiveConfig::default())
}

fn optscale(q: f64, target: f64) -> MethodConfig {
    MethodConfig::from(OptScaleConfig { q, target, ..OptScaleConfig::default() })
}

fn letters(text: &str) -> Vec<Draw> {
    let class = |letter: char| (letter != '-').then(|| u32::from(letter));
    text.chars().map(|letter| draw(class(letter), None)).collect()
}

fn seen(config: &MethodConfig, pool: &[Draw]) -> usize {
    drive(config, None, pool.len() as u32, pool).1
}

proptest! {
    #[test]
    fn esc_and_asc_are_the_majority_while_the_budget_is_small(pool in pools()) {
        let budget = |most: usize| pool.len().min(most) as u32;
        let majority_of = |budget| drive(&majority(), None, budget, &pool);
        for criterion in [Criterion::Beta, Criterion::Dirichlet] {
            prop_assert_eq!(drive(&adaptive(criterion), None, budget(4), &pool), majority_of(budget(4)));
        }
        prop_assert_eq!(drive(&early_stopping(5), None, budget(5), &pool), majority_of(budget(5)));
        prop_assert_eq!(drive(&difficulty_adaptive(), None, budget(5), &pool), majority_of(budget(5)));
    }

    #[test]
    fn a_vote_that_stops_early_returns_the_majority_of_what_it_saw(pool in pools()) {
        let voters = [early_stopping(2), adaptive(Criterion::Beta), adaptive(Criterion::Dirichlet), difficulty_adaptive()];
        for config in voters {
            let (_, seen, choice) = drive(&config, None, pool.len() as u32, &pool);
            prop_assert_eq!(choice, drive(&majority(), None, seen as u32, &pool).2);
        }
    }

    #[test]
    fn an_unreachable_target_is_best_of_n(pool in pools()) {
        let budget = pool.len() as u32;
        let best_of_n = drive(&MethodConfig::from(BestOfNConfig::default()), None, budget, &pool);
        prop_assert_eq!(drive(&optscale(0.1, 1.0), None, budget, &pool), best_of_n);
    }

    #[test]
    fn equal_scores_weigh_like_votes(pool in pools(), score in 0.1..1.0f64) {
        let pool: Vec<Draw> = pool.iter().map(|draw| Draw { score: Some(score), ..*draw }).collect();
        let weighted = MethodConfig::from(WeightedSelfConsistencyConfig::default());
        // Sums of equal scores round differently only beyond ties of the counts, which the first class decides.
        prop_assert_eq!(choice(&weighted, &pool), choice(&majority(), &pool));
    }

    #[test]
    fn dirichlet_never_stops_before_beta(pool in pools()) {
        prop_assert!(seen(&adaptive(Criterion::Dirichlet), &pool) >= seen(&adaptive(Criterion::Beta), &pool));
    }

    #[test]
    fn no_method_is_right_where_the_oracle_is_wrong(pool in pools(), right in 0..4u32, budget in 1..12u32) {
        let budget = budget.min(pool.len() as u32);
        for config in every_method() {
            let (_, seen, choice) = drive(&config, Some(&model()), budget, &pool);
            let right_class = Some(ClassId(right));
            let oracle = pool[..budget as usize].iter().any(|draw| draw.class == right_class);
            let method = chosen_class(choice, &pool) == right_class;
            prop_assert!(oracle || !method, "{} at {seen}", config.label());
        }
    }

    #[test]
    fn ranking_is_a_permutation_from_easy_to_hard(
        difficulties in prop::collection::vec(prop::option::of(prop_oneof![0.0..1.0f64, Just(f64::NAN), Just(0.5)]), 0..40)
    ) {
        let order = rank(&difficulties);
        let mut sorted = order.clone();
        sorted.sort_unstable();
        prop_assert_eq!(sorted, (0..difficulties.len()).collect::<Vec<_>>());
        let key = |index: usize| difficulties[index].filter(|d| !d.is_nan()).unwrap_or(f64::INFINITY);
        for pair in order.windows(2) {
            prop_assert!(key(pair[0]) < key(pair[1]) || (key(pair[0]) == key(pair[1]) && pair[0] < pair[1]));
        }
    }

    #[test]
    fn the_boundary_is_found_in_logarithmic_time(count in 0..2000usize, easy in 0..2000usize) {
        let easy = easy.min(count);
        // Questions are ranked backwards, so ranks and indices differ.
        let ranked: Vec<usize> = (0..count).rev().collect();
        let found = partition(&ranked, |question| count - 1 - question < easy);
        prop_assert_eq!(found.triage.iter().filter(|triage| triage.easy).count(), easy);
        prop_assert_eq!(found.triage.iter().filter(|triage| triage.probed).count(), found.probed);
        prop_assert!(found.probed <= (count + 1).next_power_of_two().ilog2() as usize);
        for (rank, question) in ranked.iter().enumerate() {
            prop_assert_eq!(found.triage[*question].easy, rank < easy);
        }
    }
}

/// Over every order of a small pool, the mean result does not depend on the order in which it was stored.
#[test]
fn storing_a_parallel_pool_in_another_order_changes_no_expectation() {
    let pool: Vec<Draw> = [(0, 0.9), (0, 0.4), (1, 0.95), (1, 0.2), (2, 0.5), (0, 0.6)]
        .map(|(class, score)| draw(Some(class), Some(score)))
        .to_vec();
    let mut other = pool.clone();
    other.swap(0, 4);
    other.reverse();
    for config in every_method().into_iter().filter(|config| config.draws() == DrawMode::Parallel) {
        let expectation = |pool: &[Draw]| {
            let mut counts = [0u32; 4];
            permutations(pool, &mut |order| {
                let (_, seen, choice) = drive(&config, None, 6, order);
                counts[3] += seen as u32;
                if let Some(class) = chosen_class(choice, order) {
                    counts[class.0 as usize] += 1;
                }
            });
            counts
        };
        assert_eq!(expectation(&pool), expectation(&other), "{}", config.label());
    }
}

fn permutations(pool: &[Draw], visit: &mut impl FnMut(&[Draw])) {
    fn place(order: &mut Vec<Draw>, from: usize, visit: &mut impl FnMut(&[Draw])) {
        if from == order.len() {
            return visit(order);
        }
        for index in from..order.len() {
            order.swap(from, index);
            place(order, from + 1, visit);
            order.swap(from, index);
        }
    }
    place(&mut pool.to_vec(), 0, visit);
}

#[test]
fn weights_can_outvote_a_majority_and_unscored_draws_weigh_nothing() {
    let weighted = MethodConfig::from(WeightedSelfConsistencyConfig::default());
    let pool = [draw(Some(0), Some(0.2)), draw(Some(0), Some(0.3)), draw(Some(1), Some(0.6))];
    assert_eq!(choice(&weighted, &pool), Choice::Draw(2));
    let unscored = [draw(Some(0), None), draw(Some(0), None), draw(Some(1), Some(0.01))];
    assert_eq!(choice(&weighted, &unscored), Choice::Draw(2));
    let nothing = [draw(Some(1), None), draw(Some(0), None), draw(Some(0), Some(f64::NAN))];
    assert_eq!(choice(&weighted, &nothing), Choice::Draw(0), "all sums are 0: the class seen first");
}

#[test]
fn esc_tests_whole_disjoint_windows() {
    let of = |text: &str| seen(&early_stopping(3), &letters(text));
    assert_eq!(of("AAABBB"), 3);
    assert_eq!(of("ABBBBA"), 6, "agreement across windows does not count");
    assert_eq!(of("ABABBBAA"), 6);
    assert_eq!(of("ABAAA"), 5, "a last window that is short is drawn and not tested");
    assert_eq!(of("AA-AAA"), 6, "a missing answer agrees with nothing");
    assert_eq!(of("---AAA"), 6);
    let mut cut = letters("AAAAAA");
    cut[1].cut_off = true;
    assert_eq!(seen(&early_stopping(3), &cut), 6);
}

#[test]
fn asc_stops_at_the_boundary_of_the_specification() {
    for (runner_up, leader) in [(0, 4), (1, 6), (2, 8), (3, 9), (5, 12), (10, 19)] {
        let answers = "BA".repeat(runner_up) + &"A".repeat(leader + 5);
        assert_eq!(seen(&adaptive(Criterion::Beta), &letters(&answers)), runner_up + leader, "{runner_up}");
        let missing = letters(&("-".repeat(3) + &answers));
        assert_eq!(seen(&adaptive(Criterion::Beta), &missing), 3 + runner_up + leader);
    }
    // Many small rivals: beta sees only the largest of them.
    let rivals = letters("BCDEFGAAAAAAAAAAAA");
    assert_eq!(seen(&adaptive(Criterion::Beta), &rivals), 12);
    assert!(seen(&adaptive(Criterion::Dirichlet), &rivals) > 12);
}

#[test]
fn dsc_spends_what_the_ranking_allows() {
    let run = |budget, text: &str| drive(&difficulty_adaptive(), None, budget, &letters(text)).1;
    let agreed = "A".repeat(20);
    assert_eq!(run(1, &agreed), 1);
    assert_eq!(run(5, &agreed), 5, "a probed question has paid for its window");
    assert_eq!(run(20, &agreed), 5, "ASC would stop at 4, but is asked at 5");
    // Tests at 5, 9, 13, 17 draws: one rival needs 6 votes, reached at 7, noticed at 9.
    assert_eq!(run(20, "BAAAAAAAAAAAAAAAAAAA"), 9);
    assert_eq!(run(20, "ABABABABABABABABABAB"), 20);
}

#[test]
fn dsc_gives_easy_questions_one_draw_and_probed_ones_their_window() {
    let method = difficulty_adaptive();
    let allocation = method.method().allocation().unwrap();
    // From the easiest to the hardest: 3, 1, 2, 0. The search asks about 2 first, then about 1 or 0.
    let difficulties = [None, Some(0.2), Some(0.3), Some(0.1)];
    let budgets = |texts: [&str; 4]| {
        let budgets = allocation.budgets(&difficulties, Budget(20), &|question| letters(texts[question]));
        budgets.iter().map(|budget| budget.0).collect::<Vec<_>>()
    };
    assert_eq!(budgets(["AAAAA", "AAAAA", "AAAAA", "AAAAA"]), [5, 1, 5, 1]);
    assert_eq!(budgets(["AAAAA", "AAAAA", "AAAAB", "AAAAA"]), [20, 5, 20, 1]);
    assert_eq!(budgets(["AB", "AB", "AB", "AB"]), [20, 20, 20, 20]);
    let one = allocation.budgets(&difficulties, Budget(1), &|_| letters("A"));
    assert_eq!(one, [Budget(1); 4], "no question gets more than the budget");
}

#[test]
fn dsc_probes_only_what_it_pays_for() {
    let config = DifficultyAdaptiveConfig { judge_window: 3, ..DifficultyAdaptiveConfig::default() };
    assert!(config.unanimous(&letters("AAAB"), Budget(20)));
    assert!(!config.unanimous(&letters("AABA"), Budget(20)));
    assert!(!config.unanimous(&letters("AA"), Budget(20)), "the window is not full");
    assert!(config.unanimous(&letters("AAB"), Budget(2)), "a budget of 2 has windows of 2");
    assert!(!config.unanimous(&letters("A-A"), Budget(20)));
    assert!(!config.unanimous(&letters("---"), Budget(20)));
    assert_eq!((config.probed_draws(Budget(20)), config.probed_draws(Budget(1))), (3, 1));
    assert_eq!(rank(&[Some(2.0), None, Some(1.0), Some(2.0), Some(f64::NAN)]), [2, 0, 3, 1, 4]);
    assert_eq!(DifficultyAdaptiveConfig::default().difficulty, DifficultySource::Judge);
}

#[test]
fn self_refine_stops_when_the_critique_approves() {
    let run = |scores: &[Option<f64>], budget| {
        let pool: Vec<Draw> = (0..).zip(scores).map(|(class, score)| draw(Some(class), *score)).collect();
        drive(&MethodConfig::from(SelfRefine), None, budget, &pool)
    };
    let (asked, seen, choice) = run(&[Some(0.1), Some(0.9), Some(0.1)], 3);
    assert_eq!((seen, choice), (2, Choice::Draw(1)));
    assert_eq!(asked, [Decision::Draw, Decision::Critique, Decision::ReAnswer, Decision::Critique]);
    let (asked, seen, choice) = run(&[Some(0.1), None, Some(0.99)], 3);
    assert_eq!((asked.len(), seen, choice), (5, 3, Choice::Draw(2)), "no critique is asked for after the last answer");
    // Approval of a missing answer stops nothing.
    let pool = [draw(None, Some(0.9)), draw(Some(1), Some(0.9)), draw(Some(2), None)];
    assert_eq!(drive(&MethodConfig::from(SelfRefine), None, 3, &pool).2, Choice::Draw(1));
}

#[test]
fn budget_forcing_continues_n_less_one_times() {
    let pool = letters("ABCD-");
    let (asked, seen, choice) = drive(&MethodConfig::from(BudgetForcing), None, 5, &pool);
    let continued = asked.iter().filter(|decision| **decision == Decision::Continue).count();
    assert_eq!((continued, seen, choice), (4, 5, Choice::Draw(3)));
}

#[test]
fn optscale_warms_up_as_published() {
    let of = |budgets: &[u32]| budgets.iter().map(|budget| warm_up(Budget(*budget))).collect::<Vec<_>>();
    assert_eq!(of(&[8, 16, 32, 64]), [3, 5, 10, 20]);
    assert_eq!(of(&[1, 2, 3, 4, 12, 20, 48, 256]), [1, 2, 3, 3, 3, 5, 10, 20]);
}

/// `N*` moves with what the warm-up saw, and later scores do not move it.
#[test]
fn optscale_draws_until_its_target_is_likely() {
    let scored = |scores: &[f64]| -> Vec<Draw> {
        let cycle = scores.iter().cycle().take(64);
        (0..).zip(cycle).map(|(class, score)| draw(Some(class % 3), Some(*score))).collect()
    };
    let of = |scores: &[f64]| seen(&optscale(0.1, 0.9), &scored(scores));
    assert_eq!(of(&[0.95, 0.97, 0.99]), 20, "the target is passed already: the warm-up is all");
    assert_eq!(of(&[0.2, 0.3, 0.25]), 64, "out of reach");
    assert_eq!(of(&[0.5]), 64, "equal scores below the target");
    assert_eq!(of(&[0.95]), 20);
    let between = of(&[0.75, 0.85, 0.8, 0.9, 0.82]);
    assert!((21..64).contains(&between), "{between}");
    let mut changed = scored(&[0.75, 0.85, 0.8, 0.9, 0.82]);
    changed[20..].iter_mut().for_each(|draw| draw.score = Some(0.1));
    assert_eq!(seen(&optscale(0.1, 0.9), &changed), between);
    assert_eq!(seen(&optscale(0.1, 0.9), &letters(&"A".repeat(64))), 64, "nothing is scored");
}

fn calibration() -> Vec<CalibrationQuestion> {
    simulate::questions(&AnswerModel { memory: 0.0, shift: 0.0, ..model() }, 120, 32, 11)
}

#[test]
fn optscale_learns_from_other_questions_and_uses_it() {
    let questions = calibration();
    let questions: Vec<&CalibrationQuestion> = questions.iter().collect();
    let config =
        OptScaleConfig { prior: PriorSource::Fitted, settings: SettingsSource::Tuned, ..OptScaleConfig::default() };
    let method = OptScale { config };
    let learn = |questions: &[&CalibrationQuestion]| method.learn(&Calibration { questions, model: None }, Budget(16));
    let learned = learn(&questions).expect("nothing learned");
    let learned: &OptScaleSettings = learned.get().expect("settings");
    let prior = learned.predicted.unwrap();
    assert!((0.3..1.5).contains(&prior.mean) && (0.02..0.6).contains(&prior.deviation), "{prior:?}");
    assert!(super::super::optscale::tuning::grid().any(|settings| Some(settings) == learned.tuned));
    let mut backwards = questions.clone();
    backwards.reverse();
    assert_eq!(learn(&backwards), learn(&questions), "the order of questions changes nothing");
    let nothing = OptScaleSettings { predicted: None, tuned: None };
    assert_eq!(learn(&[]), Some(Learned::new(nothing)));
    assert_eq!(OptScale::default().learn(&Calibration { questions: &questions, model: None }, Budget(16)), None);

    // What was learned changes what is drawn; a method that was not told to use it ignores it.
    let pool: Vec<Draw> = (0..31).map(|i| draw(Some(i % 2), Some(0.6 + 0.02 * f64::from(i % 5)))).collect();
    let tuned = Some(OptScaleTarget { q: 0.9, target: 0.1 });
    let easy = Learned::new(OptScaleSettings { predicted: None, tuned });
    let context = QuestionContext { learned: Some(&easy), ..QuestionContext::default() };
    let seen = |config: OptScaleConfig| drive_in(&MethodConfig::from(config), &context, 16, &pool).1;
    assert_eq!((seen(config), seen(OptScaleConfig::default())), (5, 16));
    let predicted = Some(ScorePrior { mean: 0.95, deviation: 0.3 });
    let hopeful = Learned::new(OptScaleSettings { predicted, tuned: None });
    let context = QuestionContext { learned: Some(&hopeful), ..QuestionContext::default() };
    let with = |prior| {
        let config = MethodConfig::from(OptScaleConfig { prior, target: 0.67, ..OptScaleConfig::default() });
        drive_in(&config, &context, 31, &pool).1
    };
    assert!(with(PriorSource::Fitted) < with(PriorSource::None));
}

/// Tuning on calibration questions reaches at least what the defaults reach on them.
#[test]
fn tuning_is_no_worse_than_the_defaults_where_it_was_tuned() {
    let questions = calibration();
    let references: Vec<&CalibrationQuestion> = questions.iter().collect();
    let config = OptScaleConfig { settings: SettingsSource::Tuned, ..OptScaleConfig::default() };
    let budget = Budget(32);
    let learned = OptScale { config }.learn(&Calibration { questions: &references, model: None }, budget).unwrap();
    let right = |config: OptScaleConfig| {
        let context = QuestionContext { learned: Some(&learned), ..QuestionContext::default() };
        let rotated = questions.iter().flat_map(|question| (0..4).map(move |rotation| (question, rotation)));
        let wins = rotated.filter(|(question, rotation)| {
            let mut draws = question.draws.clone();
            draws.rotate_left(rotation * question.draws.len() / 4);
            let chosen = drive_in(&MethodConfig::from(config), &context, budget.0, &draws).2;
            question.right.is_some() && chosen_class(chosen, &draws) == question.right
        });
        wins.count()
    };
    assert!(right(config) >= right(OptScaleConfig::default()));
}
