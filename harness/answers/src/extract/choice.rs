//! Letters of a multiple choice that are settled on at the end of a text: a last line `(C)`, "so option B is correct", "the
//! right choice is (D)", "which is (A)".
//!
//! Letters name points and parts of questions, too, so a sentence must say that it chooses, and must hold one letter only.

use super::clause::sentence;
use super::ending::last_paragraph;
use super::scan::{clean, last_bytes, last_line};

/// How much of the end is looked at.
const LONGEST: usize = 600;
/// Longest line that names a choice and what it stands for, and most words of the latter.
const LONGEST_OPENING: usize = 80;
const MOST_WORDS: usize = 8;
/// Sentences looked at from the end.
const MOST_SENTENCES: usize = 5;

/// Words before a letter, or before "is" and a letter, that make it a choice.
const NAMES: [&str; 4] = ["option", "choice", "letter", "answer"];
/// The same, for verbs.
const VERBS: [&str; 4] = ["choose", "select", "pick", "chose"];
/// Words of a sentence that chooses.
const CHOOSES: [&str; 6] = ["correct", "right", "best", "matches", "corresponds", "answer"];
/// The same, where a word of [`NAMES`] stands before the letter.
const CONCLUDES: [&str; 4] = ["so", "thus", "therefore", "hence"];
/// Words of one who settles on something.
const BELIEVES: [&str; 5] = ["believe", "think", "conclude", "say", "choose"];
/// Words of a sentence that rejects.
const REJECTS: [&str; 8] = ["not", "isn't", "cannot", "can't", "incorrect", "wrong", "eliminate", "between"];

/// The letter that a text settles on.
pub(super) fn last(text: &str) -> Option<&str> {
    let line = last_line(text.trim_end());
    if line.len() <= LONGEST
        && let Some(letter) = alone(line)
    {
        return Some(letter);
    }
    let mut rest = last_bytes(last_paragraph(text), LONGEST);
    let mut sentences = Vec::new();
    while !rest.is_empty() {
        let next = sentence(rest);
        sentences.push(next);
        rest = rest.get(next.len() + 1..).unwrap_or_default();
    }
    let settled =
        sentences.into_iter().rev().filter(|text| !text.trim().is_empty()).take(MOST_SENTENCES).find_map(settled);
    settled.or_else(|| if text.len() <= LONGEST { opening(text) } else { None })
}

/// A line that is a letter, as `C`, `(C)`, `**C.**`, `$\textbf{(C)}$`, or a letter in parentheses and what it stands for.
fn alone(line: &str) -> Option<&str> {
    let mut line = clean(line).trim_matches('$');
    for command in ["\\textbf{", "\\text{", "\\mathrm{", "\\mathbf{"] {
        line = line.strip_prefix(command).and_then(|rest| rest.strip_suffix('}')).unwrap_or(line);
    }
    let letter = line.trim_start_matches(['(', '*']).get(..1).filter(|letter| is_choice(letter))?;
    let rest = line.trim_start_matches(['(', '*']).get(1..)?;
    let is_meant = match rest.trim_start_matches('*').strip_prefix(')') {
        Some(meaning) => {
            let meaning = meaning.trim_start_matches(['*', ' ', ':', '.']);
            meaning.is_empty() || meaning.starts_with(starts_value)
        }
        None => rest.is_empty() || rest.trim_matches('*').is_empty(),
    };
    is_meant.then_some(letter)
}

/// `B. copper`, `**B.** 12`, `(B) copper`, `B) 5`: a letter and what it stands for, and nothing else that could be another
/// choice.
fn opening(text: &str) -> Option<&str> {
    let text = text.trim();
    let line = text.lines().next()?;
    let start = line.trim_start_matches(['*', '(', ' ', '_']);
    let letter = start.get(..1).filter(|letter| is_choice(letter))?;
    let rest = start.get(1..)?;
    let marked = rest.trim_start_matches('*');
    let after = marked.strip_prefix(['.', ')', ':'])?.trim_start_matches(['*', ')', '_']);
    let first = after.split_whitespace().next().unwrap_or_default();
    let is_sentence =
        ["is", "are", "was", "and", "to", "lies", "has", "must", "can", "cannot", "will"].contains(&first);
    let says = after.starts_with(' ') && after.trim().len() > 1 && !is_sentence;
    // Several lines that begin so are the choices themselves.
    let is_choice_line = |line: &str| {
        let line = line.trim_start_matches(['*', '(', ' ', '-', '_']);
        line.get(..1).is_some_and(is_choice) && line[1..].trim_start_matches('*').starts_with(['.', ')', ':'])
    };
    let others = text.lines().skip(1).any(is_choice_line);
    // An initial is no choice: "A. Smith has 5 apples."
    let is_short = line.len() <= LONGEST_OPENING && after.split_whitespace().count() <= MOST_WORDS;
    (says && !others && is_short).then_some(letter)
}

