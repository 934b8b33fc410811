//! Slows down who tries too often: sign-ins, setup codes, registrations.

use std::{hash::Hash, net::IpAddr, num::NonZeroU32, time::Duration};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock as _};
use muster::{id::TokenId, user::Email};

use crate::error::Error;

/// The limits, each by what it is keyed on.
#[derive(Debug)]
pub struct Limits {
    sign_in_address: DefaultKeyedRateLimiter<IpAddr>,
    sign_in_person: DefaultKeyedRateLimiter<(IpAddr, Email)>,
    registration: DefaultKeyedRateLimiter<TokenId>,
    trial: DefaultKeyedRateLimiter<IpAddr>,
}

fn quota(burst: u32, one_every: Duration) -> Option<Quota> {
    match (NonZeroU32::new(burst), Quota::with_period(one_every)) {
        (Some(burst), Some(quota)) => Some(quota.allow_burst(burst)),
        _ => None,
    }
}

const ONE: NonZeroU32 = NonZeroU32::MIN;

impl Default for Limits {
    fn default() -> Self {
        let of = |burst, one_every| quota(burst, one_every).unwrap_or_else(|| Quota::per_second(ONE));
        Self {
            sign_in_address: RateLimiter::keyed(of(60, Duration::from_secs(2))),
            sign_in_person: RateLimiter::keyed(of(20, Duration::from_secs(15))),
            registration: RateLimiter::keyed(of(1000, Duration::from_millis(100))),
            // A proxy may stand before a thousand delegates that register at once.
            trial: RateLimiter::keyed(of(2000, Duration::from_millis(30))),
        }
    }
}

fn check<K: Hash + Eq + Clone>(limiter: &DefaultKeyedRateLimiter<K>, key: &K) -> Result<(), Error> {
    limiter.check_key(key).map_err(|until| {
        let wait = until.wait_time_from(governor::clock::DefaultClock::default().now());
        Error::TooMany(u32::try_from(wait.as_secs() + 1).unwrap_or(u32::MAX))
    })
}

impl Limits {
    /// An attempt to sign in, or to set up.
    ///
    /// # Errors
    /// [`Error::TooMany`].
    pub fn sign_in(&self, address: IpAddr, email: &Email) -> Result<(), Error> {
        check(&self.sign_in_address, &address)?;
        check(&self.sign_in_person, &(address, email.clone()))
    }

    /// A first registration with a token.
    ///
    /// # Errors
    /// [`Error::TooMany`].
    pub fn registration(&self, token: TokenId) -> Result<(), Error> {
        check(&self.registration, &token)
    }

    /// A credential from an address for which every token has to be tried, since it names none.
    ///
    /// # Errors
    /// [`Error::TooMany`].
    pub fn trial(&self, address: IpAddr) -> Result<(), Error> {
        check(&self.trial, &address)
    }

    /// Forgets who has not tried for long, so that the tables stay small.
    pub fn tidy(&self) {
        self.sign_in_address.retain_recent();
        self.sign_in_person.retain_recent();
        self.registration.retain_recent();
        self.trial.retain_recent();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_slowed_down_without_touching_others() {
        let limits = Limits::default();
        let address = IpAddr::from([192, 0, 2, 1]);
        let [ada, bob] = ["ada@example.com", "bob@example.com"].map(|text| Email::parse(text).unwrap());
        for _ in 0..20 {
            limits.sign_in(address, &ada).unwrap();
        }
        assert!(matches!(limits.sign_in(address, &ada), Err(Error::TooMany(1..=15))));
        limits.sign_in(address, &bob).unwrap();
        limits.tidy();
    }
}
