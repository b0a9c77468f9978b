//! What every kind of verifier behind a server says of itself.

use std::fmt;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::reply::{Scored, Trouble};
use super::settings::ScoredText;
use crate::prompt::PromptError;
use crate::schema::Key;

/// A kind of verifier behind a server.
#[derive(Clone, Copy)]
pub struct RouteSpec {
    /// Its name in configs, and in traces where it is given none.
    pub kind: &'static str,
    /// What it is.
    pub about: &'static str,
    /// The keys that it has beside those of every server. Their values determine its scores.
    pub keys: &'static [Key],
    /// What of a completion it reads where the config does not say.
    pub text: ScoredText,
    /// Whether its scores have steps, so that a config may say how a score is made of them.
    pub steps: bool,
    /// The route with the values of its keys.
    pub open: fn(&Settings) -> Result<Box<dyn Route>, RouteError>,
}

/// Values of a route's own keys, by name; every one is there.
pub type Settings = Map<String, Value>;

/// A draw as a route is asked about it.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The model's name on the server.
    pub model: &'a str,
    /// The question.
    pub question: &'a str,
    /// What is scored, which is not empty.
    pub text: &'a str,
    /// Fields that are added to the body.
    pub extra: &'a Map<String, Value>,
}

/// A route of a server that scores.
pub trait Route: fmt::Debug + Send + Sync {
    /// What it is called below the server's address.
    fn path(&self) -> &'static str;

    /// Whether it stands at the server's root alone, though the address that clients are given often ends in `/v1`.
    fn at_root(&self) -> bool {
        false
    }

    /// What is sent, without `extra`; `None` where the text holds nothing to score, which is scored 0 without asking.
    fn body(&self, asked: &Asked<'_>) -> Option<Map<String, Value>>;

    /// Fields of `extra` that say how [`Self::body`] is made and are not sent themselves.
    fn own_extra(&self) -> &'static [&'static str] {
        &[]
    }

    /// The score that a reply gives.
    ///
    /// # Errors
    /// When it gives none.
    fn read(&self, reply: &Value, asked: &Asked<'_>) -> Result<Scored, Trouble>;

    /// What determines its scores beside the values of its keys, as fields that replace or follow those: e.g. a hash of the
    /// prompt that a key names.
    fn identity(&self) -> Map<String, Value> {
        Map::new()
    }
}

/// A route cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum RouteError {
    /// Its prompt cannot be used.
    #[error(transparent)]
    Prompt(#[from] PromptError),
    /// A value of its keys is of another type than declared.
    #[error("the settings of a verifier of `kind: {kind}` cannot be read: {error}")]
    Settings {
        /// Its kind.
        kind: &'static str,
        /// What is wrong.
        error: serde_json::Error,
    },
}

impl fmt::Debug for RouteSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RouteSpec").field(&self.kind).finish()
    }
}

impl PartialEq for RouteSpec {
    /// Kinds are told apart by their names.
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

/// The values of a route's keys as a type of its own.
pub(super) fn settings<T: DeserializeOwned>(spec: &RouteSpec, settings: &Settings) -> Result<T, RouteError> {
    let read = serde_json::from_value(Value::Object(settings.clone()));
    read.map_err(|error| RouteError::Settings { kind: spec.kind, error })
}

/// A body of these fields.
pub(super) fn fields<const N: usize>(fields: [(&str, Value); N]) -> Map<String, Value> {
    fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}
