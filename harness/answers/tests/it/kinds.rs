//! Kinds of answers that were misread once, with inputs of each kind: what a text is found and read to be, against its gold
//! answer. A wrong `Equal` is the worst that can happen here, and every row says what is right instead.

mod completions;
mod notation;
mod shown;

use markovscale_answers::{Answer, Policy, ReadAs, Verdict, grade, read, read_gold};

use crate::support::name;

/// What a row expects.
pub(crate) const E: Verdict = Verdict::Equal;
pub(crate) const D: Verdict = Verdict::Different;
pub(crate) const U: Verdict = Verdict::Unknown;

/// Gold answer, answer and verdict.
pub(crate) type Row = (&'static str, &'static str, Verdict);

/// Each kind with its rows.
pub(crate) type Kinds = &'static [(&'static str, &'static [Row])];

/// The verdict on an answer that is read as it is written.
fn as_written(gold: &str, answer: &str) -> Verdict {
    grade(&Answer::parse(gold), &Answer::parse(answer), &Policy::default()).verdict
}

/// The verdict on a text whose answer is looked for; a text without one is different from any.
pub(crate) fn read_as(gold: &str, text: &str, how: ReadAs) -> Verdict {
    let gold = read_gold(gold);
    read(text, how).map_or(D, |found| grade(&gold, &found.answer, &Policy::default()).verdict)
}

/// Every row that comes out otherwise, all kinds at once.
fn check(kinds: Kinds, decided: impl Fn(&str, &str) -> Verdict) {
    let mut wrong = Vec::new();
    for (kind, rows) in kinds {
        assert!(rows.len() >= 5, "{kind}: {} rows", rows.len());
        for (gold, answer, expected) in *rows {
            let found = decided(gold, answer);
            if found != *expected {
                wrong.push(format!("{kind}: {gold} | {answer}: {}, expected {}", name(found), name(*expected)));
            }
        }
    }
    assert!(wrong.is_empty(), "{} rows:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn answers_as_they_are_written() {
    check(notation::KINDS, as_written);
}

#[test]
fn answers_of_completions() {
    check(completions::KINDS, |gold, text| read_as(gold, text, ReadAs::Completion));
}
