//! Connections over a real socket: bounded in number and in patience.

use std::net::SocketAddr;

use axum::{
    Router,
    body::{Body, Bytes},
    extract::ConnectInfo,
    response::Response,
    routing::{get, post},
};
use futures_util::stream;
use muster_server::{
    connections::{Bounds, serve},
    proxies::TrustedProxies,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use crate::support::seconds;

struct Server {
    address: SocketAddr,
    stop: CancellationToken,
    ends: JoinHandle<std::io::Result<()>>,
}

/// Patient with everything, for tests of one bound each.
fn patient() -> Bounds {
    let long = seconds(600);
    Bounds { head: long, head_of_proxy: long, body: long, grace: seconds(60), ..Bounds::within(1024) }
}

impl Server {
    async fn new(bounds: Bounds, trusted: &str) -> Self {
        let endless = || {
            let first = stream::once(async { Ok::<_, std::io::Error>(Bytes::from_static(b"event: hello\n\n")) });
            Response::new(Body::from_stream(futures_util::StreamExt::chain(first, stream::pending())))
        };
        let router = Router::new()
            .route("/who", get(async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.ip().to_string()))
            .route("/echo", post(async |body: Bytes| body))
            .route("/events", get(async move || endless()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
        let (trusted, until) = (TrustedProxies::parse(trusted).unwrap(), stop.clone());
        let ends = tokio::spawn(async move { serve(listener, router, &trusted, bounds, &until).await });
        Self { address, stop, ends }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// A connection that has said this so far.
    async fn said(&self, text: &str) -> TcpStream {
        let mut stream = self.connect().await;
        stream.write_all(text.as_bytes()).await.unwrap();
        stream
    }
}

/// Reads until this has come.
async fn comes(stream: &mut TcpStream, text: &str) -> String {
    let mut read = String::new();
    while !read.contains(text) {
        let mut buffer = [0; 1024];
        let some = tokio::time::timeout(seconds(60), stream.read(&mut buffer)).await.expect("something comes").unwrap();
        assert!(some > 0, "it ends after {read:?}");
        read.push_str(std::str::from_utf8(&buffer[..some]).unwrap());
    }
    read
}

/// Waits for the server to end the connection.
async fn ends(mut stream: TcpStream) -> String {
    let mut read = Vec::new();
    let end = tokio::time::timeout(seconds(60), stream.read_to_end(&mut read)).await.expect("it ends");
    // Closed with something unread it is reset: it has ended all the same.
    drop(end);
    String::from_utf8(read).unwrap()
}

const WHO: &str = "GET /who HTTP/1.1\r\nHost: x\r\n\r\n";

#[tokio::test]
async fn b14_a_head_that_does_not_come_ends_the_connection() {
    let server = Server::new(Bounds { head: seconds(1) / 10, ..patient() }, "").await;
    for begin in ["", "GET / HTTP/1.1\r\nHost: x\r\n", WHO] {
        let mut stream = server.said(begin).await;
        if begin == WHO {
            comes(&mut stream, "127.0.0.1").await;
        }
        ends(stream).await;
    }
}

#[tokio::test]
async fn b14_a_body_that_does_not_come_ends_the_request() {
    let server = Server::new(Bounds { body: seconds(1) / 10, ..patient() }, "").await;
    let head = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345";
    let answer = ends(server.said(head).await).await;
    assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
}

#[tokio::test]
async fn b14_streams_of_events_are_not_cut() {
    let bounds = Bounds { head: seconds(1) / 10, body: seconds(1) / 10, ..patient() };
    let server = Server::new(bounds, "").await;
    let mut events = server.said("GET /events HTTP/1.1\r\nHost: x\r\n\r\n").await;
    comes(&mut events, "hello").await;
    // Others come and go by these bounds meanwhile.
    for _ in 0..3 {
        ends(server.said("GET /").await).await;
    }
    let mut buffer = [0; 16];
    assert!(futures_util::FutureExt::now_or_never(events.read(&mut buffer)).is_none(), "it goes on");
}

#[tokio::test]
async fn b14_one_address_cannot_take_all_connections() {
    let bounds = Bounds { per_address: 3, ..patient() };
    let server = Server::new(bounds.clone(), "").await;
    let mut open = Vec::new();
    for _ in 0..3 {
        let mut stream = server.said(WHO).await;
        comes(&mut stream, "127.0.0.1").await;
        open.push(stream);
    }
    let refused = ends(server.connect().await).await;
    assert!(refused.starts_with("HTTP/1.1 503 ") && refused.contains("Retry-After"), "{refused}");
    open.pop();
    // The place is free as soon as the server has seen the end.
    loop {
        let mut stream = server.said(WHO).await;
        let mut buffer = [0; 12];
        if stream.read_exact(&mut buffer).await.is_ok() && &buffer == b"HTTP/1.1 200" {
            break;
        }
    }
    // A trusted proxy speaks for many.
    let server = Server::new(bounds, "127.0.0.0/8").await;
    let mut open = Vec::new();
    for _ in 0..10 {
        let mut stream = server.said(WHO).await;
        comes(&mut stream, "127.0.0.1").await;
        open.push(stream);
    }
}

#[tokio::test]
async fn b14_with_all_connections_taken_the_next_waits_for_one() {
    let server = Server::new(Bounds { connections: 2, ..patient() }, "127.0.0.1").await;
    let mut open = Vec::new();
    for _ in 0..2 {
        let mut stream = server.said(WHO).await;
        comes(&mut stream, "127.0.0.1").await;
        open.push(stream);
    }
    let mut waiting = server.said(WHO).await;
    open.pop();
    comes(&mut waiting, "127.0.0.1").await;
}

#[tokio::test]
async fn b14_what_is_under_way_ends_well_when_the_server_stops() {
    let server = Server::new(patient(), "").await;
    let mut idle = server.said(WHO).await;
    comes(&mut idle, "127.0.0.1").await;
    let mut half =
        server.said("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n").await;
    comes(&mut half, "100 Continue").await;
    server.stop.cancel();
    ends(idle).await;
    half.write_all(b"done").await.unwrap();
    assert!(ends(half).await.ends_with("done"));
    server.ends.await.unwrap().unwrap();
    assert!(TcpStream::connect(server.address).await.is_err(), "nobody is let in any more");
}
