//! `markovscale answers compare | extract | audit`.

use std::path::Path;

use crate::program::{fail, files, finish, markovscale, root, succeed};

/// Pairs whose verdicts rest on nothing but form, exact algebra and missing answers.
const PAIRS: &str = r#"id,gold,answer,expected
a,\frac{1}{2},0.5,equal
b,\frac{1}{2},0.6,different
c,"(1, 2)","(2, 1)",equal
d,5,So the answer is 5.,equal
e,5,,different
f,7,\boxed{7},different
g,x^2,"x * x",
"#;

fn answers(folder: &Path, what: &str, name: &str, content: &str, further: &[&str]) -> std::process::Command {
    let file = folder.join(name);
    std::fs::write(&file, content).expect("a file");
    let mut command = markovscale(folder, &["answers", what]);
    command.arg(file).args(further);
    command
}

#[test]
fn compare_says_verdict_reason_and_rule_of_each_row_and_lists_wrong_equals_first() {
    let folder = tempfile::tempdir().expect("a folder");
    let stdout = succeed(&mut answers(folder.path(), "compare", "pairs.csv", PAIRS, &[]));
    insta::assert_snapshot!(stdout);
}

#[test]
fn compare_writes_the_rows_with_all_their_columns_and_checks_on_demand() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = folder.path().join("graded.jsonl");
    let place = output.to_str().expect("UTF-8");
    let (code, stderr) =
        fail(&mut answers(folder.path(), "compare", "pairs.csv", PAIRS, &["--check", "--output", place]));
    assert_eq!(code, 3, "{stderr}");
    assert!(stderr.contains("2 of 6 rows are not as expected, 1 of them equal"), "{stderr}");
    insta::assert_snapshot!(std::fs::read_to_string(&output).expect("the output"));
    // What was written can be graded again, and the columns of the first time stay.
    let again = folder.path().join("again.csv");
    let second = ["answers", "compare", place, "--output", again.to_str().expect("UTF-8")];
    succeed(&mut markovscale(folder.path(), &second));
    let text = std::fs::read_to_string(again).expect("the output");
    let header = "id,gold,answer,expected,input_verdict,input_reason,input_rule,verdict,reason,rule";
    assert_eq!((text.lines().next(), text.lines().count()), (Some(header), 8));
}

#[test]
fn compare_lists_bad_rows_with_what_is_expected_and_grades_the_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let lines = r#"{"gold": 1, "answer": 1.0, "expected": "Equal"}
{"gold": 1, "answr": 1}
{"gold": null, "answer": 1}
{"gold": 1, "answer": [1]}
{"gold": 1, "answer": 1, "expected": "eqal"}
not JSON
{"gold": 2, "answer": 3}"#;
    let output = finish(&mut answers(folder.path(), "compare", "pairs.jsonl", lines, &[]));
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(3), "{stderr}");
    assert!(stdout.contains("2 rows: 1 equal, 1 different"), "{stdout}");
    insta::assert_snapshot!(stderr.replace(folder.path().to_str().expect("UTF-8"), "FOLDER"));
}

#[test]
fn compare_takes_true_and_false_for_what_is_expected() {
    let folder = tempfile::tempdir().expect("a folder");
    let lines = r#"{"gold": "1/2", "answer": "0.5", "expected": true}
{"gold": "1/2", "answer": "0.6", "expected": false}
{"gold": "1/2", "answer": "0.7", "expected": "false"}
{"gold": "1/2", "answer": "0.6", "expected": true}"#;
    let output = finish(&mut answers(folder.path(), "compare", "pairs.jsonl", lines, &[]));
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(stdout.contains("as expected: 3 of 4 rows"), "{stdout}");
}

#[test]
fn files_that_cannot_be_used_exit_with_2_and_name_the_nearest_column() {
    let folder = tempfile::tempdir().expect("a folder");
    for (what, name, content, expected) in [
        ("compare", "a.csv", "gold,anwser\n1,1\n", "expected a column `answer` (is it `anwser`?)"),
        ("compare", "a.txt", "1 1", ".csv, .jsonl or .ndjson"),
        (
            "extract",
            "a.csv",
            "id,texts\n1,1\n",
            "`completion` or `text`, or another named with --column (is it `texts`?)",
        ),
    ] {
        let (code, stderr) = fail(&mut answers(folder.path(), what, name, content, &[]));
        assert_eq!(code, 2, "{stderr}");
        assert!(stderr.contains(expected), "{stderr}");
    }
    let (code, stderr) = fail(&mut answers(folder.path(), "compare", "b.csv", "gold,answer\n1,1\n", &["--check"]));
    assert!(code == 2 && stderr.contains("no row of"), "{stderr}");
    let (code, stderr) = fail(&mut markovscale(folder.path(), &["answers", "compare", "/no/such.csv"]));
    assert!(code == 1 && stderr.contains("/no/such.csv"), "{stderr}");
}

