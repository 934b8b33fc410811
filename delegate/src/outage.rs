//! Outages of the manager, and its refusals: how long to wait, and what to log without flooding the log.

use std::time::Duration;

use muster::wire::envelope::Refusal;

use crate::{backoff, failure::Failure};

/// How often an outage that goes on is logged again.
const REPEAT_INTERVAL: Duration = Duration::from_secs(5 * 60);
/// How often a refusal that goes on is logged again: only a person can end it, and they have been told how.
const REFUSAL_REPEAT_INTERVAL: Duration = Duration::from_secs(10 * 60);
/// How soon a new outage of a kind that was logged before is logged: a manager that comes and goes is no flood either.
const MIN_GAP: Duration = Duration::from_secs(60);

/// Kinds of failure, each with a line of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Unavailable,
    Revoked,
    Invalid,
    Expired,
    InvalidProof,
    Declined,
}

const KINDS: usize = 6;

impl Kind {
    const fn of(failure: &Failure) -> Self {
        match failure {
            Failure::Unavailable { .. } => Self::Unavailable,
            Failure::Refused(Refusal::RevokedToken) => Self::Revoked,
            Failure::Refused(Refusal::InvalidToken) => Self::Invalid,
            Failure::Refused(Refusal::ExpiredToken) => Self::Expired,
            Failure::Refused(Refusal::InvalidProof) => Self::InvalidProof,
            Failure::Declined(_) => Self::Declined,
        }
    }

    const fn repeat_interval(self) -> Duration {
        match self {
            Self::Unavailable | Self::Declined => REPEAT_INTERVAL,
            Self::Revoked | Self::Invalid | Self::Expired | Self::InvalidProof => REFUSAL_REPEAT_INTERVAL,
        }
    }
}

/// The outage of now, where there is one, and when each kind was logged last. Times count from the delegate's start.
#[derive(Debug, Default)]
pub(crate) struct Outage {
    current: Option<Current>,
    logged_at: [Option<Duration>; KINDS],
}

#[derive(Debug)]
struct Current {
    since: Duration,
    attempts: u32,
    seen: [bool; KINDS],
    logged: bool,
}

impl Outage {
    /// Whether the last call went wrong.
    pub(crate) const fn is_ongoing(&self) -> bool {
        self.current.is_some()
    }

    /// Takes in a failure. Gives how long to wait, and whether to log it.
    pub(crate) fn record(&mut self, failure: &Failure, now: Duration, random: f64) -> (Duration, bool) {
        let outage =
            self.current.get_or_insert(Current { since: now, attempts: 0, seen: [false; KINDS], logged: false });
        let before = outage.attempts;
        outage.attempts = before.saturating_add(1);

        let kind = Kind::of(failure);
        let slot = kind as usize;
        let gap = if outage.seen[slot] { kind.repeat_interval() } else { MIN_GAP };
        outage.seen[slot] = true;
        let log_it = self.logged_at[slot].is_none_or(|at| now.saturating_sub(at) >= gap);
        if log_it {
            self.logged_at[slot] = Some(now);
            outage.logged = true;
        }

        let wait = match failure {
            Failure::Unavailable { retry_after, .. } => backoff::unavailable(*retry_after, before, random),
            Failure::Refused(_) | Failure::Declined(_) => backoff::slow(before, random),
        };
        (wait, log_it)
    }

    /// A call went well. Gives how long the outage lasted, where its beginning was logged.
    pub(crate) fn end(&mut self, now: Duration) -> Option<Duration> {
        self.current.take().filter(|outage| outage.logged).map(|outage| now.saturating_sub(outage.since))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REVOKED: Failure = Failure::Refused(Refusal::RevokedToken);

    fn secs(secs: u64) -> Duration {
        Duration::from_secs(secs)
    }

    fn away() -> Failure {
        Failure::unavailable("connection refused")
    }

    /// Lives through an hour of one failure, and counts what is said and how often it is tried.
    fn an_hour_of(failure: &Failure) -> (usize, usize) {
        let (mut outage, mut now, mut said, mut tried) = (Outage::default(), Duration::ZERO, 0, 0);
        while now < secs(3600) {
            let (wait, log_it) = outage.record(failure, now, 0.5);
            said += usize::from(log_it);
            tried += 1;
            now += wait;
        }
        (said, tried)
    }

    #[test]
    fn an_outage_of_an_hour_is_some_lines_and_retries_go_on() {
        let (said, tried) = an_hour_of(&away());
        assert!((10..=12).contains(&said) && tried > 60, "{said} {tried}");
        let (said, tried) = an_hour_of(&REVOKED);
        assert!((5..=6).contains(&said) && (55..=65).contains(&tried), "{said} {tried}");
    }

    #[test]
    fn the_end_is_said_only_where_the_beginning_was() {
        let mut outage = Outage::default();
        assert_eq!(outage.end(secs(1)), None);
        assert!(outage.record(&away(), secs(2), 0.0).1);
        assert!(!outage.record(&away(), secs(3), 0.0).1);
        assert!(outage.is_ongoing());
        assert_eq!(outage.end(secs(9)), Some(secs(7)));
        assert!(!outage.is_ongoing());
        assert!(!outage.record(&away(), secs(10), 0.0).1, "a manager that comes and goes is no flood");
        assert_eq!(outage.end(secs(11)), None);
        assert!(outage.record(&away(), secs(62), 0.0).1, "new outage is said after a minute");
    }

    #[test]
    fn kinds_that_alternate_are_said_once_each() {
        let (mut outage, mut said) = (Outage::default(), 0);
        for second in 0..240 {
            let failure = if second % 2 == 0 { away() } else { REVOKED };
            said += usize::from(outage.record(&failure, secs(second), 0.0).1);
        }
        assert_eq!(said, 2);
    }

    #[test]
    fn the_wait_fits_the_failure() {
        let asked = Failure::Unavailable { reason: String::new(), retry_after: Some(secs(7)) };
        let mut outage = Outage::default();
        assert_eq!(outage.record(&asked, secs(0), 0.0).0, secs(7));
        assert_eq!(outage.record(&away(), secs(7), 1.0).0, secs(2));
        assert_eq!(Outage::default().record(&REVOKED, secs(0), 0.5).0, secs(30));
        let mut long = Outage::default();
        let waits: Vec<_> = (0..9).map(|at| long.record(&asked, secs(at), 0.0).0).collect();
        assert_eq!(waits[8], secs(30), "what is asked for never makes the wait shorter");
    }
}
