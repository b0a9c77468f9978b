//! Lines: what an export holds comes back, and what a foreign file lacks is said.

use std::path::PathBuf;

use markovscale::Tokens;
use serde_json::{Value, json};

use super::*;
use crate::dataset::Locations;
use crate::experiment::Plan;
use crate::export::export_jsonl;
use crate::import::run::Target;
use crate::key::{Chain, DrawKey, Mode, Round};
use crate::trace::{DrawRow, Row, RunFolder, ScoreRow, each_stored, read_questions};
use crate::vocabulary::Sampling;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn file(&self, lines: &[Value]) -> PathBuf {
        let path = self.0.path().join("lines.jsonl");
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        std::fs::write(&path, text).expect("a file");
        path
    }

    fn import(&self, path: &Path, map: Option<&str>, name: &str) -> Result<Imported, ImportError> {
        let locations = Locations { dataset_dir: None, manifest_dir: None, cache_dir: PathBuf::from("nowhere") };
        let runs = self.0.path().join("runs");
        let overrides = ["replay={replicates: 4, resamples: 20}".to_owned()];
        let map = map.map(|map| FieldMap::parse(&[map.to_owned()])).transpose()?;
        let import = JsonlImport {
            path,
            target: Target { runs_dir: &runs, name: Some(name), overrides: &overrides, force: false },
            locations: &locations,
            map,
            backbone: Some("b"),
            model: None,
            dataset: Some("mine"),
            verifier: Some("judge"),
            sampling: Sampling { temperature: 0.5, top_p: 0.9, max_tokens: 100 },
        };
        import_jsonl(&import, &mut |_| ())
    }

    /// The message about lines that cannot be imported; nothing may be left of the attempt.
    fn refused(&self, lines: &[Value], map: &str) -> String {
        let message = match self.import(&self.file(lines), Some(map), "refused") {
            Ok(imported) => panic!("should be refused: {imported:?}"),
            Err(error) => error.to_string(),
        };
        assert_eq!(std::fs::read_dir(self.0.path().join("runs")).map_or(0, Iterator::count), 0, "{message}");
        message
    }
}

fn opened(imported: &Imported) -> (RunFolder, Plan) {
    let run = RunFolder::open_for_reading(&imported.run).expect("a run");
    let plan = crate::experiment::load(&run.experiment(), &[]).expect("an experiment");
    (run, plan)
}

fn rows<R: Row>(run: &Path) -> Vec<R> {
    let mut rows = Vec::new();
    each_stored(run, |_, row: R| rows.push(row)).expect("rows");
    rows.sort_by(|a, b| (a.partition(), a.question(), a.draw()).cmp(&(b.partition(), b.question(), b.draw())));
    rows
}

fn exported(run: &RunFolder) -> Vec<String> {
    let mut lines = Vec::new();
    export_jsonl(run, &mut |_| (), |line| {
        lines.push(line.to_owned());
        Ok(())
    })
    .expect("exported");
    lines
}

const MAP: &str = "question=q,gold=label,completion=out.0.text,completion_tokens=out.0.tokens,score=reward";

fn foreign(question: u32, answer: &str) -> Value {
    json!({
        "q": format!("What is {question} + 1?"),
        "label": question + 1,
        "out": [{"text": format!("so \\boxed{{{answer}}}"), "tokens": 7.0}],
        "reward": 0.25,
    })
}

#[test]
fn a_blank_answer_is_imported_as_a_missing_one() {
    let folder = Folder::new();
    let line = |answer: &str| json!({"q": "What is 1 + 1?", "label": 2, "a": answer});
    let file = folder.file(&["", "  ", "2"].map(line));
    let imported = folder.import(&file, Some("question=q,gold=label,answer=a"), "blank").expect("imported");
    let (run, _) = opened(&imported);
    let found: Vec<(Option<String>, Option<bool>)> =
        rows::<DrawRow>(run.path()).into_iter().map(|row| (row.answer, row.correct)).collect();
    assert_eq!(found, [(None, Some(false)), (None, Some(false)), (Some("2".to_owned()), Some(true))]);
}

