//! Replay against brute force and the relations that must hold between methods.

use markovscale::statistics::pass_at_k;
use markovscale::{
    BestOfNConfig, Budget, ClassId, Draw, DrawMode, MethodConfig, Oracle, QuestionContext, Tokens, play,
};
use proptest::prelude::*;

use super::evaluate::evaluate;
use super::pool::{PoolDraw, QuestionPool};
use super::*;
use crate::dataset::{Dataset, Question};
use crate::experiment::parse;
use crate::key::{Chain, DrawKey, Mode, QuestionId, Round};
use crate::trace::{StoredDraw, StoredScore};
use crate::vocabulary::TokenCounts;

pub(super) const PLAN: &str = "
name: t
seed: 3
datasets: [d]
backbones: [{name: simulated-weak, kind: simulated}]
verifier: simulated
pool: {parallel: 6, chains: 2, rounds: 6}
methods:
  - single
  - self_consistency
  - best_of_n
  - mr_thinking
  - oracle: {draws: [parallel, sequential]}
  - markovscale: {stop: [gate, map], select: [last, best_score, posterior]}
budgets: [1, 2, 3, 6]
tuning: {crossfit: 2}
replay: {replicates: 40, resamples: 100}
";

fn plan() -> Plan {
    parse(PLAN, "t.yaml", &[]).unwrap()
}

fn question(id: &str, gold: &str) -> Question {
    Question {
        id: QuestionId(id.to_owned()),
        text: format!("{id}?"),
        gold: gold.to_owned(),
        level: None,
        subject: None,
    }
}

fn stored(id: &str, mode: Mode, chain: u32, round: u32, answer: Option<&str>, tokens: u64) -> StoredDraw {
    StoredDraw {
        question: QuestionId(id.to_owned()),
        draw: DrawKey { mode, chain: Chain(chain), round: Round(round) },
        answer: answer.map(str::to_owned),
        cut_off: answer.is_none(),
        filtered: false,
        tokens_estimated: false,
        tokens: TokenCounts { prompt: Tokens(5), completion: Tokens(tokens), ..TokenCounts::default() },
        completion: String::new(),
    }
}

fn scored(draw: &StoredDraw, score: f64) -> StoredScore {
    let (question, draw) = (draw.question.clone(), draw.draw);
    StoredScore { question, draw, score: Some(score), verifier_tokens: Tokens(2), written_tokens: Tokens(0) }
}

/// Pools of one question from its answers: `None` is missing, 0 is right.
pub(super) fn pool_of(parallel: &[(Option<u8>, f64, u64)], chains: &[Vec<(Option<u8>, f64, u64)>]) -> QuestionPool {
    let dataset = Dataset { name: "d".into(), revision: "1".into(), questions: vec![question("q", "0")] };
    let (mut draws, mut scores) = (Vec::new(), Vec::new());
    let mut add = |mode, chain: usize, round: usize, (answer, score, tokens): (Option<u8>, f64, u64)| {
        let text = answer.map(|a| a.to_string());
        let draw = stored("q", mode, chain as u32, round as u32, text.as_deref(), tokens);
        scores.push(scored(&draw, score));
        draws.push(draw);
    };
    for (number, draw) in parallel.iter().enumerate() {
        add(Mode::Parallel, number, 0, *draw);
    }
    for (chain, rounds) in chains.iter().enumerate() {
        for (round, draw) in rounds.iter().enumerate() {
            add(Mode::Sequential, chain, round, *draw);
        }
    }
    pools(&dataset, draws, scores).remove(0)
}

pub(super) fn partition(plan: &Plan, pools: Vec<QuestionPool>) -> Partition<'_> {
    let ids = (0..pools.len()).map(|i| format!("q{i}")).collect();
    let levels = vec![None; pools.len()];
    Partition {
        plan,
        backbone: "simulated-weak",
        simulated: true,
        dataset: "d",
        ids,
        levels,
        pools,
        statistics: DrawStatistics::default(),
    }
}

#[test]
fn classes_rest_on_equivalence_and_missing_answers_are_wrong() {
    let dataset = Dataset { name: "d".into(), revision: "1".into(), questions: vec![question("q", "\\frac{1}{2}")] };
    let answers = [Some("0.5"), Some("7"), None, Some("1/2"), Some("a word nobody can weigh")];
    let draws = answers.iter().zip(0..).map(|(a, n)| stored("q", Mode::Parallel, n, 0, *a, 1)).collect();
    let pool = pools(&dataset, draws, Vec::new()).remove(0);
    let classes: Vec<Option<ClassId>> = pool.parallel.iter().map(|d| d.seen.class).collect();
    assert_eq!(classes[0], classes[3]);
    assert_ne!(classes[0], classes[1]);
    let right: Vec<bool> = classes.iter().map(|class| pool.is_right(*class)).collect();
    assert_eq!(right, [true, false, false, true, false]);
    assert_eq!(pool.right_class(), classes[0]);
}

