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
        ("10-4", Some("10-4")),
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

fn by_rule(text: &str) -> Option<(String, &'static str)> {
    extract_answer(text, ExtractOptions::default()).map(|found| (found.answer.text().to_owned(), found.rule.name()))
}

fn guessed(text: &str) -> Option<String> {
    extract_answer(text, ExtractOptions { guess_unfinished: true }).map(|found| found.answer.text().to_owned())
}

#[test]
fn the_rule_that_fired_is_recorded() {
    let cases = [
        ("so \\boxed{3} and \\boxed{5}.", "3, 5", "box"),
        ("I put it in \\boxed{}: the answer is 5.", "5", "phrase"),
        ("**Answer:** $\\frac{1}{2}$", "\\frac{1}{2}", "phrase"),
        ("**Answer**: 42 apples", "42 apples", "phrase"),
        ("## Final Answer\n\n**42**", "42", "phrase"),
        ("**Final Answer**\n\\[ x = 42 \\]", "x = 42", "phrase"),
        ("Final Answer: The final answer is $7$. I hope it is correct.", "7", "phrase"),
        ("Therefore, the answer to the question is **$12.50** per week.", "$12.50", "phrase"),
        ("The answers are $3$, $5$ and $7$.", "$3$, $5$ and $7$", "phrase"),
        ("ANSWER: C", "C", "phrase"),
        ("The correct answer is (B) 12 cm.", "B", "phrase"),
        ("The answer is $2 + 3 = 5$.", "5", "phrase"),
        ("Hence the answer is 5, as 2 + 3 = 5.", "5", "phrase"),
        ("The answer should be 1/3 (one third).", "1/3", "phrase"),
        ("The answer is Tom. Let me verify: the answer is correct.", "Tom", "phrase"),
        ("The answer is 5. The answer is not 6, as some say.", "5", "phrase"),
        ("<think>no</think><answer> 7 </answer>", "7", "phrase"),
        ("So the answer is:\n$$\n\\frac{3}{4}\n$$\nDone.", "\\frac{3}{4}", "phrase"),
        ("Answer = 5", "5", "phrase"),
        ("The final answer (in simplest form) is $\\frac{2}{3}$", "\\frac{2}{3}", "phrase"),
        ("The answer is **B**.", "B", "phrase"),
        ("**Answer: -5**", "-5", "phrase"),
        ("So the final answer is:\n\n5 apples</s>", "5 apples", "phrase"),
        ("Our answer is 5 or 7.", "5 or 7", "phrase"),
        ("The answer is \\(\\{1, 2\\}\\).", "\\{1, 2\\}", "phrase"),
        ("It is 2 + 3 = 5.\n#### 5", "5", "hash_mark"),
        ("A loss.\n#### -$1,000", "-$1,000", "hash_mark"),
        ("#### Step 1\nWe add.\n#### 12", "12", "hash_mark"),
        ("We get 12.\n\n**C**", "C", "choice"),
        ("The correct option is (B).", "B", "choice"),
        ("we arrive at $x = 5$.", "x = 5", "last_expression"),
        ("Adding, $3 + 4 = 7$.", "7", "last_expression"),
        ("The solution is (1, 2).", "(1, 2)", "last_expression"),
        ("So x = \\frac{\\sqrt{2}}{2}.", "\\frac{\\sqrt{2}}{2}", "last_expression"),
        ("so the area is 2\\sqrt{3} square units.", "2\\sqrt{3}", "last_expression"),
        ("In all, $x = 5$ and 3 remain, which makes 8 apples.", "8", "last_number"),
        ("It weighs 5 × 10^3 kg.", "5 × 10^3", "last_expression"),
        ("The train arrives at 5:30 PM.", "5:30 PM", "last_number"),
        ("Hence she needs 3 1/2 cups.", "3 1/2", "last_number"),
        ("He has 5 + 3 - 1 apples left, so 7", "7", "last_number"),
    ];
    for (text, answer, rule) in cases {
        assert_eq!(by_rule(text), Some((answer.to_owned(), rule)), "{text}");
    }
}

#[test]
fn reasoning_is_set_apart() {
    let cases = [
        ("<think>\\boxed{1}</think>So \\boxed{2}.", Some("2"), Some("2")),
        ("<think>\\boxed{1}</think>\nSo it is 2.", Some("2"), Some("2")),
        ("\\boxed{1} hm</think>\\boxed{2}", Some("2"), Some("2")),
        ("<think>\\boxed{1}</think>\n", None, Some("1")),
        ("<think>\\boxed{1}</think>\nI have said it.", None, Some("1")),
        ("<think>the answer is 1. But wait, \\boxed{3}", None, Some("3")),
        ("\\boxed{1}<think>no, 2", None, Some("2")),
        ("<think>", None, None),
        (
            "<|channel|>analysis<|message|>2 or 3?<|end|><|start|>assistant<|channel|>final<|message|>It is 3<|return|>",
            Some("3"),
            Some("3"),
        ),
    ];
    for (text, asked, guess) in cases {
        assert_eq!((found(text).as_deref(), guessed(text).as_deref()), (asked, guess), "{text}");
    }
}

