//! One attempt at one replica, over HTTP/1.1.

use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{
    AUTHORIZATION, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER, SERVER,
};
use reqwest::{Method, Request, Response, Url};

use super::ServiceError;
use super::failure::{Failure, Refusal, retry_after};
use super::trust;
use super::words::{field_refused, masked, own_words, refusal_of_prompt, says_no_money};
use crate::experiment::ServicePlan;

/// Largest reply that is read.
const MOST_BYTES: usize = 64 << 20;
/// Largest refusal that is read.
const MOST_REFUSAL: usize = 64 << 10;
/// How long a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the end of a stream is waited for once its last event was seen.
const AFTER_THE_LAST_EVENT: Duration = Duration::from_secs(1);

/// Names the session that a request belongs to, for routers that keep a session with one server: `vllm-router` and the
/// vLLM production stack (`--session-key x-session-id`).
const SESSION: HeaderName = HeaderName::from_static("x-session-id");
/// The same for SGLang's router and its successors.
const ROUTING_KEY: HeaderName = HeaderName::from_static("x-smg-routing-key");

/// An HTTP client that knows a server's key.
pub(super) struct Client {
    http: reqwest::Client,
    headers: HeaderMap,
    /// Kept to be masked where a server echoes it, and never shown.
    key: Option<String>,
}

/// A whole reply.
#[derive(Debug)]
pub(super) struct Reply {
    /// Its body.
    pub(super) body: Vec<u8>,
    /// Whether it says that it is a page for people.
    pub(super) html: bool,
    /// What the server says it is.
    pub(super) server: Option<String>,
    /// The time by the server's clock, as HTTP writes it.
    pub(super) date: Option<String>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}

