//! What names a draw, and the seeds derived from that name.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A question's id: stable across machines and row orders, derived from its content.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct QuestionId(pub String);

impl fmt::Display for QuestionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How a draw was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// An independent answer to the plain question.
    Parallel,
    /// Part of a chain: asked with the last answer in the prompt.
    Sequential,
    /// Part of a critique-and-revise chain.
    Refine,
    /// Part of one growing reasoning text (budget forcing).
    Forced,
    /// A question's difficulty as the backbone rates it, before anything is answered.
    Judge,
}

impl Mode {
    /// Every mode, in trace order.
    pub const ALL: [Self; 5] = [Self::Parallel, Self::Sequential, Self::Refine, Self::Forced, Self::Judge];

    /// The name stored in traces.
    pub fn name(self) -> &'static str {
        match self {
            Self::Parallel => "parallel",
            Self::Sequential => "sequential",
            Self::Refine => "refine",
            Self::Forced => "forced",
            Self::Judge => "judge",
        }
    }

    /// The mode of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.name() == name)
    }
}

/// Which chain of a question. A parallel draw is a chain of one round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Chain(pub u32);

/// The round within a chain; 0 is the first answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Round(pub u32);

/// A draw within one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DrawKey {
    /// How it was asked for.
    pub mode: Mode,
    /// Which chain.
    pub chain: Chain,
    /// Which round of it.
    pub round: Round,
}

impl DrawKey {
    /// Whether the draw answers the question. Odd rounds of a critique-and-revise chain are critiques, and a judge rates
    /// the question; neither is scored, graded or put into a class.
    pub fn is_answer(self) -> bool {
        match self.mode {
            Mode::Parallel | Mode::Sequential | Mode::Forced => true,
            Mode::Refine => self.round.0.is_multiple_of(2),
            Mode::Judge => false,
        }
    }
}

/// A seed that depends on the given parts alone: not on order, time or threads.
///
/// Parts are length-prefixed, so no two lists of parts share a hash input.
pub fn seed(parts: &[&[u8]]) -> u64 {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let digest = hash.finalize();
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    u64::from_le_bytes(first)
}

/// The seed of a draw: a hash of its name, so that neither order nor interruption matters. 63 bits, since several
/// servers and readers know only signed integers.
pub fn draw_seed(run_seed: u64, backbone: &str, dataset: &str, question: &QuestionId, draw: DrawKey) -> u64 {
    let parts: [&[u8]; 7] = [
        &run_seed.to_le_bytes(),
        backbone.as_bytes(),
        dataset.as_bytes(),
        question.0.as_bytes(),
        draw.mode.name().as_bytes(),
        &draw.chain.0.to_le_bytes(),
        &draw.round.0.to_le_bytes(),
    ];
    seed(&parts) >> 1
}

/// The seed of a verifier's score of the draw with this seed.
pub fn score_seed(of_draw: u64, verifier: &str) -> u64 {
    seed(&[&of_draw.to_le_bytes(), verifier.as_bytes()]) >> 1
}

/// The SHA-256 of some bytes, as 64 hexadecimal digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Hashes JSON, whose keys have a fixed order here, and not YAML: another version of the YAML writer must not make
/// stored runs look changed.
pub fn hex_digest(value: &serde_json::Value) -> String {
    sha256_hex(value.to_string().as_bytes())
}

/// The first 16 of them: enough to tell texts of one kind apart, and short enough to show.
pub fn short_hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes)[..8])
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
