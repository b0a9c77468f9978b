//! Loading as a run does it: real benchmark files where they are at hand, and small files of our own, good and bad.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use proptest::prelude::*;

use super::*;

/// The folder with the real question sets, which not every machine has.
fn real_datasets() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/datasets");
    if !folder.is_dir() {
        eprintln!("skipped: {} is not on this machine", folder.display());
        return None;
    }
    Some(folder)
}

fn locations(dataset_dir: &Path, manifest_dir: Option<&Path>) -> Locations {
    Locations {
        dataset_dir: Some(dataset_dir.to_owned()),
        manifest_dir: manifest_dir.map(Path::to_owned),
        cache_dir: PathBuf::from("/nowhere"),
    }
}

#[test]
fn the_real_sets_load_whole_and_with_the_right_golds() {
    let Some(folder) = real_datasets() else { return };
    let locations = locations(&folder, None);
    for (name, count) in [("gsm8k", 1319), ("math500", 500), ("aime24", 30), ("aime25", 30), ("amc23", 40)] {
        let manifest = find(name, &locations).expect("shipped");
        let dataset = load(name, &locations).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(dataset.questions.len(), count, "{name}");
        assert_eq!(manifest.content_sha256, Some(content_sha256(&dataset.questions)), "{name}");
        if name == "gsm8k" {
            for (index, gold) in [(226, "33"), (258, "6"), (876, "41"), (1303, "4")] {
                assert_eq!(dataset.questions[index].gold, gold, "row {index}");
            }
            let text = fs::read_to_string(folder.join("gsm8k_test.json")).expect("the file");
            let rows: Vec<serde_json::Value> = serde_json::from_str(&text).expect("JSON");
            for (question, row) in dataset.questions.iter().zip(&rows) {
                let solution = row["answer"].as_str().expect("a solution");
                let last = solution.lines().last().and_then(|line| line.strip_prefix("#### ")).expect("a gold");
                assert_eq!(question.gold, last.trim());
                assert!(question.gold.replace(',', "").parse::<f64>().is_ok(), "{}", question.gold);
            }
        }
        if name == "math500" {
            assert!(dataset.questions.iter().all(|q| q.level.is_some_and(|level| (1..=5).contains(&level))));
            assert!(dataset.questions.iter().all(|question| question.subject.is_some()));
        }
    }
}

#[test]
fn the_real_sets_verify_alike_in_another_format_and_order() {
    let Some(folder) = real_datasets() else { return };
    let copies = tempfile::tempdir().expect("a folder");
    for (name, file) in [("gsm8k", "gsm8k_test"), ("math500", "math500_test"), ("amc23", "amc23")] {
        let text = fs::read_to_string(folder.join(format!("{file}.json"))).expect("the file");
        let mut rows: Vec<serde_json::Value> = serde_json::from_str(&text).expect("JSON");
        rows.reverse();
        let lines: Vec<String> = rows.iter().map(ToString::to_string).collect();
        fs::write(copies.path().join(format!("{file}.jsonl")), lines.join("\r\n")).expect("a copy");
        let original = load(name, &locations(&folder, None)).expect("the original");
        let mut copy = load(name, &locations(copies.path(), None)).unwrap_or_else(|error| panic!("{error}"));
        copy.questions.reverse();
        assert_eq!(copy, original, "{name}");

        let field = if name == "gsm8k" { "question" } else { "problem" };
        let text = format!("{} ", rows[7][field].as_str().expect("a text")) + "Really?";
        for key in ["question", "problem"] {
            if rows[7].get(key).is_some() {
                rows[7][key] = text.clone().into();
            }
        }
        let lines: Vec<String> = rows.iter().map(ToString::to_string).collect();
        fs::write(copies.path().join(format!("{file}.jsonl")), lines.join("\n")).expect("a copy");
        let error = load(name, &locations(copies.path(), None)).map(|_| ()).expect_err("changed").to_string();
        assert!(error.contains("content SHA-256") && error.contains("as the manifest pins it"), "{error}");
    }
}

