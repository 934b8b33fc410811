//! As little HTTP as a client needs that must not be what is measured: requests are bytes made beforehand, answers are
//! read to their end and no further looked at.

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
};

/// A connection that is kept.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Connection {
    /// Connects to a port of this machine, from one of its addresses.
    pub async fn open(port: u16, from: [u8; 4]) -> std::io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.set_nodelay(true)?;
        if from != [127, 0, 0, 1] {
            socket.bind((from, 0).into())?;
        }
        let stream = socket.connect(([127, 0, 0, 1], port).into()).await?;
        Ok(Self { stream, buffer: Vec::with_capacity(16 * 1024) })
    }

    /// Sends a request, and gives the status of its answer.
    pub async fn status(&mut self, request: &[u8]) -> std::io::Result<u16> {
        self.exchange(request, false).await.map(|answer| answer.status)
    }

    /// Sends a request, and gives its answer.
    pub async fn send(&mut self, request: &[u8]) -> std::io::Result<Answer> {
        self.exchange(request, true).await
    }

    async fn exchange(&mut self, request: &[u8], keep: bool) -> std::io::Result<Answer> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let (status, length, start) = loop {
            self.read().await?;
            if let Some(head) = head(&self.buffer) {
                break head;
            }
        };
        match length {
            Some(length) => {
                while self.buffer.len() < start + length {
                    self.read().await?;
                }
            }
            // In chunks: the last one is empty.
            None => {
                while !self.buffer.ends_with(b"\r\n0\r\n\r\n") {
                    self.read().await?;
                }
            }
        }
        let head = if keep { String::from_utf8_lossy(&self.buffer[..start]).into_owned() } else { String::new() };
        let body = if keep { self.buffer[start..].to_vec() } else { Vec::new() };
        Ok(Answer { status, head, body })
    }

    async fn read(&mut self) -> std::io::Result<()> {
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err(std::io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }

    /// Sends a request and gives what comes of it as it comes, until the connection ends.
    pub async fn stream(mut self, request: &[u8], mut each: impl FnMut(&[u8])) -> std::io::Result<()> {
        self.stream.write_all(request).await?;
        loop {
            self.buffer.clear();
            self.read().await?;
            each(&self.buffer);
        }
    }
}

/// The status, the length of the body where it is told, and where the body begins; none while the head is not whole.
fn head(bytes: &[u8]) -> Option<(u16, Option<usize>, usize)> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&bytes[..end]).ok()?;
    let status = text.get(9..12)?.parse().ok()?;
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    let is_chunked = text.to_ascii_lowercase().contains("transfer-encoding: chunked");
    Some((status, if is_chunked { None } else { Some(length.unwrap_or(0)) }, end))
}

/// The bytes of a request.
pub fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    use std::fmt::Write as _;
    let mut text = format!("{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n");
    for (name, value) in headers {
        let _ = write!(text, "{name}: {value}\r\n");
    }
    if method != "GET" {
        let _ = write!(text, "Content-Length: {}\r\n", body.len());
    }
    text.push_str("\r\n");
    text.push_str(body);
    text.into_bytes()
}
