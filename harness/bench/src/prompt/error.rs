//! What can be wrong with a prompt.

use std::path::PathBuf;

/// A prompt that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PromptError {
    /// The file cannot be read.
    #[error("cannot read the prompt `{path}`: {reason}")]
    Unreadable {
        /// The file as the config names it.
        path: PathBuf,
        /// Why, in the system's words.
        #[source]
        reason: std::io::Error,
    },
    /// No shipped prompt has this name, and it is no path.
    #[error("no prompt is called `{name}`; {help}")]
    UnknownName {
        /// The name in the config.
        name: String,
        /// The nearest name, or all of them.
        help: String,
    },
    /// The template holds a slot that does not exist.
    #[error("prompt `{prompt}`, line {line}, column {column}: unknown slot `{{{slot}}}`; {help}")]
    UnknownSlot {
        /// The prompt's name or path.
        prompt: String,
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
        /// What stands between the braces.
        slot: String,
        /// The nearest slot, or all of them.
        help: String,
    },
    /// The template lacks a slot that its use needs.
    #[error("prompt `{prompt}` has no `{{{slot}}}`, and `{family}` needs it: without it {consequence}")]
    MissingSlot {
        /// The prompt's name or path.
        prompt: String,
        /// The key of the config that names the prompt.
        family: &'static str,
        /// The slot that is missing.
        slot: &'static str,
        /// What would happen.
        consequence: &'static str,
    },
    /// The template has a slot that is never filled in its use.
    #[error("prompt `{prompt}`, line {line}, column {column}: `{{{slot}}}` cannot be filled by `{family}`, {why}")]
    SlotNeverFilled {
        /// The prompt's name or path.
        prompt: String,
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
        /// The slot.
        slot: &'static str,
        /// The key of the config that names the prompt.
        family: &'static str,
        /// Why not, and what to do.
        why: &'static str,
    },
}
