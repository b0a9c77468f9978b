//! Numbers and formulas among words: which words they are, and whether they can be taken alone.
//!
//! A sentence is cut into runs of words that can only be a formula, and the words between. A run is taken whole. It is not
//! taken where a word beside it makes mathematics of it (`3 out of 4`, `half of 20`, `between 6 and 9`).

use super::formula::result;
use super::scan::clean;
use crate::Answer;

/// Names that may stand in an expression outside of a formula.
const NAMES: [&str; 12] =
    ["sqrt", "pi", "sin", "cos", "tan", "log", "ln", "exp", "arcsin", "arccos", "arctan", "infinity"];
/// Units that may have a power.
const POWERED: &str = "cm mm km dm ft in yd mi m s";
/// Words before a number that make mathematics of it.
const BEFORE: &str = "not over times plus minus than between root versus under twice double triple half exceeds";
/// Words before "of" that do.
const PARTS: &str = "half third thirds quarter quarters fourth fourths fifth fifths root out percent sum product power square cube \
                     difference quotient log logarithm tenth tenths eighth eighths sixth sixths";
/// Words behind a number that do.
const BEHIND: &str = "over times plus minus out squared cubed factorial pi thirds third fourths fifths sixths sevenths eighths \
                      ninths tenths hundredths halves half divided multiplied modulo mod choose";

/// A run of words of a sentence.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run<'t> {
    /// What it says, without punctuation around it.
    pub(super) text: &'t str,
    /// Whether words beside it make mathematics of it.
    pub(super) is_part: bool,
    /// Where it ends in the sentence.
    pub(super) end: usize,
}

/// A word and where it stands.
#[derive(Debug, Clone, Copy)]
struct Word<'t> {
    start: usize,
    text: &'t str,
}

fn is_among(words: &str, word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    !word.is_empty() && words.split_whitespace().any(|known| word.eq_ignore_ascii_case(known))
}

fn words(sentence: &str) -> Vec<Word<'_>> {
    let start_of = |word: &str| word.as_ptr().addr() - sentence.as_ptr().addr();
    sentence.split_whitespace().map(|text| Word { start: start_of(text), text }).collect()
}

/// The runs of a sentence that hold a number.
pub(super) fn runs(sentence: &str) -> Vec<Run<'_>> {
    let words = words(sentence);
    let mut runs = Vec::new();
    let mut index = 0;
    while index < words.len() {
        if !is_formula_word(words[index].text) {
            index += 1;
            continue;
        }
        let mut last = index;
        while is_formula_word(words.get(last + 1).map_or("", |word| word.text)) && !ends_run(&words, last) {
            last += 1;
        }
        let mut first = index;
        // An article or a pronoun, not a variable.
        while first < last && matches!(words[first].text, "a" | "A" | "I") {
            first += 1;
        }
        let range = words[first].start..words[last].start + words[last].text.len();
        let text = unbracketed(clean(sentence[range.clone()].trim_matches('_')));
        // A box that was cut off.
        let text = text.strip_prefix("\\boxed{").filter(|inner| !inner.contains('}')).unwrap_or(text);
        if text.contains(|c: char| c.is_numeric() || matches!(c, 'π' | '∞')) && !is_ordinal(text) {
            runs.push(Run { text, is_part: is_part(&words, first, last), end: range.end });
        }
        index = last + 1;
    }
    runs
}

