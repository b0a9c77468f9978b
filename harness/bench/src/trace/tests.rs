//! The promises of the trace module: a torn tail costs only itself, finished rows are kept, nothing is overwritten.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use markovscale::Tokens;
use proptest::prelude::*;

use super::layout::{parts, segments};
use super::open::read_segment;
use super::*;
use crate::experiment::Aggregate;
use crate::key::{Chain, DrawKey, Mode, QuestionId, Round};

fn hashes(draws: &str) -> ExperimentHashes {
    let draws = BTreeMap::from([("backbone=b/dataset=d".to_owned(), draws.to_owned())]);
    ExperimentHashes { experiment: "0123456789abcdef".to_owned(), draws }
}

fn open(runs: &Path, draws: &str, force: bool) -> Result<RunFolder, TraceError> {
    RunFolder::open_for_writing(&Opening {
        runs_dir: runs,
        name: "r",
        experiment: &format!("name: r\nseed: {draws}\n"),
        hashes: hashes(draws),
        backbones: vec![("b".to_owned(), "simulated:b".to_owned())],
        command: "test",
        force,
    })
}

fn row(question: &str, number: u32) -> DrawRow {
    DrawRow {
        backbone: Arc::from("b"),
        model: Arc::from("simulated:b"),
        dataset: Arc::from("d"),
        question: QuestionId(question.to_owned()),
        draw: DrawKey { mode: Mode::Parallel, chain: Chain(number), round: Round(0) },
        prompt_hash: Arc::from("abc"),
        completion: format!("[simulated] It is \\boxed{{{number}}}."),
        answer: (!number.is_multiple_of(3)).then(|| number.to_string()),
        answer_rule: (!number.is_multiple_of(3))
            .then(|| Arc::from(if number.is_multiple_of(2) { "box" } else { "last_number" })),
        correct: number.is_multiple_of(2).then_some(number.is_multiple_of(4)),
        finish_reason: Arc::from("stop"),
        prompt_tokens: Tokens(10),
        cached_tokens: Tokens(0),
        completion_tokens: Tokens(u64::from(number) * 7),
        reasoning_tokens: None,
        seed: 99,
        temperature: 0.7,
        top_p: 0.95,
        max_tokens: 100,
        attempts: 1,
        latency_ms: number.is_multiple_of(5).then_some(1.5),
        started_at: number.is_multiple_of(5).then_some(1_700_000_000_123),
        error: None,
        simulated: true,
        asking: Asking::default(),
    }
}

fn score_row(question: &str, number: u32) -> ScoreRow {
    let DrawRow { backbone, dataset, question, draw, .. } = row(question, number);
    ScoreRow {
        verifier: Arc::from("v"),
        backbone,
        dataset,
        question,
        draw,
        score: Some(0.25),
        step_scores: vec![0.5; number as usize],
        verifier_tokens: Tokens(3),
        error: None,
        simulated: true,
        written_tokens: Tokens(0),
        attempts: 0,
        latency_ms: None,
        asking: Asking::default(),
    }
}

fn partition() -> Partition {
    row("q", 0).partition()
}

/// What a partition holds, as [`rows`] reads it.
fn stored<S: Stored>(run: &RunFolder, partition: &Partition) -> Vec<S> {
    let mut found = Vec::new();
    let add = |row| {
        found.push(row);
        Ok(())
    };
    rows(run.path(), partition).unwrap().each(add).unwrap();
    found
}

fn id(name: &str) -> QuestionId {
    QuestionId(name.to_owned())
}

#[test]
fn rows_survive_the_journal_unchanged() {
    let folder = tempfile::tempdir().unwrap();
    let run = open(folder.path(), "1", false).unwrap();
    let rows: Vec<DrawRow> = (0..12).map(|n| row("q", n)).collect();
    let scores: Vec<ScoreRow> = (0..4).map(|n| score_row("q", n)).collect();
    let mut draws = Ledger::<DrawRow>::open(&run).unwrap();
    draws.append(rows.clone()).unwrap();
    let mut scored = Ledger::<ScoreRow>::open(&run).unwrap();
    scored.append(scores.clone()).unwrap();
    // Nothing is closed: a killed process closes nothing either.
    let again = Ledger::<DrawRow>::open(&run).unwrap();
    let mut found: Vec<DrawRow> = again.pending(&partition()).cloned().collect();
    found.sort_by_key(|row| row.draw);
    assert_eq!(found, rows);
    let again = Ledger::<ScoreRow>::open(&run).unwrap();
    let found: Vec<ScoreRow> = again.pending(&score_row("q", 0).partition()).cloned().collect();
    assert_eq!(found, scores);
}

