use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;

use std::time::Duration;

use super::hub::RETRY_DELAY;
use super::*;

const BODY: &str = "{\"q\": \"What is one and one?\", \"a\": \"2\"}\n{\"q\": \"What is two and two?\", \"a\": \"4\"}\n";

/// What the server does with one connection.
struct Reply {
    head: String,
    body: Vec<u8>,
}

fn reply(status: &str, headers: &str, body: &str) -> Reply {
    let head = format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n", body.len());
    Reply { head, body: body.as_bytes().to_vec() }
}

/// The whole length is announced, but the connection ends after `bytes`.
fn torn(headers: &str, bytes: usize) -> Reply {
    let whole = reply("200 OK", headers, BODY);
    Reply { body: whole.body[..bytes].to_vec(), ..whole }
}

fn rest(from: usize) -> Reply {
    let range = format!("Content-Range: bytes {from}-{}/{}\r\n", BODY.len() - 1, BODY.len());
    reply("206 Partial Content", &range, &BODY[from..])
}

/// A real HTTP server that answers one connection after another, and remembers the requests.
struct Server {
    address: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn new(replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        thread::spawn(move || {
            for (reply, stream) in replies.into_iter().zip(listener.incoming()) {
                let mut stream = stream.expect("a connection");
                seen.lock().expect("a lock").push(request(&mut stream));
                let _ = stream.write_all(reply.head.as_bytes()).and_then(|()| stream.write_all(&reply.body));
            }
        });
        Self { address, requests }
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("a lock").clone()
    }

    fn hub(&self, token: Option<&str>) -> Hub {
        hub(&self.address, token)
    }
}

fn request(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    let mut byte = [0];
    while !text.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
        text.push(byte[0]);
    }
    String::from_utf8(text).expect("a request").to_lowercase()
}

fn hub(endpoint: &str, token: Option<&str>) -> Hub {
    let client = Hub::client().no_proxy();
    Hub::build(client, endpoint, token.map(str::to_owned), Duration::from_millis(1)).expect("a hub")
}

fn manifest(pin: &str) -> Manifest {
    let text = format!(
        "name: sums\ntitle: Sums\nlicence: none\nshape: math\nsource:\n  repository: own/sums\n  revision: refs/v1\n  files:\n    \
         - {{file: data/sums.jsonl{pin}}}\nlocal_files: [{{file: my_sums.json}}]\nfields: {{question: q, answer: a}}\nquestions: 2\n"
    );
    Manifest::parse(&text, "sums", "sums.yaml").expect("a manifest")
}

fn pinned() -> Manifest {
    manifest(&format!(", sha256: {}", sha256_hex(BODY.as_bytes())))
}

struct Cache {
    folder: tempfile::TempDir,
    locations: Locations,
}

impl Cache {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let locations = Locations { dataset_dir: None, manifest_dir: None, cache_dir: folder.path().to_owned() };
        Self { folder, locations }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join("sums/refs--v1/data").join(name)
    }

    fn put_partial(&self, bytes: &str) {
        fs::create_dir_all(self.file("")).expect("a folder");
        fs::write(self.file("sums.jsonl.partial"), bytes).expect("a file");
    }

    fn pull(&self, manifest: &Manifest, hub: &Hub) -> Result<Pulled, PullError> {
        pull(manifest, &self.locations, hub, &mut |_| {})
    }

    fn assert_complete(&self) {
        assert_eq!(fs::read_to_string(self.file("sums.jsonl")).expect("the file"), BODY);
        let names: Vec<_> =
            fs::read_dir(self.file("")).expect("a folder").map(|entry| entry.expect("a file").path()).collect();
        assert_eq!(names, [self.file("sums.jsonl")], "nothing partial stays");
    }
}

