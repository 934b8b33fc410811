//! Passwords: argon2id, off the async threads, and never more of them at once than the memory allows. Who waits, waits
//! in a queue that is bounded: one for browsers that are known, one for everybody else, in which no address has more than
//! a few places.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use argon2::{
    Argon2, Params,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use muster::user::{MAX_PASSWORD_BYTES, Password};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::{proxies::subscriber, random};

/// How many hashes are computed at once; each takes 19 MiB (the parameters that OWASP recommends, argon2's default).
const AT_ONCE: usize = 2;

/// How many strangers' passwords wait at once; more are sent away.
const MAX_STRANGERS: usize = 16;
/// How many of them are of one address: so whoever floods one address leaves places for others.
const MAX_OF_AN_ADDRESS: usize = 4;
/// How many passwords of known browsers wait at once.
const MAX_KNOWN: usize = 64;

/// Why a password could not be hashed. The password is not repeated.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// argon2 failed.
    #[error("a password could not be hashed: {0}")]
    Failed(String),
    /// Too many wait already.
    #[error("too many passwords wait to be checked")]
    Busy,
}

impl PasswordError {
    fn new(error: impl std::fmt::Display) -> Self {
        Self::Failed(error.to_string())
    }
}

/// Who is behind a password that is to be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    /// Anybody, at an address.
    Stranger(IpAddr),
    /// A browser in which this person signed in before, or somebody who is signed in.
    Known,
}

/// Those who wait for one of some places.
#[derive(Clone, Debug)]
struct Queue {
    waiting: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

impl Queue {
    fn new(waiting: usize, places: usize) -> Self {
        Self { waiting: Arc::new(Semaphore::new(waiting)), places: Arc::new(Semaphore::new(places)) }
    }

    /// A place; waits for one, where not too many do already.
    async fn enter(&self) -> Result<SemaphorePermit<'_>, PasswordError> {
        let _waiting = self.waiting.try_acquire().map_err(|_| PasswordError::Busy)?;
        self.places.acquire().await.map_err(PasswordError::new)
    }
}

/// How many passwords of each address wait or are checked.
#[derive(Clone, Debug, Default)]
struct Addresses(Arc<Mutex<HashMap<IpAddr, usize>>>);

impl Addresses {
    /// A place of an address, until it is dropped; where the address has not too many already.
    fn enter(&self, address: IpAddr) -> Result<AddressPlace<'_>, PasswordError> {
        let address = subscriber(address);
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let places = held.entry(address).or_default();
        if *places >= MAX_OF_AN_ADDRESS {
            return Err(PasswordError::Busy);
        }
        *places += 1;
        Ok(AddressPlace { of: self, address })
    }
}

struct AddressPlace<'a> {
    of: &'a Addresses,
    address: IpAddr,
}

impl Drop for AddressPlace<'_> {
    fn drop(&mut self) {
        let mut held = self.of.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(places) = held.get_mut(&self.address) {
            *places -= 1;
            if *places == 0 {
                held.remove(&self.address);
            }
        }
    }
}

/// Hashes and checks passwords.
#[derive(Clone, Debug)]
pub struct Passwords {
    /// One place fewer than there are hashes at once: the last one is always for who is known.
    strangers: Queue,
    addresses: Addresses,
    known: Queue,
    /// The hash of nobody's password, checked where there is no such person: so that the answer takes as long.
    nobody: Arc<str>,
}

impl Default for Passwords {
    fn default() -> Self {
        let (strangers, known) = (Queue::new(MAX_STRANGERS, AT_ONCE - 1), Queue::new(MAX_KNOWN, AT_ONCE));
        Self { strangers, addresses: Addresses::default(), known, nobody: hash_of_nobody().into() }
    }
}

impl Passwords {
    /// Hashes a password, in PHC form.
    ///
    /// # Errors
    /// Where argon2 fails.
    pub async fn hash(&self, password: Password) -> Result<String, PasswordError> {
        self.run(Asker::Known, move || hash(password.expose().as_bytes())).await?
    }

