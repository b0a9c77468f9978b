//! One server with its replicas.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use reqwest::Url;
use tokio::time::Instant;

use super::balance::{Balancer, Health, Hopeless, Outcome, Timeouts};
use super::client::{Client, Reply};
use super::failure::{Failure, Refusal, time};
use super::files::{in_flight, open_files};
use super::identity::Identities;
use super::pace::Pacer;
use super::slots::{NoSlot, Slot, Slots};
use super::stop::StopFlag;
use super::{
    Page, Post, Read, Refused, Replied, RequestFailure, ServerStats, ServiceError, ServiceIdentity, Unreadable, retry,
};
use crate::experiment::ServicePlan;

/// Refusals of a key in a row, without one good reply between them, after which nobody is asked any more.
const REFUSALS: u32 = 5;
/// How long a look at a replica may take.
const LOOK: Duration = Duration::from_secs(10);

/// A server of the experiment.
#[derive(Debug)]
pub struct Service {
    plan: ServicePlan,
    client: Client,
    slots: Arc<Slots>,
    pacer: Option<Mutex<Pacer>>,
    timeouts: Timeouts,
    stop: StopFlag,
    identities: Identities,
    urls: Mutex<Vec<(usize, String, Url)>>,
    stats: ServerStats,
}

/// What has come of a request so far.
#[derive(Default)]
struct Progress {
    attempts: u32,
    earlier: Vec<String>,
}

impl Service {
    /// Sets up a server; asks nothing of it yet.
    ///
    /// # Errors
    /// When its key is not in the environment or no HTTP client can be set up.
    pub(super) fn with(plan: &ServicePlan, stop: StopFlag, timeouts: Timeouts) -> Result<Self, ServiceError> {
        let balancer = Balancer::new(&plan.base_urls, in_flight(plan.limits.concurrency, open_files()), timeouts);
        Ok(Self {
            client: Client::new(plan)?,
            slots: Slots::new(balancer),
            pacer: Pacer::new(&plan.limits, Instant::now()).map(Mutex::new),
            timeouts,
            stop,
            identities: Identities::new(plan.base_urls.len()),
            urls: Mutex::default(),
            stats: ServerStats::default(),
            plan: plan.clone(),
        })
    }

    /// Its plan.
    pub fn plan(&self) -> &ServicePlan {
        &self.plan
    }

    /// What its replicas are, as far as they were asked: a replica says so after its first good reply.
    pub fn identities(&self) -> Vec<ServiceIdentity> {
        self.identities.known()
    }

    /// What was learned of it while it was asked.
    pub fn stats(&self) -> &ServerStats {
        &self.stats
    }

    /// A text that a reply's words are part of, without the server's key.
    pub fn masked(&self, text: &str) -> String {
        self.client.masked(text)
    }

    /// Gets a page of a replica, once; for a look, not for work.
    ///
    /// # Errors
    /// When nobody is there, or whoever is there refuses.
    pub async fn page(&self, replica: usize, path: &str) -> Result<Page, Refused> {
        let refused = |why| Refused { answered: false, why };
        let url = self.url(replica, path).map_err(refused)?;
        match self.client.get(url, LOOK).await {
            Ok(reply) => Ok(Page { body: reply.body, date: reply.date }),
            Err(failure) => {
                let answered = matches!(failure, Failure::Status(_));
                Err(Refused { answered, why: self.explained(replica, path, &failure) })
            }
        }
    }