#[test]
fn rows_may_come_in_any_order_and_gaps_end_a_chain() {
    let dataset = Dataset { name: "d".into(), revision: "1".into(), questions: vec![question("q", "1")] };
    let draws = [3, 0, 1].map(|round| stored("q", Mode::Sequential, 0, round, Some("1"), u64::from(round)));
    let pool = pools(&dataset, draws.to_vec(), Vec::new()).remove(0);
    let tokens: Vec<u64> = pool.chains[0].iter().map(|d| d.seen.completion_tokens.0).collect();
    assert_eq!(tokens, [0, 1]);
}

#[test]
fn a_chain_is_never_shuffled_and_its_tokens_add_up_in_depth() {
    let chain: Vec<(Option<u8>, f64, u64)> = vec![
        (Some(1), 0.5, 10),
        (Some(0), 0.5, 20),
        (Some(2), 0.5, 40),
        (Some(0), 0.5, 80),
        (Some(0), 0.5, 160),
        (Some(0), 0.5, 320),
    ];
    let blind = "  - markovscale: {min_answers: 6, scores: [true, false]}\nbudgets:";
    let plan = parse(&PLAN.replace("budgets:", blind), "t.yaml", &[]).unwrap();
    let pool = pool_of(&[(Some(1), 0.1, 7); 6], &[chain.clone(), chain]);
    let partition = partition(&plan, vec![pool; 4]);
    let budgets = plan.budgets.iter().map(|b| Budget(*b)).collect::<Vec<_>>();
    let methods: Vec<_> = plan.methods.iter().map(MethodConfig::build).collect();
    let results = evaluate(&partition, &calibration::Calibrated::Nothing, &methods, &budgets).unwrap();
    let of = |label: &str| {
        let index = plan.methods.iter().position(|m| m.label() == label).unwrap();
        results[index].per_budget.iter().map(|questions| questions[0]).collect::<Vec<_>>()
    };
    let last = of("mr_thinking");
    assert_eq!(last.iter().map(|r| r.accuracy).collect::<Vec<_>>(), [0.0, 1.0, 0.0, 1.0]);
    assert_eq!(last.iter().map(|r| r.spent.completion_tokens).collect::<Vec<_>>(), [10.0, 30.0, 70.0, 630.0]);
    assert_eq!(last[3].spent.depth_tokens, 630.0);
    assert_eq!(last[3].spent.verifier_tokens, 0.0, "it looks at no score");
    let majority = of("self_consistency");
    assert_eq!(majority[3].spent.completion_tokens, 42.0);
    assert_eq!(majority[3].spent.depth_tokens, 7.0, "side by side, the longest counts");
    assert_eq!(of("best_of_n")[3].spent.verifier_tokens, 12.0);
    assert_eq!(of("markovscale(map, posterior, min_answers=6)")[3].spent.verifier_tokens, 12.0);
    assert_eq!(of("markovscale(map, posterior, no_scores, min_answers=6)")[3].spent.verifier_tokens, 0.0);
}

#[test]
fn an_unfinished_partition_is_refused_by_name() {
    let plan = plan();
    let chain = vec![(Some(0), 0.5, 1); 6];
    let whole = pool_of(&[(Some(0), 0.5, 1); 6], &[chain.clone(), chain.clone()]);
    let short = pool_of(&[(Some(0), 0.5, 1); 5], &[chain.clone(), chain]);
    let error = partition(&plan, vec![whole.clone(), short, whole]).replay(&mut Replayed::default()).unwrap_err();
    let expected = "1 of 3 questions lack draws or scores that the experiment asks for (first: q1)";
    assert!(error.to_string().contains(expected), "{error}");
}

fn draws() -> impl Strategy<Value = (Option<u8>, f64, u64)> {
    (prop_oneof![1 => Just(None), 8 => (0u8..3).prop_map(Some)], (0u8..5).prop_map(|s| f64::from(s) / 4.0), 1u64..100)
}

