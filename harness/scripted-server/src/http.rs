//! Reading HTTP/1.1 requests off a connection.

use std::io;

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

/// Most bytes of a head or a body.
const MOST: usize = 64 << 20;

/// A request.
#[derive(Debug, Default)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// The path, without what follows a question mark.
    pub(crate) path: String,
    /// Names in lower case, values trimmed.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// Whether the client closes the connection after the reply.
    pub(crate) last: bool,
}

impl Request {
    /// The value of a header, by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| &**value)
    }
}

/// Bytes that were read and not used yet.
#[derive(Debug, Default)]
pub(crate) struct Buffer {
    bytes: Vec<u8>,
}

impl Buffer {
    /// The next request. `None` when the client closed the connection.
    pub(crate) async fn request(&mut self, stream: &mut TcpStream) -> io::Result<Option<Request>> {
        let Some(end) = self.until(stream, b"\r\n\r\n").await? else { return Ok(None) };
        let mut request = head(&self.bytes[..end])?;
        self.bytes.drain(..end);
        let chunked = request.header("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked"));
        if chunked {
            request.body = self.chunks(stream).await?;
        } else if let Some(length) = request.header("content-length") {
            let length = length.parse().map_err(|_| malformed("content-length is no number"))?;
            request.body = self.exactly(stream, length).await?;
        }
        Ok(Some(request))
    }

    /// Reads until the buffer holds `mark`; gives where it ends. `None` at the end of the connection.
    async fn until(&mut self, stream: &mut TcpStream, mark: &[u8]) -> io::Result<Option<usize>> {
        let mut searched = 0;
        loop {
            if let Some(at) = self.bytes[searched..].windows(mark.len()).position(|window| window == mark) {
                return Ok(Some(searched + at + mark.len()));
            }
            searched = self.bytes.len().saturating_sub(mark.len() - 1);
            if self.bytes.len() > MOST {
                return Err(malformed("a head or a chunk's length without an end"));
            }
            if !self.more(stream).await? {
                return Ok(None);
            }
        }
    }

    async fn exactly(&mut self, stream: &mut TcpStream, length: usize) -> io::Result<Vec<u8>> {
        if length > MOST {
            return Err(malformed("a body of more than 64 MiB"));
        }
        while self.bytes.len() < length {
            if !self.more(stream).await? {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        // Nearly always the body is all that is there.
        let rest = self.bytes.split_off(length);
        Ok(std::mem::replace(&mut self.bytes, rest))
    }

    async fn chunks(&mut self, stream: &mut TcpStream) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let Some(end) = self.until(stream, b"\r\n").await? else {
                return Err(io::ErrorKind::UnexpectedEof.into());
            };
            let line = String::from_utf8_lossy(&self.bytes[..end - 2]).into_owned();
            self.bytes.drain(..end);
            let length = line.split(';').next().unwrap_or_default().trim();
            let length = usize::from_str_radix(length, 16).map_err(|_| malformed("a chunk without a length"))?;
            let mut chunk = self.exactly(stream, length.saturating_add(2)).await?;
            chunk.truncate(length);
            if length == 0 {
                return Ok(body);
            }
            body.append(&mut chunk);
        }
    }

    /// Reads what there is. False at the end of the connection.
    async fn more(&mut self, stream: &mut TcpStream) -> io::Result<bool> {
        self.bytes.reserve(8192);
        Ok(stream.read_buf(&mut self.bytes).await? > 0)
    }
}

fn head(bytes: &[u8]) -> io::Result<Request> {
    let text = std::str::from_utf8(bytes).map_err(|_| malformed("a head that is no UTF-8"))?;
    let mut lines = text.split("\r\n");
    let mut first = lines.next().unwrap_or_default().split(' ');
    let (Some(method), Some(target), Some(version)) = (first.next(), first.next(), first.next()) else {
        return Err(malformed("no request line"));
    };
    let path = target.split('?').next().unwrap_or_default();
    let headers = lines.filter_map(|line| line.split_once(':'));
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned())).collect();
    let request = Request { method: method.to_owned(), path: path.to_owned(), headers, ..Request::default() };
    let last = match request.header("connection") {
        Some(value) => value.eq_ignore_ascii_case("close"),
        None => version == "HTTP/1.0",
    };
    Ok(Request { last, ..request })
}

fn malformed(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}
