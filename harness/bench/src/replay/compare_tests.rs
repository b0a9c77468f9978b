//! Comparisons on pools whose results are known.

use super::tests::{PLAN, partition, pool_of};
use super::*;
use crate::experiment::parse;
use crate::results::{Comparison, Estimate};

type Answer = (Option<u8>, f64, u64);

fn plan(sets: &[&str]) -> Plan {
    parse(PLAN, "t.yaml", &sets.iter().map(|set| (*set).to_owned()).collect::<Vec<_>>()).unwrap()
}

/// Six draws and two chains of six of the same answers.
fn question(answers: &[Answer; 6]) -> QuestionPool {
    pool_of(answers, &[answers.to_vec(), answers.to_vec()])
}

/// Thirty questions: on ten everything is right, on fifteen nothing, and on five one answer of six, with the best score.
fn thirty(tokens: u64) -> Vec<QuestionPool> {
    let same = |answer: u8| question(&[(Some(answer), 0.5, tokens); 6]);
    let mut hidden = [(Some(1), 0.2, tokens); 6];
    hidden[3] = (Some(0), 0.9, tokens);
    let pools = std::iter::repeat_with(|| same(0)).take(10).chain(std::iter::repeat_with(|| same(1)).take(15));
    pools.chain(std::iter::repeat_with(|| question(&hidden)).take(5)).collect()
}

fn compare(plan: &Plan, pools: Vec<QuestionPool>) -> Replayed {
    let mut replayed = Replayed::default();
    partition(plan, pools).replay(&mut replayed).unwrap();
    replayed
}

fn row<'a>(replayed: &'a Replayed, method: &str, budget: u32) -> &'a Comparison {
    replayed.comparisons.iter().find(|row| row.method == method && row.budget == budget).unwrap()
}

/// A window as large as the budget never stops before it: the same majority of the same draws.
#[test]
fn a_method_that_is_the_reference_does_not_differ_from_it() {
    let plan = plan(&["methods=[self_consistency, {early_stopping_sc: {window: 6}}, single]"]);
    let replayed = compare(&plan, thirty(7));
    for budget in [1, 2, 3, 6] {
        assert_eq!(row(&replayed, "self_consistency", budget).difference, None);
        let twin = row(&replayed, "early_stopping_sc(window=6)", budget);
        let difference = twin.difference.unwrap();
        assert_eq!((difference.accuracy.point, difference.differing), (0.0, 0));
        assert_eq!((difference.p_value, difference.p_holm), (1.0, 1.0));
        let reached = twin.reached.unwrap();
        assert_eq!(reached.ratio, Estimate { point: 1.0, low: 1.0, high: 1.0 });
        assert_eq!(reached.never, 0.0);
        assert_eq!(twin.on_frontier, row(&replayed, "self_consistency", budget).on_frontier);
    }
    let single = row(&replayed, "single", 1).difference.unwrap();
    assert_eq!((single.accuracy.point, single.differing), (0.0, 0), "with one answer there is nothing to choose");
}

#[test]
fn differences_are_paired_by_question() {
    let replayed =
        compare(&plan(&["replay.resamples=2000", "methods=[single, self_consistency, best_of_n]"]), thirty(7));
    let best = row(&replayed, "best_of_n", 6);
    let difference = best.difference.unwrap();
    // The five questions with a hidden right answer, always; signs of five are as extreme in 2 cases of 32.
    assert!((difference.accuracy.point - 5.0 / 30.0).abs() < 1e-12);
    assert_eq!((difference.differing, difference.p_value), (5, 0.0625));
    assert!(difference.p_holm > difference.p_value, "it is not the only test");
    let outcome = |method: &str| {
        let found = replayed.outcomes.iter().find(|o| o.method == method && o.budget == 6).unwrap().accuracy;
        found.high - found.low
    };
    let (own, reference) = (outcome("best_of_n"), outcome("self_consistency"));
    let width = difference.accuracy.high - difference.accuracy.low;
    // Five that differ are too few for the bootstrap; Newcombe's interval is the wider one and still paired.
    assert!(width < own && width < 0.7 * own.hypot(reference), "{width} {own} {reference}");
    assert!(best.on_frontier && !row(&replayed, "self_consistency", 6).on_frontier);
    // `self_consistency` is best with one answer: `single` is as good, and so is anything with one.
    let single = row(&replayed, "single", 1).reached.unwrap();
    assert!(single.tokens_at_most && single.reference_at_most && single.ratio.point == 1.0, "{single:?}");
}

#[test]
fn what_knows_the_answers_takes_no_part() {
    let honest = compare(&plan(&[]), thirty(7));
    assert!(!honest.comparisons.iter().any(|row| row.method.starts_with("oracle")));
    assert_eq!(honest.comparisons.len(), 10 * 4);
    let leaky = compare(&plan(&["tuning=test_set", "replay.reference=best_of_n"]), thirty(7));
    assert!(!leaky.comparisons.iter().any(|row| row.method.starts_with("markovscale")));
    assert!(leaky.comparisons.iter().all(|row| row.reference == "best_of_n"));
    assert!(compare(&plan(&["methods=[oracle]"]), thirty(7)).comparisons.is_empty());
}

#[test]
fn an_accuracy_that_is_never_reached_costs_infinitely_much() {
    let replayed = compare(&plan(&["replay.reference=best_of_n"]), thirty(7));
    let reached = row(&replayed, "single", 1).reached.unwrap();
    assert_eq!((reached.tokens, reached.ratio.point), (None, f64::INFINITY));
    assert!(reached.never > 0.9, "{reached:?}");
}

#[test]
fn answers_that_cost_no_tokens_have_no_ratio() {
    let replayed = compare(&plan(&[]), thirty(0));
    assert!(replayed.comparisons.iter().all(|row| row.reached.is_none()));
    assert!(row(&replayed, "best_of_n", 6).on_frontier);
}

#[test]
fn threads_do_not_change_a_bit() {
    let plan = plan(&[]);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| compare(&plan, thirty(7)).comparisons)
    };
    assert_eq!(on(1), on(2));
}

#[test]
fn comparisons_survive_the_file() {
    let replayed = compare(&plan(&["replay.reference=best_of_n"]), thirty(7));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("comparisons.parquet");
    for rows in [replayed.comparisons, Vec::new()] {
        results::write_rows(&path, &rows).unwrap();
        assert_eq!(results::read_rows::<Comparison>(&path).unwrap(), rows);
    }
}
