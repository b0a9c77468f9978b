use num_rational::Ratio;

use super::ledger::{Operand, Operation, Step};
use super::*;

/// Works a story's operations out again, with exact fractions.
fn rework(steps: &[Step]) -> Vec<Ratio<i128>> {
    let mut results: Vec<Ratio<i128>> = Vec::new();
    for step in steps {
        let value = |operand| match operand {
            Operand::Given(value) => Ratio::from_integer(i128::from(value)),
            Operand::Step(index) => results[index],
        };
        let (left, right) = (value(step.left), value(step.right));
        results.push(match step.operation {
            Operation::Add => left + right,
            Operation::Subtract => left - right,
            Operation::Multiply => left * right,
            Operation::Divide => left / right,
        });
    }
    results
}

/// The numbers that a text states: digits, amounts in cents, and words.
fn stated(text: &str) -> Vec<i64> {
    const WORDS: [(&str, i64); 10] = [
        ("half", 2),
        ("Half", 2),
        ("twice", 2),
        ("double", 2),
        ("two of them", 2),
        ("triple", 3),
        ("third", 3),
        ("quarter", 4),
        ("fifth", 5),
        ("once", 1),
    ];
    let mut numbers: Vec<i64> = WORDS.iter().filter(|(word, _)| text.contains(word)).map(|(_, value)| *value).collect();
    for word in text.split_whitespace() {
        let word = word.trim_matches(|letter: char| !letter.is_ascii_digit() && letter != '$');
        match word.strip_prefix('$').map(|amount| amount.split_once('.').unwrap_or((amount, "00"))) {
            Some((whole, cents)) => {
                numbers.push(100 * whole.parse::<i64>().expect("dollars") + cents.parse::<i64>().expect("cents"));
            }
            None => numbers.extend(word.parse::<i64>()),
        }
    }
    numbers
}

fn stories() -> Vec<(u32, Story, Draft)> {
    let mut stories = Vec::new();
    for level in 2..=6 {
        for seed in 0..1500_u32 {
            let dice = super::super::dice(&[b"test", &seed.to_le_bytes()]);
            let place = seed as usize % FAMILIES.len();
            let Some(draft) = draft(level, place, &mut dice.clone()) else { continue };
            let family = FAMILIES[(place + level as usize) % FAMILIES.len()];
            stories.push((level, tell(family, level as usize, dice).expect("the same story"), draft));
        }
    }
    assert!(stories.len() > 2000, "{} stories", stories.len());
    stories
}

#[test]
fn gold_is_what_the_steps_come_to_and_every_step_counts() {
    for (level, story, draft) in stories() {
        let results = rework(&story.ledger.steps);
        assert_eq!(results.len(), level as usize, "{}", draft.text);
        assert!(results.iter().all(|result| result.is_integer() && *result.numer() > 0), "{}", draft.text);
        let gold = match story.unit {
            Unit::Things => draft.gold.parse::<i128>().expect("a whole number"),
            Unit::Cents => {
                let (whole, cents) = draft.gold.split_once('.').unwrap_or((&draft.gold, "00"));
                assert_eq!(cents.len(), 2, "{}", draft.gold);
                100 * whole.parse::<i128>().expect("dollars") + cents.parse::<i128>().expect("cents")
            }
        };
        assert_eq!(Ratio::from_integer(gold), results[results.len() - 1], "{}", draft.text);
        assert_eq!(
            draft.text.contains("How many dollars") || draft.text.contains("how many dollars"),
            story.unit == Unit::Cents,
            "{}",
            draft.text
        );
        for index in 0..results.len() - 1 {
            let used = story.ledger.steps.iter().any(|step| [step.left, step.right].contains(&Operand::Step(index)));
            assert!(used, "step {index} leads nowhere: {}", draft.text);
        }
    }
}

#[test]
fn the_text_states_every_number_that_the_steps_use_and_no_other() {
    for (_, story, draft) in stories() {
        let mut used: Vec<i64> = story
            .ledger
            .steps
            .iter()
            .flat_map(|step| [step.left, step.right])
            .filter_map(|operand| match operand {
                Operand::Given(value) => Some(value),
                Operand::Step(_) => None,
            })
            .collect();
        let mut stated = stated(&draft.text);
        used.sort_unstable();
        used.dedup();
        stated.sort_unstable();
        stated.dedup();
        if draft.text.contains(" are 2 friends who") {
            used.push(2);
            used.sort_unstable();
            used.dedup();
        }
        assert_eq!(stated, used, "{}", draft.text);
    }
}

#[test]
fn stories_read_as_sentences() {
    for (_, story, draft) in stories() {
        let text = &draft.text;
        assert!(text.ends_with('?') && text.matches('?').count() == 1, "{text}");
        assert!(!text.contains("  ") && !text.contains('{') && !text.contains(" 1 "), "{text}");
        for sentence in &story.sentences {
            assert!(sentence.ends_with('.'), "{sentence}");
            assert!(sentence.starts_with(|first: char| first.is_ascii_uppercase()), "{sentence}");
        }
    }
}