#[test]
fn foreign_lines_become_a_run_by_a_map() {
    let folder = Folder::new();
    let lines: Vec<Value> = (0..30).flat_map(|q| ["2", "3", "x"].map(|answer| foreign(q, answer))).collect();
    let imported = folder.import(&folder.file(&lines), Some(MAP), "foreign").expect("imported");
    assert_eq!((imported.draws, imported.scores, imported.questions), (90, 90, 30));
    let (run, plan) = opened(&imported);
    assert_eq!((plan.pool.parallel, plan.verifier.name()), (3, Some("judge")));
    let draws = rows::<DrawRow>(run.path());
    let question = &read_questions(run.path()).expect("questions")[0].questions[1];
    assert_eq!((question.text.as_str(), question.gold.as_str()), ("What is 1 + 1?", "2"));
    let of_one: Vec<&DrawRow> = draws.iter().filter(|row| row.question == question.id).collect();
    assert_eq!(of_one.iter().map(|row| row.answer.as_deref()).collect::<Vec<_>>(), [Some("2"), Some("3"), Some("x")]);
    assert_eq!(of_one[0].correct, Some(true));
    assert_eq!(of_one[2].draw, DrawKey { mode: Mode::Parallel, chain: Chain(2), round: Round(0) });
    assert_eq!((of_one[0].completion_tokens, of_one[0].temperature, of_one[0].simulated), (Tokens(7), 0.5, false));
    let replayed = crate::replay::replay(&plan, &run, |_, _| ()).expect("replayed");
    assert!(!replayed.outcomes.is_empty());
}

#[test]
fn what_export_writes_comes_back_draw_for_draw() {
    let folder = Folder::new();
    let line = |q: u32, mode: Mode, chain: u32, round: u32| {
        let judged = mode == Mode::Judge;
        json!({
            "markovscale": 1, "dataset": if q < 4 { "one" } else { "two" }, "question": format!("{q}?"), "gold": "1/2",
            "level": q % 3, "subject": (q == 2).then_some("fractions"), "backbone": "b", "model": "simulated:m",
            "mode": mode.name(), "chain": chain, "round": round, "prompt_hash": "00ff", "completion": "é \"so\"\n\\frac12",
            "answer": if judged { json!("7") } else if round == 1 { Value::Null } else { json!("0.5") },
            "answer_rule": (round == 0 && !judged).then_some("box"), "finish_reason": if round == 1 { "length" } else { "stop" }, "prompt_tokens": 3, "cached_tokens": 1,
            "completion_tokens": 40 + q, "reasoning_tokens": (q == 1).then_some(9), "seed": 9_007_199_254_740_993_u64,
            "temperature": 0.1, "top_p": 0.3, "max_tokens": 64, "attempts": 2, "latency_ms": 0.1 + 0.2,
            "started_at": "2026-02-03T04:05:06.789Z", "simulated": true,
            "scores": if judged { json!({}) } else { json!({
                "v": {"score": 0.1, "step_scores": [0.1, 0.7], "verifier_tokens": 5, "simulated": true},
                "w": {"score": 1.0, "step_scores": [], "verifier_tokens": 0, "simulated": false},
            }) },
        })
    };
    let mut lines = Vec::new();
    for q in 0..8 {
        lines.push(line(q, Mode::Judge, 0, 0));
        lines.extend((0..4).map(|number| line(q, Mode::Parallel, number, 0)));
        for mode in [Mode::Sequential, Mode::Refine, Mode::Forced] {
            lines.extend((0..3).map(|round| line(q, mode, 0, round)));
        }
    }
    let first = folder.import(&folder.file(&lines), None, "first").expect("imported");
    let (run, plan) = opened(&first);
    assert!(plan.backbones[0].simulated(), "a simulation is still one");
    assert_eq!((plan.pool.parallel, plan.pool.chains, plan.pool.rounds), (4, 1, 2));
    let draws = rows::<DrawRow>(run.path());
    assert_eq!(draws.len(), lines.len());
    assert_eq!((draws[0].seed, draws[0].latency_ms), (9_007_199_254_740_993, Some(0.1 + 0.2)));
    assert_eq!(draws[0].started_at, Some(1_770_091_506_789));

    let out: Vec<Value> = exported(&run).iter().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let second = folder.import(&folder.file(&out), None, "second").expect("imported");
    let again = opened(&second).0;
    assert_eq!(rows::<DrawRow>(again.path()), draws);
    assert_eq!(rows::<ScoreRow>(again.path()), rows::<ScoreRow>(run.path()));
    let questions = |run: &RunFolder| read_questions(run.path()).expect("questions");
    assert_eq!(questions(&again), questions(&run));
    assert_eq!(exported(&again), exported(&run));
}

