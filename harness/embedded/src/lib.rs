//! Runs small decoder-only language models in-process on the CPU.
//!
//! A model is a folder as the Hugging Face hub has them: `config.json`, `model.safetensors`, `tokenizer.json` and
//! `tokenizer_config.json` (for its chat template). The same request with the same seed gives the same draw on any
//! machine, in any company and with any number of threads.

mod cache;
mod chat;
mod config;
mod engine;
mod forward;
mod kernels;
mod model;
mod network;
mod sampling;
#[cfg(test)]
mod tests;
mod weights;

pub use engine::Engine;
pub use forward::Forward;
pub use model::Model;

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

impl<'a> ModelFiles<'a> {
    /// Contents by file name.
    pub fn named(&self) -> [(&'static str, &'a [u8]); 4] {
        let Self { config, weights, tokenizer, tokenizer_config } = *self;
        [
            (model::CONFIG, config),
            (model::WEIGHTS, weights),
            (model::TOKENIZER, tokenizer),
            (model::TOKENIZER_CONFIG, tokenizer_config),
        ]
    }
}

/// A model cannot be loaded.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct LoadError(String);

/// A request cannot be answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InferenceError(pub String);

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
