use std::collections::{HashMap, HashSet};

use super::*;

/// Works a line like `3*6=18` out; `None` for one that brings a fraction to lowest terms.
fn holds(line: &str) -> Option<bool> {
    let (left, right) = line.split_once('=').expect("a line has two sides");
    let result: i64 = right.parse().ok()?;
    let at = 1 + left[1..].find(['+', '-', '*', '/']).expect("a line has an operation");
    let (a, b) = (left[..at].parse::<i64>().expect("a number"), left[at + 1..].trim_matches(['(', ')']));
    let b: i64 = b.parse().expect("a number");
    Some(match &left[at..=at] {
        "+" => a + b == result,
        "-" => a - b == result,
        "*" => a * b == result,
        _ => a == b * result,
    })
}

#[test]
fn questions_of_one_split_are_in_no_other_by_recipe_or_by_text() {
    let mut seen: HashMap<(Family, String), Split> = HashMap::new();
    let mut texts: HashMap<String, Split> = HashMap::new();
    let mut enter = |question: Question, split: Split| {
        assert_eq!(*texts.entry(question.text.clone()).or_insert(split), split, "{}", question.text);
        let place = seen.entry((question.family, question.recipe.clone())).or_insert(split);
        assert_eq!(*place, split, "{} {}", question.family.name(), question.recipe);
    };
    for split in Split::ALL {
        for family in Family::ALL {
            questions(family, split, 60).into_iter().for_each(|question| enter(question, split));
        }
        for number in 0..20_000 {
            enter(lesson(split, number).question, split);
        }
    }
    assert!(seen.len() > 20_000);
}

#[test]
fn the_split_hangs_on_the_recipe_alone_and_not_on_names_or_wording() {
    let mut wordings: HashMap<(Family, String), HashSet<String>> = HashMap::new();
    for number in 0..20_000 {
        let question = lesson(Split::Train, number).question;
        assert_eq!(Split::of(question.family, &question.recipe), Split::Train);
        wordings.entry((question.family, question.recipe)).or_default().insert(question.text);
    }
    // Each family does put some recipes into several wordings, so the test above has something to find.
    for family in Family::ALL {
        assert!(wordings.iter().any(|((of, _), texts)| *of == family && texts.len() > 1), "{}", family.name());
    }
}

#[test]
fn every_set_is_whole_and_has_no_recipe_twice() {
    for split in Split::ALL {
        for family in Family::ALL {
            let set = questions(family, split, 100);
            for level in 1..=LEVELS {
                let of_level = set.iter().filter(|question| question.level == level).count();
                assert_eq!(of_level, 100, "{} {} level {level}", family.name(), split.name());
            }
            let recipes: HashSet<&str> = set.iter().map(|question| &*question.recipe).collect();
            assert_eq!(recipes.len(), set.len(), "{} {}", family.name(), split.name());
        }
    }
}

#[test]
fn a_smaller_set_is_part_of_a_larger_one() {
    let large: HashSet<String> = questions(Family::Stories, Split::Test, 20).into_iter().map(|q| q.text).collect();
    let small = questions(Family::Stories, Split::Test, 5);
    assert!(small.iter().all(|question| large.contains(&question.text)));
}

#[test]
fn every_line_of_a_solution_holds_and_the_last_says_the_answer() {
    for family in Family::ALL {
        for question in questions(family, Split::Train, 100) {
            let mut lines = 0;
            for line in &question.steps {
                assert!(holds(line).unwrap_or(true), "{}: {line}", question.text);
                lines += usize::from(holds(line).is_some());
            }
            assert!(lines > 0 || question.steps.is_empty());
            // A remainder of a number below its divisor has no step at all; a fraction may be in lowest terms already.
            if let Some(last) = question.steps.last().filter(|_| !question.answer.contains('/')) {
                assert!(last.ends_with(&format!("={}", question.answer)), "{}: {last}", question.text);
            }
        }
    }
}