const OWN: &str = "name: own
title: Own
licence: none
shape: math
source: local
local_files: [{file: own.json}, {file: own.jsonl}, {file: own.csv}, {file: own.parquet}]
fields: {question: [problem, question], answer: answer, level: level, subject: subject, id: id}
";

/// A folder with a manifest and one data file.
fn own(manifest: &str, file: &str, bytes: &[u8]) -> (tempfile::TempDir, Locations) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("own.yaml"), manifest).expect("a manifest");
    fs::write(folder.path().join(file), bytes).expect("a data file");
    let locations = locations(folder.path(), Some(folder.path()));
    (folder, locations)
}

fn problems(manifest: &str, file: &str, bytes: &[u8]) -> Vec<String> {
    let (folder, locations) = own(manifest, file, bytes);
    let manifest = find("own", &locations).expect("a manifest");
    let inspection = inspect(&manifest, &locations).expect("readable");
    let refused = load("own", &locations).is_err();
    assert_eq!(refused, !inspection.problems.is_empty(), "a run refuses what check lists");
    let prefix = format!("{}/", folder.path().display());
    inspection.problems.iter().map(|problem| problem.to_string().replace(&prefix, "")).collect()
}

fn parquet(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
    let batch =
        RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, c)| (n, c, true))).expect("a batch");
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).expect("a writer");
    writer.write(&batch).expect("rows");
    writer.close().expect("a file");
    bytes
}

fn small_parquet() -> Vec<u8> {
    parquet(vec![
        ("problem", Arc::new(StringArray::from(vec!["What is $1+1$?", "Name the \"half\" of 5,\nplease."]))),
        ("answer", Arc::new(Float64Array::from(vec![2.0, 2.5]))),
        ("level", Arc::new(Int64Array::from(vec![Some(3), None]))),
        ("subject", Arc::new(StringArray::from(vec![Some("Sums"), None]))),
    ])
}

#[test]
fn every_format_gives_the_same_questions() {
    let json = r#"[{"problem": "What is $1+1$?", "answer": "2", "level": "Level 3", "subject": "Sums"},
        {"problem": " Name the \"half\" of 5,\r\nplease.", "answer": 2.5, "level": null}]"#;
    let lines = json.replace("\n       ", "").replace("},", "}\n");
    let lines = lines.trim_matches(['[', ']']).to_owned() + "\n\n";
    let csv = "\u{feff}level,problem,answer,subject\n3,What is $1+1$?,2,Sums\n,\"Name the \"\"half\"\" of 5,\r\nplease.\",2.5,\n";
    let load_own = |file: &str, bytes: &[u8]| {
        let (_folder, locations) = own(OWN, file, bytes);
        load("own", &locations).unwrap_or_else(|error| panic!("{file}: {error}"))
    };
    let reference = load_own("own.json", json.as_bytes());
    assert_eq!(reference.questions[0].gold, "2");
    assert_eq!((reference.questions[0].level, reference.questions[1].level), (Some(3), None));
    assert_eq!(reference.questions[0].subject.as_deref(), Some("Sums"));
    assert_eq!(reference.questions[1].text, "Name the \"half\" of 5,\nplease.");
    assert_eq!(reference.questions[1].gold, "2.5");
    for (file, bytes) in
        [("own.jsonl", lines.as_bytes().to_vec()), ("own.csv", csv.into()), ("own.parquet", small_parquet())]
    {
        assert_eq!(load_own(file, &bytes), reference, "{file}");
    }
}

