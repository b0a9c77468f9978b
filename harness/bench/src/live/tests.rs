//! Live collecting with simulated backbones: what is drawn, what it costs, and that replay decides what was decided.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex};

use futures::future::BoxFuture;
use markovscale::{Budget, MethodConfig, QuestionContext};
use markovscale_answers::Grader;

use super::*;
use crate::backbone::{self, Backbone, Completion, Request};
use crate::collect::{DrawOne, Event, Setup, Stop, Summary, Work, open_meter, runtime};
use crate::dataset::{Dataset, Question};
use crate::experiment::{Plan, Prices, parse};
use crate::key::{DrawKey, Mode, QuestionId};
use crate::net::RequestFailure;
use crate::prompt::PromptSet;
use crate::replay::{LearnedFile, replay};
use crate::resources::Resources;
use crate::trace::{
    ExperimentHashes, Opening, Partition, RunFolder, Snapshot, StoredDraw, StoredScore, write_questions,
};
use crate::verifier;

const PLAN: &str = "
name: t
seed: 3
datasets: [d]
backbones: [{name: b, kind: simulated, profile: simulated-strong}]
verifier: simulated
pool: {parallel: 16, chains: 1, rounds: 16}
budgets: [1, 4, 16]
replay: {replicates: 3, resamples: 50}
methods:
  - early_stopping_sc
  - adaptive_sc
  - best_of_n
";

/// Two blocks of questions.
fn dataset() -> Arc<Dataset> {
    let question = |n: u32| Question {
        id: QuestionId(format!("q{n:03}")),
        text: format!("What is {n} and seven?"),
        gold: (n + 7).to_string(),
        level: None,
        subject: None,
    };
    Arc::new(Dataset { name: "d".into(), revision: "1".into(), questions: (0..90).map(question).collect() })
}

fn plan(overrides: &[&str]) -> Plan {
    let overrides: Vec<String> = overrides.iter().map(|text| (*text).to_owned()).collect();
    parse(PLAN, "t.yaml", &overrides).unwrap()
}

fn open(runs: &Path, plan: &Plan) -> RunFolder {
    let run = RunFolder::open_for_writing(&Opening {
        runs_dir: runs,
        name: &plan.name,
        experiment: &plan.to_yaml(),
        hashes: ExperimentHashes { experiment: plan.hash(), draws: BTreeMap::new() },
        backbones: Vec::new(),
        command: "test",
        force: false,
    });
    let run = run.unwrap();
    write_questions(run.path(), &[dataset()]).unwrap();
    run
}

/// Draws asked for, each as often as it was.
type Asked = Arc<Mutex<Vec<(QuestionId, DrawKey)>>>;

/// A simulated backbone that keeps a list of what it is asked, and fails where told to.
struct Listening {
    inner: Arc<dyn Backbone>,
    asked: Asked,
    fails: fn(&QuestionId, DrawKey) -> bool,
}

impl Backbone for Listening {
    fn complete<'a>(&'a self, request: Request<'a>) -> BoxFuture<'a, Result<Completion, RequestFailure>> {
        if (self.fails)(&request.question.id, request.draw) {
            return Box::pin(std::future::ready(Err(RequestFailure::once("the server is gone"))));
        }
        self.asked.lock().unwrap().push((request.question.id.clone(), request.draw));
        self.inner.complete(request)
    }
}

struct Pass {
    asked: Asked,
    fails: fn(&QuestionId, DrawKey) -> bool,
    /// Stops once so many rows have come; a process that is killed loses no more than one that stops.
    stop_after: u64,
}

impl Pass {
    fn new() -> Self {
        Self { asked: Asked::default(), fails: |_, _| false, stop_after: u64::MAX }
    }

