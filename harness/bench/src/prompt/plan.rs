//! Which prompts an experiment uses.

use serde::{Deserialize, Serialize};

/// Prompt families by name (shipped) or path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PromptPlan {
    /// For first answers and parallel draws.
    pub answer: String,
    /// For later rounds of a chain.
    pub re_answer: String,
    /// For checking the previous answer.
    pub critique: String,
    /// For answering again with a critique.
    pub refine: String,
    /// For rating a question's difficulty.
    pub judge: String,
    /// What a reasoning text is made to go on with; words, not a name.
    pub continuation: String,
}

impl Default for PromptPlan {
    /// The shipped prompts.
    fn default() -> Self {
        Self {
            answer: "plain".to_owned(),
            re_answer: "re-answer".to_owned(),
            critique: "critique".to_owned(),
            refine: "refine".to_owned(),
            judge: "judge".to_owned(),
            continuation: "Wait".to_owned(),
        }
    }
}
