//! The uses that a run has for prompts, and which slots each of them fills and needs.

use super::template::Slot;

/// A use of a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// First answers and parallel draws.
    Answer,
    /// Later rounds of a chain of re-answers.
    ReAnswer,
    /// Checks the previous answer.
    Critique,
    /// Answers again, with the previous answer and its critique.
    Refine,
    /// Rates the question's difficulty.
    Judge,
    /// What a reasoning text is made to go on with: words, not a template.
    Continuation,
    /// Asks a verifier's chat model whether a solution is right.
    Grade,
}

impl Family {
    /// Every use that a backbone's draws have.
    pub const ALL: [Self; 6] =
        [Self::Answer, Self::ReAnswer, Self::Critique, Self::Refine, Self::Judge, Self::Continuation];

    /// The key in a config that names its prompt.
    pub fn key(self) -> &'static str {
        match self {
            Self::Answer => "prompts.answer",
            Self::ReAnswer => "prompts.re_answer",
            Self::Critique => "prompts.critique",
            Self::Refine => "prompts.refine",
            Self::Judge => "prompts.judge",
            Self::Continuation => "prompts.continuation",
            Self::Grade => "verifier.prompt",
        }
    }

    /// The slots that its prompts must have, each with what happens without it. All others are never filled.
    pub(super) fn slots(self) -> &'static [(Slot, &'static str)] {
        const QUESTION: (Slot, &str) = (Slot::Question, "the model would never see the question");
        match self {
            Self::Answer | Self::Judge => &[QUESTION],
            Self::ReAnswer => &[
                QUESTION,
                (Slot::PreviousAnswer, "every round would be asked like the first, and no chain would exist"),
            ],
            Self::Critique => &[QUESTION, (Slot::PreviousAnswer, "the critique would not know what to check")],
            Self::Refine => &[
                QUESTION,
                (Slot::PreviousAnswer, "the model would not know what was criticised"),
                (Slot::Critique, "the critique would be paid for and never read"),
            ],
            Self::Continuation => &[],
            Self::Grade => &[QUESTION, (Slot::Solution, "the model would not know what to grade")],
        }
    }

    /// Why a slot outside [`Self::slots`] is never filled, and what to do.
    pub(super) fn why_not(self, slot: Slot) -> &'static str {
        match self {
            _ if slot == Slot::Solution => "which grades nothing; use the prompt as `verifier.prompt` of a judge",
            Self::Answer => "which asks for first answers; use the prompt as `prompts.re_answer`",
            Self::Grade => "which sees a question and a solution and no more; take the slot out",
            Self::ReAnswer => "which sees no critique; use the prompt as `prompts.refine`",
            Self::Critique => "which writes the critique; use the prompt as `prompts.refine`",
            Self::Judge => "which rates a question before anything is answered; take the slot out",
            Self::Refine | Self::Continuation => "which has no such slot; take it out",
        }
    }
}