#[test]
fn the_shapes_find_their_gold() {
    let gsm8k = OWN.replace("shape: math", "shape: gsm8k");
    let rows = r#"{"question": "a", "answer": "1 #### 2\nso\n#### 1,200 \n"}"#;
    let (_folder, locations) = own(&gsm8k, "own.jsonl", rows.as_bytes());
    assert_eq!(load("own", &locations).expect("loaded").questions[0].gold, "1,200");

    let competition = OWN.replace("shape: math", "shape: competition");
    let rows = "{\"question\": \"a\", \"answer\": \"27.0\"}\n{\"question\": \"b\", \"answer\": 27.0}\n\
                {\"question\": \"c\", \"answer\": 27}\n{\"question\": \"d\", \"answer\": \"025\"}";
    let (_folder, locations) = own(&competition, "own.jsonl", rows.as_bytes());
    let golds: Vec<String> = load("own", &locations).expect("loaded").questions.into_iter().map(|q| q.gold).collect();
    assert_eq!(golds, ["27", "27", "27", "025"]);
}

#[test]
fn every_malformed_row_is_named_with_place_finding_and_expectation() {
    let rows = "{\"question\": \"a\", \"answer\": \"1\", \"id\": 7}\n{\"question\": \"\", \"answer\": \"1\"}\nnonsense\n[]\n\
                {\"question\": \"b\"}\n{\"question\": 5, \"answer\": true}\n{\"question\": \"a \", \"answer\": \"2\"}\n\
                {\"question\": \"c\", \"answer\": \"1\", \"level\": \"hard\", \"id\": 7}\n";
    let mut bytes = rows.as_bytes().to_vec();
    bytes.extend(b"{\"question\": \"\xff\", \"answer\": \"1\"}\n");
    assert_eq!(
        problems(OWN, "own.jsonl", &bytes),
        [
            "own.jsonl: row 3: found JSON that does not parse (expected ident at line 1 column 2): \"nonsense\"; expected one \
             object per line",
            "own.jsonl: row 4: found an array; expected an object",
            "own.jsonl: row 9: found a byte that is not UTF-8 at column 15; expected UTF-8 text",
            "own.jsonl: row 2, field `question`: found an empty text; expected a text",
            "own.jsonl: row 5, field `answer`: found nothing; expected an answer, as text or as a number",
            "own.jsonl: row 6, field `question`: found the number 5; expected a text",
            "own.jsonl: row 6, field `answer`: found true; expected an answer, as text or as a number",
            "own.jsonl: row 7, field `question`: found the same question as in row 1: \"a\"; expected each question once",
            "own.jsonl: row 8, field `level`: found the text \"hard\"; expected a whole number or `Level` and a whole number",
            "own.jsonl: row 8, field `id`: found the id \"7\" of row 1 of own.jsonl; expected ids that are unique",
        ]
    );
}

#[test]
fn json_is_read_as_what_it_holds_whatever_its_name_says() {
    let rows = ["{\"problem\": \"a\", \"answer\": 4}", "{\"problem\": \"b\", \"answer\": 9}"];
    for (file, bytes) in [
        ("own.json", format!("{}\n{}\n", rows[0], rows[1])),
        ("own.json", format!("\n  {}\r\n\r\n{}", rows[0], rows[1])),
        ("own.jsonl", format!("[{}, {}]", rows[0], rows[1])),
        ("own.jsonl", format!("[\n{},\n{}\n]\n", rows[0], rows[1])),
    ] {
        let (_folder, locations) = own(OWN, file, bytes.as_bytes());
        let golds: Vec<String> = load("own", &locations).expect(&bytes).questions.into_iter().map(|q| q.gold).collect();
        assert_eq!(golds, ["4", "9"], "{bytes}");
    }
}

