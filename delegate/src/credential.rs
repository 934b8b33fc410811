//! The delegate's credentials: made from the token, used again and again, renewed before they expire.

use std::fmt;

use muster::{
    time::Timestamp,
    token::TokenValue,
    wire::credential::{Claims, LIFETIME, SCHEME, seal},
};

/// Makes credentials, and keeps the newest.
pub(crate) struct Credentials {
    token: TokenValue,
    account: String,
    issuer: String,
    audience: String,
    newest: Option<(Timestamp, String)>,
}

impl Credentials {
    /// Makes credentials with this token. `issuer` names this host, `audience` the manager.
    pub(crate) fn new(token: TokenValue, account: String, issuer: String, audience: String) -> Self {
        Self { token, account, issuer, audience, newest: None }
    }

    /// The value of the `Authorization` header at `now`. `random` is called where a new credential is due: when less
    /// than half of its life is left, or when the clock was set back to before it was made.
    pub(crate) fn header(&mut self, now: Timestamp, random: impl FnOnce() -> ([u8; 12], [u8; 16])) -> &str {
        let good = |made: Timestamp| made <= now && now < made.plus(LIFETIME / 2);
        let kept = self.newest.take().filter(|(made, _)| good(*made));
        let (_, header) = self.newest.insert(kept.unwrap_or_else(|| {
            let (iv, name) = random();
            let name = uuid::Builder::from_random_bytes(name).into_uuid().to_string();
            let claims = Claims::new(&self.account, &self.issuer, &self.audience, name, now);
            (now, format!("{SCHEME} {}", seal(&self.token, &claims, iv)))
        }));
        header
    }

    /// Drops the newest credential: the manager refused it.
    pub(crate) fn forget(&mut self) {
        self.newest = None;
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use muster::wire::credential::Credential;

    const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);

    fn credentials() -> Credentials {
        Credentials::new(TokenValue::from_bytes([7; 16]), "account".into(), "host".into(), "manager".into())
    }

    #[test]
    fn it_opens_with_the_token_and_is_of_the_account() {
        let mut credentials = credentials();
        let header = credentials.header(NOW, || ([1; 12], [2; 16]));
        let credential = Credential::parse(header.strip_prefix("Delegate ").unwrap()).unwrap();
        assert!(credential.kid().is_some());
        assert_eq!(credential.open(&TokenValue::from_bytes([7; 16])).unwrap().check("account", NOW), Ok(()));
    }

    #[test]
    fn it_is_renewed_at_half_of_its_life_after_a_refusal_and_when_the_clock_was_set_back() {
        let mut credentials = credentials();
        let first = credentials.header(NOW, || ([1; 12], [1; 16])).to_owned();
        let early = NOW.plus(LIFETIME / 2).minus(Duration::from_millis(1));
        assert_eq!(credentials.header(early, || unreachable!()), first);
        let second = credentials.header(NOW.plus(LIFETIME / 2), || ([2; 12], [2; 16])).to_owned();
        assert_ne!(second, first);
        let third = credentials.header(NOW, || ([3; 12], [3; 16])).to_owned();
        assert_ne!(third, second);
        credentials.forget();
        assert_ne!(credentials.header(NOW, || ([4; 12], [4; 16])), third);
    }

    #[test]
    fn it_prints_redacted() {
        assert_eq!(format!("{:?}", credentials()), "[redacted]");
    }
}
