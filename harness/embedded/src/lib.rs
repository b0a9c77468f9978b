//! Runs small decoder-only language models in-process on the CPU.
//!
//! A model is a folder as the Hugging Face hub has them: `config.json`, `model.safetensors`, `tokenizer.json` and
//! `tokenizer_config.json` (for its chat template). The same request with the same seed gives the same draw on any
//! machine, in any company and with any number of threads.

use std::path::Path;
use std::sync::Arc;

/// Who wrote a message of a dialogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Instructions.
    System,
    /// The one who asks.
    User,
    /// The model.
    Assistant,
}

/// One message of a dialogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message<'a> {
    /// Who wrote it.
    pub role: Role,
    /// What they wrote.
    pub content: &'a str,
}

/// How tokens are chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampling {
    /// Softmax temperature; 0 takes the most probable token.
    pub temperature: f64,
    /// Nucleus mass, in (0, 1].
    pub top_p: f64,
    /// Most tokens of a completion.
    pub max_tokens: u32,
}

/// The contents of a model's files.
#[derive(Debug, Clone, Copy)]
pub struct ModelFiles<'a> {
    /// `config.json`.
    pub config: &'a [u8],
    /// `model.safetensors`.
    pub weights: &'a [u8],
    /// `tokenizer.json`.
    pub tokenizer: &'a [u8],
    /// `tokenizer_config.json`.
    pub tokenizer_config: &'a [u8],
}

/// A model cannot be loaded.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct LoadError(String);

/// A request cannot be answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InferenceError(pub String);

/// A loaded model: weights, tokenizer and chat template. Immutable; share it in an [`Arc`].
#[derive(Debug)]
pub struct Model {}

impl Model {
    /// Loads a model's folder.
    ///
    /// # Errors
    /// When a file is missing or unreadable, or the model is of an architecture that is not understood.
    pub fn load(folder: &Path) -> Result<Self, LoadError> {
        Err(LoadError(format!("{}: not written yet", folder.display())))
    }

    /// A model of these files.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn from_files(_files: ModelFiles<'_>) -> Result<Self, LoadError> {
        Err(LoadError("not written yet".to_owned()))
    }

    /// How many parameters it has.
    pub fn parameters(&self) -> u64 {
        0
    }

    /// Most tokens of a prompt and its completion together.
    pub fn context_length(&self) -> usize {
        0
    }

    /// The tokens of a dialogue as the model's chat template renders it, ready for the model's turn. `continued` is what
    /// the model has written of its turn already.
    ///
    /// # Errors
    /// When the template refuses the dialogue.
    pub fn prompt(&self, _messages: &[Message<'_>], _continued: Option<&str>) -> Result<Vec<u32>, InferenceError> {
        Err(InferenceError("not written yet".to_owned()))
    }

    /// How many tokens a text has.
    pub fn count(&self, _text: &str) -> usize {
        0
    }

    /// Whether the model has a head that scores steps (`score.weight`).
    pub fn is_verifier(&self) -> bool {
        false
    }
}

/// Why a completion ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    /// The model ended it.
    Stop,
    /// The token limit or the model's context cut it off.
    Length,
}

/// What a model wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generated {
    /// The text, without the token that ends it.
    pub text: String,
    /// Tokens it took, the one that ends it included.
    pub tokens: u32,
    /// Why it ended.
    pub finish: Finish,
}

/// How a verifier judges a solution.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// Probability, after each step (each line that is not blank) of the solution, that its final answer is right; at
    /// least one.
    pub steps: Vec<f64>,
    /// Tokens read.
    pub tokens: u32,
}

/// Threads that answer requests to one model, each with a batch of its own that requests join and leave as they come and
/// finish. Dropping it ends them once their batches are done.
#[derive(Debug)]
pub struct Engine {}

impl Engine {
    /// Starts `threads` threads (at least 1) for a model.
    pub fn start(_model: Arc<Model>, _threads: usize) -> Self {
        Self {}
    }

    /// The model.
    pub fn model(&self) -> &Arc<Model> {
        unimplemented!()
    }

    /// Asks for one completion of a prompt for each seed; `reply` is called once for each, with the seed's place, on
    /// a thread of the engine. The prompt is read once for all of them.
    pub fn generate(
        &self,
        _prompt: Vec<u32>,
        _seeds: &[u64],
        _sampling: Sampling,
        _reply: impl FnMut(usize, Result<Generated, InferenceError>) + Send + 'static,
    ) {
    }

    /// Asks for the judgement of a solution to the question in a dialogue; `reply` is called once, on a thread of the
    /// engine.
    pub fn judge(
        &self,
        _question: Vec<u32>,
        _solution: &str,
        _reply: impl FnOnce(Result<Judged, InferenceError>) + Send + 'static,
    ) {
    }
}
