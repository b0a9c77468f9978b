//! `\boxed{…}` and `\fbox{…}`.
//!
//! The last complete box counts; of nested boxes that is the innermost. A box that is still open where the text ends was
//! cut off: it is passed over, and reported, because what a later rule would take from such a text is a guess. A box
//! with nothing in it (`\boxed{}`, `\boxed{...}`, `\boxed{\text{your answer}}`) speaks of the command and is passed over.
//!
//! Boxes joined by a comma, "and" or "or" are one answer, the list of what they hold; if all hold the same, it is that.
//!
//! Braces are counted from the end, so that a long text is not read for a box at its end. What the closing brace of a box
//! is, is looked up for the one box that counts: looking it up for each would be quadratic.

use std::borrow::Cow;

use super::scan::{Backwards, first_bytes, is_escaped, last_bytes};
use crate::{Answer, Verdict, equivalent};

const NAMES: [&str; 3] = ["\\framebox", "\\boxed", "\\fbox"];
/// What a box costs that is passed over, beyond its length.
const COST_OF_ONE: usize = 64;
/// Longest unbraced box.
const LONGEST_UNBRACED: usize = 1_000;
/// Most boxes that are joined.
const MOST_JOINED: usize = 32;
/// Longest text between joined boxes, and longest box but the last that is joined, in bytes.
const LONGEST_BETWEEN: usize = 80;
const LONGEST_JOINED: usize = 1_000;
/// Longest name before `=` and a box.
const LONGEST_LABEL: usize = 16;

/// What a text's boxes say.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Boxed<'t> {
    /// What the last complete box holds, or those joined to it.
    pub(super) content: Option<Cow<'t, str>>,
    /// Where that box ends, or what it holds.
    pub(super) end: usize,
    /// Whether the text ends within a box.
    pub(super) is_open: bool,
}

/// One complete box.
#[derive(Clone, Copy)]
struct OneBox<'t> {
    /// Where its command starts.
    start: usize,
    content: &'t str,
}

/// Finds the last complete box.
pub(super) fn last(text: &str) -> Boxed<'_> {
    let mut is_open = false;
    let found = last_complete(text, &mut is_open);
    let end = found.map_or(0, |found| found.content.as_ptr().addr() - text.as_ptr().addr() + found.content.len());
    Boxed { content: found.map(|found| joined(text, found)), end, is_open }
}

fn last_complete<'t>(text: &'t str, is_open: &mut bool) -> Option<OneBox<'t>> {
    let bytes = text.as_bytes();
    // `\boxed` holds "box" one byte from its start, `\fbox` two, `\framebox` six.
    let first = memchr::memmem::find(bytes, b"box")?.saturating_sub(6);
    // Closing braces whose opening ones are still to come.
    let mut closing = 0usize;
    // Work spent on boxes that were passed over. Nested ones are read again and again, so there is an end to it.
    let mut passed_over = 0;
    for at in Backwards::new(text, b"{}\\").take_while(|at| *at >= first) {
        let found = match bytes[at] {
            b'}' if !is_escaped(bytes, at) => {
                closing += 1;
                None
            }
            b'{' if !is_escaped(bytes, at) => {
                let start = name_before(text, at);
                *is_open |= start.is_some() && closing == 0;
                let start = start.filter(|_| closing > 0);
                closing = closing.saturating_sub(1);
                start.and_then(|start| {
                    Some(OneBox { start, content: &text[at + 1..matching_close(&bytes[at..])? + at] })
                })
            }
            b'\\' if matches!(bytes.get(at + 1), Some(b'b' | b'f')) => unbraced(text, at),
            _ => None,
        };
        match found {
            Some(found) if !is_empty(found.content) => return Some(found),
            Some(found) => {
                super::scan::count(COST_OF_ONE + found.content.len());
                passed_over += COST_OF_ONE + found.content.len();
            }
            None => {}
        }
        if passed_over > bytes.len() + 100 * COST_OF_ONE {
            return None;
        }
    }
    None
}

/// Where the box command starts that stands right before the brace at `open`.
fn name_before(text: &str, open: usize) -> Option<usize> {
    // Most braces follow another sign.
    if !matches!(text.as_bytes()[..open].last(), Some(b'd' | b'x' | b' ' | b'\n' | b'\r' | b'\t')) {
        return None;
    }
    let before = text[..open].trim_ascii_end();
    NAMES.iter().find_map(|name| before.strip_suffix(name)).map(str::len)
}

