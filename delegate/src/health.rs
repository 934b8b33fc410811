//! Answers the probes of container engines: as long as the delegate's loop runs, it is healthy.
//!
//! Also while the manager is away: restarting the container would bring it back no sooner.

use std::{
    convert::Infallible,
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use hyper::{
    Method, Request, Response, StatusCode,
    body::Incoming,
    header::{ALLOW, CONTENT_TYPE, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::{sleep, timeout},
};

const PATH: &str = "/api/health";
/// How many connections are served at once; there is one probe every few seconds.
const MAX_CONNECTIONS: usize = 16;
/// How long a connection lives: who keeps it open for nothing takes no permit for long.
const MAX_CONNECTION_TIME: Duration = Duration::from_secs(5);
/// The pause after a connection could not be taken, such as for want of file handles.
const ACCEPT_RETRY_DELAY: Duration = Duration::from_secs(1);

/// Answers on this port from now on. A port that cannot be had is said, and no more: without probes it does no harm.
pub(crate) async fn serve(port: u16) {
    match bind(port).await {
        Ok(listener) => drop(tokio::spawn(accept(listener))),
        Err(error) => tracing::warn!(
            "health probes on port {port} are not answered: {error}; HEALTH_PORT names another port, and 0 none"
        ),
    }
}

/// Every address of the host, IPv4 and IPv6, as far as it has them.
async fn bind(port: u16) -> io::Result<TcpListener> {
    match TcpListener::bind(SocketAddr::from((Ipv6Addr::UNSPECIFIED, port))).await {
        Err(error) if error.kind() != io::ErrorKind::AddrInUse => {
            TcpListener::bind(SocketAddr::from((Ipv4Addr::UNSPECIFIED, port))).await
        }
        bound => bound,
    }
}

async fn accept(listener: TcpListener) {
    let permits = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let Ok(permit) = permits.clone().acquire_owned().await else { return };
        match listener.accept().await {
            Ok((connection, _)) => drop(tokio::spawn(async move {
                let _ = timeout(MAX_CONNECTION_TIME, answer_all(connection)).await;
                drop(permit);
            })),
            Err(_) => sleep(ACCEPT_RETRY_DELAY).await,
        }
    }
}

async fn answer_all(connection: TcpStream) {
    let service = service_fn(|request| async move { Ok::<_, Infallible>(answer(&request)) });
    // Who went away while it was answered is no concern of ours.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(connection), service).await;
}

fn answer(request: &Request<Incoming>) -> Response<String> {
    let mut response = Response::new(String::new());
    if request.uri().path() != PATH {
        *response.status_mut() = StatusCode::NOT_FOUND;
    } else if matches!(*request.method(), Method::GET | Method::HEAD) {
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        *response.body_mut() = r#"{"status":"healthy"}"#.to_owned();
    } else {
        *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
    }
    response
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    async fn ask(port: u16, request: &str) -> String {
        let mut connection = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
        connection
            .write_all(format!("{request} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes())
            .await
            .unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn a_probe_is_answered_and_nothing_else() {
        let listener = bind(0).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(accept(listener));
        let healthy = ask(port, "GET /api/health").await;
        assert!(
            healthy.starts_with("HTTP/1.1 200 ") && healthy.ends_with("\r\n\r\n{\"status\":\"healthy\"}"),
            "{healthy}"
        );
        for (request, status) in [("GET /", "404"), ("GET /api/health/x", "404"), ("POST /api/health", "405")] {
            let answer = ask(port, request).await;
            assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
        }
        // Who says nothing keeps nobody out.
        let mut silent = Vec::new();
        for _ in 0..MAX_CONNECTIONS - 1 {
            silent.push(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap());
        }
        assert!(ask(port, "GET /api/health").await.starts_with("HTTP/1.1 200 "));
        // A port that is taken is an error here, and only a warning where it is served.
        assert_eq!(bind(port).await.unwrap_err().kind(), io::ErrorKind::AddrInUse);
        serve(port).await;
    }
}
