//! Slows down who tries too often: sign-ins, setup codes, links, registrations.

use std::{hash::Hash, net::IpAddr, num::NonZeroU32, time::Duration};

use governor::{
    DefaultKeyedRateLimiter, NotUntil, Quota, RateLimiter,
    clock::{Clock as _, QuantaInstant},
    middleware::StateInformationMiddleware,
};
use muster::{
    id::{ApiKeyId, TokenId, UserId},
    user::Email,
};

use super::device::Device;
use crate::{config::Bounds, error::Error, proxies::subscriber, random};

/// How many calls of the public API one key may make at once.
pub const PROGRAM_BURST: u32 = 600;
/// How long it takes until it may make one more.
pub const PROGRAM_PERIOD: Duration = Duration::from_millis(20);

/// The limits, each by what it is keyed on.
#[derive(Debug)]
pub struct Limits {
    sign_in_address: DefaultKeyedRateLimiter<IpAddr>,
    sign_in_person: DefaultKeyedRateLimiter<(IpAddr, Email)>,
    sign_in_device: DefaultKeyedRateLimiter<(u64, Email)>,
    code: DefaultKeyedRateLimiter<UserId>,
    link: DefaultKeyedRateLimiter<IpAddr>,
    stranger: DefaultKeyedRateLimiter<IpAddr>,
    registration: DefaultKeyedRateLimiter<TokenId>,
    trial: DefaultKeyedRateLimiter<IpAddr>,
    program: DefaultKeyedRateLimiter<ApiKeyId, StateInformationMiddleware>,
}

fn quota(burst: u32, one_every: Duration) -> Option<Quota> {
    match (NonZeroU32::new(burst), Quota::with_period(one_every)) {
        (Some(burst), Some(quota)) => Some(quota.allow_burst(burst)),
        _ => None,
    }
}

const ONE: NonZeroU32 = NonZeroU32::MIN;

impl Limits {
    /// `registrations` is how many first registrations with a token there may be in a minute: as many at once.
    #[must_use]
    pub fn new(registrations: u32) -> Self {
        let of = |burst, one_every| quota(burst, one_every).unwrap_or_else(|| Quota::per_second(ONE));
        Self {
            sign_in_address: RateLimiter::keyed(of(60, Duration::from_secs(2))),
            sign_in_person: RateLimiter::keyed(of(20, Duration::from_secs(15))),
            sign_in_device: RateLimiter::keyed(of(20, Duration::from_secs(15))),
            // A code is one of a million, and three are right at a time.
            code: RateLimiter::keyed(of(20, Duration::from_secs(60))),
            link: RateLimiter::keyed(of(60, Duration::from_secs(2))),
            stranger: RateLimiter::keyed(of(300, Duration::from_millis(200))),
            registration: RateLimiter::keyed(of(registrations, Duration::from_secs(60) / registrations.max(1))),
            // A proxy may stand before a thousand delegates that register at once.
            trial: RateLimiter::keyed(of(2000, Duration::from_millis(30))),
            program: RateLimiter::keyed(of(PROGRAM_BURST, PROGRAM_PERIOD)).with_middleware(),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::new(Bounds::default().registrations_per_minute)
    }
}

fn check<K: Hash + Eq + Clone>(limiter: &DefaultKeyedRateLimiter<K>, key: &K) -> Result<(), Error> {
    limiter.check_key(key).map_err(|until| too_many(&until))
}

fn too_many(until: &NotUntil<QuantaInstant>) -> Error {
    let wait = until.wait_time_from(governor::clock::DefaultClock::default().now());
    Error::TooMany(u32::try_from(wait.as_secs() + 1).unwrap_or(u32::MAX))
}

impl Limits {
    /// An attempt to sign in, or to set up. A browser that is known for this person has a count of its own: wrong
    /// guesses of strangers, also from the same address, do not use it up.
    ///
    /// # Errors
    /// [`Error::TooMany`].
    pub fn sign_in(&self, address: IpAddr, email: &Email, device: Option<&Device>) -> Result<(), Error> {
        if let Some(device) = device.filter(|device| device.knows(email)) {
            return check(&self.sign_in_device, &(device.id, email.clone()));
        }
        let address = subscriber(address);
        check(&self.sign_in_address, &address)?;
        check(&self.sign_in_person, &(address, email.clone()))
    }

