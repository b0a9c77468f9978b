//! Critique-and-revise chains, forced texts and ratings: what is asked, what is stored, and how they go on.

use futures::executor::block_on;
use markovscale::{DrawMode, MethodConfig, Oracle};
use tokio::sync::{Semaphore, mpsc};

use super::super::ask::{Asked as AskedQuestion, Context};
use super::super::missing::{Carried, MissingChain};
use super::*;
use crate::backbone::simulated::{Profile, SimulatedBackbone};
use crate::key::seed;
use crate::prompt::Family;
use crate::trace::{DrawRow, StoredScore};
use crate::verifier::{Score, ScoreRequest, Verifier};
use crate::vocabulary::Sampling;

/// A plan that draws one chain of each of these kinds for every question.
fn plan_of(modes: &[DrawMode], rounds: u32) -> Plan {
    let mut plan = parse(PLAN, "t.yaml", &[format!("pool={{parallel: 1, chains: 1, rounds: {rounds}}}")]).unwrap();
    plan.methods = modes.iter().map(|draws| MethodConfig::from(Oracle { draws: *draws })).collect();
    plan
}

fn stored(runs: &Path) -> Vec<StoredDraw> {
    let mut rows = Snapshot::<StoredDraw>::open(&runs.join("t")).unwrap().take(&Partition::of_draws("b", "d")).unwrap();
    rows.sort_by(|a, b| (&a.question, a.draw).cmp(&(&b.question, b.draw)));
    rows
}

/// What was asked about a question: the round and what the prompt carried.
fn about<'a>(asked: &'a Asked, question: &str) -> Vec<(u32, Option<&'a str>)> {
    let of = asked.iter().filter(|(id, ..)| id == question);
    of.map(|(_, draw, carried)| (draw.round.0, carried.as_deref())).collect()
}

#[test]
fn a_refine_chain_goes_on_with_its_last_answer_and_the_critique_of_it() {
    let (folder, plan) = (tempfile::tempdir().unwrap(), plan_of(&[DrawMode::Refine], 3));
    let fails = |question: &str, draw: DrawKey| matches!((question, draw.round.0), ("q1", 2) | ("q2", 1));
    let (summary, asked, _) = pass(folder.path(), &plan, fails);
    assert_eq!((summary.total, summary.finished, summary.failed), (15, 5 + 2 + 1, 2));
    let critique = |round: u32, answer: u32| format!("{answer} | Round {round}.\nVerdict: wrong");
    let (first, second) = (critique(1, 0), critique(3, 2));
    let whole: Vec<(u32, Option<&str>)> =
        vec![(0, None), (1, Some("0")), (2, Some(&first)), (3, Some("2")), (4, Some(&second))];
    assert_eq!(about(&asked, "q0"), whole);

    let (summary, asked, _) = pass(folder.path(), &plan, |_, _| false);
    assert_eq!((summary.known, summary.finished, summary.failed), (8, 7, 0));
    assert_eq!(about(&asked, "q0"), []);
    assert_eq!(about(&asked, "q1"), whole[2..]);
    assert_eq!(about(&asked, "q2"), whole[1..]);

    let rows = stored(folder.path());
    let answers: Vec<Option<&str>> = rows[..5].iter().map(|row| row.answer.as_deref()).collect();
    assert_eq!(answers, [Some("0"), Some("wrong"), Some("2"), Some("wrong"), Some("4")]);

    // A larger pool keeps what there is and goes on with a critique of the last answer.
    let (summary, asked, _) = pass(folder.path(), &plan_of(&[DrawMode::Refine], 4), |_, _| false);
    assert_eq!((summary.known, summary.finished), (15, 6));
    let third = critique(5, 4);
    assert_eq!(about(&asked, "q0"), [(5, Some("4")), (6, Some(&*third))]);
}

#[test]
fn a_missing_answer_is_not_criticised_and_asked_for_again_plainly() {
    let (folder, plan) = (tempfile::tempdir().unwrap(), plan_of(&[DrawMode::Refine], 2));
    let (_, asked, _) = scripted(folder.path(), &plan, |_, draw| match draw.round.0 {
        0 => Act::Say("I do not know."),
        _ => Act::Reply,
    });
    assert_eq!(about(&asked, "q0"), [(0, None), (2, None)]);
    let rows = stored(folder.path());
    let critique = &rows[1];
    assert_eq!((critique.draw.round.0, &critique.answer, critique.tokens.completion), (1, &None, Tokens(0)));
    assert_eq!(rows[2].answer.as_deref(), Some("2"));
}

