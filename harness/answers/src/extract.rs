//! Finding the final answer in a completion.
//!
//! The rules, in order; the first that finds something decides:
//! 1. the last `\boxed{…}` (or `\fbox{…}`, or unbraced `\boxed 5`) whose braces balance; a cut-off box does not count, and
//!    an empty one means that the answer is missing;
//! 2. what follows the last "the answer is", "final answer is", "final answer:";
//! 3. what follows the last `####`;
//! 4. the last number.
//!
//! Every rule is one pass over the text.

use crate::Answer;

const BOXES: [&str; 2] = ["\\boxed", "\\fbox"];
const PHRASES: [&str; 3] = ["the answer is", "final answer is", "final answer:"];

/// Which rule found an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ExtractionRule {
    /// The last complete `\boxed{…}` or `\fbox{…}`.
    Box,
    /// A phrase that announces the answer.
    Phrase,
    /// `####`.
    HashMark,
    /// The last number.
    LastNumber,
}

impl ExtractionRule {
    /// Every rule, in the order in which they are tried.
    pub const ALL: &'static [Self] = &[Self::Box, Self::Phrase, Self::HashMark, Self::LastNumber];

    /// Its name in files and tables, in snake case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Box => "box",
            Self::Phrase => "phrase",
            Self::HashMark => "hash_mark",
            Self::LastNumber => "last_number",
        }
    }
}

/// An answer and how it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extraction {
    /// The answer.
    pub answer: Answer,
    /// The rule that found it.
    pub rule: ExtractionRule,
}

/// How an answer is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ExtractOptions {
    /// Take a guess (the last expression or number) from a text that was cut off before it gave an answer.
    pub guess_unfinished: bool,
}

/// The final answer of a completion and the rule that found it.
pub fn extract_answer(text: &str, options: ExtractOptions) -> Option<Extraction> {
    let _ = options;
    let found = |answer, rule| Extraction { answer, rule };
    if let Some(content) = last_box(text) {
        return (!content.trim().is_empty()).then(|| found(Answer::parse(content), ExtractionRule::Box));
    }
    if let Some(answer) = after_phrase(text) {
        return Some(found(answer, ExtractionRule::Phrase));
    }
    let written = gsm8k_gold(text).and_then(|rest| rest.lines().next()).map(clean).filter(|line| !line.is_empty());
    written
        .map(|line| found(Answer::parse(line), ExtractionRule::HashMark))
        .or_else(|| numbers(text).last().map(|number| found(Answer::parse(number), ExtractionRule::LastNumber)))
}

/// [`extract_answer`] as the project's runs use it, without the rule.
pub fn extract(text: &str) -> Option<Answer> {
    extract_answer(text, ExtractOptions::default()).map(|extraction| extraction.answer)
}

/// The gold answer of a GSM8K rationale: what stands after the last `####`, trimmed, as written (`2,125` keeps its comma).
/// `None` where there is no `####` or nothing follows it.
pub fn gsm8k_gold(rationale: &str) -> Option<&str> {
    let (_, gold) = rationale.rsplit_once("####")?;
    let gold = gold.trim();
    (!gold.is_empty()).then_some(gold)
}

/// What the last box holds whose braces balance. Of nested boxes the innermost opens last and counts.
fn last_box(text: &str) -> Option<&str> {
    let first = BOXES.iter().filter_map(|name| text.find(name)).min()?;
    let bytes = text.as_bytes();
    // Where an unbraced box ends is looked up once, at the end: looking at each would be quadratic.
    let mut found: Option<(usize, Option<usize>)> = None;
    let mut offer = |start: usize, end: Option<usize>| {
        if found.is_none_or(|(known, _)| start > known) {
            found = Some((start, end));
        }
    };
    // Open braces: where what they hold starts, and whether they belong to a box.
    let mut open: Vec<(usize, bool)> = Vec::new();
    let mut at = first;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => {
                if let Some(after) = box_name_end(text, at) {
                    let content = after + bytes[after..].iter().take_while(|b| b.is_ascii_whitespace()).count();
                    if bytes.get(content) == Some(&b'{') {
                        open.push((content + 1, true));
                        at = content + 1;
                    } else {
                        offer(content, None);
                        at = after;
                    }
                } else {
                    // An escaped brace (`\{`) opens nothing.
                    at += 2;
                }
                continue;
            }
            b'{' => open.push((at + 1, false)),
            b'}' => {
                if let Some((start, true)) = open.pop() {
                    offer(start, Some(at));
                }
            }
            _ => {}
        }
        at += 1;
    }
    let (start, end) = found?;
    text.get(start..end.unwrap_or(start + unbraced_length(&text[start..])))
}

