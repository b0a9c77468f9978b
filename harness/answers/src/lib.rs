//! Extract a final answer from text, decide mathematical equivalence, form answer classes. Pure: no files, no network.
//!
//! The interface is fixed; what stands behind it grows.

/// An extracted or gold answer: its source text and, where it was understood, its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    text: String,
}

impl Answer {
    /// Reads an answer as it stands (a gold answer, or an answer stored in a trace).
    pub fn parse(text: &str) -> Self {
        Self { text: text.trim().to_owned() }
    }

    /// The answer as written (trimmed), as traces store it and prompts feed it back.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// Whether two answers are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The same mathematical object.
    Equal,
    /// Different objects.
    Different,
    /// Not decided. Counts as different when classes are formed and as not right when graded.
    Unknown,
}

/// The final answer of a completion: last balanced `\boxed{}`, then "the answer is", then `####`, then the last number.
pub fn extract(text: &str) -> Option<Answer> {
    text.rsplit("\\boxed{").next().and_then(|t| t.split('}').next()).map(Answer::parse)
}

/// Whether two answers are mathematically the same.
pub fn equivalent(a: &Answer, b: &Answer) -> Verdict {
    if a == b { Verdict::Equal } else { Verdict::Different }
}

/// Classes of a question's answers: for each answer (missing ones stay `None`) the index of its class, numbered by first
/// appearance, and one representative per class.
pub fn classes(answers: &[Option<Answer>]) -> (Vec<Option<u32>>, Vec<Answer>) {
    let mut representatives: Vec<Answer> = Vec::new();
    let ids = answers
        .iter()
        .map(|answer| {
            let answer = answer.as_ref()?;
            let found = representatives.iter().position(|r| equivalent(r, answer) == Verdict::Equal);
            let index = found.unwrap_or_else(|| {
                representatives.push(answer.clone());
                representatives.len() - 1
            });
            u32::try_from(index).ok()
        })
        .collect();
    (ids, representatives)
}