/// What versions wrote that did not record which rule found an answer.
#[test]
fn rows_without_the_rule_of_their_answer_are_read_and_sealed() {
    let folder = tempfile::tempdir().unwrap();
    let run = open(folder.path(), "1", false).unwrap();
    let rows: Vec<DrawRow> = (0..4).map(|n| row("q", n)).collect();
    let batch = DrawRow::to_batch(&rows).unwrap();
    let kept: Vec<usize> =
        (0..batch.num_columns()).filter(|i| batch.schema().field(*i).name() != "answer_rule").collect();
    let older = batch.project(&kept).unwrap();
    let path = run.path().join("journal/draws-000000.arrows");
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut writer =
        arrow_ipc::writer::StreamWriter::try_new(std::fs::File::create(&path).unwrap(), &older.schema()).unwrap();
    writer.write(&older).unwrap();
    writer.finish().unwrap();

    let expected: Vec<DrawRow> = rows.into_iter().map(|row| DrawRow { answer_rule: None, ..row }).collect();
    let mut ledger = Ledger::<DrawRow>::open(&run).unwrap();
    let mut found: Vec<DrawRow> = ledger.pending(&partition()).cloned().collect();
    found.sort_by_key(|row| row.draw);
    assert_eq!(found, expected);
    ledger.append(vec![row("q", 4)]).unwrap();
    ledger.seal(&partition(), 0, &[id("q")]).unwrap();
    let sealed = stored::<StoredAnswer>(&run, &partition());
    let rules: Vec<Option<&str>> = sealed.iter().map(|row| row.rule.as_deref()).collect();
    assert_eq!(rules, [None, None, None, None, Some("box")]);
}

#[test]
fn a_journal_cut_at_any_byte_keeps_every_complete_batch() {
    let folder = tempfile::tempdir().unwrap();
    let run = open(folder.path(), "1", false).unwrap();
    let mut ledger = Ledger::<DrawRow>::open(&run).unwrap();
    let journal = run.path().join("journal");
    let mut ends = Vec::new();
    for batch in 0..3 {
        ledger.append(vec![row("q", 2 * batch), row("q", 2 * batch + 1)]).unwrap();
        let (_, path) = segments(&journal, "draws").unwrap().remove(0);
        ends.push(std::fs::metadata(path).unwrap().len());
    }
    let (_, path) = segments(&journal, "draws").unwrap().remove(0);
    let whole = std::fs::read(&path).unwrap();
    let cut = folder.path().join("cut.arrows");
    let near_an_end = |length: &usize| ends.iter().any(|end| end.abs_diff(*length as u64) < 4);
    for length in (0..=whole.len()).filter(|length| length % 11 == 0 || near_an_end(length)) {
        std::fs::write(&cut, &whole[..length]).unwrap();
        let mut rows = 0;
        read_segment(&cut, |batch| {
            rows += batch.num_rows();
            Ok(())
        })
        .unwrap();
        let complete = ends.iter().filter(|end| **end <= length as u64).count();
        assert_eq!(rows, 2 * complete, "cut after {length} of {} bytes", whole.len());
    }
}

#[test]
fn sealing_moves_rows_into_a_part_and_frees_the_journal() {
    let folder = tempfile::tempdir().unwrap();
    let run = open(folder.path(), "1", false).unwrap();
    let mut ledger = Ledger::<DrawRow>::open(&run).unwrap();
    ledger.append(vec![row("q2", 1), row("q1", 3), row("q1", 2), row("other", 1)]).unwrap();
    ledger.seal(&partition(), 0, &[id("q1"), id("q2")]).unwrap();
    let rows = stored::<WrittenDraw>(&run, &partition());
    let order: Vec<(&str, u32)> = rows.iter().map(|row| (&*row.0.question.0, row.0.draw.chain.0)).collect();
    assert_eq!(order, [("q1", 2), ("q1", 3), ("q2", 1), ("other", 1)], "sealed rows come first");
    assert_eq!(rows[0].0.completion, row("q1", 2).completion);
    assert_eq!(ledger.pending(&partition()).count(), 1, "the other question waits");
    // The segment still holds the other question's row, so it stays; then it goes.
    assert_eq!(segments(&run.path().join("journal"), "draws").unwrap().len(), 1);
    ledger.seal(&partition(), 1, &[id("other")]).unwrap();
    assert_eq!(segments(&run.path().join("journal"), "draws").unwrap().len(), 0);
    let mut snapshot = Snapshot::<StoredDraw>::open(run.path()).unwrap();
    assert_eq!(snapshot.take(&partition()).unwrap().len(), 4);
}

