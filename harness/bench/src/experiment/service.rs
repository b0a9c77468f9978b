//! Servers of an experiment: where they are, how they are asked, what they cost. Never a secret: a key is named by the
//! environment variable that holds it.

use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::schema::words;

/// A server that is asked over HTTP.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ServicePlan {
    /// Addresses of its replicas, without a slash at the end; at least one.
    #[serde(rename = "base_url", serialize_with = "one_or_many")]
    pub base_urls: Vec<String>,
    /// The model's name on the server.
    pub model: String,
    /// The environment variable that holds the key; `None` where none is needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_key_env: Option<String>,
    /// Fields added to the body of every request.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
    /// How much may be asked at once, and for how long.
    pub limits: Limits,
    /// What tokens cost.
    #[serde(skip_serializing_if = "Price::is_free")]
    pub price: Price,
}

/// Limits of what is asked of a server.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Most requests in flight; how many there are below that finds its own level.
    pub concurrency: u32,
    /// Most requests started in a minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests_per_minute: Option<u32>,
    /// Most tokens, prompt and completion, in a minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens_per_minute: Option<u64>,
    /// Seconds until a request is given up.
    pub timeout_seconds: f64,
    /// Requests made for one draw before it is recorded as failed.
    pub attempts: u32,
}

/// Prices per million tokens, all in one currency; 0 where nothing is given.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// Prompt tokens.
    pub prompt: f64,
    /// Prompt tokens served from a cache; `None`: as [`Self::prompt`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cached: Option<f64>,
    /// Completion tokens.
    pub completion: f64,
    /// Completion tokens that are reasoning; `None`: as [`Self::completion`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<f64>,
}

words! {
    /// Which route of an OpenAI-compatible server answers.
    pub enum Api {
        /// `/chat/completions`: the server applies the model's chat template.
        Chat = "chat",
        /// `/completions`: the prompt is sent as it is, for base models.
        Completions = "completions",
    }
}

/// An OpenAI-compatible server that answers questions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OpenAiPlan {
    /// The server.
    #[serde(flatten)]
    pub service: ServicePlan,
    /// The route.
    pub api: Api,
    /// Whether replies are streamed.
    pub stream: bool,
    /// Parallel draws asked for in one request (`n`); 1 asks for each by itself, with its own seed and token count.
    pub batch: u32,
    /// Texts at which the model stops; they are not part of the completion.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stop: Vec<String>,
    /// A `tokenizer.json` that counts tokens where the server does not tell; `None`: they are estimated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokenizer: Option<String>,
}

/// The only address as a text, several as a list.
fn one_or_many<S: Serializer>(urls: &[String], serializer: S) -> Result<S::Ok, S::Error> {
    match urls {
        [only] => only.serialize(serializer),
        urls => urls.serialize(serializer),
    }
}

words! {
    /// Who decides what is drawn.
    pub enum Collecting {
        /// The whole pool, whatever methods will look at.
        Pool = "pool",
        /// Each method draws what it decides to and nothing else.
        Live = "live",
    }
}

/// Hard limits of a whole run; a run that reaches one finishes what is in flight, stops, and goes on when it is raised.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunBudget {
    /// Most tokens of all kinds: prompt, completion, verifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens: Option<u64>,
    /// Most money, in the currency of the prices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<f64>,
    /// Most hours of work, all sessions together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<f64>,
}

#[cfg(test)]
impl Limits {
    /// What holds where nothing is given.
    pub(crate) fn declared() -> Self {
        let keys = super::schema::keys_under("verifier.limits").into_iter();
        let defaults = keys.map(|key| (key.name.to_owned(), key.default.json())).collect();
        serde_json::from_value(Value::Object(defaults)).expect("every default is of its type")
    }
}