    /// Whether it is the password behind `hash`; with no hash it takes as long and says no.
    ///
    /// # Errors
    /// [`PasswordError::Busy`], or where argon2 fails.
    pub async fn verify(&self, asker: Asker, password: Password, hash: Option<String>) -> Result<bool, PasswordError> {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.nobody.to_string());
        self.run(asker, move || {
            let hash = PasswordHash::new(&hash).map_err(PasswordError::new)?;
            let bytes = password.expose().as_bytes();
            // Nobody can have set a longer one, and an endless one would be endless work.
            let fits = bytes.len() <= MAX_PASSWORD_BYTES;
            let bytes = if fits { bytes } else { &[] };
            Ok(Argon2::default().verify_password(bytes, &hash).is_ok() && known && fits)
        })
        .await?
    }

    async fn run<T: Send + 'static>(
        &self,
        asker: Asker,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PasswordError> {
        let _stranger = match asker {
            Asker::Stranger(address) => Some((self.addresses.enter(address)?, self.strangers.enter().await?)),
            Asker::Known => None,
        };
        let _place = self.known.enter().await?;
        tokio::task::spawn_blocking(work).await.map_err(PasswordError::new)
    }
}

fn hash(password: &[u8]) -> Result<String, PasswordError> {
    let salt = random::bytes::<16>();
    let hash = Argon2::default().hash_password_with_salt(password, &salt).map_err(PasswordError::new)?;
    Ok(hash.to_string())
}

/// A hash in the shape of a real one, of random bytes: it takes as long to check. To compute one would hold up each
/// start, and keep the memory that it takes.
fn hash_of_nobody() -> String {
    let params = Params::DEFAULT;
    let [salt, output] = [STANDARD_NO_PAD.encode(random::bytes::<16>()), STANDARD_NO_PAD.encode(random::bytes::<32>())];
    let (memory, passes, lanes) = (params.m_cost(), params.t_cost(), params.p_cost());
    format!("$argon2id$v=19$m={memory},t={passes},p={lanes}${salt}${output}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stranger(last: usize) -> Asker {
        Asker::Stranger(IpAddr::from([192, 0, 2, u8::try_from(last).unwrap()]))
    }

    #[test]
    fn the_hash_of_nobody_is_as_much_work_as_any() {
        let (nobody, real) = (hash_of_nobody(), hash(b"correct horse battery").unwrap());
        let parts = |hash: &str| hash.split('$').map(str::to_owned).collect::<Vec<_>>();
        let (nobody, real) = (parts(&nobody), parts(&real));
        assert_eq!(nobody[..4], real[..4]);
        let lengths = |parts: &[String]| parts.iter().map(String::len).collect::<Vec<_>>();
        assert_eq!(lengths(&nobody), lengths(&real));
    }

    #[tokio::test]
    async fn the_right_password_alone_is_accepted() {
        let passwords = Passwords::default();
        let right = Password::new("correct horse battery".into());
        let hash = passwords.hash(right.clone()).await.unwrap();
        assert!(hash.starts_with("$argon2id$"), "{hash}");
        let check = async |password, hash| passwords.verify(stranger(1), password, hash).await.unwrap();
        assert!(check(right.clone(), Some(hash.clone())).await);
        assert!(!check(Password::new("wrong".into()), Some(hash.clone())).await);
        assert!(!check(Password::new("x".repeat(5000)), Some(hash)).await);
        assert!(!check(right, None).await);
    }

    #[tokio::test]
    async fn b15_strangers_wait_in_a_queue_with_an_end_and_known_browsers_pass_them() {
        let passwords = Passwords::default();
        // All places of strangers are taken, and as many wait as may.
        let taken = passwords.strangers.places.acquire_many(u32::try_from(AT_ONCE - 1).unwrap()).await.unwrap();
        let guess = |from| {
            let passwords = passwords.clone();
            async move { passwords.verify(stranger(from), Password::new("guess".into()), None).await }
        };
        let until_waiting = async |count| {
            while MAX_STRANGERS - passwords.strangers.waiting.available_permits() < count {
                tokio::task::yield_now().await;
            }
        };
        let mut waiting: Vec<_> = (0..MAX_OF_AN_ADDRESS).map(|_| tokio::spawn(guess(0))).collect();
        until_waiting(MAX_OF_AN_ADDRESS).await;
        assert!(matches!(guess(0).await, Err(PasswordError::Busy)), "one address has a few places");
        waiting.extend((MAX_OF_AN_ADDRESS..MAX_STRANGERS).map(|from| tokio::spawn(guess(from))));
        until_waiting(MAX_STRANGERS).await;
        assert!(matches!(guess(MAX_STRANGERS).await, Err(PasswordError::Busy)));
        let hash = passwords.hash(Password::new("correct horse battery".into())).await.unwrap();
        let right = passwords.verify(Asker::Known, Password::new("correct horse battery".into()), Some(hash));
        assert!(right.await.unwrap());
        drop(taken);
        for guess in waiting {
            assert!(!guess.await.unwrap().unwrap());
        }
        assert!(passwords.addresses.0.lock().unwrap().is_empty(), "nothing is kept of who has gone");
    }
}
