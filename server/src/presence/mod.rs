//! Heartbeats: kept in memory, written together once a second; and who fell silent.
//!
//! A heartbeat is the most frequent request by far and changes nothing that anyone was promised: what a crash loses of
//! it is a second of "last heartbeat". Changes of state (connected, cut off, stopped) are written at once.

mod connections;
mod heard;
pub mod job;
pub mod recorded;
mod refused;

use std::{
    collections::{HashMap, hash_map::Entry},
    hash::Hash,
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use muster::{
    id::{DelegateId, TokenId},
    time::Timestamp,
};

use self::{
    connections::lose,
    heard::Heard,
    recorded::Recorded,
    refused::{Refused, RefusedCalls},
};
pub use self::{
    connections::{connect, connect_all, disconnect},
    refused::TOO_MANY,
};

/// How many rows one statement changes.
const MAX_ROWS_AT_ONCE: usize = 500;
/// How often it is noted that a delegate that is refused calls.
const CUT_OFF_NOTED_EVERY: Duration = Duration::from_secs(10);
/// For how long after its last call it is remembered which calls of a process were heard.
const HEARD_FOR: Duration = Duration::from_secs(24 * 60 * 60);
/// Why a delegate counts as lost that was not heard to stop.
const SILENT: &str = "no heartbeat";

#[derive(Clone, Copy, Debug)]
struct Beat {
    at: Timestamp,
    until: Timestamp,
}

/// A token was last used: when, by which delegate, and from which address.
#[derive(Clone, Debug)]
struct Use {
    at: Timestamp,
    by: (DelegateId, String),
    from: IpAddr,
}

/// When a delegate that is refused was last heard.
#[derive(Clone, Copy, Debug)]
struct CutOff {
    at: Timestamp,
    clock_behind: Option<i64>,
    is_written: bool,
}

/// What is heard of delegates and not yet written, and since when they are listened to.
#[derive(Debug)]
pub struct Presence {
    beats: Mutex<HashMap<DelegateId, Beat>>,
    uses: Mutex<HashMap<TokenId, Use>>,
    refused: RefusedCalls,
    recorded: Recorded,
    cut_off: Mutex<HashMap<DelegateId, CutOff>>,
    heard: Mutex<HashMap<DelegateId, Heard>>,
    listening: Mutex<Listening>,
}

/// Since when delegates are listened to without a break.
#[derive(Debug)]
struct Listening {
    since: Timestamp,
    /// How often the database had failed then.
    failures: u64,
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Presence {
    /// Listens from now on.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self {
            beats: Mutex::default(),
            uses: Mutex::default(),
            refused: RefusedCalls::default(),
            recorded: Recorded::default(),
            cut_off: Mutex::default(),
            heard: Mutex::default(),
            listening: Mutex::new(Listening { since: now, failures: 0 }),
        }
    }

    /// Notes a heartbeat: the delegate counts as connected until `until` if nothing more is heard.
    pub fn beat(&self, id: DelegateId, at: Timestamp, until: Timestamp) {
        held(&self.beats).insert(id, Beat { at, until });
    }

    /// Notes that a delegate used a token.
    pub fn used(&self, token: TokenId, at: Timestamp, by: DelegateId, name: &str, from: IpAddr) {
        let mut uses = held(&self.uses);
        let last = uses.entry(token).or_insert_with(|| Use { at, by: (by, String::new()), from });
        (last.at, last.by.0, last.from) = (at, by, from);
        name.clone_into(&mut last.by.1);
    }

    /// Notes that a delegate called which is refused: its token is good no more, or a person rejected or disabled it.
    /// Tells whether that is news: each one is noted once in a while.
    pub fn cut_off(&self, id: DelegateId, at: Timestamp, clock_behind: Option<i64>) -> bool {
        let mut cut_off = held(&self.cut_off);
        if cut_off.get(&id).is_some_and(|last| at.since(last.at) < CUT_OFF_NOTED_EVERY) {
            return false;
        }
        cut_off.insert(id, CutOff { at, clock_behind, is_written: false });
        true
    }

    /// Whether a process's call with this counter was not heard before. This manager's memory: what must not be heard
    /// twice by several, or after a restart, is written down where it is done.
    pub fn is_fresh(&self, id: DelegateId, process: &str, counter: u64, now: Timestamp) -> bool {
        let mut heard = held(&self.heard);
        let new = || Heard { process: process.to_owned(), largest: counter, before: 0, at: now };
        match heard.entry(id) {
            Entry::Vacant(entry) => {
                entry.insert(new());
                true
            }
            Entry::Occupied(mut entry) if entry.get().process != process => {
                entry.insert(new());
                true
            }
            Entry::Occupied(mut entry) => {
                entry.get_mut().at = now;
                entry.get_mut().is_new(counter)
            }
        }
    }

    /// Forgets which calls were heard of delegates that have not called for long, and who was turned away in hours that
    /// are over.
    pub fn tidy(&self, now: Timestamp) {
        self.tidy_refused(now);
        held(&self.heard).retain(|_, heard| now.since(heard.at) < HEARD_FOR);
    }

    /// For how long delegates have been listened to without a break: the manager's own outage, or the database's, is
    /// no silence of theirs.
    pub fn listening_for(&self, now: Timestamp, failures: u64) -> Duration {
        let mut listening = held(&self.listening);
        if listening.failures != failures {
            *listening = Listening { since: now, failures };
        }
        now.since(listening.since)
    }

    /// Listens anew: this process was stopped, and heard nothing meanwhile.
    fn listen_anew(&self, now: Timestamp) {
        held(&self.listening).since = now;
    }

    /// Notes again what could not be written, but for what is newer already.
    fn put_back<K: Eq + Hash, V>(map: &Mutex<HashMap<K, V>>, rows: Vec<(K, V)>) {
        let mut map = held(map);
        for (key, value) in rows {
            map.entry(key).or_insert(value);
        }
    }

    fn take<K, V>(map: &Mutex<HashMap<K, V>>) -> Vec<(K, V)> {
        std::mem::take(&mut *held(map)).into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_latest_beat_of_a_delegate_is_kept() {
        let presence = Presence::new(Timestamp::from_millis(0));
        let id = DelegateId(uuid::Uuid::from_u128(1));
        for at in [1, 2] {
            presence.beat(id, Timestamp::from_millis(at), Timestamp::from_millis(at + 10));
        }
        let taken = Presence::take(&presence.beats);
        assert_eq!(taken.len(), 1);
        assert_eq!(taken[0].1.until, Timestamp::from_millis(12));
        assert!(Presence::take(&presence.beats).is_empty());
    }

    #[test]
    fn a02_a_proof_counts_once() {
        let presence = Presence::new(Timestamp::from_millis(0));
        let id = DelegateId(uuid::Uuid::from_u128(1));
        let fresh = |process, counter| presence.is_fresh(id, process, counter, Timestamp::from_millis(0));
        assert!(fresh("a", 100) && !fresh("a", 100));
        assert!(fresh("a", 103) && fresh("a", 101) && fresh("a", 102) && !fresh("a", 101) && !fresh("a", 100));
        assert!(fresh("a", 167) && !fresh("a", 103) && fresh("a", 104) && !fresh("a", 104));
        assert!(!fresh("a", 102), "older than what is remembered");
        assert!(fresh("a", 1000) && !fresh("a", 900) && fresh("a", 999));
        assert!(fresh("b", 1), "another process counts for itself");
    }

    #[test]
    fn b10_an_outage_of_the_managers_own_is_no_silence_of_delegates() {
        let at = |secs: i64| Timestamp::from_millis(secs * 1000);
        let presence = Presence::new(at(0));
        assert_eq!(presence.listening_for(at(5), 0), Duration::from_secs(5));
        assert_eq!(presence.listening_for(at(15), 0), Duration::from_secs(15));
        assert_eq!(presence.listening_for(at(16), 1), Duration::ZERO, "the database failed");
        assert_eq!(presence.listening_for(at(17), 1), Duration::from_secs(1));
        presence.listen_anew(at(60));
        assert_eq!(presence.listening_for(at(61), 1), Duration::from_secs(1), "the process was stopped");
    }
}
