//! The model behind the server: a chain of right and wrong answers, each decided by a hash.
//!
//! It knows a question of the form "17 + 25" and what it comes to; of any other question, the right answer is a number
//! made of the question's text. Prompts are those that the harness ships, or any in which they can be recognised.

use crate::hash::{mix, of_bytes, unit};
use crate::script::{Reasoning, Script};

const WORDS: [&str; 16] = [
    "first", "then", "we", "add", "both", "sides", "and", "carry", "the", "one", "so", "it", "follows", "that",
    "check", "again",
];

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Answer,
    /// `Verdict: right` or `Verdict: wrong` about the answer in the prompt.
    Verdict,
    /// `Difficulty: N`.
    Difficulty,
    /// `yes` or `no` about a solution.
    Grade,
}

/// What a request asks of the model.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Prompt {
    kind: Kind,
    hash: u64,
    right: u64,
    /// Whether the answer that the prompt holds is right; `None` without one.
    previous: Option<bool>,
    pub(crate) tokens: u64,
    pub(crate) cached: u64,
}

/// What the model writes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Choice {
    pub(crate) text: String,
    pub(crate) reasoning: String,
    pub(crate) finish_reason: &'static str,
    pub(crate) tokens: u64,
    pub(crate) reasoning_tokens: u64,
    /// The probability of `yes`, of a grade.
    pub(crate) yes: Option<f64>,
}

/// What a completion depends on beside the prompt.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Draw {
    pub(crate) seed: u64,
    pub(crate) index: u32,
    pub(crate) most_tokens: u64,
    /// Bytes that are added to the text.
    pub(crate) padding: usize,
}

impl Prompt {
    /// Reads messages: `(is_user, text)`, in order.
    pub(crate) fn read(messages: &[(bool, &str)]) -> Self {
        let hash = messages.iter().fold(messages.len() as u64, |hash, (_, text)| mix(hash, of_bytes(text.as_bytes())));
        let tokens = messages.iter().map(|(_, text)| text.len() as u64 / 4 + 1).sum();
        let asked = messages.iter().rev().find(|(user, _)| *user).or(messages.last()).map_or("", |(_, text)| *text);
        let right = right_answer(asked);
        let kind = if asked.contains("Verdict: ") {
            Kind::Verdict
        } else if asked.contains("Difficulty: ") {
            Kind::Difficulty
        } else if asked.contains("yes if the final answer") {
            Kind::Grade
        } else {
            Kind::Answer
        };
        let previous = match (messages.last(), kind) {
            // A text that is to be continued.
            (Some((false, written)), _) => boxed(written).map(|answer| answer == right),
            (_, Kind::Grade) => Some(boxed(asked) == Some(right)),
            _ if asked.contains("earlier attempt") || kind == Kind::Verdict => Some(stands_alone(asked, right)),
            _ => None,
        };
        let cached = if previous.is_some() { tokens / 2 } else { 0 };
        Self { kind, hash, right, previous, tokens, cached }
    }

    /// An id of the reply to it with this seed.
    pub(crate) fn id(&self, seed: u64) -> u64 {
        mix(self.hash, seed)
    }

    /// What the model writes.
    pub(crate) fn complete(&self, script: &Script, draw: Draw) -> Choice {
        let hash = mix(mix(mix(script.seed, draw.seed), self.hash), u64::from(draw.index));
        let right = |probability: f64| unit(mix(hash, 1)) < probability;
        let mut choice = Choice { finish_reason: "stop", ..Choice::default() };
        match self.kind {
            Kind::Answer => {
                let probability = match self.previous {
                    None => script.accuracy,
                    Some(true) => script.keep,
                    Some(false) => script.repair,
                };
                // A few wrong answers, so that some agree.
                let answer = if right(probability) { self.right } else { self.right + 1 + mix(hash, 2) % 3 };
                self.reason(script, hash, draw.padding, &mut choice);
                choice.text.push_str(&format!("The answer is \\boxed{{{answer}}}."));
            }
            Kind::Verdict => {
                self.reason(script, hash, draw.padding, &mut choice);
                let said = right(0.8) == self.previous.unwrap_or_default();
                choice.text.push_str(if said { "Verdict: right" } else { "Verdict: wrong" });
            }
            Kind::Difficulty => choice.text = format!("Difficulty: {}", self.hash % 10 + 1),
            Kind::Grade => {
                let yes = score(self.previous.unwrap_or_default(), hash);
                choice.text = if yes >= 0.5 { "yes" } else { "no" }.to_owned();
                choice.yes = Some(yes);
            }
        }
        choice.reasoning_tokens = tokens(&choice.reasoning);
        choice.tokens = tokens(&choice.text) + choice.reasoning_tokens;
        if unit(mix(hash, 3)) < script.filtered {
            choice.finish_reason = "content_filter";
        }
        if choice.tokens > draw.most_tokens {
            choice.cut(draw.most_tokens);
        }
        choice
    }

