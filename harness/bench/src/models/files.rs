//! The files of a model: loading them, and their digests.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::{LazyLock, Mutex, PoisonError};

use markovscale_embedded::{Model, ModelFiles};

use super::{ModelError, is_path, shipped};
use crate::key::sha256_hex;

/// Loads a shipped model by name, or a folder by path (relative to the working directory).
pub(super) fn load(model: &str) -> Result<Model, ModelError> {
    let loaded = if is_path(model) { Model::load(Path::new(model)) } else { Model::from_files(shipped_files(model)?) };
    loaded.map_err(|error| ModelError::of_load(model, &error))
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
    let digests = if is_path(model) {
        of_folder(model)?
    } else {
        let files = shipped_files(model)?.named();
        files.map(|(name, content)| (name.to_owned(), sha256_hex(content))).into()
    };
    known.insert(model.to_owned(), digests.clone());
    Ok(digests)
}

fn of_folder(model: &str) -> Result<BTreeMap<String, String>, ModelError> {
    let names = Model::files(Path::new(model)).map_err(|error| ModelError::of_load(model, &error))?;
    let digest = |name: &String| {
        let path = Path::new(model).join(name);
        let content = std::fs::read(&path).map_err(|error| ModelError::File {
            path: path.display().to_string(),
            reason: error.to_string(),
            files: names.join(", "),
        })?;
        Ok((name.clone(), sha256_hex(&content)))
    };
    names.iter().map(digest).collect()
}
