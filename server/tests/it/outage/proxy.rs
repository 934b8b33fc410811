//! A way to PostgreSQL that can be cut: between the manager and the server, it sees what passes.

use std::sync::Arc;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream, tcp::OwnedReadHalf, tcp::OwnedWriteHalf},
    sync::watch,
    task::JoinHandle,
};

/// What happens on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// All passes.
    Open,
    /// New connections are closed at once, and those that are there.
    Cut,
    /// Connections are taken, and nothing passes.
    Hangs,
    /// All passes but the first commit: it reaches the server, and its answer gets lost with all connections.
    LosesAnswerOfCommit,
    /// All passes but the first commit: it gets lost with all connections.
    LosesCommit,
}

/// The way to a server.
pub struct Proxy {
    way: watch::Sender<Way>,
    port: u16,
    task: JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The host and port in a URL, and what stands before and after them.
fn parts(url: &str) -> (&str, &str, &str) {
    let (before, rest) = url.split_once('@').expect("a user");
    let (host, after) = rest.split_once('/').expect("a database");
    (before, host, after)
}

impl Proxy {
    /// A way to the server in this URL.
    pub async fn to(url: &str) -> Self {
        let server = parts(url).1.to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let way = watch::Sender::new(Way::Open);
        let task = tokio::spawn({
            let way = way.clone();
            async move {
                loop {
                    let (client, _) = listener.accept().await.unwrap();
                    tokio::spawn(pass(client, server.clone(), way.clone()));
                }
            }
        });
        Self { way, port, task }
    }

    /// The URL by this way.
    pub fn url(&self, url: &str) -> String {
        let (before, _, after) = parts(url);
        format!("{before}@127.0.0.1:{}/{after}", self.port)
    }

    /// Changes what happens on the way.
    pub fn set(&self, way: Way) {
        self.way.send_replace(way);
    }

    /// Waits until a commit got lost.
    pub async fn until_cut(&self) {
        self.way.subscribe().wait_for(|way| *way == Way::Cut).await.unwrap();
    }
}

async fn pass(client: TcpStream, server: String, way: watch::Sender<Way>) {
    if *way.borrow() == Way::Cut {
        return;
    }
    let mut seen = way.subscribe();
    let cut = async move { drop(seen.wait_for(|way| *way == Way::Cut).await) };
    let both = async {
        let (from_client, to_client) = client.into_split();
        let (from_server, to_server) = TcpStream::connect(&server).await.unwrap().into_split();
        let way = Arc::new(way);
        tokio::join!(up(from_client, to_server, way.clone()), down(from_server, to_client, way));
    };
    tokio::select! {
        () = cut => {}
        () = both => {}
    }
}

/// Waits while nothing passes.
async fn until_it_passes(way: &watch::Sender<Way>) {
    let _ = way.subscribe().wait_for(|way| *way != Way::Hangs).await;
}

async fn up(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, way: Arc<watch::Sender<Way>>) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        until_it_passes(&way).await;
        let commits = buffer[..length].windows(6).any(|window| window == b"COMMIT");
        let now = *way.borrow();
        if commits && now == Way::LosesCommit {
            way.send_replace(Way::Cut);
            return;
        }
        if to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
    let _ = to.shutdown().await;
}

async fn down(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, way: Arc<watch::Sender<Way>>) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        until_it_passes(&way).await;
        // The server's word that a commit is done.
        let committed = buffer[..length].windows(6).any(|window| window == b"COMMIT");
        if committed && *way.borrow() == Way::LosesAnswerOfCommit {
            way.send_replace(Way::Cut);
            return;
        }
        if to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
    let _ = to.shutdown().await;
}
