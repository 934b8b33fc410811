//! Delegates: the processes in people's own networks that do the work.

mod admission;
mod command;
mod facts;
mod identity;
mod key;
mod search;
pub mod selected;
mod standing;
mod uptime;
mod version;
mod view;

use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use self::{
    admission::{Admission, Decision, Note, Reason, TransitionError},
    command::{
        AskedProfile, DelegateFilter, Registration, Sort, parse_description, parse_note, parse_profile,
        parse_selectors, unknown_profile,
    },
    facts::{DelegateName, DelegateType, Facts, HostName, InstallName, Thumbprint},
    identity::{Conflict, Instance, Kinship},
    key::{DelegateKey, DelegateSecretKey},
    search::{Flag, Search, Term},
    standing::Standing,
    uptime::{Strip, Uptime},
    version::{is_older, numbers},
    view::{ConnectionRow, DelegateDetail, DelegateRow, Earlier, FilterNames, KnownKey, Replicas, StatusCount},
};
use crate::{
    id::{DelegateId, ProfileId, ScriptRunId, TokenId},
    named_enum::named_enum,
    profile::Profile,
    scope::Scope,
    text::Selectors,
    time::Timestamp,
};

/// The version of the manager, and of the delegate that it hands out.
pub const MANAGER_VERSION: &str = env!("CARGO_PKG_VERSION");

/// How long a delegate that states no heartbeat interval counts as connected after a heartbeat.
pub const SILENT_AFTER_DEFAULT: Duration = Duration::from_secs(5 * 60);
/// How many of its own intervals a delegate may miss.
pub const SILENT_AFTER_INTERVALS: u32 = 3;

/// How long after a heartbeat a delegate with this interval still counts as connected. Intervals outside of one
/// second to ten minutes are taken as the nearest of these.
#[must_use]
pub fn silent_after(interval: Option<Duration>) -> Duration {
    interval.map_or(SILENT_AFTER_DEFAULT, |interval| {
        interval.clamp(Duration::from_secs(1), Duration::from_secs(600)) * SILENT_AFTER_INTERVALS
    })
}

/// A delegate, as the manager knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delegate {
    /// Given by the manager at the first registration.
    pub id: DelegateId,
    /// Where it belongs: its token's scope at the first registration.
    pub scope: Scope,
    /// What it said of itself when it last registered.
    pub facts: Facts,
    /// The profile that decided on its admission.
    pub profile_id: ProfileId,
    /// When the startup script that it has to apply came to be: its profile's script was changed, another profile was
    /// applied, or a person asked for another run. A delegate that has applied this version does nothing.
    pub script_version: Timestamp,
    /// The selectors that a person gave it; none where its own word counts.
    pub selectors: Option<Selectors>,
    /// What a person wrote that it is for; none where its own word counts.
    pub given_description: Option<String>,
    /// The run of its startup script that a person cancelled, until the delegate has ended it.
    pub cancelled_run: Option<ScriptRunId>,
    /// The token of its last registration.
    pub token_id: TokenId,
    /// The token before that one, and when it went over.
    pub token_before: Option<(TokenId, Timestamp)>,
    /// The key that it is known by; none for clients that have no key.
    pub key: Option<DelegateKey>,
    /// Whether it registered before keys were proved: the key with which it comes back first is then its own.
    pub unbound: bool,
    /// The process that it is now, where it proves a key.
    pub instance: Option<Instance>,
    /// Until when it gets no script, since the process before it may still run; none where it did not.
    pub held_until: Option<Timestamp>,
    /// Two processes used its identity, and nobody has decided since.
    pub conflict: Option<Conflict>,
    /// The address that it last registered from, as the manager saw it.
    pub address: String,
    /// By how many seconds its clock is behind the manager's; below zero where it is ahead. Known of delegates that
    /// prove a key, as of their last registration.
    pub clock_behind: Option<i64>,
    /// The profile that it asked for by name or id, where it has another.
    pub asked_profile: Option<String>,
    /// The delegate that had its host and name before it.
    pub resembles: Option<DelegateId>,
    /// Whether it may work.
    pub admission: Admission,
    /// Why it waits, while it does.
    pub reason: Option<Reason>,
    /// Whether it works without a decision where its profile warns: had that required approval, it would have waited.
    pub warned: bool,
    /// Who decided that, and when; none while nobody had to.
    pub decision: Option<Decision>,
    /// Who disabled it, while it is.
    pub disabled: Option<Decision>,
    /// When it first registered.
    pub registered_at: Timestamp,
    /// Its last heartbeat or registration.
    pub last_heartbeat_at: Timestamp,
    /// Until when it counts as connected if nothing more is heard; none once it is known to be gone.
    pub connected_until: Option<Timestamp>,
    /// When a request of it was last refused, because its token is not good any more or because it was rejected or
    /// disabled; none since it registered anew.
    pub refused_at: Option<Timestamp>,
    /// Counts the changes of what a person decides by.
    pub revision: i32,
}