    /// Posts a request until a reply can be read by `read`, up to the plan's number of attempts. What is tried again, and
    /// what is not, stands in `docs/servers.md`.
    ///
    /// # Errors
    /// When every attempt failed, or one failed in a way that no other can mend, or the server is down for long, or the
    /// user asked to stop before it was made.
    pub async fn post<T>(
        &self,
        post: Post,
        read: impl Fn(&[u8]) -> Result<Read<T>, Unreadable>,
    ) -> Result<Replied<T>, RequestFailure> {
        let Post { path, body, affinity, expected_tokens, stream, attempts } = post;
        let most_attempts = attempts.unwrap_or(u32::MAX).min(self.plan.limits.attempts);
        let body = Bytes::from(body);
        let mut progress = Progress::default();
        loop {
            let mut slot = match self.slot(affinity, expected_tokens).await {
                Ok(slot) => slot,
                Err(why) => return Err(progress.failed(self.no_slot(why), None)),
            };
            let replica = slot.replica();
            let url = match self.url(replica, path) {
                Ok(url) => url,
                Err(why) => return Err(progress.failed(why, None)),
            };
            slot.start();
            let started = Instant::now();
            progress.attempts += 1;
            let limit = Duration::try_from_secs_f64(self.plan.limits.timeout_seconds).unwrap_or(Duration::MAX / 4);
            let result = self.client.post(url, body.clone(), affinity, limit, stream).await;
            let latency = started.elapsed();
            let failure = match result.and_then(|reply| Ok((self.read(&reply, &read)?, reply.server))) {
                Ok((Read { value, tokens }, server)) => {
                    slot.give_back(Outcome::GOOD);
                    self.stats.answered();
                    self.settle(expected_tokens, tokens.unwrap_or(expected_tokens));
                    if self.identities.is_first(replica) {
                        self.identify(replica, server).await;
                    }
                    let Progress { attempts, earlier } = progress;
                    return Ok(Replied { value, attempts, earlier_attempts: earlier, latency });
                }
                Err(failure) => failure,
            };
            slot.give_back(failure.outcome());
            if !matches!(failure, Failure::Unreadable(_)) {
                self.settle(expected_tokens, 0);
            }
            let over = progress.attempts >= most_attempts || self.stop.is_set();
            if over || !failure.is_worth_another_try() {
                let message = self.explained(replica, path, &failure);
                if failure.is_of_account() && self.stats.refused() >= REFUSALS {
                    // Every other draw would be refused alike.
                    self.stop.halt(message.clone());
                }
                let failed = progress.failed(message, failure.status());
                return Err(RequestFailure { of_prompt: failure.of_prompt(), ..failed });
            }
            progress.earlier.push(failure.attempt(latency));
            if failure.pause().is_none() {
                let Timeouts { first_retry, longest_pause, .. } = self.timeouts;
                let wait = retry::wait(progress.attempts, first_retry, longest_pause, rand::random());
                self.sleep_until(Instant::now() + wait).await;
            }
        }
    }

    /// A slot at a replica that is up, at a time at which the limits a minute allow another request.
    async fn slot(&self, affinity: Option<u64>, expected_tokens: u64) -> Result<Slot, NoSlot> {
        let mut slot = self.slots.take(affinity, &self.stop).await?;
        while slot.is_probe() {
            match self.look(slot.replica()).await {
                Ok(()) => slot.seen_up(),
                Err(health) => {
                    slot.give_back(Outcome { health, too_much: false, pause: None });
                    slot = self.slots.take(affinity, &self.stop).await?;
                }
            }
        }
        if let Some(pacer) = &self.pacer {
            let at = pacer.lock().unwrap_or_else(PoisonError::into_inner).reserve(expected_tokens, Instant::now());
            self.sleep_until(at).await;
            // Another request may have been told to pause in the meantime.
            while let Some(until) = slot.paused_until().filter(|until| *until > Instant::now()) {
                if self.stop.is_set() {
                    break;
                }
                self.sleep_until(until).await;
            }
        }
        if self.stop.is_set() { Err(NoSlot::Stopped) } else { Ok(slot) }
    }

    /// Sleeps until then, or until the user asks to stop.
    async fn sleep_until(&self, then: Instant) {
        const GLANCE: Duration = Duration::from_secs(1);
        while Instant::now() < then && !self.stop.is_set() {
            tokio::time::sleep_until(then.min(Instant::now() + GLANCE)).await;
        }
    }

    /// Looks whether a replica that was down answers again.
    async fn look(&self, replica: usize) -> Result<(), Health> {
        let url = self.url(replica, "/models").map_err(Health::Gone)?;
        match self.client.get(url, LOOK).await {
            Ok(_) => Ok(()),
            // Whoever refuses is there.
            Err(Failure::Status(Refusal { status, .. })) if !status.is_server_error() => Ok(()),
            Err(failure) => Err(Health::Gone(failure.to_string())),
        }
    }

