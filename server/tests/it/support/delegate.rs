//! A delegate, as the protocol has it.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use muster::{
    delegate::DelegateSecretKey,
    token::TokenValue,
    wire::{
        credential::{Claims, seal},
        path,
        proof::{self, first_counter},
    },
};
use muster_server::random;

use super::{Answer, TestApp, Value, json, jwe};

/// A delegate's side of the protocol. Each change makes another client; nothing is remembered between calls.
#[derive(Clone)]
pub struct Client {
    app: TestApp,
    token: TokenValue,
    pub address: IpAddr,
    account: String,
    names_its_key: bool,
    change_claims: fn(&mut Claims),
    process: Option<Process>,
    body: Value,
}

/// A process that proves a key.
#[derive(Clone)]
struct Process {
    key: Arc<DelegateSecretKey>,
    name: String,
    start: u64,
    counter: Arc<AtomicU64>,
}

impl Process {
    fn new(key: Arc<DelegateSecretKey>, start: u64) -> Self {
        let name = format!("{:032x}", u128::from_le_bytes(random::bytes()));
        Self { key, name, start, counter: Arc::new(AtomicU64::new(first_counter(start))) }
    }

    fn prove(&self, method: &Method, path: &str, authorization: &str) -> String {
        let credential = authorization.strip_prefix("Delegate ").unwrap_or(authorization);
        let ctr = self.counter.fetch_add(1, Ordering::SeqCst);
        let path = path.split('?').next().unwrap_or_default();
        let claims = proof::Claims {
            jti: format!("{}.{ctr}", self.name),
            htm: method.to_string(),
            htu: format!("https://muster.test{path}"),
            iat: 0,
            ath: proof::credential_digest(credential),
            ins: self.name.clone(),
            ctr,
        };
        proof::sign(&self.key, &claims)
    }
}

impl TestApp {
    /// A delegate `edge-1` on `host-1` that holds a token.
    pub fn delegate(&self, token: &TokenValue) -> Client {
        let account = self.state().account.to_string();
        let body = json!({
            "accountId": account, "delegateName": "edge-1", "hostName": "host-1", "ip": "10.0.0.1", "version": "1.0.0",
            "delegateType": "SHELL_SCRIPT", "tags": [], "heartbeatIntervalMs": 10_000, "sequenceNum": 7, "ng": true,
            "supportedTaskTypes": ["SCRIPT"], "currentlyExecutingDelegateTasks": [], "orgIdentifier": null,
        });
        Client {
            app: self.clone(),
            token: token.clone(),
            address: IpAddr::from(Ipv4Addr::new(198, 51, 100, 7)),
            account,
            names_its_key: true,
            change_claims: |_| {},
            process: None,
            body,
        }
    }
}

impl Client {
    /// The same delegate under another name.
    pub fn named(&self, name: &str) -> Self {
        self.with("delegateName", json!(name))
    }

    /// The same delegate on another host.
    pub fn on(&self, host: &str) -> Self {
        self.with("hostName", json!(host))
    }

    /// The same delegate with another field in its bodies.
    pub fn with(&self, field: &str, value: Value) -> Self {
        let mut other = self.clone();
        other.body[field] = value;
        other
    }

    /// The same delegate without a field in its bodies.
    pub fn without(&self, field: &str) -> Self {
        let mut other = self.clone();
        other.body.as_object_mut().unwrap().remove(field);
        other
    }

    /// The same delegate with another token.
    pub fn holding(&self, token: &TokenValue) -> Self {
        Self { token: token.clone(), ..self.clone() }
    }

    /// The same delegate, as a client that does not name the key in its credential.
    pub fn without_kid(&self) -> Self {
        Self { names_its_key: false, ..self.clone() }
    }

    /// The same delegate with other claims in its credential.
    pub fn claiming(&self, change_claims: fn(&mut Claims)) -> Self {
        Self { change_claims, ..self.clone() }
    }

    /// The same delegate with another account in its queries.
    pub fn of_account(&self, account: &str) -> Self {
        Self { account: account.to_owned(), ..self.clone() }
    }

    /// A delegate that proves the key of this number, at its first start.
    pub fn with_key(&self, number: u8) -> Self {
        let key = Arc::new(DelegateSecretKey::from_bytes(&[number; 32]));
        Self { process: Some(Process::new(key, 1000)), ..self.clone() }
    }

    /// The same delegate, started once more.
    pub fn restarted(&self) -> Self {
        let before = self.process.as_ref().expect("a key");
        Self { process: Some(Process::new(before.key.clone(), before.start + 1)), ..self.clone() }
    }

