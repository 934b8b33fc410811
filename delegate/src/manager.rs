//! The way to the manager: one connection, bounded in time and in what is read.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use muster::{
    id::ScriptRunId,
    wire::{
        envelope::{ERROR_HEADER, Envelope},
        heartbeat::{Applied, HeartbeatReply},
        path,
        profile::ProfileParams,
        proof,
        register::{RegisterReply, RegisterRequest, UnregisterRequest},
        script::ScriptReport,
        tasks::TaskEvents,
    },
};
use muster_client::{NoRoots, host_roots, tls};
use reqwest::{
    Client, Method, NoProxy, RequestBuilder, StatusCode, Url,
    header::{AUTHORIZATION, DATE, HeaderValue, RETRY_AFTER},
    redirect::Policy,
};
use rustls::RootCertStore;
use serde::de::DeserializeOwned;

use crate::{clock, credential::Credentials, failure::Failure, random, settings::Settings, signer::Signer};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const TIMEOUT: Duration = Duration::from_secs(15);
/// The longest reply that is read, in bytes; a startup script is the longest thing in one.
const MAX_REPLY_BYTES: usize = 1024 * 1024;

/// Why there is no way to the manager. The text never holds the proxy's password.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// TLS has nothing to trust.
    #[error(transparent)]
    NoRoots(#[from] NoRoots),
    /// The client cannot be built.
    #[error("the connection to the manager cannot be set up: {0}")]
    Client(String),
}

/// The manager, as this delegate reaches it.
#[derive(Debug)]
pub(crate) struct Manager {
    http: Client,
    base: Url,
    account: String,
    credentials: Mutex<Credentials>,
    signer: Arc<Signer>,
}

impl Manager {
    /// Prepares the way. Nothing is sent yet.
    pub(crate) fn new(settings: &Settings, signer: Arc<Signer>) -> Result<Self, SetupError> {
        Ok(Self {
            http: client(settings)?,
            base: settings.manager.clone(),
            account: settings.account.clone(),
            credentials: Mutex::new(Credentials::new(
                settings.token.clone(),
                settings.account.clone(),
                settings.host.to_string(),
                settings.manager.to_string(),
            )),
            signer,
        })
    }

    /// Makes the delegate known.
    pub(crate) async fn register(&self, request: &RegisterRequest) -> Result<RegisterReply, Failure> {
        let call = self.call(Method::POST, path::REGISTER, &[])?.json(request);
        let reply: Envelope<RegisterReply> = self.send(call).await?;
        let reply = reply.resource.ok_or_else(Failure::unreadable)?;
        if is_id(&reply.delegate_id) { Ok(reply) } else { Err(Failure::unreadable()) }
    }

    /// Says that the delegate is alive.
    pub(crate) async fn heartbeat(&self, request: &RegisterRequest) -> Result<HeartbeatReply, Failure> {
        let call = self.call(Method::POST, path::HEARTBEAT, &[])?.json(request);
        let reply: Envelope<HeartbeatReply> = self.send(call).await?;
        reply.resource.ok_or_else(Failure::unreadable)
    }

    /// Says that the delegate stops.
    pub(crate) async fn unregister(&self, request: &UnregisterRequest) -> Result<(), Failure> {
        let call = self.call(Method::POST, path::UNREGISTER, &[])?.json(request);
        self.send::<Envelope<serde_json::Value>>(call).await.map(drop)
    }

    /// Asks for tasks.
    pub(crate) async fn tasks(&self, id: &str) -> Result<TaskEvents, Failure> {
        let call = self.call(Method::GET, &path::TASK_EVENTS.replace("{id}", id), &[])?;
        self.send(call).await
    }

    /// Asks for the profile, where it is another than what the delegate has applied.
    pub(crate) async fn profile(&self, id: &str, has: Option<&Applied>) -> Result<Option<ProfileParams>, Failure> {
        let version = has.map_or(0, |has| has.last_updated_at.as_millis()).to_string();
        let has = [("profileId", has.map_or("", |has| &has.profile_id)), ("lastUpdatedAt", &version)];
        let call = self.call(Method::GET, &path::PROFILE.replace("{id}", id), &has)?;
        let profile = self.send::<Envelope<ProfileParams>>(call).await?.resource;
        if profile.as_ref().is_none_or(|profile| is_id(&profile.profile_id)) {
            Ok(profile)
        } else {
            Err(Failure::unreadable())
        }
    }