#[test]
fn a_dropped_connection_is_continued_where_it_stopped() {
    let server = Server::new(vec![torn("ETag: \"v1\"\r\n", 30), rest(30)]);
    let cache = Cache::new();
    let mut seen = Vec::new();
    let pulled = pull(&pinned(), &cache.locations, &server.hub(None), &mut |progress| match progress {
        Progress::Started { from, total, .. } => seen.push((from, total)),
        Progress::Position(_) | Progress::Retry { .. } => {}
    });
    let pulled = pulled.expect("pulled");
    assert_eq!((pulled.questions, pulled.files[0].bytes), (2, BODY.len() as u64));
    assert_eq!(seen, [(0, Some(BODY.len() as u64)), (30, Some(BODY.len() as u64))]);
    cache.assert_complete();
    let requests = server.requests();
    assert!(requests[0].starts_with("get /datasets/own/sums/resolve/refs%2fv1/data/sums.jsonl "), "{}", requests[0]);
    assert!(!requests[0].contains("range:"));
    assert!(requests[1].contains("\r\nrange: bytes=30-\r\n") && requests[1].contains("\r\nif-range: \"v1\"\r\n"));

    // What is here and right is not asked for again: the server would not answer.
    let again = cache.pull(&pinned(), &server.hub(None)).expect("here");
    assert!(!again.files[0].downloaded && pulled.files[0].downloaded);
}

#[test]
fn a_server_that_sends_everything_again_starts_the_file_anew() {
    let server = Server::new(vec![reply("200 OK", "", BODY)]);
    let cache = Cache::new();
    cache.put_partial("the start of another version, and longer than the whole file is now".repeat(3).as_str());
    cache.pull(&pinned(), &server.hub(None)).expect("pulled");
    cache.assert_complete();
}

#[test]
fn a_complete_partial_file_is_taken_as_it_is() {
    let total = format!("Content-Range: bytes */{}\r\n", BODY.len());
    let server = Server::new(vec![reply("416 Range Not Satisfiable", &total, "")]);
    let cache = Cache::new();
    cache.put_partial(BODY);
    cache.pull(&pinned(), &server.hub(None)).expect("pulled");
    cache.assert_complete();
}

