//! What `config.json` says of a model, and what of it is understood.

use std::fmt::Display;

use serde_json::Value;

use crate::LoadError;
use crate::kernels::attention::PAGE;

const FILE: &str = "config.json";
/// Longest context that is taken: tables of angles are made for all of it.
const LONGEST: usize = 1 << 20;

/// Sizes and constants of a network.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    pub(crate) hidden: usize,
    pub(crate) inner: usize,
    pub(crate) layers: usize,
    pub(crate) heads: usize,
    pub(crate) key_value_heads: usize,
    pub(crate) head_size: usize,
    pub(crate) vocabulary: usize,
    pub(crate) context: usize,
    pub(crate) epsilon: f32,
    /// Whether the embedding is the output matrix too.
    pub(crate) tied: bool,
    /// Whether queries, keys and values have biases.
    pub(crate) biases: bool,
    /// Whether it scores tokens instead of predicting them.
    pub(crate) scores: bool,
    pub(crate) angles: Angles,
}

/// How fast queries and keys turn with the position.
#[derive(Debug, Clone)]
pub(crate) struct Angles {
    theta: f64,
    scaling: Option<Scaling>,
}

/// Llama 3's stretching of slow rotations.
#[derive(Debug, Clone)]
struct Scaling {
    factor: f64,
    low: f64,
    high: f64,
    original: f64,
}

impl Angles {
    /// Radians per position, for each pair of a head's dimensions.
    pub(crate) fn frequencies(&self, head_size: usize) -> Vec<f64> {
        let plain = (0..head_size / 2).map(|pair| libm::pow(self.theta, -2.0 * pair as f64 / head_size as f64));
        plain.map(|frequency| self.scaling.as_ref().map_or(frequency, |scaling| scaling.apply(frequency))).collect()
    }
}

impl Scaling {
    fn apply(&self, frequency: f64) -> f64 {
        // Turns within the original context.
        let turns = self.original * frequency / (2.0 * std::f64::consts::PI);
        if turns > self.high {
            frequency
        } else if turns < self.low {
            frequency / self.factor
        } else {
            let smooth = (turns - self.low) / (self.high - self.low);
            (1.0 - smooth) * frequency / self.factor + smooth * frequency
        }
    }
}

impl Shape {
    pub(crate) fn read(config: &Value) -> Result<Self, LoadError> {
        let keys = Keys(config);
        let (family, scores) = architecture(config)?;
        for (key, expected) in [("hidden_act", "silu"), ("partial_rotary_factor", "1")] {
            let found = keys.get(key);
            let found_text = found.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
            if found.is_some_and(|found| found.as_f64() != Some(1.0)) && found_text.as_deref() != Some(expected) {
                return Err(unsupported(key, &found_text.unwrap_or_default(), expected));
            }
        }
        for key in ["attention_bias", "mlp_bias"] {
            if keys.flag(key)? == Some(true) {
                return Err(unsupported(key, "true", "false"));
            }
        }
        let hidden = keys.count("hidden_size")?;
        let heads = keys.count("num_attention_heads")?;
        let key_value_heads = keys.optional_count("num_key_value_heads")?.unwrap_or(heads);
        if heads % key_value_heads != 0 {
            return Err(unsupported(
                "num_key_value_heads",
                &key_value_heads,
                &format!("a divisor of `num_attention_heads`, {heads}"),
            ));
        }
        let head_size = keys.optional_count("head_dim")?.unwrap_or(hidden / heads);
        if head_size == 0 || head_size % PAGE != 0 {
            return Err(unsupported("head_dim", &head_size, &format!("a multiple of {PAGE}")));
        }
        let context = keys.count("max_position_embeddings")?;
        // Within its window a model with a sliding one is as without it.
        let windowed = family != "Qwen2" || keys.flag("use_sliding_window")? == Some(true);
        let window = if windowed { keys.optional_count("sliding_window")? } else { None };
        Ok(Self {
            hidden,
            inner: keys.count("intermediate_size")?,
            layers: keys.count("num_hidden_layers")?,
            heads,
            key_value_heads,
            head_size,
            vocabulary: keys.count("vocab_size")?,
            context: window.map_or(context, |window| window.min(context)).min(LONGEST),
            epsilon: keys.optional_number("rms_norm_eps")?.unwrap_or(1e-6) as f32,
            tied: keys.flag("tie_word_embeddings")?.unwrap_or(false),
            biases: family == "Qwen2",
            scores,
            angles: angles(&keys)?,
        })
    }
}