    fn reason(&self, script: &Script, hash: u64, padding: usize, choice: &mut Choice) {
        let mut words = String::with_capacity(script.words as usize * 6 + padding + 2);
        for index in 0..u64::from(script.words) {
            words.push_str(WORDS[(mix(hash, index + 16) % 16) as usize]);
            words.push(' ');
        }
        while words.len() < padding {
            words.push_str("and so on ");
        }
        choice.text.reserve(words.len() + 64);
        match script.reasoning {
            Reasoning::None => choice.text.push_str(&words),
            Reasoning::Field => choice.reasoning = words,
            Reasoning::Tags => {
                for part in ["<think>\n", &words, "\n</think>\n"] {
                    choice.text.push_str(part);
                }
            }
        }
        choice.text.push('\n');
    }
}

impl Choice {
    /// Cuts it off at a number of tokens.
    fn cut(&mut self, most: u64) {
        self.reasoning_tokens = self.reasoning_tokens.min(most);
        self.tokens = most;
        let bytes = |tokens: u64| usize::try_from(tokens * 4).unwrap_or(usize::MAX);
        self.reasoning.truncate(bytes(self.reasoning_tokens));
        self.text.truncate(bytes(most - self.reasoning_tokens));
        self.finish_reason = "length";
    }
}

/// Tokens of a text of ASCII.
pub(crate) fn tokens(text: &str) -> u64 {
    (text.len() as u64).div_ceil(4)
}

/// A score of a right or a wrong answer.
pub(crate) fn score(right: bool, hash: u64) -> f64 {
    let spread = unit(mix(hash, 4));
    // Six digits, so that what is written is what is read.
    ((if right { 0.35 + 0.6 * spread } else { 0.05 + 0.6 * spread }) * 1e6).round() / 1e6
}

/// Whether a solution's final answer is the right one to a question.
pub(crate) fn is_right(question: &str, solution: &str) -> bool {
    boxed(solution) == Some(right_answer(question))
}

/// What the question comes to.
fn right_answer(text: &str) -> u64 {
    let question = ["Problem:\n", "Question:\n"].iter().find_map(|mark| text.split_once(mark));
    let question = question.map_or(text, |(_, rest)| rest.split("\n\n").next().unwrap_or(rest));
    sum(question).unwrap_or_else(|| of_bytes(question.as_bytes()) % 1000)
}

/// The first sum of two whole numbers.
fn sum(text: &str) -> Option<u64> {
    text.match_indices(" + ").find_map(|(at, plus)| {
        let (before, after) = (&text[..at], &text[at + plus.len()..]);
        let left = before.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        let right = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
        let numbers = (before[left..].parse::<u32>().ok()?, after[..right].parse::<u32>().ok()?);
        Some(u64::from(numbers.0) + u64::from(numbers.1))
    })
}

/// The number in the last box that holds one.
fn boxed(text: &str) -> Option<u64> {
    text.rmatch_indices("\\boxed{").find_map(|(at, mark)| text[at + mark.len()..].split('}').next()?.parse().ok())
}

/// Whether the number stands on a line of its own.
fn stands_alone(text: &str, number: u64) -> bool {
    text.lines().any(|line| line.trim().parse() == Ok(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str = "Solve it.\n\nProblem:\nWhat is 17 + 25?\n\nFinish with \\boxed{}.";

    fn share_right(prompt: &str) -> f64 {
        let prompt = Prompt::read(&[(true, prompt)]);
        let draw = |seed| Draw { seed, index: 0, most_tokens: 1000, padding: 0 };
        let right = |seed| boxed(&prompt.complete(&Script::default(), draw(seed)).text) == Some(42);
        (0..2000).filter(|seed| right(*seed)).count() as f64 / 2000.0
    }

    #[test]
    fn it_answers_as_a_chain_of_right_and_wrong() {
        let again = |previous| {
            format!("Problem:\nWhat is 17 + 25?\n\nAn earlier attempt arrived at the final answer:\n{previous}\n\nGo")
        };
        for (prompt, expected) in [(PLAIN.to_owned(), 0.6), (again(42), 0.9), (again(44), 0.3)] {
            let share = share_right(&prompt);
            assert!((share - expected).abs() < 0.04, "{share} instead of {expected}: {prompt}");
        }
    }

    #[test]
    fn a_limit_cuts_it_off() {
        let prompt = Prompt::read(&[(true, PLAIN)]);
        let script = Script { reasoning: Reasoning::Field, ..Script::default() };
        let whole = prompt.complete(&script, Draw { seed: 1, index: 0, most_tokens: 1000, padding: 0 });
        assert_eq!((whole.finish_reason, whole.tokens > whole.reasoning_tokens), ("stop", true));
        let cut = prompt.complete(&script, Draw { seed: 1, index: 0, most_tokens: 3, padding: 0 });
        assert_eq!((cut.finish_reason, cut.tokens, &*cut.text), ("length", 3, ""));
    }

    #[test]
    fn grades_go_by_the_answer() {
        let grade = |answer: u32| {
            let text = format!(
                "Question:\nWhat is 17 + 25?\n\nSolution:\n\\boxed{{{answer}}}\n\nReply: yes if the final answer is right"
            );
            let prompt = Prompt::read(&[(true, &text)]);
            (0..200)
                .map(|seed| prompt.complete(&Script::default(), Draw { seed, index: 0, most_tokens: 9, padding: 0 }))
                .map(|choice| choice.yes.unwrap())
                .sum::<f64>()
        };
        assert!(grade(42) > grade(41));
    }
}