    /// Tells how a run of a startup script goes.
    pub(crate) async fn report(&self, id: &str, run: ScriptRunId, report: &ScriptReport) -> Result<(), Failure> {
        let path = path::SCRIPT_RUN.replace("{id}", id).replace("{run}", &run.to_string());
        let call = self.call(Method::PUT, &path, &[])?.json(report);
        self.send::<Envelope<serde_json::Value>>(call).await.map(drop)
    }

    fn call(&self, method: Method, path: &str, query: &[(&str, &str)]) -> Result<RequestBuilder, Failure> {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        let address = url.to_string();
        url.query_pairs_mut().append_pair("accountId", &self.account).extend_pairs(query);
        let mut credentials = self.credentials.lock().unwrap_or_else(PoisonError::into_inner);
        let credential = credentials.header(clock::now(), || (random::bytes(), random::bytes()));
        let proof = self.signer.sign(method.as_str(), &address, credential, clock::now());
        let header = |text: &str| {
            let mut header =
                HeaderValue::from_str(text).map_err(|_| Failure::unavailable("the credential cannot be made"))?;
            header.set_sensitive(true);
            Ok::<_, Failure>(header)
        };
        let (credential, proof) = (header(credential)?, header(&proof)?);
        Ok(self.http.request(method, url).header(AUTHORIZATION, credential).header(proof::HEADER, proof))
    }

    async fn send<T: DeserializeOwned>(&self, call: RequestBuilder) -> Result<T, Failure> {
        let mut response = call.send().await.map_err(|error| Failure::of_call(&error))?;
        let status = response.status();
        let date = response.headers().get(DATE).and_then(|date| date.to_str().ok());
        clock::compare(date, status.is_success());
        let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok().map(str::to_owned));
        let (code, retry_after) = (header(ERROR_HEADER), header(RETRY_AFTER.as_str()));
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| Failure::of_call(&error))? {
            if body.len() + chunk.len() > MAX_REPLY_BYTES {
                return Err(Failure::unavailable("its answer is too long"));
            }
            body.extend_from_slice(&chunk);
        }
        if status == StatusCode::UNAUTHORIZED {
            // The clock may have been set, or the manager restored: a new credential may be good.
            self.credentials.lock().unwrap_or_else(PoisonError::into_inner).forget();
        }
        if !status.is_success() {
            return Err(Failure::of_answer(status, code.as_deref(), retry_after.as_deref(), &body));
        }
        serde_json::from_slice(&body).map_err(|_| Failure::unreadable())
    }
}

/// Whether this can be an id: ids become parts of paths and of the state file.
fn is_id(text: &str) -> bool {
    text.len() <= 128 && text.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-' || c == b'_')
}

fn client(settings: &Settings) -> Result<Client, SetupError> {
    let proxy_has_tls = settings.proxy.as_ref().is_some_and(|proxy| proxy.expose().scheme() == "https");
    // Without TLS there is nothing to verify: the host's root certificates are not even read.
    let verifies = settings.manager.scheme() == "https" || proxy_has_tls;
    let roots = if verifies { host_roots()? } else { RootCertStore::empty() };
    let tls = tls(roots).map_err(|error| SetupError::Client(error.to_string()))?;
    let mut builder = Client::builder()
        .tls_backend_preconfigured(tls)
        .user_agent(concat!("muster-delegate/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(TIMEOUT)
        .pool_max_idle_per_host(1)
        // A moved manager is named in the log; following would turn a POST into a GET.
        .redirect(Policy::none())
        .referer(false)
        // The proxy is what the settings say, never what the environment has for other programs.
        .no_proxy();
    if let Some(proxy) = &settings.proxy {
        let mut via = reqwest::Proxy::all(proxy.expose().clone()).map_err(|error| setup_error(&error))?;
        if let Some(header) = proxy.authorization() {
            via = via.custom_http_auth(header);
        }
        builder = builder.proxy(via.no_proxy(NoProxy::from_string(proxy.no_proxy())));
    }
    builder.build().map_err(|error| setup_error(&error))
}

fn setup_error(error: &reqwest::Error) -> SetupError {
    // The outer error can hold the proxy's address, and with it the password; the innermost cause does not.
    SetupError::Client(Failure::of_call(error).to_string())
}
