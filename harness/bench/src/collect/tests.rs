//! Collecting against a scripted backbone that counts what it is asked and fails on demand.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex};

use futures::future::BoxFuture;
use markovscale::Tokens;

mod budget;
mod chains;
mod scores;
mod strands;

use super::*;
use crate::backbone::{Backbone, Completion, Request};
use crate::dataset::{Dataset, Question};
use crate::experiment::{Plan, parse};
use crate::key::{DrawKey, Mode, QuestionId};
use crate::net::RequestFailure;
use crate::prompt::PromptSet;
use crate::trace::{ExperimentHashes, Opening, Partition, RunFolder, Snapshot, StoredAnswer, StoredDraw};
use crate::verifier::Verifier;
use crate::vocabulary::{FinishReason, TokenCounts};

const PLAN: &str = "
name: t
seed: 3
datasets: [d]
backbones: [{name: b, kind: simulated, profile: simulated-weak}]
pool: {parallel: 2, chains: 1, rounds: 4}
methods: [self_consistency, mr_thinking]
budgets: [1]
";

/// Question, draw, and what the prompt carries: the text to go on from, the critique after the answer, or the answer.
type Asked = BTreeSet<(String, DrawKey, Option<String>)>;

/// What the scripted backbone does about a draw.
enum Act {
    Fail,
    Say(&'static str),
    /// The round's number in a box, or a verdict.
    Reply,
    CutOff(&'static str),
}

type Script = dyn Fn(&str, DrawKey) -> Act + Send + Sync;

/// Answers `round` to every question; fails where told to.
struct Scripted {
    script: Arc<Script>,
    asked: Arc<Mutex<Asked>>,
}

impl Backbone for Scripted {
    fn complete<'a>(&'a self, request: Request<'a>) -> BoxFuture<'a, Result<Completion, RequestFailure>> {
        let (question, draw) = (request.question.id.0.clone(), request.draw);
        let carried = match (request.previous_answer, request.critique, request.continue_text) {
            (_, _, Some(text)) => Some(text.to_owned()),
            (Some(answer), Some(critique), _) => Some(format!("{answer} | {critique}")),
            (previous, ..) => previous.map(str::to_owned),
        };
        let fresh = self.asked.lock().unwrap().insert((question.clone(), draw, carried));
        assert!(fresh, "asked twice in one pass: {question} {draw:?}");
        let said = |text: String, finish_reason| {
            Ok(Completion { text, finish_reason, completion_tokens: Tokens(4), ..Completion::failed(1) })
        };
        let round = draw.round.0;
        let answer = match (self.script)(&question, draw) {
            Act::Fail => Err(RequestFailure { attempts: 3, ..RequestFailure::once("the server is gone") }),
            Act::Say(text) => said(text.to_owned(), FinishReason::Stop),
            Act::Reply if draw.is_answer() => said(format!("\\boxed{{{round}}}"), FinishReason::Stop),
            Act::Reply => said(format!("Round {round}.\nVerdict: wrong"), FinishReason::Stop),
            Act::CutOff(text) => said(text.to_owned(), FinishReason::Length),
        };
        Box::pin(std::future::ready(answer))
    }
}

fn dataset() -> Arc<Dataset> {
    let question = |n: u32| Question {
        id: QuestionId(format!("q{n}")),
        text: format!("{n}?"),
        gold: "1".to_owned(),
        level: None,
        subject: None,
    };
    Arc::new(Dataset { name: "d".into(), revision: "1".into(), questions: (0..3).map(question).collect() })
}

fn open(runs: &Path, plan: &Plan) -> RunFolder {
    RunFolder::open_for_writing(&Opening {
        runs_dir: runs,
        name: &plan.name,
        experiment: &plan.to_yaml(),
        hashes: ExperimentHashes { experiment: plan.hash(), draws: BTreeMap::new() },
        backbones: Vec::new(),
        command: "test",
        force: false,
    })
    .unwrap()
}

fn pass(runs: &Path, plan: &Plan, fails: fn(&str, DrawKey) -> bool) -> (Summary, Asked, Vec<Event>) {
    scripted(runs, plan, move |question, draw| if fails(question, draw) { Act::Fail } else { Act::Reply })
}

fn scripted(
    runs: &Path,
    plan: &Plan,
    script: impl Fn(&str, DrawKey) -> Act + Send + Sync + 'static,
) -> (Summary, Asked, Vec<Event>) {
    let asked = Arc::new(Mutex::new(Asked::new()));
    let backbone = Arc::new(Scripted { script: Arc::new(script), asked: Arc::clone(&asked) });
    let mut events = Vec::new();
    let summary = collect_with(runs, plan, &dataset(), backbone, &mut |event| events.push(event));
    let asked = std::mem::take(&mut *asked.lock().unwrap());
    (summary, asked, events)
}

fn collect_with(
    runs: &Path,
    plan: &Plan,
    dataset: &Arc<Dataset>,
    backbone: Arc<dyn Backbone>,
    on_event: &mut dyn FnMut(Event),
) -> Summary {
    let run = open(runs, plan);
    let stop = Stop::default();
    stop.watch(open_meter(&run, plan).unwrap());
    let setup = Setup {
        plan,
        prompts: Arc::new(PromptSet::load(&plan.prompts).unwrap()),
        backbone: &|_, _| Ok(Arc::clone(&backbone)),
        verifier: None,
        stop,
    };
    collect(&Work { setup, datasets: &[Arc::clone(dataset)], run: &run }, on_event).unwrap()
}

/// Scores what is drawn.
fn score_with(runs: &Path, plan: &Plan, name: &str, verifier: Arc<dyn Verifier>) -> Summary {
    let run = open(runs, plan);
    let stop = Stop::default();
    stop.watch(open_meter(&run, plan).unwrap());
    let setup = Setup {
        plan,
        prompts: Arc::new(PromptSet::load(&plan.prompts).unwrap()),
        backbone: &|_, _| unreachable!("scoring draws nothing"),
        verifier: Some((name, &|_, _| Ok(Arc::clone(&verifier)))),
        stop,
    };
    score(&Work { setup, datasets: &[dataset()], run: &run }, &mut |_| {}).unwrap()
}

#[test]
fn a_budget_that_the_last_row_used_up_stopped_nothing() {
    let plan = parse(PLAN, "t.yaml", &["budget={tokens: 10}".to_owned()]).unwrap();
    let stop = Stop::default();
    stop.watch(Meter::new(&plan, std::time::Duration::ZERO));
    let ended = |lacks| {
        let mut summary = Summary::default();
        summary.end(&stop, lacks);
        (summary.interrupted, summary.over_budget, summary.stopped())
    };
    assert_eq!(ended(true), (false, None, false), "nothing is spent");
    stop.meter().unwrap().count_draw("b", TokenCounts { completion: Tokens(10), ..TokenCounts::default() });
    let reached = Reached::Tokens { spent: 10, allowed: 10 };
    assert_eq!(ended(true), (false, Some(reached), true));
    assert_eq!(ended(false), (false, None, false), "nothing was left to stop");
    stop.stop();
    assert_eq!(ended(false), (true, None, true), "the user asked, whatever was left");
}

#[test]
fn a_failed_draw_is_listed_and_only_it_and_what_hangs_on_it_is_asked_for_again() {
    let (folder, plan) = (tempfile::tempdir().unwrap(), parse(PLAN, "t.yaml", &[]).unwrap());
    // One chain breaks at its third round; one parallel draw of another question fails.
    let fails = |question: &str, draw: DrawKey| match draw.mode {
        Mode::Sequential => question == "q1" && draw.round.0 == 2,
        _ => question == "q2" && draw.chain.0 == 1,
    };
    let (summary, asked, events) = pass(folder.path(), &plan, fails);
    // 3 x (2 + 4) draws; two fail, and the broken chain's last round is never reached.
    assert_eq!((summary.total, summary.known, summary.finished, summary.failed), (18, 0, 15, 2));
    assert_eq!(asked.len(), 17);
    let expected = "b d question q1, sequential chain 0 round 2: the server is gone";
    assert!(summary.failures.iter().any(|failure| failure == expected), "{:?}", summary.failures);
    assert_eq!(events.iter().filter(|event| matches!(event, Event::Failed { .. })).count(), 2);

    let (summary, asked, _) = pass(folder.path(), &plan, |_, _| false);
    assert_eq!((summary.total, summary.known, summary.finished, summary.failed), (18, 15, 3, 0));
    let asked: Vec<_> =
        asked.iter().map(|(q, draw, previous)| (&**q, draw.mode, draw.round.0, previous.as_deref())).collect();
    let expected = [
        // The chain goes on with the answer of its last finished round.
        ("q1", Mode::Sequential, 2, Some("1")),
        ("q1", Mode::Sequential, 3, Some("2")),
        ("q2", Mode::Parallel, 0, None),
    ];
    assert_eq!(asked, expected);

    let (summary, asked, _) = pass(folder.path(), &plan, |_, _| true);
    assert_eq!((summary.known, summary.finished), (18, 0));
    assert!(asked.is_empty(), "a finished run asks for nothing");
    let mut stored = Snapshot::<StoredDraw>::open(&folder.path().join("t")).unwrap();
    assert_eq!(stored.take(&Partition::of_draws("b", "d")).unwrap().len(), 18);
}

#[test]
fn a_row_tells_which_rule_found_its_answer_and_a_text_cut_off_is_not_guessed_from() {
    let (folder, plan) = (tempfile::tempdir().unwrap(), parse(PLAN, "t.yaml", &[]).unwrap());
    scripted(folder.path(), &plan, |question, draw| match (question, draw.mode) {
        ("q0", _) => Act::Reply,
        ("q1", Mode::Parallel) => Act::Say("The answer is 1."),
        ("q2", Mode::Parallel) => Act::CutOff("That makes 1"),
        _ => Act::Say("That makes 1."),
    });
    let mut rows = Snapshot::<StoredAnswer>::open(&folder.path().join("t")).unwrap();
    let rows = rows.take(&Partition::of_draws("b", "d")).unwrap();
    let found = |question: &str, mode: Mode| {
        let row = rows.iter().find(|row| row.question.0 == question && row.draw.mode == mode).unwrap();
        (row.answer.as_deref(), row.rule.as_deref())
    };
    assert_eq!(found("q0", Mode::Parallel), (Some("0"), Some("box")));
    assert_eq!(found("q1", Mode::Parallel), (Some("1"), Some("phrase")));
    assert_eq!(found("q1", Mode::Sequential), (Some("1"), Some("last_number")));
    assert_eq!(found("q2", Mode::Parallel), (None, None));
    assert_eq!(found("q2", Mode::Sequential), (Some("1"), Some("last_number")));
}

#[test]
fn a_larger_pool_asks_only_for_what_is_new() {
    let folder = tempfile::tempdir().unwrap();
    let small = parse(PLAN, "t.yaml", &[]).unwrap();
    pass(folder.path(), &small, |_, _| false);
    let large = parse(PLAN, "t.yaml", &["pool={parallel: 3, chains: 2, rounds: 5}".to_owned()]).unwrap();
    let (summary, asked, _) = pass(folder.path(), &large, |_, _| false);
    // Per question one more parallel draw, one more round, and a second chain of five.
    assert_eq!((summary.total, summary.known, summary.finished), (39, 18, 21));
    assert_eq!(asked.len(), 21);
}