#[test]
fn answers_agree_with_another_way_to_get_them() {
    // Equations: the answer put in for the unknown makes both sides equal.
    for question in questions(Family::Equations, Split::Test, 40) {
        let x: i64 = question.answer.parse().unwrap();
        let (left, right) = question.recipe.split_once('=').unwrap();
        assert_eq!(evaluate(left, x), evaluate(right, x), "{}", question.text);
    }
    for question in questions(Family::Expressions, Split::Test, 40) {
        assert_eq!(evaluate(&question.recipe, 0).to_string(), question.answer, "{}", question.text);
    }
    for question in questions(Family::Remainders, Split::Test, 40) {
        let (number, divisor) = question.recipe.split_once(" mod ").unwrap();
        let number = match number.split_once('^') {
            Some((base, power)) => base.parse::<i64>().unwrap().pow(power.parse().unwrap()),
            None => evaluate(number, 0),
        };
        assert_eq!((number % divisor.parse::<i64>().unwrap()).to_string(), question.answer, "{}", question.text);
    }
    for question in questions(Family::Fractions, Split::Test, 40) {
        let numbers: Vec<f64> =
            question.recipe.split(['(', ')', '/', '*', '+', '-']).filter_map(|part| part.parse().ok()).collect();
        let (a, b) = (numbers[0] / numbers[1], numbers[2] / numbers[3]);
        let expected = match question.level {
            3 => a * b,
            5 => a / b + numbers[4] / numbers[5],
            _ if question.recipe.contains(")-(") => a - b,
            _ => a + b,
        };
        let (over, under) = question.answer.split_once('/').unwrap_or((&question.answer, "1"));
        let (over, under): (i64, i64) = (over.parse().unwrap(), under.parse().unwrap());
        assert!((over as f64 / under as f64 - expected).abs() < 1e-9, "{}", question.text);
        assert!((2..=under).all(|divisor| over % divisor != 0 || under % divisor != 0), "{}", question.text);
    }
}

/// The value of an expression of whole numbers, `x`, sums, products and brackets, read from left to right.
fn evaluate(text: &str, x: i64) -> i64 {
    fn sum(rest: &mut &[u8], x: i64) -> i64 {
        let mut total = product(rest, x);
        while let Some((sign @ (b'+' | b'-'), after)) = rest.split_first() {
            *rest = after;
            let term = product(rest, x);
            total += if *sign == b'+' { term } else { -term };
        }
        total
    }
    fn product(rest: &mut &[u8], x: i64) -> i64 {
        let mut total = factor(rest, x);
        loop {
            match rest.first() {
                Some(b'*') => {
                    *rest = &rest[1..];
                    total *= factor(rest, x);
                }
                // 3x and 3(x+1)
                Some(b'x' | b'(') => total *= factor(rest, x),
                _ => return total,
            }
        }
    }
    fn factor(rest: &mut &[u8], x: i64) -> i64 {
        if rest.first() == Some(&b'x') {
            *rest = &rest[1..];
            return x;
        }
        if rest.first() == Some(&b'(') {
            *rest = &rest[1..];
            let inside = sum(rest, x);
            *rest = &rest[1..];
            return inside;
        }
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (number, after) = rest.split_at(digits);
        *rest = after;
        std::str::from_utf8(number).unwrap().parse().unwrap()
    }
    let mut rest = text.as_bytes();
    let value = sum(&mut rest, x);
    assert!(rest.is_empty(), "{text}");
    value
}

#[test]
fn harder_levels_take_more_steps() {
    for family in Family::ALL {
        let set = questions(family, Split::Train, 100);
        let steps = |level| set.iter().filter(|q| q.level == level).map(|q| q.steps.len()).sum::<usize>();
        assert!(steps(5) > 2 * steps(1), "{}", family.name());
    }
}

#[test]
fn lessons_show_no_answer_or_a_right_or_a_wrong_one_in_the_stated_shares() {
    let mut modes: HashMap<&str, usize> = HashMap::new();
    for number in 0..10_000 {
        let lesson = lesson(Split::Train, number);
        *modes.entry(lesson.mode.name()).or_default() += 1;
        let answer = &lesson.question.answer;
        let earlier = lesson.prompt.strip_prefix(&lesson.question.text).unwrap();
        match lesson.mode {
            Mode::Answer => assert_eq!(earlier, ""),
            Mode::ReAnswerRight => assert_eq!(earlier, format!("\nEarlier answer: {answer}")),
            Mode::ReAnswerWrong => {
                let shown = earlier.strip_prefix("\nEarlier answer: ").unwrap();
                assert_ne!(shown, answer);
            }
        }
        assert!(lesson.completion.ends_with(&format!("\\boxed{{{answer}}}")), "{}", lesson.completion);
    }
    let share = |mode: Mode| modes[mode.name()] as f64 / 10_000.0;
    assert!((share(Mode::Answer) - 0.6).abs() < 0.02);
    assert!((share(Mode::ReAnswerRight) - 0.16).abs() < 0.02);
    assert!((share(Mode::ReAnswerWrong) - 0.24).abs() < 0.02);
}

#[test]
fn sets_and_lessons_stay_the_same_for_ever() {
    // Another digest means other questions under the same name: raise VERSION with it.
    let mut all = Sha256::new();
    for split in Split::ALL {
        for family in Family::ALL {
            for question in questions(family, split, 20) {
                all.update(format!("{} {} {}\n", question.text, question.steps.join(" "), question.answer));
            }
        }
        for number in 0..1000 {
            let lesson = lesson(split, number);
            all.update(format!("{}\n{}\n", lesson.prompt, lesson.completion));
        }
    }
    let digest: String = all.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(digest, "86cf4add2b1f8d30");
}