#[test]
fn dying_between_sealing_and_removing_the_segment_duplicates_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let run = open(folder.path(), "1", false).unwrap();
    let mut ledger = Ledger::<DrawRow>::open(&run).unwrap();
    ledger.append(vec![row("q1", 1), row("q1", 2)]).unwrap();
    let (_, segment) = segments(&run.path().join("journal"), "draws").unwrap().remove(0);
    let before = std::fs::read(&segment).unwrap();
    ledger.seal(&partition(), 0, &[id("q1")]).unwrap();
    std::fs::write(&segment, before).unwrap();
    let mut snapshot = Snapshot::<StoredDraw>::open(run.path()).unwrap();
    assert_eq!(snapshot.take(&partition()).unwrap().len(), 2);
    let again = Ledger::<DrawRow>::open(&run).unwrap();
    assert_eq!(again.pending(&partition()).count(), 0);
    assert!(!segment.exists(), "a segment with nothing unsealed is removed");
}

#[test]
fn a_failed_draw_is_recorded_but_not_finished() {
    let folder = tempfile::tempdir().unwrap();
    let run = open(folder.path(), "1", false).unwrap();
    let mut ledger = Ledger::<DrawRow>::open(&run).unwrap();
    let failed = DrawRow { error: Some("timed out".to_owned()), ..row("q", 1) };
    ledger.append(vec![failed, row("q", 2)]).unwrap();
    assert_eq!(ledger.pending(&partition()).count(), 1);
    let again = Ledger::<DrawRow>::open(&run).unwrap();
    assert_eq!(again.pending(&partition()).count(), 1);
    assert_eq!(Snapshot::<StoredDraw>::open(run.path()).unwrap().take(&partition()).unwrap().len(), 1);
}

#[test]
fn a_block_that_grows_gets_a_further_part() {
    let folder = tempfile::tempdir().unwrap();
    let run = open(folder.path(), "1", false).unwrap();
    let mut ledger = Ledger::<DrawRow>::open(&run).unwrap();
    for number in [1, 2] {
        ledger.append(vec![row("q", number)]).unwrap();
        ledger.seal(&partition(), 0, &[id("q")]).unwrap();
    }
    let parts = parts(&run.path().join("traces/backbone=b/dataset=d")).unwrap();
    let names: Vec<_> = parts.iter().map(|p| p.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(names, ["part-00000-00.parquet", "part-00000-01.parquet"]);
}

#[test]
fn a_second_process_is_refused_and_told_who_holds_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(folder.path(), "1", false).unwrap();
    let error = open(folder.path(), "1", false).unwrap_err().to_string();
    assert!(error.contains("in use by process"), "{error}");
    assert!(RunFolder::open_for_reading(first.path()).is_ok(), "reading beside it is fine");
    first.finish().unwrap();
    open(folder.path(), "1", false).unwrap();
}

#[test]
fn a_run_of_a_newer_format_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path(), "1", false).unwrap().finish().unwrap();
    let path = folder.path().join("r/environment.json");
    // A newer format may have any other fields.
    let newer = r#"{"format": 999, "surprise": true}"#;
    std::fs::write(&path, newer).unwrap();
    for result in [open(folder.path(), "1", true), RunFolder::open_for_reading(&folder.path().join("r"))] {
        let error = result.unwrap_err().to_string();
        assert!(error.contains("format 999") && error.contains("up to 1"), "{error}");
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), newer);
}

