//! An answer, read once and ready to be compared.

use std::sync::Arc;

use crate::ambiguity::may_have_several;
use crate::normalise;
use crate::parse;
use crate::value::Value;

/// An extracted or gold answer: its source text and, where it was understood, its value.
///
/// Two answers are `==` when they were written alike; whether they mean the same is [`crate::equivalent`]'s question.
#[derive(Debug, Clone)]
pub struct Answer {
    text: String,
    /// The text with notation that carries no meaning taken away; equal keys are equal answers.
    key: String,
    /// Whether the text may have a second reading, for the other answer to settle.
    has_several_readings: bool,
    /// Shared, because classes and outcomes copy answers around.
    value: Option<Arc<Value>>,
}

impl PartialEq for Answer {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Answer {}

impl Answer {
    /// Reads an answer as it stands (a gold answer, or an answer stored in a trace). Never fails: what is not understood
    /// still has its text.
    pub fn parse(text: &str) -> Self {
        let text = single_line(text);
        let (key, value) = match normalise::tokens(&text) {
            Some(tokens) => (normalise::key(&tokens), parse::value(&tokens).map(Arc::new)),
            None => (text.split_whitespace().collect(), None),
        };
        let has_several_readings = may_have_several(&text);
        Self { text, key, has_several_readings, value }
    }

    /// A text that is kept as it is, because it says more than what could be read of it.
    pub(crate) fn unread(text: &str) -> Self {
        let text = single_line(text);
        Self { key: text.split_whitespace().collect(), has_several_readings: false, value: None, text }
    }

    /// Whether nothing is written: an empty box, spaces (also invisible ones and those of LaTeX), an empty `\text{}`. A
    /// blank answer is a missing one; [`crate::extract_answer`] never gives it. An empty set is something.
    pub fn is_blank(text: &str) -> bool {
        const SPACES: [&str; 6] = ["\\ ", "\\,", "\\;", "\\:", "\\qquad", "\\quad"];
        const EMPTY: [&str; 5] = ["\\text{}", "\\mathrm{}", "\\mbox{}", "\\fbox{}", "\\boxed{}"];
        const INVISIBLE: &str = "$~\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}";
        let spaced = SPACES.iter().fold(text.to_owned(), |left, space| left.replace(space, " "));
        let is_nothing = |c: char| c.is_whitespace() || c.is_control() || INVISIBLE.contains(c);
        let written: String = spaced.chars().filter(|c| !is_nothing(*c)).collect();
        EMPTY.iter().fold(written, |left, empty| left.replace(empty, "")).is_empty()
    }

    /// The answer as written (trimmed, runs of white space and line breaks made one space), as traces store it and
    /// prompts feed it back.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the answer has a known value, so that comparing it does not rest on its text alone.
    pub fn is_understood(&self) -> bool {
        self.value.is_some()
    }

    /// Whether this is a list of words and of something else.
    pub(crate) fn mixes_words(&self) -> bool {
        let is_words = |member: &Value| matches!(member, Value::Words(_));
        match self.value() {
            Some(Value::List(members) | Value::Logic { members, .. }) => {
                members.iter().any(is_words) && !members.iter().all(is_words)
            }
            _ => false,
        }
    }

    pub(crate) fn may_be_read_otherwise(&self) -> bool {
        self.has_several_readings
    }

    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    pub(crate) fn value(&self) -> Option<&Value> {
        self.value.as_deref()
    }
}

fn single_line(text: &str) -> String {
    let is_plain =
        |bytes: &[u8]| !bytes.iter().any(|byte| byte.is_ascii_whitespace() && *byte != b' ' || !byte.is_ascii());
    let trimmed = text.trim();
    if is_plain(trimmed.as_bytes()) && !trimmed.contains("  ") {
        return trimmed.to_owned();
    }
    let mut line = String::with_capacity(text.len().min(256));
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::Answer;

    #[test]
    fn what_is_blank() {
        for text in [
            "",
            "  ",
            "\u{a0}\u{200b}",
            "$ $",
            r"\ ",
            r"\,\quad",
            r"\text{}",
            r"\text{ }",
            r"\boxed{}",
            r"\boxed{\text{ }}",
        ] {
            assert!(Answer::is_blank(text), "{text:?}");
        }
        for text in ["0", "-", r"\{\}", "{}", r"\emptyset", "?", r"\text{no}", "none", r"\boxed{0}"] {
            assert!(!Answer::is_blank(text), "{text:?}");
        }
        for completion in [r"The answer is \boxed{}.", r"So \boxed{\text{ }}", r"\boxed{\,}"] {
            let found = crate::extract_answer(completion, crate::ExtractOptions::default());
            assert!(found.is_none(), "{completion}: {found:?}");
        }
    }
}