#[test]
fn golds_are_lists_and_worked_solutions_too() {
    let rows = [
        ("[\"4\"]", "4"),
        ("[7]", "7"),
        ("[\"1\", \"2\"]", "1, 2"),
        ("\"So we get $\\\\boxed{33}$.\"", "33"),
        ("\"3 + 4 = 7\\n#### 7\"", "7"),
    ];
    let lines: String =
        (0..).zip(rows).map(|(i, (gold, _))| format!("{{\"problem\": \"q{i}\", \"answer\": {gold}}}\n")).collect();
    let (_folder, locations) = own(OWN, "own.jsonl", lines.as_bytes());
    let golds: Vec<String> = load("own", &locations).expect("loaded").questions.into_iter().map(|q| q.gold).collect();
    assert_eq!(golds, rows.map(|(_, expected)| expected));
    let prose = "We add the numbers one by one. That takes a while and gives what was asked for. So the proof is complete, \
                 as was to be shown.";
    let found = problems(OWN, "own.jsonl", format!("{{\"problem\": \"a\", \"answer\": \"{prose}\"}}").as_bytes());
    assert!(found[0].contains("row 1, field `answer`") && found[0].contains("worked solution"), "{found:?}");
}

#[test]
fn whole_files_can_be_wrong_too() {
    let first = |manifest: &str, file: &str, bytes: &[u8]| problems(manifest, file, bytes).remove(0);
    let row = "{\"problem\": \"a\", \"answer\": \"1\"}";
    assert_eq!(
        first(OWN, "own.csv", b"problme,answer\na,1\n"),
        "own.csv: field `problem`: found the columns problme, answer; expected a column `problem` or `question` (the nearest \
         is `problme`)"
    );
    let cut = first(OWN, "own.json", format!("[{row}, {{\"problem\": \"b").as_bytes());
    assert!(cut.starts_with("own.json: row 2: found JSON that does not parse (EOF"), "{cut}");
    let object = first(OWN, "own.json", row.as_bytes());
    assert!(object.contains("expected an array of objects"), "{object}");
    let ragged = first(OWN, "own.csv", b"problem,answer\na,1\nb\n");
    assert!(ragged.starts_with("own.csv: row 2: found ") && ragged.contains("as many fields"), "{ragged}");
    assert_eq!(
        first(&format!("{OWN}questions: 2\n"), "own.jsonl", row.as_bytes()),
        "own.jsonl: found 1 questions; expected 2"
    );
    assert_eq!(
        first(OWN, "own.json", b"[]"),
        "own.json: field `problem`: found no columns; expected a column `problem` or `question`"
    );
    let pinned = OWN.replace("{file: own.json}", &format!("{{file: own.json, sha256: {}}}", "0".repeat(64)));
    let wrong = first(&pinned, "own.json", format!("[{row}]").as_bytes());
    assert!(wrong.contains("found a file with SHA-256 ") && wrong.contains(&"0".repeat(64)), "{wrong}");
    let gsm8k = OWN.replace("shape: math", "shape: gsm8k");
    assert_eq!(
        first(&gsm8k, "own.jsonl", row.as_bytes()),
        "own.jsonl: row 1, field `answer`: found the text \"1\"; expected a worked solution that ends in `####` and the final \
         answer"
    );
}