#[test]
fn a_forced_text_goes_on_from_all_of_it() {
    let (folder, plan) = (tempfile::tempdir().unwrap(), plan_of(&[DrawMode::Forced], 3));
    // The second round writes no answer of its own: that of the whole text so far stands.
    let script = |question: &str, draw: DrawKey| match (question, draw.round.0) {
        ("q1", 1) => Act::Fail,
        (_, 1) => Act::Say(", let me see."),
        _ => Act::Reply,
    };
    let (summary, asked, _) = scripted(folder.path(), &plan, script);
    assert_eq!((summary.total, summary.finished, summary.failed), (9, 7, 1));
    let whole = [(0, None), (1, Some("\\boxed{0}\nWait")), (2, Some("\\boxed{0}\nWait, let me see.\nWait"))];
    assert_eq!(about(&asked, "q0"), whole);
    let (_, asked, _) = scripted(folder.path(), &plan, |_, draw| match draw.round.0 {
        1 => Act::Say(", let me see."),
        _ => Act::Reply,
    });
    assert_eq!(about(&asked, "q1"), whole[1..]);

    let rows = stored(folder.path());
    let answers: Vec<Option<&str>> = rows[..3].iter().map(|row| row.answer.as_deref()).collect();
    assert_eq!(answers, [Some("0"), Some("0"), Some("2")]);
    assert!(rows.iter().all(|row| row.tokens.completion == Tokens(4)), "each round pays for what it added");

    // From sealed parts.
    let (_, asked, _) = pass(folder.path(), &plan_of(&[DrawMode::Forced], 4), |_, _| false);
    assert_eq!(about(&asked, "q2"), [(3, Some("\\boxed{0}\nWait, let me see.\nWait\\boxed{2}\nWait"))]);
}

#[test]
fn a_text_that_was_cut_off_is_not_made_to_go_on() {
    let (folder, plan) = (tempfile::tempdir().unwrap(), plan_of(&[DrawMode::Forced], 4));
    let script = |_: &str, draw: DrawKey| if draw.round.0 == 1 { Act::CutOff("and so") } else { Act::Reply };
    let (summary, asked, _) = scripted(folder.path(), &plan, script);
    assert_eq!((summary.total, summary.finished), (12, 12));
    assert_eq!(about(&asked, "q0"), [(0, None), (1, Some("\\boxed{0}\nWait"))]);
    // Nor after an enlargement, which finds the last round cut off.
    let (summary, asked, _) = scripted(folder.path(), &plan_of(&[DrawMode::Forced], 6), script);
    assert_eq!((summary.known, summary.finished, asked.len()), (12, 6, 0));
    for row in stored(folder.path()) {
        let (round, tokens) = (row.draw.round.0, row.tokens.completion.0);
        assert_eq!(row.answer.as_deref(), Some("0"));
        assert_eq!((row.cut_off, tokens), (round > 0, if round < 2 { 4 } else { 0 }));
    }
}

#[test]
fn a_rating_is_asked_for_once_and_stored_as_a_number() {
    let script = |_: &str, _: DrawKey| Act::Say("Hard.\n**Difficulty:** 7/10");
    let asked = Arc::new(Mutex::new(Asked::new()));
    let (plan, dataset) = (plan_of(&[DrawMode::Parallel], 1), dataset());
    let prompts = Arc::new(PromptSet::load(&plan.prompts).unwrap());
    let context = Context {
        run_seed: 3,
        backbone: Arc::new(Scripted { script: Arc::new(script), asked: Arc::clone(&asked) }),
        dataset: Arc::clone(&dataset),
        sampling: Sampling { temperature: 0.7, top_p: 0.95, max_tokens: 100 },
        requests: Semaphore::new(1),
        stop: Stop::default(),
        backbone_name: Arc::from("b"),
        model: Arc::from("m"),
        dataset_name: Arc::from("d"),
        simulated: false,
        hashes: Family::ALL.map(|family| Arc::from(prompts.hash(family))),
        prompts: Arc::clone(&prompts),
    };
    let (sender, mut receiver) = mpsc::channel(4);
    let judged = AskedQuestion::new(&context, &dataset.questions[0], sender);
    let chain = MissingChain { mode: Mode::Judge, chain: 0, from: 0, rows: 1, carried: Carried::default() };
    block_on(judged.chain(chain, &[]));
    let row: DrawRow = receiver.try_recv().unwrap();
    assert_eq!((row.answer.as_deref(), row.correct), (Some("7"), None));
    assert_eq!(&*row.prompt_hash, prompts.hash(Family::Judge));
    assert_eq!(asked.lock().unwrap().len(), 1);
}

/// Fails a share of all draws, another one in every pass.
struct Flaky {
    inner: SimulatedBackbone,
    pass: u64,
    percent: u64,
}

impl Backbone for Flaky {
    fn complete<'a>(&'a self, request: Request<'a>) -> BoxFuture<'a, Result<Completion, RequestFailure>> {
        let luck = seed(&[&request.seed.to_le_bytes(), &self.pass.to_le_bytes()]) % 100;
        if luck < self.percent {
            let failure = RequestFailure::once("gone");
            return Box::pin(std::future::ready(Err(failure)));
        }
        self.inner.complete(request)
    }
}

