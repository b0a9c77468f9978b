//! The prompts of a run.

use std::path::Path;

use super::error::PromptError;
use super::family::Family;
use super::plan::PromptPlan;
use super::reasoning;
use super::template::{Filling, Slot, Template};
use crate::key::short_hash;
use crate::suggest::name_help;
use crate::vocabulary::{Message, Role};

/// Prompts that are part of the program: name and text.
const SHIPPED: &[(&str, &str)] = &[
    ("plain", include_str!("../../../../configs/prompts/plain.txt")),
    ("re-answer", include_str!("../../../../configs/prompts/re-answer.txt")),
    ("critique", include_str!("../../../../configs/prompts/critique.txt")),
    ("refine", include_str!("../../../../configs/prompts/refine.txt")),
    ("judge", include_str!("../../../../configs/prompts/judge.txt")),
    ("grade", include_str!("../../../../configs/prompts/grade.txt")),
    ("terse", include_str!("../../../../configs/prompts/terse.txt")),
    ("terse-re-answer", include_str!("../../../../configs/prompts/terse-re-answer.txt")),
];

/// Names of the prompts that are part of the program.
pub fn shipped_names() -> Vec<&'static str> {
    SHIPPED.iter().map(|(name, _)| *name).collect()
}

/// Whether a prompt's name in a config is a path: it contains a separator or ends in `.txt`.
pub fn is_path(name: &str) -> bool {
    name.contains(['/', '\\']) || Path::new(name).extension().is_some_and(|extension| extension == "txt")
}

/// The prompts of a run, read and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromptSet {
    answer: Prompt,
    re_answer: Prompt,
    critique: Prompt,
    refine: Prompt,
    judge: Prompt,
    continuation: String,
    continuation_hash: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Prompt {
    template: Template,
    hash: String,
}

impl PromptSet {
    /// Reads every prompt: shipped ones by name, others by path (relative to the working directory).
    ///
    /// # Errors
    /// When a prompt does not exist, has an unknown slot, or does not have exactly the slots that its use fills.
    pub fn load(plan: &PromptPlan) -> Result<Self, PromptError> {
        Ok(Self {
            answer: load(&plan.answer, Family::Answer)?,
            re_answer: load(&plan.re_answer, Family::ReAnswer)?,
            critique: load(&plan.critique, Family::Critique)?,
            refine: load(&plan.refine, Family::Refine)?,
            judge: load(&plan.judge, Family::Judge)?,
            continuation_hash: short_hash(plan.continuation.as_bytes()),
            continuation: plan.continuation.clone(),
        })
    }

    /// The messages of one draw.
    ///
    /// With no previous answer (a first answer, or a round whose previous answer is missing) the plain question is
    /// asked. Otherwise the question again with the previous answer, and nothing else of earlier rounds.
    pub fn messages(&self, question: &str, previous_answer: Option<&str>) -> Vec<Message> {
        let prompt = if previous_answer.is_some() { &self.re_answer } else { &self.answer };
        let previous_answer = previous_answer.unwrap_or_default();
        prompt.message(Filling { question, previous_answer, ..Filling::default() })
    }

    /// Asks to check an answer and to end with a verdict (see [`super::verdict`]).
    pub fn critique(&self, question: &str, previous_answer: &str) -> Vec<Message> {
        self.critique.message(Filling { question, previous_answer, ..Filling::default() })
    }

    /// Asks for an answer again, with the previous one and what a critique wrote about it.
    pub fn refine(&self, question: &str, previous_answer: &str, critique: &str) -> Vec<Message> {
        self.refine.message(Filling { question, previous_answer, critique, ..Filling::default() })
    }

    /// Asks how difficult a question is (see [`super::rating`]).
    pub fn judge(&self, question: &str) -> Vec<Message> {
        self.judge.message(Filling { question, ..Filling::default() })
    }

    /// A reasoning text as it is handed back to be gone on with: what was written, then the continuation on a line of its
    /// own. What a model wrote after it closed its reasoning (`</think>`) is taken out, since the continuation stands in
    /// for that closing (s1, arXiv 2501.19393, section 3).
    pub fn continued(&self, text: &str) -> String {
        let reasoning = reasoning::split(text).map_or(text, |(reasoning, _)| reasoning);
        format!("{}\n{}", reasoning.trim_end(), self.continuation)
    }

