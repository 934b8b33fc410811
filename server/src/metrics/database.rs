//! What is measured of the database, whatever connection it goes by.

use super::Histogram;

/// What is measured. Clones are the same one.
#[derive(Clone, Debug)]
pub struct DatabaseMeters {
    /// How long statements take; wrap what is one in [`Histogram::time`].
    pub statements: Histogram,
    /// How many changes are committed together: one observation for each commit of several, by
    /// [`Histogram::observe_count`].
    pub batches: Histogram,
}

impl Default for DatabaseMeters {
    fn default() -> Self {
        Self { statements: Histogram::of_durations(), batches: Histogram::of_counts() }
    }
}
