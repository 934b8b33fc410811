//! Delegates.

use muster::{
    delegate::{
        Admission, Conflict, Decision, Delegate, DelegateKey, DelegateName, DelegateType, Facts, HostName, Instance,
        Note, Reason, Thumbprint,
    },
    id::{DelegateId, ProfileId, ScriptRunId, TokenId},
    text::{Invalid, Selectors},
    time::Timestamp,
};
use sea_orm::{NotSet, Set, entity::prelude::*};

use super::{Scoped as _, corrupt};

/// Waits for approval. Written out, as in the index that holds these rows alone: a database does not use that for a
/// statement whose values it learns later.
pub const WAITING: &str = "admission = 'WAITING_FOR_APPROVAL'";
/// Is disabled; written out for the same reason.
pub const DISABLED: &str = "admission = 'DISABLED'";

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "delegate")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub organization: String,
    pub project: String,
    pub name: String,
    pub host_name: String,
    pub ip: String,
    pub kind: String,
    pub version: String,
    pub description: String,
    /// Separated by commas.
    pub tags: String,
    pub thumbprint: Option<String>,
    pub heartbeat_interval_ms: Option<i64>,
    pub next_gen: bool,
    pub platform: Option<String>,
    pub profile_id: Uuid,
    pub script_version: i64,
    /// Given by a person, separated by commas; null where the delegate's own count.
    pub selectors: Option<String>,
    /// Given by a person; null where the delegate's own counts.
    pub given_description: Option<String>,
    /// The run of the startup script that a person cancelled, until the delegate has ended it.
    pub cancelled_run: Option<Uuid>,
    pub token_id: Uuid,
    pub previous_token_id: Option<Uuid>,
    pub token_changed_at: Option<i64>,
    /// Base64url of the delegate's Ed25519 key; null for clients that prove none.
    pub public_key: Option<String>,
    pub unbound: bool,
    /// The random name of the process that it is now, and the number of its start.
    pub instance: Option<String>,
    pub instance_start: Option<i64>,
    /// The counter of the last proof with which a script was handed out.
    pub proof_counter: Option<i64>,
    pub held_until: Option<i64>,
    pub conflict_at: Option<i64>,
    /// Two, separated by a line end.
    pub conflict_addresses: Option<String>,
    /// As the manager saw it.
    pub address: String,
    /// In seconds.
    pub clock_behind: Option<i64>,
    pub asked_profile: Option<String>,
    pub resembles: Option<Uuid>,
    pub admission: String,
    pub waiting_reason: Option<String>,
    pub warned: bool,
    pub decided_by: Option<String>,
    pub decided_at: Option<i64>,
    pub decision_note: Option<String>,
    pub disabled_by: Option<String>,
    pub disabled_at: Option<i64>,
    pub disabled_note: Option<String>,
    pub registered_at: i64,
    pub last_heartbeat_at: i64,
    /// Not null exactly while the delegate has an open row in `connection`.
    pub connected_until: Option<i64>,
    pub refused_at: Option<i64>,
    pub revision: i32,
    /// What the list is searched in: name, host name, addresses, selectors and version, in lower case.
    pub search: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for Delegate {
    type Error = DbErr;

    fn try_from(row: Model) -> Result<Self, DbErr> {
        let read = || -> Result<Self, Invalid> {
            let scope = Entity::scope_of(&row)?;
            let decision = |by: Option<String>, at: Option<i64>, note: Option<String>| {
                let note = note.as_deref().map(Note::restore).transpose()?;
                Ok(by.zip(at).map(|(by, at)| Decision { by, at: Timestamp::from_millis(at), note }))
            };
            let addresses = row.conflict_addresses.map(|text| {
                let (known, other) = text.split_once('\n').unwrap_or((&text, ""));
                [known.to_owned(), other.to_owned()]
            });
            let conflict = row.conflict_at.zip(addresses);
            Ok(Self {
                id: DelegateId(row.id),
                scope,
                facts: Facts {
                    name: DelegateName::restore(&row.name)?,
                    host_name: HostName::restore(&row.host_name)?,
                    ip: row.ip,
                    kind: DelegateType::from_code(&row.kind),
                    version: row.version,
                    description: row.description,
                    tags: Selectors::restore(&row.tags)?,
                    thumbprint: row.thumbprint.as_deref().map(Thumbprint::parse).transpose()?,
                    heartbeat_interval_ms: row.heartbeat_interval_ms.and_then(|ms| u32::try_from(ms).ok()),
                    next_gen: row.next_gen,
                    platform: row.platform.unwrap_or_default(),
                },
                profile_id: ProfileId(row.profile_id),
                script_version: Timestamp::from_millis(row.script_version),
                selectors: row.selectors.as_deref().map(Selectors::restore).transpose()?,
                given_description: row.given_description,
                cancelled_run: row.cancelled_run.map(ScriptRunId),
                token_id: TokenId(row.token_id),
                token_before: row
                    .previous_token_id
                    .zip(row.token_changed_at)
                    .map(|(id, at)| (TokenId(id), Timestamp::from_millis(at))),
                key: row.public_key.as_deref().map(DelegateKey::parse).transpose()?,
                unbound: row.unbound,
                instance: row
                    .instance
                    .zip(row.instance_start)
                    .map(|(name, start)| Instance { name, start: u64::try_from(start).unwrap_or(0) }),
                held_until: row.held_until.map(Timestamp::from_millis),
                conflict: conflict.map(|(at, addresses)| Conflict { at: Timestamp::from_millis(at), addresses }),
                address: row.address,
                clock_behind: row.clock_behind,
                asked_profile: row.asked_profile,
                resembles: row.resembles.map(DelegateId),
                admission: Admission::from_code(&row.admission).ok_or_else(|| Invalid::new("unknown admission"))?,
                reason: row
                    .waiting_reason
                    .as_deref()
                    .map(|code| Reason::from_code(code).ok_or_else(|| Invalid::new("unknown reason")))
                    .transpose()?,
                decision: decision(row.decided_by, row.decided_at, row.decision_note)?,
                warned: row.warned,
                disabled: decision(row.disabled_by, row.disabled_at, row.disabled_note)?,
                registered_at: Timestamp::from_millis(row.registered_at),
                last_heartbeat_at: Timestamp::from_millis(row.last_heartbeat_at),
                connected_until: row.connected_until.map(Timestamp::from_millis),
                refused_at: row.refused_at.map(Timestamp::from_millis),
                revision: row.revision,
            })
        };
        read().map_err(|error| corrupt("delegate", error))
    }
}