fn starts_value(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '$' | '\\' | '-' | '√' | 'π')
}

fn is_choice(letter: &str) -> bool {
    matches!(letter.as_bytes(), [b'A'..=b'J'])
}

/// The one letter that a sentence settles on.
fn settled(sentence: &str) -> Option<&str> {
    let sentence = concluding(sentence);
    let words: Vec<(usize, &str)> = words(sentence).collect();
    let is_any = |index: Option<usize>, known: &[&str]| {
        index
            .and_then(|index| words.get(index))
            .is_some_and(|(_, word)| known.iter().any(|k| word.eq_ignore_ascii_case(k)))
    };
    let any = |known: &[&str]| (0..words.len()).any(|index| is_any(Some(index), known));
    let mut found: Option<&str> = None;
    let mut is_settled = false;
    for (index, &(at, letter)) in words.iter().enumerate().filter(|(_, (_, word))| is_choice(word)) {
        let before = |steps: usize| index.checked_sub(steps);
        let is_after_is = is_any(before(1), &["is"]);
        // "I believe it is D"
        let is_believed = is_after_is
            && is_any(before(2), &["it", "answer"])
            && (0..index).any(|index| is_any(Some(index), &BELIEVES) || is_any(Some(index), &CONCLUDES))
            && index + 1 == words.len();
        let is_named = is_believed || is_any(before(1), &NAMES) || is_after_is && is_any(before(2), &NAMES);
        let is_picked = is_any(before(1), &VERBS);
        let is_right = is_any(Some(index + 1), &["is"]) && is_any(Some(index + 2), &["correct", "right"]);
        let is_bare = sentence[..at].ends_with('(') && sentence[at + 1..].starts_with(')');
        if !(is_named || is_picked || is_right || is_bare) {
            continue;
        }
        if found.is_some_and(|other| other != letter) {
            return None;
        }
        found = Some(letter);
        let ends = index + 1 == words.len();
        is_settled |= is_picked || is_right || any(&CHOOSES) || any(&NAMES) && any(&CONCLUDES);
        is_settled |= ends && (is_named || is_after_is);
    }
    found.filter(|_| is_settled && !any(&REJECTS))
}

/// The clause that concludes, if a sentence has one: "Choice A is too small, so I believe it is D".
fn concluding(sentence: &str) -> &str {
    let places = [", so ", ", thus ", ", hence ", ", therefore ", "; so ", ", and so "];
    let last = places.iter().filter_map(|place| Some(sentence.rfind(place)? + 1)).max();
    let clause = last.map_or(sentence, |at| &sentence[at..]);
    let has_letter = words(clause).any(|(_, word)| is_choice(word));
    if has_letter { clause } else { sentence }
}

/// The words of a sentence and where they start.
fn words(sentence: &str) -> impl Iterator<Item = (usize, &str)> {
    sentence
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .filter(|word| !word.is_empty())
        .map(|word| (word.as_ptr().addr() - sentence.as_ptr().addr(), word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_that_a_text_settles_on() {
        let cases = [
            ("We get 5.\n(C)", Some("C")),
            ("We get 5.\n\n**C**", Some("C")),
            ("We get 5.\n$\\textbf{(C)}$", Some("C")),
            ("5.\n(C) 12 cm", Some("C")),
            ("So option B is correct.", Some("B")),
            ("The correct option is (B).", Some("B")),
            ("the right choice is **D**", Some("D")),
            ("Hence we choose (A). That settles it.", Some("A")),
            ("We get 5, which is (C).", Some("C")),
            ("This matches option E.", Some("E")),
            ("B is correct.", Some("B")),
            ("Option A: 5\nOption B: 6", None),
            ("So point (A) is 5 away from point (B).", None),
            ("(A) is the midpoint", None),
            ("option (A) is not correct", None),
            ("Is the correct choice (A) or (B)?", None),
            ("A triangle has 3 sides", None),
            ("Thus AB is 5", None),
            ("é (C) é", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(last(text), expected, "{text}");
        }
    }
}
