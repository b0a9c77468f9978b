//! An audit of a whole run: what is listed, in which order, and what the sums say.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use markovscale::Tokens;

use super::*;
use crate::dataset::Question;
use crate::experiment::parse;
use crate::key::{Chain, DrawKey, Mode, Round};
use crate::trace::{Asking, DrawRow, ExperimentHashes, Ledger, Opening, Partition, write_questions};

const PLAN: &str = "
name: t
datasets: [d, e]
backbones: [{name: b, kind: simulated, profile: p}, {name: c, kind: simulated, profile: p}]
verifier: none
pool: {parallel: 4}
methods: [self_consistency]
budgets: [1]
";

fn set(name: &str, golds: [&str; 2]) -> Arc<Dataset> {
    let question = |(gold, n): (&str, u32)| Question {
        id: QuestionId(format!("{name}{n}")),
        text: format!("{n}?"),
        gold: gold.to_owned(),
        level: None,
        subject: None,
    };
    let questions = golds.into_iter().zip(0..).map(question).collect();
    Arc::new(Dataset { name: name.to_owned(), revision: "1".to_owned(), questions })
}

fn row(backbone: &str, question: &str, key: (Mode, u32, u32), answer: &str, rule: &str) -> DrawRow {
    DrawRow {
        backbone: Arc::from(backbone),
        model: Arc::from("m"),
        dataset: Arc::from(&question[..1]),
        question: QuestionId(question.to_owned()),
        draw: DrawKey { mode: key.0, chain: Chain(key.1), round: Round(key.2) },
        prompt_hash: Arc::from(""),
        completion: String::new(),
        answer: (!answer.is_empty()).then(|| answer.to_owned()),
        answer_rule: (!rule.is_empty()).then(|| Arc::from(rule)),
        correct: None,
        finish_reason: Arc::from("stop"),
        prompt_tokens: Tokens(0),
        cached_tokens: Tokens(0),
        completion_tokens: Tokens(0),
        reasoning_tokens: None,
        seed: 0,
        temperature: 0.0,
        top_p: 1.0,
        max_tokens: 1,
        attempts: 1,
        latency_ms: None,
        started_at: None,
        error: None,
        simulated: true,
        asking: Asking::default(),
    }
}

/// A run with one sealed question; everything else waits in the journal.
fn run(runs: &Path, plan: &Plan) -> RunFolder {
    let run = RunFolder::open_for_writing(&Opening {
        runs_dir: runs,
        name: "t",
        experiment: &plan.to_yaml(),
        hashes: ExperimentHashes { experiment: plan.hash(), draws: BTreeMap::new() },
        backbones: Vec::new(),
        command: "test",
        force: false,
    })
    .expect("a run");
    write_questions(run.path(), &[set("d", ["5", "0.25"]), set("e", ["x", "7"])]).expect("questions");
    let mut ledger = Ledger::<DrawRow>::open(&run).expect("a ledger");
    let parallel = |n| (Mode::Parallel, n, 0);
    let of_question: Vec<DrawRow> = (0..4).map(|n| row("b", "d0", parallel(n), "5", "box")).collect();
    ledger.append(of_question).expect("rows");
    ledger.seal(&Partition::of_draws("b", "d"), 0, &[QuestionId("d0".to_owned())]).expect("a part");
    let mut rows = vec![
        row("b", "d1", parallel(0), "0.25", "last_number"),
        row("b", "d1", parallel(1), "25", "box"),
        row("b", "d1", parallel(2), "25", "phrase"),
        row("b", "d1", parallel(3), "", ""),
        // A critique answers nothing, whatever it says.
        row("b", "d1", (Mode::Refine, 0, 0), "1/4", "box"),
        row("b", "d1", (Mode::Refine, 0, 1), "right", ""),
    ];
    rows.extend((0..3).map(|n| row("c", "e1", parallel(n), "\\lim_{n\\to\\infty} a_n", "phrase")));
    ledger.append(rows).expect("rows");
    run
}

#[test]
fn the_heaviest_decisions_come_first_and_the_sums_are_those_of_the_draws() {
    let folder = tempfile::tempdir().expect("a folder");
    let plan = parse(PLAN, "t.yaml", &[]).expect("a plan");
    let run = run(folder.path(), &plan);
    let audited = audit(&plan, &run, Selection::default(), |_, _| ()).expect("an audit");
    let listed: Vec<(Concern, &str, &str, Option<&str>, u64)> = audited
        .decisions
        .iter()
        .map(|d| (d.concern, &*d.backbone, &*d.question_id, d.answer.as_deref(), d.draws))
        .collect();
    let expected = [
        (Concern::Undecided, "c", "e1", Some("\\lim_{n\\to\\infty} a_n"), 3),
        (Concern::NearMiss, "b", "d1", Some("25"), 2),
        (Concern::Guessed, "b", "d1", Some("0.25"), 1),
        (Concern::NoAnswer, "b", "d1", None, 1),
        // A class is named by its plainest form.
        (Concern::SeveralForms, "b", "d1", Some("1/4"), 1),
    ];
    assert_eq!(listed, expected);

    let [first, second] = &audited.partitions[..] else { panic!("{:?}", audited.partitions) };
    assert_eq!((&*first.backbone, &*first.dataset, first.questions, first.draws), ("b", "d", 2, 9));
    assert!((first.accuracy - 6.0 / 9.0).abs() < 1e-12, "{}", first.accuracy);
    // The guess could be wrong; the near misses and the missing answer could be right.
    assert!((first.lowest - 5.0 / 9.0).abs() < 1e-12 && (first.highest - 1.0).abs() < 1e-12, "{first:?}");
    assert_eq!((second.accuracy, second.lowest, second.highest, second.draws), (0.0, 0.0, 1.0, 3));
    let near = audited.concerns.iter().find(|total| total.concern == Concern::NearMiss).expect("near misses");
    assert_eq!((near.decisions, near.draws), (1, 2));
    assert!((near.share - 2.0 / 12.0).abs() < 1e-12);
}

#[test]
fn one_backbone_or_dataset_can_be_selected_and_an_unknown_one_is_refused_with_the_nearest() {
    let folder = tempfile::tempdir().expect("a folder");
    let plan = parse(PLAN, "t.yaml", &[]).expect("a plan");
    let run = run(folder.path(), &plan);
    let of = |backbone, dataset| audit(&plan, &run, Selection { backbone, dataset }, |_, _| ());
    let audited = of(Some("c"), None).expect("an audit");
    assert!(audited.decisions.iter().all(|flagged| flagged.backbone == "c") && audited.partitions.len() == 1);
    let audited = of(Some("c"), Some("d")).expect("an audit");
    assert_eq!((audited.partitions.len(), audited.decisions.len()), (0, 0));
    let error = of(None, Some("dd")).expect_err("no such dataset");
    assert!(error.is_usage() && error.to_string().contains("it has d, e"), "{error}");
}

#[test]
fn one_thread_lists_what_many_list() {
    let folder = tempfile::tempdir().expect("a folder");
    let plan = parse(PLAN, "t.yaml", &[]).expect("a plan");
    let run = run(folder.path(), &plan);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| audit(&plan, &run, Selection::default(), |_, _| ())).expect("an audit")
    };
    assert_eq!(with(1), with(4));
}
