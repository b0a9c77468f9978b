//! The files of a model: loading them, and their digests.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::{LazyLock, Mutex, PoisonError};

use markovscale_embedded::{Model, ModelFiles};

use super::{ModelError, is_path, shipped};
use crate::key::sha256_hex;

/// What every model has beside its weights.
const ALWAYS: [&str; 3] = ["config.json", "tokenizer.json", "tokenizer_config.json"];
/// The weights of a model whose weights are one file.
const WEIGHTS: &str = "model.safetensors";
/// What only the folders of some models have, and what changes what they read and write all the same.
const SOMETIMES: [&str; 2] = ["generation_config.json", "chat_template.jinja"];

/// Loads a shipped model by name, or a folder by path (relative to the working directory).
pub(super) fn load(model: &str) -> Result<Model, ModelError> {
    let loaded = if is_path(model) { Model::load(Path::new(model)) } else { Model::from_files(shipped_files(model)?) };
    loaded.map_err(|error| ModelError::Load { model: model.to_owned(), reason: error.to_string() })
}

fn shipped_files(model: &str) -> Result<ModelFiles<'static>, ModelError> {
    shipped::files(model).ok_or_else(|| ModelError::unknown(model))
}

/// SHA-256 of a model's files by name, made once in a process.
pub(super) fn digests(model: &str) -> Result<BTreeMap<String, String>, ModelError> {
    static KNOWN: LazyLock<Mutex<HashMap<String, BTreeMap<String, String>>>> = LazyLock::new(Mutex::default);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(digests) = known.get(model) {
        return Ok(digests.clone());
    }
    let digests = if is_path(model) { of_folder(Path::new(model))? } else { of_shipped(shipped_files(model)?) };
    known.insert(model.to_owned(), digests.clone());
    Ok(digests)
}

fn of_shipped(files: ModelFiles<'_>) -> BTreeMap<String, String> {
    let ModelFiles { config, weights, tokenizer, tokenizer_config } = files;
    let named = ALWAYS.into_iter().chain([WEIGHTS]).zip([config, tokenizer, tokenizer_config, weights]);
    named.map(|(name, content)| (name.to_owned(), sha256_hex(content))).collect()
}

fn of_folder(folder: &Path) -> Result<BTreeMap<String, String>, ModelError> {
    let mut names: Vec<String> = ALWAYS.map(str::to_owned).to_vec();
    let weights = weights(folder);
    // Without any, the error is that of the file that most models have.
    names.extend(if weights.is_empty() { vec![WEIGHTS.to_owned()] } else { weights });
    names.extend(SOMETIMES.into_iter().filter(|name| folder.join(name).exists()).map(str::to_owned));
    let digest = |name: String| {
        let path = folder.join(&name);
        let content = std::fs::read(&path).map_err(|error| ModelError::File {
            path: path.display().to_string(),
            reason: error.to_string(),
            files: format!("{}, {WEIGHTS}", ALWAYS.join(", ")),
        })?;
        Ok((name, sha256_hex(&content)))
    };
    names.into_iter().map(digest).collect()
}

/// The names of a folder's files of weights, and of the index of several.
fn weights(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    names.filter(|name| name.ends_with(".safetensors") || name.ends_with(".safetensors.index.json")).collect()
}
