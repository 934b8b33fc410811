//! For how long what happened is kept, and who is lost.

/// For how long what happened is kept, and who is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// The audit trail, in days.
    pub audit_days: u32,
    /// The connection history, in days.
    pub connection_days: u32,
    /// Runs of startup scripts and their logs, in days after their end.
    pub script_days: u32,
    /// Delegates in containers that are lost, in hours; 0 for ever. An orchestrator replaces its instances, and those
    /// that are gone do not come back.
    pub lost_hours: u32,
}

impl Default for Retention {
    /// A year and a month of the audit trail, so that this year can be compared with the last.
    fn default() -> Self {
        Self { audit_days: 400, connection_days: 90, script_days: 90, lost_hours: 6 }
    }
}