fn results(pool: &QuestionPool, plan: &Plan) -> Vec<(String, DrawMode, Vec<QuestionResult>)> {
    let partition = partition(plan, vec![pool.clone(); 4]);
    let budgets = plan.budgets.iter().map(|b| Budget(*b)).collect::<Vec<_>>();
    let methods: Vec<_> = plan.methods.iter().map(MethodConfig::build).collect();
    let calibrated = calibration::calibrate(&partition, &methods, &budgets).unwrap();
    let evaluated = evaluate(&partition, &calibrated, &methods, &budgets).unwrap();
    let of = |(config, evaluated): (&MethodConfig, evaluate::Evaluated)| {
        let own = evaluated.per_budget.iter().map(|questions| questions[0]).collect();
        (config.label(), config.draws(), own)
    };
    plan.methods.iter().zip(evaluated).map(of).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// What the formulas say is what the sessions do, averaged over every subset.
    #[test]
    fn exact_results_are_the_mean_over_all_subsets(parallel in prop::collection::vec(draws(), 6)) {
        let pool = pool_of(&parallel, &[]);
        let seen: Vec<Draw> = pool.parallel.iter().map(|d| d.seen).collect();
        for config in [MethodConfig::from(BestOfNConfig::default()), BestOfNConfig { legacy: true }.into(), Oracle::default().into()] {
            let method = config.build();
            let budgets: Vec<Budget> = (1..=6).map(Budget).collect();
            let exact = exact::question(method.ranking().unwrap(), &*method, &pool, &budgets).unwrap();
            for (budget, exact) in budgets.iter().zip(exact) {
                let (mut right, mut tokens, mut depth, mut count) = (0.0, 0.0, 0.0, 0.0);
                for mask in 1u32..64 {
                    if mask.count_ones() != budget.0 {
                        continue;
                    }
                    let subset: Vec<usize> = (0..6).filter(|i| mask >> i & 1 == 1).collect();
                    let draws: Vec<Draw> = subset.iter().map(|i| seen[*i]).collect();
                    let played = play(&*method, &QuestionContext::uncalibrated(), *budget, &draws).unwrap();
                    let cost = drive::spent(subset.iter().map(|i| pool.parallel[*i]), false, 0);
                    right += f64::from(u8::from(drive::is_right(played.choice, &draws, &pool)));
                    tokens += cost.completion_tokens;
                    depth += cost.depth_tokens;
                    count += 1.0;
                }
                prop_assert!((exact.accuracy - right / count).abs() < 1e-9, "{config:?} {budget:?}");
                if config.upper_bound() {
                    let correct = pool.parallel.iter().filter(|draw| pool.is_right(draw.seen.class)).count();
                    let pass = pass_at_k(6, correct, budget.0 as usize).unwrap();
                    prop_assert!((exact.accuracy - pass).abs() < 1e-12, "{correct} right, {budget:?}: {pass}");
                }
                prop_assert!((exact.spent.completion_tokens - tokens / count).abs() < 1e-6);
                prop_assert!((exact.spent.depth_tokens - depth / count).abs() < 1e-6);
            }
        }
    }

    #[test]
    fn known_relations_hold(
        parallel in prop::collection::vec(draws(), 6),
        chains in prop::collection::vec(prop::collection::vec(draws(), 6), 2),
    ) {
        let plan = plan();
        let results = results(&pool_of(&parallel, &chains), &plan);
        let of = |label: &str| &results.iter().find(|(own, _, _)| own == label).unwrap().2;
        // Everything that draws once in parallel is `single`.
        for label in ["self_consistency", "best_of_n", "oracle(parallel)"] {
            prop_assert!((of(label)[0].accuracy - of("single")[0].accuracy).abs() < 1e-9, "{label}");
            prop_assert!((of(label)[0].spent.completion_tokens - of("single")[0].spent.completion_tokens).abs() < 1e-9);
        }
        // A chain of one answer is that answer, whoever asks.
        for (label, draws, own) in &results {
            if *draws == DrawMode::Sequential {
                prop_assert_eq!(own[0].accuracy, of("mr_thinking")[0].accuracy, "{}", label);
            }
        }
        // No method is better than the oracle on the same draws, and none draws more than its budget.
        for (label, draws, own) in &results {
            let bound = of(&format!("oracle({})", draws.name()));
            for ((own, bound), budget) in own.iter().zip(bound).zip(&plan.budgets) {
                prop_assert!(own.spent.answers <= f64::from(*budget) + 1e-9, "{label}");
                // Random orders of a majority differ from the bound's exact mean by chance, except on all draws.
                if *draws == DrawMode::Sequential || *budget == 6 {
                    prop_assert!(own.accuracy <= bound.accuracy + 1e-9, "{label} at {budget}");
                }
            }
        }
        let (majority, best) = (of("self_consistency"), of("best_of_n"));
        prop_assert_eq!(majority[3].spent.completion_tokens, best[3].spent.completion_tokens);
    }
}

