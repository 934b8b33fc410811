//! What the state machine is told, and what comes of it.

use std::time::Duration;

use muster::wire::{
    envelope::Refusal,
    heartbeat::{Applied, DISABLED, HeartbeatReply, REJECTED, WireStatus},
};

use crate::failure::Failure;

/// A call that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    /// Make the delegate known.
    Register,
    /// Say that it is alive, and ask for its status.
    Heartbeat,
    /// Ask for its tasks.
    Tasks,
    /// Ask for its profile.
    Profile,
}

/// How a call went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// The manager took the registration.
    Registered {
        /// The name of the profile that it keeps, where it asked for another.
        keeps: Option<String>,
    },
    /// The manager turned the registration away.
    RegistrationBarred(Bar),
    /// The manager answered a heartbeat.
    Heartbeat(HeartbeatOutcome),
    /// The tasks, or the profile, came.
    Succeeded(Call),
    /// It went wrong.
    Failed(Call, Failure),
    /// The manager refused what was sent beside these calls; the heartbeat will tell whether that matters.
    ReportRefused,
}

/// Why a delegate may do nothing that the manager knows. Either can be taken back, so it goes on asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bar {
    /// A person rejected it.
    Rejected,
    /// A person disabled it.
    Disabled,
}

impl Bar {
    /// Reads the reason that a manager gives; none where it knows no such delegate.
    pub(crate) fn new(reason: Option<&str>) -> Option<Self> {
        match reason? {
            REJECTED => Some(Self::Rejected),
            DISABLED => Some(Self::Disabled),
            _ => None,
        }
    }
}

/// What a heartbeat's reply says of the delegate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum HeartbeatOutcome {
    /// A person has to decide.
    Waiting,
    /// It may work, and this is what it is to apply.
    Enabled(DesiredProfile),
    /// A person said that it may do nothing.
    Barred(Bar),
    /// The manager does not know it, or no more.
    Gone,
}

/// Which profile and startup script the manager wants to be applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DesiredProfile {
    /// It does not tell: managers other than Muster do not.
    Unspecified,
    /// What was applied already.
    UpToDate,
    /// Another profile, or another version of its script.
    Changed(Applied),
}

impl HeartbeatOutcome {
    /// Reads the reply to a delegate that has applied `has`.
    pub(crate) fn new(reply: &HeartbeatReply, has: Option<&Applied>) -> Self {
        match reply.status {
            WireStatus::Enabled => Self::Enabled(match &reply.applies {
                None => DesiredProfile::Unspecified,
                Some(applies) if has.is_some_and(|has| covers(has, applies)) => DesiredProfile::UpToDate,
                Some(applies) => DesiredProfile::Changed(applies.clone()),
            }),
            WireStatus::WaitingForApproval => Self::Waiting,
            WireStatus::Deleted => Bar::new(reply.reason.as_deref()).map_or(Self::Gone, Self::Barred),
        }
    }
}

/// Whether a delegate that has applied `has` need not apply `wanted`.
pub(crate) fn covers(has: &Applied, wanted: &Applied) -> bool {
    has.profile_id == wanted.profile_id && has.last_updated_at >= wanted.last_updated_at
}

/// A line for the log; [`crate::messages`] has the words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LogEvent {
    /// It waits for approval.
    WaitingForApproval,
    /// It was approved, and is connected.
    Approved,
    /// It is connected; it was approved before.
    Connected,
    /// It was rejected or disabled.
    Barred(Bar),
    /// It was deleted, and ends.
    Deleted,
    /// The manager cannot be reached.
    Unreachable(String),
    /// The manager refuses the credential.
    Refused(Refusal),
    /// The manager does not take what was sent.
    Declined(String),
    /// It is connected again, after so long.
    Reconnected(Duration),
    /// The manager does not hand out the profile.
    ProfileDeclined(String),
    /// It asked for another profile than the one which it keeps.
    ProfileKept(String),
    /// A call on the side went wrong; the heartbeat will tell whether that matters.
    CallFailed(Call, Failure),
}
