//! Phrases that announce an answer, in English.
//!
//! All hold the word "answer": "the answer is …", "the final answer to the question is: …", "**Answer:** …", "Answer = …", a
//! heading "Final answer" with the answer on the next line, `<answer>…</answer>`. The last that is followed by an answer
//! counts; "the answer is correct" and "the answer is not 5" are not.

use super::clause::{self, Said};
use super::json;
use super::scan::{Backwards, ends_with_word, first_bytes, holds, last_bytes, strip_whole_word};
use crate::Answer;

/// Announcements that are read before the search is given up.
const MOST_TRIED: u32 = 32;
/// Words "answer" that are looked at.
const MOST_SEEN: u32 = 2_000;
/// Longest "to the question" between "answer" and "is", and longest start of a heading, in bytes.
const LONGEST_OBJECT: usize = 100;
const LONGEST_LEAD: usize = 40;

const WORD: &str = "answer";
/// The letter of the word that is searched for: the rarest in English.
const RAREST: usize = 3;

/// What joins the word and the answer; longer ones first.
const VERBS: [&str; 16] = [
    "turns out to be",
    "comes out to be",
    "comes out to",
    "would be",
    "will be",
    "should be",
    "must be",
    "has to be",
    "is",
    "are",
    "was",
    "were",
    "equals",
    "becomes",
    "remains",
    "be",
];

/// The answer that the last phrase announces. With `guess` it is taken even where the text was cut off in it.
pub(super) fn last(text: &str, guess: bool) -> Option<Said> {
    // Two fast passes spare a slow one.
    if !holds(text, "nswer") && !holds(text, "NSWER") {
        return None;
    }
    let mut work = Work::default();
    for at in Backwards::new(text, b"wW") {
        let Some(start) = at.checked_sub(RAREST).filter(|start| is_word(text, *start)) else {
            continue;
        };
        if let Some(said) = at_word(text, start, guess, &mut work) {
            return Some(said);
        }
        if work.is_done() {
            break;
        }
    }
    None
}

/// What was spent on announcements that gave no answer.
#[derive(Default)]
struct Work {
    seen: u32,
    read: u32,
}

impl Work {
    fn is_done(&self) -> bool {
        self.seen >= MOST_SEEN || self.read >= MOST_TRIED
    }
}

/// The answer that the word "answer" at `start` announces.
fn at_word(text: &str, start: usize, guess: bool, work: &mut Work) -> Option<Said> {
    work.seen += 1;
    super::scan::count(LONGEST_OBJECT);
    let (before, after) = (&text[..start], &text[start + WORD.len()..]);
    if before.ends_with('<') && after.starts_with('>') {
        work.read += 1;
        if let Some(said) = in_tag(&after[1..], guess) {
            return Some(said);
        }
    }
    if let Some(value) = json::value(after) {
        work.read += 1;
        let answer = Answer::parse(&value);
        return Some(Said { is_whole: answer.is_understood(), answer });
    }
    let rest = announced(before, after).filter(|_| !is_of_another(before))?;
    work.read += 1;
    clause::read(rest, guess)
}

/// Whether the answer is one that is not given here: a condition, an earlier one, one of several kinds.
fn is_of_another(before: &str) -> bool {
    const EARLIER: [&str; 12] = [
        "original",
        "previous",
        "earlier",
        "initial",
        "former",
        "old",
        "prior",
        "proposed",
        "suggested",
        "wrong",
        "incorrect",
        "a",
    ];
    const CONDITIONS: [&str; 9] =
        ["if", "whether", "when", "suppose", "unless", "until", "assuming", "check", "verify"];
    let lead = last_bytes(before, LONGEST_LEAD);
    let mut words = lead.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).rev();
    let is = |word: Option<&str>, known: &[&str]| {
        word.is_some_and(|word| known.iter().any(|k| word.eq_ignore_ascii_case(k)))
    };
    let mut next = words.next();
    while is(next, &["final", "correct", "right"]) {
        next = words.next();
    }
    if is(next, &EARLIER) {
        return true;
    }
    let is_article = is(next, &["the", "my", "your", "our", "this"]);
    let word = if is_article { words.next() } else { next };
    is(word, &CONDITIONS)
}

