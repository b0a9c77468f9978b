//! What holds of all answers: reflexive, symmetric, bounded.

use proptest::prelude::*;

use super::*;
use crate::{Decision, Policy, extract, grade};

/// Texts that would take forever, or the whole stack, if work and depth were not bounded.
fn hostile_texts() -> Vec<String> {
    let nine = "9".repeat(1_900);
    vec![
        "9^{9^{9^{9}}}".to_owned(),
        "1e999999999".to_owned(),
        "1e-999999999".to_owned(),
        "10^{-99999999}".to_owned(),
        "999999999!".to_owned(),
        "9999999!".to_owned(),
        "(x+y+z)^{200}".to_owned(),
        "\\begin{vmatrix}".repeat(30) + "1" + &"\\end{vmatrix}".repeat(30),
        "f(x)=".to_owned() + &"\\sin(".repeat(28) + "x" + &")".repeat(28),
        "f(t)=".to_owned() + &"\\sin(".repeat(28) + "t" + &")".repeat(28),
        "(A) ".repeat(300) + "5",
        "so ".repeat(300) + "5",
        "200!".repeat(50),
        "(x+y+z+1)^{99}".to_owned(),
        "((a+b+c)^{40})^{40}".to_owned(),
        format!("\\frac{{{nine}}}{{7}}"),
        "\\sqrt{999999999989}".to_owned(),
        "\\sqrt{999999999989}+".repeat(80) + "1",
        "(".repeat(900) + &")".repeat(900),
        "\\sqrt{".repeat(300) + &"}".repeat(300),
        "1/".repeat(900) + "3",
        "1/(1+".repeat(28) + "x" + &")".repeat(28),
        "\\sqrt[64]{2}".repeat(100),
        (0..64).map(|n| format!("(x+{n})^9")).collect::<Vec<_>>().join(","),
        (0..64).rev().map(|n| format!("(x+{n})^9")).collect::<Vec<_>>().join(","),
        "x".repeat(1_000_000),
        "{".repeat(1_000_000),
        "\\pm".repeat(600),
        "2^".repeat(600) + "2",
        "-".repeat(1_900) + "2",
        "|".repeat(1_900),
        "\\sin".repeat(400),
        "x=y=z=(".repeat(60) + "1" + &")".repeat(60),
        "\\{x\\in".repeat(150) + "1" + &":x>1\\}".repeat(150),
        nested_sets(8, 1),
        nested_sets(8, 2),
        "x>1,".repeat(400) + "x>2",
        (0..60).map(|n| format!("({n},{})", n + 2)).collect::<Vec<_>>().join("\\cup"),
        "A(".repeat(400) + "1" + &")".repeat(400),
        "(1,2)^T".repeat(200),
        "\\text{ m/s}".repeat(150),
    ]
}

#[test]
fn hostile_answers_end_quickly() {
    let answers: Vec<Answer> = hostile_texts().iter().map(|text| Answer::parse(text)).collect();
    for a in &answers {
        for b in &answers {
            let start = std::time::Instant::now();
            let verdict = equivalent(a, b);
            let took = start.elapsed();
            assert!(took.as_millis() < 2_000, "{took:?} for {:.40} and {:.40}", a.text(), b.text());
            assert_eq!(verdict, equivalent(b, a));
            assert!(a.text() != b.text() || verdict == Verdict::Equal);
        }
    }
}

/// Verdicts and reasons are the same on any thread, and a small stack suffices, even in a build without optimisation.
#[test]
fn hostile_answers_are_decided_alike_on_small_threads() {
    const STACK: usize = 2 << 20;
    let decide = || -> Vec<Decision> {
        let answers: Vec<Answer> = hostile_texts().iter().map(|text| Answer::parse(text)).collect();
        let next = answers.iter().cycle().skip(1);
        answers.iter().zip(next).map(|(gold, answer)| grade(gold, answer, &Policy::default())).collect()
    };
    let threads: Vec<_> =
        (0..3).map(|_| std::thread::Builder::new().stack_size(STACK).spawn(decide).expect("a thread")).collect();
    let here = decide();
    for thread in threads {
        assert_eq!(thread.join().expect("no overflow and no panic"), here);
    }
}

/// Sets of two sets of two sets …
fn nested_sets(depth: u32, first: u32) -> String {
    match depth {
        0 => first.to_string(),
        _ => format!("\\{{{},{}\\}}", nested_sets(depth - 1, first), nested_sets(depth - 1, first + 1)),
    }
}