    fn live(&self, runs: &Path, plan: &Plan) -> Summary {
        let (run, resources, stop) = (open(runs, plan), Resources::default(), Stop::default());
        stop.watch(open_meter(&run, plan).unwrap());
        let open_verifier = |backbone: &crate::experiment::BackbonePlan, dataset: &Dataset| {
            Ok(verifier::open(&plan.verifier, backbone, plan.seed, dataset, &resources).unwrap())
        };
        let setup = Setup {
            plan,
            prompts: Arc::new(PromptSet::load(&plan.prompts).unwrap()),
            backbone: &|planned, dataset| {
                let inner = backbone::open(planned, plan.seed, dataset, &resources).unwrap();
                Ok(Arc::new(Listening { inner, asked: Arc::clone(&self.asked), fails: self.fails }))
            },
            verifier: plan
                .verifier
                .name()
                .map(|name| -> (_, &crate::collect::OpenVerifier<'_>) { (name, &open_verifier) }),
            stop: stop.clone(),
        };
        let work = Work { setup, datasets: &[dataset()], run: &run };
        let mut rows = 0;
        let summary = collect(&work, &mut |event| {
            if let Event::Finished { rows: more } = event {
                rows += more;
                if rows >= self.stop_after {
                    stop.stop();
                }
            }
        });
        summary.unwrap()
    }
}

fn pool(runs: &Path, plan: &Plan) {
    let (run, resources) = (open(runs, plan), Resources::default());
    let prompts = Arc::new(PromptSet::load(&plan.prompts).unwrap());
    let setup = Setup {
        plan,
        prompts,
        backbone: &|planned, dataset| Ok(backbone::open(planned, plan.seed, dataset, &resources).unwrap()),
        verifier: Some(("simulated", &|planned, dataset| {
            Ok(verifier::open(&plan.verifier, planned, plan.seed, dataset, &resources).unwrap())
        })),
        stop: Stop::default(),
    };
    let work = Work { setup, datasets: &[dataset()], run: &run };
    crate::collect::collect(&work, &mut |_| {}).unwrap();
    crate::collect::score(&work, &mut |_| {}).unwrap();
}

type Keys = BTreeSet<(QuestionId, DrawKey)>;

fn stored(runs: &Path) -> (Keys, Keys, u64) {
    let run = runs.join("t");
    let draws = Snapshot::<StoredDraw>::open(&run).unwrap().take(&Partition::of_draws("b", "d")).unwrap();
    let scores =
        Snapshot::<StoredScore>::open(&run).unwrap().take(&Partition::of_scores("simulated", "b", "d")).unwrap();
    let tokens = draws.iter().map(|draw| draw.tokens.completion.0).sum();
    let (draws_found, scores_found) = (draws.len(), scores.len());
    let draws: Keys = draws.into_iter().map(|row| (row.question, row.draw)).collect();
    let scores: Keys = scores.into_iter().map(|row| (row.question, row.draw)).collect();
    assert_eq!((draws.len(), scores.len()), (draws_found, scores_found), "stored twice");
    (draws, scores, tokens)
}

/// Every file under a folder.
fn files(folder: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.insert(path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap());
        }
    }
}

fn traces(runs: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for kind in ["traces", "scores"] {
        let mut of_kind = BTreeMap::new();
        files(&runs.join("t").join(kind), &mut of_kind);
        found.extend(of_kind.into_iter().map(|(name, bytes)| (format!("{kind}/{name}"), bytes)));
    }
    found
}

