//! The budget of a run: when it stops, what it counts, and that a raised one goes on.

use proptest::prelude::*;

use super::*;

/// One request at a time; every draw is 4 completion tokens.
fn plan(budget: &str) -> Plan {
    let set = ["backbones.0.concurrency=1".to_owned(), format!("budget={budget}")];
    parse(PLAN, "t.yaml", &set).unwrap()
}

fn collected(runs: &Path, plan: &Plan) -> (Summary, usize) {
    let (summary, asked, _) = pass(runs, plan, |_, _| false);
    (summary, asked.len())
}

/// Makes the run look as if a process had worked on it for so long and had been killed.
fn worked(runs: &Path, seconds: u64) {
    let run = open(runs, &plan("{hours: 1}"));
    run.record_active(seconds).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn with_one_request_at_a_time_the_overshoot_is_less_than_one_draw(allowed in 1u64..72) {
        let folder = tempfile::tempdir().unwrap();
        let (summary, asked) = collected(folder.path(), &plan(&format!("{{tokens: {allowed}}}")));
        prop_assert_eq!(asked as u64, allowed.div_ceil(4));
        prop_assert_eq!(summary.finished, allowed.div_ceil(4));
        // 3 x (2 + 4) draws of 4 tokens are 72: a budget that the last one uses up stops nothing.
        let stopped = (asked < 18).then(|| Reached::Tokens { spent: allowed.div_ceil(4) * 4, allowed });
        prop_assert_eq!(summary.over_budget, stopped);
    }
}

#[test]
fn a_spent_budget_asks_for_nothing_and_a_raised_one_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(collected(folder.path(), &plan("{tokens: 20}")).1, 5);
    let (summary, asked) = collected(folder.path(), &plan("{tokens: 20}"));
    assert_eq!((asked, summary.known, summary.total), (0, 5, 18));
    assert!(summary.stopped() && !summary.interrupted);
    assert_eq!(collected(folder.path(), &plan("{tokens: 40}")).1, 5);
    let (summary, asked) = collected(folder.path(), &plan("{}"));
    assert_eq!((asked, summary.done(), summary.over_budget), (8, 18, None));
    // Sealed rows count as journalled ones do.
    assert_eq!(collected(folder.path(), &plan("{tokens: 72}")).0.over_budget, None);
    let larger = parse(PLAN, "t.yaml", &["pool.parallel=3".to_owned(), "budget.tokens=72".to_owned()]).unwrap();
    let (summary, asked) = collected(folder.path(), &larger);
    assert_eq!((asked, summary.over_budget), (0, Some(Reached::Tokens { spent: 72, allowed: 72 })));
}

#[test]
fn a_failed_draw_costs_nothing_that_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let (summary, asked, _) = pass(folder.path(), &plan("{tokens: 8}"), |question, _| question == "q0");
    // Two parallel draws and the first round of the chain fail; two others use the budget up.
    assert_eq!((summary.failed, summary.finished, asked.len()), (3, 2, 5));
    assert!(summary.over_budget.is_some());
}

#[test]
fn money_is_counted_to_the_last_unit() {
    let folder = tempfile::tempdir().unwrap();
    let set = ["backbones.0.concurrency=1", "backbones.0.price={completion: 0.3}", "budget.price=0.000006"];
    let plan = parse(PLAN, "t.yaml", &set.map(str::to_owned)).unwrap();
    // A draw costs 4 x 0.3 millionths; five of them cost exactly what is allowed.
    let (summary, asked) = collected(folder.path(), &plan);
    assert_eq!(asked, 5);
    let Some(Reached::Price { spent, allowed }) = summary.over_budget else { panic!("{summary:?}") };
    assert_eq!((spent, allowed), (crate::experiment::Money(6_000_000), crate::experiment::Money(6_000_000)));
    assert_eq!(summary.over_budget.unwrap().to_string(), "budget.price: 0.00000600 of 0.00000600 spent");
}

#[test]
fn hours_of_killed_sessions_count() {
    let folder = tempfile::tempdir().unwrap();
    worked(folder.path(), 1800);
    worked(folder.path(), 1801);
    let (summary, asked) = collected(folder.path(), &plan("{hours: 1}"));
    assert_eq!(asked, 0);
    let reached = summary.over_budget.unwrap();
    assert_eq!(reached.key(), "budget.hours");
    assert!(reached.to_string().starts_with("budget.hours: 1.000 of 1 hours"), "{reached}");
    // A pass records its own time, and a version that did not leaves none.
    let run = RunFolder::open_for_reading(&folder.path().join("t")).unwrap();
    let seconds: Vec<u64> = run.environment().sessions.iter().map(|session| session.active_seconds).collect();
    assert_eq!(seconds[..2], [1800, 1801]);
    assert!(seconds[2] >= 1, "a second that was begun counts whole: {seconds:?}");
    assert_eq!(collected(folder.path(), &plan("{hours: 2}")).0.done(), 18);
}

/// Scores everything 0.5 for 3 tokens, one of them written.
struct Even;

impl crate::verifier::Verifier for Even {
    fn score<'a>(
        &'a self,
        _: crate::verifier::ScoreRequest<'a>,
    ) -> BoxFuture<'a, Result<crate::verifier::Score, RequestFailure>> {
        let (verifier_tokens, written_tokens) = (Tokens(3), Tokens(1));
        let score = crate::verifier::Score { score: 0.5, verifier_tokens, written_tokens, ..Default::default() };
        Box::pin(std::future::ready(Ok(score)))
    }
}

fn scored(runs: &Path, plan: &Plan) -> Summary {
    score_with(runs, plan, "even", Arc::new(Even))
}

#[test]
fn what_is_there_is_scored_though_draws_failed_and_scores_are_on_the_budget_too() {
    let folder = tempfile::tempdir().unwrap();
    let (drawn, ..) = pass(folder.path(), &plan("{}"), |question, draw| question == "q1" && draw.round.0 == 2);
    assert_eq!((drawn.finished, drawn.failed), (16, 1));
    // 16 draws of 4 tokens, and room for two scores of 3.
    let first = scored(folder.path(), &plan("{tokens: 70}"));
    assert_eq!((first.finished, first.over_budget), (2, Some(Reached::Tokens { spent: 70, allowed: 70 })));
    let rest = scored(folder.path(), &plan("{}"));
    assert_eq!((rest.total, rest.known, rest.finished, rest.failed), (16, 2, 14, 0));
    // The missing draws and their scores come later.
    assert_eq!(pass(folder.path(), &plan("{}"), |_, _| false).0.finished, 2);
    assert_eq!(scored(folder.path(), &plan("{}")).finished, 2);
}
