//! YAML -> the parameters of a simulated backbone and verifier. Unknown keys and values out of range are errors with
//! line and column.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::dialogue_parameters::{ContinuationParameters, CritiqueParameters, RatingParameters};
use super::ranges::{non_negative, number, positive, probability, shape};
use crate::suggest::nearest;

/// Profiles that are part of the program: name and YAML text.
pub const SHIPPED_PROFILES: [(&str, &str); 3] = [
    ("r1-distill-qwen-7b", include_str!("../../../../../configs/profiles/r1-distill-qwen-7b.yaml")),
    ("simulated-weak", include_str!("../../../../../configs/profiles/simulated-weak.yaml")),
    ("simulated-strong", include_str!("../../../../../configs/profiles/simulated-strong.yaml")),
];

/// Why a profile cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// Neither a shipped name nor a readable file.
    #[error("read profile {path}: {source}; shipped profiles are {shipped}{hint}")]
    Read {
        /// What was asked for.
        path: String,
        /// The shipped names.
        shipped: String,
        /// The nearest shipped name, or nothing.
        hint: String,
        /// The cause.
        source: std::io::Error,
    },
    /// The YAML is malformed, has an unknown key, or a value out of range; the message carries line, column and
    /// snippet.
    #[error("understand profile {path}: {message}")]
    Parse {
        /// Shipped name or path.
        path: String,
        /// Where and what.
        message: String,
    },
    /// The parts contradict each other.
    #[error("accept profile {path}: {field}: {message}")]
    Inconsistent {
        /// Shipped name or path.
        path: String,
        /// The field at fault.
        field: String,
        /// What was found and what was expected.
        message: String,
    },
}

/// Where a profile's numbers come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FittedTo {
    /// The measurements, in words.
    pub source: String,
    /// The command that fitted it.
    pub command: String,
    /// SHA-256 of `curves.csv`, hexadecimal.
    pub curves_sha256: String,
    /// SHA-256 of `score_moments.csv`, hexadecimal.
    pub score_moments_sha256: String,
    /// Table cells within the published run's noise, e.g. `210 of 210`.
    pub cells_within: String,
}

/// Where a profile's numbers come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Fitted to published measurements by `calibrate`.
    Fitted(FittedTo),
    /// Set by hand to show a behaviour; stands for no existing model.
    Illustrative,
}

/// How often answers are right.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuccessParameters {
    /// Fixed points are `Beta(alpha, beta)` over questions. From 0.01 to 10,000.
    #[serde(deserialize_with = "shape")]
    pub alpha: f64,
    /// See `alpha`. From 0.01 to 10,000.
    #[serde(deserialize_with = "shape")]
    pub beta: f64,
    /// The first answer is right with probability `logistic(logit(fixed point) - shift)`.
    #[serde(deserialize_with = "number")]
    pub shift: f64,
    /// Probability that a re-answer keeps the previous answer, in [0, 1].
    #[serde(deserialize_with = "probability")]
    pub memory: f64,
}

/// How wrong answers spread.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrongAnswerParameters {
    /// Chinese-restaurant concentration: small means one wrong answer again and again. Positive.
    #[serde(deserialize_with = "positive")]
    pub concentration: f64,
}

/// Completion lengths: log-normal around a typical length. Lengths in tokens, deviations on the natural-log scale.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LengthParameters {
    /// Median length of a right answer to the plain question, on a middling question.
    #[serde(deserialize_with = "positive")]
    pub first: f64,
    /// The same in round 1 of a chain, the first time the prompt carries an answer.
    #[serde(deserialize_with = "positive")]
    pub second: f64,
    /// The same in every later round.
    #[serde(deserialize_with = "positive")]
    pub later: f64,
    /// A wrong answer is this many times as long.
    #[serde(deserialize_with = "positive")]
    pub wrong_factor: f64,
    /// Standard deviation of the question effect.
    #[serde(deserialize_with = "non_negative")]
    pub sd_question: f64,
    /// Standard deviation between answers to the plain question.
    #[serde(deserialize_with = "non_negative")]
    pub sd_first: f64,
    /// Standard deviation between re-answers.
    #[serde(deserialize_with = "non_negative")]
    pub sd_later: f64,
    /// Token limit of the run this stands for; a lower `max_tokens` of the experiment wins.
    #[serde(deserialize_with = "positive")]
    pub limit: f64,
}

