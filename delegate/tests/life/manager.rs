//! A manager of a few lines: answers as it is told to, and remembers what it heard.

use std::sync::{Arc, Mutex};

use axum::{
    Json, Router,
    extract::{Path as Segment, Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use muster::{
    delegate::Admission,
    id::ProfileId,
    time::Timestamp,
    token::TokenValue,
    wire::{
        credential::{Claims, Credential},
        envelope::{Envelope, Refusal},
        heartbeat::HeartbeatReply,
        path,
        profile::ProfileParams,
        register::{RegisterReply, RegisterRequest, SELF_DESTRUCT, UnregisterRequest},
        tasks::TaskEvents,
    },
};
use serde::Deserialize;
use tokio::{net::TcpListener, sync::watch};

use crate::{HEX, PATIENCE};

/// What the manager answers to a heartbeat.
#[derive(Clone, Copy)]
pub enum Answer {
    Standing(Option<Admission>),
    Revoked,
}

/// What the manager heard, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    Register(Box<RegisterRequest>),
    Heartbeat(String),
    Tasks(String),
    Profile(String),
    Unregister(String),
}

pub struct Fake {
    answer: Mutex<Answer>,
    pub heard: watch::Sender<Vec<Heard>>,
    pub credentials: Mutex<Vec<String>>,
}

#[derive(Deserialize)]
struct Account {
    #[serde(rename = "accountId")]
    account: String,
}

impl Fake {
    pub async fn start(answer: Answer) -> (Arc<Self>, String) {
        let fake = Arc::new(Self {
            answer: Mutex::new(answer),
            heard: watch::Sender::new(Vec::new()),
            credentials: Mutex::default(),
        });
        let routes = Router::new()
            .route(path::REGISTER, post(register))
            .route(path::HEARTBEAT, post(heartbeat))
            .route(path::UNREGISTER, post(unregister))
            .route(path::TASK_EVENTS, get(tasks))
            .route(path::PROFILE, get(profile))
            .with_state(fake.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, Router::new().nest("/prefix", routes)).await });
        (fake, format!("http://{address}/prefix/"))
    }

    fn hear(&self, headers: &HeaderMap, query: &Account, heard: Heard) {
        let credential = headers["authorization"].to_str().unwrap().strip_prefix("Delegate ").unwrap();
        let claims: Claims = Credential::parse(credential).unwrap().open(&TokenValue::parse(HEX).unwrap()).unwrap();
        assert_eq!((claims.sub.as_str(), query.account.as_str()), ("acc", "acc"));
        self.credentials.lock().unwrap().push(credential.to_owned());
        self.heard.send_modify(|all| all.push(heard));
    }

    /// Waits until the manager has heard this at least `times` times.
    pub async fn until(&self, times: usize, what: impl Fn(&Heard) -> bool) -> Vec<Heard> {
        let mut heard = self.heard.subscribe();
        let enough = heard.wait_for(|all| all.iter().filter(|one| what(one)).count() >= times);
        let all = tokio::time::timeout(PATIENCE, enough).await;
        all.unwrap_or_else(|_| panic!("heard only {:?}", self.heard.borrow())).unwrap().clone()
    }

    pub fn answer(&self, answer: Answer) {
        *self.answer.lock().unwrap() = answer;
    }

    pub fn count(&self, what: impl Fn(&Heard) -> bool) -> usize {
        self.heard.borrow().iter().filter(|one| what(one)).count()
    }
}

async fn register(
    State(fake): State<Arc<Fake>>,
    Query(query): Query<Account>,
    headers: HeaderMap,
    Json(request): Json<RegisterRequest>,
) -> Response {
    fake.hear(&headers, &query, Heard::Register(Box::new(request)));
    let reply = match *fake.answer.lock().unwrap() {
        Answer::Standing(Some(Admission::Rejected)) => {
            RegisterReply { action: Some(SELF_DESTRUCT.to_owned()), ..RegisterReply::default() }
        }
        _ => RegisterReply { delegate_id: "id-1".to_owned(), ..RegisterReply::default() },
    };
    Json(Envelope::new(Some(reply))).into_response()
}

async fn heartbeat(
    State(fake): State<Arc<Fake>>,
    Query(query): Query<Account>,
    headers: HeaderMap,
    Json(request): Json<RegisterRequest>,
) -> Response {
    fake.hear(&headers, &query, Heard::Heartbeat(request.delegate_id.clone()));
    match *fake.answer.lock().unwrap() {
        Answer::Standing(admission) => {
            Json(Envelope::new(Some(HeartbeatReply::new(request.delegate_id, admission)))).into_response()
        }
        Answer::Revoked => {
            let refusal = Refusal::RevokedToken;
            let body = Envelope::<()>::refused(refusal.code(), refusal.to_string());
            (StatusCode::UNAUTHORIZED, Json(body)).into_response()
        }
    }
}

async fn unregister(
    State(fake): State<Arc<Fake>>,
    Query(query): Query<Account>,
    headers: HeaderMap,
    Json(request): Json<UnregisterRequest>,
) -> Response {
    fake.hear(&headers, &query, Heard::Unregister(request.delegate_id));
    Json(Envelope::<()>::new(None)).into_response()
}

async fn tasks(
    State(fake): State<Arc<Fake>>,
    Segment(id): Segment<String>,
    Query(query): Query<Account>,
    headers: HeaderMap,
) -> Response {
    fake.hear(&headers, &query, Heard::Tasks(id));
    Json(TaskEvents::default()).into_response()
}

async fn profile(
    State(fake): State<Arc<Fake>>,
    Segment(id): Segment<String>,
    Query(query): Query<Account>,
    headers: HeaderMap,
) -> Response {
    fake.hear(&headers, &query, Heard::Profile(id));
    let profile = ProfileParams {
        name: "Primary".to_owned(),
        profile_id: ProfileId(uuid::Uuid::nil()).to_string(),
        profile_last_updated_at: Timestamp::from_millis(1),
        script_content: "exit 1".to_owned(),
    };
    Json(Envelope::new(Some(profile))).into_response()
}
