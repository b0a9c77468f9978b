//! What replies of all routes have in common: they are JSON, count tokens, and hold numbers.
//!
//! A reply that cannot be read is worth another try: it was cut short, or holds NaN. A reply that can be read and makes
//! no score (another number of steps, a number that is no probability) would be the same next time: it is refused.

use serde_json::Value;

use crate::experiment::Scale;
use crate::net::{Read, Unreadable, json};

/// Characters of a reply or a judgement that an error shows.
const SHOWN: usize = 120;

/// What a reply says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scored {
    /// In [0, 1].
    pub(super) score: f64,
    /// Of the steps, each in [0, 1]; none where the route knows no steps.
    pub(super) step_scores: Vec<f64>,
    /// Tokens, where the reply counts them.
    pub(super) usage: Option<Usage>,
    /// Characters that the verifier wrote, for an estimate where it does not.
    pub(super) written_characters: usize,
}

/// Tokens as a reply counts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Usage {
    /// Read and written.
    pub(super) total: u64,
    /// Of those, written.
    pub(super) written: u64,
}

/// A reply that was read: a score, or why it makes none.
pub(super) type Verdict = Result<Scored, String>;

/// Why a reply makes no score: it cannot be read, or what it says is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Worth another try.
    Unreadable(String),
    /// Would be the same again.
    Refused(String),
}

/// Parses a body and reads it by a route.
pub(super) fn read(
    body: &[u8],
    route: impl FnOnce(&Value) -> Result<Scored, Trouble>,
) -> Result<Read<Verdict>, Unreadable> {
    let reply: Value = json(body)?;
    let tokens = usage(&reply).map(|usage| usage.total);
    match route(&reply) {
        Ok(scored) => Ok(Read { value: Ok(scored), tokens }),
        Err(Trouble::Refused(why)) => Ok(Read { value: Err(why), tokens }),
        Err(Trouble::Unreadable(why)) => Err(Unreadable(why)),
    }
}

/// Tokens as `usage` counts them; `None` where it is missing, or counts nothing though something was read.
pub(super) fn usage(reply: &Value) -> Option<Usage> {
    let counts = &reply["usage"];
    let count = |name: &str| counts[name].as_u64();
    let written = count("completion_tokens").unwrap_or(0);
    let total = match count("prompt_tokens") {
        Some(prompt) => prompt.saturating_add(written),
        None => count("total_tokens")?,
    };
    (total > 0).then_some(Usage { total, written: written.min(total) })
}

/// A finite number.
pub(super) fn number(value: &Value, what: &str) -> Result<f64, Trouble> {
    let finite = value.as_f64().filter(|number| number.is_finite());
    finite.ok_or_else(|| Trouble::Unreadable(format!("{what} is {}, expected a number", shown(&value.to_string()))))
}

/// A number of the server as a probability.
pub(super) fn probability(value: f64, scale: Scale) -> Result<f64, Trouble> {
    /// Single-precision servers round beyond the ends.
    const ROUNDING: f64 = 1e-6;
    match scale {
        Scale::Logit => Ok(logistic(value)),
        Scale::Probability if (-ROUNDING..=1.0 + ROUNDING).contains(&value) => Ok(value.clamp(0.0, 1.0)),
        Scale::Probability => Err(Trouble::Refused(format!(
            "the reply's score is {value}, which is no probability; if the server gives logits, set `verifier.scale: logit`"
        ))),
    }
}

/// The probability of a logit.
pub(super) fn logistic(logit: f64) -> f64 {
    1.0 / (1.0 + (-logit).exp())
}

/// The beginning of a text on one line, for an error.
pub(super) fn shown(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("`{}...`", &line[..end]),
        None => format!("`{line}`"),
    }
}