/// Plays every method at every budget on every question by itself, over draws that are kept nowhere: draws looked at and
/// whether the answer was right, by method, budget and question.
fn alone(plan: &Plan, learned: Option<&LearnedFile>) -> Vec<Vec<Vec<(usize, bool, u64)>>> {
    let (dataset, resources, runtime) = (dataset(), Resources::default(), runtime().unwrap());
    let prompts = Arc::new(PromptSet::load(&plan.prompts).unwrap());
    let open_verifier = |backbone: &crate::experiment::BackbonePlan, dataset: &Dataset| {
        Ok(verifier::open(&plan.verifier, backbone, plan.seed, dataset, &resources).unwrap())
    };
    let setup = Setup {
        plan,
        prompts,
        backbone: &|planned, dataset| Ok(backbone::open(planned, plan.seed, dataset, &resources).unwrap()),
        verifier: Some(("simulated", &open_verifier)),
        stop: Stop::default(),
    };
    let draw_one = DrawOne::open(&setup, &plan.backbones[0], &dataset).unwrap();
    let of = |config: &MethodConfig, budget: u32, place: usize| {
        let (method, question) = (config.build(), &dataset.questions[place]);
        let (label, id) = (config.label(), question.id.0.as_str());
        let context = learned.map_or(QuestionContext::uncalibrated(), |file| {
            file.context(("d", id), (&label, method.draws()), budget).unwrap()
        });
        let budget = Budget(budget);
        let solver = Solver {
            draw_one: &draw_one,
            method: &*method,
            context,
            budget,
            prices: Prices::default(),
            aggregate: None,
        };
        let mut rounds = 0;
        let solved = runtime.block_on(solver.solve(place, &mut |_| rounds += 1)).unwrap();
        let right =
            solved.answer.as_deref().is_some_and(|answer| Grader::new(&question.gold).right(answer) == Some(true));
        (rounds, right, solved.bill.completion_tokens)
    };
    let questions = 0..dataset.questions.len();
    let of_budget = |config, budget: &u32| questions.clone().map(|place| of(config, *budget, place)).collect();
    plan.methods.iter().map(|config| plan.budgets.iter().map(|budget| of_budget(config, budget)).collect()).collect()
}

/// What a full pool teaches, in two fits, so that for every question there is one that did not see it.
fn learned(folder: &Path, method: &str) -> String {
    let teacher = plan(&[&format!("methods=[{method}]"), "tuning={crossfit: 2}", "datasets=[d]"]);
    pool(folder, &teacher);
    let run = RunFolder::open_for_reading(&folder.join("t")).unwrap();
    let found = replay(&teacher, &run, |_, _| {}).unwrap().learned;
    found[0].write(run.path()).unwrap().display().to_string()
}

#[test]
fn live_draws_are_what_the_methods_looked_at_and_replay_decides_the_same() {
    let teacher = tempfile::tempdir().unwrap();
    let markovscale = "{markovscale: {stop: confidence}}";
    let file = learned(teacher.path(), markovscale);
    let methods = format!("methods=[early_stopping_sc, adaptive_sc, {markovscale}]");
    let tuning = format!("tuning={{from: {file}}}");
    let live = plan(&[&methods, &tuning, "collect=live"]);
    let folder = tempfile::tempdir().unwrap();
    let pass = Pass::new();
    let summary = pass.live(folder.path(), &live);
    assert_eq!((summary.failed, summary.known, summary.total), (0, 0, summary.finished));

    let learned = LearnedFile::read(Path::new(&file)).unwrap();
    let alone = alone(&live, Some(&learned));
    let (draws, scores, tokens) = stored(folder.path());
    let mut union = Keys::new();
    let mut scored = Keys::new();
    for (config, budgets) in live.methods.iter().zip(&alone) {
        for (place, used) in budgets.iter().flat_map(|questions| questions.iter().enumerate()) {
            let id = &dataset().questions[place].id;
            for number in 0..used.0 {
                let key = (id.clone(), crate::collect::key_of(config.draws(), number));
                union.insert(key.clone());
                if config.uses_scores() {
                    scored.insert(key);
                }
            }
        }
    }
    assert_eq!(draws, union, "drawn: what some method looked at, and nothing else");
    assert_eq!(scores, scored, "scored: what some method that uses scores looked at");
    assert_eq!(pass.asked.lock().unwrap().len(), union.len(), "each is asked for once");
    assert_eq!(summary.finished, union.len() as u64);

    let whole = tempfile::tempdir().unwrap();
    pool(whole.path(), &plan(&[&methods, "tuning={crossfit: 2}"]));
    let (all, _, all_tokens) = stored(whole.path());
    assert!(draws.is_subset(&all) && 2 * draws.len() < all.len(), "{} of {}", draws.len(), all.len());
    assert!(2 * tokens < all_tokens, "{tokens} of {all_tokens} tokens");

    let run = RunFolder::open_for_reading(&folder.path().join("t")).unwrap();
    let outcomes = replay(&live, &run, |_, _| {}).unwrap().outcomes;
    let mut rows = outcomes.iter();
    for budgets in &alone {
        for questions in budgets {
            let outcome = rows.next().unwrap();
            let count = questions.len() as f64;
            let mean = |value: &dyn Fn(&(usize, bool, u64)) -> f64| questions.iter().map(value).sum::<f64>() / count;
            assert_eq!(outcome.replicates, Some(1));
            assert_eq!(outcome.answers, mean(&|q| q.0 as f64), "{}", outcome.method);
            assert_eq!(outcome.accuracy.point, mean(&|q| f64::from(u8::from(q.1))), "{}", outcome.method);
            assert_eq!(outcome.completion_tokens, mean(&|q| q.2 as f64), "{}", outcome.method);
        }
    }
}

