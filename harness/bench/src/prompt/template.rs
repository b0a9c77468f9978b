//! A text with slots.
//!
//! Only `{question}`, `{previous_answer}`, `{critique}` and `{solution}` are slots. All other braces are text, so LaTeX needs no
//! escaping; a lower-case word in braces that is no argument of a LaTeX command is taken for a misspelt slot. Filling is
//! one pass: what is filled in is never searched for slots.

/// A slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    /// The question's text.
    Question,
    /// The last round's extracted answer.
    PreviousAnswer,
    /// What a critique wrote about that answer.
    Critique,
    /// What somebody wrote, to be graded.
    Solution,
}

impl Slot {
    /// Every slot.
    pub(super) const ALL: [Self; 4] = [Self::Question, Self::PreviousAnswer, Self::Critique, Self::Solution];

    /// What stands between the braces.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Question => "question",
            Self::PreviousAnswer => "previous_answer",
            Self::Critique => "critique",
            Self::Solution => "solution",
        }
    }
}

/// What is filled into the slots. A slot that the template does not have is not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Filling<'a> {
    /// For [`Slot::Question`].
    pub(super) question: &'a str,
    /// For [`Slot::PreviousAnswer`].
    pub(super) previous_answer: &'a str,
    /// For [`Slot::Critique`].
    pub(super) critique: &'a str,
    /// For [`Slot::Solution`].
    pub(super) solution: &'a str,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Slot(Slot, usize),
}

/// A parsed template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template {
    pieces: Vec<Piece>,
}

/// A misspelt slot: its name and the byte it begins at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct UnknownSlot {
    /// What stands between the braces.
    pub(super) name: String,
    /// The byte of the opening brace.
    pub(super) start: usize,
}

impl Template {
    /// Splits a text at its slots.
    pub(super) fn parse(text: &str) -> Result<Self, UnknownSlot> {
        let mut pieces = Vec::new();
        let mut copied = 0;
        for (start, _) in text.match_indices('{') {
            let Some(length) = text[start + 1..].find('}') else { break };
            let name = &text[start + 1..start + 1 + length];
            if let Some(slot) = Slot::ALL.into_iter().find(|slot| slot.name() == name) {
                pieces.push(Piece::Text(text[copied..start].to_owned()));
                pieces.push(Piece::Slot(slot, start));
                copied = start + length + 2;
            } else if looks_like_a_slot(name) && !is_latex_argument(&text[..start]) {
                return Err(UnknownSlot { name: name.to_owned(), start });
            }
        }
        pieces.push(Piece::Text(text[copied..].to_owned()));
        Ok(Self { pieces })
    }

    /// The byte at which a slot first stands.
    pub(super) fn position(&self, wanted: Slot) -> Option<usize> {
        self.pieces.iter().find_map(|piece| match piece {
            Piece::Slot(slot, start) if *slot == wanted => Some(*start),
            _ => None,
        })
    }

    /// The text with its slots filled.
    pub(super) fn fill(&self, filling: &Filling<'_>) -> String {
        let parts = self.pieces.iter().map(|piece| match piece {
            Piece::Text(text) => text.as_str(),
            Piece::Slot(Slot::Question, _) => filling.question,
            Piece::Slot(Slot::PreviousAnswer, _) => filling.previous_answer,
            Piece::Slot(Slot::Critique, _) => filling.critique,
            Piece::Slot(Slot::Solution, _) => filling.solution,
        });
        parts.collect()
    }
}

/// A lower-case identifier.
fn looks_like_a_slot(name: &str) -> bool {
    let rest = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_';
    name.starts_with(|first: char| first.is_ascii_lowercase() || first == '_') && name.chars().all(rest)
}

/// Whether a brace after this text opens an argument of a LaTeX command: `\text{`, `\frac{a}{`, `\sqrt[3]{`, `x^{`,
/// `x_{`.
fn is_latex_argument(before: &str) -> bool {
    if before.ends_with(['}', ']', '^', '_']) {
        return true;
    }
    let command = before.trim_end_matches(|character: char| character.is_ascii_alphabetic());
    command.len() < before.len() && command.ends_with('\\')
}
