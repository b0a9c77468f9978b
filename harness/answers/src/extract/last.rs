//! The last expression or number of a text that announces no answer: a guess, and taken from a finished text only.
//!
//! It is taken whole, with its sign, its power and what else belongs to it. Where words make mathematics of it, all that the
//! sentence says is the answer, understood or not, and never the number alone.

use super::clause::sentence;
use super::ending::{is_cut, last_paragraph};
use super::formula::{last_formula, says_something};
use super::number::last_number;
use super::prose::{self, Run};
use super::scan::{clean, last_bytes, last_line};
use super::{Extraction, ExtractionRule};
use crate::Answer;

/// Longest sentence that is read, in bytes.
const LONGEST: usize = 500;
/// Sentences without a number of their own that are passed over.
const MOST_TRIED: usize = 8;
/// Longest answer that is taken as text where it is not understood.
const LONGEST_TEXT: usize = 200;

/// What a sentence says of something, in order of how surely it does.
const VERBS: &str = "is are was were equals equal becomes become gives give be needs need costs cost makes make leaves leave \
                     earns earn get gets have has remains total pays spends takes yields so thus therefore hence";

/// The last expression or number. With `guess` it is taken from an unfinished text, too.
pub(super) fn last(text: &str, is_marked_as_finished: bool, guess: bool) -> Option<Extraction> {
    let is_finished = guess || is_marked_as_finished;
    if !is_finished && is_cut(text) {
        return None;
    }
    let number = last_number(text);
    let number_end = number.map_or(0, |(_, end)| end);
    let (found, end) = match last_formula(text, number_end) {
        Some((answer, end)) => (Extraction { answer, rule: ExtractionRule::LastExpression }, end),
        None => in_sentences(text)?,
    };
    (is_finished || is_of_finished_sentence(text, end)).then_some(found)
}

/// Whether what ends at `end` stands in a sentence that is over, or in the last one. A text that goes on after it and stops
/// within a later sentence was cut off before it came to its answer.
fn is_of_finished_sentence(text: &str, end: usize) -> bool {
    let rest = &text[end..];
    !text.ends_with(|c: char| c.is_alphanumeric()) || !rest.contains('\n') && sentence(rest).len() == rest.len()
}

/// The last number or expression outside of formulas, and where it ends.
fn in_sentences(text: &str) -> Option<(Extraction, usize)> {
    let mut rest = text;
    for _ in 0..MOST_TRIED {
        let (number, end) = last_number(rest)?;
        if number.contains(':') {
            return Some((Extraction { answer: Answer::parse(number), rule: ExtractionRule::LastNumber }, end));
        }
        let (start, sentence) = sentence_around(rest, end);
        super::scan::count(end.abs_diff(start) + sentence.len());
        if speaks_of_earlier_answer(sentence) {
            return None;
        }
        let plain = without_calculations(sentence);
        if let Some((answer, rule, length)) = of_sentence(&plain, ends_late(text, sentence)) {
            let length = if plain.len() < sentence.len() { sentence.len() } else { length };
            return Some((Extraction { answer, rule }, start + length));
        }
        // The mark of a list, an ordinal.
        rest = &rest[..start.min(end - number.len())];
    }
    None
}

/// The sentence that holds `at`, without the mark of a list, and where it starts.
fn sentence_around(text: &str, at: usize) -> (usize, &str) {
    let window_start = at - last_bytes(&text[..at], LONGEST).len();
    let line_start = text[window_start..at].rfind('\n').map_or(window_start, |start| window_start + start + 1);
    let behind = super::scan::first_bytes(&text[at..], LONGEST);
    let line_end = at + behind.find('\n').unwrap_or(behind.len());
    let line = &text[line_start..line_end];
    let item = super::surface::list_item(line).unwrap_or(line);
    let mut start = item.as_ptr().addr() - text.as_ptr().addr();
    loop {
        let first = sentence(&text[start..line_end]);
        let end = start + first.len();
        if end >= at || end + 1 >= line_end {
            let end = (start + super::scan::first_bytes(first, LONGEST).len()).max(at);
            return (start, &text[start..end.min(line_end).max(start)]);
        }
        start = text.ceil_char_boundary(end + 1);
        if start >= at {
            return (start.min(at), &text[start.min(at)..at]);
        }
    }
}

/// Without the calculator's notes of GSM8K: `$<<9*2=18>>18`.
fn without_calculations(sentence: &str) -> std::borrow::Cow<'_, str> {
    if !sentence.contains("<<") {
        return sentence.into();
    }
    let mut plain = String::with_capacity(sentence.len());
    let mut rest = sentence;
    while let Some(at) = rest.find("<<") {
        let Some(end) = rest[at..].find(">>") else { break };
        plain.push_str(&rest[..at]);
        rest = &rest[at + end + 2..];
    }
    plain.push_str(rest);
    plain.into()
}

