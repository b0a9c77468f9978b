//! Comparisons at equal tokens on pools whose results are known.

use super::tests::{PLAN, partition, pool_of};
use super::*;
use crate::experiment::parse;
use crate::results::{AtEqualTokens, EqualTokens, TokenAxis};

fn plan(sets: &[&str]) -> Plan {
    parse(PLAN, "t.yaml", &sets.iter().map(|set| (*set).to_owned()).collect::<Vec<_>>()).unwrap()
}

/// Thirty questions, each with six draws: every third answer is right on some, and chains are right from their second
/// round on.
fn thirty(tokens: u64) -> Vec<QuestionPool> {
    let question = |index: usize| {
        let answer = |right: bool| Some(u8::from(!right));
        let parallel: Vec<_> =
            (0..6).map(|draw: usize| (answer((draw + index).is_multiple_of(3)), 0.5, tokens)).collect();
        let chain: Vec<_> = (0..6).map(|round| (answer(round > 0 || index.is_multiple_of(3)), 0.5, tokens)).collect();
        pool_of(&parallel, &[chain.clone(), chain])
    };
    (0..30).map(question).collect()
}

fn compare(plan: &Plan, pools: Vec<QuestionPool>) -> (Replayed, Vec<Pair>) {
    let mut replayed = Replayed::default();
    let pairs = partition(plan, pools).replay(&mut replayed).unwrap();
    (replayed, pairs)
}

/// Both kinds of tokens, and nothing that saw the right answers.
#[test]
fn every_markovscale_is_compared_with_every_other_ranked_method() {
    let plan = plan(&[]);
    let (replayed, _) = compare(&plan, thirty(7));
    let rows = &replayed.equal_tokens;
    let ranked = |own: bool| {
        let of = |config: &&MethodConfig| plan.ranked(config) && (config.name() == "markovscale") == own;
        plan.methods.iter().filter(of).count()
    };
    assert!(ranked(true) == 6 && ranked(false) == 4);
    assert_eq!(rows.len(), 2 * ranked(true) * ranked(false));
    for row in rows {
        assert!(row.method.starts_with("markovscale") && !row.baseline.starts_with("markovscale"), "{row:?}");
        assert!(!row.baseline.starts_with("oracle") && row.simulated && row.dataset.as_deref() == Some("d"));
        assert_eq!((row.datasets, row.questions), (1, 30));
        let ([method, _], [baseline, _]) = (row.method_tokens.unwrap(), row.baseline_tokens.unwrap());
        // The smallest budget is one answer of 7 completion tokens, 5 prompt tokens and, for a score, 2 of the verifier.
        let one = if row.tokens == TokenAxis::Completion { 7.0..7.01 } else { 12.0..14.01 };
        assert!(one.contains(&method) && one.contains(&baseline), "{row:?}");
        if let Some(common) = row.common {
            let [low, high] = common.tokens.unwrap();
            assert!(low <= high && common.p_holm >= common.p_value && (0.0..=1.0).contains(&common.apart));
        }
    }
    let leaky = compare(&self::plan(&["tuning=test_set"]), thirty(7)).0;
    assert!(leaky.equal_tokens.iter().all(|row| !row.method.contains("gate")), "what was tuned on test is not ranked");
    assert!(compare(&self::plan(&["methods=[single, best_of_n]"]), thirty(7)).0.equal_tokens.is_empty());
}

/// Chains are right from the second round on, majorities of two right answers in six seldom: for as many tokens a chain that
/// goes on wins, and what stops at once ties.
#[test]
fn what_is_right_for_as_many_tokens_wins() {
    let (replayed, _) = compare(&plan(&["replay.resamples=500"]), thirty(7));
    let against_majority = replayed.equal_tokens.iter().filter(|row| {
        row.baseline == "self_consistency" && row.tokens == TokenAxis::Completion && !row.method.contains("best_score")
    });
    let (wide, narrow): (Vec<AtEqualTokens>, Vec<AtEqualTokens>) =
        against_majority.filter_map(|row| row.common).partition(|common| common.tokens.unwrap()[1] > 10.0);
    assert!(!wide.is_empty(), "{narrow:?}");
    for common in wide {
        assert_eq!(common.verdict().name(), "win", "{common:?}");
        assert!(common.dearest.point > 0.2 && common.p_value < 0.01, "{common:?}");
    }
    assert!(narrow.iter().all(|common| common.verdict().name() == "tie"), "{narrow:?}");
}

#[test]
fn answers_that_cost_no_tokens_have_nothing_in_common() {
    let (replayed, _) = compare(&plan(&[]), thirty(0));
    let of = |tokens| replayed.equal_tokens.iter().filter(move |row| row.tokens == tokens);
    assert!(of(TokenAxis::Completion).all(|row| row.common.is_none() && row.method_tokens.is_none()));
    assert!(of(TokenAxis::All).all(|row| row.method_tokens.is_some()));
}

#[test]
fn the_mean_over_datasets_counts_each_alike() {
    let plan = plan(&[]);
    let (one, first) = compare(&plan, thirty(7));
    assert!(at_equal_tokens::over_datasets(&plan, ("b", true), &[first]).unwrap().is_empty());
    let twice = [compare(&plan, thirty(7)).1, compare(&plan, thirty(7)).1];
    let means = at_equal_tokens::over_datasets(&plan, ("b", true), &twice).unwrap();
    assert_eq!(means.len(), one.equal_tokens.len());
    for (mean, single) in means.iter().zip(&one.equal_tokens) {
        assert_eq!((&mean.method, &mean.baseline, &mean.dataset), (&single.method, &single.baseline, &None));
        assert_eq!(mean.common.is_some(), single.common.is_some());
        if let (Some(mean_of), Some(single)) = (mean.common, single.common) {
            assert!((mean_of.difference.point - single.difference.point).abs() < 1e-12);
            assert_eq!((mean.datasets, mean.questions, mean_of.tokens), (2, 60, None));
        }
    }
}

#[test]
fn threads_do_not_change_a_bit() {
    let plan = plan(&[]);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| compare(&plan, thirty(7)).0.equal_tokens)
    };
    assert_eq!(on(1), on(2));
}

#[test]
fn rows_survive_the_file() {
    let plan = plan(&[]);
    let (replayed, pairs) = compare(&plan, thirty(7));
    let mut rows = replayed.equal_tokens;
    rows.extend(at_equal_tokens::over_datasets(&plan, ("b", false), &[pairs, compare(&plan, thirty(9)).1]).unwrap());
    rows.extend(compare(&plan, thirty(0)).0.equal_tokens);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("equal_tokens.parquet");
    for rows in [rows, Vec::new()] {
        results::write_rows(&path, &rows).unwrap();
        assert_eq!(results::read_rows::<EqualTokens>(&path).unwrap(), rows);
    }
}