#[test]
fn what_is_wrong_with_a_line_is_said_with_the_nearest_name() {
    let folder = Folder::new();
    let with = |key: &str, value: Value| {
        let mut line = foreign(1, "2");
        line[key] = value;
        [foreign(0, "1"), line]
    };
    let mut renamed = with("q", json!("x"));
    let line = renamed[1].as_object_mut().expect("a map");
    line.remove("label");
    line.insert("lable".to_owned(), json!(2));
    let message = folder.refused(&renamed, MAP);
    for part in
        ["lines.jsonl: line 2, field `gold`", "no key `label`", "did you mean `lable`?", "expected the path `label`"]
    {
        assert!(message.contains(part), "{part}: {message}");
    }
    for (key, value, part) in [
        (
            "reward",
            json!("high"),
            "line 2, field `score` (`reward`): found the text \"high\"; expected a score: a number",
        ),
        ("reward", json!(-1), "found the number -1; expected a score: a number from 0 to 1"),
        (
            "out",
            json!([]),
            "line 2, field `completion`: found no item `0` in a list of 0; expected the path `out.0.text`",
        ),
        (
            "out",
            json!([{"text": null, "tokens": 1}]),
            "line 2, field `completion`: found nothing; expected a completion",
        ),
        ("out", json!([{"text": "a", "tokens": 1.5}]), "found the number 1.5; expected a whole number of at least 0"),
        ("label", json!(""), "line 2, field `gold`: found nothing; expected the right answer"),
    ] {
        let message = folder.refused(&with(key, value), MAP);
        assert!(message.contains(part), "{part}: {message}");
    }
    let mut other = foreign(0, "1");
    other["label"] = json!("5");
    let message = folder.refused(&[foreign(0, "1"), other], MAP);
    assert!(message.contains("found \"5\"; expected \"1\", as the same question has before"), "{message}");
    let message = folder.refused(&[foreign(0, "1")], "question=q,gold=label");
    assert!(message.contains("expected a completion, or an `answer`"), "{message}");
    let numbered = format!("{MAP},chain=c");
    let twice = [json!(0), json!(0)].map(|chain| {
        let mut line = foreign(0, "1");
        line["c"] = chain;
        line
    });
    let message = folder.refused(&twice, &numbered);
    assert!(message.contains("line 2: found parallel chain 0 round 0 of its question again"), "{message}");
    let message = folder.refused(&[foreign(0, "1")], "question=q,completion=out.0.text");
    assert!(message.contains("mine"), "without gold, `mine` must be a known data set: {message}");
}

#[test]
fn files_of_another_kind_are_told() {
    let folder = Folder::new();
    let path = folder.file(&[foreign(0, "1")]);
    let error = folder.import(&path, None, "x").expect_err("no map").to_string();
    assert!(error.contains("was not written by `markovscale export jsonl`") && error.contains("--map"), "{error}");
    let newer = folder.file(&[json!({"markovscale": 99})]);
    let error = folder.import(&newer, None, "x").expect_err("newer").to_string();
    assert!(error.contains("export of format 99") && error.contains("update markovscale"), "{error}");
    std::fs::write(&path, "{\"q\": \"a\"\n").expect("a file");
    let error = folder.import(&path, Some("question=q,answer=a"), "x").expect_err("half a line").to_string();
    assert!(error.contains("line 1, column") && error.contains("one JSON object a line"), "{error}");
    std::fs::write(&path, "\n").expect("a file");
    let error = folder.import(&path, Some("question=q,answer=a"), "x").expect_err("empty").to_string();
    assert!(error.contains("found no lines"), "{error}");
}

