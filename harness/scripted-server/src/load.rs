//! The plainest client there can be, to learn what a server can give at most on a machine.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How large the prompts are, in bytes: about what a question of GSM8K with its instructions takes.
const PROMPT: usize = 500;

/// What a plain client got.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// Replies.
    pub replies: u64,
    /// Seconds that it took.
    pub seconds: f64,
}

static SEED: AtomicU64 = AtomicU64::new(0);

/// Asks a scripted server over so many connections at once, each request as soon as the one before is answered. Reads no
/// reply beyond its length, keeps nothing.
///
/// # Errors
/// When a connection fails.
pub fn load(address: SocketAddr, connections: usize, time: Duration) -> io::Result<Load> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut streams = Vec::with_capacity(connections);
        for _ in 0..connections {
            let stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            streams.push(stream);
        }
        let started = Instant::now();
        let tasks: Vec<_> = streams.into_iter().map(|stream| tokio::spawn(ask(stream, started + time))).collect();
        let mut replies = 0;
        for task in tasks {
            replies += task.await.map_err(io::Error::other)??;
        }
        Ok(Load { replies, seconds: started.elapsed().as_secs_f64() })
    })
}

async fn ask(mut stream: TcpStream, end: Instant) -> io::Result<u64> {
    let (mut replies, mut buffer) = (0, Vec::with_capacity(4096));
    let padding = "x".repeat(PROMPT);
    while Instant::now() < end {
        let seed = SEED.fetch_add(1, Ordering::Relaxed);
        let body = format!(
            "{{\"model\":\"scripted\",\"seed\":{seed},\"messages\":[{{\"role\":\"user\",\"content\":\"What is 17 + 25? {padding}\"}}]}}"
        );
        let request =
            format!("POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        stream.write_all(request.as_bytes()).await?;
        buffer.clear();
        reply(&mut stream, &mut buffer).await?;
        replies += 1;
    }
    Ok(replies)
}

/// Reads one reply.
async fn reply(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<()> {
    let mut whole = None;
    while whole.is_none_or(|whole| buffer.len() < whole) {
        if stream.read_buf(buffer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if whole.is_none() {
            whole = length(buffer);
        }
    }
    Ok(())
}

/// Bytes of the reply, once its head is there.
fn length(buffer: &[u8]) -> Option<usize> {
    let head = buffer.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&buffer[..head]).ok()?;
    let length: usize = text.split("content-length: ").nth(1)?.split("\r\n").next()?.parse().ok()?;
    Some(head + length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Script, Server};

    #[test]
    fn every_reply_it_counts_was_delivered() {
        let server = Server::start(Script::default()).unwrap();
        let load = load(server.address(), 4, Duration::from_millis(100)).unwrap();
        let counters = server.counters();
        assert!(load.replies > 0);
        assert_eq!((load.replies, counters.connections), (counters.delivered.replies, 4));
    }
}
