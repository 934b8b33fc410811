//! Single sign-on by OpenID Connect: the way to the identity provider and back. Who comes back is let in by
//! [`crate::manage::users::single_sign_on`].
//!
//! The provider is found by discovery when somebody first signs in by it, and looked up anew every ten minutes, so that
//! Muster starts without it and notices new keys. The code flow is used with PKCE, a state and a nonce, which travel in a sealed
//! cookie of the browser: nothing is stored for strangers, and an answer counts in the browser that asked alone.

mod http;
mod provider;
pub mod settings;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use muster::{time::Timestamp, user::Email};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use subtle::ConstantTimeEq as _;
use tokio::sync::Mutex;

use self::{http::Http, provider::Provider};
pub use self::{http::HttpError, settings::SingleSignOnSettings};
use crate::random;

/// Where the browser comes back to.
pub const CALLBACK_PATH: &str = "/login/sso/callback";
/// How soon the provider is looked up again where that failed.
const LOOKED_UP_AGAIN_AFTER: std::time::Duration = std::time::Duration::from_secs(5);
/// How long a person may take at the identity provider.
pub const LASTS: std::time::Duration = std::time::Duration::from_secs(15 * 60);

/// Why somebody could not be signed in. What is told to the log holds no secret.
#[derive(Debug, thiserror::Error)]
pub enum SignOnError {
    /// The provider cannot be asked, or does not answer as it should.
    #[error("the identity provider cannot be used: {0}")]
    Unusable(String),
    /// The provider did not sign the person in.
    #[error("the identity provider did not sign the person in: {0}")]
    Declined(String),
    /// The answer is not to what this browser asked, or too late.
    #[error("the answer is not to what this browser asked")]
    Mismatch,
    /// What the provider says of the person cannot be believed.
    #[error("the ID token cannot be believed: {0}")]
    Untrusted(String),
}

/// A sign-in that is under way, as the browser keeps it, sealed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Attempt {
    state: String,
    nonce: String,
    verifier: String,
    /// Where the person wanted to go.
    pub next: String,
    at: Timestamp,
}

impl Attempt {
    fn new(next: String, at: Timestamp) -> Self {
        let secret = || URL_SAFE_NO_PAD.encode(random::bytes::<32>());
        Self { state: secret(), nonce: secret(), verifier: secret(), next, at }
    }

    fn is_answered_by(&self, state: &str, now: Timestamp) -> bool {
        bool::from(self.state.as_bytes().ct_eq(state.as_bytes())) && now.since(self.at) < LASTS
    }
}

/// What the provider brings back with the browser.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Answer {
    /// To what it is an answer.
    #[serde(default)]
    pub state: String,
    /// Is worth tokens, once.
    #[serde(default)]
    code: String,
    /// Why there is no code; empty where there is one.
    #[serde(default)]
    error: String,
}

/// What the provider says of a person.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Who says so.
    pub issuer: String,
    /// Who, for that issuer: it stays the same where the address changes.
    pub subject: String,
    /// The address; none where the provider tells none, or none that could be one here.
    pub email: Option<Email>,
    /// Whether the provider has found out that it is the person's.
    pub is_verified: bool,
    /// What the person is called; may be empty.
    pub name: String,
    /// All claims, for the roles.
    pub claims: Value,
}

/// What came of looking the provider up.
#[derive(Debug, Default)]
struct Known {
    provider: Option<Provider>,
    /// When that last failed, and why.
    failed: Option<(Timestamp, String)>,
}

/// The identity provider of this installation.
#[derive(Debug)]
pub struct SingleSignOn {
    /// What was set.
    pub settings: SingleSignOnSettings,
    http: Http,
    /// Looked up one at a time: many who sign in at once ask once.
    known: Mutex<Known>,
}

impl SingleSignOn {
    /// Prepares it. Nothing is asked yet.
    ///
    /// # Errors
    /// Where this host cannot do TLS.
    pub fn new(settings: SingleSignOnSettings) -> Result<Self, HttpError> {
        let http = Http::new(settings.issuer.starts_with("https:"))?;
        Ok(Self { settings, http, known: Mutex::default() })
    }

    /// Where the browser is sent to sign in, and what it has to keep meanwhile.
    ///
    /// # Errors
    /// [`SignOnError::Unusable`].
    pub async fn begin(&self, next: String, now: Timestamp) -> Result<(String, Attempt), SignOnError> {
        let attempt = Attempt::new(next, now);
        let address = self.provider(now, false).await?.address(&self.settings, &attempt);
        Ok((address, attempt))
    }

    /// Who has signed in at the provider.
    ///
    /// # Errors
    /// See [`SignOnError`].
    pub async fn finish(&self, attempt: Attempt, answer: Answer, now: Timestamp) -> Result<Identity, SignOnError> {
        if !attempt.is_answered_by(&answer.state, now) {
            return Err(SignOnError::Mismatch);
        }
        if answer.code.is_empty() {
            // What it says comes with the address, and so from anybody: a word is enough for the log.
            let word: String = answer.error.chars().filter(|c| c.is_ascii_lowercase() || *c == '_').take(40).collect();
            return Err(SignOnError::Declined(word));
        }
        let provider = self.provider(now, false).await?;
        let tokens = provider.exchange(&self.http, &attempt, answer.code).await?;
        let provider = match provider.verify(&tokens, &attempt, now) {
            // It has other keys than when it was looked up.
            Err(provider::Unverified::UnknownKey) => self.provider(now, true).await?,
            _ => provider,
        };
        provider.identity(&self.http, &self.settings, &tokens, &attempt, now).await
    }

    async fn provider(&self, now: Timestamp, anew: bool) -> Result<Provider, SignOnError> {
        let mut known = self.known.lock().await;
        if let Some(provider) = known.provider.as_ref().filter(|provider| provider.is_fresh(now, anew)) {
            return Ok(provider.clone());
        }
        let just_failed = known.failed.as_ref().filter(|(at, _)| now.since(*at) < LOOKED_UP_AGAIN_AFTER);
        let found = match just_failed {
            // Who waited here for that does not wait as long once more.
            Some((_, why)) => Err(SignOnError::Unusable(why.clone())),
            None => Provider::discover(&self.settings, &self.http, now).await,
        };
        match (found, &known.provider) {
            (Ok(provider), _) => {
                *known = Known { provider: Some(provider.clone()), failed: None };
                Ok(provider)
            }
            (Err(error), before) => {
                let before = before.clone();
                if just_failed.is_none() {
                    tracing::warn!(%error, "the identity provider cannot be looked up");
                    let why = if let SignOnError::Unusable(why) = &error { why.clone() } else { error.to_string() };
                    known.failed = Some((now, why));
                }
                // It changes its keys and addresses seldom.
                before.ok_or(error)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_counts_for_what_was_asked_and_not_for_ever() {
        let at = Timestamp::from_millis(1_000);
        let (one, other) = (Attempt::new(String::new(), at), Attempt::new(String::new(), at));
        assert!(one.is_answered_by(&one.state, at));
        for state in ["", &other.state, &one.state[1..]] {
            assert!(!one.is_answered_by(state, at), "{state}");
        }
        assert!(!one.is_answered_by(&one.state, at.plus(LASTS)));
        assert!(one.verifier.len() >= 43, "as RFC 7636 asks");
    }
}
