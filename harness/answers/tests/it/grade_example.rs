//! The example that grades a file, as a reader of the documentation runs it.

#[path = "../../examples/grade.rs"]
#[expect(dead_code, reason = "its `main` is not run here")]
mod example;

/// What becomes of a file with these lines, which names the file as `FILE`.
fn graded(lines: &[&str]) -> Result<Vec<bool>, String> {
    let name = format!("markovscale-grade-{}-{}.jsonl", std::process::id(), lines.join("").len());
    let path = std::env::temp_dir().join(name);
    std::fs::write(&path, lines.join("\n")).expect("a writable temporary folder");
    let path_text = path.to_string_lossy().into_owned();
    let graded = example::graded(&path_text).map_err(|error| error.replace(&path_text, "FILE"));
    std::fs::remove_file(&path).expect("a file that was just written");
    graded
}

#[test]
fn completions_answers_and_numbers_are_graded() {
    let lines = [
        r#"{"gold": "\\frac{1}{2}", "answer": "So we have it: the answer is \\boxed{0.5}."}"#,
        "",
        r#"{"gold": 12, "answer": "There are 5 + 7, therefore we have 12."}"#,
        r#"{"gold": "x + 1", "answer": "1 + x", "id": 7}"#,
        r#"{"gold": "It is #### 12", "answer": "13"}"#,
        r#"{"gold": "12", "answer": "<think>It may be 12"}"#,
    ];
    assert_eq!(graded(&lines), Ok(vec![true, true, true, false, false]));
    assert_eq!(graded(&[]), Ok(Vec::new()));
}

#[test]
fn a_line_that_cannot_be_graded_is_named_with_what_was_found() {
    let good = r#"{"gold": "1", "answer": "1"}"#;
    let error = |line| graded(&[good, "", line]).expect_err("no row");
    assert_eq!(error(r#"{"gold": "1", "answer": null}"#), "FILE:3: `answer` is null, expected a string or a number");
    let missing = error(r#"{"gold": "1", "anwser": "1"}"#);
    assert_eq!(
        missing,
        r#"FILE:3: no `answer` in {"gold":"1","anwser":"1"}, expected an object with `gold` and `answer`"#
    );
    assert!(error("gold,answer").starts_with("FILE:3: no JSON: expected value at line 1 column 1"));
    assert!(error("[1]").starts_with("FILE:3: no `gold` in [1]"));
    assert!(example::graded("no-such-file.jsonl").expect_err("no file").starts_with("no-such-file.jsonl: "));
}