/// Where the name of a box command that starts at `at` ends; `\boxedfoo` is another command.
fn box_name_end(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let name = BOXES.iter().find(|name| rest.starts_with(**name))?;
    let end = at + name.len();
    (!text.as_bytes().get(end).is_some_and(u8::is_ascii_alphabetic)).then_some(end)
}

/// `\boxed 5$` and the like: up to white space, a dollar sign or the end of the formula, without closing punctuation.
fn unbraced_length(rest: &str) -> usize {
    let end = rest
        .char_indices()
        .find(|&(at, c)| {
            c.is_whitespace() || c == '$' || ["\\)", "\\]"].iter().any(|close| rest[at..].starts_with(close))
        })
        .map_or(rest.len(), |(at, _)| at);
    rest[..end].trim_end_matches(['.', ',', ';']).len()
}

/// What follows the last phrase that announces an answer.
fn after_phrase(text: &str) -> Option<Answer> {
    let start = PHRASES.iter().filter_map(|phrase| Some(rfind_ignoring_case(text, phrase)? + phrase.len())).max()?;
    // The answer may stand on a line of its own.
    let line = text.get(start..)?.lines().map(clean).find(|line| !line.is_empty())?;
    let clause = clean(clause(line));
    let answer = Answer::parse(clause);
    if answer.is_understood() {
        return Some(answer);
    }
    // "The answer is 5 because …", "the answer is that 5 remain": the number is the answer, the prose is not.
    let is_prose = clause.split_whitespace().filter(|word| word.bytes().all(|b| b.is_ascii_alphabetic())).count() > 1;
    match numbers(clause).next() {
        Some(number) if is_prose => Some(Answer::parse(number)),
        _ => (!clause.is_empty()).then_some(answer),
    }
}

/// The part of a line up to the end of its formula or sentence.
fn clause(line: &str) -> &str {
    for (open, close) in [("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]")] {
        if let Some(rest) = line.strip_prefix(open)
            && let Some(end) = rest.find(close).filter(|&end| end > 0)
        {
            // `$5`, a price, does not open a formula, and `$5$ or $7$` does not end at its first one.
            let after = rest[end + close.len()..].trim_start();
            if after.is_empty() || after.starts_with(['.', ',', ';', '*']) {
                return &rest[..end];
            }
        }
    }
    let ends = |&(at, _): &(usize, &str)| line[at + 1..].chars().next().is_none_or(char::is_whitespace);
    line.match_indices(['.', '!', '?']).find(ends).map_or(line, |(at, _)| &line[..at])
}

/// Without surrounding white space, Markdown emphasis, colons and closing punctuation.
fn clean(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c == '*' || c == ':').trim_end_matches(['.', ',', ';'])
}

fn rfind_ignoring_case(text: &str, phrase: &str) -> Option<usize> {
    text.as_bytes().windows(phrase.len()).rposition(|window| window.eq_ignore_ascii_case(phrase.as_bytes()))
}

