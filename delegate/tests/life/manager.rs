//! A manager of a few lines: answers as it is told to, and remembers what it heard.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicI64, Ordering},
};

use axum::{
    Json, Router,
    extract::{Path as Segment, Query, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::{Next, from_fn_with_state, map_response_with_state},
    response::{IntoResponse, Response},
    routing::{get, post, put},
};
use muster::{
    delegate::Admission,
    id::{ProfileId, ScriptRunId},
    time::Timestamp,
    token::TokenValue,
    wire::{
        credential::{Claims, Credential},
        envelope::{Envelope, Refusal},
        heartbeat::{Applied, HeartbeatReply, barred},
        path,
        profile::{ProfileParams, ProfileQuery},
        proof::Proof,
        register::{RegisterReply, RegisterRequest, SELF_DESTRUCT, UnregisterRequest},
        script::{MAX_OUTPUT_BYTES, ScriptEnd, ScriptReport},
        tasks::TaskEvents,
    },
};
use serde::Deserialize;
use tokio::{net::TcpListener, sync::watch};

use crate::{HEX, PATIENCE};

const PROFILE: ProfileId = ProfileId(uuid::Uuid::nil());

/// What the manager answers to a heartbeat.
#[derive(Clone, Copy)]
pub enum Answer {
    Standing(Option<Admission>),
    Revoked,
    Expired,
}

/// Which profile the manager has for the delegate.
#[derive(Clone)]
pub struct Wanted {
    pub version: i64,
    pub script: String,
    /// Whether the heartbeat tells of it, as Muster's does.
    pub told: bool,
}

/// What the manager heard, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    Register(Box<RegisterRequest>),
    Heartbeat(String),
    Tasks(String),
    Profile(String),
    Report(ScriptRunId, Box<ScriptReport>),
    Unregister(String),
}

pub struct Fake {
    answer: Mutex<Answer>,
    wanted: Mutex<Wanted>,
    /// What is answered to reports that are not taken.
    reports: Mutex<Option<StatusCode>>,
    /// The run that it says is cancelled.
    cancels: Mutex<Option<ScriptRunId>>,
    /// By how many seconds its clock is ahead.
    ahead: AtomicI64,
    pub heard: watch::Sender<Vec<Heard>>,
    pub credentials: Mutex<Vec<String>>,
    /// The proofs of all calls, each of which held.
    pub proofs: Mutex<Vec<Proof>>,
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
            wanted: Mutex::new(Wanted { version: 1, script: String::new(), told: false }),
            reports: Mutex::new(None),
            cancels: Mutex::new(None),
            ahead: AtomicI64::new(0),
            heard: watch::Sender::new(Vec::new()),
            credentials: Mutex::default(),
            proofs: Mutex::default(),
        });
        let routes = Router::new()
            .route(path::REGISTER, post(register))
            .route(path::HEARTBEAT, post(heartbeat))
            .route(path::UNREGISTER, post(unregister))
            .route(path::TASK_EVENTS, get(tasks))
            .route(path::PROFILE, get(profile))
            .route(path::SCRIPT_RUN, put(script_run))
            .layer(from_fn_with_state(fake.clone(), proved))
            .layer(map_response_with_state(fake.clone(), dated))
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

    /// What the delegate is to apply from now on.
    pub fn wants(&self, version: i64, script: impl Into<String>) {
        *self.wanted.lock().unwrap() = Wanted { version, script: script.into(), told: true };
    }

    /// The same, where the heartbeat does not tell of it.
    pub fn wants_untold(&self, version: i64, script: impl Into<String>) {
        *self.wanted.lock().unwrap() = Wanted { version, script: script.into(), told: false };
    }

    /// Sets its clock.
    pub fn is_ahead(&self, seconds: i64) {
        self.ahead.store(seconds, Ordering::SeqCst);
    }

    /// Says from now on that a run is cancelled.
    pub fn cancels(&self, run: ScriptRunId) {
        *self.cancels.lock().unwrap() = Some(run);
    }

    /// How reports are answered from now on; none takes them.
    pub fn answer_reports(&self, status: Option<StatusCode>) {
        *self.reports.lock().unwrap() = status;
    }

    /// The runs that were told of, in their order.
    pub fn runs(&self) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        for heard in self.heard.borrow().iter() {
            let Heard::Report(id, report) = heard else { continue };
            if runs.last().is_none_or(|run| run.id != *id) {
                assert!(runs.iter().all(|run| run.id != *id), "reports of runs are mixed");
                let version = report.profile_last_updated_at;
                runs.push(Run { id: *id, version, output: String::new(), reports: 0, end: None });
            }
            let run = runs.last_mut().unwrap();
            run.take(report);
        }
        runs
    }

    /// Waits until the runs are so.
    pub async fn until_runs(&self, so: impl Fn(&[Run]) -> bool) -> Vec<Run> {
        let mut heard = self.heard.subscribe();
        let wait = heard.wait_for(|_| so(&self.runs()));
        let done = tokio::time::timeout(PATIENCE, wait).await.is_ok();
        assert!(done, "the runs are {:?}", self.runs());
        self.runs()
    }

    pub fn count(&self, what: impl Fn(&Heard) -> bool) -> usize {
        self.heard.borrow().iter().filter(|one| what(one)).count()
    }
}