#[test]
fn majority_of_two_is_majority_of_one_on_the_same_orders() {
    let plan = parse(PLAN, "t.yaml", &["budgets=[1,2]".to_owned(), "replay.replicates=720".to_owned()]).unwrap();
    let answers = [Some(0), Some(1), Some(0), Some(2), Some(1), Some(1)];
    let parallel: Vec<(Option<u8>, f64, u64)> = answers.iter().map(|a| (*a, 0.5, 1)).collect();
    let pool = pool_of(&parallel, &[vec![(Some(0), 0.5, 1); 6], vec![(Some(0), 0.5, 1); 6]]);
    let results = results(&pool, &plan);
    let (_, _, majority) = results.iter().find(|(label, _, _)| label == "self_consistency").unwrap();
    // One is exact (2 of 6); two is the first of two draws, over 720 random orders.
    assert!((majority[0].accuracy - 1.0 / 3.0).abs() < 1e-12);
    assert!((majority[1].accuracy - 1.0 / 3.0).abs() < 0.07, "{}", majority[1].accuracy);
}

/// Neither a question's result nor what was learned without it depends on the order of the questions.
#[test]
fn permuting_the_questions_changes_nothing() {
    let methods = "methods=[self_consistency, best_of_n, adaptive_sc, mr_thinking, \
                   {difficulty_adaptive_sc: {difficulty: first_score, judge_window: 2}}, \
                   {optscale: {prior: fitted, settings: tuned}}, {markovscale: {stop: [map, confidence, optimal]}}, \
                   {markovscale: {stop: optimal, draws: parallel}}]";
    let plan = parse(PLAN, "t.yaml", &[methods.to_owned()]).unwrap();
    let budgets: Vec<Budget> = plan.budgets.iter().map(|budget| Budget(*budget)).collect();
    let built: Vec<_> = plan.methods.iter().map(MethodConfig::build).collect();
    let pools: Vec<QuestionPool> = (0..9u8)
        .map(|q| {
            let draw = |n: u8| {
                ((!(q * n + n).is_multiple_of(5)).then_some((q + n * n) % 3), f64::from((q * 7 + n * 3) % 11) / 10.0, 9)
            };
            let draws: Vec<_> = (0..6).map(draw).collect();
            pool_of(&draws, &[draws.clone(), (6..12).map(draw).collect()])
        })
        .collect();
    // Results by method, budget and question, in the order of the ids.
    let of = |order: &[usize]| -> Vec<Vec<Vec<QuestionResult>>> {
        let ids = order.iter().map(|index| format!("q{index}")).collect();
        let shuffled = order.iter().map(|index| pools[*index].clone()).collect();
        let partition = Partition { ids, ..partition(&plan, shuffled) };
        let calibrated = calibration::calibrate(&partition, &built, &budgets).unwrap();
        let back = |questions: &Vec<QuestionResult>| {
            let mut sorted: Vec<_> = order.iter().zip(questions).collect();
            sorted.sort_by_key(|(index, _)| **index);
            sorted.into_iter().map(|(_, result)| *result).collect()
        };
        let evaluated = evaluate(&partition, &calibrated, &built, &budgets).unwrap();
        evaluated.iter().map(|method| method.per_budget.iter().map(back).collect()).collect()
    };
    let straight = of(&[0, 1, 2, 3, 4, 5, 6, 7, 8]);
    for order in [[8, 7, 6, 5, 4, 3, 2, 1, 0], [3, 0, 7, 5, 8, 1, 6, 2, 4]] {
        for ((config, found), expected) in plan.methods.iter().zip(of(&order)).zip(&straight) {
            assert_eq!(&found, expected, "{}", config.label());
        }
    }
}