#[test]
fn extract_names_the_rule_and_takes_a_guess_only_when_asked() {
    let folder = tempfile::tempdir().expect("a folder");
    let lines = r##"{"id": 1, "completion": "So \\boxed{12}.", "finish_reason": "stop"}
{"id": 2, "completion": "The answer is\n\n**1/2**", "finish_reason": "stop"}
{"id": 3, "completion": "4 + 5 = 9\n#### 9", "finish_reason": "stop"}
{"id": 4, "completion": "That makes 10. Then 1", "finish_reason": "length"}
{"id": 5, "completion": "Nothing here.", "finish_reason": "stop"}"##;
    let text = |further: &[&str]| succeed(&mut answers(folder.path(), "extract", "texts.jsonl", lines, further));
    insta::assert_snapshot!(text(&[]));
    let guessed: serde_json::Value = serde_json::from_str(&text(&["--guess-unfinished", "--json"])).expect("JSON");
    assert_eq!((&guessed["rows"][3]["answer"], &guessed["rows"][3]["id"]), (&"1".into(), &4.into()));
    assert_eq!(guessed["summary"]["texts"], 5);
    let whole = succeed(&mut answers(folder.path(), "extract", "one.txt", "First 1,\nthen \\boxed{2}\n", &["--json"]));
    let whole: serde_json::Value = serde_json::from_str(&whole).expect("JSON");
    assert_eq!((&whole["rows"][0]["answer"], &whole["rows"][0]["answer_rule"]), (&"2".into(), &"box".into()));
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let folder = tempfile::tempdir().expect("a folder");
    let many: String = std::iter::once("gold,answer\n").chain(std::iter::repeat_n("1,2\n", 20_000)).collect();
    let mut child = answers(folder.path(), "compare", "many.csv", &many, &[])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("an end");
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn audit_lists_what_a_runs_accuracy_rests_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut collect = markovscale(folder.path(), &["collect", "configs/simulated.yaml"]);
    collect.args(["--set", "datasets=[{name: arithmetic-stories, limit: 60}]"]);
    collect.args(["--set", "backbones=[{name: simulated-weak, kind: simulated}]"]);
    succeed(&mut collect);
    let output = folder.path().join("audit.csv");
    let place = output.to_str().expect("UTF-8");
    let text = succeed(&mut markovscale(folder.path(), &["answers", "audit", "simulated", "--output", place]));
    assert!(text.contains("simulated-weak (simulated)") && text.contains("hang on"), "{text}");
    let json = succeed(&mut markovscale(folder.path(), &["answers", "audit", "simulated", "--json", "--limit", "3"]));
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let partition = &json["partitions"][0];
    assert_eq!((&partition["simulated"], &partition["rules_recorded"]), (&true.into(), &true.into()));
    let share = |name: &str| partition[name].as_f64().expect("a share");
    assert!(share("lowest") <= share("accuracy") && share("accuracy") <= share("highest"), "{partition}");
    let written = std::fs::read_to_string(output).expect("the output");
    let all = json["decisions_in_all"].as_u64().expect("a number");
    assert!(all > 0 && written.lines().count() as u64 == all + 1, "{all} decisions\n{written}");
    assert!(json["decisions"].as_array().expect("decisions").len() as u64 == all.min(3));
    let (code, stderr) =
        fail(&mut markovscale(folder.path(), &["answers", "audit", "simulated", "--dataset", "arithmetic"]));
    assert!(code == 2 && stderr.contains("did you mean `arithmetic-stories`?"), "{stderr}");
}

#[test]
fn a_run_without_recorded_rules_is_audited_and_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, bytes) in files(&root().join("harness/bench/tests/data/format-1")) {
        let path = folder.path().join("runs/format-1").join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, bytes).expect("a file");
    }
    let text = succeed(&mut markovscale(folder.path(), &["answers", "audit", "format-1"]));
    assert!(text.contains("an older version made them"), "{text}");
}