#[test]
fn manifests_are_refused_with_their_place() {
    let refused = |text: &str| {
        let (_folder, locations) = own(text, "own.json", b"[]");
        find("own", &locations).expect_err("refused").to_string()
    };
    let unknown = refused(&OWN.replace("title:", "titel:"));
    assert!(unknown.contains("own.yaml:2:1: ") && unknown.contains("titel"), "{unknown}");
    let inside = refused(&OWN.replace("source: local", "source:\n  repositori: a/b"));
    assert!(inside.contains("own.yaml:6:3: ") && inside.contains("repositori"), "{inside}");
    let source = refused(&OWN.replace("source: local", "source: somewhere"));
    assert!(source.contains("built-in"), "{source}");
    for (from, to, expected) in [
        ("name: own", "name: other", "they must agree"),
        ("own.json}", "../own.json}", "without `..`"),
        ("own.json}", "own.txt}", ".parquet"),
        ("own.json}", "own.json, sha256: abc}", "64 lower-case hexadecimal digits"),
        ("answer: answer, ", "", "`fields` must name"),
        ("source: local", "source: {repository: a, revision: main, files: [{file: a.json}]}", "`owner/name`"),
        ("source: local", "source: {repository: a/b, revision: ../x, files: [{file: a.json}]}", "`revision`"),
        ("source: local", "source: {repository: a/b, revision: main, files: []}", "`files` is empty"),
    ] {
        let error = refused(&OWN.replace(from, to));
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn unknown_and_missing_sets_come_with_what_to_do() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = locations(folder.path(), None);
    let error = load("gsm8", &here).expect_err("unknown").to_string();
    assert!(error.contains("did you mean `gsm8k`?") && error.contains("aime25, amc23"), "{error}");
    assert!(matches!(load("../etc/passwd", &here), Err(DatasetError::Unknown { nearest: None, .. })));
    let error = load("aime25", &here).expect_err("missing").to_string();
    for part in
        ["dataset pull aime25", "aime2025-II.jsonl as /nowhere/aime25/", "aime25.json", "holds none of that name"]
    {
        assert!(error.contains(part), "{part}: {error}");
    }
    let (own_folder, own_locations) = own(OWN, "other.json", b"[]");
    let error = load("own", &own_locations).expect_err("missing").to_string();
    let place = own_folder.path().display();
    assert!(
        error.ends_with(&format!(
            ".\n  Put own.json or own.jsonl or own.csv or own.parquet into {place}, which holds none of that name."
        )),
        "{error}"
    );
    let nowhere = locations(&folder.path().join("no"), None);
    assert!(matches!(load("aime25", &nowhere), Err(DatasetError::NoFolder { .. })));
    assert_eq!(load("arithmetic-stories", &nowhere).expect("built in").questions.len(), 300);
}

#[test]
fn every_shipped_manifest_is_valid_and_the_readme_folder_may_hold_other_files() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("README.md"), "words").expect("a file");
    fs::write(folder.path().join("mine.yaml"), "nonsense").expect("a file");
    let here = locations(folder.path(), Some(folder.path()));
    let names = known_names(&here).expect("names");
    assert_eq!(names.last().map(String::as_str), Some("mine"));
    for name in &names[..names.len() - 1] {
        let manifest = find(name, &here).unwrap_or_else(|error| panic!("{error}"));
        assert!(manifest.questions.is_some(), "{name}");
    }
    assert!(matches!(find("mine", &here), Err(DatasetError::Manifest { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_loading_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), which in 0..4_usize) {
        let file = ["own.json", "own.jsonl", "own.csv", "own.parquet"][which];
        problems(OWN, file, &bytes);
    }

    #[test]
    fn no_damage_to_a_parquet_file_makes_loading_panic(place in any::<prop::sample::Index>(), value in any::<u8>(), cut in any::<bool>()) {
        let mut bytes = small_parquet();
        let place = place.index(bytes.len());
        bytes[place] = value;
        if cut {
            bytes.truncate(place);
        }
        problems(OWN, "own.parquet", &bytes);
    }

    #[test]
    fn any_text_survives_every_text_format(text in "[ -~\n\r\t\u{e4}\u{4e2d}]{1,40}", gold in "[!-~]{1,12}") {
        prop_assume!(!text.trim().is_empty());
        let row = serde_json::json!({"problem": text, "answer": gold});
        let mut csv = csv::Writer::from_writer(Vec::new());
        csv.write_record(["problem", "answer"]).expect("a header");
        csv.write_record([text.as_str(), gold.as_str()]).expect("a record");
        let csv = csv.into_inner().expect("bytes");
        let mut loaded = Vec::new();
        for (file, bytes) in [("own.jsonl", row.to_string().into_bytes()), ("own.json", format!("[{row}]").into_bytes()), ("own.csv", csv)] {
            let (_folder, locations) = own(OWN, file, &bytes);
            loaded.push(load("own", &locations).unwrap_or_else(|error| panic!("{error}")));
        }
        prop_assert_eq!(&loaded[0].questions[0].gold, &gold);
        prop_assert!(loaded.iter().all(|dataset| *dataset == loaded[0]));
    }
}
