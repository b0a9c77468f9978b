//! Reading the answer from the words that follow an announcement.

use super::ending;
use super::formula::{leading_formula, opens_formula, result};
use super::number::numbers;
use super::scan::{clean, first_bytes, strip_whole_word};
use crate::Answer;

/// How much is looked at after an announcement.
pub(super) const LONGEST: usize = 2_000;
/// Longest answer that is taken as text where it is not understood.
const LONGEST_TEXT: usize = 200;
/// Most words of an answer that is nothing but words.
const MOST_WORDS: usize = 6;

/// Words between an announcement and the answer.
const FILLERS: [&str; 26] = [
    "therefore",
    "thus",
    "then",
    "indeed",
    "simply",
    "just",
    "also",
    "again",
    "still",
    "now",
    "hence",
    "exactly",
    "approximately",
    "about",
    "roughly",
    "equal to",
    "given by",
    "as follows",
    "the following",
    "option",
    "choice",
    "letter",
    "actually",
    "really",
    "that",
    "clearly",
];

/// First words of what is said about an answer without giving it.
const ABOUT: [&str; 34] = [
    "not",
    "correct",
    "right",
    "wrong",
    "incorrect",
    "clear",
    "unique",
    "known",
    "reasonable",
    "consistent",
    "verified",
    "in",
    "as",
    "whether",
    "what",
    "where",
    "when",
    "likely",
    "probably",
    "obvious",
    "supposed",
    "expected",
    "required",
    "needed",
    "to",
    "because",
    "based",
    "obtained",
    "found",
    "confirmed",
    "going",
    "being",
    "simple",
    "unclear",
];

/// Where an explanation surely starts.
const REASONS: [&str; 6] = [" because", " since ", " as ", " so ", " which", " where "];
/// Where one may start: a list or a condition may go on there, too.
const CUES: [&str; 11] = [" when ", " for ", " if ", " by ", " after ", ", ", " (", " – ", " — ", " - ", ": "];

/// The answer at the start of what follows an announcement. With `guess` it is taken even where the text was cut off in it.
pub(super) fn read(rest: &str, guess: bool) -> Option<Answer> {
    let (rest, is_that) = without_fillers(rest);
    let window = first_bytes(rest, LONGEST);
    match leading_formula(window) {
        Some((content, end)) => {
            let after = window[end..].trim_start_matches(['*', '_', ' ']);
            let is_alone = after.is_empty() || after.starts_with(['\n', '.', ',', ';', '!', ')']);
            if is_alone && !goes_on_as_list(after) {
                return Some(Answer::parse(result(content)));
            }
        }
        // A formula that is set apart and never ends.
        None if !guess && ["$$", "\\[", "\\("].iter().any(|open| window.starts_with(open)) => return None,
        None => {}
    }
    let line = window.split('\n').next().unwrap_or_default();
    let is_last = sentence(line).len() == line.len() && rest[line.len()..].trim_start().is_empty();
    if !guess && is_last && ending::is_cut(line) {
        return None;
    }
    // What a box with nothing in it follows was the answer.
    let line = up_to_any(line, &["\\boxed", "\\fbox"]).unwrap_or(line);
    if is_that && let Some(number) = in_prose(sentence(line)) {
        return Some(Answer::parse(number));
    }
    emphasised(line)
        .map(|text| Answer::parse(result(text)))
        .filter(Answer::is_understood)
        .or_else(|| in_sentence(clean(sentence(line))))
}

/// Without the colons, emphasis and small words that lead to an answer, and whether the last of these was "that".
fn without_fillers(text: &str) -> (&str, bool) {
    let around = |c: char| c.is_whitespace() || matches!(c, ':' | '：' | ',' | '*' | '_' | '`' | '"' | '“' | '>');
    let mut rest = text.trim_start_matches(around);
    let mut is_that = false;
    while let Some((word, after)) = FILLERS.iter().find_map(|word| Some((word, strip_whole_word(rest, word)?))) {
        is_that = *word == "that";
        rest = after.trim_start_matches(around);
    }
    (rest, is_that)
}

/// What `**…**` emphasises at the start of a line; the opening mark is gone already.
fn emphasised(line: &str) -> Option<&str> {
    let end = line.find("**")?;
    let text = clean(sentence(&line[..end]));
    (!line[..end].ends_with(' ') && !text.is_empty()).then_some(text)
}