#[test]
fn another_way_of_drawing_is_refused_or_moves_the_old_run_aside() {
    let folder = tempfile::tempdir().unwrap();
    let run = open(folder.path(), "1", false).unwrap();
    Ledger::<DrawRow>::open(&run).unwrap().append(vec![row("q", 1)]).unwrap();
    run.finish().unwrap();
    let error = open(folder.path(), "2", false).unwrap_err().to_string();
    assert!(error.contains("`seed: 1`") && error.contains("`seed: 2`") && error.contains("--force"), "{error}");
    let run = open(folder.path(), "2", true).unwrap();
    assert_eq!(Ledger::<DrawRow>::open(&run).unwrap().pending(&partition()).count(), 0);
    let aside = folder.path().join("r.before-01234567");
    assert_eq!(Snapshot::<StoredDraw>::open(&aside).unwrap().take(&partition()).unwrap().len(), 1);
}

#[test]
fn a_missing_run_names_the_nearest_one() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path(), "1", false).unwrap().finish().unwrap();
    std::fs::rename(folder.path().join("r"), folder.path().join("quickstart")).unwrap();
    let error = RunFolder::open_for_reading(&folder.path().join("quikstart")).unwrap_err().to_string();
    assert!(error.contains("did you mean `quickstart`?"), "{error}");
}

#[test]
fn a_failed_write_leaves_the_older_file_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    std::fs::write(&path, "old").unwrap();
    let failing =
        |_: &mut std::fs::File| Err(TraceError::io("write", Path::new("x"))(std::io::ErrorKind::StorageFull.into()));
    let error = write_atomically(&path, failing).unwrap_err().to_string();
    assert!(error.contains("free some space"), "{error}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file is left");
}

#[test]
fn questions_survive_with_every_field() {
    use crate::dataset::{Dataset, Question};
    let folder = tempfile::tempdir().unwrap();
    let question = |n: u32| Question {
        id: id(&format!("q{n}")),
        text: format!("What is ${n}$?\n\"Really\"?"),
        gold: n.to_string(),
        level: (n > 1).then_some(n),
        subject: (n > 2).then(|| "algebra".to_owned()),
    };
    let set = |name: &str, from: u32| Dataset {
        name: name.to_owned(),
        revision: "7".to_owned(),
        questions: (from..from + 3).map(question).collect(),
    };
    let sets = [Arc::new(set("b", 0)), Arc::new(set("a", 3))];
    write_questions(folder.path(), &sets).unwrap();
    let read = read_questions(folder.path()).unwrap();
    assert_eq!(read.iter().collect::<Vec<_>>(), sets.iter().map(|s| &**s).collect::<Vec<_>>());
}

#[test]
fn every_column_is_documented() {
    let page = include_str!("../../../../docs/traces.md");
    for column in DRAW_COLUMNS.iter().chain(&SCORE_COLUMNS) {
        let null = if column.nullable { ", may be null" } else { "" };
        let line = format!("| `{}` | {}{null} | {} |", column.name, column.type_name(), column.meaning);
        assert!(page.contains(&line), "docs/traces.md lacks this line:\n{line}");
    }
}

#[test]
fn a_sealed_score_tells_what_its_verifier_wrote_however_it_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let run = open(folder.path(), "1", false).unwrap();
    let mut ledger = Ledger::<ScoreRow>::open(&run).unwrap();
    let row = ScoreRow { written_tokens: Tokens(2), ..score_row("q", 1) };
    let partition = row.partition();
    ledger.append(vec![row]).unwrap();
    ledger.seal(&partition, 0, &[id("q")]).unwrap();
    let plain = stored::<StoredScore>(&run, &partition);
    let stepped = stored::<SteppedScore>(&run, &partition);
    let stepped: Vec<StoredScore> = stepped.into_iter().map(|score| score.aggregated(Aggregate::Min)).collect();
    assert_eq!(
        [&plain, &stepped].map(|scores| (scores[0].verifier_tokens, scores[0].written_tokens)),
        [(Tokens(3), Tokens(2)); 2]
    );
}

