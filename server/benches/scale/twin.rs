//! What Muster is compared with: a bare axum that opens the same credentials and parses the same bodies, and does nothing
//! else. It knows every token by heart.

use std::{
    collections::HashMap,
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, Command, Stdio},
    sync::Arc,
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header::AUTHORIZATION},
    response::{IntoResponse as _, Response},
    routing::post,
};
use muster::{
    time::Timestamp,
    token::TokenValue,
    wire::{
        credential::Credential, envelope::Envelope, heartbeat::HeartbeatReply, path, proof, proof::Proof,
        register::RegisterRequest,
    },
};

/// With this argument the benchmark is the twin.
pub const ARGUMENT: &str = "--twin";

/// The twin, running.
pub struct Twin {
    child: Child,
    pub port: u16,
}

impl Twin {
    /// Starts it with the tokens that it is to know.
    pub fn start(tokens: &[TokenValue]) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .arg(ARGUMENT)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        for token in tokens {
            writeln!(stdin, "{}", *token.expose()).unwrap();
        }
        drop(stdin);
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { child, port: line.trim().parse().unwrap() }
    }
}

impl Drop for Twin {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

type Keys = Arc<(HashMap<String, TokenValue>, Vec<TokenValue>)>;

/// Is the twin.
pub async fn serve() {
    let all: Vec<TokenValue> =
        std::io::stdin().lines().map(|line| TokenValue::parse(&line.unwrap()).unwrap()).collect();
    let by_id = all.iter().map(|token| (token.key_id().to_string(), token.clone())).collect();
    let keys: Keys = Arc::new((by_id, all));
    let router = Router::new().route(path::HEARTBEAT, post(heartbeat)).with_state(keys);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("{}", listener.local_addr().unwrap().port());
    axum::serve(axum::serve::ListenerExt::tap_io(listener, |stream| drop(stream.set_nodelay(true))), router)
        .await
        .unwrap();
}

async fn heartbeat(State(keys): State<Keys>, headers: HeaderMap, body: Bytes) -> Response {
    match answer(&keys, &headers, &body) {
        Some(reply) => Json(reply).into_response(),
        None => StatusCode::UNAUTHORIZED.into_response(),
    }
}

fn answer(keys: &Keys, headers: &HeaderMap, body: &[u8]) -> Option<Envelope<HeartbeatReply>> {
    let text = headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Delegate ")?;
    let credential = Credential::parse(text).ok()?;
    let (by_id, all) = &**keys;
    let key = match credential.kid() {
        Some(id) => by_id.get(id.as_str())?,
        None => all.first()?,
    };
    let claims = credential.open(key).ok()?;
    if let Some(proof) = headers.get(proof::HEADER) {
        Proof::read(proof.to_str().ok()?, "POST", path::HEARTBEAT, text).ok()?;
    }
    let request: RegisterRequest = serde_json::from_slice(body).ok()?;
    (claims.sub == request.account_id).then_some(())?;
    Some(Envelope::new(Some(HeartbeatReply::new(request.delegate_id, None, Timestamp::from_millis(0)))))
}