/// Verifier scores: normal on the logit scale.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScoreParameters {
    /// Mean logit score of right answers.
    #[serde(deserialize_with = "number")]
    pub mean_right: f64,
    /// Mean logit score of wrong and missing answers.
    #[serde(deserialize_with = "number")]
    pub mean_wrong: f64,
    /// Standard deviation of the question effect.
    #[serde(deserialize_with = "non_negative")]
    pub sd_question: f64,
    /// Standard deviation of the answer effect: the same answer misleads the verifier again and again.
    #[serde(deserialize_with = "non_negative")]
    pub sd_answer: f64,
    /// Standard deviation of the noise of one score.
    #[serde(deserialize_with = "non_negative")]
    pub sd_noise: f64,
}

/// The generative model of one dataset.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatasetParameters {
    /// How often answers are right.
    pub success: SuccessParameters,
    /// How wrong answers spread.
    pub wrong_answers: WrongAnswerParameters,
    /// How long completions are.
    pub lengths: LengthParameters,
    /// What the verifier says.
    pub scores: ScoreParameters,
}

/// A checked profile.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// What it stands for, in one line; contains the word "simulated".
    pub label: String,
    /// Where its numbers come from.
    pub origin: Origin,
    /// Parameters of known datasets.
    pub datasets: BTreeMap<String, DatasetParameters>,
    /// Datasets that borrow another one's parameters.
    pub like: BTreeMap<String, String>,
    /// Parameters of any other dataset.
    pub default: DatasetParameters,
    /// How it criticises answers.
    pub critique: CritiqueParameters,
    /// How it goes on with a text that had ended.
    pub continuation: ContinuationParameters,
    /// How it rates questions.
    pub rating: RatingParameters,
}

/// What was typed, before the parts are checked against each other.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawProfile {
    name: String,
    simulated: bool,
    label: String,
    #[serde(default)]
    fitted_to: Option<FittedTo>,
    #[serde(default)]
    illustrative: bool,
    #[serde(default)]
    datasets: BTreeMap<String, DatasetParameters>,
    #[serde(default)]
    like: BTreeMap<String, String>,
    default: DatasetParameters,
    #[serde(default)]
    critique: CritiqueParameters,
    #[serde(default)]
    continuation: ContinuationParameters,
    #[serde(default)]
    rating: RatingParameters,
}

impl Profile {
    /// Loads a shipped profile by name, or any profile by path.
    ///
    /// # Errors
    /// When it is neither, or its content is not a profile; see [`ProfileError`].
    pub fn load(name_or_path: &str) -> Result<Self, ProfileError> {
        if let Some((name, text)) = SHIPPED_PROFILES.iter().find(|(name, _)| *name == name_or_path) {
            return Self::parse(text, name);
        }
        let text = std::fs::read_to_string(Path::new(name_or_path)).map_err(|source| ProfileError::Read {
            path: name_or_path.to_owned(),
            shipped: SHIPPED_PROFILES.map(|(name, _)| name).join(", "),
            hint: nearest(name_or_path, SHIPPED_PROFILES.map(|(name, _)| name))
                .map_or_else(String::new, |name| format!("; did you mean `{name}`?")),
            source,
        })?;
        Self::parse(&text, name_or_path)
    }

