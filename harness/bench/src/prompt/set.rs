//! The prompts of a run.

use std::path::Path;

use super::error::PromptError;
use super::message::{Message, Role};
use super::template::{Slot, Template};
use crate::experiment::PromptPlan;
use crate::key::sha256_hex;

/// Prompts that are part of the program: name and text.
const SHIPPED: &[(&str, &str)] = &[
    ("plain", include_str!("../../../../configs/prompts/plain.txt")),
    ("re-answer", include_str!("../../../../configs/prompts/re-answer.txt")),
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
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Prompt {
    template: Template,
    hash: String,
}

impl PromptSet {
    /// Reads both prompts: shipped ones by name, others by path (relative to the working directory).
    ///
    /// When a prompt does not exist, has an unknown slot, or does not have exactly the slots that its use fills.
    pub fn load(plan: &PromptPlan) -> Result<Self, PromptError> {
        let answer_text = text(&plan.answer)?;
        let answer = parse(&plan.answer, "answer", &answer_text)?;
        if let Some(byte) = answer.template.position(Slot::PreviousAnswer) {
            let (line, column) = line_and_column(&answer_text, byte);
            return Err(PromptError::NoPreviousAnswer { prompt: plan.answer.clone(), line, column });
        }
        let re_answer = parse(&plan.re_answer, "re_answer", &text(&plan.re_answer)?)?;
        if re_answer.template.position(Slot::PreviousAnswer).is_none() {
            return Err(PromptError::MissingSlot {
                prompt: plan.re_answer.clone(),
                family: "re_answer",
                slot: Slot::PreviousAnswer.name(),
                consequence: "every round would be asked like the first, and no chain would exist",
            });
        }
        Ok(Self { answer, re_answer })
    }

    /// The messages of one draw.
    ///
    /// With no previous answer (a first answer, or a round whose previous answer is missing) the plain question is
    /// asked. Otherwise the question again with the previous answer, and nothing else of earlier rounds.
    pub fn messages(&self, question: &str, previous_answer: Option<&str>) -> Vec<Message> {
        let prompt = self.prompt(previous_answer.is_some());
        let content = prompt.template.fill(question, previous_answer.unwrap_or_default());
        vec![Message { role: Role::User, content }]
    }

    /// The hash that a trace stores with a draw: of the template for draws with a previous answer, or of the plain one.
    /// The first 16 hex digits of the SHA-256 of the template's text, with line feeds for line ends and no space at its
    /// end.
    pub fn hash_for(&self, previous: bool) -> &str {
        &self.prompt(previous).hash
    }

    fn prompt(&self, previous: bool) -> &Prompt {
        if previous { &self.re_answer } else { &self.answer }
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
            let help = crate::experiment::schema::name_help(name, &shipped_names());
            return Err(PromptError::UnknownName { name: name.to_owned(), help });
        };
        (*text).to_owned()
    };
    Ok(raw.replace("\r\n", "\n").trim_start_matches('\u{feff}').trim_end().to_owned())
}

/// A template that holds at least the question.
fn parse(name: &str, family: &'static str, text: &str) -> Result<Prompt, PromptError> {
    let template = Template::parse(text).map_err(|unknown| {
        let (line, column) = line_and_column(text, unknown.start);
        let slots: Vec<&str> = Slot::ALL.iter().map(|slot| slot.name()).collect();
        let help = crate::experiment::schema::name_help(&unknown.name, &slots);
        PromptError::UnknownSlot { prompt: name.to_owned(), line, column, slot: unknown.name, help }
    })?;
    if template.position(Slot::Question).is_none() {
        return Err(PromptError::MissingSlot {
            prompt: name.to_owned(),
            family,
            slot: Slot::Question.name(),
            consequence: "the model would never see the question",
        });
    }
    let hash = sha256_hex(text.as_bytes())[..16].to_owned();
    Ok(Prompt { template, hash })
}

/// Line and column, both from 1, columns in characters.
fn line_and_column(text: &str, byte: usize) -> (usize, usize) {
    let before = &text[..byte];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}
