//! The files of a model, and their digests.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::{LazyLock, Mutex, PoisonError};

use markovscale_embedded::ModelFiles;

use super::{ModelError, is_path, shipped};
use crate::key::sha256_hex;

/// What a model's folder holds, in the order of [`Contents`].
const NAMES: [&str; 4] = ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"];

/// The contents of a model's files.
pub(super) struct Contents([Cow<'static, [u8]>; NAMES.len()]);

impl Contents {
    /// The files of a shipped model by name, or of a folder by path (relative to the working directory).
    pub(super) fn read(model: &str) -> Result<Self, ModelError> {
        if is_path(model) {
            let folder = Path::new(model);
            let [config, weights, tokenizer, tokenizer_config] = NAMES.map(|name| file(folder, name));
            return Ok(Self([config?, weights?, tokenizer?, tokenizer_config?].map(Cow::Owned)));
        }
        let files = shipped::files(model).ok_or_else(|| ModelError::unknown(model))?;
        let ModelFiles { config, weights, tokenizer, tokenizer_config } = files;
        Ok(Self([config, weights, tokenizer, tokenizer_config].map(Cow::Borrowed)))
    }

    pub(super) fn files(&self) -> ModelFiles<'_> {
        let Self([config, weights, tokenizer, tokenizer_config]) = self;
        ModelFiles { config, weights, tokenizer, tokenizer_config }
    }
}

fn file(folder: &Path, name: &str) -> Result<Vec<u8>, ModelError> {
    let path = folder.join(name);
    std::fs::read(&path).map_err(|error| ModelError::File {
        path: path.display().to_string(),
        reason: error.to_string(),
        files: NAMES.join(", "),
    })
}

/// SHA-256 of a model's files by name, made once in a process.
pub(super) fn digests(model: &str) -> Result<BTreeMap<String, String>, ModelError> {
    static KNOWN: LazyLock<Mutex<HashMap<String, BTreeMap<String, String>>>> = LazyLock::new(Mutex::default);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(digests) = known.get(model) {
        return Ok(digests.clone());
    }
    let Contents(contents) = Contents::read(model)?;
    let named = NAMES.iter().zip(&contents).map(|(name, content)| ((*name).to_owned(), sha256_hex(content)));
    let digests: BTreeMap<String, String> = named.collect();
    known.insert(model.to_owned(), digests.clone());
    Ok(digests)
}