    /// Reads a profile from YAML; `path` names it in errors.
    ///
    /// # Errors
    /// As [`Profile::load`].
    pub fn parse(yaml: &str, path: &str) -> Result<Self, ProfileError> {
        let raw: RawProfile = serde_saphyr::from_str(yaml)
            .map_err(|error| ProfileError::Parse { path: path.to_owned(), message: error.to_string() })?;
        let wrong = |field: &str, message: String| ProfileError::Inconsistent {
            path: path.to_owned(),
            field: field.to_owned(),
            message,
        };
        if !raw.simulated {
            return Err(wrong("simulated", "is false; a profile describes a simulation and must say `true`".into()));
        }
        if !raw.label.to_lowercase().contains("simulated") {
            return Err(wrong("label", format!("{:?} does not say \"simulated\"", raw.label)));
        }
        let origin = match (raw.fitted_to, raw.illustrative) {
            (Some(fitted), false) => Origin::Fitted(fitted),
            (None, true) => Origin::Illustrative,
            (Some(_), true) => {
                return Err(wrong("illustrative", "is true beside `fitted_to`; keep one of them".into()));
            }
            (None, false) => {
                return Err(wrong("fitted_to", "is missing; give it, or say `illustrative: true`".into()));
            }
        };
        for (dataset, target) in &raw.like {
            if !raw.datasets.contains_key(target) {
                let known = raw.datasets.keys().cloned().collect::<Vec<_>>().join(", ");
                let message = format!("{target:?} has no block under `datasets` (there are: {known})");
                return Err(wrong(&format!("like.{dataset}"), message));
            }
        }
        Ok(Self {
            name: raw.name,
            label: raw.label,
            origin,
            datasets: raw.datasets,
            like: raw.like,
            default: raw.default,
            critique: raw.critique,
            continuation: raw.continuation,
            rating: raw.rating,
        })
    }

    /// The parameters of a dataset: its own, those of the dataset it is like, or the default.
    pub fn parameters(&self, dataset: &str) -> &DatasetParameters {
        let like = self.like.get(dataset).map_or(dataset, String::as_str);
        self.datasets.get(dataset).or_else(|| self.datasets.get(like)).unwrap_or(&self.default)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_profile_parses_and_says_simulated() {
        for (name, _) in SHIPPED_PROFILES {
            let profile = Profile::load(name).unwrap();
            assert_eq!(profile.name, name);
            assert!(profile.label.contains("simulated"));
            assert_eq!(profile.parameters("arithmetic-stories"), profile.parameters("gsm8k"));
            assert_eq!(profile.parameters("nobody-knows-this"), &profile.default);
        }
        assert!(matches!(Profile::load("r1-distill-qwen-7b").unwrap().origin, Origin::Fitted(_)));
        assert_eq!(Profile::load("simulated-weak").unwrap().origin, Origin::Illustrative);
    }

    #[test]
    fn mistakes_are_placed() {
        let (_, good) = SHIPPED_PROFILES[1];
        let unknown = good.replacen("memory:", "memori:", 1);
        let line = 1 + unknown.lines().position(|l| l.contains("memori:")).unwrap();
        let error = Profile::parse(&unknown, "p.yaml").unwrap_err().to_string();
        assert!(error.contains("memori") && error.contains(&format!("line {line}")), "{error}");

        let (before, after) = good.split_once("memory: ").unwrap();
        // 0.55 becomes 10.55.
        let out_of_range = format!("{before}memory: 1{after}");
        let error = Profile::parse(&out_of_range, "p.yaml").unwrap_err().to_string();
        assert!(error.contains("probability") && error.contains("line"), "{error}");

        let honest = good.replacen("simulated: true", "simulated: false", 1);
        assert!(Profile::parse(&honest, "p.yaml").unwrap_err().to_string().contains("simulated"));
        let orphan = good.replacen("illustrative: true", "illustrative: false", 1);
        assert!(Profile::parse(&orphan, "p.yaml").unwrap_err().to_string().contains("fitted_to"));
    }

    #[test]
    fn a_misspelt_name_gets_the_nearest() {
        let error = Profile::load("simulated-week").unwrap_err().to_string();
        assert!(error.contains("did you mean `simulated-weak`?"), "{error}");
    }
}