/// The plain numbers of a text: sign, thousands separators, decimals, `a/b`, percent.
fn numbers(text: &str) -> impl Iterator<Item = &str> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while !bytes.get(at)?.is_ascii_digit() {
            at += 1;
        }
        let mut start = at;
        if start > 0 && bytes[start - 1] == b'.' && !(start > 1 && bytes[start - 2].is_ascii_alphanumeric()) {
            start -= 1;
        }
        // A hyphen is a sign unless something to subtract from stands before it.
        let signed = start > 0 && bytes[start - 1] == b'-';
        if signed && !(start > 1 && (bytes[start - 2].is_ascii_alphanumeric() || bytes[start - 2] == b')')) {
            start -= 1;
        }
        let digit_at = |index: usize| bytes.get(index).is_some_and(u8::is_ascii_digit);
        while let Some(&byte) = bytes.get(at) {
            let joins = matches!(byte, b'.' | b'/') && digit_at(at + 1)
                || byte == b',' && (1..=3).all(|i| digit_at(at + i)) && !digit_at(at + 4);
            if !byte.is_ascii_digit() && !joins {
                break;
            }
            at += 1;
        }
        if bytes.get(at) == Some(&b'%') {
            at += 1;
        }
        text.get(start..at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(text: &str) -> Option<String> {
        extract(text).map(|answer| answer.text().to_owned())
    }

    #[test]
    fn takes_the_last_balanced_box() {
        let cases = [
            ("so \\boxed{1} no, \\boxed{\\frac{1}{2}}.", Some("\\frac{1}{2}")),
            ("\\boxed{7} wait, then \\boxed{\\frac{1}{2", Some("7")),
            ("\\boxed{\\{1, 2\\}}", Some("\\{1, 2\\}")),
            ("\\boxed{\\boxed{5}}", Some("5")),
            ("\\fbox{12} done", Some("12")),
            ("$\\boxed 5$.", Some("5")),
            ("\\boxed {6}", Some("6")),
            ("\\boxed{a\n  b}", Some("a b")),
            ("the answer is 9 \\boxed{ }", None),
            ("\\boxed{", None),
            ("\\boxed{12", Some("12")),
            ("} \\boxed{3} {", Some("3")),
        ];
        for (text, expected) in cases {
            assert_eq!(found(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn then_takes_what_a_phrase_announces() {
        let cases = [
            ("The answer is 5. No: THE ANSWER IS $\\frac{3}{4}$.", "\\frac{3}{4}"),
            ("The answer is 3.5.", "3.5"),
            ("Final answer: **42**", "42"),
            ("**Final Answer:** 42", "42"),
            ("The final answer is:\n\n$x=5$", "x=5"),
            ("The answer is $1,234.50. That is all 3 of us", "1,234.50"),
            ("The answer is that 5 apples remain of 7", "5"),
            ("The answer is (B).", "(B)"),
            ("The answer is 12 apples", "12 apples"),
            ("The answer is 8\n#### 9", "8"),
        ];
        for (text, expected) in cases {
            let answer = found(text).map(|text| text.trim_start_matches('$').to_owned());
            assert_eq!(answer.as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn then_the_gsm8k_mark_and_then_the_last_number() {
        let cases = [
            ("2 + 3 = <<2+3=5>>5\n#### 5", Some("5")),
            ("#### 1\n#### 1,234\nbye 7", Some("1,234")),
            ("we get 3 and then -12.5", Some("-12.5")),
            ("so 7-4 leaves 3.", Some("3")),
            ("10-4", Some("4")),
            ("costs $1,450,000 in all", Some("1,450,000")),
            ("a third, 1/3", Some("1/3")),
            ("about 40%", Some("40%")),
            ("half is .5", Some(".5")),
            ("no idea", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(found(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn gold_of_a_rationale() {
        assert_eq!(gsm8k_gold("a #### b\n#### 2,125 \n"), Some("2,125"));
        assert_eq!(gsm8k_gold("#### "), None);
        assert_eq!(gsm8k_gold("5"), None);
    }

    #[test]
    fn hostile_texts_end_quickly() {
        for text in
            ["\\boxed{", "\\boxed ", "{", "}", "\\", "####", "\\boxed", "the answer is ", "1,", "\\frac", "(", "$", "9"]
        {
            let _ = extract(&text.repeat(1_000_000 / text.len()));
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC*") {
            let _ = extract(&text);
        }

        #[test]
        fn never_panics_on_pieces_of_latex(pieces in prop::collection::vec(
            prop::sample::select(vec!["\\boxed", "{", "}", "\\", "$", "é", "∞", "5", "-", ".", ",", "the answer is", "####",
                " ", "\n", "%", "/", "\\fbox", "\\{", "*"]), 0..30)) {
            let _ = extract(&pieces.concat());
        }

        #[test]
        fn finds_what_was_boxed(number in -1_000_000i64..1_000_000) {
            prop_assert_eq!(found(&format!("3 of 4, so $\\boxed{{{number}}}$ and 17")), Some(number.to_string()));
        }
    }
}
