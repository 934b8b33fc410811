//! The one place that provides the time of day.

#![allow(clippy::disallowed_methods)]

use muster::time::Timestamp;

/// The time of day, by this host's clock.
pub(crate) fn now() -> Timestamp {
    time::OffsetDateTime::now_utc().into()
}
