//! What every request can reach.

use std::sync::Arc;

use muster::{id::AccountId, user::User};
use tokio::sync::Semaphore;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    auth::{limit::Limits, password::Passwords, setup::SetupCode},
    clock::Clock,
    config::{Bounds, Retention},
    db::Db,
    encryption::EncryptionKey,
    events::Events,
    metrics::Metrics,
    presence::Presence,
    program::Program,
    proxies::TrustedProxies,
    registrations::Queue,
    scripts::Masks,
    single_sign_on::SingleSignOn,
    token_values::TokenDigests,
};

/// How many changes that delegates ask for may wait at once. Whoever comes beyond that is told to come back, and a person
/// who changes something waits behind no more than these: some tenths of a second.
pub const MAX_DELEGATE_CHANGES: usize = 1024;

/// What every request can reach. Cheap to clone.
#[derive(Clone, Debug)]
pub struct State(Arc<Inner>);

/// The parts of [`State`].
#[derive(Debug)]
pub struct Inner {
    /// The database.
    pub db: Db,
    /// Tells the time.
    pub clock: Clock,
    /// Seals tokens.
    pub encryption: EncryptionKey,
    /// The installation's account.
    pub account: AccountId,
    /// The account's name.
    pub account_name: String,
    /// Where people and delegates reach this manager, where that was set: no slash at the end.
    pub public_url: Option<String>,
    /// The image that delegates in containers run, where a person names no other.
    pub delegate_image: String,
    /// The program that shell bundles carry: this one.
    pub program: Program,
    /// The proxies whose word about addresses is believed.
    pub trusted_proxies: TrustedProxies,
    /// The way to the identity provider, where there is one.
    pub single_sign_on: Option<Arc<SingleSignOn>>,
    /// Whether people sign in by password. Those whose password was set at the server's machine always do.
    pub password_sign_in: bool,
    /// Whether everybody has to have a second factor.
    pub require_second_factor: bool,
    /// How long what happened is kept.
    pub retention: Retention,
    /// How much may be asked by those who nobody has decided on.
    pub bounds: Bounds,
    /// Spreads what changed.
    pub events: Events,
    /// Heartbeats that are not yet written.
    pub presence: Presence,
    /// What is counted.
    pub metrics: Metrics,
    /// What masks secrets in logs.
    pub masks: Masks,
    /// Which token has which digest.
    pub token_digests: TokenDigests,
    /// First registrations that come at once.
    pub registrations: Queue,
    /// Bounds how many changes that delegates ask for wait at once: see [`MAX_DELEGATE_CHANGES`].
    pub delegate_changes: Semaphore,
    /// Hashes passwords.
    pub passwords: Passwords,
    /// Slows down who tries too often.
    pub limits: Limits,
    /// Lets the first administrator in.
    pub setup: SetupCode,
    /// Cancelled when the server stops: open streams end.
    pub stop: CancellationToken,
    /// What runs in the background and is waited for at the end.
    pub tasks: TaskTracker,
}

impl State {
    /// Puts the parts together.
    #[must_use]
    pub fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    /// Whether a person has to set up a second factor before anything else.
    #[must_use]
    pub fn has_to_enrol(&self, user: &User) -> bool {
        self.require_second_factor && user.second_factor_since.is_none()
    }

    /// Whether cookies are for TLS alone: where people reach this manager by it.
    #[must_use]
    pub fn has_secure_cookies(&self) -> bool {
        self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }
}

impl std::ops::Deref for State {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}