named_enum! {
    /// What the console shows of a delegate.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub enum Status: slug, label {
        /// Admitted, and heard of lately.
        Connected = "connected", "Connected";
        /// Admitted, and silent, stopped or cut off.
        NotConnected = "not-connected", "Not connected";
        /// Waits for a person.
        PendingApproval = "pending", "Pending Approval";
        /// Turned away by a person.
        Rejected = "rejected", "Rejected";
        /// Put out of work by a person.
        Disabled = "disabled", "Disabled";
    }
}

impl Delegate {
    /// What the console shows. Whether it fell silent is decided by who looks for silent delegates, and not by the clock
    /// alone: a manager that was away has heard of nobody.
    #[must_use]
    pub const fn status(&self) -> Status {
        match self.admission {
            Admission::WaitingForApproval => Status::PendingApproval,
            Admission::Rejected => Status::Rejected,
            Admission::Disabled => Status::Disabled,
            Admission::Enabled if self.connected_until.is_some() => Status::Connected,
            Admission::Enabled => Status::NotConnected,
        }
    }

    /// Its own selectors: those that a person gave it, else those that it said itself.
    #[must_use]
    pub fn own_selectors(&self) -> &Selectors {
        self.selectors.as_ref().unwrap_or(&self.facts.tags)
    }

    /// Whether it is one of Muster's own – those prove a key – and of a version before this manager's.
    #[must_use]
    pub fn is_outdated(&self) -> bool {
        self.key.is_some() && is_older(&self.facts.version, MANAGER_VERSION)
    }

    /// What it is for: as a person wrote it, else as it says itself; may be empty.
    #[must_use]
    pub fn description(&self) -> &str {
        self.given_description.as_deref().unwrap_or(&self.facts.description)
    }

    /// Applies another profile, whose script it is to run. Whether that one requires approval has no effect on a
    /// delegate that is registered.
    #[must_use]
    pub fn switch_profile(mut self, profile: &Profile, now: Timestamp) -> Self {
        self.profile_id = profile.id;
        // Where the clock went back since its script was saved, the newest version is meant all the same.
        self.run_again(now.max(profile.script_changed_at))
    }

    /// Asks for another run of the startup script.
    #[must_use]
    pub fn run_again(mut self, now: Timestamp) -> Self {
        // Two changes within a millisecond are two versions.
        self.script_version = now.max(self.script_version.plus(Duration::from_millis(1)));
        self
    }

    /// Takes in a registration of a delegate that is known. Its admission and its profile stay; what it says of
    /// itself is recorded anew. The revision counts up only where something changed that a person decides by.
    #[must_use]
    pub fn register_again(mut self, facts: Facts, token: TokenId, now: Timestamp) -> Self {
        if self.facts.differs_for_a_decision(&facts) {
            self.revision += 1;
        }
        self.connected_until = Some(now.plus(silent_after(facts.heartbeat_interval())));
        self.facts = facts;
        self.last_heartbeat_at = now;
        self.refused_at = None;
        self.switch_token(token, now)
    }