/// Collects all three kinds of chains until nothing fails; gives the rows, and the bytes of the sealed part.
fn flaky_run(percent: u64, max_tokens: u32) -> (Vec<StoredDraw>, Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    let mut plan = plan_of(&[DrawMode::Sequential, DrawMode::Refine, DrawMode::Forced], 5);
    plan.backbones[0].sampling.max_tokens = max_tokens;
    let profile = Profile::load("simulated-weak").unwrap();
    for pass in 0..100 {
        let inner = SimulatedBackbone::new(&profile, 3, "b", &dataset()).unwrap();
        let backbone = Arc::new(Flaky { inner, pass, percent });
        if collect_with(folder.path(), &plan, &dataset(), backbone, &mut |_| {}).failed == 0 {
            let part = folder.path().join("t/traces/backbone=b/dataset=d/part-00000-00.parquet");
            return (stored(folder.path()), std::fs::read(part).unwrap());
        }
    }
    panic!("still failing after 100 passes");
}

#[test]
fn however_often_it_fails_a_run_ends_with_the_rows_of_an_undisturbed_one() {
    // With the lower limit many completions are cut off, critiques and continuations among them.
    for max_tokens in [100_000, 300] {
        let (rows, part) = flaky_run(0, max_tokens);
        assert_eq!(rows.len(), 3 * (5 + 9 + 5));
        assert_eq!(rows.iter().any(|row| row.cut_off), max_tokens == 300);
        let (again, again_part) = flaky_run(40, max_tokens);
        assert_eq!(again, rows);
        assert!(again_part == part, "the sealed parts differ");
    }
}

/// Keeps what it is given to read.
#[derive(Default)]
struct Reading(Mutex<Vec<(String, DrawKey, String, u64)>>);

impl Verifier for Reading {
    fn score<'a>(&'a self, request: ScoreRequest<'a>) -> BoxFuture<'a, Result<Score, RequestFailure>> {
        let read =
            (request.question.id.0.clone(), request.draw, request.completion.to_owned(), request.completion_tokens.0);
        self.0.lock().unwrap().push(read);
        let score = Score { score: 0.5, verifier_tokens: Tokens(1), ..Score::default() };
        Box::pin(std::future::ready(Ok(score)))
    }
}

fn score_all(runs: &Path, plan: &Plan) -> (Summary, Vec<(String, DrawKey, String, u64)>) {
    let reading = Arc::new(Reading::default());
    let summary = score_with(runs, plan, "v", Arc::clone(&reading) as _);
    let mut read = std::mem::take(&mut *reading.0.lock().unwrap());
    read.sort();
    (summary, read)
}

#[test]
fn answers_are_scored_with_all_their_text_and_critiques_never() {
    let folder = tempfile::tempdir().unwrap();
    let modes = [DrawMode::Refine, DrawMode::Forced];
    let small = plan_of(&modes, 2);
    pass(folder.path(), &small, |_, _| false);
    let (summary, read) = score_all(folder.path(), &small);
    // Per question two answers of a refine chain, whose critique is left out, and two texts.
    assert_eq!((summary.total, summary.finished), (12, 12));
    let texts = |read: &[(String, DrawKey, String, u64)]| -> Vec<(u32, String, u64)> {
        let of = read.iter().filter(|(question, draw, ..)| question == "q1" && draw.mode == Mode::Forced);
        of.map(|(_, draw, text, tokens)| (draw.round.0, text.clone(), *tokens)).collect()
    };
    let (first, second) = ("\\boxed{0}", "\\boxed{0}\nWait\\boxed{1}");
    assert_eq!(texts(&read), [(0, first.to_owned(), 4), (1, second.to_owned(), 8)]);
    assert_eq!(score_all(folder.path(), &small).0.known, 12);

    // The further round stands in a part of its own, or in the journal while its block is not complete.
    for fails in [true, false] {
        let large = plan_of(&modes, 3);
        let lost = move |question: &str, _: DrawKey| fails && question == "q2";
        scripted(folder.path(), &large, move |q, d| if lost(q, d) { Act::Fail } else { Act::Reply });
        let (summary, read) = score_all(folder.path(), &large);
        assert_eq!((summary.known, summary.finished), if fails { (12, 4) } else { (16, 2) });
        if fails {
            assert_eq!(texts(&read), [(2, format!("{second}\nWait\\boxed{{2}}"), 12)]);
        }
    }
    let mut scores = Snapshot::<StoredScore>::open(&folder.path().join("t")).unwrap();
    let scores = scores.take(&Partition::of_scores("v", "b", "d")).unwrap();
    assert_eq!(scores.len(), 18);
    assert!(scores.iter().all(|score| score.draw.is_answer()));
}