impl From<&Delegate> for ActiveModel {
    fn from(delegate: &Delegate) -> Self {
        let facts = &delegate.facts;
        let note =
            |decision: Option<&Decision>| decision.and_then(|decision| decision.note.as_ref()).map(Note::to_string);
        let search = [
            facts.name.as_str(),
            facts.host_name.as_str(),
            &facts.ip,
            &delegate.address,
            &delegate.own_selectors().to_string(),
            &facts.version,
        ]
        .join("\n")
        .to_lowercase();
        Self {
            id: Set(delegate.id.0),
            account_id: Set(delegate.scope.account.0),
            organization: Set(delegate.scope.organization().to_owned()),
            project: Set(delegate.scope.project().to_owned()),
            name: Set(facts.name.to_string()),
            host_name: Set(facts.host_name.to_string()),
            ip: Set(facts.ip.clone()),
            kind: Set(facts.kind.code().to_owned()),
            version: Set(facts.version.clone()),
            description: Set(facts.description.clone()),
            tags: Set(facts.tags.to_string()),
            thumbprint: Set(facts.thumbprint.as_ref().map(|thumbprint| thumbprint.as_str().to_owned())),
            heartbeat_interval_ms: Set(facts.heartbeat_interval_ms.map(i64::from)),
            next_gen: Set(facts.next_gen),
            platform: Set(Some(facts.platform.clone()).filter(|platform| !platform.is_empty())),
            profile_id: Set(delegate.profile_id.0),
            script_version: Set(delegate.script_version.as_millis()),
            selectors: Set(delegate.selectors.as_ref().map(ToString::to_string)),
            given_description: Set(delegate.given_description.clone()),
            cancelled_run: Set(delegate.cancelled_run.map(|run| run.0)),
            token_id: Set(delegate.token_id.0),
            previous_token_id: Set(delegate.token_before.map(|(id, _)| id.0)),
            token_changed_at: Set(delegate.token_before.map(|(_, at)| at.as_millis())),
            public_key: Set(delegate.key.map(String::from)),
            unbound: Set(delegate.unbound),
            instance: Set(delegate.instance.as_ref().map(|instance| instance.name.clone())),
            instance_start: Set(delegate.instance.as_ref().and_then(|instance| i64::try_from(instance.start).ok())),
            // Written where a script is handed out, and nowhere else.
            proof_counter: NotSet,
            held_until: Set(delegate.held_until.map(Timestamp::as_millis)),
            conflict_at: Set(delegate.conflict.as_ref().map(|conflict| conflict.at.as_millis())),
            conflict_addresses: Set(delegate.conflict.as_ref().map(|conflict| conflict.addresses.join("\n"))),
            address: Set(delegate.address.clone()),
            clock_behind: Set(delegate.clock_behind),
            asked_profile: Set(delegate.asked_profile.clone()),
            resembles: Set(delegate.resembles.map(|id| id.0)),
            waiting_reason: Set(delegate.reason.map(|reason| reason.code().to_owned())),
            admission: Set(delegate.admission.code().to_owned()),
            decided_by: Set(delegate.decision.as_ref().map(|decision| decision.by.clone())),
            decided_at: Set(delegate.decision.as_ref().map(|decision| decision.at.as_millis())),
            decision_note: Set(note(delegate.decision.as_ref())),
            disabled_by: Set(delegate.disabled.as_ref().map(|decision| decision.by.clone())),
            disabled_at: Set(delegate.disabled.as_ref().map(|decision| decision.at.as_millis())),
            warned: Set(delegate.warned),
            disabled_note: Set(note(delegate.disabled.as_ref())),
            registered_at: Set(delegate.registered_at.as_millis()),
            last_heartbeat_at: Set(delegate.last_heartbeat_at.as_millis()),
            connected_until: Set(delegate.connected_until.map(Timestamp::as_millis)),
            refused_at: Set(delegate.refused_at.map(Timestamp::as_millis)),
            revision: Set(delegate.revision),
            search: Set(search),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_statements_are_those_of_the_code() {
        assert_eq!(WAITING, format!("admission = '{}'", Admission::WaitingForApproval.code()));
        assert_eq!(DISABLED, format!("admission = '{}'", Admission::Disabled.code()));
    }
}
