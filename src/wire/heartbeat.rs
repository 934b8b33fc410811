//! Heartbeats: a delegate is alive, and is told its status.

use serde::{Deserialize, Serialize};

use crate::{
    delegate::{Admission, Standing},
    time::Timestamp,
};

/// What a delegate is told of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WireStatus {
    /// It works.
    Enabled,
    /// It waits for a person.
    WaitingForApproval,
    /// It was rejected, disabled or deleted, or is unknown.
    Deleted,
}

impl From<Admission> for WireStatus {
    fn from(admission: Admission) -> Self {
        match admission {
            Admission::WaitingForApproval => Self::WaitingForApproval,
            Admission::Enabled => Self::Enabled,
            Admission::Rejected | Admission::Disabled => Self::Deleted,
        }
    }
}

/// The resource of a heartbeat's reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HeartbeatReply {
    /// The delegate's id, as it gave it.
    pub delegate_id: String,
    /// What it is to do.
    pub status: WireStatus,
    /// Always false.
    #[serde(default)]
    pub use_cdn: bool,
    /// Always null: Muster's delegate needs no Java.
    #[serde(default)]
    pub jre_version: Option<String>,
    /// Always null: Muster hands out no secret here.
    #[serde(default)]
    pub delegate_random_token: Option<String>,
    /// Always null.
    #[serde(default)]
    pub sequence_number: Option<String>,
    /// Our own: `REJECTED` where a person turned the delegate away and `DISABLED` where one put it out of work, so that
    /// ours keeps asking, and does not end as it does when it was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Our own, for a delegate that works: the profile and the version of its script that it is to apply, so that it
    /// asks for them only where it has others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applies: Option<Applied>,
    /// Our own, for a delegate that works: the run of its startup script that it is to end, by the id that it chose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancels: Option<String>,
}

/// A profile and a version of its script, as a delegate applies it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Applied {
    /// The profile's id.
    pub profile_id: String,
    /// The version ([`Standing::script_version`]), in milliseconds since the Unix epoch.
    pub last_updated_at: Timestamp,
}

impl From<&Standing> for Applied {
    fn from(delegate: &Standing) -> Self {
        Self { profile_id: delegate.profile_id.to_string(), last_updated_at: delegate.script_version }
    }
}

/// The reason that tells a rejected delegate from a deleted one.
pub const REJECTED: &str = "REJECTED";
/// The reason that tells a disabled delegate from a deleted one.
pub const DISABLED: &str = "DISABLED";

/// Why a delegate may do nothing that the manager knows, as it is told.
#[must_use]
pub fn barred(admission: Admission) -> Option<String> {
    match admission {
        Admission::Rejected => Some(REJECTED.to_owned()),
        Admission::Disabled => Some(DISABLED.to_owned()),
        Admission::WaitingForApproval | Admission::Enabled => None,
    }
}

impl HeartbeatReply {
    /// The reply to a delegate; none means that it is unknown.
    #[must_use]
    pub fn new(delegate_id: impl Into<String>, delegate: Option<&Standing>, now: Timestamp) -> Self {
        let admission = delegate.map(|delegate| delegate.admission);
        Self {
            delegate_id: delegate_id.into(),
            status: admission.map_or(WireStatus::Deleted, Into::into),
            use_cdn: false,
            jre_version: None,
            delegate_random_token: None,
            sequence_number: None,
            reason: admission.and_then(barred),
            cancels: delegate.and_then(Standing::cancels).map(|run| run.to_string()),
            applies: delegate.filter(|delegate| delegate.may_run_scripts(now)).map(Applied::from),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delegate::tests::delegate;

    const NOW: Timestamp = Timestamp::from_millis(0);

    #[test]
    fn the_reply_has_the_shape_that_clients_read() {
        let waiting = delegate(Admission::WaitingForApproval);
        assert_eq!(
            serde_json::to_value(HeartbeatReply::new("x", Some(&Standing::from(&waiting)), NOW)).unwrap(),
            serde_json::json!({"delegateId": "x", "status": "WAITING_FOR_APPROVAL", "useCdn": false,
                "jreVersion": null, "delegateRandomToken": null, "sequenceNumber": null})
        );
        assert_eq!(HeartbeatReply::new("x", None, NOW).status, WireStatus::Deleted);
    }

    #[test]
    fn who_works_is_told_what_to_apply() {
        let reply = |admission| HeartbeatReply::new("x", Some(&Standing::from(&delegate(admission))), NOW).applies;
        assert!(reply(Admission::Enabled).is_some_and(|applies| applies.last_updated_at.as_millis() == 0));
        for idle in [Admission::Rejected, Admission::Disabled, Admission::WaitingForApproval] {
            assert_eq!(reply(idle), None);
        }
    }
}
