//! The manager's public API, over one connection.

use std::{fmt, time::Duration};

use muster_client::{host_roots, log_safe, reason, tls};
use reqwest::{
    Client, Method, RequestBuilder, Response, StatusCode, Url,
    header::{HeaderValue, RETRY_AFTER},
    redirect::Policy,
};
use rustls::RootCertStore;
use serde_json::Value;

use crate::failure::{Failure, Problem};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const TIMEOUT: Duration = Duration::from_secs(60);
/// The longest answer that is read, in bytes: a page of 50 profiles with the longest scripts takes a fifth of it.
const MAX_ANSWER_BYTES: usize = 32 * 1024 * 1024;
/// The longest that the manager's wish to wait is followed.
const MAX_WAIT: Duration = Duration::from_secs(60);

/// What stands behind the question mark.
pub type Query<'a> = [(&'a str, String)];

/// A manager, and the key to ask it with.
pub struct Api {
    http: Client,
    base: Url,
    key: HeaderValue,
    scope: Option<String>,
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Api({})", self.base)
    }
}

/// Reads the address of a manager.
///
/// # Errors
/// Says what to write.
pub fn parse_url(text: &str) -> Result<Url, Failure> {
    let wrong = |why: &str| Failure::Usage(format!("the manager's address {why}, as in https://muster.example.com"));
    let mut url = Url::parse(text.trim()).map_err(|_| wrong("has to begin with https:// or http://"))?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(wrong("has to begin with https:// or http://"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("must not hold a user or a password"));
    }
    url.set_query(None);
    url.set_fragment(None);
    let path = format!("{}/", url.path().trim_end_matches('/'));
    url.set_path(&path);
    Ok(url)
}

impl Api {
    /// Prepares the way. Nothing is sent yet.
    ///
    /// # Errors
    /// Where TLS has nothing to trust.
    pub fn new(base: Url, key: &str) -> Result<Self, Failure> {
        let local = |error: &dyn fmt::Display| Failure::Local(error.to_string());
        let roots = match base.scheme() {
            "https" => host_roots().map_err(|error| local(&error))?,
            _ => RootCertStore::empty(),
        };
        let http = Client::builder()
            .tls_backend_preconfigured(tls(roots).map_err(|error| local(&error))?)
            .user_agent(concat!("muster-cli/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT)
            // A key goes to the address that it was given for, and to no other.
            .redirect(Policy::none())
            .referer(false)
            .build()
            .map_err(|error| local(&error))?;
        let mut key = HeaderValue::from_str(key).map_err(|_| Failure::Usage("this is no API key".to_owned()))?;
        key.set_sensitive(true);
        Ok(Self { http, base, key, scope: None })
    }

    /// Asks at a scope.
    pub fn at(self, scope: Option<String>) -> Self {
        Self { scope, ..self }
    }

    /// The manager's address.
    pub fn manager(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// Reads something.
    ///
    /// # Errors
    /// What the manager says, or why it cannot be reached.
    pub async fn get(&self, path: &[&str], query: &Query<'_>) -> Result<Value, Failure> {
        self.call(Method::GET, path, query, None).await
    }

    /// Changes something. The answer of what has none is null.
    ///
    /// # Errors
    /// What the manager says, or why it cannot be reached.
    pub async fn send(&self, method: Method, path: &[&str], body: Option<&Value>) -> Result<Value, Failure> {
        self.call(method, path, &[], body).await
    }

    async fn call(
        &self,
        method: Method,
        path: &[&str],
        query: &Query<'_>,
        body: Option<&Value>,
    ) -> Result<Value, Failure> {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(["api", "v1"]).extend(path);
        }
        // What is about one object is asked for where that is.
        let scope = self.scope.iter().filter(|_| path.len() == 1).map(|scope| ("scope", scope.clone()));
        let query: Vec<_> = query.iter().cloned().chain(scope).collect();
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let request = || {
            let request = self.http.request(method.clone(), url.clone()).header("x-api-key", &self.key);
            body.iter().fold(request, |request, body| request.json(body))
        };
        let mut response = self.ask(request()).await?;
        if let Some(wait) = wanted_wait(&response) {
            eprintln!("muster: the manager is busy; trying again in {} s", wait.as_secs());
            tokio::time::sleep(wait).await;
            response = self.ask(request()).await?;
        }
        self.read(response).await
    }

    async fn ask(&self, request: RequestBuilder) -> Result<Response, Failure> {
        request.send().await.map_err(|error| self.unavailable(format!("cannot be reached: {}", reason(&error))))
    }

    async fn read(&self, mut response: Response) -> Result<Value, Failure> {
        let status = response.status();
        let mut body = Vec::new();
        let broken = |error| self.unavailable(format!("its answer broke off: {}", reason(&error)));
        while let Some(chunk) = response.chunk().await.map_err(broken)? {
            if body.len() + chunk.len() > MAX_ANSWER_BYTES {
                return Err(self.unavailable("its answer is too long"));
            }
            body.extend_from_slice(&chunk);
        }
        if status == StatusCode::NO_CONTENT {
            return Ok(Value::Null);
        }
        let read = if status.is_success() {
            serde_json::from_slice(&body).map(Ok)
        } else {
            serde_json::from_slice::<Problem>(&body).map(|problem| Err(Failure::Refused(Box::new(problem))))
        };
        read.unwrap_or_else(|_| Err(self.unavailable(unreadable(&response))))
    }

    fn unavailable(&self, reason: impl Into<String>) -> Failure {
        Failure::Unavailable { manager: self.manager().to_owned(), reason: reason.into() }
    }
}

/// How long the manager wants us to wait before we ask again, where it says so and it can be waited for.
fn wanted_wait(response: &Response) -> Option<Duration> {
    let is_busy = matches!(response.status(), StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds)).filter(|wait| is_busy && *wait <= MAX_WAIT)
}

/// What to say where the answer is no manager's.
fn unreadable(response: &Response) -> String {
    let status = response.status();
    let to = response.headers().get("location").and_then(|to| to.to_str().ok());
    match to {
        Some(to) if status.is_redirection() => {
            format!("it sends us on to {}; use the manager's own address", log_safe(to))
        }
        _ => format!("what answers is no Muster manager with an API (status {status})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_as_people_write_it() {
        for (text, read) in [
            ("https://muster.example.com", "https://muster.example.com/"),
            (" http://[::1]:3000/ ", "http://[::1]:3000/"),
            ("https://example.com/muster//?x=1#y", "https://example.com/muster/"),
        ] {
            assert_eq!(parse_url(text).unwrap().as_str(), read);
        }
        for text in ["", "muster.example.com", "localhost:3000", "ftp://x", "https://u:canary@example.com"] {
            let error = parse_url(text).unwrap_err().to_string();
            assert!(error.starts_with("the manager's address") && !error.contains("canary"), "{text}: {error}");
        }
    }
}