/// Every way of reading gives the same rows, each once, whatever is sealed, journalled or in both places.
#[test]
fn every_reader_finds_the_same_rows() {
    let folder = tempfile::tempdir().unwrap();
    let run = open(folder.path(), "1", false).unwrap();
    let mut ledger = Ledger::<DrawRow>::open(&run).unwrap();
    let of = |dataset: &str, question: &str, number| DrawRow { dataset: Arc::from(dataset), ..row(question, number) };
    let failed = DrawRow { error: Some("timed out".to_owned()), ..row("q2", 9) };
    ledger.append(vec![of("d", "q2", 1), of("e", "q1", 0), failed, of("d", "q1", 1)]).unwrap();
    // The same draw a second time: the first one counts.
    ledger.append(vec![of("d", "q3", 1), DrawRow { completion: "again".to_owned(), ..of("d", "q3", 1) }]).unwrap();
    let segment = segments(&run.path().join("journal"), "draws").unwrap().remove(0).1;
    let before = std::fs::read(&segment).unwrap();
    ledger.seal(&partition(), 0, &[id("q2")]).unwrap();
    // As after a process that died before it removed the segment.
    std::fs::write(&segment, before).unwrap();

    let expected = [of("d", "q2", 1), of("d", "q1", 1), of("d", "q3", 1)];
    let names = |rows: &[DrawRow]| -> Vec<(QuestionId, DrawKey)> {
        rows.iter().map(|row| (row.question.clone(), row.draw)).collect()
    };
    assert_eq!(stored::<DrawRow>(&run, &partition()), expected, "sealed first, with all its columns");
    let taken = Snapshot::<WrittenDraw>::open(run.path()).unwrap().take(&partition()).unwrap();
    assert_eq!(taken, expected.iter().map(WrittenDraw::from).collect::<Vec<_>>());
    let mut costs = Vec::new();
    each_stored(run.path(), |of, cost: StoredCost| costs.push((of.clone(), (cost.question, cost.draw)))).unwrap();
    let mut found: Vec<_> = names(&expected).into_iter().map(|name| (partition(), name)).collect();
    found.push((Partition::of_draws("b", "e"), names(&[of("e", "q1", 0)]).remove(0)));
    assert_eq!(costs, found);
    let mut snapshot = Snapshot::open(run.path()).unwrap();
    let parts = DrawParts::open(&run, &mut snapshot, &partition()).unwrap();
    let in_parts: Vec<StoredDraw> = parts.iter().flat_map(|part| parts.read(part).unwrap()).collect();
    assert_eq!(in_parts, taken.into_iter().map(|WrittenDraw(draw)| draw).collect::<Vec<_>>());
    assert_eq!(parts.answers().unwrap(), 3);
    assert_eq!(partitions::<DrawRow>(run.path()).unwrap(), [partition(), Partition::of_draws("b", "e")]);
    let ledger = Ledger::<DrawRow>::open(&run).unwrap();
    let mut pending = names(&ledger.pending(&partition()).cloned().collect::<Vec<_>>());
    pending.sort();
    assert_eq!(pending, names(&expected[1..]));
    let mut each = Vec::new();
    ledger.each(&partition(), |key: StoredKey<DrawRow>| each.push((key.question, key.draw))).unwrap();
    each[1..].sort();
    assert_eq!(each, names(&expected));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// Whatever the order of appending, sealing and reopening, every row is found exactly once.
    #[test]
    fn every_row_is_found_exactly_once(steps in prop::collection::vec((0u8..4, 0u32..6), 1..40)) {
        let folder = tempfile::tempdir().unwrap();
        let run = open(folder.path(), "1", false).unwrap();
        let mut ledger = Ledger::<DrawRow>::open(&run).unwrap();
        let mut expected = std::collections::BTreeSet::new();
        let mut next = 0;
        for (step, question) in steps {
            let name = format!("q{question}");
            match step {
                0 | 1 => {
                    ledger.append(vec![row(&name, next)]).unwrap();
                    expected.insert((id(&name), next));
                    next += 1;
                }
                2 => ledger.seal(&partition(), question, &[id(&name)]).unwrap(),
                _ => ledger = Ledger::open(&run).unwrap(),
            }
        }
        let mut snapshot = Snapshot::<StoredDraw>::open(run.path()).unwrap();
        let found: Vec<_> = snapshot.take(&partition()).unwrap().into_iter().map(|r| (r.question, r.draw.chain.0)).collect();
        prop_assert_eq!(found.len(), expected.len());
        prop_assert_eq!(found.into_iter().collect::<std::collections::BTreeSet<_>>(), expected);
    }
}
