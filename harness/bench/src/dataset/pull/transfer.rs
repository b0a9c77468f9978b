//! One file over HTTP: continued where it stopped, retried when the network fails.

use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Duration;

use reqwest::header::{CONTENT_RANGE, ETAG, HeaderMap, HeaderValue, IF_RANGE, RANGE, RETRY_AFTER};
use reqwest::{Response, StatusCode, Url};

use super::error::{PullError, chain};
use super::files::{length, with_suffix, write_error};
use super::hub::{Hub, Progress};

/// Attempts without a new byte after which a download is given up.
const MOST_ATTEMPTS: u32 = 5;
/// The longest wait that a server's `Retry-After` can ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// How an attempt ended, if not well.
enum Failure {
    /// Another attempt cannot help.
    Final(PullError),
    /// Another attempt can help, after the wait that the server asks for.
    Passing { reason: String, wait: Option<Duration> },
}

/// Fetches a file into `partial`, continuing what is there.
pub(super) async fn download(
    hub: &Hub,
    url: Url,
    file: &str,
    partial: &Path,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<(), PullError> {
    let mut attempts = 0;
    loop {
        let before = length(partial);
        let (reason, wait) = match attempt(hub, &url, file, partial, progress).await {
            Ok(()) => return Ok(()),
            Err(Failure::Final(error)) => return Err(error),
            Err(Failure::Passing { reason, wait }) => (reason, wait),
        };
        // Only attempts without gain count: a slow, breaking line still gets there.
        attempts = if length(partial) > before { 1 } else { attempts + 1 };
        if attempts >= MOST_ATTEMPTS {
            let url = shown(&url);
            return Err(PullError::Unreachable { url, attempts, reason, remedies: Vec::new() });
        }
        progress(Progress::Retry { reason: &reason });
        tokio::time::sleep(wait.unwrap_or(hub.retry_delay * 2_u32.pow(attempts - 1))).await;
    }
}

/// Removes a partial file and what was noted about it.
pub(super) fn discard(partial: &Path) -> Result<(), PullError> {
    for path in [partial.to_owned(), tag_path(partial)] {
        match fs::remove_file(&path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => return Err(write_error(&path, source)),
            _ => {}
        }
    }
    Ok(())
}

async fn attempt(
    hub: &Hub,
    url: &Url,
    file: &str,
    partial: &Path,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<(), Failure> {
    let have = length(partial);
    let mut request = hub.client.get(url.clone());
    if let Some(token) = &hub.token {
        request = request.bearer_auth(token);
    }
    if have > 0 {
        request = request.header(RANGE, format!("bytes={have}-"));
        // Without a tag the hash at the end decides whether both parts belong together.
        if let Some(tag) = fs::read_to_string(tag_path(partial)).ok().and_then(|tag| HeaderValue::try_from(tag).ok()) {
            request = request.header(IF_RANGE, tag);
        }
    }
    let response = request.send().await.map_err(|error| passing(chain(&error.without_url())))?;
    let from = match response.status() {
        StatusCode::OK => 0,
        StatusCode::PARTIAL_CONTENT if range_start(response.headers()) == Some(have) => have,
        StatusCode::RANGE_NOT_SATISFIABLE if have > 0 && range_total(response.headers()) == Some(have) => return Ok(()),
        StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE => {
            discard(partial).map_err(Failure::Final)?;
            return Err(passing("the server cannot continue the file; it is fetched again from the start".to_owned()));
        }
        status => return Err(refusal(status, url, hub.token.is_some(), response.headers())),
    };
    receive(response, from, file, partial, progress).await
}

/// Writes a response's body behind the first `from` bytes of `partial`.
async fn receive(
    mut response: Response,
    from: u64,
    file: &str,
    partial: &Path,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<(), Failure> {
    let write_failed = |source| Failure::Final(write_error(partial, source));
    let total = response.content_length().map(|length| length + from);
    let mut output = File::options().create(true).truncate(false).write(true).open(partial).map_err(write_failed)?;
    output.set_len(from).and_then(|()| output.seek(SeekFrom::End(0))).map_err(write_failed)?;
    note_tag(partial, response.headers()).map_err(write_failed)?;
    progress(Progress::Started { file, from, total });
    let mut position = from;
    loop {
        match response.chunk().await {
            Ok(Some(bytes)) => {
                output.write_all(&bytes).map_err(write_failed)?;
                position += bytes.len() as u64;
                progress(Progress::Position(position));
            }
            Ok(None) => break,
            Err(error) => {
                let _ = output.sync_data();
                return Err(passing(chain(&error.without_url())));
            }
        }
    }
    output.sync_all().map_err(write_failed)?;
    match total {
        Some(total) if total != position => Err(passing(format!("{position} of {total} bytes arrived"))),
        _ => Ok(()),
    }
}

fn refusal(status: StatusCode, url: &Url, has_token: bool, headers: &HeaderMap) -> Failure {
    let url = shown(url);
    match status.as_u16() {
        status @ (401 | 403) => Failure::Final(PullError::Refused {
            url,
            status,
            advice: if has_token {
                "the token in HF_TOKEN does not give access to it: accept its terms on its page, or use another token"
            } else {
                "accept its terms on its page and set HF_TOKEN to a token with read access"
            },
        }),
        404 => Failure::Final(PullError::NotFound { url }),
        408 | 429 | 500..=599 => {
            let seconds = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
            let wait = seconds.map(|seconds| Duration::from_secs(seconds).min(LONGEST_WAIT));
            Failure::Passing { reason: format!("the server answers {}", status.as_u16()), wait }
        }
        status => Failure::Final(PullError::Status { url, status }),
    }
}

fn passing(reason: String) -> Failure {
    Failure::Passing { reason, wait: None }
}

/// The first byte of `Content-Range: bytes 5-9/10`.
fn range_start(headers: &HeaderMap) -> Option<u64> {
    content_range(headers)?.split('-').next()?.trim().parse().ok()
}

/// The length in `Content-Range: bytes */10`.
fn range_total(headers: &HeaderMap) -> Option<u64> {
    content_range(headers)?.rsplit('/').next()?.trim().parse().ok()
}

fn content_range(headers: &HeaderMap) -> Option<&str> {
    headers.get(CONTENT_RANGE)?.to_str().ok()?.trim().strip_prefix("bytes ")
}

/// Remembers a strong entity tag; a weak one must not be used to continue a file.
fn note_tag(partial: &Path, headers: &HeaderMap) -> io::Result<()> {
    let path = tag_path(partial);
    match headers.get(ETAG).and_then(|tag| tag.to_str().ok()).filter(|tag| tag.starts_with('"')) {
        Some(tag) => fs::write(path, tag),
        None => match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        },
    }
}

fn tag_path(partial: &Path) -> std::path::PathBuf {
    with_suffix(partial, ".etag")
}

/// The address without any name and password in it.
fn shown(url: &Url) -> String {
    let mut url = url.clone();
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.to_string()
}