/// "The original answer of 23 is incorrect" gives no answer of its own.
pub(super) fn speaks_of_earlier_answer(sentence: &str) -> bool {
    const EARLIER: &str = "original previous earlier initial former old prior proposed suggested given first";
    let mut before = "";
    sentence.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).any(|word| {
        let is_answer = ["answer", "solution", "result"].iter().any(|known| word.eq_ignore_ascii_case(known));
        let is_earlier = EARLIER.split_whitespace().any(|known| before.eq_ignore_ascii_case(known));
        before = word;
        is_answer && is_earlier
    })
}

/// What a sentence arrives at, the rule that finds it, and where it ends.
fn of_sentence(sentence: &str, is_last: bool) -> Option<(Answer, ExtractionRule, usize)> {
    let sentence = super::surface::without_pictures(sentence);
    let runs = prose::runs(sentence);
    let last = *runs.last()?;
    let whole = Answer::parse(super::formula::result(clean(sentence)));
    if runs.len() == 1 && whole.is_understood() && clean(sentence) == last.text {
        return Some((found(&last, whole)).with_end(last.end));
    }
    if let Some(side) = last_side(sentence) {
        return Some((side, ExtractionRule::LastExpression, last.end));
    }
    // Several numbers in the last sentence are a list only if nothing else joins them.
    let joined = if is_last { prose::last_joined(sentence, &runs)? } else { last };
    for run in [joined, last] {
        if let Some(answer) = prose::answer(&run) {
            return Some((found(&run, answer)).with_end(run.end));
        }
    }
    let tail = clean(tail(sentence));
    // `$40 + tax`: the letters of the word would look like factors.
    let tail = prose::from_mathematics(tail);
    let is_open = last.text.ends_with(['+', '-', '*', '/', '×', '·', '=']);
    let answer = if is_open { Answer::unread(tail) } else { Answer::parse(super::formula::result(tail)) };
    let is_short = tail.len() <= LONGEST_TEXT && !tail.is_empty();
    is_short.then_some((answer, ExtractionRule::LastExpression, last.end))
}

/// An answer and its rule: a plain number is the last number, anything else an expression.
struct Found(Answer, ExtractionRule);

impl Found {
    fn with_end(self, end: usize) -> (Answer, ExtractionRule, usize) {
        (self.0, self.1, end)
    }
}

fn found(run: &Run<'_>, answer: Answer) -> Found {
    let signed = run.text.strip_prefix(['-', '−', '–']);
    let amount = signed.unwrap_or(run.text);
    let bare = amount.strip_prefix("\\$").or_else(|| amount.strip_prefix('$')).unwrap_or(amount);
    let is_number = bare.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '/' | '%' | ' '));
    match (is_number, signed) {
        (true, None) => Found(Answer::parse(bare), ExtractionRule::LastNumber),
        (true, Some(_)) => Found(Answer::parse(&format!("-{bare}")), ExtractionRule::LastNumber),
        (false, _) => Found(answer, ExtractionRule::LastExpression),
    }
}

/// Whether a part of a text lies in its last sentence.
fn ends_late(text: &str, sentence: &str) -> bool {
    let end = sentence.as_ptr().addr() + sentence.len() - text.as_ptr().addr();
    text.len() - end.min(text.len()) <= last_sentence(text).len()
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

/// What follows the last equals sign of a sentence, if no more than a unit is said behind it.
fn last_side(sentence: &str) -> Option<Answer> {
    let (before, side) = sentence.rsplit_once('=')?;
    // `x = 5, y = 7` is no chain.
    if before.contains('=') && before.contains([',', ';']) || before.ends_with(['<', '>', '!', ':']) {
        return None;
    }
    let side = clean(side);
    let words = side.split_whitespace().filter(|word| !prose::is_formula_word(word)).count();
    if words > 1 || side.contains(['<', '>']) {
        return None;
    }
    Some(Answer::parse(side)).filter(|answer| answer.is_understood() && says_something(side))
}

/// What a sentence says behind its verb.
pub(super) fn tail(sentence: &str) -> &str {
    let mut start = 0;
    for word in sentence.split_whitespace() {
        let end = word.as_ptr().addr() - sentence.as_ptr().addr() + word.len();
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        if VERBS.split_whitespace().any(|verb| bare.eq_ignore_ascii_case(verb)) && end < sentence.len() {
            start = end;
        }
    }
    sentence.get(start..).unwrap_or(sentence).trim_start()
}
