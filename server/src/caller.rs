//! Which delegate calls.

use std::{net::IpAddr, sync::Arc};

use muster::{
    delegate::{DelegateKey, Instance},
    time::Timestamp,
    token::Token,
    wire::proof::Proof,
};

/// Which delegate calls: what its credential and its proof show.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The token that the credential was made with.
    pub token: Arc<Token>,
    /// The proof of a key, where the call brings one.
    pub proof: Option<Proof>,
    /// The address that the call came from.
    pub address: IpAddr,
}

impl Caller {
    /// The key that the call is signed with.
    #[must_use]
    pub fn key(&self) -> Option<&DelegateKey> {
        self.proof.as_ref().map(|proof| &proof.key)
    }

    /// The process that signs.
    #[must_use]
    pub fn instance(&self) -> Option<Instance> {
        self.proof.as_ref().map(Proof::instance)
    }

    /// By how many seconds the caller's clock is behind; below zero where it is ahead.
    #[must_use]
    pub fn clock_behind(&self, now: Timestamp) -> Option<i64> {
        self.proof.as_ref().map(|proof| now.as_seconds() - proof.claims.iat)
    }
}