/// Texts that are made of what answers are made of, right and wrong.
fn answer_like() -> impl Strategy<Value = String> {
    let pieces = vec![
        "1",
        "2",
        "0",
        "1,234",
        ".5",
        "x",
        "y",
        "i",
        "e",
        "+",
        "-",
        "*",
        "/",
        "^",
        "_",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "\\{",
        "\\}",
        ",",
        "=",
        "<",
        "\\le",
        "\\frac",
        "\\frac{1}{2}",
        "\\sqrt",
        "\\sqrt[3]",
        "\\pi",
        "\\infty",
        "\\cup",
        "\\in",
        "\\pm",
        "\\text{ cm}",
        "\\%",
        "^\\circ",
        "\\sin",
        "\\log_2",
        "|",
        "!",
        " ",
        "\\left",
        "or",
        "east",
        "A",
        "\\begin{pmatrix}",
        "\\end{pmatrix}",
        "&",
        "\\\\",
        "é",
        "\\mathbb{R}",
        "\\setminus",
        "\\ne",
        ">",
        ":",
        "\\mid",
        " to ",
        "twenty",
        "-one",
        "\\$",
        "PM",
        "May ",
        "_6",
        "x=",
        "y=1",
        "and",
        "(1,2)",
        "[0,3)",
        "\\langle",
        "\\rangle",
        "\\begin{cases}",
        "\\end{cases}",
        "\\text{ m}",
        "\\pmod 7",
        "\\mathbf{j}",
        "^T",
        "²",
        "\\",
        "$",
    ];
    prop::collection::vec(prop::sample::select(pieces), 0..14).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn reflexive_and_symmetric(a in answer_like(), b in answer_like()) {
        let (a, b) = (Answer::parse(&a), Answer::parse(&b));
        prop_assert_eq!(equivalent(&a, &Answer::parse(a.text())), Verdict::Equal);
        prop_assert_eq!(equivalent(&a, &b), equivalent(&b, &a));
    }

    #[test]
    fn reading_again_changes_nothing(text in answer_like()) {
        let once = Answer::parse(&text);
        let twice = Answer::parse(once.text());
        prop_assert_eq!(once.text(), twice.text());
        prop_assert_eq!(once.is_understood(), twice.is_understood());
    }

    #[test]
    fn arbitrary_text_is_read(text in "\\PC{0,60}") {
        let answer = Answer::parse(&text);
        prop_assert_eq!(equivalent(&answer, &answer.clone()), Verdict::Equal);
    }

    #[test]
    fn fractions_are_exact(a in -500i64..500, b in 1i64..500, c in -500i64..500, d in 1i64..500) {
        let expected = if a * d == c * b { Verdict::Equal } else { Verdict::Different };
        prop_assert_eq!(verdict_of(&format!("\\frac{{{a}}}{{{b}}}"), &format!("{c}/{d}")), expected);
        prop_assert_eq!(verdict_of(&format!("{a}/{b}"), &format!("\\dfrac{{{}}}{{{}}}", a * c.abs().max(1), b * c.abs().max(1))),
            Verdict::Equal);
    }

    #[test]
    fn products_of_linear_factors_expand(a in -20i64..20, b in -20i64..20, c in -20i64..20) {
        let factored = format!("({a}x+{b})(x+{c}y)").replace("+-", "-");
        let expanded = format!("{a}x^2+{b}x+{}xy+{}y", a * c, b * c).replace("+-", "-");
        prop_assert_eq!(verdict_of(&factored, &expanded), Verdict::Equal);
        prop_assert_eq!(verdict_of(&factored, &format!("{expanded}+1")), Verdict::Different);
    }

    #[test]
    fn radicals_are_exact(a in 1u64..2_000, b in 1u64..2_000) {
        prop_assert_eq!(verdict_of(&format!("\\sqrt{{{a}}}\\sqrt{{{b}}}"), &format!("\\sqrt{{{}}}", a * b)), Verdict::Equal);
        let expected = if a == b { Verdict::Equal } else { Verdict::Different };
        prop_assert_eq!(verdict_of(&format!("1+\\sqrt{{{a}}}"), &format!("1+\\sqrt{{{b}}}")), expected);
    }

    #[test]
    fn a_boxed_answer_comes_back(text in "[0-9a-z+ ()/^-]{1,20}") {
        prop_assume!(!text.trim().is_empty());
        let found = extract(&format!("Therefore $\\boxed{{{text}}}$."));
        prop_assert_eq!(found.map(|answer| equivalent(&answer, &Answer::parse(&text))), Some(Verdict::Equal));
    }
}