#[test]
fn unfinished_texts_have_no_answer_unless_it_is_asked_for() {
    for (text, guess) in [
        ("First, 3 + 4 = 7. Then we multiply by", "7"),
        ("First, 3 + 4 = 7. Then the number of apples", "7"),
        ("We have $x = 5", "5"),
        ("so the sum is 3 +", "3 +"),
        ("so it is \\boxed{12", "12"),
        ("The answer is $\\frac{1}{", "$\\frac{1}{"),
        ("The answer is 5 +", "5 +"),
        ("7 is prime.\n\nNow 11 is", "11"),
    ] {
        assert_eq!(found(text), None, "{text}");
        assert_eq!(guessed(text).as_deref(), Some(guess), "{text}");
    }
    // What was stated before the cut stays stated.
    for text in
        ["The answer is 5. Let me check: 2 +", "\\boxed{5}. Indeed, \\boxed{\\frac{", "The answer is 5. So \\boxed{"]
    {
        assert_eq!(found(text).as_deref(), Some("5"), "{text}");
    }
}

#[test]
fn hostile_texts_end_quickly() {
    for text in
        ["\\boxed{", "\\boxed ", "{", "}", "\\", "####", "\\boxed", "the answer is ", "1,", "\\frac", "(", "$", "9"]
    {
        let _ = extract(&text.repeat(1_000_000 / text.len()));
    }
}

/// Pieces of texts that some rule looks at.
const PIECES: [&str; 64] = [
    "<answer>",
    "answer",
    "the answer is ",
    "answer: ",
    "\"answer\": ",
    "<",
    "<|",
    "|>",
    "<|end|>",
    "<|im_start|>",
    "\nQ: ",
    "\nH",
    "\nP",
    "\nProblem: ",
    "\n### ",
    "\nUser",
    "\\boxed{",
    "\\boxed ",
    "\\boxed{}",
    "}",
    "{",
    "$",
    "$$",
    "\\(",
    "\\)",
    "\\]",
    "\n",
    "\n\n",
    "- ",
    "1. ",
    "(a) ",
    "Part 1: ",
    "and ",
    "or ",
    "5",
    "5 ",
    "5, ",
    "x = ",
    "=",
    "the square root of ",
    "between ",
    "(",
    "(A) ",
    "A. ",
    "✅",
    "–",
    "</b>",
    "&",
    "__",
    "<<1>>",
    "####",
    "</think>",
    "<think>",
    "Solution:\n\n",
    "3rd ",
    "cm^2 ",
    "\\",
    "é",
    "the original answer ",
    "1,",
    "\\frac",
    "\"",
    "---\n",
    "answer to the question ",
];

/// The work on a text that repeats a unit: steps of searches, and bytes that rules read again.
fn work(unit: &str, length: usize) -> usize {
    let text = unit.repeat(length / unit.len());
    [false, true]
        .into_iter()
        .map(|guess_unfinished| {
            scan::counted(|| {
                let _ = extract_answer(&text, ExtractOptions { guess_unfinished });
            })
        })
        .sum()
}

/// What rules read again is bounded, whatever a text repeats: it does not grow with the text, and searches take at most a
/// few steps a byte.
fn check_work(unit: &str) {
    const LENGTH: usize = 120_000;
    const BOUNDED: usize = 400_000;
    let (once, twice) = (work(unit, LENGTH), work(unit, 2 * LENGTH));
    assert!(once <= 12 * LENGTH + BOUNDED, "{unit:?}: {once} steps");
    assert!(twice <= 2 * once + BOUNDED, "{unit:?}: {once} and {twice} steps");
}

#[test]
fn work_is_bounded_on_repeated_pieces() {
    for unit in PIECES {
        check_work(unit);
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Any unit of up to 40 characters, made of pieces or at random.
    #[test]
    fn work_is_bounded_on_repeated_units(
        pieces in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 1..6),
        letters in "\\PC{1,12}",
    ) {
        let unit: String = pieces.concat().chars().take(40).collect();
        check_work(&unit);
        check_work(&format!("{unit}{letters}").chars().take(40).collect::<String>());
    }
}
