//! Extraction from whole texts.

use super::*;
use proptest::prelude::*;

fn found(text: &str) -> Option<String> {
    extract(text).map(|answer| answer.text().to_owned())
}

#[test]
fn takes_the_last_balanced_box() {
    let cases = [
        ("so \\boxed{1} no, \\boxed{\\frac{1}{2}}.", Some("\\frac{1}{2}")),
        ("\\boxed{7} wait, then \\boxed{\\frac{1}{2", Some("7")),
        ("\\boxed{\\{1, 2\\}}", Some("\\{1, 2\\}")),
        ("\\boxed{\\boxed{5}}", Some("5")),
        ("\\fbox{12} done", Some("12")),
        ("$\\boxed 5$.", Some("5")),
        ("\\boxed {6}", Some("6")),
        ("\\boxed{a\n  b}", Some("a b")),
        ("the answer is 9 \\boxed{ }", Some("9")),
        ("\\boxed{", None),
        ("\\boxed{12", None),
        ("} \\boxed{3} {", Some("3")),
    ];
    for (text, expected) in cases {
        assert_eq!(found(text).as_deref(), expected, "{text}");
    }
}

#[test]
fn then_takes_what_a_phrase_announces() {
    let cases = [
        ("The answer is 5. No: THE ANSWER IS $\\frac{3}{4}$.", "\\frac{3}{4}"),
        ("The answer is 3.5.", "3.5"),
        ("Final answer: **42**", "42"),
        ("**Final Answer:** 42", "42"),
        ("The final answer is:\n\n$x=5$", "x=5"),
        ("The answer is $1,234.50. That is all 3 of us", "1,234.50"),
        ("The answer is that 5 apples remain of 7", "5"),
        ("The answer is (B).", "(B)"),
        ("The answer is 12 apples", "12 apples"),
        ("The answer is 8\n#### 9", "8"),
    ];
    for (text, expected) in cases {
        let answer = found(text).map(|text| text.trim_start_matches('$').to_owned());
        assert_eq!(answer.as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn then_the_gsm8k_mark_and_then_the_last_number() {
    let cases = [
        ("2 + 3 = <<2+3=5>>5\n#### 5", Some("5")),
        ("#### 1\n#### 1,234\nbye 7", Some("1,234")),
        ("we get 3 and then -12.5", Some("-12.5")),
        ("so 7-4 leaves 3.", Some("3")),
        ("10-4", Some("4")),
        ("costs $1,450,000 in all", Some("1,450,000")),
        ("a third, 1/3", Some("1/3")),
        ("about 40%", Some("40%")),
        ("half is .5", Some(".5")),
        ("no idea", None),
        ("", None),
    ];
    for (text, expected) in cases {
        assert_eq!(found(text).as_deref(), expected, "{text}");
    }
}

#[test]
fn gold_of_a_rationale() {
    assert_eq!(gsm8k_gold("a #### b\n#### 2,125 \n"), Some("2,125"));
    assert_eq!(gsm8k_gold("#### "), None);
    assert_eq!(gsm8k_gold("5"), None);
}

#[test]
fn hostile_texts_end_quickly() {
    for text in
        ["\\boxed{", "\\boxed ", "{", "}", "\\", "####", "\\boxed", "the answer is ", "1,", "\\frac", "(", "$", "9"]
    {
        let _ = extract(&text.repeat(1_000_000 / text.len()));
    }
}

proptest! {
    #[test]
    fn never_panics(text in "\\PC*") {
        let _ = extract(&text);
    }

    #[test]
    fn never_panics_on_pieces_of_latex(pieces in prop::collection::vec(
        prop::sample::select(vec!["\\boxed", "{", "}", "\\", "$", "é", "∞", "5", "-", ".", ",", "the answer is", "####",
            " ", "\n", "%", "/", "\\fbox", "\\{", "*"]), 0..30)) {
        let _ = extract(&pieces.concat());
    }

    #[test]
    fn finds_what_was_boxed(number in -1_000_000i64..1_000_000) {
        prop_assert_eq!(found(&format!("3 of 4, so $\\boxed{{{number}}}$ and 17")), Some(number.to_string()));
    }
}
