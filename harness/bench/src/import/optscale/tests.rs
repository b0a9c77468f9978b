//! The published shape: what is read out of it, and what is said about files that do not have it.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::*;
use crate::replay::replay;
use crate::trace::{Partition, Snapshot, StoredDraw, StoredScore, read_questions};

const DATASET: &str = "arithmetic-stories";

fn locations() -> Locations {
    Locations { dataset_dir: None, manifest_dir: None, cache_dir: PathBuf::from("nowhere") }
}

fn dataset() -> Dataset {
    dataset::load(DATASET, &locations()).expect("a built-in set")
}

/// A pool of `n` draws of each question: right where `(question + i) % 3` is not 0, and missing in draw 3.
fn pool(dataset: &Dataset, n: usize) -> Value {
    let question = |(k, question): (usize, &crate::dataset::Question)| {
        let completion = |i: usize| match (i, (k + i) % 3) {
            (3, _) => "<think> hm".to_owned(),
            (_, 0) => "So \\boxed{-7}.".to_owned(),
            _ => format!("step\n\nThe answer is \\boxed{{{}}}.", question.gold),
        };
        let completions: Vec<String> = (0..n).map(completion).collect();
        let scores: Vec<f64> = (0..n).map(|i| (i % 8) as f64 / 8.0).collect();
        let last: Vec<f64> = (0..n).map(|i| (i % 4) as f64 / 4.0).collect();
        let tokens: Vec<usize> = (0..n).map(|i| if i == 3 { 9_500 } else { 100 + i }).collect();
        json!({
            "id": k + 1,
            "output": completions[0],
            "n": n,
            "score": {
                "problem": [format!(" {}\n", question.text.replace(' ', "  "))],
                "completions": [completions],
                "scores": [scores],
                "last_scores": [last],
                "pred": [completions[0]],
                "completion_tokens": [tokens],
            },
        })
    };
    Value::Array(dataset.questions.iter().enumerate().map(question).collect())
}

/// A folder with a pool of both kinds.
struct Folder {
    folder: tempfile::TempDir,
}

impl Folder {
    fn new(parallel: &Value, sequential: Option<&Value>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |kind: &str, short: &str, pool: &Value| {
            let path = folder.path().join("some_7b").join(kind);
            std::fs::create_dir_all(&path).expect("a folder");
            let file = path.join(format!("scored_some7b_{short}_arithmetic_stories_64.json"));
            std::fs::write(file, serde_json::to_string_pretty(pool).expect("JSON")).expect("a file");
        };
        write("parallel", "par", parallel);
        if let Some(pool) = sequential {
            write("sequential", "seq", pool);
        }
        Self { folder }
    }

    fn runs(&self) -> PathBuf {
        self.folder.path().join("runs")
    }