    /// Goes over to another token, where it is another.
    #[must_use]
    pub fn switch_token(mut self, token: TokenId, now: Timestamp) -> Self {
        if self.token_id != token {
            self.token_before = Some((self.token_id, now));
            self.token_id = token;
            // Something that a person decides by.
            self.revision += 1;
        }
        self
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::id::AccountId;

    pub(crate) fn delegate(admission: Admission) -> Delegate {
        Delegate {
            id: DelegateId(uuid::Uuid::from_u128(1)),
            scope: Scope::account(AccountId(uuid::Uuid::nil())),
            facts: Facts {
                name: DelegateName::parse("edge-1").unwrap(),
                host_name: HostName::parse("host-1").unwrap(),
                ip: "10.0.0.1".into(),
                kind: DelegateType::ShellScript,
                version: "0.1.0".into(),
                description: String::new(),
                tags: Selectors::default(),
                thumbprint: None,
                heartbeat_interval_ms: Some(10_000),
                next_gen: false,
                platform: String::new(),
            },
            profile_id: ProfileId(uuid::Uuid::from_u128(2)),
            script_version: Timestamp::from_millis(0),
            selectors: None,
            given_description: None,
            cancelled_run: None,
            token_id: TokenId(uuid::Uuid::from_u128(3)),
            token_before: None,
            key: None,
            unbound: false,
            instance: None,
            held_until: None,
            conflict: None,
            address: String::new(),
            clock_behind: None,
            asked_profile: None,
            resembles: None,
            admission,
            reason: None,
            decision: None,
            warned: false,
            disabled: None,
            registered_at: Timestamp::from_millis(0),
            last_heartbeat_at: Timestamp::from_millis(0),
            connected_until: Some(Timestamp::from_millis(30_000)),
            refused_at: None,
            revision: 1,
        }
    }

    #[test]
    fn it_is_connected_for_three_of_its_intervals() {
        let delegate = delegate(Admission::Enabled);
        assert_eq!(delegate.status(), Status::Connected);
        assert_eq!(Delegate { connected_until: None, ..delegate }.status(), Status::NotConnected);
        assert_eq!(silent_after(Some(Duration::from_secs(10))), Duration::from_secs(30));
        assert_eq!(silent_after(None), Duration::from_secs(300));
        assert_eq!(silent_after(Some(Duration::ZERO)), Duration::from_secs(3));
        assert_eq!(silent_after(Some(Duration::MAX)), Duration::from_secs(1800));
    }

    #[test]
    fn a_registration_keeps_admission_and_profile_and_records_the_token() {
        for admission in [Admission::WaitingForApproval, Admission::Enabled, Admission::Rejected] {
            let before = delegate(admission);
            let other_token = TokenId(uuid::Uuid::from_u128(9));
            let after = before.clone().register_again(before.facts.clone(), other_token, Timestamp::from_millis(50));
            assert_eq!((after.admission, after.profile_id), (before.admission, before.profile_id));
            assert_eq!((after.token_id, after.revision), (other_token, 2));
            assert_eq!(after.connected_until, Some(Timestamp::from_millis(30_050)));
        }
    }

    #[test]
    fn each_request_for_a_run_is_a_version_of_its_own() {
        let now = Timestamp::from_millis(50);
        let once = delegate(Admission::Enabled).run_again(now);
        let twice = once.clone().run_again(now);
        assert_eq!(once.script_version, now);
        assert!(twice.script_version > once.script_version);
    }

    #[test]
    fn selectors_that_a_person_gave_outlast_a_registration() {
        let mut edited = delegate(Admission::Enabled);
        edited.selectors = Some(Selectors::parse("by-hand").unwrap());
        let mut facts = edited.facts.clone();
        facts.tags = Selectors::parse("its-own").unwrap();
        let after = edited.clone().register_again(facts.clone(), edited.token_id, Timestamp::from_millis(9));
        assert_eq!(after.own_selectors().to_string(), "by-hand");
        assert_eq!(Delegate { selectors: None, ..after }.own_selectors(), &facts.tags);
    }

    #[test]
    fn the_same_facts_are_no_change() {
        let before = delegate(Admission::WaitingForApproval);
        let after = before.clone().register_again(before.facts.clone(), before.token_id, Timestamp::from_millis(9));
        assert_eq!(after.revision, before.revision);
    }
}
