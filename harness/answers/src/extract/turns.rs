//! Where a completion's own turn ends: at a token of a chat template, at the next turn, at the next question.
//!
//! Base models go on with another question of their own; its answer is not theirs to this one.

use super::scan::count;

/// Tokens that end a turn or begin the next, without their brackets.
const ENDS: [&str; 13] = [
    "im_start",
    "im_end",
    "endoftext",
    "end_of_text",
    "eot_id",
    "eom_id",
    "end",
    "return",
    "user",
    "system",
    "start_header_id",
    "end_of_solution",
    "END_RESPONSE",
];
/// The same for tokens written otherwise.
const OTHER_ENDS: [&str; 5] = ["</s>", "<end_of_turn>", "<start_of_turn>user", "[INST]", "<｜end▁of▁sentence｜>"];
/// What follows an end where the same turn goes on.
const SAME_TURN: [&str; 4] = ["<|start|>assistant", "<|im_start|>assistant", "<|channel|>", "<|message|>"];
/// Starts of a line of the next turn.
const SPEAKERS: [&str; 4] = ["Human:", "User:", "### Human", "### User"];
/// Starts of a line of the next question; a number may stand before the colon.
const QUESTIONS: [&str; 5] = ["Q", "Question", "Problem", "Exercise", "### Question"];
/// Longest mark, with its number.
const LONGEST: usize = 24;
/// Marks that are read.
const MOST_TRIED: usize = 64;
/// Signs that may begin one, looked at from the start of a text before the search is given up.
const MOST_LOOKED: usize = 20_000;

/// The text up to the end of its own turn. `is_answered` says whether a text has an answer: only what does ends at the next
/// question, for a completion may begin by repeating its own, or take one apart into several.
pub(super) fn own(text: &str, is_answered: impl Fn(&str) -> bool) -> &str {
    let text = up_to_token(text);
    next_question(text, is_answered).map_or(text, |at| &text[..at])
}

fn up_to_token(text: &str) -> &str {
    let start = text.len() - text.trim_start().len();
    let mut end = text.len();
    for at in memchr::memmem::find_iter(text.as_bytes(), b"<|").take(MOST_TRIED) {
        count(LONGEST);
        let rest = &text[at + 2..];
        let is_end = ENDS.iter().any(|name| rest.strip_prefix(name).is_some_and(|rest| rest.starts_with("|>")));
        if is_end && at > start && !goes_on(&rest[rest.find("|>").map_or(0, |at| at + 2)..]) {
            end = at;
            break;
        }
    }
    let has_bracket = memchr::memchr(b'<', text.as_bytes()).is_some();
    for mark in OTHER_ENDS.iter().filter(|mark| has_bracket || mark.starts_with('[')) {
        let at = memchr::memmem::find(&text.as_bytes()[..end], mark.as_bytes());
        end = at.filter(|at| *at > start).unwrap_or(end);
    }
    &text[..end]
}

/// Whether the same turn goes on behind a token.
fn goes_on(rest: &str) -> bool {
    let rest = rest.trim_start();
    SAME_TURN.iter().any(|mark| rest.starts_with(mark))
}

fn next_question(text: &str, is_answered: impl Fn(&str) -> bool) -> Option<usize> {
    let bytes = text.as_bytes();
    let lines = memchr::memchr_iter(b'\n', bytes).take(MOST_LOOKED).inspect(|_| count(1)).map(|at| at + 1);
    let may_begin = |at: &usize| matches!(bytes.get(*at), Some(b'Q' | b'H' | b'U' | b'P' | b'E' | b'#'));
    let marks: Vec<usize> = lines.filter(may_begin).filter(|at| mark(text, *at).is_some()).take(MOST_TRIED).collect();
    let first = *marks.first()?;
    // Questions that are numbered from the start are steps of one.
    let begins_with_step = mark(text, 0).is_some()
        && text.lines().next().is_some_and(|line| {
            line.split(':').next().is_some_and(|name| name.ends_with(|c: char| c.is_ascii_digit()))
        });
    if begins_with_step {
        return None;
    }
    if let Some(speaker) = marks.iter().find(|at| mark(text, **at) == Some(true)) {
        let is_first = *speaker == first;
        if is_first && !text[..first].trim().is_empty() {
            return Some(first);
        }
    }
    is_answered(&text[..first]).then_some(first)
}

/// Whether a line begins with a speaker (`true`) or a question.
fn mark(text: &str, at: usize) -> Option<bool> {
    let line = super::scan::first_bytes(&text[at..], LONGEST);
    if SPEAKERS.iter().any(|speaker| line.starts_with(speaker)) {
        return Some(true);
    }
    let is_question = QUESTIONS.iter().any(|question| {
        line.strip_prefix(question).is_some_and(|rest| {
            let rest = rest.trim_start_matches([' ', '#', '.']).trim_start_matches(|c: char| c.is_ascii_digit());
            rest.trim_start().starts_with(':') || question.len() > 1 && rest.starts_with('\n')
        })
    });
    is_question.then_some(false)
}