    fn import_with(&self, change: impl FnOnce(&mut OptscaleImport<'_>)) -> Result<Imported, ImportError> {
        let (runs, path, locations) = (self.runs(), self.folder.path().join("some_7b"), locations());
        let mut import = OptscaleImport {
            path: &path,
            target: Target { runs_dir: &runs, name: None, overrides: &[], force: false },
            locations: &locations,
            backbone: None,
            model: None,
            verifier: "prm",
            datasets: &[],
            mode: None,
            temperature: None,
            top_p: None,
            max_tokens: None,
            join: Join::Position,
            draws: None,
            without: &[],
        };
        change(&mut import);
        import_optscale(&import, &mut |_| ())
    }

    /// The message of an import that must fail, without the folder's own path; nothing may be left of it.
    fn refused(&self, change: impl FnOnce(&mut OptscaleImport<'_>)) -> String {
        let message = match self.import_with(change) {
            Ok(imported) => panic!("should be refused: {imported:?}"),
            Err(error) => error.to_string(),
        };
        let left = std::fs::read_dir(self.runs()).map_or(0, Iterator::count);
        assert_eq!(left, 0, "something is left of it: {message}");
        message.replace(&self.folder.path().display().to_string(), "DIR")
    }
}

/// The message about a parallel pool that one change made wrong.
fn broken(change: impl FnOnce(&mut Value)) -> String {
    let mut pool = pool(&dataset(), 4);
    change(&mut pool);
    Folder::new(&pool, None).refused(|_| ())
}

#[test]
fn a_pool_becomes_a_run_that_replays() {
    let dataset = dataset();
    let folder = Folder::new(&pool(&dataset, 8), Some(&pool(&dataset, 4)));
    let quick: &'static [String] = Box::leak(Box::new(["replay={replicates: 4, resamples: 20}".to_owned()]));
    let imported = folder.import_with(|import| import.target.overrides = quick).expect("imported");
    let questions = dataset.questions.len() as u64;
    assert_eq!((imported.name.as_str(), imported.questions), ("optscale-some_7b", questions));
    assert_eq!((imported.draws, imported.scores), (12 * questions, 24 * questions));
    let run = RunFolder::open_for_reading(&imported.run).expect("a run");
    assert_eq!(read_questions(run.path()).expect("questions"), std::slice::from_ref(&dataset));
    assert_eq!(run.environment().backbones, [("some_7b".to_owned(), "some_7b".to_owned())]);
    let plan = crate::experiment::load(&run.experiment(), &[]).expect("an experiment");
    assert_eq!((plan.pool.parallel, plan.pool.chains, plan.pool.rounds), (8, 1, 4));
    assert_eq!(plan.budgets, [1, 2, 4]);
    assert!(!plan.backbones[0].simulated() && plan.imported());
    let replayed = replay(&plan, &run, |_, _| ()).expect("replayed");
    assert_eq!(replayed.outcomes.len(), plan.methods.len() * plan.budgets.len());
    let single = replayed.outcomes.iter().find(|outcome| outcome.method == "single").expect("single");
    // Of eight draws the fourth is missing, and a third of the others is wrong.
    assert!((single.accuracy.point - 7.0 / 12.0).abs() < 0.05, "{}", single.accuracy.point);
    assert!(!single.simulated);
}

#[test]
fn rows_say_what_is_known_and_nothing_else() {
    let dataset = dataset();
    let folder = Folder::new(&pool(&dataset, 4), Some(&pool(&dataset, 4)));
    let imported = folder.import_with(|import| import.backbone = Some("b")).expect("imported");
    let partition = Partition::of_draws("b", DATASET);
    let draws = Snapshot::<StoredDraw>::open(&imported.run).expect("rows").take(&partition).expect("rows");
    assert_eq!(draws.len(), 8 * dataset.questions.len());
    let second = &dataset.questions[1];
    let of_second = |mode: Mode| {
        let mut rows: Vec<&StoredDraw> =
            draws.iter().filter(|row| row.question == second.id && row.draw.mode == mode).collect();
        rows.sort_by_key(|row| row.draw);
        rows
    };
    let parallel = of_second(Mode::Parallel);
    let answers: Vec<Option<&str>> = parallel.iter().map(|row| row.answer.as_deref()).collect();
    assert_eq!(answers, [Some(&*second.gold), Some(&*second.gold), Some("-7"), None]);
    assert_eq!(parallel.iter().map(|row| row.cut_off).collect::<Vec<_>>(), [false, false, false, true]);
    assert_eq!(parallel[1].tokens.completion, Tokens(101));
    assert!(
        of_second(Mode::Sequential)
            .iter()
            .zip(0..)
            .all(|(row, i)| row.draw.chain == Chain(0) && row.draw.round == Round(i))
    );
    for (verifier, expected) in [("prm", 2.0 / 8.0), ("prm-last", 2.0 / 4.0)] {
        let partition = partition.scored_by(verifier);
        let scores = Snapshot::<StoredScore>::open(&imported.run).expect("rows").take(&partition).expect("rows");
        assert_eq!(scores.len(), draws.len());
        let of_third = scores.iter().filter(|row| row.draw == parallel[2].draw);
        assert!(of_third.clone().count() > 0 && of_third.clone().all(|row| row.score == Some(expected)), "{verifier}");
    }
}

#[test]
fn the_source_stands_in_the_run() {
    let pool = pool(&dataset(), 4);
    let folder = Folder::new(&pool, None);
    let imported = folder.import_with(|_| ()).expect("imported");
    let text = std::fs::read_to_string(imported.run.join("import.json")).expect("a manifest");
    let manifest: Manifest = serde_json::from_str(&text).expect("JSON");
    assert_eq!(manifest, imported.source);
    let bytes = std::fs::read(&manifest.files[0].path).expect("the file");
    assert_eq!(manifest.files[0].sha256, crate::key::sha256_hex(&bytes));
    assert_eq!((manifest.files[0].bytes, manifest.files[0].draws), (bytes.len() as u64, imported.draws));
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let file = "DIR/some_7b/parallel/scored_some7b_par_arithmetic_stories_64.json";
    type Case = (&'static str, &'static str, fn(&mut Value));
    let cases: [Case; 9] = [
        ("question 3 (index 2), score.scores", "no such key", |pool| {
            pool[2]["score"].as_object_mut().expect("a map").remove("scores");
        }),
        ("question 1 (index 0), score.completions", "no such key", |pool| {
            pool[0].as_object_mut().expect("a map").remove("score");
        }),
        ("question 5 (index 4), score.completion_tokens[0]", "found 3 numbers; expected 4, one for each", |pool| {
            pool[4]["score"]["completion_tokens"][0].as_array_mut().expect("a list").pop();
        }),
        ("question 2 (index 1), score.last_scores[0]", "found 5 numbers; expected 4", |pool| {
            pool[1]["score"]["last_scores"][0].as_array_mut().expect("a list").push(json!(0.5));
        }),
        ("question 7 (index 6), score.completions[0][2]", "found null; expected a text", |pool| {
            pool[6]["score"]["completions"][0][2] = Value::Null;
        }),
        ("question 4 (index 3), score.scores[0][1]", "found 1.5; expected a number from 0 to 1", |pool| {
            pool[3]["score"]["scores"][0][1] = json!(1.5);
        }),
        ("question 2 (index 1), score.scores", "found map; expected a list that holds one list", |pool| {
            pool[1]["score"]["scores"] = json!({});
        }),
        (
            "question 6 (index 5), score.completions[0]",
            "found 4 completions; expected 9, as its key `n` says",
            |pool| {
                pool[5]["n"] = json!(9);
            },
        ),
        ("", "questions; expected", |pool| {
            pool.as_array_mut().expect("a list").pop();
        }),
    ];
    for (place, what, change) in cases {
        let message = broken(change);
        assert!(message.starts_with(&format!("{file}: {place}")), "{message}");
        assert!(message.contains(what), "{message}");
    }
}

#[test]
fn another_order_is_found_by_the_texts_and_can_be_joined_by_them() {
    let dataset = dataset();
    let mut swapped = pool(&dataset, 4);
    swapped.as_array_mut().expect("a list").swap(1, 4);
    let folder = Folder::new(&swapped, None);
    let message = folder.refused(|_| ());
    for part in ["question 2 (index 1)", "found question 5 of", "expected its question 2 (", "--join text"] {
        assert!(message.contains(part), "{part}: {message}");
    }
    let folder = Folder::new(&swapped, None);
    let by_text = folder.import_with(|import| import.join = Join::Text).expect("imported");
    let in_order = Folder::new(&pool(&dataset, 4), None);
    let by_position = in_order.import_with(|_| ()).expect("imported");
    let answers = |imported: &Imported| {
        let partition = Partition::of_draws("some_7b", DATASET);
        let rows = Snapshot::<StoredDraw>::open(&imported.run).expect("rows").take(&partition).expect("rows");
        let mut rows: Vec<_> = rows.into_iter().map(|row| (row.question, row.draw, row.answer)).collect();
        rows.sort();
        rows
    };
    assert_eq!(answers(&by_text), answers(&by_position));

    let other = broken(|pool| pool[2]["score"]["problem"][0] = json!("Who is it?"));
    assert!(
        other.contains("found \"Who is it?\"; expected question 3 of") && other.contains("--join unchecked"),
        "{other}"
    );
    let mut twice = pool(&dataset, 4);
    twice[3]["score"]["problem"] = twice[2]["score"]["problem"].clone();
    let message = Folder::new(&twice, None).refused(|import| import.join = Join::Text);
    assert!(message.contains("again, as at index 2; expected each question once"), "{message}");
}

#[test]
fn questions_without_a_text_are_joined_by_position_with_a_warning() {
    let mut silent = pool(&dataset(), 4);
    for question in silent.as_array_mut().expect("a list") {
        question["score"].as_object_mut().expect("a map").remove("problem");
    }
    let imported = Folder::new(&silent, None).import_with(|_| ()).expect("imported");
    assert!(imported.source.warnings[0].contains("order of its questions was not checked"), "{imported:?}");
}

#[test]
fn files_cut_short_or_not_json_are_told_from_others() {
    let dataset = dataset();
    let text = serde_json::to_string(&pool(&dataset, 4)).expect("JSON");
    let cut: String = text.chars().take(text.len() / 2).collect();
    let nan = text.replacen("0.125", "NaN", 1);
    let trailing = format!("{text} x");
    for (text, what) in [
        (cut.as_str(), "found the end of the file; expected more: was it cut short?"),
        (&nan, "question 1 (index 0), score.scores[0][1] (line 1, column"),
        (&trailing, "trailing characters"),
        ("{}", "found map; expected a list of questions"),
        ("[]", "found 0 questions; expected"),
    ] {
        let folder = Folder::new(&json!([]), None);
        let path = folder.folder.path().join("some_7b/parallel/scored_some7b_par_arithmetic_stories_64.json");
        std::fs::write(path, text).expect("a file");
        let message = folder.refused(|_| ());
        assert!(message.contains(what), "{message}");
    }
}

#[test]
fn questions_with_more_draws_than_others_are_cut_only_when_asked() {
    let mut uneven = pool(&dataset(), 4);
    let longer = pool(&dataset(), 8);
    uneven[0] = longer[0].clone();
    let folder = Folder::new(&uneven, None);
    let message = folder.refused(|_| ());
    assert!(message.contains("found 4 completions; expected 8, as the first question has"), "{message}");
    assert!(message.contains("--draws 4"), "{message}");
    let imported = folder.import_with(|import| import.draws = Some(3)).expect("imported");
    assert_eq!(imported.draws, 3 * imported.questions);
}

#[test]
fn lists_that_a_pool_does_not_have_can_be_named() {
    let mut unscored = pool(&dataset(), 4);
    for question in unscored.as_array_mut().expect("a list") {
        let lists = question["score"].as_object_mut().expect("a map");
        lists.remove("scores");
        lists.remove("last_scores");
    }
    let folder = Folder::new(&unscored, None);
    assert!(folder.refused(|_| ()).contains("--without scores"));
    let imported = folder.import_with(|import| import.without = &Key::ALL).expect("imported");
    assert_eq!(imported.scores, 0);
    let plan = crate::experiment::load(&imported.run.join("experiment.yaml"), &[]).expect("an experiment");
    assert_eq!(plan.verifier.name(), None);
}

#[test]
fn folders_that_hold_no_pool_or_two_of_a_kind_are_refused() {
    let folder = Folder::new(&pool(&dataset(), 4), None);
    let parallel = folder.folder.path().join("some_7b/parallel");
    let file = parallel.join("scored_some7b_par_arithmetic_stories_64.json");
    std::fs::copy(&file, parallel.join("scored_other_par_arithmetic_stories_64.json")).expect("a copy");
    let message = folder.refused(|_| ());
    assert!(message.contains("both ") && message.contains("hold parallel draws on arithmetic-stories"), "{message}");
    let message = folder.refused(|import| import.path = Path::new("/nonexistent-folder"));
    assert!(message.contains("cannot read"), "{message}");
    // What an import refers to must outlive any of them.
    let names: &'static [String] = Box::leak(Box::new(["arithmetic-storys".to_owned()]));
    let message = folder.refused(|import| import.datasets = names);
    assert!(message.contains("did you mean `arithmetic-stories`?"), "{message}");
    let empty = tempfile::tempdir().expect("a folder");
    std::fs::write(empty.path().join("notes.json"), "{}").expect("a file");
    let path: &'static Path = Box::leak(empty.path().to_owned().into_boxed_path());
    let message = folder.refused(|import| import.path = path);
    assert!(message.contains("holds no pool") && message.contains("notes.json"), "{message}");
}

#[test]
fn an_existing_run_is_kept_unless_it_is_to_be_moved_aside() {
    let folder = Folder::new(&pool(&dataset(), 4), None);
    let first = folder.import_with(|_| ()).expect("imported");
    let error = folder.import_with(|_| ()).expect_err("refused").to_string();
    assert!(error.contains("there is a run at") && error.contains("--force"), "{error}");
    folder.import_with(|import| import.target.force = true).expect("imported");
    let names = |run: &Path| {
        let entries = std::fs::read_dir(run.parent().expect("a folder")).expect("a folder");
        entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8")).collect::<Vec<_>>()
    };
    let mut names = names(&first.run);
    names.sort();
    assert_eq!(names.len(), 2, "{names:?}");
    assert!(names[1].starts_with("optscale-some_7b.before-"), "{names:?}");
}