/// How far the brace at the start of `bytes` is from the one that closes it.
fn matching_close(bytes: &[u8]) -> Option<usize> {
    let mut depth = 0usize;
    let mut at = 0;
    loop {
        match bytes.get(at)? {
            // An escaped brace (`\{`) opens nothing.
            b'\\' => at += 1,
            b'{' => depth += 1,
            b'}' if depth == 1 => return Some(at),
            b'}' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
}

/// `\boxed 5`, at its backslash.
fn unbraced(text: &str, at: usize) -> Option<OneBox<'_>> {
    let rest = &text[at..];
    let after = NAMES.iter().find_map(|name| rest.strip_prefix(name))?;
    if after.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let content = first_bytes(after.trim_ascii_start(), LONGEST_UNBRACED);
    // "in \boxed form" is no answer.
    if content.starts_with('{') || content.bytes().take_while(u8::is_ascii_alphabetic).count() > 1 {
        return None;
    }
    let ends = |&(at, c): &(usize, char)| {
        c.is_whitespace() || c == '$' || ["\\)", "\\]"].iter().any(|close| content[at..].starts_with(close))
    };
    let end = content.char_indices().find(ends).map_or(content.len(), |(at, _)| at);
    Some(OneBox { start: at, content: content[..end].trim_end_matches(['.', ',', ';', '*']) })
}

/// Whether a box says nothing: marks of omission, a prompt's words, or another box that says nothing.
fn is_empty(content: &str) -> bool {
    const WORDS: [&str; 5] = ["answer", "your answer", "final answer", "your final answer", "your answer here"];
    const COMMANDS: [&str; 9] =
        ["\\ldots", "\\cdots", "\\dots", "\\quad", "\\text", "\\textbf", "\\mathrm", "\\boxed", "\\fbox"];
    let around = |c: char| c.is_whitespace() || matches!(c, '.' | '…' | '_' | '?' | '{' | '}' | '$' | '~' | '[' | ']');
    let mut rest = content.trim_matches(around);
    while let Some(after) = COMMANDS.iter().find_map(|command| rest.strip_prefix(command)) {
        if after.starts_with(|c: char| c.is_ascii_alphabetic()) {
            break;
        }
        rest = after.trim_start_matches(around);
    }
    rest.is_empty() || WORDS.iter().any(|word| rest.eq_ignore_ascii_case(word))
}

/// What a box holds, with what the boxes hold that are joined to it.
fn joined<'t>(text: &'t str, last: OneBox<'t>) -> Cow<'t, str> {
    if let Some(parts) = super::parts::of_boxes(text, last.start, last.content, |before| {
        last_complete(before, &mut false).map(|found| (found.start, found.content))
    }) {
        return Cow::Owned(parts);
    }
    let mut boxes = vec![last];
    let mut start = last.start;
    while let Some(before) = joined_before(text, start).filter(|_| boxes.len() < MOST_JOINED) {
        start = before.start;
        boxes.push(before);
    }
    if boxes.len() == 1 {
        return Cow::Borrowed(last.content);
    }
    boxes.reverse();
    let labels: Option<Vec<&str>> = boxes.iter().map(|one| label_before(&text[..one.start])).collect();
    let labels = labels.filter(|labels| labels.iter().any(|label| *label != labels[0]));
    if labels.is_none() && all_same(&boxes) {
        return Cow::Borrowed(last.content);
    }
    let mut list = String::new();
    for (index, one) in boxes.iter().enumerate() {
        if index > 0 {
            list.push_str(", ");
        }
        if let Some(labels) = &labels {
            list.push_str(labels[index]);
            list.push_str(" = ");
        }
        list.push_str(one.content.trim());
    }
    Cow::Owned(list)
}

fn all_same(boxes: &[OneBox<'_>]) -> bool {
    let answers: Vec<Answer> = boxes.iter().map(|one| Answer::parse(one.content)).collect();
    answers.windows(2).all(|pair| equivalent(&pair[0], &pair[1]) == Verdict::Equal)
}

/// The box before the one that starts at `start`, if they are joined.
fn joined_before(text: &str, start: usize) -> Option<OneBox<'_>> {
    let window = last_bytes(&text[..start], LONGEST_BETWEEN);
    super::scan::count(LONGEST_BETWEEN + LONGEST_JOINED);
    let close = window.rmatch_indices('}').map(|(at, _)| at).find(|at| is_joint(&window[at + 1..]))?;
    let close = start - window.len() + close;
    let bytes = text.as_bytes();
    let mut depth = 0usize;
    let window = last_bytes(&text[..=close], LONGEST_JOINED);
    for at in Backwards::new(window, b"{}").map(|at| close + 1 - window.len() + at) {
        match bytes[at] {
            _ if is_escaped(bytes, at) => {}
            b'}' => depth += 1,
            _ if depth == 1 => {
                let found = OneBox { start: name_before(text, at)?, content: &text[at + 1..close] };
                return (!is_empty(found.content)).then_some(found);
            }
            _ => depth = depth.saturating_sub(1),
        }
    }
    None
}

/// Whether nothing but a comma, "and" or "or" stands in a text between two boxes; ends of formulas, spaces and a name with
/// `=` do not count.
fn is_joint(between: &str) -> bool {
    const NOISE: [&str; 16] = [
        "$", "\\(", "\\)", "\\[", "\\]", "*", "\\quad", "\\qquad", "\\,", "\\;", "\\ ", "\\!", "~", "}", "\\text{",
        "\\mbox{",
    ];
    let mut rest = between.trim_start();
    let mut is_joined = false;
    loop {
        let word = |word: &str| {
            rest.strip_prefix(word).filter(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '='))
        };
        if let Some(after) = rest.strip_prefix([',', ';', '&']).or_else(|| word("and")).or_else(|| word("or")) {
            is_joined = true;
            rest = after.trim_start();
        } else if let Some(after) = NOISE.iter().find_map(|noise| rest.strip_prefix(noise)) {
            rest = after.trim_start();
        } else {
            break;
        }
    }
    !between.contains("\n\n")
        && (is_joined && (rest.is_empty() || label_before(rest).is_some_and(|name| rest.starts_with(name)))
            || joins_in_words(between))
}

