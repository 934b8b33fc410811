//! Points in time.

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, PrimitiveDateTime, format_description::well_known::Rfc3339, macros::format_description};

/// A point in time: whole milliseconds since the Unix epoch, UTC.
///
/// One integer in both databases and on the wire, so that it sorts and compares the same everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The point that lies `millis` milliseconds after the Unix epoch.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the Unix epoch.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the Unix epoch, as `NumericDate` has them (RFC 7519, section 2).
    #[must_use]
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This point moved into the future.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(millis(duration)))
    }

    /// This point moved into the past.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(millis(duration)))
    }

    /// Reads a date and a time in UTC as fields of browsers hold them, to the minute or the second: `2026-11-21T09:30`.
    #[must_use]
    pub fn parse_minute(text: &str) -> Option<Self> {
        let minute = format_description!("[year]-[month]-[day]T[hour]:[minute]");
        let second = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]");
        let time = PrimitiveDateTime::parse(text, minute).or_else(|_| PrimitiveDateTime::parse(text, second));
        time.ok().map(|time| time.assume_utc().into())
    }

    /// Reads a point in time as programs write it (RFC 3339): `2026-11-21T09:30:00Z`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        OffsetDateTime::parse(text, &Rfc3339).ok().map(Self::from)
    }

    /// As such a field holds it: see [`Timestamp::parse_minute`].
    #[must_use]
    pub fn to_minute(self) -> String {
        self.to_string().get(..16).unwrap_or_default().to_owned()
    }

    /// To the minute, for people: `2026-11-21 09:30 UTC`.
    #[must_use]
    pub fn for_people(self) -> String {
        match self.to_string() {
            text if text.len() == 20 => format!("{} {} UTC", &text[..10], &text[11..16]),
            text => text,
        }
    }

    /// How long after `earlier` this point lies; zero where it lies before it.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

impl From<OffsetDateTime> for Timestamp {
    fn from(time: OffsetDateTime) -> Self {
        Self(i64::try_from(time.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX))
    }
}

/// RFC 3339 to the second, in UTC: `2026-11-21T09:30:00Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text =
            OffsetDateTime::from_unix_timestamp(self.as_seconds()).ok().and_then(|time| time.format(&Rfc3339).ok());
        f.write_str(text.as_deref().unwrap_or("out of range"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_field_holds_is_read_back() {
        let at = Timestamp::from_millis(1_000_000_020_000);
        assert_eq!(at.to_minute(), "2001-09-09T01:47");
        assert_eq!(Timestamp::parse_minute(&at.to_minute()), Some(at));
        assert_eq!(Timestamp::parse_minute("2001-09-09T01:47:00"), Some(at));
        assert_eq!(at.for_people(), "2001-09-09 01:47 UTC");
        for text in ["", "2001-09-09", "2001-13-09T01:47", "2001-09-09T25:00"] {
            assert_eq!(Timestamp::parse_minute(text), None, "{text}");
        }
    }

    #[test]
    fn prints_as_rfc_3339_to_the_second() {
        assert_eq!(Timestamp::from_millis(1_000_000_000_999).to_string(), "2001-09-09T01:46:40Z");
        assert_eq!(Timestamp::from_millis(i64::MAX).to_string(), "out of range");
    }

    #[test]
    fn differences_never_run_below_zero() {
        let (early, late) = (Timestamp::from_millis(5), Timestamp::from_millis(12));
        assert_eq!(late.since(early), Duration::from_millis(7));
        assert_eq!(early.since(late), Duration::ZERO);
    }
}