    /// The hash that a trace stores with a draw: the first 16 hex digits of the SHA-256 of the text of the template (or
    /// of the continuation), with line feeds for line ends and no space at its end.
    pub fn hash(&self, family: Family) -> &str {
        match family {
            // A verifier's, and no backbone's: see `GradePrompt`.
            Family::Grade => "",
            Family::Answer => &self.answer.hash,
            Family::ReAnswer => &self.re_answer.hash,
            Family::Critique => &self.critique.hash,
            Family::Refine => &self.refine.hash,
            Family::Judge => &self.judge.hash,
            Family::Continuation => &self.continuation_hash,
        }
    }
}

/// The prompt of a verifier that is a chat model, read and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GradePrompt(Prompt);

impl GradePrompt {
    /// Reads the prompt of this name (shipped) or path (relative to the working directory).
    ///
    /// # Errors
    /// When it does not exist, has an unknown slot, or does not have exactly the slots `{question}` and `{solution}`.
    pub fn load(name: &str) -> Result<Self, PromptError> {
        load(name, Family::Grade).map(Self)
    }

    /// Asks whether a solution is right.
    pub fn messages(&self, question: &str, solution: &str) -> Vec<Message> {
        self.0.message(Filling { question, solution, ..Filling::default() })
    }

    /// The hash of its text, made as [`PromptSet::hash`] is.
    pub fn hash(&self) -> &str {
        &self.0.hash
    }
}

impl Prompt {
    fn message(&self, filling: Filling<'_>) -> Vec<Message> {
        vec![Message { role: Role::User, content: self.template.fill(&filling) }]
    }
}

/// The text behind a name, normalised so that line ends and a last newline change neither prompt nor hash.
fn text(name: &str) -> Result<String, PromptError> {
    let raw = if is_path(name) {
        let unreadable = |reason| PromptError::Unreadable { path: name.into(), reason };
        std::fs::read_to_string(name).map_err(unreadable)?
    } else {
        let shipped = SHIPPED.iter().find(|(shipped, _)| *shipped == name);
        let Some((_, text)) = shipped else {
            let help = name_help(name, &shipped_names());
            return Err(PromptError::UnknownName { name: name.to_owned(), help });
        };
        (*text).to_owned()
    };
    Ok(raw.replace("\r\n", "\n").trim_start_matches('\u{feff}').trim_end().to_owned())
}

/// A template with exactly the slots of its use.
fn load(name: &str, family: Family) -> Result<Prompt, PromptError> {
    let text = text(name)?;
    let template = Template::parse(&text).map_err(|unknown| {
        let (line, column) = line_and_column(&text, unknown.start);
        let slots: Vec<&str> = Slot::ALL.iter().map(|slot| slot.name()).collect();
        let help = name_help(&unknown.name, &slots);
        PromptError::UnknownSlot { prompt: name.to_owned(), line, column, slot: unknown.name, help }
    })?;
    for (slot, consequence) in family.slots() {
        if template.position(*slot).is_none() {
            let (prompt, family, slot) = (name.to_owned(), family.key(), slot.name());
            return Err(PromptError::MissingSlot { prompt, family, slot, consequence });
        }
    }
    let needed = |slot: Slot| family.slots().iter().any(|(needed, _)| *needed == slot);
    for slot in Slot::ALL.into_iter().filter(|slot| !needed(*slot)) {
        if let Some(byte) = template.position(slot) {
            let (line, column) = line_and_column(&text, byte);
            let (prompt, why, slot) = (name.to_owned(), family.why_not(slot), slot.name());
            return Err(PromptError::SlotNeverFilled { prompt, line, column, slot, family: family.key(), why });
        }
    }
    Ok(Prompt { template, hash: short_hash(text.as_bytes()) })
}

/// Line and column, both from 1, columns in characters.
fn line_and_column(text: &str, byte: usize) -> (usize, usize) {
    let before = &text[..byte];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}
