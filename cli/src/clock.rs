//! The one place that provides the time of day.

#![allow(clippy::disallowed_methods)]

use muster::time::Timestamp;
use time::OffsetDateTime;

/// The time of day, by this machine's clock.
pub fn now() -> Timestamp {
    OffsetDateTime::now_utc().into()
}
