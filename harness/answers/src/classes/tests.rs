//! Classes: by example, and what is promised of them for any answers.

use proptest::prelude::*;

use super::*;
use crate::equivalent;

fn read(texts: &[&str]) -> Vec<Option<Answer>> {
    texts.iter().map(|text| (!text.is_empty()).then(|| Answer::parse(text))).collect()
}

#[test]
fn numbers_classes_by_first_appearance_and_leaves_missing_answers_out() {
    let (ids, representatives) = classes(&read(&["0.5", "", "3", "\\frac12", "3.0", "4", "0.5"]));
    assert_eq!(ids, [Some(0), None, Some(1), Some(0), Some(1), Some(2), Some(0)]);
    assert_eq!(representatives.iter().map(Answer::text).collect::<Vec<_>>(), ["0.5", "3", "4"]);
}

#[test]
fn an_answer_that_leaves_open_what_it_means_joins_no_two_classes() {
    for texts in [["0.5", "50", "50\\%"], ["50", "0.5", "50\\%"], ["50\\%", "50", "0.5"]] {
        let (ids, representatives) = classes(&read(&texts));
        let class_of = |text: &str| texts.iter().position(|known| *known == text).and_then(|at| ids[at]);
        assert_eq!(representatives.len(), 2, "{texts:?}");
        assert_ne!(class_of("50"), class_of("0.5"), "{texts:?}");
        assert_eq!(class_of("50"), class_of("50\\%"), "{texts:?}");
    }
    let (ids, representatives) = classes(&read(&["5\\text{ cm}", "5", "x = 5", "5\\text{ m}"]));
    // Five metres are not five centimetres; the shorter of the two is taken with the bare number.
    assert_eq!(ids, [Some(0), Some(1), Some(1), Some(1)]);
    assert_eq!(representatives[1].text(), "5");
}

#[test]
fn notations_of_one_answer_are_one_class() {
    for group in [
        &["\\frac{1}{2}", "0.5", "\\dfrac12", "1/2", "x = 0.5", "$\\frac{2}{4}$"][..],
        &["(1, \\frac12)", "(1,0.5)", "\\left(1,\\frac{2}{4}\\right)"],
        &["\\frac{1}{\\sqrt2}", "\\frac{\\sqrt{2}}{2}"],
        &["\\{1, 2\\}", "\\{2, 1\\}"],
        &["(x+1)^2", "x^2+2x+1"],
        &["north", "\\text{North}"],
    ] {
        assert_eq!(classes(&read(group)).1.len(), 1, "{group:?}");
    }
    let different = ["(1,2)", "[1,2]", "(2,1)", "\\{1,2\\}", "1", "-1", "x", "north", "\\sqrt{2}", "1.414", "(1,2,3)"];
    assert_eq!(classes(&read(&different)).1.len(), different.len());
}

#[test]
fn what_is_not_understood_is_one_class_for_each_text() {
    let (ids, _) = classes(&read(&["so {", "so {", "or {", "so  {"]));
    assert_eq!(ids, [Some(0), Some(0), Some(1), Some(0)]);
}

#[test]
fn one_key_with_and_without_a_value_is_no_reason_to_merge_or_to_count_the_order() {
    // The last is not understood, and written like the first but for braces.
    let texts = ["0.75", "\\frac34", "0{.}75"];
    let turned: Vec<&str> = texts.iter().rev().copied().collect();
    let (ids, _) = classes(&read(&texts));
    let (mut turned, _) = classes(&read(&turned));
    turned.reverse();
    assert_eq!(ids[0], ids[1]);
    assert_eq!(ids[0] == ids[2], turned[0] == turned[2]);
}

#[test]
fn a_pool_of_enormous_expressions_ends_and_keeps_plain_answers_together() {
    let mut texts: Vec<String> = (0..150).map(|n| format!("\\frac{{(x+y+{n})^5}}{{(x+z+{n})^5}}")).collect();
    texts.extend(["0.5".to_owned(), "\\frac12".to_owned()]);
    let answers: Vec<_> = texts.iter().map(|text| Some(Answer::parse(text))).collect();
    let (ids, _) = classes(&answers);
    assert_eq!(ids[150], ids[151]);
}