fn is_word(text: &str, start: usize) -> bool {
    // Two letters rule out nearly every place.
    matches!(text.as_bytes()[start + 2..], [b's' | b'S', _, b'e' | b'E', ..])
        && text.get(start..start + WORD.len()).is_some_and(|word| word.eq_ignore_ascii_case(WORD))
        && !text[..start].ends_with(|c: char| c.is_alphanumeric())
}

/// `5</answer>`, behind the opening tag.
fn in_tag(rest: &str, guess: bool) -> Option<Said> {
    let window = first_bytes(rest, clause::LONGEST);
    match window.find("</") {
        Some(end) => clause::read(&window[..end], true),
        None if guess => clause::read(rest, guess),
        None => None,
    }
}

/// What follows an announcement, given what stands before and after its word "answer".
fn announced<'t>(before: &'t str, after: &'t str) -> Option<&'t str> {
    let space = |c: char| matches!(c, ' ' | '\t' | '*' | '_' | '`' | '"');
    let after = after.strip_prefix(['s', 'S']).unwrap_or(after).trim_start_matches(space);
    let after = without_remark(after).trim_start_matches(space);
    if let Some(rest) = joined(after).or_else(|| on_next_line(after)) {
        return Some(rest);
    }
    let is_final = ends_with_word(without_emphasis(before), "final");
    // "Final Answer - 460": the dash is no sign.
    if let Some(rest) = after.strip_prefix(['-', '–', '—']).filter(|rest| rest.starts_with(' '))
        && (is_final || is_heading(before))
    {
        return Some(rest);
    }
    if is_final && after.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '$' | '\\' | '-' | '(')) {
        return Some(after);
    }
    if after.starts_with(['\n', '\r']) && is_heading(before) {
        return Some(after);
    }
    // "The answer to the question is".
    let object = ["to", "for", "of"].iter().find_map(|word| strip_whole_word(after, word))?.trim_start();
    // Not "the answer to weeks:".
    ["the", "this", "our", "your", "question", "problem", "part"]
        .iter()
        .find(|w| strip_whole_word(object, w).is_some())?;
    let window = first_bytes(object, LONGEST_OBJECT);
    let end = window.find(['.', ',', ';', '?', '!', '\n']).unwrap_or(window.len());
    let mut places = window[..end].match_indices([' ', ':']).map(|(at, _)| at);
    places.find_map(|at| joined(object[at..].trim_start_matches(space)))
}

/// "The answer", a line break, "is 5".
fn on_next_line(after: &str) -> Option<&str> {
    let rest = after.trim_start_matches('\r').strip_prefix('\n')?.trim_start_matches([' ', '\t']);
    VERBS.iter().find_map(|verb| strip_whole_word(rest, verb))
}

/// `(in simplest form)` taken off.
fn without_remark(text: &str) -> &str {
    let Some(rest) = text.strip_prefix('(') else {
        return text;
    };
    let window = first_bytes(rest, LONGEST_OBJECT);
    window.find(')').filter(|end| !window[..*end].contains('\n')).map_or(text, |end| &rest[end + 1..])
}

/// What follows a colon, an equals sign or a verb.
fn joined(text: &str) -> Option<&str> {
    text.strip_prefix([':', '：', '=']).or_else(|| VERBS.iter().find_map(|verb| strip_whole_word(text, verb)))
}

/// The end of a text, without emphasis and spaces.
fn without_emphasis(text: &str) -> &str {
    last_bytes(text, LONGEST_LEAD).trim_end_matches([' ', '*', '_', '#'])
}

/// Whether nothing else than "The final answer" stands on the line, up to that word.
fn is_heading(before: &str) -> bool {
    let lead = last_bytes(before, LONGEST_LEAD);
    let Some(start) = lead.rfind('\n').map(|at| at + 1).or((lead.len() == before.len()).then_some(0)) else {
        return false;
    };
    lead[start..]
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .all(|word| ["the", "final", "correct", "my"].iter().any(|known| word.eq_ignore_ascii_case(known)))
}