/// Whether another formula follows after a comma, "and" or "or".
fn goes_on_as_list(after: &str) -> bool {
    let rest = after.trim_start_matches([',', ';']).trim_start();
    let rest = ["and", "or"].iter().find_map(|word| strip_whole_word(rest, word)).unwrap_or(rest);
    rest.len() < after.len() && opens_formula(rest.trim_start())
}

/// A line up to the end of its first sentence.
pub(super) fn sentence(line: &str) -> &str {
    let ends = |&(at, mark): &(usize, &str)| {
        let rest = &line[at + 1..];
        let next = rest.trim_start();
        // `5! = 120` goes on.
        rest.is_empty() || rest.len() > next.len() && (mark != "!" || next.starts_with(char::is_uppercase))
    };
    line.match_indices(['.', '!', '?']).find(ends).map_or(line, |(at, _)| &line[..at])
}

/// The answer in the sentence that announces it, cleaned.
fn in_sentence(sentence: &str) -> Option<Answer> {
    // "5 because …": the number is the answer, the prose is not.
    let sentence = without_remark(up_to_any(sentence, &REASONS).map_or(sentence, clean));
    let first = sentence.split(' ').next().unwrap_or_default();
    if sentence.is_empty() || ABOUT.iter().any(|word| word.eq_ignore_ascii_case(first)) {
        return None;
    }
    if let Some(letter) = lettered(sentence) {
        return Some(Answer::parse(letter));
    }
    if is_words(sentence) {
        return words(sentence);
    }
    let whole = Answer::parse(result(sentence));
    if whole.is_understood() {
        return Some(whole);
    }
    if let Some(part) = up_to_any(sentence, &CUES).map(clean).filter(|part| !part.is_empty()) {
        let answer = if is_words(part) { words(part) } else { Some(Answer::parse(result(part))) };
        if let Some(answer) = answer.filter(Answer::is_understood) {
            return Some(answer);
        }
    }
    if let Some((content, _)) = leading_formula(sentence) {
        return Some(Answer::parse(result(content)));
    }
    match in_prose(sentence) {
        Some(number) => Some(Answer::parse(number)),
        None => (sentence.len() <= LONGEST_TEXT).then_some(whole),
    }
}

/// Without words in parentheses at the end, but for `(mod 7)`.
fn without_remark(sentence: &str) -> &str {
    let Some(at) = sentence.strip_suffix(')').and_then(|text| text.rfind(" (")) else {
        return sentence;
    };
    let words = &sentence[at + 2..sentence.len() - 1];
    let is_remark = is_words(words.split(' ').next().unwrap_or_default()) && !words.starts_with("mod");
    if is_remark { clean(&sentence[..at]) } else { sentence }
}

/// A text up to the first of some marks.
fn up_to_any<'t>(text: &'t str, marks: &[&str]) -> Option<&'t str> {
    marks.iter().filter_map(|mark| text.find(mark)).min().map(|at| &text[..at])
}

/// The first number of a sentence of several words.
fn in_prose(sentence: &str) -> Option<&str> {
    let words = sentence.split_whitespace().filter(|word| word.bytes().all(|byte| byte.is_ascii_alphabetic())).count();
    numbers(sentence).next().filter(|_| words > 1)
}

/// The choice in `(B) 5`, `B) 5` and `B: 5`.
fn lettered(sentence: &str) -> Option<&str> {
    let inner = sentence.strip_prefix('(').unwrap_or(sentence);
    let rest = inner.strip_prefix(|c: char| c.is_ascii_uppercase())?;
    let is_choice = rest.starts_with(") ") || inner.len() == sentence.len() && rest.starts_with(": ");
    is_choice.then(|| &inner[..1])
}

/// Nothing but words, and not only letters of a formula.
fn is_words(text: &str) -> bool {
    text.chars().all(|c| c.is_alphabetic() || c == ' ' || c == '-' || c == '\'' || c == '’')
        && text.split(' ').any(|word| word.chars().count() > 1)
}

/// An answer in words, if they are few.
fn words(text: &str) -> Option<Answer> {
    (!ending::is_unfinished(text) && text.split(' ').count() <= MOST_WORDS).then(|| Answer::parse(text))
}