#[test]
fn a_vector_joins_no_list_that_is_also_written_in_another_order() {
    for texts in [["\\langle 0,3 \\rangle", "0, 3", "3, 0"], ["3, \\frac{0}{1}", "\\langle 0,3 \\rangle", "0, 3"]] {
        let answers = read(&texts);
        let (ids, _) = classes(&answers);
        for (a, a_class) in answers.iter().flatten().zip(&ids) {
            for (b, b_class) in answers.iter().flatten().zip(&ids) {
                assert!(a_class != b_class || equivalent(a, b) == Verdict::Equal, "{} {}", a.text(), b.text());
            }
        }
    }
}

#[test]
fn no_answers_make_no_classes() {
    assert_eq!(classes(&[]), (vec![], vec![]));
    assert_eq!(classes(&[None, None]), (vec![None, None], vec![]));
}

/// Answers that have something to do with one another.
fn answer() -> impl Strategy<Value = Option<Answer>> {
    let small = 0..4i32;
    prop_oneof![
        4 => small.clone().prop_map(|n| n.to_string()),
        2 => (small.clone(), 1..4i32).prop_map(|(n, d)| format!("\\frac{{{n}}}{{{d}}}")),
        1 => small.clone().prop_map(|n| format!("{n}00\\%")),
        1 => small.clone().prop_map(|n| format!("{n}\\%")),
        1 => small.clone().prop_map(|n| format!("0.0{n}")),
        1 => (small.clone(), "cm|m|mm|apples|pears").prop_map(|(n, unit)| format!("{n}\\text{{ {unit}}}")),
        1 => (small.clone(), "x|y").prop_map(|(n, name)| format!("{name} = {n}")),
        1 => (small.clone(), small.clone(), "\\(|\\[", "\\)|\\]").prop_map(|(a, b, open, close)| format!("{open}{a},{b}{close}")),
        1 => (small.clone(), small.clone()).prop_map(|(a, b)| format!("\\{{{a},{b}\\}}")),
        1 => (small.clone(), small.clone()).prop_map(|(a, b)| format!("\\langle {a},{b} \\rangle")),
        1 => (small.clone(), small.clone()).prop_map(|(a, b)| format!("{a}, {b}")),
        1 => small.clone().prop_map(|n| format!("\\sqrt{{{n}}}")),
        1 => small.clone().prop_map(|n| format!("\\sin {n}")),
        1 => small.prop_map(|n| format!("{n}^\\circ")),
        1 => "A|B|north|\\(B\\)|so \\{|\\$3|\\$1|0\\{\\.\\}0[12]",
        1 => Just(String::new()),
    ]
    .prop_map(|text| (!text.is_empty()).then(|| Answer::parse(&text)))
}

proptest! {
    #[test]
    fn any_two_answers_of_a_class_are_equal(
        answers in prop::collection::vec(answer(), 0..20)
    ) {
        let (ids, representatives) = classes(&answers);
        for (a, a_class) in answers.iter().zip(&ids) {
            let Some(a) = a else {
                prop_assert_eq!(*a_class, None);
                continue;
            };
            let class = a_class.expect("a class") as usize;
            prop_assert_eq!(equivalent(a, &representatives[class]), Verdict::Equal);
            for (b, b_class) in answers.iter().zip(&ids) {
                if let Some(b) = b.as_ref().filter(|_| a_class == b_class) {
                    prop_assert_eq!(equivalent(a, b), Verdict::Equal, "{} {}", a.text(), b.text());
                }
            }
        }
    }

    #[test]
    fn the_order_of_answers_does_not_count(
        (answers, shuffled) in prop::collection::vec(answer(), 0..16).prop_flat_map(|answers| {
            let places: Vec<usize> = (0..answers.len()).collect();
            (Just(answers), Just(places).prop_shuffle())
        })
    ) {
        let (ids, _) = classes(&answers);
        let moved: Vec<Option<Answer>> = shuffled.iter().map(|place| answers[*place].clone()).collect();
        let (moved_ids, _) = classes(&moved);
        for (i, a) in shuffled.iter().enumerate() {
            for (j, b) in shuffled.iter().enumerate() {
                prop_assert_eq!(moved_ids[i] == moved_ids[j], ids[*a] == ids[*b]);
            }
        }
    }

    #[test]
    fn two_answers_share_a_class_only_if_they_are_equal(a in answer(), b in answer()) {
        let (Some(first), Some(second)) = (&a, &b) else { return Ok(()) };
        let is_equal = equivalent(first, second) == Verdict::Equal;
        let (ids, _) = classes(&[a, b]);
        prop_assert_eq!(ids[0] == ids[1], is_equal);
    }
}
