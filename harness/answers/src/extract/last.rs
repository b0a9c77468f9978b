//! The last expression or number of a text that announces no answer: a guess, and taken from a finished text only.

use super::clause::sentence;
use super::ending::{is_cut, last_paragraph};
use super::formula::{last_formula, result, says_something};
use super::number::last_number;
use super::scan::{clean, last_line};
use super::{Extraction, ExtractionRule};
use crate::Answer;

/// Longest last sentence in which an expression without delimiters is looked for, in bytes.
const LONGEST: usize = 500;

/// Names that may stand in an expression outside of a formula.
const NAMES: [&str; 12] =
    ["sqrt", "pi", "sin", "cos", "tan", "log", "ln", "exp", "arcsin", "arccos", "arctan", "infinity"];

/// The last expression or number. With `guess` it is taken from an unfinished text, too.
pub(super) fn last(text: &str, is_marked_as_finished: bool, guess: bool) -> Option<Extraction> {
    let is_finished = guess || is_marked_as_finished;
    if !is_finished && is_cut(text) {
        return None;
    }
    let number = last_number(text);
    let number_end = number.map_or(0, |(_, end)| end);
    let expression = last_formula(text, number_end)
        .or_else(|| Some((in_last_sentence(text).filter(|_| ends_late(text, number_end))?, number_end)));
    let (found, end) = match (expression, number) {
        (Some((answer, end)), _) => (Extraction { answer, rule: ExtractionRule::LastExpression }, end),
        (None, Some((number, end))) => {
            (Extraction { answer: Answer::parse(number), rule: ExtractionRule::LastNumber }, end)
        }
        (None, None) => return None,
    };
    (is_finished || is_of_finished_sentence(text, end)).then_some(found)
}

/// Whether what ends at `end` stands in a sentence that is over, or in the last one. A text that goes on after it and stops
/// within a later sentence was cut off before it came to its answer.
fn is_of_finished_sentence(text: &str, end: usize) -> bool {
    let rest = &text[end..];
    !text.ends_with(|c: char| c.is_alphanumeric()) || !rest.contains('\n') && sentence(rest).len() == rest.len()
}

/// Whether `at` lies in the last sentence.
fn ends_late(text: &str, at: usize) -> bool {
    text.len() - at <= last_sentence(text).len()
}

fn last_sentence(text: &str) -> &str {
    let mut rest = last_line(last_paragraph(text));
    loop {
        let first = sentence(rest);
        match rest.get(first.len() + 1..).filter(|after| !after.trim().is_empty()) {
            Some(after) => rest = after,
            None => return rest,
        }
    }
}

/// An expression without delimiters in the last sentence: what follows its last equals sign, or the words around its last
/// number that can only be a formula.
fn in_last_sentence(text: &str) -> Option<Answer> {
    let sentence = clean(last_sentence(text));
    if sentence.len() > LONGEST {
        return None;
    }
    let understood =
        |text: &str| Some(Answer::parse(text)).filter(|answer| answer.is_understood() && says_something(text));
    if let Some((_, side)) = sentence.rsplit_once('=') {
        let words = side.split_whitespace().filter(|word| !is_formula_word(word)).count();
        return if words > 1 { None } else { understood(clean(side)) };
    }
    let words: Vec<&str> = sentence.split_whitespace().collect();
    let number = words.iter().rposition(|word| word.contains(|c: char| c.is_ascii_digit()))?;
    let mut first = number - words[..number].iter().rev().take_while(|word| is_formula_word(word)).count();
    let last = number + words[number..].iter().take_while(|word| is_formula_word(word)).count();
    // An article, not a variable.
    first += usize::from(words.get(first).is_some_and(|word| matches!(*word, "a" | "A")) && first < number);
    let run = words.get(first..last)?.join(" ");
    let is_formula = run.contains(['\\', '√', '^', '(', '[', '{']);
    understood(result(clean(&run))).filter(|_| is_formula)
}

/// Whether a word holds no letters but those of commands, functions and variables.
fn is_formula_word(word: &str) -> bool {
    let mut rest = word;
    while let Some(at) = rest.find(|c: char| c.is_alphabetic()) {
        let is_command = rest[..at].ends_with('\\');
        rest = &rest[at..];
        let length = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
        if !is_command && length > 1 && !NAMES.contains(&&rest[..length]) {
            return false;
        }
        rest = &rest[length..];
    }
    true
}