#[test]
fn an_oversized_or_stale_partial_file_is_fetched_once_more_from_the_start() {
    let total = format!("Content-Range: bytes */{}\r\n", BODY.len());
    let server = Server::new(vec![reply("416 Range Not Satisfiable", &total, ""), reply("200 OK", "", BODY)]);
    let cache = Cache::new();
    cache.put_partial(&BODY.repeat(2));
    cache.pull(&pinned(), &server.hub(None)).expect("pulled");
    cache.assert_complete();

    let server = Server::new(vec![rest(12), reply("200 OK", "", BODY)]);
    let cache = Cache::new();
    cache.put_partial("twelve bytes");
    cache.pull(&pinned(), &server.hub(None)).expect("pulled");
    cache.assert_complete();
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn wrong_bytes_are_named_and_never_get_into_the_cache() {
    let other = BODY.replace("\"4\"", "\"5\"");
    let server = Server::new(vec![reply("200 OK", "", &other)]);
    let cache = Cache::new();
    let error = cache.pull(&pinned(), &server.hub(None)).expect_err("wrong").to_string();
    assert!(error.contains(&sha256_hex(BODY.as_bytes())) && error.contains(&sha256_hex(other.as_bytes())), "{error}");
    assert_eq!(fs::read_dir(cache.file("")).expect("a folder").count(), 0);

    // Without a pinned hash the rows are what is checked.
    let server = Server::new(vec![reply("200 OK", "", "<html>Sign in</html>")]);
    let error = cache.pull(&manifest(""), &server.hub(None)).expect_err("wrong").to_string();
    assert!(error.contains("row 1") && error.contains("one object per line"), "{error}");
}

#[test]
fn passing_failures_are_retried_and_lasting_ones_explained() {
    let busy = || reply("503 Service Unavailable", "Retry-After: 0\r\n", "");
    let server = Server::new(vec![busy(), busy(), reply("200 OK", "", BODY)]);
    let cache = Cache::new();
    let pulled = cache.pull(&manifest(""), &server.hub(None)).expect("pulled");
    assert_eq!(
        (pulled.files[0].pinned, pulled.files[0].sha256.as_str()),
        (false, sha256_hex(BODY.as_bytes()).as_str())
    );

    let server = Server::new((0..5).map(|_| busy()).collect());
    let error = Cache::new().pull(&pinned(), &server.hub(None)).expect_err("busy for ever").to_string();
    assert!(error.contains("after 5 attempts: the server answers 503"), "{error}");

    for (status, token, expected) in [
        ("404 Not Found", None, "404: no such file"),
        ("401 Unauthorized", None, "set HF_TOKEN"),
        ("403 Forbidden", Some("secret-token"), "the token in HF_TOKEN does not give access"),
        ("418 Teapot", None, "the server answers 418"),
    ] {
        let server = Server::new(vec![reply(status, "", "")]);
        let error = Cache::new().pull(&pinned(), &server.hub(token)).expect_err(status).to_string();
        assert!(error.contains(expected) && error.contains("/datasets/own/sums/resolve/"), "{error}");
        assert!(!error.contains("secret-token"), "{error}");
        assert_eq!(server.requests().len(), 1, "{status} is not retried");
    }
}

#[test]
fn the_token_stays_with_the_endpoint_when_a_redirect_leaves_it() {
    let storage = Server::new(vec![reply("200 OK", "", BODY)]);
    let location = format!("Location: {}/signed?x=1\r\n", storage.address);
    let server = Server::new(vec![reply("302 Found", &location, "")]);
    let cache = Cache::new();
    cache.pull(&pinned(), &server.hub(Some("secret-token"))).expect("pulled");
    assert!(server.requests()[0].contains("authorization: bearer secret-token"));
    assert!(storage.requests()[0].starts_with("get /signed?x=1 "));
    assert!(!storage.requests()[0].contains("secret-token") && !storage.requests()[0].contains("authorization"));
}

#[test]
fn offline_the_error_says_which_file_to_put_where() {
    let closed = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let cache = Cache::new();
    let error = cache.pull(&pinned(), &hub(&format!("http://{closed}"), None)).expect_err("offline").to_string();
    assert!(error.contains("resolve/refs%2Fv1/data/sums.jsonl as"), "{error}");
    assert!(error.contains(&cache.file("sums.jsonl").display().to_string()), "{error}");
    assert!(error.contains("--dataset-dir DIR") && error.contains("my_sums.json"), "{error}");
}

#[test]
fn a_second_process_waits_its_turn_and_bad_endpoints_are_named() {
    let cache = Cache::new();
    let _held = lock(&cache.folder.path().join("sums/refs--v1")).expect("the lock");
    let error = cache.pull(&pinned(), &hub("http://127.0.0.1:9", None)).expect_err("locked");
    assert!(matches!(error, PullError::Busy { .. }), "{error}");
    for endpoint in ["hub", "ftp://hub.example", "http://"] {
        let result = Hub::build(Hub::client(), endpoint, None, RETRY_DELAY);
        assert!(matches!(result, Err(PullError::Endpoint { .. })), "{endpoint}");
    }
}

/// Run in a process of its own by the next test, with a proxy in its environment.
#[test]
#[ignore = "needs the environment that the next test gives it"]
fn child_pulls_through_the_proxy() {
    let hub = Hub::from_environment().expect("a hub");
    Cache::new().pull(&pinned(), &hub).expect("pulled");
}

#[test]
fn proxy_and_endpoint_come_from_the_environment() {
    let proxy = Server::new(vec![reply("200 OK", "", BODY)]);
    let child = Command::new(std::env::current_exe().expect("this program"))
        .args(["--ignored", "--exact", "dataset::pull::tests::child_pulls_through_the_proxy"])
        .env("HF_ENDPOINT", "http://hub.invalid/mirror/")
        .env("HF_TOKEN", " spaced-token\n")
        .env("HTTP_PROXY", &proxy.address)
        .env("http_proxy", &proxy.address)
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .env_remove("REQUEST_METHOD")
        .output()
        .expect("a process");
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stdout));
    let request = &proxy.requests()[0];
    assert!(request.starts_with("get http://hub.invalid/mirror/datasets/own/sums/resolve/"), "{request}");
    assert!(request.contains("authorization: bearer spaced-token\r\n"), "{request}");
}
