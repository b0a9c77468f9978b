//! Finding the final answer in a completion.
//!
//! First the completion's reasoning is set apart: what follows the last closed block (`<think>…</think>` and its like) is
//! searched, and a block that was never closed means that the text was cut off. Then the rules, in order; the first that
//! finds something decides, and is recorded:
//!
//! 1. `box`: the last `\boxed{…}` (or `\fbox{…}`, or unbraced `\boxed 5`) whose braces balance, with those joined to it by a
//!    comma, "and" or "or". A cut-off box does not count, and one with nothing in it is no answer;
//! 2. `phrase`: what follows the last "the answer is", "final answer:", "**Answer:**", or stands in `<answer>`;
//! 3. `hash_mark`: what follows the last `####` that is not a heading;
//! 4. `choice`: a letter that the text settles on ("option B is correct", a last line `(C)`);
//! 5. `last_expression`: the last formula, if no number stands after it;
//! 6. `last_number`: the last number.
//!
//! A text that was cut off has no answer unless it stated one before: what stands in a block of reasoning that was never
//! closed or that nothing follows, in an unfinished announcement, or is merely the last number of a text that stops within
//! a formula or a sentence, is taken only on request ([`ExtractOptions::guess_unfinished`]). From the text alone not every
//! cut can be seen; who knows that a completion hit its limit should say so by not asking.
//!
//! A phrase behind the last box beats it where all that it announces is understood. A completion's own turn ends at the tokens
//! of a chat template and at the next question. No rule takes a number out of something larger: a run of words is taken whole,
//! with words beside it that make mathematics of it, or not at all.
//!
//! Every rule is linear in the text and starts from its end; what it reads again is bounded and counted.

mod boxes;
mod choice;
mod clause;
mod ending;
mod formula;
mod json;
mod last;
mod number;
mod parts;
mod phrase;
mod prose;
mod reading;
mod reasoning;
mod scan;
mod surface;
mod turns;

use crate::Answer;

pub use reading::{ReadAs, Reading, read, read_gold};

/// `####` that are looked at before the search is given up.
const MOST_MARKS: usize = 32;

/// Which rule found an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ExtractionRule {
    /// The last complete `\boxed{…}` or `\fbox{…}`, or several that are joined.
    Box,
    /// A phrase that announces the answer.
    Phrase,
    /// `####`.
    HashMark,
    /// A letter of a multiple choice that the text settles on.
    Choice,
    /// The last formula or expression.
    LastExpression,
    /// The last number.
    LastNumber,
}

impl ExtractionRule {
    /// Every rule, in the order in which they are tried.
    pub const ALL: &'static [Self] =
        &[Self::Box, Self::Phrase, Self::HashMark, Self::Choice, Self::LastExpression, Self::LastNumber];

    /// Its name in files and tables, in snake case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Box => "box",
            Self::Phrase => "phrase",
            Self::HashMark => "hash_mark",
            Self::Choice => "choice",
            Self::LastExpression => "last_expression",
            Self::LastNumber => "last_number",
        }
    }

    /// Whether it finds what a text says is its answer; any other rule takes something that may be one.
    pub fn is_stated(self) -> bool {
        matches!(self, Self::Box | Self::Phrase | Self::HashMark | Self::Choice)
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
    /// Take a guess from a text that was cut off before it gave an answer: what its unfinished reasoning or sentence says, or
    /// its last expression or number.
    pub guess_unfinished: bool,
}

/// The final answer of a completion and the rule that found it; `None` where the last thing stated is blank (`\boxed{}`).
pub fn extract_answer(text: &str, options: ExtractOptions) -> Option<Extraction> {
    let guess = options.guess_unfinished;
    let found = match reasoning::parts(text) {
        reasoning::Parts::Plain(text) => search(text, guess),
        reasoning::Parts::Closed { reasoning, conclusion } => {
            search(conclusion, guess).or_else(|| guess.then(|| search(reasoning, guess)).flatten())
        }
        // A block that was opened again behind a stated answer takes nothing back.
        reasoning::Parts::Open { before, reasoning } => {
            let concluded = match reasoning::parts(before) {
                reasoning::Parts::Closed { conclusion, .. } => stated(conclusion),
                _ => None,
            };
            concluded.or_else(|| guess.then(|| search(reasoning, guess)).flatten())
        }
    };
    found.filter(|found| !Answer::is_blank(found.answer.text()))
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

/// The rules, on a text without reasoning.
fn search(text: &str, guess: bool) -> Option<Extraction> {
    let own = turns::own(text, |before| in_one_turn(before, false, guess).is_some());
    in_one_turn(own, own.len() < text.len(), guess)
}

/// What a text states, by the rules that are no guesses.
fn stated(text: &str) -> Option<Extraction> {
    search(text, false).filter(|found| found.rule.is_stated() || found.rule == ExtractionRule::Choice)
}

fn in_one_turn(text: &str, is_ended: bool, guess: bool) -> Option<Extraction> {
    let (text, is_marked) = reasoning::without_end_marks(text);
    let is_marked_as_finished = is_marked || is_ended;
    let text = surface::without_end(text);
    let found = |answer, rule| Some(Extraction { answer, rule });
    let boxed = boxes::last(text);
    if let Some(content) = boxed.content {
        let later = &text[boxed.end..];
        let restated = phrase::last(later, false).filter(|said| said.is_whole);
        if let Some(said) = restated {
            return found(said.answer, ExtractionRule::Phrase);
        }
        return found(clause::boxed(&content), ExtractionRule::Box);
    }
    if let Some(said) = phrase::last(text, guess) {
        return found(said.answer, ExtractionRule::Phrase);
    }
    if let Some(answer) = after_hash_mark(text) {
        return found(answer, ExtractionRule::HashMark);
    }
    if let Some(letter) = choice::last(text) {
        return found(Answer::parse(letter), ExtractionRule::Choice);
    }
    if boxed.is_open && !guess {
        return None;
    }
    last::last(text, is_marked_as_finished, guess)
}

/// What follows the last `####` on its line. `####` starts headings of Markdown, too: words count on the last line only.
fn after_hash_mark(text: &str) -> Option<Answer> {
    // One fast pass spares a slow one.
    if !scan::holds(text, "####") {
        return None;
    }
    let mut end = text.len();
    for _ in 0..MOST_MARKS {
        let at = text[..end].rfind("####")?;
        let rest = text[at + 4..end].trim_start();
        let line = scan::first_bytes(rest, clause::LONGEST).split('\n').next().map(scan::clean).unwrap_or_default();
        let is_word = line.bytes().take_while(u8::is_ascii_alphabetic).count() > 1;
        let is_last = end == text.len() && rest.trim_end().len() <= line.len() + 2;
        if !line.is_empty() && (is_last || !is_word) {
            return Some(Answer::parse(formula::result(line)));
        }
        end = at;
    }
    None
}

#[cfg(test)]
mod tests;