fn architecture(config: &Value) -> Result<(&'static str, bool), LoadError> {
    const SUPPORTED: &str = "LlamaForCausalLM, MistralForCausalLM, Qwen2ForCausalLM, or a verifier: the same \
                             ending in ForTokenClassification";
    let found = config.get("architectures").and_then(Value::as_array).and_then(|all| all.first()?.as_str());
    let Some(found) = found else {
        return Err(LoadError(format!("{FILE}: no `architectures`; supported: {SUPPORTED}")));
    };
    for family in ["Llama", "Mistral", "Qwen2"] {
        match found.strip_prefix(family) {
            Some("ForCausalLM") => return Ok((family, false)),
            Some("ForTokenClassification") => return Ok((family, true)),
            _ => {}
        }
    }
    Err(unsupported("architectures", &found, SUPPORTED))
}

fn angles(keys: &Keys<'_>) -> Result<Angles, LoadError> {
    // Older files have `rope_theta` and `rope_scaling`, newer ones both in `rope_parameters`.
    let (name, parameters) = match (keys.get("rope_scaling"), keys.get("rope_parameters")) {
        (Some(scaling), _) => ("rope_scaling", Keys(scaling)),
        (None, Some(parameters)) => ("rope_parameters", Keys(parameters)),
        (None, None) => ("rope_scaling", Keys(&Value::Null)),
    };
    let theta = match keys.optional_number("rope_theta")? {
        Some(theta) => theta,
        None => parameters.optional_number("rope_theta")?.unwrap_or(10_000.0),
    };
    if theta <= 0.0 {
        return Err(unsupported("rope_theta", &theta, "a positive number"));
    }
    let kind = parameters.get("rope_type").or_else(|| parameters.get("type"));
    let scaling = match kind.map(|kind| kind.as_str().unwrap_or_default()) {
        None | Some("default") => None,
        Some("llama3") => Some(Scaling {
            factor: parameters.number("factor")?,
            low: parameters.number("low_freq_factor")?,
            high: parameters.number("high_freq_factor")?,
            original: parameters.number("original_max_position_embeddings")?,
        }),
        Some(other) => return Err(unsupported(&format!("{name}.rope_type"), &other, "default, llama3")),
    };
    Ok(Angles { theta, scaling })
}

/// The ids in `eos_token_id`: one, several or none.
pub(crate) fn ends(file: &str, config: &Value) -> Result<Vec<u32>, LoadError> {
    let ids: Vec<&Value> = match config.get("eos_token_id") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(ids)) => ids.iter().collect(),
        Some(id) => vec![id],
    };
    let id = |id: &Value| id.as_u64().and_then(|id| u32::try_from(id).ok());
    ids.into_iter()
        .map(|value| {
            let wrong = || LoadError(format!("{file}: `eos_token_id` has {value}; expected a token's number"));
            id(value).ok_or_else(wrong)
        })
        .collect()
}

fn unsupported(key: &str, found: &(impl Display + ?Sized), supported: &str) -> LoadError {
    LoadError(format!("{FILE}: `{key}` is {found}; supported: {supported}"))
}

/// A JSON object's keys, with errors that name them. A null is as good as no key.
struct Keys<'a>(&'a Value);

impl<'a> Keys<'a> {
    fn get(&self, key: &str) -> Option<&'a Value> {
        self.0.get(key).filter(|value| !value.is_null())
    }

    fn of_kind<T>(
        &self,
        key: &str,
        expected: &str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<Option<T>, LoadError> {
        let Some(value) = self.get(key) else { return Ok(None) };
        read(value).map(Some).ok_or_else(|| LoadError(format!("{FILE}: `{key}` is {value}; expected {expected}")))
    }

    fn required<T>(key: &str, value: Option<T>) -> Result<T, LoadError> {
        value.ok_or_else(|| LoadError(format!("{FILE}: no `{key}`")))
    }

    fn flag(&self, key: &str) -> Result<Option<bool>, LoadError> {
        self.of_kind(key, "true or false", Value::as_bool)
    }

    fn optional_count(&self, key: &str) -> Result<Option<usize>, LoadError> {
        // Larger ones only come from broken files, and could overflow in products.
        let count = |value: &Value| value.as_u64().filter(|count| (1..=1 << 24).contains(count));
        Ok(self.of_kind(key, "a whole number from 1 to 16777216", count)?.map(|count| count as usize))
    }

    fn count(&self, key: &str) -> Result<usize, LoadError> {
        Self::required(key, self.optional_count(key)?)
    }

    fn optional_number(&self, key: &str) -> Result<Option<f64>, LoadError> {
        self.of_kind(key, "a number", Value::as_f64)
    }

    fn number(&self, key: &str) -> Result<f64, LoadError> {
        Self::required(key, self.optional_number(key)?)
    }
}
