//! Connections: accepted one by one, bounded in number and in patience, so that nobody can hold the door shut.

use std::{
    collections::HashMap,
    convert::Infallible,
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{Router, body::Body, extract::ConnectInfo};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use prometheus_client::metrics::gauge::Gauge;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, mpsc, mpsc::UnboundedReceiver},
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;
use tower_http::timeout::RequestBodyTimeoutLayer;

use crate::{
    metrics::Counted,
    proxies::{TrustedProxies, subscriber},
};

/// Files that are kept free of connections: for the database, for downloads, for the log.
const SPARE_FILES: u64 = 128;
/// The most connections at once, where the operating system allows as many.
const MAX_CONNECTIONS: usize = 131_072;
/// The most connections of one address: many delegates may stand behind one.
const MAX_PER_ADDRESS: usize = 4096;
/// The most bytes of a request's head.
const MAX_HEAD: usize = 64 * 1024;
/// How long to wait where no connection can be accepted.
const AGAIN: Duration = Duration::from_secs(1);
/// What a connection too many is told.
const TOO_MANY: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 10\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// How many connections there may be, and how long each may keep the server waiting.
#[derive(Clone, Debug)]
pub struct Bounds {
    /// How many at once.
    pub connections: usize,
    /// How many of one address, but for trusted proxies.
    pub per_address: usize,
    /// How long the head of a request may take; also how long a connection may lie idle.
    pub head: Duration,
    /// The same for a trusted proxy, which keeps connections and would take one that just closes for a failure.
    pub head_of_proxy: Duration,
    /// How long nothing may come of a body.
    pub body: Duration,
    /// How long requests that are under way may take after the signal to stop.
    pub grace: Duration,
    /// Counts those that are open.
    pub open: Gauge,
}

impl Bounds {
    /// As many as this many open files allow.
    #[must_use]
    pub fn within(files: u64) -> Self {
        let free = usize::try_from(files.saturating_sub(SPARE_FILES.min(files / 2))).unwrap_or(usize::MAX);
        let connections = free.clamp(1, MAX_CONNECTIONS);
        Self {
            connections,
            // One address alone never takes them all.
            per_address: (connections / 4).clamp(1, MAX_PER_ADDRESS),
            head: Duration::from_secs(30),
            // Longer than what proxies keep them by default: 60 s.
            head_of_proxy: Duration::from_secs(75),
            body: Duration::from_secs(30),
            grace: Duration::from_secs(5),
            open: Gauge::default(),
        }
    }
}

/// Lets this process open as many files as it is allowed to, and tells how many. What it begins with is often 1024.
#[must_use]
pub fn raise_file_limit() -> u64 {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    // Without a maximum the kernel's own ceiling holds, which is not to be had by asking for more than it.
    let wanted = maximum.unwrap_or(1 << 20);
    if current.is_none_or(|current| current >= wanted)
        || setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum }).is_ok()
    {
        return wanted;
    }
    current.unwrap_or(wanted)
}

/// Serves until `stop` is cancelled, and then lets what is under way end.
///
/// # Errors
/// Where the listener fails for good.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    trusted: &TrustedProxies,
    bounds: Bounds,
    stop: &CancellationToken,
) -> io::Result<()> {
    let router = router.layer(RequestBodyTimeoutLayer::new(bounds.body));
    let all = Arc::new(Semaphore::new(bounds.connections));
    let counts = Counts::default();
    let open = GracefulShutdown::new();
    let (arrived, arrivals) = mpsc::unbounded_channel();
    tokio::spawn(begin(arrivals));
    loop {
        let (stream, peer, permit) = tokio::select! {
            () = stop.cancelled() => break,
            accepted = accept(&listener, &all) => accepted?,
        };
        // Without it a streamed page waits 40 ms for the client's acknowledgement (Nagle's algorithm).
        let _ = stream.set_nodelay(true);
        let is_proxy = trusted.contains(peer.ip());
        let place = if is_proxy { None } else { counts.take(subscriber(peer.ip()), bounds.per_address) };
        if place.is_none() && !is_proxy {
            // Whoever opens that many may not wait for an answer either.
            let _ = stream.try_write(TOO_MANY);
            continue;
        }
        let head = if is_proxy { bounds.head_of_proxy } else { bounds.head };
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(head)
            .max_buf_size(MAX_HEAD)
            .serve_connection(TokioIo::new(stream), service(router.clone(), peer));
        let connection = open.watch(connection);
        let counted = Counted::by(&bounds.open);
        // It is not taken only where the runtime itself ends.
        let _ = arrived.send(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%peer, %error, "a connection ended");
            }
            drop((permit, place, counted));
        });
    }
    drop(listener);
    if tokio::time::timeout(bounds.grace, open.shutdown()).await.is_err() {
        tracing::warn!("some requests were still under way after {} s", bounds.grace.as_secs());
    }
    Ok(())
}

