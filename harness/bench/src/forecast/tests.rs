//! Forecasts from made-up draws whose sums are worked out by hand.

use markovscale::Tokens;

use super::*;
use crate::dataset::Question;
use crate::experiment::parse;
use crate::key::{Chain, DrawKey, Mode, QuestionId, Round};
use crate::vocabulary::TokenCounts;

const PLAN: &str = "
name: t
datasets: [{name: d, max_tokens: 200}]
backbones: [{name: b, kind: simulated, profile: p, price: {prompt: 1, completion: 2}}]
pool: {parallel: 4, chains: 1, rounds: 4}
methods: [self_consistency, mr_thinking, self_refine, budget_forcing]
budgets: [1]
";

fn dataset() -> Dataset {
    let question = |n: u32| Question {
        id: QuestionId(format!("q{n}")),
        text: String::new(),
        gold: "1".to_owned(),
        level: None,
        subject: None,
    };
    Dataset { name: "d".into(), revision: "1".into(), questions: (0..3).map(question).collect() }
}

fn cost(question: &str, mode: Mode, chain: u32, round: u32, (prompt, completion): (u64, u64)) -> StoredCost {
    StoredCost {
        question: QuestionId(question.to_owned()),
        draw: DrawKey { mode, chain: Chain(chain), round: Round(round) },
        tokens: TokenCounts { prompt: Tokens(prompt), completion: Tokens(completion), ..TokenCounts::default() },
        latency_ms: Some(500.0),
        // Two at a time: the second of each pair begins with the first.
        started_at: Some(0),
    }
}

/// What a pilot draws of a question.
fn pilot(question: &str) -> Vec<StoredCost> {
    vec![
        cost(question, Mode::Parallel, 0, 0, (10, 100)),
        cost(question, Mode::Parallel, 1, 0, (10, 100)),
        cost(question, Mode::Sequential, 0, 0, (10, 100)),
        cost(question, Mode::Sequential, 0, 1, (12, 50)),
        cost(question, Mode::Refine, 0, 0, (10, 100)),
        cost(question, Mode::Refine, 0, 1, (30, 20)),
        cost(question, Mode::Refine, 0, 2, (40, 60)),
        cost(question, Mode::Forced, 0, 0, (10, 100)),
        // One token for the word that it goes on with.
        cost(question, Mode::Forced, 0, 1, (111, 30)),
    ]
}

fn close(estimate: Estimate, expected: f64) {
    for found in [estimate.low, estimate.point, estimate.high] {
        assert!((found - expected).abs() < 1e-6 * expected.max(1.0), "{estimate:?}, expected {expected}");
    }
}

#[test]
fn every_kind_of_round_is_priced_by_itself_and_forced_prompts_grow() {
    let plan = parse(PLAN, "t.yaml", &[]).unwrap();
    let drawn = [pilot("q0"), pilot("q1")].concat();
    let found = partition(&plan, &plan.backbones[0], &dataset(), &drawn, &[]).unwrap();
    // Per question 4 parallel draws, a chain of 4, one of 4 answers and 3 critiques, a text of 4 rounds.
    assert_eq!((found.draws.there, found.draws.missing), (18, 3 * 19 - 18));
    assert_eq!((found.most_completion_tokens, found.questions, found.borrowed), (39 * 200, 2, false));
    let left = found.left.unwrap();
    // Parallel 80, sequential 24 + 24 + 46, refine 140 + 140 + 220, and forced rounds of 142 and 173 tokens: 315 + 315 + 436.
    close(left.prompt_tokens, 80.0 + 94.0 + 500.0 + 1066.0);
    close(left.completion_tokens, 800.0 + 450.0 + 660.0 + 310.0);
    close(left.price, (1740.0 + 2.0 * 2220.0) / 1e6);
    close(left.verifier_tokens.unwrap(), 0.0);
    // All 18 requests began at once.
    assert_eq!(found.concurrency, Some(18.0));
    close(left.seconds.unwrap(), 39.0 * 0.5 / 18.0);
    let spent = 2.0 * (10.0 * 5.0 + 12.0 + 30.0 + 40.0 + 111.0);
    assert_eq!((found.spent.prompt_tokens, found.spent.completion_tokens), (spent, 2.0 * 660.0));
}

#[test]
fn an_empty_run_has_a_bound_and_no_forecast() {
    let plan = parse(PLAN, "t.yaml", &[]).unwrap();
    let found = partition(&plan, &plan.backbones[0], &dataset(), &[], &[]).unwrap();
    assert_eq!((found.draws.missing, found.most_completion_tokens, found.left), (57, 57 * 200, None));
    assert_eq!(sum(&[found]).left, None);
}

#[test]
fn questions_that_differ_make_an_interval_and_what_was_never_drawn_is_borrowed() {
    let plan = parse(PLAN, "t.yaml", &["methods=[self_consistency, mr_thinking]".to_owned()]).unwrap();
    let short = cost("q0", Mode::Parallel, 0, 0, (10, 50));
    let long = cost("q1", Mode::Parallel, 0, 0, (10, 150));
    let found = partition(&plan, &plan.backbones[0], &dataset(), &[short, long], &[]).unwrap();
    assert!(found.borrowed, "no chain was ever drawn");
    let completion = found.left.unwrap().completion_tokens;
    // 10 parallel draws and 12 rounds are missing, 100 tokens each.
    assert!((completion.point - 2200.0).abs() < 1e-6, "{completion:?}");
    assert!(completion.low < 1200.0 && completion.high > 3200.0, "{completion:?}");
    let both = sum(&[found.clone(), found]);
    let of_both = both.left.unwrap().completion_tokens;
    assert!((of_both.point - 4400.0).abs() < 1e-6);
    // Independent parts: the half-width grows by the root of two.
    assert!(((of_both.high - 4400.0) / (completion.high - 2200.0) - 2f64.sqrt()).abs() < 1e-9);
}
