//! A model: weights, tokenizer and chat template.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;
use tokenizers::Tokenizer;

use crate::chat::Chat;
use crate::config::{self, Shape};
use crate::network::Network;
use crate::weights::Weights;
use crate::{InferenceError, LoadError, Message, ModelFiles};

pub(crate) const CONFIG: &str = "config.json";
const GENERATION: &str = "generation_config.json";
pub(crate) const WEIGHTS: &str = "model.safetensors";
const INDEX: &str = "model.safetensors.index.json";
pub(crate) const TOKENIZER: &str = "tokenizer.json";
pub(crate) const TOKENIZER_CONFIG: &str = "tokenizer_config.json";
const TEMPLATE: &str = "chat_template.jinja";

/// A loaded model: weights, tokenizer and chat template. Immutable; share it in an [`std::sync::Arc`].
#[derive(Debug)]
pub struct Model {
    pub(crate) network: Network,
    pub(crate) tokenizer: Tokenizer,
    pub(crate) ends: Vec<u32>,
    chat: Chat,
}

/// Files that not every model has.
#[derive(Default)]
struct Optional {
    generation: Option<Vec<u8>>,
    template: Option<String>,
}

impl Model {
    /// Loads a model's folder. Weights may be in one file or in several with an index.
    ///
    /// # Errors
    /// When a file is missing or unreadable, or the model is of an architecture that is not understood.
    pub fn load(folder: &Path) -> Result<Self, LoadError> {
        let within = |error: LoadError| LoadError(format!("{}: {error}", folder.display()));
        let read = |name: &str| fs::read(folder.join(name)).map_err(|error| LoadError(format!("{name}: {error}")));
        let load = || {
            let names = weights(folder)?;
            let optional = Optional {
                generation: fs::read(folder.join(GENERATION)).ok(),
                template: fs::read_to_string(folder.join(TEMPLATE)).ok(),
            };
            let (config, tokenizer) = (read(CONFIG)?, read(TOKENIZER)?);
            let tokenizer_config = read(TOKENIZER_CONFIG)?;
            let bytes = names.iter().map(|name| read(name)).collect::<Result<Vec<_>, _>>()?;
            let files: Vec<_> = names.into_iter().zip(bytes.iter().map(Vec::as_slice)).collect();
            Self::new(&config, &files, &tokenizer, &tokenizer_config, optional)
        };
        load().map_err(within)
    }

    /// The names of the files that [`Self::load`] reads in a folder, of which those that every model has may be missing.
    ///
    /// # Errors
    /// When the weights are in several files and their index is unreadable.
    pub fn files(folder: &Path) -> Result<Vec<String>, LoadError> {
        let weights = weights(folder)?;
        let index = weights.iter().all(|name| name != WEIGHTS).then_some(INDEX);
        let optional = [GENERATION, TEMPLATE].into_iter().filter(|name| folder.join(name).exists());
        let names = [CONFIG, TOKENIZER, TOKENIZER_CONFIG].into_iter().chain(optional).chain(index);
        Ok(names.map(str::to_owned).chain(weights).collect())
    }

