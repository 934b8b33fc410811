//! The one place that provides the time of day, and that knows how far it is from the manager's.

#![allow(clippy::disallowed_methods)]

use std::{
    sync::atomic::{AtomicBool, AtomicI64, Ordering},
    time::Duration,
};

use muster::time::Timestamp;
use time::OffsetDateTime;

/// The largest difference at which a clock counts as right: credentials and certificates are good for minutes at least.
const MAX_DIFFERENCE: Duration = Duration::from_secs(60);

/// By how many milliseconds this host's clock is ahead of the manager's; one host has one clock.
static AHEAD: AtomicI64 = AtomicI64::new(UNKNOWN);
const UNKNOWN: i64 = i64::MIN;
static WARNED: AtomicBool = AtomicBool::new(false);

/// The time of day, by this host's clock.
pub(crate) fn now() -> Timestamp {
    OffsetDateTime::now_utc().into()
}

/// Takes in the date of an answer. Where the manager accepts what it was sent, a clock that is wrong is logged once: other
/// things will not accept it.
pub(crate) fn compare(date: Option<&str>, accepted: bool) {
    let Some(date) = date.and_then(|date| httpdate::parse_http_date(date).ok()) else { return };
    let ahead = now().as_millis().saturating_sub(Timestamp::from(OffsetDateTime::from(date)).as_millis());
    AHEAD.store(ahead, Ordering::Relaxed);
    if let Difference::Wrong(words) = difference_of(ahead)
        && accepted
        && !WARNED.swap(true, Ordering::Relaxed)
    {
        tracing::warn!("this host's clock is {words} the manager's: it says {}; set one of them right", now());
    }
}

/// How this host's clock and the manager's differ.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Difference {
    /// The manager's is not known yet.
    Unknown,
    /// Hardly.
    Small,
    /// Too much: "45 min behind".
    Wrong(String),
}

/// How they differed when the manager answered last.
pub(crate) fn difference() -> Difference {
    difference_of(AHEAD.load(Ordering::Relaxed))
}

fn difference_of(ahead: i64) -> Difference {
    let by = Duration::from_millis(ahead.unsigned_abs());
    if ahead == UNKNOWN {
        return Difference::Unknown;
    }
    if by <= MAX_DIFFERENCE {
        return Difference::Small;
    }
    let words = match by.as_secs() {
        seconds @ ..120 => format!("{seconds} s"),
        seconds @ ..7_200 => format!("{} min", seconds / 60),
        seconds @ ..172_800 => format!("{} h", seconds / 3_600),
        seconds => format!("{} days", seconds / 86_400),
    };
    Difference::Wrong(format!("{words} {}", if ahead > 0 { "ahead of" } else { "behind" }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c29_a_difference_is_said_in_words() {
        for (ahead, words) in [
            (61_000, "61 s ahead of"),
            (-61_000, "61 s behind"),
            (-2_701_000, "45 min behind"),
            (7_200_000, "2 h ahead of"),
            (-172_800_000, "2 days behind"),
        ] {
            assert_eq!(difference_of(ahead), Difference::Wrong(words.to_owned()));
        }
        for small in [0, 60_000, -60_000, 900] {
            assert_eq!(difference_of(small), Difference::Small);
        }
        assert_eq!(difference_of(UNKNOWN), Difference::Unknown);
    }
}