#[test]
fn outcomes_survive_the_file() {
    let plan = plan();
    let chain = vec![
        (Some(0), 0.5, 3),
        (Some(1), 0.2, 3),
        (Some(0), 0.9, 3),
        (None, 0.1, 3),
        (Some(0), 0.5, 3),
        (Some(0), 0.5, 3),
    ];
    let pool = pool_of(&chain, &[chain.clone(), chain.clone()]);
    let mut replayed = Replayed::default();
    partition(&plan, vec![pool; 5]).replay(&mut replayed).unwrap();
    let Replayed { outcomes, learned, .. } = replayed;
    assert_eq!(outcomes.len(), 12 * 4);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("outcomes.parquet");
    results::write_rows(&path, &outcomes).unwrap();
    assert_eq!(results::read_rows::<Outcome>(&path).unwrap(), outcomes);

    let written = learned[0].write(folder.path()).unwrap();
    assert_eq!(LearnedFile::read(&written).unwrap(), learned[0]);
    std::fs::write(&written, "{}").unwrap();
    let error = LearnedFile::read(&written).unwrap_err().to_string();
    assert!(error.contains("dataset=d.json") && error.contains("markovscale replay"), "{error}");
}

/// Parameters of one run serve another on other questions, and refuse the questions they saw.
#[test]
fn what_was_learned_can_be_used_again_on_other_questions_only() {
    let plan = plan();
    let draws: Vec<(Option<u8>, f64, u64)> = (0..6u8).map(|i| (Some(i % 2), 0.2 + 0.6 * f64::from(i % 2), 3)).collect();
    let pool = pool_of(&draws, &[draws.clone(), draws.clone()]);
    let mut first = Replayed::default();
    partition(&plan, vec![pool.clone(); 6]).replay(&mut first).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = first.learned[0].write(folder.path()).unwrap();
    let run = folder.path().display();
    let again = |dataset: &str| {
        let path = format!("{run}/learned/backbone={{backbone}}/dataset={dataset}.json");
        parse(PLAN, "t.yaml", &[format!("tuning={{from: '{path}'}}")]).unwrap()
    };
    // A set of calibration questions beside a set to test on.
    std::fs::copy(&file, file.with_file_name("dataset=d-calibration.json")).unwrap();
    let beside = again("{dataset}-calibration");
    let mut third = Replayed::default();
    let ids = ["new", "newer"].map(str::to_owned).to_vec();
    Partition { ids, ..partition(&beside, vec![pool.clone(); 2]) }.replay(&mut third).unwrap();
    let again = again("{dataset}");
    let other =
        |ids: [&str; 2]| Partition { ids: ids.map(str::to_owned).to_vec(), ..partition(&again, vec![pool.clone(); 2]) };
    let mut second = Replayed::default();
    other(["new", "newer"]).replay(&mut second).unwrap();
    assert!(second.learned.is_empty() && second.outcomes.len() == first.outcomes.len());
    assert_eq!(second.outcomes, third.outcomes);
    // Each question of the first run is outside one fold's fit, which then serves it; one seen by every fit is refused.
    other(["q0", "q1"]).replay(&mut Replayed::default()).unwrap();
    let mut seen = first.learned[0].clone();
    seen.fits.truncate(1);
    let file = seen.write(folder.path()).unwrap();
    let fold = seen.fits[0].fold();
    let error = (0..6).find_map(|i| other([&format!("q{i}"), "new"]).replay(&mut Replayed::default()).err()).unwrap();
    assert!(error.to_string().contains("fitted on it"), "{error} {fold:?} {}", file.display());
}

#[test]
fn a_blank_answer_is_a_missing_one() {
    for (gold, blank) in [("0", ""), ("0", "  "), ("", " "), ("0", r"\text{ }")] {
        let question = Question { gold: gold.to_owned(), ..question("q", "0") };
        let dataset = Dataset { name: "d".into(), revision: "1".into(), questions: vec![question] };
        let draws = vec![stored("q", Mode::Parallel, 0, 0, Some(blank), 1), stored("q", Mode::Parallel, 1, 0, None, 1)];
        let pool = &pools(&dataset, draws, Vec::new())[0];
        for draw in &pool.parallel {
            assert_eq!((draw.seen.class, draw.seen.text), (None, None), "{blank:?}");
        }
    }
}

#[test]
fn a_draw_says_nothing_about_right_or_wrong() {
    // Destructured without `..`: a field added to what methods see must be looked at here.
    let PoolDraw { seen, .. } = pool_of(&[(Some(0), 0.5, 1)], &[]).parallel[0];
    let Draw { class, text, critique, score, completion_tokens, cut_off } = seen;
    assert_eq!((class, text, critique), (Some(ClassId(0)), Some(ClassId(0)), None));
    assert_eq!((score, completion_tokens, cut_off), (Some(0.5), Tokens(1), false));
}
