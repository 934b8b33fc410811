//! Trouble with the manager: how long to wait, and what to say of it without flooding the log.

use std::time::Duration;

use muster::wire::envelope::Refusal;

use crate::{backoff, failure::Failure};

/// How often trouble that goes on is said again.
const AGAIN: Duration = Duration::from_secs(5 * 60);
/// How often a refusal that goes on is said again: only a person can end it, and they have been told how.
const REFUSED_AGAIN: Duration = Duration::from_secs(10 * 60);
/// How soon new trouble of a kind that was said before is said: a manager that comes and goes is no flood either.
const ANEW: Duration = Duration::from_secs(60);

/// Kinds of trouble, each with a word of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Away,
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
            Failure::Away { .. } => Self::Away,
            Failure::Refused(Refusal::RevokedToken) => Self::Revoked,
            Failure::Refused(Refusal::InvalidToken) => Self::Invalid,
            Failure::Refused(Refusal::ExpiredToken) => Self::Expired,
            Failure::Refused(Refusal::InvalidProof) => Self::InvalidProof,
            Failure::Declined(_) => Self::Declined,
        }
    }

    const fn again(self) -> Duration {
        match self {
            Self::Away | Self::Declined => AGAIN,
            Self::Revoked | Self::Invalid | Self::Expired | Self::InvalidProof => REFUSED_AGAIN,
        }
    }
}

/// What is known of the trouble of now, and of what was said before. Times count from the delegate's start.
#[derive(Debug, Default)]
pub(crate) struct Trouble {
    now: Option<Now>,
    said_at: [Option<Duration>; KINDS],
}

#[derive(Debug)]
struct Now {
    since: Duration,
    attempts: u32,
    seen: [bool; KINDS],
    said: bool,
}

impl Trouble {
    /// Whether the last call went wrong.
    pub(crate) const fn is_on(&self) -> bool {
        self.now.is_some()
    }

    /// Takes in a failure. Says how long to wait, and whether to say so.
    pub(crate) fn take(&mut self, failure: &Failure, now: Duration, chance: f64) -> (Duration, bool) {
        let trouble = self.now.get_or_insert(Now { since: now, attempts: 0, seen: [false; KINDS], said: false });
        let before = trouble.attempts;
        trouble.attempts = before.saturating_add(1);

        let kind = Kind::of(failure);
        let slot = kind as usize;
        let gap = if trouble.seen[slot] { kind.again() } else { ANEW };
        trouble.seen[slot] = true;
        let say = self.said_at[slot].is_none_or(|at| now.saturating_sub(at) >= gap);
        if say {
            self.said_at[slot] = Some(now);
            trouble.said = true;
        }

        let wait = match failure {
            Failure::Away { wait: Some(wait), .. } => backoff::asked(*wait, chance).max(backoff::soon(before, chance)),
            Failure::Away { wait: None, .. } => backoff::soon(before, chance),
            Failure::Refused(_) | Failure::Declined(_) => backoff::slow(before, chance),
        };
        (wait, say)
    }

    /// A call went well. Says how long the trouble lasted, where its beginning was said.
    pub(crate) fn over(&mut self, now: Duration) -> Option<Duration> {
        self.now.take().filter(|trouble| trouble.said).map(|trouble| now.saturating_sub(trouble.since))
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
        Failure::away("connection refused")
    }

    /// Lives through an hour of one failure, and counts what is said and how often it is tried.
    fn an_hour_of(failure: &Failure) -> (usize, usize) {
        let (mut trouble, mut now, mut said, mut tried) = (Trouble::default(), Duration::ZERO, 0, 0);
        while now < secs(3600) {
            let (wait, say) = trouble.take(failure, now, 0.5);
            said += usize::from(say);
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
        let mut trouble = Trouble::default();
        assert_eq!(trouble.over(secs(1)), None);
        assert!(trouble.take(&away(), secs(2), 0.0).1);
        assert!(!trouble.take(&away(), secs(3), 0.0).1);
        assert!(trouble.is_on());
        assert_eq!(trouble.over(secs(9)), Some(secs(7)));
        assert!(!trouble.is_on());
        assert!(!trouble.take(&away(), secs(10), 0.0).1, "a manager that comes and goes is no flood");
        assert_eq!(trouble.over(secs(11)), None);
        assert!(trouble.take(&away(), secs(62), 0.0).1, "new trouble is said after a minute");
    }

    #[test]
    fn kinds_that_alternate_are_said_once_each() {
        let (mut trouble, mut said) = (Trouble::default(), 0);
        for second in 0..240 {
            let failure = if second % 2 == 0 { away() } else { REVOKED };
            said += usize::from(trouble.take(&failure, secs(second), 0.0).1);
        }
        assert_eq!(said, 2);
    }

    #[test]
    fn the_wait_fits_the_failure() {
        let asked = Failure::Away { why: String::new(), wait: Some(secs(7)) };
        let mut trouble = Trouble::default();
        assert_eq!(trouble.take(&asked, secs(0), 0.0).0, secs(7));
        assert_eq!(trouble.take(&away(), secs(7), 1.0).0, secs(2));
        assert_eq!(Trouble::default().take(&REVOKED, secs(0), 0.5).0, secs(30));
        let mut long = Trouble::default();
        let waits: Vec<_> = (0..9).map(|at| long.take(&asked, secs(at), 0.0).0).collect();
        assert_eq!(waits[8], secs(30), "what is asked for never makes the wait shorter");
    }
}