    /// A copy of the delegate's folder, started as often as the delegate itself.
    pub fn cloned(&self) -> Self {
        let original = self.process.as_ref().expect("a key");
        Self { process: Some(Process::new(original.key.clone(), original.start)), ..self.clone() }
    }

    /// What people compare of its key.
    pub fn fingerprint(&self) -> String {
        self.process.as_ref().expect("a key").key.public().thumbprint().fingerprint()
    }

    /// The proof for a call that has this authorization.
    pub fn proof(&self, method: &Method, path: &str, authorization: &str) -> String {
        self.process.as_ref().expect("a key").prove(method, path, authorization)
    }

    /// The value of its `Authorization` header.
    pub fn authorization(&self) -> String {
        let account = self.app.state().account.to_string();
        let jti = format!("{:032x}", u128::from_le_bytes(random::bytes()));
        let mut claims = Claims::new(&account, "host-1", "https://muster.test", jti, self.app.now());
        (self.change_claims)(&mut claims);
        let seal = if self.names_its_key { seal } else { jwe::seal_without_kid };
        format!("Delegate {}", seal(&self.token, &claims, random::bytes()))
    }

    /// Registers, and gives the answer.
    pub async fn register(&self) -> Answer {
        self.post(path::REGISTER, &self.body).await
    }

    /// Registers, is taken in, and gives its id.
    pub async fn registered(&self) -> String {
        let reply = self.register().await.resource();
        assert_eq!(reply["action"], Value::Null, "{reply}");
        reply["delegateId"].as_str().expect("an id").to_owned()
    }

    /// Sends a heartbeat, and gives the answer.
    pub async fn heartbeat(&self, id: &str) -> Answer {
        let mut body = self.body.clone();
        body["delegateId"] = json!(id);
        self.post(path::HEARTBEAT, &body).await
    }

    /// Sends a heartbeat, and gives the status that it is told.
    pub async fn status(&self, id: &str) -> String {
        let reply = self.heartbeat(id).await.resource();
        assert_eq!(reply["delegateId"], id);
        reply["status"].as_str().expect("a status").to_owned()
    }

    /// Says that it stops.
    pub async fn unregister(&self, id: &str) -> Answer {
        let body = json!({"delegateId": id, "hostName": "host-1", "ng": true, "delegateType": "SHELL_SCRIPT",
            "ipAddress": "10.0.0.1", "orgIdentifier": null, "projectIdentifier": null});
        self.post(path::UNREGISTER, &body).await
    }

    /// Asks for its profile; `more` is the rest of the query, beginning with `&`.
    pub async fn profile(&self, id: &str, more: &str) -> Answer {
        self.get(&path::PROFILE.replace("{id}", id), more).await
    }

    /// Asks for its tasks.
    pub async fn task_events(&self, id: &str) -> Answer {
        self.get(&path::TASK_EVENTS.replace("{id}", id), "").await
    }

    async fn get(&self, path: &str, more: &str) -> Answer {
        let path = format!("{path}?accountId={}{more}", self.account);
        self.raw(Method::GET, &path, Some(&self.authorization()), Vec::new()).await
    }

    async fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_bytes(path, body.to_string().into_bytes()).await
    }

    /// Posts any body to one of the protocol's paths.
    pub async fn post_bytes(&self, path: &str, body: impl Into<Vec<u8>>) -> Answer {
        let path = format!("{path}?accountId={}", self.account);
        self.raw(Method::POST, &path, Some(&self.authorization()), body.into()).await
    }

    /// Registers with any `Authorization` header, or none.
    pub async fn register_as(&self, authorization: Option<&str>) -> Answer {
        let path = format!("{}?accountId={}", path::REGISTER, self.account);
        self.raw(Method::POST, &path, authorization, self.body.to_string().into_bytes()).await
    }

    /// Sends any request with these headers alone.
    pub async fn bare(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answer::read(self.app.send(request.body(Body::from(body)).unwrap(), self.address).await).await
    }

    /// The account in its queries.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// The same delegate, from another address.
    pub fn from(&self, address: [u8; 4]) -> Self {
        Self { address: IpAddr::from(address), ..self.clone() }
    }

    /// Sends any request.
    pub async fn raw(&self, method: Method, path: &str, authorization: Option<&str>, body: Vec<u8>) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, "application/json");
        if let Some(authorization) = authorization {
            request = request.header(header::AUTHORIZATION, authorization);
            if let Some(process) = &self.process {
                let proof = process.prove(request.method_ref().unwrap(), path, authorization);
                request = request.header(proof::HEADER, proof);
            }
        }
        Answer::read(self.app.send(request.body(Body::from(body)).unwrap(), self.address).await).await
    }
}