#[test]
fn stopped_and_started_again_it_asks_nothing_twice_and_ends_with_the_same_bytes() {
    let live = plan(&["collect=live", "methods=[adaptive_sc, best_of_n, self_refine, budget_forcing]", "budgets=[3]"]);
    let undisturbed = tempfile::tempdir().unwrap();
    let once = Pass::new();
    once.live(undisturbed.path(), &live);
    let folder = tempfile::tempdir().unwrap();
    let asked = Asked::default();
    let mut interrupted = 0;
    loop {
        let pass = Pass { asked: Arc::clone(&asked), stop_after: 10, ..Pass::new() };
        let summary = pass.live(folder.path(), &live);
        if !summary.interrupted {
            break;
        }
        interrupted += 1;
        assert!(summary.total > summary.known + summary.finished, "the total is the most there can be");
    }
    assert!(interrupted >= 3, "only {interrupted} interruptions");
    let mut asked = asked.lock().unwrap().clone();
    let mut expected = once.asked.lock().unwrap().clone();
    asked.sort();
    expected.sort();
    assert_eq!(asked, expected);
    let (expected, found) = (traces(undisturbed.path()), traces(folder.path()));
    assert_eq!(expected.keys().collect::<Vec<_>>(), found.keys().collect::<Vec<_>>());
    assert!(expected.len() >= 4 && expected == found, "two sealed blocks of draws and of scores, byte for byte");
    let modes: BTreeSet<Mode> = stored(folder.path()).0.into_iter().map(|(_, draw)| draw.mode).collect();
    assert_eq!(modes, BTreeSet::from([Mode::Parallel, Mode::Refine, Mode::Forced]));
}

