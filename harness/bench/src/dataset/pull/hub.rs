//! A connection to the hub, and what it tells while files come.

use std::env;
use std::time::Duration;

use super::error::{PullError, chain};
use crate::dataset::manifest::HubSource;

/// Where downloads come from unless `HF_ENDPOINT` says otherwise.
const DEFAULT_ENDPOINT: &str = "https://huggingface.co";
/// Redirects followed for one request.
const MOST_REDIRECTS: usize = 10;
/// Time to reach a server.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// Time without a byte after which a transfer counts as broken.
const SILENCE_TIMEOUT: Duration = Duration::from_secs(30);
/// Wait before the first retry; it doubles from one to the next.
pub(super) const RETRY_DELAY: Duration = Duration::from_millis(500);

/// A connection to the hub.
#[derive(Clone)]
pub struct Hub {
    pub(super) client: reqwest::Client,
    endpoint: reqwest::Url,
    pub(super) token: Option<String>,
    pub(super) retry_delay: Duration,
}

impl Hub {
    /// The hub as the environment configures it: `HF_ENDPOINT`, `HF_TOKEN`, and the usual proxy variables.
    ///
    /// # Errors
    /// `HF_ENDPOINT` is no URL, or TLS cannot be set up.
    pub fn from_environment() -> Result<Self, PullError> {
        let set =
            |name: &str| env::var(name).ok().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        let endpoint = set("HF_ENDPOINT").unwrap_or_else(|| DEFAULT_ENDPOINT.to_owned());
        Self::build(Self::client(), &endpoint, set("HF_TOKEN"), RETRY_DELAY)
    }

    pub(super) fn build(
        client: reqwest::ClientBuilder,
        endpoint: &str,
        token: Option<String>,
        retry_delay: Duration,
    ) -> Result<Self, PullError> {
        let wrong = || PullError::Endpoint { endpoint: endpoint.to_owned() };
        let endpoint = reqwest::Url::parse(endpoint).map_err(|_| wrong())?;
        if !matches!(endpoint.scheme(), "http" | "https") || !endpoint.has_host() {
            return Err(wrong());
        }
        let client = client.build().map_err(|source| PullError::Client { reason: chain(&source) })?;
        Ok(Self { client, endpoint, token, retry_delay })
    }

    pub(super) fn client() -> reqwest::ClientBuilder {
        // Another part of the program may have installed it first; either is the same provider.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // The client itself drops the token when a redirect leaves the host, port or scheme.
        let redirects = reqwest::redirect::Policy::custom(|attempt| {
            let secure = attempt.previous().last().is_some_and(|from| from.scheme() == "https");
            if attempt.previous().len() > MOST_REDIRECTS {
                attempt.error("too many redirects")
            } else if secure && attempt.url().scheme() != "https" {
                attempt.error("a redirect from https to http")
            } else {
                attempt.follow()
            }
        });
        reqwest::Client::builder()
            .user_agent(concat!("markovscale/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(SILENCE_TIMEOUT)
            .redirect(redirects)
    }

    /// `ENDPOINT/datasets/OWNER/NAME/resolve/REVISION/FILE`, with every segment escaped.
    pub(super) fn url(&self, hub: &HubSource, file: &str) -> reqwest::Url {
        let mut url = self.endpoint.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().push("datasets").extend(hub.repository.split('/'));
            segments.push("resolve").push(&hub.revision).extend(file.split('/'));
        }
        url
    }
}

/// What a download tells while it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress<'a> {
    /// A file's transfer begins or goes on.
    Started {
        /// Path in the repository.
        file: &'a str,
        /// Bytes here already.
        from: u64,
        /// Bytes in all, if the server says.
        total: Option<u64>,
    },
    /// Bytes here by now.
    Position(u64),
    /// A transfer failed and is tried again.
    Retry {
        /// Why.
        reason: &'a str,
    },
}