/// Checks the proof that every call has to bring.
async fn proved(State(fake): State<Arc<Fake>>, request: Request, next: Next) -> Response {
    {
        let text = |name: &str| request.headers()[name].to_str().unwrap().to_owned();
        let (credential, proof) = (text("authorization"), text("dpop"));
        let credential = credential.strip_prefix("Delegate ").unwrap();
        let proof = Proof::read(&proof, request.method().as_str(), request.uri().path(), credential).unwrap();
        fake.proofs.lock().unwrap().push(proof);
    }
    next.run(request).await
}

/// A run, as far as the manager took it.
#[derive(Clone, Debug)]
pub struct Run {
    pub id: ScriptRunId,
    pub version: i64,
    pub output: String,
    pub reports: usize,
    pub end: Option<ScriptEnd>,
}

impl Run {
    /// Takes a report, as the manager does: one that came before counts once. Nothing is missing in these lives.
    fn take(&mut self, report: &ScriptReport) {
        assert!(self.end.is_none() || self.end == report.end, "it goes on after its end: {self:?} {report:?}");
        let length = u64::try_from(self.output.len()).unwrap();
        if report.offset == length {
            self.output.push_str(&report.output);
        } else {
            assert!(self.output[usize::try_from(report.offset).unwrap()..].starts_with(&report.output));
        }
        self.reports += 1;
        self.end.clone_from(&report.end);
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
        Answer::Standing(Some(admission)) if admission.is_barred() => RegisterReply {
            action: Some(SELF_DESTRUCT.to_owned()),
            reason: barred(admission),
            ..RegisterReply::default()
        },
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
            let mut reply = HeartbeatReply::new(request.delegate_id, None, Timestamp::from_millis(0));
            if let Some(admission) = admission {
                reply.status = admission.into();
            }
            reply.reason = admission.and_then(barred);
            reply.cancels = fake.cancels.lock().unwrap().map(|run| run.to_string());
            let wanted = fake.wanted.lock().unwrap();
            reply.applies = (wanted.told && admission == Some(Admission::Enabled)).then(|| Applied {
                profile_id: PROFILE.to_string(),
                last_updated_at: Timestamp::from_millis(wanted.version),
            });
            Json(Envelope::new(Some(reply))).into_response()
        }
        Answer::Revoked => refused(Refusal::RevokedToken),
        Answer::Expired => refused(Refusal::ExpiredToken),
    }
}

/// Says in the answer what the manager's clock shows.
async fn dated(State(fake): State<Arc<Fake>>, mut response: Response) -> Response {
    let ahead = time::Duration::seconds(fake.ahead.load(Ordering::SeqCst));
    #[allow(clippy::disallowed_methods)]
    let now = time::OffsetDateTime::now_utc() + ahead;
    let date = httpdate::fmt_http_date(now.into());
    response.headers_mut().insert(header::DATE, date.parse().unwrap());
    response
}

fn refused(refusal: Refusal) -> Response {
    let body = Envelope::<()>::refused(refusal.code(), refusal.to_string());
    (StatusCode::UNAUTHORIZED, Json(body)).into_response()
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
    Query(has): Query<ProfileQuery>,
    headers: HeaderMap,
) -> Response {
    fake.hear(&headers, &query, Heard::Profile(id));
    let wanted = fake.wanted.lock().unwrap().clone();
    let same = has.profile_id == PROFILE.to_string() && has.last_updated_at >= wanted.version;
    let profile = (!same).then(|| ProfileParams {
        name: "Primary".to_owned(),
        profile_id: PROFILE.to_string(),
        profile_last_updated_at: Timestamp::from_millis(wanted.version),
        script_content: wanted.script,
    });
    Json(Envelope::new(profile)).into_response()
}

async fn script_run(
    State(fake): State<Arc<Fake>>,
    Segment((id, run)): Segment<(String, ScriptRunId)>,
    Query(query): Query<Account>,
    headers: HeaderMap,
    Json(report): Json<ScriptReport>,
) -> Response {
    assert_eq!((id.as_str(), report.profile_id.as_str()), ("id-1", PROFILE.to_string().as_str()));
    assert!(report.output.len() <= MAX_OUTPUT_BYTES);
    if matches!(*fake.answer.lock().unwrap(), Answer::Revoked) {
        return refused(Refusal::RevokedToken);
    }
    let status = *fake.reports.lock().unwrap();
    if let Some(status) = status {
        return (status, Json(Envelope::<()>::refused("x", "not now"))).into_response();
    }
    fake.hear(&headers, &query, Heard::Report(run, Box::new(report)));
    Json(Envelope::<()>::new(None)).into_response()
}