#[test]
fn a_budget_stops_it_and_a_larger_one_goes_on() {
    let limited = |tokens: u64| plan(&["collect=live", &format!("budget.tokens={tokens}")]);
    let (undisturbed, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    Pass::new().live(undisturbed.path(), &plan(&["collect=live"]));
    let all = stored(undisturbed.path());
    let summary = Pass::new().live(folder.path(), &limited(all.2 / 2));
    assert!(summary.over_budget.is_some() && !summary.interrupted, "{summary:?}");
    let half = stored(folder.path());
    assert!(half.0.len() < all.0.len() && half.0.is_subset(&all.0));
    let summary = Pass::new().live(folder.path(), &limited(all.2 * 10));
    assert_eq!((summary.over_budget, summary.total), (None, all.0.len() as u64));
    assert_eq!(traces(undisturbed.path()), traces(folder.path()));
}

#[test]
fn what_failed_is_asked_for_again_and_its_question_waits() {
    let live = plan(&["collect=live"]);
    let folder = tempfile::tempdir().unwrap();
    let fails = |question: &QuestionId, draw: DrawKey| question.0 == "q003" && draw.chain.0 == 2;
    let summary = Pass { fails, ..Pass::new() }.live(folder.path(), &live);
    assert_eq!(summary.failed, 1);
    let run = RunFolder::open_for_reading(&folder.path().join("t")).unwrap();
    let error = replay(&live, &run, |_, _| {}).unwrap_err().to_string();
    assert!(error.contains("1 of 90 questions lack draws or scores") && error.contains("first: q003"), "{error}");
    let again = Pass::new();
    let summary = again.live(folder.path(), &live);
    assert_eq!((summary.failed, summary.total), (0, summary.known + summary.finished));
    let asked = again.asked.lock().unwrap().clone();
    assert!(!asked.is_empty() && asked.iter().all(|(question, draw)| question.0 == "q003" && draw.chain.0 >= 2));
    assert!(replay(&live, &run, |_, _| {}).is_ok());
}

#[test]
fn a_run_that_grows_keeps_its_draws_and_scores_what_a_new_method_looks_at() {
    let folder = tempfile::tempdir().unwrap();
    let plain = plan(&["collect=live", "methods=[self_consistency, budget_forcing]", "budgets=[4]"]);
    Pass::new().live(folder.path(), &plain);
    let (before, scores, _) = stored(folder.path());
    assert_eq!((before.len(), scores.len()), (90 * 8, 0));
    // The same draws with scores, and longer forced texts, which go on from those that are sealed.
    let grown = plan(&["collect=live", "methods=[self_consistency, budget_forcing, best_of_n]", "budgets=[4, 6]"]);
    let pass = Pass::new();
    let summary = pass.live(folder.path(), &grown);
    assert_eq!((summary.known, summary.finished), (90 * 8, 90 * 4));
    let (after, scores, _) = stored(folder.path());
    assert!(after.is_superset(&before));
    assert_eq!((after.len(), scores.len()), (90 * 12, 90 * 6));
    // And it is what was drawn at once.
    let at_once = tempfile::tempdir().unwrap();
    Pass::new().live(at_once.path(), &grown);
    let outcomes = |runs: &Path| {
        let run = RunFolder::open_for_reading(&runs.join("t")).unwrap();
        replay(&grown, &run, |_, _| {}).unwrap().outcomes
    };
    assert_eq!(outcomes(folder.path()), outcomes(at_once.path()));
}

/// Outcomes of a live run of these methods without a verifier: accuracy and tokens, in order.
fn unscored(method: &str) -> (Summary, Vec<(f64, f64)>) {
    let folder = tempfile::tempdir().unwrap();
    let live = plan(&["collect=live", "verifier=none", "budgets=[1, 6]", &format!("methods=[{method}]")]);
    let summary = Pass::new().live(folder.path(), &live);
    let again = Pass::new();
    again.live(folder.path(), &live);
    assert!(again.asked.lock().unwrap().is_empty(), "{method}: nothing is asked twice");
    let run = RunFolder::open_for_reading(&folder.path().join("t")).unwrap();
    let outcomes = replay(&live, &run, |_, _| {}).unwrap().outcomes;
    (summary, outcomes.iter().map(|outcome| (outcome.accuracy.point, outcome.completion_tokens)).collect())
}

#[test]
fn where_nobody_scores_the_answers_alone_decide() {
    for (method, blind) in [
        ("markovscale: {stop: zero}", "markovscale: {stop: zero, scores: false}"),
        ("markovscale: {stop: zero, min_answers: 3}", "markovscale: {stop: zero, min_answers: 3, scores: false}"),
    ] {
        let (summary, outcomes) = unscored(&format!("{{{method}}}"));
        assert_eq!((summary.failed, summary.stopped()), (0, false), "{method}");
        assert!(summary.finished >= 90, "{method}: every question is answered");
        assert_eq!(outcomes, unscored(&format!("{{{blind}}}")).1, "{method}");
    }
}
