//! Scoring against scripted verifiers that count what they are asked and fail on demand.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures::FutureExt;

use super::*;
use crate::experiment::{Aggregate, VerifierPlan};
use crate::replay::Scores;
use crate::trace::{StoredScore, TraceError};
use crate::verifier::{Score, ScoreRequest, Verifier};

const SERVED: &str =
    "verifier={kind: prm, name: first, base_url: 'http://localhost:1', model: m, limits: {concurrency: 2}}";

/// Gives every draw its steps; fails where told to.
struct Steps {
    fails: fn(&str, DrawKey) -> bool,
    steps: [f64; 2],
    asked: Mutex<Vec<(String, DrawKey)>>,
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Verifier for Steps {
    fn score<'a>(&'a self, request: ScoreRequest<'a>) -> BoxFuture<'a, Result<Score, RequestFailure>> {
        async move {
            let (question, draw) = (request.question.id.0.clone(), request.draw);
            self.most.fetch_max(self.now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            self.now.fetch_sub(1, Ordering::SeqCst);
            let failed = (self.fails)(&question, draw);
            self.asked.lock().unwrap().push((question, draw));
            if failed {
                return Err(RequestFailure { attempts: 8, ..RequestFailure::once("2 steps, but 3 were sent") });
            }
            let score = (self.steps[0] + self.steps[1]) / 2.0;
            Ok(Score { score, step_scores: self.steps.to_vec(), verifier_tokens: Tokens(3), ..Score::default() })
        }
        .boxed()
    }
}

fn plan(name: &str) -> Plan {
    let set = [SERVED.to_owned(), format!("verifier.name={name}"), "backbones.b.concurrency=64".to_owned()];
    parse(PLAN, "t.yaml", &set).unwrap()
}

fn score_steps(runs: &Path, plan: &Plan, fails: fn(&str, DrawKey) -> bool, steps: [f64; 2]) -> (Summary, Steps) {
    let verifier =
        Arc::new(Steps { fails, steps, asked: Mutex::default(), now: AtomicUsize::new(0), most: AtomicUsize::new(0) });
    let summary = score_with(runs, plan, plan.verifier.name().unwrap(), Arc::clone(&verifier) as _);
    (summary, Arc::into_inner(verifier).unwrap())
}

/// The distinct scores stored under the plan's verifier, and how many.
fn stored(runs: &Path, plan: &Plan) -> (Vec<f64>, usize) {
    let run = RunFolder::open_for_reading(&runs.join("t")).unwrap();
    let rows: Vec<StoredScore> = Scores::open(plan, &run).unwrap().take("b", "d").unwrap();
    let mut scores: Vec<f64> = rows.iter().filter_map(|row| row.score).collect();
    scores.sort_by(f64::total_cmp);
    scores.dedup();
    (scores, rows.len())
}

#[test]
fn a_score_that_failed_is_recorded_and_only_it_is_asked_for_again() {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan("first");
    pass(folder.path(), &plan, |_, _| false);
    let fails = |question: &str, draw: DrawKey| question == "q1" && draw.mode == Mode::Parallel;
    let (summary, verifier) = score_steps(folder.path(), &plan, fails, [0.25, 0.5]);
    // 3 x (2 + 4) draws, of which two cannot be scored; all others are.
    assert_eq!((summary.total, summary.finished, summary.failed), (18, 16, 2));
    assert!(summary.failures[0].contains("question q1, parallel") && summary.failures[0].contains("3 were sent"));
    assert_eq!(verifier.asked.lock().unwrap().len(), 18);
    // The backbone's 64 at once are no business of the verifier's server.
    assert!((1..=2).contains(&verifier.most.load(Ordering::SeqCst)), "{:?}", verifier.most);

    let (summary, verifier) = score_steps(folder.path(), &plan, |_, _| false, [0.25, 0.5]);
    assert_eq!((summary.known, summary.finished, summary.failed), (16, 2, 0));
    let asked = verifier.asked.into_inner().unwrap();
    assert!(asked.len() == 2 && asked.iter().all(|(question, draw)| fails(question, *draw)), "{asked:?}");
    assert_eq!(score_steps(folder.path(), &plan, |_, _| true, [0.0, 0.0]).0.known, 18);
}

#[test]
fn a_pool_holds_scores_of_several_verifiers_and_each_is_aggregated_when_it_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (plan("first"), plan("second"));
    pass(folder.path(), &first, |_, _| false);
    // Of the first, one question's scores wait in the journal, since its block is not complete.
    score_steps(folder.path(), &first, |question, _| question == "q2", [0.25, 0.5]);
    assert_eq!(score_steps(folder.path(), &second, |_, _| false, [1.0, 0.5]).0.finished, 18);
    assert_eq!(stored(folder.path(), &first), (vec![0.375], 12));
    assert_eq!(stored(folder.path(), &second), (vec![0.75], 18));
    let aggregated =
        |plan: &Plan, aggregate| stored(folder.path(), &Plan { aggregate: Some(aggregate), ..plan.clone() });
    for (aggregate, of_first, of_second) in [
        (Aggregate::Mean, 0.375, 0.75),
        (Aggregate::Last, 0.5, 0.5),
        (Aggregate::Min, 0.25, 0.5),
        (Aggregate::Product, 0.125, 0.5),
    ] {
        assert_eq!(aggregated(&first, aggregate), (vec![of_first], 12), "{aggregate:?}");
        assert_eq!(aggregated(&second, aggregate), (vec![of_second], 18), "{aggregate:?}");
    }
}

#[test]
fn scores_of_another_verifier_are_never_added_to_a_name() {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan("first");
    let open_as = |plan: &Plan| {
        RunFolder::open_for_writing(&Opening {
            runs_dir: folder.path(),
            name: "t",
            experiment: &plan.to_yaml(),
            hashes: ExperimentHashes {
                experiment: plan.hash(),
                draws: verifier_hash(plan).unwrap().into_iter().collect(),
            },
            backbones: Vec::new(),
            command: "test",
            // Draws are not to be moved aside for the sake of scores.
            force: true,
        })
    };
    let with_model = |model: &str| {
        let mut other = plan.clone();
        let VerifierPlan::Service(verifier) = &mut other.verifier else { panic!("no server") };
        model.clone_into(&mut verifier.service.model);
        other
    };
    // While nothing is scored, a model that does not exist can be corrected.
    drop(open_as(&with_model("misspelt")).unwrap());
    drop(open_as(&plan).unwrap());
    pass(folder.path(), &plan, |_, _| false);
    // These few scores wait in the journal for the rest of their block.
    score_steps(folder.path(), &plan, |question, _| question != "q0", [0.5, 0.5]);
    drop(open_as(&plan).unwrap());
    let refused = open_as(&with_model("other")).unwrap_err();
    assert!(matches!(refused, TraceError::OtherVerifier { .. }), "{refused}");
    let told = refused.to_string();
    assert!(told.contains("called `first`") && told.contains("--set verifier.name="), "{told}");

    let mut second = with_model("other");
    let VerifierPlan::Service(verifier) = &mut second.verifier else { panic!("no server") };
    "second".clone_into(&mut verifier.name);
    drop(open_as(&second).unwrap());
    // The first one's hash is still known, and its scores are still there.
    drop(open_as(&plan).unwrap());
    assert_eq!(stored(folder.path(), &plan), (vec![0.5], 6));
}
