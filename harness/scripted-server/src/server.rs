//! Listening, and the life of a connection.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::counters::{Counters, Fate, Tally};
use crate::fault::{self, Manner};
use crate::http::{Buffer, Request};
use crate::reply::{Body, Reply, reason};
use crate::script::{Fault, Script};
use crate::{date, hash, routes};

/// A request that was kept, with [`Script::record`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// `GET` or `POST`.
    pub method: String,
    /// The path.
    pub path: String,
    /// Headers; names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

#[derive(Debug)]
struct Shared {
    script: RwLock<Arc<Script>>,
    tally: Tally,
    recorded: Mutex<Vec<Recorded>>,
}

impl Shared {
    fn script(&self) -> Arc<Script> {
        Arc::clone(&self.script.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A running server. It stops, and closes its connections, when dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Server {
    /// Starts a server on a free port of loopback, with a thread of its own.
    ///
    /// # Errors
    /// When it cannot listen.
    pub fn start(script: Script) -> io::Result<Self> {
        Self::start_on(SocketAddr::from(([127, 0, 0, 1], 0)), script)
    }

    /// Starts a server on an address, for example that of one that was stopped.
    ///
    /// # Errors
    /// When it cannot listen there.
    pub fn start_on(address: SocketAddr, script: Script) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            script: RwLock::new(Arc::new(script)),
            tally: Tally::default(),
            recorded: Mutex::default(),
        });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind(address))?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let serving = Arc::clone(&shared);
        let work = move || {
            runtime.block_on(async {
                tokio::select! {
                    () = accept(listener, serving) => {}
                    _ = stopped => {}
                }
            });
        };
        let thread = std::thread::Builder::new().name("scripted-server".to_owned()).spawn(work)?;
        Ok(Self { address, shared, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base address of completions, `http://127.0.0.1:PORT/v1`; verifiers are served there too.
    pub fn url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// What was counted up to now.
    pub fn counters(&self) -> Counters {
        self.shared.tally.counters()
    }

    /// Requests that were kept, in the order in which they came; none unless [`Script::record`].
    pub fn requests(&self) -> Vec<Recorded> {
        self.shared.recorded.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Answers by another script from the next request on; counters go on.
    pub fn set_script(&self, script: Script) {
        *self.shared.script.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(script);
    }

    /// Stops it: its port is free and its connections are closed when this returns.
    pub fn stop(self) {
        drop(self);
    }

    /// Waits for ever.
    pub fn wait(mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                shared.tally.connections.fetch_add(1, Ordering::Relaxed);
                let _ = stream.set_nodelay(true);
                let shared = Arc::clone(&shared);
                // What goes wrong with a connection ends that connection.
                tokio::spawn(async move { connection(stream, shared).await });
            }
            // Out of file descriptors, for example: others may be closed soon.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

async fn connection(mut stream: TcpStream, shared: Arc<Shared>) -> io::Result<()> {
    let mut buffer = Buffer::default();
    let mut head = Head::default();
    while let Some(request) = buffer.request(&mut stream).await? {
        let at_once = shared.tally.enter();
        let open = respond(&mut stream, &shared, &request, at_once, &mut head).await;
        shared.tally.at_once.fetch_sub(1, Ordering::Relaxed);
        if !open? || request.last {
            break;
        }
    }
    Ok(())
}

/// Answers a request. False when the connection is to be closed.
async fn respond(
    stream: &mut TcpStream,
    shared: &Shared,
    request: &Request,
    at_once: u64,
    head: &mut Head,
) -> io::Result<bool> {
    let (script, tally) = (shared.script(), &shared.tally);
    let counted = request.path != "/_counters";
    let number = if counted { tally.requests.fetch_add(1, Ordering::Relaxed) + 1 } else { 0 };
    if script.record && counted {
        shared.recorded.lock().unwrap_or_else(PoisonError::into_inner).push(Recorded {
            method: request.method.clone(),
            path: request.path.clone(),
            headers: request.headers.clone(),
            body: request.body.clone(),
        });
    }
    let body = if script.track { hash::of_bytes(&request.body) } else { 0 };
    let full = counted && script.capacity.is_some_and(|most| at_once > u64::from(most));
    let fault = if counted && !full { fault::pick(&script, tally, request, body, number) } else { None };
    let mut reply = if full {
        Reply::error(429, "rate_limit_error", "too many requests at once")
    } else {
        routes::answer(&script, tally, request, fault)
    };
    let (manner, fate) = fault::spoil(fault, &mut reply);
    let delay = if let Some(Fault::Delay { ms }) = fault { *ms } else { 0 };
    let latency = if counted && reply.status == 200 { script.latency_ms } else { 0 };
    if delay + latency > 0 {
        tokio::time::sleep(Duration::from_millis(delay + latency)).await;
    }
    if reply.status != 200 {
        tally.refused(reply.status);
    }
    let fate = if manner == Manner::All && is_gone(stream) { Fate::Spoiled } else { fate };
    let tracked = (script.track && reply.billed.is_some()).then_some(body);
    if let Some(billed) = &reply.billed {
        tally.reply(billed, reply.score, fate, tracked);
    }
    let result = write(stream, &reply, manner, &script, head).await;
    if let (Err(_), Some(billed), Fate::Delivered) = (&result, &reply.billed, fate) {
        tally.undelivered(billed, reply.score, tracked);
    }
    result
}

/// Whether the client has closed the connection while it waited: then what is written reaches nobody. What a client
/// sends before it has its reply would be lost here; none does.
fn is_gone(stream: &TcpStream) -> bool {
    match stream.try_read(&mut [0]) {
        Ok(read) => read == 0,
        Err(error) => error.kind() != io::ErrorKind::WouldBlock,
    }
}

/// What is at the head of replies, made anew every second.
#[derive(Debug, Default)]
struct Head {
    second: i64,
    date: String,
    bytes: Vec<u8>,
}

async fn write(
    stream: &mut TcpStream,
    reply: &Reply,
    manner: Manner,
    script: &Script,
    head: &mut Head,
) -> io::Result<bool> {
    if matches!(manner, Manner::Close | Manner::Hang) {
        if manner == Manner::Hang {
            until_gone(stream).await;
        }
        return Ok(false);
    }
    let second = date::now() + script.clock_offset_seconds;
    if head.second != second {
        *head = Head { second, date: date::http_date(second), bytes: std::mem::take(&mut head.bytes) };
    }
    let (status, words) = (reply.status, reason(reply.status));
    let opening = format!(
        "HTTP/1.1 {status} {words}\r\nserver: scripted\r\ndate: {}\r\ncontent-type: {}\r\n{}",
        head.date, reply.content_type, reply.header
    );
    let out = &mut head.bytes;
    out.clear();
    out.extend_from_slice(opening.as_bytes());
    match &reply.body {
        Body::Whole(text) => {
            out.extend_from_slice(format!("content-length: {}\r\n\r\n", text.len()).as_bytes());
            let end = if manner == Manner::All { text.len() } else { text.len() / 2 };
            out.extend_from_slice(&text.as_bytes()[..end]);
        }
        Body::Events(events) => {
            out.extend_from_slice(b"transfer-encoding: chunked\r\n\r\n");
            let end = if manner == Manner::All { events.len() } else { events.len() / 2 };
            for event in &events[..end] {
                out.extend_from_slice(format!("{:x}\r\n{event}\r\n", event.len()).as_bytes());
                if script.piece_ms > 0 {
                    stream.write_all(out).await?;
                    out.clear();
                    tokio::time::sleep(Duration::from_millis(script.piece_ms)).await;
                }
            }
            if manner == Manner::All {
                out.extend_from_slice(b"0\r\n\r\n");
            }
        }
    }
    stream.write_all(out).await?;
    match manner {
        Manner::All => Ok(true),
        Manner::HalfThenHang => {
            until_gone(stream).await;
            Ok(false)
        }
        _ => Ok(false),
    }
}

/// Waits until the client closes the connection.
async fn until_gone(stream: &mut TcpStream) {
    use tokio::io::AsyncReadExt;
    let mut byte = [0];
    while stream.read(&mut byte).await.is_ok_and(|read| read > 0) {}
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use super::*;
    use crate::script::{Fault, RetryAfter, When};

    const BODY: &str = r#"{"model":"scripted","seed":7,"messages":[{"role":"user","content":"What is 17 + 25?"}]}"#;

    fn post(path: &str, headers: &str, body: &str) -> String {
        format!("POST {path} HTTP/1.1\r\nhost: x\r\n{headers}content-length: {}\r\n\r\n{body}", body.len())
    }

    /// What the server answers to a request on a connection of its own, up to its end.
    fn raw(server: &Server, request: &str) -> String {
        let mut stream = std::net::TcpStream::connect(server.address()).unwrap();
        stream.write_all(request.replacen("host", "connection: close\r\nhost", 1).as_bytes()).unwrap();
        let mut reply = Vec::new();
        let _ = stream.read_to_end(&mut reply);
        String::from_utf8_lossy(&reply).into_owned()
    }

    fn chat(server: &Server) -> String {
        raw(server, &post("/v1/chat/completions", "", BODY))
    }

    #[test]
    fn the_same_request_gets_the_same_answer_and_is_counted() {
        let server = Server::start(Script { record: true, ..Script::default() }).unwrap();
        let text = |reply: &str| reply.split("\"content\":").nth(1).unwrap().split('}').next().unwrap().to_owned();
        let (first, again) = (chat(&server), chat(&server));
        assert!(first.starts_with("HTTP/1.1 200 OK\r\n") && first.contains("\\boxed"), "{first}");
        assert_eq!(text(&first), text(&again));
        let counters = server.counters();
        assert_eq!((counters.requests, counters.delivered.replies, counters.delivered.choices), (2, 2, 2));
        assert_eq!((counters.distinct_delivered, counters.delivered_again), (1, 1));
        assert_eq!(server.requests()[0].body, BODY.as_bytes());
        let over_http = raw(&server, "GET /_counters HTTP/1.1\r\nhost: x\r\n\r\n");
        assert!(over_http.contains("\"requests\": 2,"), "{over_http}");
    }

    #[test]
    fn a_connection_is_kept_and_chunked_bodies_are_read() {
        let server = Server::start(Script::default()).unwrap();
        let mut stream = std::net::TcpStream::connect(server.address()).unwrap();
        let (half, rest) = BODY.split_at(20);
        let chunked = format!(
            "POST /v1/chat/completions HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{half}\r\n{:x}\r\n{rest}\r\n0\r\n\r\n",
            half.len(),
            rest.len()
        );
        stream.write_all(chunked.as_bytes()).unwrap();
        let mut first = [0; 12];
        stream.read_exact(&mut first).unwrap();
        assert_eq!(&first, b"HTTP/1.1 200");
        stream.write_all(post("/v1/chat/completions", "connection: close\r\n", BODY).as_bytes()).unwrap();
        let mut rest = String::new();
        stream.read_to_string(&mut rest).unwrap();
        assert!(rest.contains("HTTP/1.1 200 OK"), "{rest}");
        assert_eq!(server.counters().connections, 1);
    }

    #[test]
    fn faults_happen_as_scripted() {
        let failing = |fault| Server::start(Script::failing(fault, When::attempts(1))).unwrap();
        let status = |code, retry_after| Fault::Status { code, retry_after, body: None };
        let limited = chat(&failing(status(429, Some(RetryAfter::Seconds(2)))));
        assert!(limited.starts_with("HTTP/1.1 429 ") && limited.contains("\r\nretry-after: 2\r\n"), "{limited}");
        let dated = chat(&failing(status(503, Some(RetryAfter::Date(5)))));
        assert!(dated.starts_with("HTTP/1.1 503 ") && dated.contains(" GMT\r\n"), "{dated}");
        assert_eq!(chat(&failing(Fault::CloseBefore)), "");
        let broken = |fault| {
            let server = failing(fault);
            let (reply, again) = (chat(&server), chat(&server));
            assert!(again.contains("\"usage\""), "the second attempt is well: {again}");
            let counters = server.counters();
            assert_eq!((counters.delivered.replies, counters.distinct_delivered), (1, 1));
            let (head, body) = reply.split_once("\r\n\r\n").unwrap();
            let length = head.split("content-length: ").nth(1).unwrap().lines().next().unwrap();
            (length.parse::<usize>().unwrap(), body.to_owned())
        };
        let (length, body) = broken(Fault::CloseMidBody);
        assert!(body.len() < length && !body.is_empty());
        for fault in [Fault::HalfJson, Fault::WrongType] {
            let (length, body) = broken(fault);
            assert_eq!(body.len(), length);
            assert!(serde_json::from_str::<serde_json::Value>(&body).is_err(), "{body}");
        }
        assert!(broken(Fault::EmptyChoices).1.contains("\"choices\":[]"));
        assert!(broken(Fault::ErrorInBody).1.contains("\"error\""));
        assert!(chat(&failing(Fault::Huge { bytes: 1 << 20 })).len() > 1 << 20);
    }

    #[test]
    fn a_wrong_key_is_told_to_everyone() {
        let server = Server::start(Script { key: Some("right".to_owned()), ..Script::default() }).unwrap();
        let with = |key| raw(&server, &post("/v1/completions", &format!("Authorization: Bearer {key}\r\n"), "{}"));
        assert!(with("wrong").starts_with("HTTP/1.1 401 ") && with("wrong").contains("wrong"));
        assert!(with("right").starts_with("HTTP/1.1 404 "), "no such model");
    }

    #[test]
    fn a_server_that_was_stopped_comes_back_at_its_address() {
        let server = Server::start(Script::default()).unwrap();
        let address = server.address();
        let mut open = std::net::TcpStream::connect(address).unwrap();
        open.write_all(b"POST /v1/chat").unwrap();
        server.stop();
        assert!(open.read(&mut [0]).map_or(true, |read| read == 0), "its connections are closed");
        assert!(std::net::TcpStream::connect(address).is_err());
        let back = Server::start_on(address, Script::default()).unwrap();
        assert!(chat(&back).starts_with("HTTP/1.1 200 "));
    }
}