    /// A try of a code of the second factor, by who has given the password of this person. Strangers' tries are counted
    /// together besides, from wherever they come: a code is short.
    ///
    /// # Errors
    /// [`Error::TooMany`].
    pub fn code(&self, address: IpAddr, user: UserId, email: &Email, device: Option<&Device>) -> Result<(), Error> {
        self.sign_in(address, email, device)?;
        if device.is_some_and(|device| device.knows(email)) { Ok(()) } else { check(&self.code, &user) }
    }

    /// A look at a link that works once, or a try to use it.
    ///
    /// # Errors
    /// [`Error::TooMany`].
    pub fn link(&self, address: IpAddr) -> Result<(), Error> {
        check(&self.link, &subscriber(address))
    }

    /// A form or a call of somebody who is not signed in.
    ///
    /// # Errors
    /// [`Error::TooMany`].
    pub fn stranger(&self, address: IpAddr) -> Result<(), Error> {
        check(&self.stranger, &subscriber(address))
    }

    /// A first registration with a token.
    ///
    /// # Errors
    /// [`Error::TooMany`].
    pub fn registration(&self, token: TokenId) -> Result<(), Error> {
        check(&self.registration, &token).map_err(|error| match error {
            Error::TooMany(seconds) => {
                // Not all at the same time again.
                let [spread] = random::bytes();
                Error::TooMany(seconds + u32::from(spread % 16))
            }
            other => other,
        })
    }

    /// A credential from an address for which every token has to be tried, since it names none.
    ///
    /// # Errors
    /// [`Error::TooMany`].
    pub fn trial(&self, address: IpAddr) -> Result<(), Error> {
        check(&self.trial, &address)
    }

    /// A call of the public API by a key. Gives how many more there may be at once.
    ///
    /// # Errors
    /// [`Error::TooMany`].
    pub fn program(&self, key: ApiKeyId) -> Result<u32, Error> {
        self.program.check_key(&key).map(|state| state.remaining_burst_capacity()).map_err(|until| too_many(&until))
    }

    /// Forgets who has not tried for long, so that the tables stay small.
    pub fn tidy(&self) {
        self.sign_in_address.retain_recent();
        self.sign_in_person.retain_recent();
        self.sign_in_device.retain_recent();
        self.code.retain_recent();
        self.link.retain_recent();
        self.stranger.retain_recent();
        self.registration.retain_recent();
        self.trial.retain_recent();
        self.program.retain_recent();
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
            limits.sign_in(address, &ada, None).unwrap();
        }
        assert!(matches!(limits.sign_in(address, &ada, None), Err(Error::TooMany(1..=15))));
        limits.sign_in(address, &bob, None).unwrap();
        limits.tidy();
    }

    #[test]
    fn b15_strangers_do_not_use_up_the_tries_of_a_known_browser() {
        let limits = Limits::default();
        let address = IpAddr::from([192, 0, 2, 1]);
        let [ada, bob] = ["ada@example.com", "bob@example.com"].map(|text| Email::parse(text).unwrap());
        while limits.sign_in(address, &ada, None).is_ok() {}
        let device = Device::after_sign_in(None, &ada);
        limits.sign_in(address, &ada, Some(&device)).unwrap();
        assert!(limits.sign_in(address, &bob, Some(&Device::after_sign_in(None, &ada))).is_ok(), "another person");
        while limits.sign_in(address, &ada, Some(&device)).is_ok() {}
        assert!(limits.sign_in(address, &ada, Some(&Device::after_sign_in(None, &ada))).is_ok(), "another browser");
    }

    #[test]
    fn codes_are_counted_from_wherever_they_come() {
        let limits = Limits::default();
        let (ada, id) = (Email::parse("ada@example.com").unwrap(), UserId(uuid::Uuid::from_u128(1)));
        let from = |last| IpAddr::from([192, 0, 2, last]);
        for last in 0..20 {
            limits.code(from(last), id, &ada, None).unwrap();
        }
        assert!(matches!(limits.code(from(21), id, &ada, None), Err(Error::TooMany(1..=60))));
        let device = Device::after_sign_in(None, &ada);
        limits.code(from(21), id, &ada, Some(&device)).unwrap();
        limits.code(from(22), UserId(uuid::Uuid::from_u128(2)), &ada, None).unwrap();
    }

    #[test]
    fn b13_a_strangers_forms_are_counted() {
        let limits = Limits::default();
        let [one, other] = [IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2])];
        for _ in 0..300 {
            limits.stranger(one).unwrap();
        }
        assert!(matches!(limits.stranger(one), Err(Error::TooMany(_))));
        limits.stranger(other).unwrap();
    }
}
