//! What a request brings to show who makes it.

use std::{
    borrow::Cow,
    net::{IpAddr, SocketAddr},
};

use axum::{
    extract::ConnectInfo,
    http::{HeaderMap, request::Parts},
};
use serde::Deserialize;

use super::extract::unreadable_query;
use crate::error::Error;

/// The query that every call carries.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct AccountQuery<'a> {
    #[serde(rename = "accountId", borrow)]
    account_id: Cow<'a, str>,
}

/// What a request brings to show who makes it.
#[derive(Clone, Debug)]
pub struct Presented<'a> {
    pub(super) headers: &'a HeaderMap,
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    /// The account that it names.
    pub(super) account: Cow<'a, str>,
    /// The address that it came from.
    pub(super) address: IpAddr,
}

impl<'a> Presented<'a> {
    /// Reads it.
    ///
    /// # Errors
    /// [`Error::Invalid`] where the query cannot be read.
    pub fn read(parts: &'a Parts) -> Result<Self, Error> {
        let query = parts.uri.query().unwrap_or_default();
        let AccountQuery { account_id } = serde_urlencoded::from_str(query).map_err(|_| unreadable_query())?;
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Ok(Self {
            headers: &parts.headers,
            method: parts.method.as_str(),
            path: parts.uri.path(),
            account: account_id,
            address: peer.map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.0.ip()),
        })
    }
}