/// Words that say that what follows comes of what stands before, or is about something else.
const CONSEQUENCES: &str = "so thus hence therefore then gives give get gets we yields making makes total sum difference product \
                            becomes because since which means implies adding from into if when check verify not instead \
                            rather but however finally answer multiply multiplying divide dividing subtract subtracting add \
                            simplify substituting";

/// "(a double root) and", "for x and", "or also": a comma, "and" or "or" among words of one sentence that draw no conclusion.
fn joins_in_words(between: &str) -> bool {
    let is_over = |at: usize| between[at + 1..].starts_with(char::is_whitespace) || at + 1 == between.len();
    let is_sentence = between.match_indices(['.', '?', '!', '\n']).any(|(at, mark)| mark == "\n" || is_over(at));
    if is_sentence || between.contains('=') || between.contains("\\boxed") {
        return false;
    }
    let mut is_joined = false;
    for word in between.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        if CONSEQUENCES.split_whitespace().any(|known| word.eq_ignore_ascii_case(known)) {
            return false;
        }
        is_joined |= matches!(word, "and" | "or");
    }
    is_joined
}

/// The name in `name =` at the end of a text.
fn label_before(text: &str) -> Option<&str> {
    let before = text.trim_end().strip_suffix('=')?.trim_end();
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '\\' | '{' | '}' | '\'');
    let start = before.rfind(|c| !is_name(c)).map_or(0, |at| before.ceil_char_boundary(at + 1));
    let (rest, name) = before.split_at(start);
    let stands_alone = rest.trim_end().is_empty()
        || rest.ends_with(['$', '('])
        || rest.ends_with(char::is_whitespace)
            && rest.trim_end().ends_with(|c: char| c.is_alphabetic() || matches!(c, ',' | ':' | '$' | '&' | '(' | '['));
    let is_short = name.len() <= LONGEST_LABEL && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '\\');
    (is_short && stands_alone).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(text: &str) -> Option<String> {
        last(text).content.map(Cow::into_owned)
    }

    #[test]
    fn takes_the_last_complete_box() {
        let cases = [
            ("so \\boxed{1} no, \\boxed{\\frac{1}{2}}.", Some("\\frac{1}{2}")),
            ("\\boxed{7} wait, then \\boxed{\\frac{1}{2", Some("7")),
            ("\\boxed{\\{1, 2\\}}", Some("\\{1, 2\\}")),
            ("\\boxed{\\boxed{5}}", Some("5")),
            ("\\boxed{\\text{so } \\fbox{5} \\text{ cm}}", Some("5")),
            ("\\fbox{12} done", Some("12")),
            ("\\boxed {6}", Some("6")),
            ("\\boxed\n{6}", Some("6")),
            ("\\\\boxed{6}", Some("6")),
            ("a \\\\\\boxed{6}", Some("6")),
            ("} \\boxed{3} {", Some("3")),
            ("{ \\boxed{3} } }", Some("3")),
            ("\\boxed{\\text{a } b}", Some("\\text{a } b")),
            ("\\boxed{12", None),
            ("\\boxed{", None),
            ("\\boxedfoo{5}", None),
            ("boxed{5}", None),
            ("\\boxed{1\\}", None),
            ("\\boxed{1\\\\}", Some("1\\\\")),
        ];
        for (text, expected) in cases {
            assert_eq!(content(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_box_needs_no_braces() {
        let cases = [
            ("$\\boxed 5$.", Some("5")),
            ("\\boxed5", Some("5")),
            ("\\boxed\\frac{1}{2}, so", Some("\\frac{1}{2}")),
            ("\\(\\boxed x\\)", Some("x")),
            ("put it in \\boxed form", None),
            ("\\boxed{3} in \\boxed $", Some("3")),
            ("the \\boxed", None),
        ];
        for (text, expected) in cases {
            assert_eq!(content(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn boxes_that_say_nothing_are_passed_over() {
        for mention in [
            "\\boxed{}",
            "\\boxed{ }",
            "\\boxed{...}",
            "\\boxed{\\ldots}",
            "\\boxed{\\text{answer}}",
            "\\boxed{\\boxed{}}",
            "\\boxed{your answer here}",
            "\\boxed{\\text{ }}",
            "\\boxed{?}",
        ] {
            assert_eq!(content(mention), None, "{mention}");
            assert_eq!(content(&format!("\\boxed{{4}}, in {mention} as asked")).as_deref(), Some("4"), "{mention}");
        }
        for text in ["\\boxed{0}", "\\boxed{\\emptyset}", "\\boxed{-}", "\\boxed{\\textbf{C}}", "\\boxed{x?}"] {
            assert!(content(text).is_some(), "{text}");
        }
    }

    #[test]
    fn joined_boxes_are_a_list() {
        let cases = [
            ("\\boxed{3} and \\boxed{5}", "3, 5"),
            ("$\\boxed{3}$ and $\\boxed{5}$.", "3, 5"),
            ("\\(\\boxed{3}\\), \\(\\boxed{5}\\), and \\(\\boxed{\\frac{1}{2}}\\)", "3, 5, \\frac{1}{2}"),
            ("\\boxed{2}\\text{ or }\\boxed{-2}", "2, -2"),
            ("$$\\boxed{3} \\quad \\text{and} \\quad \\boxed{5}$$", "3, 5"),
            ("$x = \\boxed{3}$ or $x = \\boxed{5}$", "3, 5"),
            ("so $x = \\boxed{3}$ and $y = \\boxed{5}$", "x = 3, y = 5"),
            ("\\boxed{\\frac12} or \\boxed{0.5}", "0.5"),
            ("**\\boxed{3}** and **\\boxed{5}**", "3, 5"),
            ("\\boxed{3}. Then \\boxed{5}", "5"),
            ("\\boxed{3} \\boxed{5}", "5"),
            ("\\boxed{3}\n\nand \\boxed{5}", "5"),
            ("\\boxed{3} and also \\boxed{5}", "3, 5"),
            ("\\boxed{3} and then we get \\boxed{5}", "5"),
            ("$\\boxed{1}$ (a double root) and $\\boxed{2}$", "1, 2"),
            ("\\frac{1}{2} and \\boxed{5}", "5"),
            ("\\boxed{} and \\boxed{5}", "5"),
            ("é\\boxed{é} and \\boxed{5}", "é, 5"),
        ];
        for (text, expected) in cases {
            assert_eq!(content(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn an_open_box_at_the_end_is_reported() {
        assert!(last("\\boxed{5} \\boxed{\\frac{1}{2}").is_open);
        assert_eq!(content("\\boxed{ \\boxed{5}").as_deref(), Some("5"));
        assert!(!last("\\boxed{5} { {").is_open);
        assert!(!last("no answer").is_open);
    }
}
