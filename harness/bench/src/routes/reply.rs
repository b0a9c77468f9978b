//! What replies of all routes have in common: they are JSON, count tokens, and hold numbers.
//!
//! A reply that cannot be read is worth another try: it was cut short, or holds NaN. A reply that can be read and makes
//! no score (another number of steps, a number that is no probability) would be the same next time: it is refused.

use serde_json::Value;

use super::Scale;

/// Characters of a reply or a judgement that an error shows.
const SHOWN: usize = 120;

/// What a reply says.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// In [0, 1].
    pub score: f64,
    /// Of the steps, each in [0, 1]; none where the route knows no steps.
    pub step_scores: Vec<f64>,
    /// Tokens, where the reply counts them.
    pub usage: Option<Usage>,
    /// Characters that the verifier wrote, for an estimate where it does not.
    pub written_characters: usize,
}

/// Tokens as a reply counts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// Read and written.
    pub total: u64,
    /// Of those, written.
    pub written: u64,
}

/// Why a reply makes no score: it cannot be read, or what it says is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// Worth another try.
    Unreadable(String),
    /// Would be the same again.
    Refused(String),
}

/// Tokens as `usage` counts them; `None` where it is missing, or counts nothing though something was read.
pub(crate) fn usage(reply: &Value) -> Option<Usage> {
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

/// A score that a reply gives as one number.
pub(super) fn one_score(reply: &Value, score: &Value, place: &str, scale: Scale) -> Result<Scored, Trouble> {
    let score = probability(number(score, &format!("`{place}`"))?, scale)?;
    Ok(Scored { score, step_scores: Vec::new(), usage: usage(reply), written_characters: 0 })
}

/// P(yes) / (P(yes) + P(no)) among the candidates that a reply lists at one token's place (`top_logprobs`); `word` says which of
/// the two a candidate is. Spellings of a word are summed. `None` where neither is listed.
pub(super) fn share_of_yes(place: &Value, word: impl Fn(&str) -> Option<bool>) -> Option<f64> {
    let mut mass = [0.0, 0.0];
    for candidate in place["top_logprobs"].as_array()? {
        let word = candidate["token"].as_str().and_then(&word);
        let logprob = candidate["logprob"].as_f64().filter(|logprob| logprob.is_finite() && *logprob <= 1e-3);
        if let (Some(word), Some(logprob)) = (word, logprob) {
            mass[usize::from(word)] += logprob.exp();
        }
    }
    let [no, yes] = mass;
    (no + yes > 0.0).then(|| yes / (no + yes))
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
