//! The way to the identity provider: bounded in time and in what is read, and without redirects, which could lead
//! anywhere inside of the server's network.

use std::{pin::Pin, time::Duration};

use muster_client::{NoRoots, host_roots, log_safe, reason, tls};
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::{Client, redirect::Policy};
use rustls::RootCertStore;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const TIMEOUT: Duration = Duration::from_secs(10);
/// The longest answer that is read, in bytes: keys and tokens with many groups are some tens of thousands.
const MAX_ANSWER_BYTES: usize = 512 * 1024;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// TLS has nothing to trust.
    #[error(transparent)]
    NoRoots(#[from] NoRoots),
    /// The client cannot be built.
    #[error("the connection cannot be set up: {0}")]
    Client(String),
    /// The call failed.
    #[error("{0}")]
    Call(String),
    /// The answer is too long.
    #[error("the answer is longer than {MAX_ANSWER_BYTES} bytes")]
    TooLong,
}

/// The client.
#[derive(Clone, Debug)]
pub struct Http(Client);

impl Http {
    /// Prepares it. Nothing is sent yet.
    ///
    /// # Errors
    /// Where this host has no root certificates, or TLS cannot be set up.
    pub fn new(with_tls: bool) -> Result<Self, HttpError> {
        let setup = |error: &dyn std::fmt::Display| HttpError::Client(error.to_string());
        // Without TLS there is nothing to verify: the host's root certificates are not even read.
        let roots = if with_tls { host_roots()? } else { RootCertStore::empty() };
        let tls = tls(roots).map_err(|error| setup(&error))?;
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .user_agent(concat!("muster/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT)
            .redirect(Policy::none())
            .referer(false)
            .build();
        client.map(Self).map_err(|error| setup(&error))
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let failed = |error: reqwest::Error| HttpError::Call(reason(&error));
        let request = request.try_into().map_err(failed)?;
        let mut answer = self.0.execute(request).await.map_err(failed)?;
        let mut read = http::Response::builder().status(answer.status());
        for (name, value) in answer.headers() {
            read = read.header(name, value);
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(failed)? {
            if body.len() + chunk.len() > MAX_ANSWER_BYTES {
                return Err(HttpError::TooLong);
            }
            body.extend_from_slice(&chunk);
        }
        read.body(body).map_err(|error| HttpError::Call(error.to_string()))
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

/// An error and what it came from, for the log.
pub(super) fn causes(error: &dyn std::error::Error) -> String {
    let sources = std::iter::successors(Some(error), |error| error.source());
    log_safe(&sources.map(ToString::to_string).collect::<Vec<_>>().join(": "))
}
