//! A service against a tiny HTTP server that does as scripted.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::balance::Timeouts;
use super::*;
use crate::experiment::{Limits, Price, ServicePlan};

const QUICK: Timeouts = Timeouts {
    first_pause: Duration::from_millis(20),
    longest_pause: Duration::from_millis(40),
    never_answered: Duration::from_millis(300),
    answered_before: Duration::from_millis(600),
    longest_request: Duration::from_secs(5),
    first_retry: Duration::from_millis(1),
};

/// What the server does about a POST; a GET is answered with 404.
#[derive(Clone)]
enum Act {
    Reply(&'static str),
    Raw(String),
    /// Closes the connection in the middle of a reply.
    Break,
    Silence,
}

/// A server that answers its n-th POST by `script(n)`; gives its address and what it was sent.
async fn server(script: impl Fn(usize) -> Act + Send + Sync + 'static) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let sent = Arc::new(Mutex::new(Vec::new()));
    let (script, asked, count) = (Arc::new(script), Arc::clone(&sent), Arc::new(AtomicUsize::new(0)));
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(connection(stream, Arc::clone(&script), Arc::clone(&asked), Arc::clone(&count)));
        }
    });
    (url, sent)
}

async fn connection(
    mut stream: TcpStream,
    script: Arc<impl Fn(usize) -> Act>,
    sent: Arc<Mutex<Vec<String>>>,
    count: Arc<AtomicUsize>,
) {
    let mut buffer = Vec::new();
    while let Some(request) = request(&mut stream, &mut buffer).await {
        let answer = if request.starts_with("GET") {
            http("404 Not Found", "", "{}")
        } else {
            sent.lock().unwrap().push(request);
            match script(count.fetch_add(1, Ordering::Relaxed)) {
                Act::Reply(body) => http("200 OK", "content-type: application/json\r\n", body),
                Act::Raw(raw) => raw,
                Act::Break => {
                    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"half").await;
                    return;
                }
                Act::Silence => std::future::pending().await,
            }
        };
        stream.write_all(answer.as_bytes()).await.unwrap();
    }
}

fn http(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n{headers}\r\n{body}", body.len())
}

