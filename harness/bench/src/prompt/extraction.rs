//! What a text concludes, by which rule that was found, and whether it is right.
//!
//! The one place that decides what counts as the answer of a completion; `markovscale answers extract` reads texts by it
//! too. A text that the token limit cut off gives no answer by a guess: only what it had stated before it broke off.

use markovscale_answers::{ExtractOptions, Extraction, ExtractionRule, Grader, extract_answer};

use super::reading::{rating, verdict, verdict_name};
use crate::key::{DrawKey, Mode};

/// What is stored in `answer`, and for an answer the rule that found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Extracted {
    pub(crate) text: String,
    pub(crate) rule: Option<ExtractionRule>,
}

impl Extracted {
    /// Something that no rule found: a verdict, a rating, or an answer that is repeated.
    pub(crate) fn other(text: impl Into<String>) -> Self {
        Self { text: text.into(), rule: None }
    }
}

/// What a text concludes: an answer, a critique's verdict, or a judge's rating.
pub(crate) fn extracted(draw: DrawKey, text: &str, cut_off: bool) -> Option<Extracted> {
    if draw.is_answer() {
        let Extraction { answer, rule } = answer_of(text, cut_off, ExtractOptions::default())?;
        return Some(Extracted { text: answer.text().to_owned(), rule: Some(rule) });
    }
    match draw.mode {
        Mode::Judge => rating(text).map(|rating| Extracted::other(rating.to_string())),
        _ => verdict_name(verdict(text)).map(Extracted::other),
    }
}

/// The answer of a completion. Where the token limit cut it off, and no guess is asked for, only one that was stated
/// whole before: in a box that was closed, or by a sentence or line that was ended.
pub fn answer_of(text: &str, cut_off: bool, options: ExtractOptions) -> Option<Extraction> {
    let found = extract_answer(text, options)?;
    if !cut_off || options.guess_unfinished {
        return Some(found);
    }
    // `\boxed 1` at the end may have been going to be `\boxed 12`; a brace at the end says that it was not.
    if found.rule == ExtractionRule::Box && !text.trim_end().ends_with(found.answer.text()) {
        return Some(found);
    }
    extract_answer(ended(text), options).filter(|found| found.rule.is_stated())
}

/// Whether what a draw concluded is right, as a trace stores it: a missing answer is not right, an undecided one is
/// unknown, and what answers nothing (a critique, a rating) has no grade.
pub fn correct(grader: &Grader, draw: DrawKey, answer: Option<&str>) -> Option<bool> {
    if draw.is_answer() { answer.map_or(Some(false), |answer| grader.right(answer)) } else { None }
}

/// A text without the line or sentence that it broke off in.
fn ended(text: &str) -> &str {
    let line = text.rfind('\n').unwrap_or(0);
    let sentence = text.rfind(". ").map_or(0, |at| at + 1);
    &text[..line.max(sentence)]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::key::{Chain, Round};

    fn found(text: &str, cut_off: bool) -> Option<(String, &'static str)> {
        let extraction = answer_of(text, cut_off, ExtractOptions::default())?;
        Some((extraction.answer.text().to_owned(), extraction.rule.name()))
    }

    #[test]
    fn a_text_that_was_cut_off_answers_only_what_it_had_stated() {
        let stated = |answer: &str, rule| Some((answer.to_owned(), rule));
        let cases = [
            ("So \\boxed{12}", stated("12", "box")),
            ("It is \\boxed{12}. Let me check: 3 + 4", stated("12", "box")),
            ("It is \\boxed 1", None),
            ("The answer is 12", None),
            ("The answer is 12.", None),
            ("The answer is 12. Let me ch", stated("12", "phrase")),
            ("The answer is 12\nLet me ch", stated("12", "phrase")),
            ("2 + 3 = 5\n#### 5", None),
            ("2 + 3 = 5\n#### 5\n", stated("5", "hash_mark")),
            ("We get 3 apples.\nThen 4 pears. And", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(found(text, true), expected, "{text}");
        }
    }

    #[test]
    fn a_text_that_was_ended_or_a_guess_that_was_asked_for_is_read_as_it_is() {
        assert_eq!(found("We get 3 apples.", false), Some(("3".to_owned(), "last_number")));
        assert_eq!(found("The answer is 12", false), Some(("12".to_owned(), "phrase")));
        let options = ExtractOptions { guess_unfinished: true };
        let guessed = answer_of("The answer is 12", true, options).expect("a guess");
        assert_eq!((guessed.answer.text(), guessed.rule), ("12", ExtractionRule::Phrase));
    }

    #[test]
    fn verdicts_and_ratings_have_no_rule() {
        let draw = |mode, round| DrawKey { mode, chain: Chain(0), round: Round(round) };
        let of = |mode, round, text| extracted(draw(mode, round), text, false);
        assert_eq!(of(Mode::Refine, 1, "5 is fine.\nVerdict: right"), Some(Extracted::other("right")));
        assert_eq!(of(Mode::Judge, 0, "Difficulty: 7"), Some(Extracted::other("7")));
        let answer = of(Mode::Refine, 2, "\\boxed{5}").expect("an answer");
        assert_eq!((&*answer.text, answer.rule), ("5", Some(ExtractionRule::Box)));
    }

    proptest! {
        /// Being cut off never finds an answer where the whole text has none, and never by a guess.
        #[test]
        fn being_cut_off_only_takes_answers_away(text in "(the answer is |\\\\boxed|[{}0-9x.\n #]){0,24}") {
            if let Some((_, rule)) = found(&text, true) {
                prop_assert!(found(&text, false).is_some());
                prop_assert!(["box", "phrase", "hash_mark"].contains(&rule));
            }
        }
    }
}