impl Client {
    /// Sets up a client; asks nothing yet.
    pub(super) fn new(plan: &ServicePlan) -> Result<Self, ServiceError> {
        // Another part of the program may have installed it first; either is the same provider.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("markovscale/", env!("CARGO_PKG_VERSION")))
            .http1_only()
            .tcp_nodelay(true)
            .pool_max_idle_per_host(usize::MAX)
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            // Every attempt is made, paced and recorded by the service.
            .retry(reqwest::retry::never());
        if plan.base_urls.iter().all(|url| is_local(url)) {
            // A proxy cannot reach what runs on this machine.
            builder = builder.no_proxy();
        }
        // Without a certificate to check there is nothing to read.
        if plan.base_urls.iter().any(|url| url.starts_with("https:"))
            && let Some(trusting) = trust::named()
        {
            builder = builder.tls_backend_preconfigured(trusting);
        }
        let http = builder.build().map_err(|error| ServiceError::Client(cause(&error)))?;
        let key = key(plan)?;
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let (Some(key), Some(variable)) = (&key, &plan.api_key_env) {
            let mut value = HeaderValue::from_str(&format!("Bearer {key}")).map_err(|_| ServiceError::Key {
                variable: variable.clone(),
                url: plan.base_urls.join(", "),
                problem: "holds characters that no key can have",
            })?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        Ok(Self { http, headers, key })
    }

    /// A text without the key.
    pub(super) fn masked(&self, text: &str) -> String {
        masked(text, self.key.as_deref())
    }

    /// Posts a body and reads the reply. Of a stream `limit` is the time from one piece to the next, else the time of
    /// the whole.
    pub(super) async fn post(
        &self,
        url: Url,
        body: Bytes,
        affinity: Option<u64>,
        limit: Duration,
        stream: bool,
    ) -> Result<Reply, Failure> {
        let mut request = Request::new(Method::POST, url);
        *request.headers_mut() = self.headers.clone();
        if let Some(session) = affinity.and_then(|affinity| HeaderValue::from_str(&format!("{affinity:016x}")).ok()) {
            request.headers_mut().insert(ROUTING_KEY, session.clone());
            request.headers_mut().insert(SESSION, session);
        }
        *request.body_mut() = Some(body.clone().into());
        self.send(request, limit, stream).await.map_err(|failure| match failure {
            Failure::Status(mut refusal) if matches!(refusal.status.as_u16(), 400 | 422) => {
                refusal.field = field_refused(&refusal.body, &body);
                Failure::Status(refusal)
            }
            failure => failure,
        })
    }

    /// Gets a page.
    pub(super) async fn get(&self, url: Url, limit: Duration) -> Result<Reply, Failure> {
        let mut request = Request::new(Method::GET, url);
        *request.headers_mut() = self.headers.clone();
        self.send(request, limit, false).await
    }

    async fn send(&self, request: Request, limit: Duration, stream: bool) -> Result<Reply, Failure> {
        if stream {
            let response = within(limit, self.http.execute(request)).await?;
            return self.read(response, Some(limit)).await;
        }
        let whole = async {
            let response = self.http.execute(request).await.map_err(|error| failure(&error, limit))?;
            self.read(response, None).await
        };
        tokio::time::timeout(limit, whole).await.unwrap_or(Err(Failure::TimedOut(limit)))
    }

    async fn read(&self, mut response: Response, piece_limit: Option<Duration>) -> Result<Reply, Failure> {
        let status = response.status();
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        let pause = header(RETRY_AFTER).and_then(|value| retry_after(value, chrono::Utc::now()));
        let html = header(CONTENT_TYPE).is_some_and(|value| value.contains("text/html"));
        let server = header(SERVER).map(str::to_owned);
        let date = header(DATE).map(str::to_owned);
        let location = header(LOCATION).filter(|_| status.is_redirection()).map(|location| self.masked(location));
        let most = if status.is_success() { MOST_BYTES } else { MOST_REFUSAL };
        let told = response.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
        let mut body = Vec::with_capacity(told.min(1 << 20));
        let mut limit = piece_limit;
        loop {
            let piece = match limit {
                Some(limit) => within(limit, response.chunk()).await,
                None => response.chunk().await.map_err(|error| failure(&error, Duration::ZERO)),
            };
            let piece = match piece {
                Ok(Some(piece)) => piece,
                Ok(None) => break,
                // Whatever ends a refusal or a stream that has said its last word, that word is there.
                Err(_) if !status.is_success() || (piece_limit.is_some() && is_over(&body)) => break,
                Err(failure) => return Err(failure),
            };
            if body.len() + piece.len() > most {
                if status.is_success() {
                    return Err(Failure::TooLarge(most));
                }
                break;
            }
            body.extend_from_slice(&piece);
            if piece_limit.is_some() && is_over(&body) {
                limit = Some(AFTER_THE_LAST_EVENT);
            }
        }
        if status.is_success() {
            return Ok(Reply { body, html, server, date });
        }
        Err(Failure::Status(Refusal {
            status,
            pause,
            words: if html { "an HTML page".to_owned() } else { own_words(&body, self.key.as_deref()) },
            location,
            no_money: says_no_money(&body),
            of_prompt: serde_json::from_slice(&body).ok().and_then(|json| refusal_of_prompt(&json)),
            field: None,
            body,
        }))
    }
}

/// Whether a stream of events has said that it is over.
fn is_over(stream: &[u8]) -> bool {
    stream.trim_ascii_end().ends_with(b"data: [DONE]")
}

async fn within<T>(limit: Duration, what: impl Future<Output = Result<T, reqwest::Error>>) -> Result<T, Failure> {
    match tokio::time::timeout(limit, what).await {
        Ok(done) => done.map_err(|error| failure(&error, limit)),
        Err(_) => Err(Failure::TimedOut(limit)),
    }
}

/// The key of a server, from the environment.
fn key(plan: &ServicePlan) -> Result<Option<String>, ServiceError> {
    let Some(variable) = &plan.api_key_env else { return Ok(None) };
    let problem = |problem| ServiceError::Key { variable: variable.clone(), url: plan.base_urls.join(", "), problem };
    let key = std::env::var(variable).map_err(|error| match error {
        std::env::VarError::NotPresent => problem("is not set"),
        std::env::VarError::NotUnicode(_) => problem("holds characters that no key can have"),
    })?;
    // A file that a key was read from ends with a line feed.
    let key = key.trim();
    if key.is_empty() { Err(problem("is empty")) } else { Ok(Some(key.to_owned())) }
}

/// Whether an address is of this machine.
fn is_local(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn failure(error: &reqwest::Error, limit: Duration) -> Failure {
    if error.is_connect() {
        Failure::Unreachable(cause(error))
    } else if error.is_timeout() {
        Failure::TimedOut(limit)
    } else {
        Failure::Broken(cause(error))
    }
}

/// The innermost cause of an error: those around it only say that there was one.
fn cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
