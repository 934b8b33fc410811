//! TLS: rustls with ring, and the root certificates of this host.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore, crypto::ring};

/// TLS has nothing to trust.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "this host has no root certificates for https{0}; install the package ca-certificates, or name a file in \
     SSL_CERT_FILE"
)]
pub struct NoRoots(String);

/// The root certificates of this host, or those of the file that `SSL_CERT_FILE` names.
///
/// # Errors
/// Where there are none.
pub fn host_roots() -> Result<RootCertStore, NoRoots> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    // Hosts carry roots that are too old to be read; the others do.
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        let why = found.errors.first().map(|error| format!(": {error}")).unwrap_or_default();
        return Err(NoRoots(why));
    }
    Ok(roots)
}

/// How a client speaks TLS. It is handed to the HTTP client ready-made: the client's own verifier writes each refused
/// certificate into the log, which a manager that is tried for ever would flood.
///
/// # Errors
/// Where the provider of cryptography has no version of TLS: never, with ours.
pub fn tls(roots: RootCertStore) -> Result<ClientConfig, rustls::Error> {
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    Ok(config.with_safe_default_protocol_versions()?.with_root_certificates(roots).with_no_client_auth())
}