async fn request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<String> {
    loop {
        let text = String::from_utf8_lossy(buffer).into_owned();
        if let Some(end) = text.find("\r\n\r\n") {
            let length =
                text.to_lowercase().lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
            let whole = end + 4 + length.unwrap_or(0);
            if buffer.len() >= whole {
                buffer.drain(..whole);
                return Some(text[..whole].to_owned());
            }
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
}

fn plan(urls: &[&str]) -> ServicePlan {
    ServicePlan {
        base_urls: urls.iter().map(|url| (*url).to_owned()).collect(),
        model: "m".to_owned(),
        api_key_env: None,
        extra: serde_json::Map::new(),
        limits: Limits { attempts: 4, timeout_seconds: 20.0, ..Limits::declared() },
        price: Price::default(),
    }
}

fn service(plan: &ServicePlan) -> Service {
    Service::with(plan, StopFlag::default(), QUICK).unwrap()
}

async fn ask(service: &Service, affinity: Option<u64>, stream: bool) -> Result<Replied<String>, RequestFailure> {
    let post =
        Post { path: "/ask", body: b"{\"a\":1}".to_vec(), affinity, expected_tokens: 10, stream, attempts: None };
    service
        .post(post, |body| {
            let text = String::from_utf8_lossy(body).into_owned();
            match text.starts_with('{') && !text.ends_with('}') || text.starts_with('<') {
                true => Err(Unreadable("reply is not JSON at byte 5".to_owned())),
                false => Ok(Read { value: text, tokens: Some(3) }),
            }
        })
        .await
}

#[tokio::test]
async fn a_reply_is_read_and_the_body_and_session_are_sent() {
    let (url, sent) = server(|_| Act::Reply("{\"ok\":1}")).await;
    let service = service(&plan(&[&url]));
    let replied = ask(&service, Some(0xabc), false).await.unwrap();
    assert_eq!((replied.value.as_str(), replied.attempts), ("{\"ok\":1}", 1));
    assert!(replied.earlier_attempts.is_empty());
    let sent = sent.lock().unwrap()[0].clone();
    assert!(sent.starts_with("POST /v1/ask HTTP/1.1\r\n"), "{sent}");
    assert!(sent.contains("x-session-id: 0000000000000abc\r\n") && sent.ends_with("\r\n\r\n{\"a\":1}"), "{sent}");
    assert_eq!(service.identities()[0].base_url, url);
}

#[tokio::test]
async fn every_attempt_is_told() {
    let script = |n| match n {
        0 => Act::Raw(http("429 Too Many Requests", "retry-after: 0\r\n", "{}")),
        1 => Act::Break,
        2 => Act::Reply("{\"half"),
        _ => Act::Reply("{}"),
    };
    let (url, _) = server(script).await;
    let replied = ask(&service(&plan(&[&url])), None, false).await.unwrap();
    assert_eq!(replied.attempts, 4);
    let [first, second, third] = &replied.earlier_attempts[..] else { panic!("{:?}", replied.earlier_attempts) };
    assert!(first.starts_with("429 after "), "{first}");
    assert!(second.starts_with("connection closed before the reply was whole ("), "{second}");
    assert!(third.starts_with("reply is not JSON at byte 5 after "), "{third}");
}

#[tokio::test]
async fn a_request_that_keeps_failing_fails_with_its_last_trouble() {
    let (url, sent) = server(|_| Act::Raw(http("500 Internal Server Error", "", "{\"detail\":\"no memory\"}"))).await;
    let failure = ask(&service(&plan(&[&url])), None, false).await.unwrap_err();
    assert_eq!((failure.attempts, failure.earlier_attempts.len()), (4, 3));
    assert_eq!(failure.message, format!("{url}/ask: 500 Internal Server Error: no memory"));
    assert_eq!(sent.lock().unwrap().len(), 4);
}

#[tokio::test]
async fn what_no_try_can_mend_is_asked_once() {
    let body = "{\"error\":{\"message\":\"prompt too long\"}}";
    let (url, sent) = server(move |_| Act::Raw(http("400 Bad Request", "", body))).await;
    let failure = ask(&service(&plan(&[&url])), None, false).await.unwrap_err();
    assert_eq!(failure.attempts, 1);
    assert!(failure.message.ends_with("400 Bad Request: prompt too long"), "{}", failure.message);
    assert_eq!(sent.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_page_for_people_is_called_one() {
    let page = http("200 OK", "content-type: text/html\r\n", "<html>Welcome to nginx</html>");
    let (url, _) = server(move |_| Act::Raw(page.clone())).await;
    let failure = ask(&service(&plan(&[&url])), None, false).await.unwrap_err();
    assert!(failure.message.contains("an HTML page; is `base_url`"), "{}", failure.message);
    // The type alone is no reason to refuse what can be read.
    let (url, _) = server(|_| Act::Raw(http("200 OK", "content-type: text/html\r\n", "{}"))).await;
    assert_eq!(ask(&service(&plan(&[&url])), None, false).await.unwrap().value, "{}");
}

#[tokio::test]
async fn silence_is_given_up() {
    let (url, _) = server(|n| if n == 0 { Act::Silence } else { Act::Reply("{}") }).await;
    let mut plan = plan(&[&url]);
    plan.limits.timeout_seconds = 0.2;
    let replied = ask(&service(&plan), None, false).await.unwrap();
    assert_eq!(replied.earlier_attempts, ["timed out after 200 ms"]);
}

#[tokio::test]
async fn a_stream_is_over_with_its_last_event_even_if_the_connection_stays_open() {
    let raw = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1a\r\ndata: {\"a\"\n\ndata: [DONE]\n\n\r\n";
    let (url, _) = server(move |_| Act::Raw(raw.to_owned())).await;
    let replied = ask(&service(&plan(&[&url])), None, true).await.unwrap();
    assert_eq!((replied.value.as_str(), replied.attempts), ("data: {\"a\"\n\ndata: [DONE]\n\n", 1));
}

#[tokio::test]
async fn a_replica_that_is_gone_costs_one_attempt_and_is_probed_until_it_is_back() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let gone = format!("http://{}/v1", listener.local_addr().unwrap());
    drop(listener);
    let (url, sent) = server(|_| Act::Reply("{}")).await;
    let service = service(&plan(&[&gone, &url]));
    let results = futures::future::join_all((0..20).map(|affinity| ask(&service, Some(affinity), false))).await;
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(sent.lock().unwrap().len(), 20);
    let failed: Vec<_> = results.into_iter().flatten().filter(|replied| replied.attempts > 1).collect();
    assert!(!failed.is_empty() && failed.len() <= 8, "as many as were under way at first: {}", failed.len());
    assert!(failed[0].earlier_attempts[0].starts_with("no connection ("), "{:?}", failed[0]);
}

#[tokio::test]
async fn a_server_that_never_comes_is_given_up_by_everybody() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let gone = format!("http://{}/v1", listener.local_addr().unwrap());
    drop(listener);
    let mut plan = plan(&[&gone]);
    plan.limits.concurrency = 2;
    let service = service(&plan);
    let results = futures::future::join_all((0..50).map(|_| ask(&service, None, false))).await;
    for failure in results.into_iter().map(Result::unwrap_err) {
        assert!(failure.attempts <= 1, "{failure:?}");
        assert!(failure.message.contains("cannot be asked for "), "{failure:?}");
        assert!(failure.message.ends_with("start the server or correct `base_url`"), "{failure:?}");
    }
}

#[tokio::test]
async fn stopping_refuses_those_who_wait_and_lets_the_others_finish() {
    let (url, sent) = server(|_| Act::Reply("{}")).await;
    let services = Services::default();
    let service = services.get(&plan(&[&url])).unwrap();
    assert!(Arc::ptr_eq(&service, &services.get(&plan(&[&url])).unwrap()));
    assert!(ask(&service, None, false).await.is_ok());
    services.stop().stop();
    let failure = ask(&service, None, false).await.unwrap_err();
    assert_eq!((failure.attempts, failure.message.as_str()), (0, "stopped before it was asked"));
    assert_eq!(sent.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn no_more_than_the_limit_is_in_flight_and_everything_arrives() {
    let (url, sent) =
        server(|n| if n % 10 == 9 { Act::Raw(http("429 Too Many", "", "")) } else { Act::Reply("{}") }).await;
    let mut plan = plan(&[&url]);
    plan.limits = Limits { concurrency: 5, attempts: 10, ..plan.limits };
    let service = service(&plan);
    let results = futures::future::join_all((0..200).map(|_| ask(&service, None, false))).await;
    let attempts: u32 = results.into_iter().map(|result| result.unwrap().attempts).sum();
    assert_eq!(attempts as usize, sent.lock().unwrap().len());
}

#[test]
fn a_key_comes_from_the_environment_and_is_never_shown() {
    // Every process has it; its value stands for a key.
    let plan = ServicePlan { api_key_env: Some("PATH".to_owned()), ..plan(&["https://example.com/v1"]) };
    let path = std::env::var("PATH").unwrap();
    let service = service(&plan);
    assert!(!format!("{service:?}").contains(&path));
    let missing = ServicePlan { api_key_env: Some("MARKOVSCALE_NO_SUCH_KEY".to_owned()), ..plan };
    let error = Service::with(&missing, StopFlag::default(), QUICK).unwrap_err().to_string();
    assert!(error.contains("`MARKOVSCALE_NO_SUCH_KEY`") && error.ends_with("is not set"), "{error}");
}
