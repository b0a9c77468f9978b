//! What a server says it is, for the record: asked once for each replica, after its first good reply.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reqwest::Url;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::client::Client;

/// How long an answer may take; a run does not wait longer for what is merely good to know.
const LIMIT: Duration = Duration::from_secs(5);

/// What a replica says of itself. Nothing of it is secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceIdentity {
    /// Its address.
    pub base_url: String,
    /// The model as it is asked for.
    pub model: String,
    /// The `Server` header.
    pub server: Option<String>,
    /// Version of the serving software, where it tells (vLLM, llama.cpp, Ollama).
    pub version: Option<String>,
    /// What the model was loaded from, where it tells.
    pub model_root: Option<String>,
    /// Longest text in tokens, prompt and completion, where it tells.
    pub max_model_len: Option<u64>,
    /// Other models that it serves, at most 20.
    pub other_models: Vec<String>,
}

/// The replicas of a server.
#[derive(Debug)]
pub(super) struct Identities {
    asked: Vec<AtomicBool>,
    known: Mutex<Vec<ServiceIdentity>>,
}

impl Identities {
    pub(super) fn new(replicas: usize) -> Self {
        Self { asked: (0..replicas).map(|_| AtomicBool::new(false)).collect(), known: Mutex::default() }
    }

    /// Whether a replica was not asked yet; from now on it was.
    pub(super) fn is_first(&self, replica: usize) -> bool {
        self.asked.get(replica).is_some_and(|asked| {
            // Read first: a write would make every request wait for every other.
            !asked.load(Ordering::Relaxed) && !asked.swap(true, Ordering::Relaxed)
        })
    }

    /// What is known, in the order of addresses.
    pub(super) fn known(&self) -> Vec<ServiceIdentity> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        known.sort_by(|a, b| a.base_url.cmp(&b.base_url));
        known
    }

    /// Asks a replica. What it does not tell stays unknown.
    pub(super) async fn ask(&self, client: &Client, base: &str, model: &str, server: Option<String>) {
        let mut models = get(client, Url::parse(&format!("{base}/models")).ok()).await;
        if models.is_none() && !base.ends_with("/v1") {
            // Reward models are asked at the root, and listed with the others.
            models = get(client, Url::parse(&format!("{base}/v1/models")).ok()).await;
        }
        let mut identity = of_models(models.as_ref(), model);
        identity.base_url = base.to_owned();
        identity.server = server;
        let root = |path| Url::parse(base).and_then(|base| base.join(path)).ok();
        for path in ["/version", "/api/version", "/props"] {
            identity.version = get(client, root(path)).await.as_ref().and_then(version);
            if identity.version.is_some() {
                break;
            }
        }
        self.known.lock().unwrap_or_else(PoisonError::into_inner).push(identity);
    }
}

async fn get(client: &Client, url: Option<Url>) -> Option<Value> {
    let reply = client.get(url?, LIMIT).await.ok()?;
    let text = client.masked(&String::from_utf8_lossy(&reply.body));
    serde_json::from_str(&text).ok()
}

/// vLLM and Ollama: `{"version": ...}`; llama.cpp: `{"build_info": ...}`.
fn version(json: &Value) -> Option<String> {
    ["version", "build_info"].into_iter().find_map(|key| json.get(key)?.as_str().map(str::to_owned))
}

fn of_models(json: Option<&Value>, model: &str) -> ServiceIdentity {
    let models = json.and_then(|json| json.get("data")?.as_array()).map(Vec::as_slice).unwrap_or_default();
    let id = |entry: &Value| entry.get("id").and_then(Value::as_str).map(str::to_owned);
    let served = models.iter().find(|entry| id(entry).as_deref() == Some(model));
    ServiceIdentity {
        base_url: String::new(),
        model: model.to_owned(),
        server: None,
        version: None,
        model_root: served.and_then(|entry| entry.get("root")?.as_str().map(str::to_owned)),
        max_model_len: served.and_then(|entry| {
            entry.get("max_model_len").or_else(|| entry.pointer("/meta/n_ctx_train")).and_then(Value::as_u64)
        }),
        other_models: models.iter().filter_map(id).filter(|id| id != model).take(20).collect(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn vllm_and_llama_cpp_tell_what_they_serve() {
        let vllm = json!({"object": "list", "data": [
            {"id": "other", "object": "model"},
            {"id": "qwen", "object": "model", "owned_by": "vllm", "root": "Qwen/Qwen2.5-7B-Instruct",
             "max_model_len": 32768, "permission": []},
        ]});
        let identity = of_models(Some(&vllm), "qwen");
        assert_eq!(identity.model_root.as_deref(), Some("Qwen/Qwen2.5-7B-Instruct"));
        assert_eq!((identity.max_model_len, identity.other_models), (Some(32768), vec!["other".to_owned()]));
        let llama = json!({"data": [{"id": "m.gguf", "meta": {"n_ctx_train": 4096}}]});
        assert_eq!(of_models(Some(&llama), "m.gguf").max_model_len, Some(4096));
        assert_eq!(of_models(None, "qwen").other_models, Vec::<String>::new());
        assert_eq!(version(&json!({"version": "0.11.0"})).as_deref(), Some("0.11.0"));
        assert_eq!(version(&json!({"build_info": "b4500-abc"})).as_deref(), Some("b4500-abc"));
    }
}