#[test]
fn uneven_draws_are_kept_and_the_pool_is_what_all_have() {
    let folder = Folder::new();
    let mut lines: Vec<Value> = (0..3).flat_map(|q| ["1", "2"].map(|answer| foreign(q, answer))).collect();
    lines.push(foreign(1, "9"));
    lines[0]["reward"] = Value::Null;
    let imported = folder.import(&folder.file(&lines), Some(MAP), "uneven").expect("imported");
    let (run, plan) = opened(&imported);
    assert_eq!((plan.pool.parallel, rows::<DrawRow>(run.path()).len()), (2, 7));
    assert_eq!(plan.verifier.name(), None, "one answer has no score");
    let warnings = imported.source.warnings.join("\n");
    assert!(
        warnings.contains("1 of 7 draws lie beyond") && warnings.contains("6 of 7 answers have a score"),
        "{warnings}"
    );
}

#[test]
fn lines_without_right_answers_are_joined_to_a_data_set_by_text() {
    let folder = Folder::new();
    let locations = Locations { dataset_dir: None, manifest_dir: None, cache_dir: PathBuf::from("nowhere") };
    let known = crate::dataset::load("arithmetic-stories", &locations).expect("a built-in set");
    let lines: Vec<Value> = known.questions[2..5]
        .iter()
        .map(|question| json!({"set": "arithmetic-stories", "q": question.text.replace(' ', "\n"), "a": question.gold}))
        .collect();
    let path = folder.file(&lines);
    let imported = folder.import(&path, Some("dataset=set,question=q,answer=a"), "joined").expect("imported");
    let (run, _) = opened(&imported);
    let stored = read_questions(run.path()).expect("questions");
    assert_eq!(stored[0].questions, known.questions[2..5]);
    assert!(rows::<DrawRow>(run.path()).iter().all(|row| row.correct == Some(true)));
    assert!(imported.source.warnings.iter().any(|w| w.contains("3 of") && w.contains("have draws")), "{imported:?}");
    let unknown = [json!({"set": "arithmetic-stories", "q": "Who?", "a": 1})];
    let message =
        folder.import(&folder.file(&unknown), Some("dataset=set,question=q,answer=a"), "y").expect_err("unknown");
    assert!(
        message.to_string().contains("line 1, field `question`: found \"Who?\"; expected a question of"),
        "{message}"
    );
}

#[test]
fn exact_copies_are_reported_and_golds_are_final_answers() {
    let folder = Folder::new();
    let line = |question: &str, text: &str, gold: &str, filter: &str| json!({"q": question, "text": text, "gold": gold, "filter": filter});
    let gold = "2 + 2 makes $\\boxed{4}$.";
    let twice: Vec<Value> = ["strict", "flexible"]
        .iter()
        .flat_map(|filter| [line("2 + 2?", "It is 4.", gold, filter), line("4 + 5?", "It is 9.", "#### 9", filter)])
        .collect();
    let map = Some("question=q,completion=text,gold=gold");
    let imported = folder.import(&folder.file(&twice), map, "twice").expect("imported");
    let warnings = imported.source.warnings.join("\n");
    assert!(warnings.contains("2 of 4 draws are exact copies"), "{warnings}");
    let once = [line("2 + 2?", "It is 4.", "4", "a"), line("2 + 2?", "It is 4!", "4", "b")];
    let imported = folder.import(&folder.file(&once), map, "once").expect("imported");
    assert!(!imported.source.warnings.join("\n").contains("copies"), "other texts are no copies");
    let same_questions = read_questions(&imported.run).expect("questions");
    assert_eq!(format!("{same_questions:?}").matches("gold: \"4\"").count(), 1, "{same_questions:?}");
}
