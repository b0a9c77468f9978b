//! Reading a text of which it is not known whether it is a completion or an answer.

use super::{ExtractOptions, Extraction, ExtractionRule, extract_answer};
use crate::Answer;

/// How a text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReadAs {
    /// As a completion where it says what its answer is (a box, a phrase, `####`), is a sentence, or introduces a formula;
    /// else as it is written.
    #[default]
    Auto,
    /// As it is written.
    Written,
    /// As a completion that an answer is looked for in.
    Completion,
}

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The answer.
    pub answer: Answer,
    /// The rule that found it in the text; `None` where the text was taken as it is written.
    pub rule: Option<ExtractionRule>,
}

impl From<Extraction> for Reading {
    fn from(found: Extraction) -> Self {
        Self { answer: found.answer, rule: Some(found.rule) }
    }
}

/// Words that make a sentence of what stands around them, so that it is said about an answer and is none.
const SENTENCE_WORDS: &[&str] = &[
    "are",
    "be",
    "because",
    "equals",
    "find",
    "get",
    "gives",
    "have",
    "hence",
    "is",
    "it's",
    "since",
    "so",
    "therefore",
    "think",
    "thus",
    "was",
    "we",
];

/// The answer that a text gives. `None` where it gives none, which a text as it is written never does.
///
/// ```
/// use markovscale_answers::{ExtractionRule, ReadAs, read};
///
/// let answer = |text| read(text, ReadAs::Auto).map(|reading| (reading.answer.text().to_owned(), reading.rule));
/// assert_eq!(answer("x + 1"), Some(("x + 1".to_owned(), None)));
/// assert_eq!(answer("So we get $2x$."), Some(("2x".to_owned(), Some(ExtractionRule::LastExpression))));
/// assert_eq!(answer("It is \\boxed{5}."), Some(("5".to_owned(), Some(ExtractionRule::Box))));
/// ```
pub fn read(text: &str, read_as: ReadAs) -> Option<Reading> {
    let found = || extract_answer(text, ExtractOptions::default());
    let written = || Reading { answer: Answer::parse(text), rule: None };
    match read_as {
        ReadAs::Written => Some(written()),
        ReadAs::Completion => found().map(Reading::from),
        ReadAs::Auto => {
            let written = written();
            let is_introduced = |rule| {
                let is_formula = rule == ExtractionRule::LastExpression;
                is_formula && !written.answer.is_understood() && starts_in_words(text)
            };
            let found =
                found().filter(|found| found.rule.is_stated() || is_sentence(text) || is_introduced(found.rule));
            Some(found.map_or(written, Reading::from))
        }
    }
}

/// A gold answer: what the text says its answer is, or the text as it is written. Nothing is guessed at.
pub fn read_gold(text: &str) -> Answer {
    let found = extract_answer(text, ExtractOptions::default()).filter(|found| found.rule.is_stated());
    found.map_or_else(|| Answer::parse(text), |found| found.answer)
}

/// Whether a text says something, and is not an answer alone: three words, one of which makes a sentence of them.
fn is_sentence(text: &str) -> bool {
    let mut words = 0;
    let mut is_said = false;
    for word in text.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphabetic())) {
        let is_word = word.chars().all(|c| c.is_alphabetic() || c == '\'');
        words += usize::from(is_word && word.len() > 1);
        is_said = is_said || is_word && SENTENCE_WORDS.iter().any(|known| word.eq_ignore_ascii_case(known));
        if words > 2 && is_said {
            return true;
        }
    }
    false
}

/// Whether words stand before the first formula, as in `Answer: $9$`.
fn starts_in_words(text: &str) -> bool {
    let formula = ["$", "\\(", "\\["].iter().filter_map(|open| text.find(open)).min();
    let is_word = |word: &str| word.len() > 2 && word.chars().all(char::is_alphabetic);
    formula.is_some_and(|at| text[..at].split(|c: char| c.is_whitespace() || c == ':').any(is_word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn auto(text: &str) -> (String, Option<&'static str>) {
        let reading = read(text, ReadAs::Auto).expect("as written at least");
        (reading.answer.text().to_owned(), reading.rule.map(ExtractionRule::name))
    }

    #[test]
    fn a_sentence_is_searched_and_an_answer_is_not() {
        for (text, answer) in [
            ("Hence the only solution is $x \\leq 7$.", "x \\leq 7"),
            ("So we get $(3, 4)$", "(3, 4)"),
            ("The matrix is $\\begin{pmatrix}1 & 2\\end{pmatrix}$.", "\\begin{pmatrix}1 & 2\\end{pmatrix}"),
            ("We have 3 boxes.\nTherefore there are 12.", "12"),
            ("Sum of both: \\[ \n n + 1 \n \\]", "n + 1"),
        ] {
            let (found, rule) = auto(text);
            assert_eq!(found, answer, "{text}");
            assert!(rule.is_some(), "{text}");
        }
        for text in [
            "x is 5",
            "a right triangle with legs 3 and 4",
            "2 apples and 3 pears",
            "f(x) = 2x for all real x",
            "\\text{there are none}",
            "no solution",
            "",
        ] {
            assert_eq!(auto(text), (text.to_owned(), None), "{text}");
        }
        // Where a sentence says nothing that can be found, it is the answer itself.
        assert_eq!(auto("the lines are parallel").1, None);
    }

    #[test]
    fn gold_answers_are_not_guessed_at() {
        assert_eq!(read_gold("We get 3 + 4.").text(), "We get 3 + 4.");
        assert_eq!(read_gold("so it is \\boxed{7}.").text(), "7");
    }
}
