//! For how long what happened is kept.

/// For how many days what happened is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// The audit trail.
    pub audit_days: u32,
    /// The connection history.
    pub connection_days: u32,
}

impl Default for Retention {
    /// A year and a month of the audit trail, so that this year can be compared with the last.
    fn default() -> Self {
        Self { audit_days: 400, connection_days: 90 }
    }
}