/// Whether a word ends its run: a comma or a full stop, behind which no other equation begins.
fn ends_run(words: &[Word<'_>], index: usize) -> bool {
    let text = |index: usize| words.get(index).map_or("", |word| word.text);
    let word = text(index);
    let begins_equation = text(index + 1).contains('=') || text(index + 2).starts_with('=');
    let is_open = word.matches('(').count() > word.matches(')').count();
    word.ends_with([',', ';', ':']) && !begins_equation && !is_open || word.ends_with('.') && word.len() > 1
}

/// Without a bracket that has no partner, and without those around all of it.
fn unbracketed(text: &str) -> &str {
    let count = |sign: char| text.matches(sign).count();
    match (count('('), count(')')) {
        (0, 1) => text.trim_end_matches(')'),
        (1, 0) => text.trim_start_matches('('),
        _ => text,
    }
}

/// `3rd`, `21st`: which one, and not how many.
pub(super) fn is_ordinal(text: &str) -> bool {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let ending = &text[digits.len()..];
    ["st", "nd", "rd", "th"].iter().any(|known| ending.eq_ignore_ascii_case(known))
        && !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_part(words: &[Word<'_>], first: usize, last: usize) -> bool {
    let word = |index: usize| words.get(index).map_or("", |word| word.text);
    let before = |steps: usize| first.checked_sub(steps).map_or("", word);
    let behind = word(last + 1);
    let ends_clause = words[last].text.ends_with([',', '.', ';', ':', ')']);
    let is_half = is_among("of", before(1)) && is_among(PARTS, before(2));
    let is_between = is_among("and", before(1)) && words[..first].iter().any(|word| is_among("between", word.text));
    let is_or = is_among("or", before(1)) && is_among("plus", before(2));
    let is_behind = !ends_clause
        && (is_among(BEHIND, behind)
            || is_among("percent % in", behind) && is_among("of", word(last + 2)) && starts_number(word(last + 3))
            || words[last].text.ends_with('%') && is_among("of", behind) && starts_number(word(last + 2))
            || is_among("more less fewer greater", behind) && is_among("than", word(last + 2))
            || is_among("to", behind) && is_among("the", word(last + 2)) && is_among("power", word(last + 3)));
    let is_before = is_among(BEFORE, before(1))
        || is_among("by", before(1)) && is_among("divided multiplied increased decreased raised", before(2))
        || is_among("least most", before(1)) && is_among("at", before(2));
    is_half || is_between || is_or || is_behind || is_before
}

fn starts_number(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '$' | '\\' | '-'))
}

/// Whether a word holds no letters but those of commands, functions, variables and units with a power.
pub(super) fn is_formula_word(word: &str) -> bool {
    if is_powered_unit(word) || is_amount(word) {
        return true;
    }
    let mut rest = word;
    while let Some(at) = rest.find(|c: char| c.is_alphabetic()) {
        let is_command = rest[..at].ends_with('\\');
        rest = &rest[at..];
        let length = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
        if !is_command && rest[..length].chars().count() > 1 && !NAMES.contains(&&rest[..length]) {
            return false;
        }
        rest = &rest[length..];
    }
    let is_mark = |c: char| matches!(c, '*' | '_' | '-' | '–' | '—' | '"' | '#' | '.' | ',');
    !word.is_empty() && (matches!(word, "-" | "*" | "–") || !word.chars().all(is_mark))
}

/// `cm^2`, `m/s²`.
fn is_powered_unit(word: &str) -> bool {
    let word = word.trim_end_matches(['.', ',', ';', '!']);
    let unit = word.trim_end_matches(['²', '³', '2', '3', '^', '{', '}']);
    unit.len() < word.len() && unit.split('/').all(|unit| is_among(POWERED, unit))
}

/// `$18/hour`, `12.5kg`, `1.5e6`, `3rd`: digits and the letters that belong to them.
fn is_amount(word: &str) -> bool {
    let word = word.trim_start_matches(|c: char| {
        matches!(c, '*' | '(' | '"' | '-' | '−' | '–' | '+' | '$' | '€' | '£' | '~' | '≈' | '\\')
    });
    let digits = word.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ','));
    digits.len() < word.len()
        && digits
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '/' | '.' | ',' | '*' | ')' | '!' | '%' | '_' | '"'))
}

/// The last run, with those that are joined to it by a comma, "and" or "or": the list of them.
pub(super) fn last_joined<'t>(sentence: &'t str, runs: &[Run<'t>]) -> Option<Run<'t>> {
    let (last, before) = runs.split_last()?;
    let mut start = last.text.as_ptr().addr() - sentence.as_ptr().addr();
    for run in before.iter().rev() {
        let own = run.text.as_ptr().addr() - sentence.as_ptr().addr();
        let between = sentence
            .get(own + run.text.len()..start)?
            .trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '*' | '$'));
        let is_joined =
            matches!(between, "and" | "or") || between.is_empty() && start < last.end && own + run.text.len() < start;
        if !is_joined || run.is_part {
            break;
        }
        start = own;
    }
    let end = last.text.as_ptr().addr() - sentence.as_ptr().addr() + last.text.len();
    Some(Run { text: sentence.get(start..end)?, ..*last })
}

/// The answer that a run is, if it is understood as a whole.
pub(super) fn answer(run: &Run<'_>) -> Option<Answer> {
    let answer = Answer::parse(result(run.text));
    (!run.is_part && answer.is_understood()).then_some(answer)
}

/// A clause from its first word of mathematics or number on, if that is understood: "left with half of 5" is half of 5.
pub(super) fn from_mathematics(clause: &str) -> &str {
    const FIRST: &str = "square cube cubic log logarithm negative minus at greater less more fewer the a sum product";
    let is_first = |word: &str| {
        is_among(FIRST, word)
            || is_among(BEFORE, word)
            || is_among(PARTS, word)
            || word.contains(|c: char| !c.is_alphabetic())
    };
    let Some(first) = words(clause).into_iter().find(|word| is_first(word.text)) else { return clause };
    let rest = &clause[first.start..];
    if Answer::parse(rest).is_understood() { rest } else { clause }
}

/// What a clause says in words around the formula that stands from `start` to `end`, where words beside it make mathematics
/// of it; `None` where none do.
pub(super) fn said_around(text: &str, start: usize, end: usize) -> Option<&str> {
    const LONGEST: usize = 160;
    let lead = super::scan::last_bytes(&text[..start], LONGEST);
    let lead = &lead[lead.rfind(['\n', '.']).map_or(0, |at| at + 1)..];
    let line = super::scan::first_bytes(&text[end..], LONGEST).split('\n').next().unwrap_or_default();
    let follow = super::clause::sentence(line);
    let mut all = words(lead);
    let place = all.len();
    all.push(Word { start: 0, text: "5" });
    if !follow.starts_with([',', ';', ':', ')']) {
        all.extend(words(follow));
    }
    if !is_part(&all, place, place) {
        return None;
    }
    text.get(start - super::last::tail(lead).len()..end + follow.len())
}