    /// A model of these files.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn from_files(files: ModelFiles<'_>) -> Result<Self, LoadError> {
        let weights = [(WEIGHTS.to_owned(), files.weights)];
        Self::new(files.config, &weights, files.tokenizer, files.tokenizer_config, Optional::default())
    }

    fn new(
        config: &[u8],
        weights: &[(String, &[u8])],
        tokenizer: &[u8],
        tokenizer_config: &[u8],
        optional: Optional,
    ) -> Result<Self, LoadError> {
        let config = json(CONFIG, config)?;
        let shape = Shape::read(&config)?;
        let tokenizer = Tokenizer::from_bytes(tokenizer)
            .map_err(|error| LoadError(format!("{TOKENIZER}: not a tokenizer that can be read ({error})")))?;
        let highest = tokenizer.get_vocab(true).into_values().max().unwrap_or_default();
        if highest as usize >= shape.vocabulary {
            return Err(LoadError(format!(
                "{TOKENIZER}: has a token number {highest}; by {CONFIG} the highest is {} (`vocab_size` - 1)",
                shape.vocabulary - 1
            )));
        }
        let chat = Chat::read(&json(TOKENIZER_CONFIG, tokenizer_config)?, optional.template)?;
        let mut ends: BTreeSet<u32> = config::ends(CONFIG, &config)?.into_iter().collect();
        if let Some(generation) = optional.generation {
            ends.extend(config::ends(GENERATION, &json(GENERATION, &generation)?)?);
        }
        ends.extend(chat.end.as_deref().and_then(|end| tokenizer.token_to_id(end)));
        let network = Network::new(shape, &Weights::open(weights)?)?;
        Ok(Self { network, tokenizer, ends: ends.into_iter().collect(), chat })
    }

    /// How many parameters it has.
    pub fn parameters(&self) -> u64 {
        self.network.parameters
    }

    /// Most tokens of a prompt and its completion together.
    pub fn context_length(&self) -> usize {
        self.network.shape.context
    }

    /// The tokens of a dialogue as the model's chat template renders it, ready for the model's turn. `continued` is what
    /// the model has written of its turn already.
    ///
    /// # Errors
    /// When the template refuses the dialogue.
    pub fn prompt(&self, messages: &[Message<'_>], continued: Option<&str>) -> Result<Vec<u32>, InferenceError> {
        let mut text = self.chat.render(messages)?;
        text.push_str(continued.unwrap_or_default());
        self.encode(&text).map(|encoding| encoding.get_ids().to_vec())
    }

    /// Whether the model has a head that scores steps (`score.weight`).
    pub fn is_verifier(&self) -> bool {
        self.network.shape.scores
    }

    /// Multiply-add pairs for one token through all weights, attention not counted.
    pub fn products_per_token(&self) -> usize {
        self.network.products()
    }

    pub(crate) fn encode(&self, text: &str) -> Result<tokenizers::Encoding, InferenceError> {
        self.tokenizer
            .encode(text, false)
            .map_err(|error| InferenceError(format!("the model's tokenizer refuses the text: {error}")))
    }

    pub(crate) fn decode(&self, tokens: &[u32]) -> Result<String, InferenceError> {
        self.tokenizer
            .decode(tokens, true)
            .map_err(|error| InferenceError(format!("the model's tokenizer refuses its tokens: {error}")))
    }
}

fn json(file: &str, bytes: &[u8]) -> Result<Value, LoadError> {
    let value: Value =
        serde_json::from_slice(bytes).map_err(|error| LoadError(format!("{file}: not valid JSON ({error})")))?;
    if value.is_object() { Ok(value) } else { Err(LoadError(format!("{file}: expected a JSON object"))) }
}

/// The names of a folder's files of weights.
fn weights(folder: &Path) -> Result<Vec<String>, LoadError> {
    if folder.join(WEIGHTS).exists() || !folder.join(INDEX).exists() {
        return Ok(vec![WEIGHTS.to_owned()]);
    }
    let index = fs::read(folder.join(INDEX)).map_err(|error| LoadError(format!("{INDEX}: {error}")))?;
    shards(&json(INDEX, &index)?)
}

/// The files that an index names.
fn shards(index: &Value) -> Result<Vec<String>, LoadError> {
    let map = index.get("weight_map").and_then(Value::as_object);
    let map = map.ok_or_else(|| LoadError(format!("{INDEX}: no `weight_map`")))?;
    let names = map.iter().map(|(tensor, file)| {
        let name = file.as_str().filter(|name| Path::new(name).file_name() == Some(name.as_ref()));
        let wrong =
            || LoadError(format!("{INDEX}: tensor `{tensor}` is in {file}; expected the name of a file beside it"));
        name.map(str::to_owned).ok_or_else(wrong)
    });
    names.collect::<Result<BTreeSet<_>, _>>().map(|names| names.into_iter().collect())
}