    fn settle(&self, expected_tokens: u64, tokens: u64) {
        if let Some(pacer) = &self.pacer {
            pacer.lock().unwrap_or_else(PoisonError::into_inner).settle(expected_tokens, tokens);
        }
    }

    /// The address of a replica's page. Kept, since reading an address costs as much as sending a small request.
    fn url(&self, replica: usize, path: &str) -> Result<Url, String> {
        let mut known = self.urls.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((.., url)) = known.iter().find(|(of, page, _)| *of == replica && page == path) {
            return Ok(url.clone());
        }
        let base = self.plan.base_urls.get(replica).map(String::as_str).unwrap_or_default();
        let url =
            Url::parse(&format!("{base}{path}")).map_err(|error| format!("{base}{path} is not an address: {error}"))?;
        known.push((replica, path.to_owned(), url.clone()));
        Ok(url)
    }

    fn read<T>(&self, reply: &Reply, read: &impl Fn(&[u8]) -> Result<Read<T>, Unreadable>) -> Result<Read<T>, Failure> {
        read(&reply.body).map_err(|Unreadable(why)| {
            let start = reply.body.trim_ascii_start();
            let is_page = start.starts_with(b"<!") || start.starts_with(b"<html");
            Failure::Unreadable(if reply.html || is_page {
                "the reply is an HTML page; is `base_url` the address of the API (it often ends in `/v1`)?".to_owned()
            } else {
                self.client.masked(&why)
            })
        })
    }

    async fn identify(&self, replica: usize, server: Option<String>) {
        let Some(base) = self.plan.base_urls.get(replica) else { return };
        self.identities.ask(&self.client, base, &self.plan.model, server).await;
    }

    fn no_slot(&self, why: NoSlot) -> String {
        let urls = self.plan.base_urls.join(", ");
        match why {
            NoSlot::Stopped => "stopped before it was asked".to_owned(),
            NoSlot::Hopeless(Hopeless::Down(since, why)) => format!(
                "{urls} cannot be asked for {} now, last: {why}; start the server or correct `base_url`",
                time(since)
            ),
            NoSlot::Hopeless(Hopeless::Paused(pause)) => {
                format!("{urls} asks to be left alone for {} (`Retry-After`); go on then", time(pause))
            }
        }
    }

    /// The last failure of a request, with what can be done about it.
    fn explained(&self, replica: usize, path: &str, failure: &Failure) -> String {
        let base = self.plan.base_urls.get(replica).map(String::as_str).unwrap_or_default();
        let remedy = match failure {
            Failure::Status(Refusal { field: Some(field), .. }) => unwanted(field),
            Failure::Status(Refusal { status, no_money, .. }) => match (status.as_u16(), &self.plan.api_key_env) {
                (401 | 403, Some(variable)) => format!("; does `{variable}` hold a valid key?"),
                (401 | 403, None) => "; name the variable that holds its key with `api_key_env`".to_owned(),
                (404, _) if !has_version(base) => {
                    format!("; `base_url` often ends in `/v1`: try `base_url: {base}/v1`")
                }
                (404, _) => format!("; is this the API's address, and does it serve `{}`?", self.plan.model),
                _ if *no_money => "; the account's quota is used up".to_owned(),
                _ => String::new(),
            },
            Failure::TimedOut(_) => "; `limits.timeout_seconds` gives it longer".to_owned(),
            _ => String::new(),
        };
        format!("{base}{path}: {failure}{remedy}")
    }
}

/// What to write to leave out a field that the model refuses.
fn unwanted(field: &str) -> String {
    let instead = if field == "max_tokens" { ", max_completion_tokens: 1000" } else { "" };
    format!("; leave the field out with `extra: {{{field}: null{instead}}}`")
}

/// Whether an address has a part such as `v1`.
fn has_version(base: &str) -> bool {
    base.split('/')
        .any(|part| part.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())))
}

impl Progress {
    fn failed(self, message: String, status: Option<u16>) -> RequestFailure {
        RequestFailure { message, attempts: self.attempts, earlier_attempts: self.earlier, status, of_prompt: None }
    }
}
