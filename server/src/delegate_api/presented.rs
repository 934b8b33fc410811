//! What a request brings to show who makes it.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, request::Parts},
};
use serde::Deserialize;

use super::extract::Query;
use crate::{error::Error, state::State};

/// The query that every call carries.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct AccountQuery {
    #[serde(rename = "accountId")]
    account_id: String,
}

/// What a request brings to show who makes it.
#[derive(Clone, Debug)]
pub struct Presented {
    pub(super) headers: HeaderMap,
    pub(super) method: String,
    pub(super) path: String,
    /// The account that it names.
    pub(super) account: String,
    /// The address that it came from.
    pub(super) address: IpAddr,
}

impl Presented {
    /// Reads it.
    ///
    /// # Errors
    /// [`Error::Invalid`] where the query cannot be read.
    pub async fn read(parts: &mut Parts, state: &State) -> Result<Self, Error> {
        let Query(AccountQuery { account_id }) =
            Query::from_request_parts(parts, state).await.map_err(|error| error.0)?;
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Ok(Self {
            headers: parts.headers.clone(),
            method: parts.method.as_str().to_owned(),
            path: parts.uri.path().to_owned(),
            account: account_id,
            address: peer.map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.0.ip()),
        })
    }
}