/// Begins connections as they arrive, and lets everything that is ready have its turn before the next one: when thousands
/// come back at once, they wait behind the requests of those who are here already, and not before them.
async fn begin(mut arrivals: UnboundedReceiver<impl Future<Output = ()> + Send + 'static>) {
    while let Some(connection) = arrivals.recv().await {
        tokio::spawn(connection);
        tokio::task::yield_now().await;
    }
}

/// The next connection, once there is room for one.
async fn accept(
    listener: &TcpListener,
    all: &Arc<Semaphore>,
) -> io::Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let permit = Arc::clone(all).acquire_owned().await.map_err(io::Error::other)?;
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => return Ok((stream, peer, permit)),
            // It was gone again before it was accepted.
            Err(error) if is_of_the_client(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be accepted; trying again in {} s", AGAIN.as_secs());
                tokio::time::sleep(AGAIN).await;
            }
        }
    }
}

fn is_of_the_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionRefused | ConnectionAborted | ConnectionReset)
}

fn service(
    router: Router,
    peer: SocketAddr,
) -> impl hyper::service::Service<
    hyper::Request<Incoming>,
    Response = axum::response::Response,
    Error = Infallible,
    Future: Send + 'static,
> {
    hyper::service::service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request.map(Body::new))
    })
}

/// The connections of an address.
#[derive(Debug, Default)]
struct Count {
    open: usize,
    /// Whether it was told that there are too many: once until there are none.
    told: bool,
}

/// How many connections each address has open.
#[derive(Clone, Debug, Default)]
struct Counts(Arc<Mutex<HashMap<IpAddr, Count>>>);

impl Counts {
    fn with<T>(&self, work: impl FnOnce(&mut HashMap<IpAddr, Count>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A place for one more; none where the address has `most` already.
    fn take(&self, address: IpAddr, most: usize) -> Option<Place> {
        let (taken, tell) = self.with(|all| {
            let count = all.entry(address).or_default();
            if count.open < most {
                count.open += 1;
                return (true, false);
            }
            (false, !std::mem::replace(&mut count.told, true))
        });
        if tell {
            tracing::warn!(
                %address,
                "{most} connections of one address are open, more are refused; where it is a proxy, name it in \
                 MUSTER_TRUSTED_PROXIES"
            );
        }
        taken.then(|| Place { counts: self.clone(), address })
    }
}

/// A connection's place among those of its address; given back when it is dropped.
#[derive(Debug)]
struct Place {
    counts: Counts,
    address: IpAddr,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.counts.with(|all| {
            if let Some(count) = all.get_mut(&self.address) {
                count.open -= 1;
                if count.open == 0 {
                    all.remove(&self.address);
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn b14_one_address_never_takes_all_connections() {
        for files in [0, 1, 64, 1024, 524_288, u64::MAX] {
            let bounds = Bounds::within(files);
            assert!(bounds.per_address >= 1 && bounds.connections >= bounds.per_address, "{files}: {bounds:?}");
            assert!(files < 64 || bounds.per_address <= bounds.connections / 4, "{files}: {bounds:?}");
            assert!(files < 64 || bounds.connections as u64 <= files - 32, "{files}: {bounds:?}");
        }
        assert_eq!(Bounds::within(1_048_576).connections, MAX_CONNECTIONS);
    }

    #[test]
    fn b14_a_place_is_given_back() {
        let counts = Counts::default();
        let [one, other] = [IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2])];
        let places = [counts.take(one, 2).unwrap(), counts.take(one, 2).unwrap()];
        assert!(counts.take(one, 2).is_none());
        assert!(counts.take(other, 2).is_some());
        drop(places);
        assert!(counts.with(|all| all.is_empty()));
        assert!(counts.take(one, 2).is_some());
    }

    #[test]
    fn b14_the_file_limit_is_raised() {
        let limit = raise_file_limit();
        assert!(getrlimit(Resource::Nofile).current.is_none_or(|current| current == limit));
    }
}
